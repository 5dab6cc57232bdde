# Helpers of the import tests: files written to a folder, imported as a person would, and what came of it.
import json
from io import StringIO
from typing import NamedTuple

from django.core.management import CommandError, call_command

from publications.models import Publication


class Run(NamedTuple):
    status: int
    lines: list[str]

    @property
    def summary(self):
        return self.lines[-1]

    @property
    def text(self):
        return "\n".join(self.lines)


def row(title="On tides", **keys):
    return {"title": title, "type": "Report", "topics": ["Water"], "date": "2016-10-14"} | keys


def write_json(folder, *publications, name="collection.json", **others):
    path = folder / name
    path.write_text(json.dumps(others | {"publications": publications}), encoding="utf-8")
    return path


def run(path, *options):
    """As from a command line, with exit status and output; a refused file's message is its only line."""
    output = StringIO()
    try:
        call_command("import_publications", str(path), *options, stdout=output, stderr=StringIO())
    except CommandError as error:
        return Run(error.returncode, [str(error)])
    except SystemExit as ending:
        return Run(ending.code, output.getvalue().splitlines())
    return Run(0, output.getvalue().splitlines())


def take_in(folder, *publications, options=(), **others):
    return run(write_json(folder, *publications, **others), *options)


def only():
    return Publication.objects.get()
