# BibTeX: what LaTeX typesets from. Letters of every script stay as they are; what LaTeX would run is escaped.
import re

from publications.citing.reference import Name, Reference

MEDIA_TYPE = "application/x-bibtex"
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
ESCAPES = {character: f"\\{character}" for character in "%$#&_{}"} | {
    "\\": r"{\textbackslash}",
    "~": r"{\textasciitilde}",
    "^": r"{\textasciicircum}",
}
SPECIAL = re.compile(r"[%$#&_{}\\~^]")
# BibTeX counts escaped braces too, so one that stands alone goes by its name.
LONE_BRACES = {"{": r"{\textbraceleft}", "}": r"{\textbraceright}"}
VERBATIM = str.maketrans({"{": "%7B", "}": "%7D"})  # in addresses, where nothing may be escaped


def write(reference: Reference) -> str:
    """One entry: @techreport for what a research organisation numbers and files, @misc for the rest."""
    is_report = reference.family == "report"
    fields = {
        "author": " and ".join(map(_name, reference.names)),
        "title": protect(reference.title),
        **_publisher(reference, is_report),
        "number": escape(reference.number),
        "year": str(reference.date.year) if reference.date else "",
        "month": MONTHS[reference.date.month - 1] if reference.date else "",
        "doi": reference.doi.translate(VERBATIM),
        "url": reference.url.translate(VERBATIM),
        "abstract": escape(reference.abstract),
        "keywords": escape(", ".join(reference.keywords)),
        "language": reference.language,
        "note": escape(reference.note),
    }
    lines = [f"  {name} = {_value(name, value)}," for name, value in fields.items() if value]
    return "\n".join([f"@{'techreport' if is_report else 'misc'}{{{reference.key},", *lines, "}\n"])


def escape(text: str) -> str:
    if not SPECIAL.search(text):
        return text
    return text.translate(str.maketrans(ESCAPES if _is_balanced(text) else ESCAPES | LONE_BRACES))


def _is_balanced(text: str) -> bool:
    depth = 0
    for brace in re.findall("[{}]", text):
        depth += 1 if brace == "{" else -1
        if depth < 0:
            return False
    return depth == 0


def protect(title: str) -> str:
    """The title escaped, with braces around words that styles must not write in lower case."""
    words, protected, begins = title.split(" "), [], True
    for word in words:
        capitals = re.search(r"[^\W\d_]", word) and word != word.lower()
        plain_start = begins and word[1:] == word[1:].lower()
        protected.append(f"{{{escape(word)}}}" if capitals and not plain_start else escape(word))
        begins = word.endswith((":", "?", "!", "."))
    return " ".join(protected)


def _publisher(reference: Reference, is_report: bool) -> dict[str, str]:
    if is_report:
        return {"institution": escape(reference.institution), "type": escape(reference.type_name)}
    return {"howpublished": escape(f"{reference.type_name}, {reference.institution}")}


def _name(name: Name) -> str:
    """“van der Corrow, Jr., Ines”; a name of one part stands in braces, which keep it whole."""
    if not name.given:
        return f"{{{escape(name.last)}}}"
    return escape(", ".join(part for part in (name.last, name.suffix, name.given) if part))


def _value(field: str, value: str) -> str:
    return value if field == "month" else f"{{{value}}}"
