# Files as a whole: CSV beside JSON, encodings, broken files, strict and dry runs, exit statuses, size.
import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection

from publications.exchange.importing import UnreadableFile, import_publications, writing
from publications.models import Publication, Topic
from tests.factories import make_publication
from tests.importing import only, row, run, take_in, write_json

pytestmark = pytest.mark.django_db

CSV = """title,type,topics,date,summary,authors,key_findings,image_alt,image_credit,image_decorative,featured_in,id,x_note
On tides,Report,Water|Air,2016-10-14,"Two
lines",Bo Reed|Ines Corrow,One|Two,A gauge,Photo: B. Reed,no,Water:2|Sea: a view:1,a,mine

On salt,Commentary,,2016-10-14,,,,,,,,,
"""


def write(folder, content, name="collection.csv", encoding="utf-8"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
def test_csv_states_the_same_as_json(tmp_path, delimiter, encoding):
    done = run(write(tmp_path, CSV.replace(",", delimiter), encoding=encoding))
    assert done.summary == "created 2, updated 0, unchanged 0, rejected 0"
    tides = Publication.objects.get(import_id="a")
    assert (tides.summary, tides.findings) == ("Two\nlines", ["One", "Two"])
    assert [one.printed_name for one in tides.authorships.all()] == ["Bo Reed", "Ines Corrow"]
    assert (tides.image.alternative_text, tides.image.credit) == ("A gauge", "Photo: B. Reed")
    assert {(place.topic.name, place.position) for place in tides.featured_in.all()} == {
        ("Water", 2),
        ("Sea: a view", 1),
    }
    assert Publication.objects.get(title="On salt").image is None
    assert "not a key" not in done.text


def test_rows_of_csv_are_numbered_by_line(tmp_path):
    done = run(write(tmp_path, CSV.replace(",Commentary,,2016-10-14", ",Commentary,,tomorrow")))
    assert "row 5: date: “tomorrow” is not a date (write 2016-10-14)" in done.lines
    assert done.status == 1


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("A,Report,2016-10-14,,,", "row 2: has 6 cells, but there are 3 columns"),
        ('"A" B,Report,2016-10-14', "row 2: is not valid CSV"),
    ],
)
def test_a_malformed_line_of_csv_is_a_bad_row(tmp_path, line, reason):
    done = run(write(tmp_path, f"title,type,date\n{line}\nGood,Report,2016-10-14\n"))
    assert done.summary == "created 1, updated 0, unchanged 0, rejected 1"
    assert reason in done.text


def test_a_forgotten_quotation_mark_does_not_swallow_rows_in_silence(tmp_path):
    done = run(
        write(tmp_path, 'title,type,date\nGood,Report,2016-10-14\n"A,Report,2016-10-14\nB,Report,2016\n')
    )
    assert done.summary == "created 1, updated 0, unchanged 0, rejected 1"
    assert "row 3: is not valid CSV" in done.text


def test_an_empty_cell_leaves_the_field_alone(tmp_path):
    take_in(tmp_path, row(id="a", summary="Kept", topics=["Water"]))
    done = run(write(tmp_path, "id,title,type,date,summary,topics\na,On tides,Report,,,\n"))
    assert "unchanged 1," in done.summary


@pytest.mark.parametrize(
    "content",
    [
        [row()],
        {"publications": [row()], "topics": [{"name": "Water"}]},
        {"publications": [row()], "x": {"any": ["thing"]}},
    ],
)
def test_json_may_be_a_bare_list_and_topics_may_come_last(tmp_path, content):
    done = run(write(tmp_path, json.dumps(content), "collection.json", "utf-8-sig"))
    assert (done.status, only().topics.get().name) == (0, "Water")
    assert "not a key" not in done.text


