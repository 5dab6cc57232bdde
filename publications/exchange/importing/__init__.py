# Takes collections of publications in from JSON and CSV files; docs/formats.md is the format. In reading
# order: reading, rows, matching, writing.
from pathlib import Path

from django.db import transaction

from publications.exchange.importing.reading import open_source
from publications.exchange.importing.report import Problem, Report, UnreadableFile
from publications.exchange.importing.values import printable
from publications.exchange.importing.writing import Importer

__all__ = ["Problem", "Report", "UnreadableFile", "import_publications"]


def import_publications(path, *, images_dir=None, dry_run=False, strict=False, progress=None) -> Report:
    """Take in the file at `path`; pictures are looked up in `images_dir`, else beside the file.

    `dry_run` writes nothing. `strict` takes in all or nothing: it tries the whole file first, then does it in
    one transaction. Otherwise every batch of rows is a transaction of its own. `progress` is called with
    (row number, highest row number). Raises UnreadableFile when nothing of the file can be used.
    """
    folder = Path(images_dir or Path(path).parent)
    if not folder.is_dir():
        raise UnreadableFile(f"There is no folder of pictures {folder}.")
    progress = progress or (lambda done, total: None)
    if not (dry_run or strict):
        return _run(path, folder, progress)
    report = _run_undoing(path, folder, progress, when=lambda report: True, dry_run=True)
    if strict and not (dry_run or report.problems):
        report = _run_undoing(path, folder, progress, when=lambda report: report.problems)
    if strict and report.problems:
        report.undone, report.created, report.updated = True, 0, 0
    report.dry_run = dry_run
    return report


def _run_undoing(path, folder, progress, *, when, dry_run=False) -> Report:
    with transaction.atomic():
        report = _run(path, folder, progress, dry_run=dry_run)
        transaction.set_rollback(bool(when(report)))
    return report


def _run(path, folder, progress, *, dry_run=False) -> Report:
    source, report = open_source(path), Report()
    for key in source.unknown_keys:
        report.unknown_key("the file", printable(key), ("topics", "publications"))
    Importer(source, report, folder, dry_run=dry_run).run(progress)
    if source.fault:
        report.problems.append(Problem(Path(path).name, "", source.fault))
    return report
