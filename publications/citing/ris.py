# RIS: what reference managers take in. One tag a line, CR LF, TY first and ER last.
from publications.citing.reference import Name, Reference

MEDIA_TYPE = "application/x-research-info-systems"
# Never GEN: reference managers file it as a journal article.
TYPES = {"report": "RPRT", "commentary": "BLOG", "news": "ELEC", "software": "COMP"}


def write(reference: Reference) -> str:
    lines = [
        ("TY", TYPES[reference.family]),
        *(("AU", _name(name)) for name in reference.names),
        ("TI", reference.title),
        ("T2", reference.institution if reference.family in {"commentary", "news"} else ""),
        ("PB", reference.institution),
        ("SN", reference.number),
        ("M3", reference.type_name),
        ("PY", str(reference.date.year) if reference.date else ""),
        ("DA", f"{reference.date:%Y/%m/%d}/" if reference.date else ""),
        ("AB", reference.abstract),
        *(("KW", keyword) for keyword in reference.keywords),
        ("DO", reference.doi),
        ("UR", reference.url),
        *(("L1", address) for address in reference.pdfs),
        ("LA", reference.language),
        ("N1", reference.note),
        ("ID", reference.key),
    ]
    return "".join(f"{tag}  - {value}\r\n" for tag, value in lines if value) + "ER  - \r\n"


def _name(name: Name) -> str:
    return ", ".join(part for part in (name.last, name.given, name.suffix) if part)