def test_unknown_keys_are_named_once_and_those_under_x_are_not(tmp_path):
    rows = [
        row(f"Item {n}", x={"any": 1}, body="text", image={"alt": "A gauge", "source": "?"}) for n in range(3)
    ]
    done = take_in(tmp_path, *rows, version=2)
    named = [line for line in done.lines if "is not a key" in line]
    assert named == [
        "warning: “version” is not a key of this format and was left out (in the file)",
        "warning: “body” is not a key of this format and was left out (3 times, first in row 1)",
        "warning: “image.source” is not a key of this format and was left out (3 times, first in row 1)",
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.json", b"", "a.json is empty."),
        ("a.json", b"{", "a.json: not valid JSON at line 1, column 2"),
        ("a.json", b'{"items": []}', "a.json: there is no list “publications” in it"),
        (
            "a.json",
            b'{"publications": {}}',
            "a.json: not valid JSON at line 1, column 18: “publications” must be a list",
        ),
        ("a.json", b'{"topics": 5, "publications": [1]}', "a.json: “topics” must be a list."),
        (
            "a.json",
            b"{[1]: 2}",
            "a.json: not valid JSON at line 1, column 2: a key in quotation marks is missing",
        ),
        ("a.csv", b"name,kind\nA,B\n", "a.csv has no column “title”. The first line must name the columns."),
        ("a.csv", b"title,type,title\nA,B,C\n", "a.csv has two columns “title”."),
        (
            "a.csv",
            "title,type\nÉ,B\n".encode("latin-1"),
            "a.csv is not in UTF-8 (see line 2). Save it as UTF-8",
        ),
        ("a.csv", "title,type\n".encode("utf-16"), "a.csv is in UTF-16. Save it as UTF-8"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(tmp_path, name, content, message):
    done = run(write(tmp_path, content, name))
    assert done.status == 2
    assert message in done.text


def test_a_file_or_folder_that_is_not_there_is_named(tmp_path):
    assert run(tmp_path / "none.json").lines == [
        f"{tmp_path}/none.json cannot be read: No such file or directory."
    ]
    path = write_json(tmp_path, row())
    with pytest.raises(UnreadableFile, match="no folder of pictures"):
        import_publications(path, images_dir=tmp_path / "none")


def test_json_that_breaks_off_gives_the_rows_before_the_break(tmp_path):
    text = json.dumps({"publications": [row("A"), row("B"), row("C")]}, indent=1)
    path = write(tmp_path, text[: text.index('"C"') + 1], "collection.json")
    done = run(path)
    assert done.status == 1
    assert done.summary == "created 2, updated 0, unchanged 0, rejected 0"
    line = text[: text.index('"C"')].count("\n") + 1
    assert f"collection.json: not valid JSON at line {line}, column 13" in done.text
    assert "what follows row 2 was not read" in done.text

    Publication.objects.all().delete()
    assert run(path, "--strict").status == 2
    assert not Publication.objects.exists()


def test_a_value_larger_than_a_chunk_is_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr("publications.exchange.importing.json_reading.CHUNK", 7)
    rows = [row("A", summary="é" * 5000, number=2207), row("B", id=1234567)]
    assert take_in(tmp_path, *rows).summary.startswith("created 2,")
    assert len(Publication.objects.get(title="A").summary) == 5000
    assert Publication.objects.get(title="B").import_id == "1234567"


def test_strict_takes_all_or_nothing(tmp_path):
    done = take_in(tmp_path, row("Good"), row("Bad", date="never"), options=["--strict"])
    assert (done.status, done.summary) == (2, "created 0, updated 0, unchanged 0, rejected 1")
    assert "Nothing was written: with --strict every row must be right." in done.lines
    assert not Publication.objects.exists()
    assert not Topic.objects.exists()

    done = take_in(tmp_path, row("Good"), options=["--strict"])
    assert (done.status, done.summary) == (0, "created 1, updated 0, unchanged 0, rejected 0")
    assert only().title == "Good"


def test_a_dry_run_says_the_same_and_writes_nothing(tmp_path):
    rows = [row("Good", type="Atlas", authors=["Bo Reed"]), row("Bad", date="never")]
    dry = take_in(tmp_path, *rows, options=["--dry-run"])
    assert dry.lines[0].startswith("Dry run")
    assert not Publication.objects.exists()
    assert not Topic.objects.exists()

    done = take_in(tmp_path, *rows)
    assert dry.lines[1:] == done.lines
    assert dry.status == done.status == 1


def test_what_only_the_database_refuses_takes_no_other_row_with_it(tmp_path):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE UNIQUE INDEX once ON publications_publication (subtitle) WHERE subtitle = 'Once'"
        )
    rows = [row("A"), row("B", subtitle="Once"), row("C", subtitle="Once", authors=["Bo Reed"]), row("D")]
    done = take_in(tmp_path, *rows)
    assert done.summary == "created 3, updated 0, unchanged 0, rejected 1"
    assert "row 3: the database refuses it: " in done.text
    assert [item.title for item in Publication.objects.newest_first()] == ["A", "B", "D"]


def test_each_refusal_is_told_once_whatever_else_the_database_refuses(tmp_path):
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE UNIQUE INDEX once ON publications_publication (subtitle) WHERE subtitle = 'Once'"
        )
    make_publication("Other", doi="10.5555/a", import_id="other")
    rows = [row(f"Item {number}", image={"alt": "A gauge"}) for number in range(9)]
    rows[2]["subtitle"] = rows[7]["subtitle"] = "Once"
    rows[4] |= {"doi": "10.5555/a", "id": "a"}
    done = take_in(tmp_path, *rows)
    assert done.summary == "created 7, updated 0, unchanged 0, rejected 2"
    assert [line.partition(":")[0] for line in done.lines if line.startswith("row ")] == ["row 5", "row 8"]
    assert "pictures without a file, for which pages show a stand-in: 7" in done.lines


