# Small PDFs of every kind, written by hand.

PASSWORD_NEEDED = f"/Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -44/O<{'ab' * 32}>/U<{'cd' * 32}>>>/ID[<{'00' * 16}><{'00' * 16}>]"


def make_pdf(pages=1, box="0 0 595 842", drawing="", trailer="") -> bytes:
    """`drawing` are the instructions for the first page, such as “1 0 0 rg 0 0 595 842 re f”: all red."""
    numbers = range(4, 4 + pages)
    kids = " ".join(f"{number} 0 R" for number in numbers)
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {pages}>>",
        f"<</Length {len(drawing)}>>stream\n{drawing}\nendstream",
        *(
            f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]{'/Contents 3 0 R' if number == 4 else ''}>>"
            for number in numbers
        ),
    ]
    text, places = "%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(text))
        text += f"{number} 0 obj{body}endobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    tail = f"trailer<</Size {len(objects) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{len(text)}\n%%EOF"
    return (text + head + table + tail).encode()


def locked_pdf() -> bytes:
    return make_pdf(trailer=PASSWORD_NEEDED)
