# Whatever a file holds, the import ends with a report: each row is in, or rejected with a reason.
import json
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import example, given, settings, strategies as st
from hypothesis.extra.django import TestCase

from publications.exchange.importing import UnreadableFile, import_publications
from publications.exchange.importing.rows import IMAGE_KEYS, KEYS
from publications.models import Publication
from tests.importing import row

words = st.one_of(
    st.text(max_size=30),
    st.sampled_from(
        ["Report", "Water", "2016-10-14", "0001-01-01T00:00+14:00", "10.5555/a", "draft", "a/../../b"]
    ),
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=True), words)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
images = st.dictionaries(st.sampled_from(IMAGE_KEYS), anything, max_size=5)
places = st.lists(st.fixed_dictionaries({"topic": anything, "position": anything}), max_size=2)
rows = st.fixed_dictionaries(
    {"title": anything | words, "type": anything | words},
    optional={key: anything | words for key in KEYS if key not in ("title", "type")}
    | {"image": images | anything, "featured_in": places | anything},
)
sound = st.fixed_dictionaries(
    {"title": words.filter(str.strip), "type": st.just("Report"), "date": st.just("2016-10-14")},
    optional={
        "topics": st.lists(words),
        "authors": st.lists(words),
        "summary": words,
        "body_html": words,
        "slug": words,
    },
)


def take_in(name, content, *, again=False):
    with TemporaryDirectory() as folder:
        path = Path(folder, name)
        path.write_bytes(content)
        return [import_publications(path) for _ in range(2 if again else 1)]


class JunkTests(TestCase):
    @settings(max_examples=80)
    @given(st.lists(rows | sound | anything, min_size=1, max_size=6))
    @example([row(body, body_html=body) for body in ("<", "a < b\n\n&", "<h1>a", "<b>x</b> ", "<x>\n\n")])
    def test_every_row_is_in_or_rejected_with_a_reason(self, content):
        before = Publication.objects.count()
        first, again = take_in("junk.json", json.dumps(content).encode(), again=True)
        assert first.created + first.updated + first.unchanged + first.rejected == len(content)
        assert Publication.objects.count() == before + first.created
        rejected = {problem.place for problem in first.problems}
        assert len(rejected) == first.rejected
        assert all(problem.reason for problem in first.problems)
        assert (again.created, again.updated) == (0, 0)
        assert again.rejected == first.rejected
        "\n".join(first.lines()).encode()

    @settings(max_examples=40)
    @given(st.lists(anything, max_size=3))
    def test_any_topics_are_in_or_reported(self, topics):
        content = {"topics": topics, "publications": []}
        (report,) = take_in("junk.json", json.dumps(content).encode())
        assert report.created == 0

    @settings(max_examples=80)
    @given(st.binary(max_size=60) | st.text(alphabet='{}[]",:a1 \n|;\t\\', max_size=60).map(str.encode))
    def test_any_file_gives_a_report_or_a_clear_refusal(self, content):
        for name, opening in (("junk.json", b'{"publications":['), ("junk.csv", b"title,type,date\n")):
            for whole in (content, opening + content):
                try:
                    (report,) = take_in(name, whole)
                except UnreadableFile as refusal:
                    assert name in str(refusal)
                else:
                    assert report.rejected == len(
                        {problem.place for problem in report.problems if "row" in problem.place}
                    )
