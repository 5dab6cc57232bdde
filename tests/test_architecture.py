# The shape of the code: who may import whom, how long a module may be, and that the documents name only
# what exists.
import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "publications"
LONGEST_MODULE = 300

# Each layer may import from itself and from those before it. Parts of one layer stand side by side.
LAYERS = [
    {
        "bulk",
        "clock",
        "folding",
        "colours",
        "dates",
        "languages",
        "richtext",
        "markdown",
        "merging",
        "reading",
        "statements",
        "surroundings",
        "images",
        "pdf",
        "caching",
        "social_cards",
        "roles",
        "visibility",
    },
    {"querysets"},
    {"search"},
    {"models"},
    {"listing", "citing", "readiness", "history"},
    {"workflow"},
    {"changes"},
    {"filters"},
    {"found_list"},
    {"filtered_list"},
    {"addresses", "briefing"},
    {"site", "exchange", "templatetags"},
    {"sample"},
    {"admin"},
    {"management", "migrations", "apps"},
]
APART = [{"site", "exchange"}]
VENDOR_WORDS = re.compile(r"connection\.vendor|contrib\.postgres")
MAY_KNOW_THE_DATABASE = {"bulk", "statements", "search", "listing", "migrations"}


def modules():
    return sorted(path for path in APP.rglob("*.py") if path.stat().st_size)


def part_of(path: Path) -> str:
    return path.relative_to(APP).parts[0].removesuffix(".py")


def imported_parts(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "publications":
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return {name.removeprefix("publications.").split(".")[0] for name in names if _is_ours(name)}


def _is_ours(name: str) -> bool:
    return name.startswith("publications.") or any(name in layer for layer in LAYERS)


def layer_of(part: str) -> int:
    return next(number for number, layer in enumerate(LAYERS) if part in layer)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_module_imports_only_from_layers_below(path):
    part = part_of(path)
    if part == "__init__":
        return
    for other in imported_parts(path):
        assert layer_of(other) <= layer_of(part), f"{part} must not import {other}"
        assert not any({part, other} <= pair and part != other for pair in APART)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_module_is_short_and_says_what_it_holds(path):
    text = path.read_text()
    if "migrations" not in path.parts:
        assert len(text.splitlines()) <= LONGEST_MODULE
    if part_of(path) not in MAY_KNOW_THE_DATABASE:
        assert not VENDOR_WORDS.search(text), f"only {MAY_KNOW_THE_DATABASE} may know the database"


def test_templates_neither_trust_editors_words_nor_carry_style_or_script():
    for template in (ROOT / "templates").rglob("*.html"):
        text = template.read_text()
        assert "|safe" not in text, template
        assert " style=" not in text, template
        assert "<style" not in text, template
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text), template


def test_properties_are_not_used_up_by_reading_them():
    """Templates ask a list whether there is anything in it, and how much, before they go through it."""
    generators = [
        f"{path.name}: {node.name}"
        for path in modules()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef) and _is_property(node) and _makes_generator(node)
    ]
    assert not generators


def _is_property(function) -> bool:
    return any(getattr(each, "id", "") in {"property", "cached_property"} for each in function.decorator_list)


def _makes_generator(function) -> bool:
    return any(
        isinstance(node, ast.Yield | ast.YieldFrom)
        or (isinstance(node, ast.Return) and isinstance(node.value, ast.GeneratorExp))
        for node in ast.walk(function)
    )


def documents():
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


@pytest.mark.parametrize("document", documents(), ids=lambda path: path.name)
def test_document_names_only_paths_and_commands_that_exist(document):
    text = document.read_text()
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", text)) <= targets
    commands = {path.stem for path in (APP / "management/commands").glob("[a-z]*.py")}
    ours = set(re.findall(r"manage\.py ([a-z_]+_[a-z_]+)", text))
    assert ours <= commands
    for name in re.findall(
        r"`((?:publications|topichub|templates|static|tests|docs|scripts)/[\w/.-]*)`", text
    ):
        assert (ROOT / name).exists() or (ROOT / f"{name}.py").exists(), name
    for link in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", text):
        assert (document.parent / link).exists(), link
