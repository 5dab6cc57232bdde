# CSL-JSON: what citation processors read. Its schema allows no key of our own.
from publications.citing.reference import Name, Reference

MEDIA_TYPE = "application/vnd.citationstyles.csl+json"
TYPES = {"report": "report", "commentary": "post-weblog", "news": "webpage", "software": "software"}


def make_item(reference: Reference) -> dict:
    date = reference.date
    on_site = reference.family in {"commentary", "news"}  # a part of the site, which is then named once
    item = {
        "id": reference.key,
        "type": TYPES[reference.family],
        "title": reference.title,
        "author": [_name(name) for name in reference.names],
        "issued": {"date-parts": [[date.year, date.month, date.day]]} if date else {},
        "genre": reference.type_name,
        "number": reference.number,
        "container-title" if on_site else "publisher": reference.institution,
        "DOI": reference.doi,
        "URL": reference.url,
        "abstract": reference.abstract,
        "keyword": ", ".join(reference.keywords),
        "language": reference.language,
        "note": reference.note,
    }
    return {key: value for key, value in item.items() if value}


def _name(name: Name) -> dict[str, str]:
    if name.is_organisation:
        return {"literal": name.printed}
    parts = {
        "family": name.family,
        "given": name.given,
        "non-dropping-particle": name.particle,
        "suffix": name.suffix,
    }
    return {key: value for key, value in parts.items() if value}