def test_long_texts_are_taken_in_smaller_batches_and_all_of_them(tmp_path, monkeypatch):
    monkeypatch.setattr("publications.exchange.importing.items.LETTERS", 30)
    rows = [row(f"Item {number}", body_html="<p>Sea and land.</p>" * (number % 3)) for number in range(10)]
    assert take_in(tmp_path, *rows).summary.startswith("created 10,")


def test_the_progress_bar_is_for_a_terminal_only(tmp_path):
    class Terminal(StringIO):
        def isatty(self):
            return True

    path = write_json(tmp_path, row())
    screen, pipe = Terminal(), StringIO()
    call_command("import_publications", path, stdout=StringIO(), stderr=screen)
    call_command("import_publications", path, stdout=StringIO(), stderr=pipe)
    assert "1 of 1 rows" in screen.getvalue()
    assert pipe.getvalue() == ""


def test_many_more_rows_cost_few_more_queries(tmp_path, django_assert_max_num_queries):
    rows = [row(f"Item {number}", authors=[f"Bo Reed {number}"]) for number in range(400)]
    with django_assert_max_num_queries(60):
        import_publications(write_json(tmp_path, *rows))
    with django_assert_max_num_queries(20):
        report = import_publications(write_json(tmp_path, *rows))
    assert report.unchanged == 400


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_database_learns_early_that_its_tables_grow(tmp_path, monkeypatch):
    """Only PostgreSQL, which would go on reading them whole until it looked at them by itself."""
    monkeypatch.setattr(writing, "BATCH", 1)
    assert take_in(tmp_path, *(row(f"Tide {number}") for number in range(3))).status == 0
    assert Publication.objects.count() == 3
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT reltuples FROM pg_class WHERE oid = 'publications_publication'::regclass")
            assert cursor.fetchone() == (1,), "looked at after the first batch, and then after the tenth"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_database_has_looked_at_what_an_import_brought(tmp_path):
    """SQLite looks when it is told to, and at a migration; PostgreSQL by itself too."""
    take_in(tmp_path, row("One"), row("Two"), row("Three"))
    assert known_rows() == 3
    make_publication()
    call_command("migrate", verbosity=0)
    assert known_rows() == (4 if connection.vendor == "sqlite" else 3)
    call_command("flush", verbosity=0, interactive=False)
    assert not Publication.objects.exists()


def known_rows() -> int:
    """How many publications the planner believes there are."""
    by_vendor = {
        "sqlite": "SELECT stat FROM sqlite_stat1 WHERE idx = 'publication_by_date'",
        "postgresql": "SELECT reltuples FROM pg_class WHERE relname = 'publications_publication'",
    }
    with connection.cursor() as cursor:
        cursor.execute(by_vendor[connection.vendor])
        return int(str(cursor.fetchone()[0]).split()[0].partition(".")[0])
