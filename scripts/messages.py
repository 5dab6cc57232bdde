# Keeps the translations in locale/ in step with the sentences in the source: what `make messages` does.
# The site itself reads only the compiled catalogues, which are kept beside the written ones.
import datetime as dt
import sys
from copy import deepcopy
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

PROJECT_DIR = Path(__file__).resolve().parent.parent
LOCALE_DIR = PROJECT_DIR / "locale"
SOURCES = ("publications", "topichub", "templates")
# Staff read the admin, whose own sentences are English beside Django's, which has translations of its own.
LEFT_OUT = ("publications/admin", "templates/admin", "templates/registration")
# Headers that would change with every run, and say nothing that the history does not know.
NO_DATE = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
LEFT_OUT_HEADERS = (
    "Report-Msgid",
    "POT-Creation",
    "PO-Revision",
    "Last-Translator",
    "Language-Team",
    "Generated-By",
)
KEYWORDS = DEFAULT_KEYWORDS | {
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext_lazy": (1, 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext_lazy": ((1, "c"), 2, 3),
}


def source_files() -> list[Path]:
    found = [path for folder in SOURCES for path in (PROJECT_DIR / folder).rglob("*.*")]
    kept = [path for path in found if path.suffix in {".py", ".html", ".xml", ".txt"}]
    return sorted(path for path in kept if not _name(path).startswith(LEFT_OUT))


def extract_messages() -> Catalog:
    """Every sentence in the source that is marked for translation, with the files it stands in."""
    catalog = Catalog(project="topichub", charset="utf-8")
    for path in source_files():
        for line, message, comments, context in _messages(path):
            catalog.add(message, locations=[(_name(path), line)], auto_comments=comments, context=context)
    return catalog


def _messages(path: Path):
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Python's reader of tokens would take the indentation of a template for that of a program.
        text = "\n".join(line.lstrip() for line in templatize(text).splitlines())
    return extract("python", BytesIO(text.encode()), keywords=KEYWORDS, comment_tags=["Translators:"])


def _name(path: Path) -> str:
    return path.relative_to(PROJECT_DIR).as_posix()


def written_catalogues() -> list[Path]:
    return sorted(LOCALE_DIR.glob("*/LC_MESSAGES/django.po"))


def read_catalogue(path: Path) -> Catalog:
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.parent.parent.name, abort_invalid=True)
    catalog.creation_date = catalog.revision_date = NO_DATE
    return catalog


def brought_up_to_date(path: Path, template: Catalog) -> Catalog:
    """The catalogue with all sentences of the source and no others. Nothing is guessed: a sentence that
    changed has no translation until somebody writes it."""
    catalog = read_catalogue(path)
    catalog.update(template, no_fuzzy_matching=True, update_creation_date=False)
    return catalog


def compiled(catalog: Catalog) -> bytes:
    """Without sentences that have no whole translation: readers then see them in English."""
    catalog, file = deepcopy(catalog), BytesIO()
    for message in filter(_lacks_translation, list(catalog)):
        catalog.delete(message.id, message.context)
    write_mo(file, catalog)
    return file.getvalue()


def written(catalog: Catalog) -> str:
    """Without line numbers, which change with every edit of a source file."""
    file = BytesIO()
    write_po(file, catalog, width=100, include_lineno=False, ignore_obsolete=True, sort_by_file=True)
    lines = file.getvalue().decode().splitlines(keepends=True)
    return "".join(
        line for line in lines if not line.startswith(tuple(f'"{name}' for name in LEFT_OUT_HEADERS))
    )


def missing(catalog: Catalog) -> list[str]:
    """The sentences without a whole translation: for each form of the plural, and sure of it."""
    lacking = filter(_lacks_translation, catalog)
    return [message.id[0] if message.pluralizable else message.id for message in lacking]


def _lacks_translation(message) -> bool:
    forms = message.string if message.pluralizable else [message.string]
    return bool(message.id) and (message.fuzzy or not all(forms))


def update():
    template = extract_messages()
    for path in written_catalogues():
        catalog = brought_up_to_date(path, template)
        path.write_text(written(catalog), encoding="utf-8")
        path.with_suffix(".mo").write_bytes(compiled(catalog))
        left = missing(catalog)
        print(f"{_name(path)}: {len(catalog)} sentences, {len(left)} without a translation")
        for sentence in left:
            print(f"  {sentence}")


if __name__ == "__main__":
    sys.exit(update())
