# The search index: what words find. Derived from publications; `index` makes it anew for those that changed,
# in the transaction of the change.
import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from itertools import batched
from typing import NamedTuple

from django.db import connection, models, transaction

from publications.bulk import any_of, write_rows
from publications.models.entry import is_put_off
from publications.models.person import Authorship
from publications.models.publication import Publication
from publications.models.topic import Topic
from publications.richtext import links, without_tags
from publications.search.documents import (
    TOPIC,
    Document,
    document_id,
    link_mark,
    make_document,
    month_mark,
    moved,
    number_mark,
    state_mark,
    topic_mark,
    type_mark,
)
from publications.search.finding import as_keys, backend
from publications.search.words import stem, words

BATCH = 500
TOPIC_MARK = re.compile(rf"(?<!\S){TOPIC}(\d+)(?!\S)")
TO_A_PUBLICATION = re.compile(r"/publications/([\w-]+)/(?:[#?]|$)")
MOST_KNOWN = 200_000  # words that a process remembers to be stored

_known: dict[tuple, set[str]] = {}


class SearchDocument(models.Model):
    """One publication as the index holds it. The database keeps its own index beside these columns; the
    migration makes it."""

    id = models.BigIntegerField(primary_key=True)
    publication = models.OneToOneField(
        "Publication", on_delete=models.CASCADE, related_name="search_document"
    )
    title = models.TextField()
    head = models.TextField()
    lead = models.TextField()
    body = models.TextField()
    marks = models.TextField()

    def __str__(self):
        return f"Document of publication {self.publication_id}"


class SearchWord(models.Model):
    """A word that stands, or once stood, in a publication: for words begun and words mistyped."""

    word = models.CharField(max_length=60, unique=True)
    stem = models.CharField(max_length=60)

    def __str__(self):
        return self.word


def index(publications: Iterable[int]) -> None:
    """Make the index anew for these publications, by their keys. To be called whenever their words, type,
    topics, authors, state or date may have changed; those deleted leave it by themselves."""
    publications = set(publications)
    if is_put_off(index, publications):
        return
    with transaction.atomic(savepoint=False):
        for some in batched(sorted(publications), BATCH):
            # Whoever changes one of them at the same moment waits, and then indexes what both have left.
            rows = _read(some, lock=True)
            SearchDocument.objects.filter(publication__in=as_keys(list(some))).delete()
            _write(rows)


def index_new(made: Iterable[tuple[Publication, Iterable[int]]]) -> None:
    """Index publications that this transaction made, each with its topics. They are as they were written, so that
    nothing is read again but the names of their authors, which others may change."""
    made = list(made)
    names = _names_of([publication.pk for publication, _ in made])
    _write(
        Written(*map(vars(publication).__getitem__, COLUMNS), names[publication.pk], sorted(topics))
        for publication, topics in made
    )


def index_moved(publication: Publication) -> None:
    """Bring the index in line with the state and the date that were just saved, and nothing else with them."""
    if is_put_off(index, [publication.pk]):
        return
    document = getattr(publication, "search_document", None)
    if not document or not _move(document, publication):
        index([publication.pk])


def _move(document: "SearchDocument", publication: Publication) -> bool:
    """Whether it was stored as it is in memory, and is now in line with the publication."""
    at = publication.published_at
    to, marks = document_id(at, publication.pk), moved(document.marks, publication.state, at)
    was_there = backend().move(document.id, document.marks, to, marks)
    document.id, document.marks = to, marks
    return was_there


def rebuild(progress=lambda done, total: None) -> int:
    """Make the whole index anew, all or nothing. Returns how many publications it holds."""
    total, done = Publication.objects.count(), 0
    with transaction.atomic():
        backend().clear(SearchDocument)
        SearchWord.objects.all().delete()
        for some in batched(
            Publication.objects.order_by("pk").values_list("pk", flat=True).iterator(), BATCH
        ):
            _write(_read(some))
            done += len(some)
            progress(done, total)
    return done


def differences() -> Iterator[int]:
    """Keys of publications whose document is missing or is not what it should be."""
    store, names = backend(), Document._fields
    topics = set(Topic.objects.values_list("pk", flat=True))
    for some in batched(Publication.objects.order_by("pk").values_list("pk", flat=True).iterator(), BATCH):
        stored = SearchDocument.objects.filter(publication__in=some).values_list(*names)
        stored = {row[1]: Document(*row) for row in stored}
        for written in _read(some):
            gone = _topics_gone(stored[written.pk].marks, topics) if written.pk in stored else []
            document = make_entry(written._replace(topics=sorted([*written.topics, *gone]))).document
            if stored.get(written.pk) != store.stored(document) or store.differs(document):
                yield written.pk


def _topics_gone(marks: str, topics: set[int]) -> list[int]:
    """Those that were deleted since the document was made: it keeps their marks until it is made anew."""
    return [topic for topic in map(int, TOPIC_MARK.findall(marks)) if topic not in topics]


def is_sound() -> bool:
    """Whether the database's own index agrees with the documents it was made from."""
    return backend().is_sound()


class Written(NamedTuple):
    """What is written of one publication, as far as words and filters may find it: Publication.SEARCHED, and more."""

    pk: int
    title: str
    subtitle: str
    summary: str
    key_findings: str
    body: str
    report_number: str
    doi: str
    state: str
    published_at: dt.datetime | None
    content_type: int
    names: list[str]  # of its authors, in all their forms
    topics: list[int]


# Where a publication keeps all of it but the last two.
COLUMNS = [{"pk": "id", "content_type": "content_type_id"}.get(name, name) for name in Written._fields[:-2]]


class Entry(NamedTuple):
    document: Document
    words: set[str]


def make_entry(written: Written) -> Entry:
    """What the index holds of it, and all its words."""
    p, at = written, written.published_at
    head = " ".join([p.subtitle, *p.names, p.report_number, p.doi])
    texts = [words(text) for text in (p.title, head, f"{p.summary} {p.key_findings}", without_tags(p.body))]
    marks = [state_mark(p.state), type_mark(p.content_type)]
    marks += [topic_mark(pk) for pk in p.topics]
    marks += [number_mark(number) for number in (p.doi, p.report_number) if number]
    marks += [month_mark(at.year, at.month)] if at else []
    found = (TO_A_PUBLICATION.search(link) for link in links(p.body))
    marks += dict.fromkeys(link_mark(link[1]) for link in found if link)
    return Entry(make_document(p.pk, at, texts, marks), set().union(*texts))


def _read(publications: Sequence[int], lock=False) -> list[Written]:
    """Three queries. Values and no instances, which take several times as long to make."""
    keys = as_keys(list(publications))
    rows = Publication.objects.filter(pk__in=keys).order_by("pk")
    rows = list((rows.select_for_update() if lock else rows).values_list(*Written._fields[:-2]))
    names, topics = _names_of(publications), defaultdict(list)
    joins = Publication.topics.through.objects.filter(publication__in=keys).order_by("topic")
    for pk, topic in joins.values_list("publication", "topic"):
        topics[pk].append(topic)
    return [Written(*row, names[row[0]], topics[row[0]]) for row in rows]


def _names_of(publications: Sequence[int]) -> dict[int, list[str]]:
    names = defaultdict(list)
    authors = Authorship.objects.filter(publication__in=as_keys(list(publications))).order_by("pk")
    for pk, *forms in authors.values_list(
        "publication", "name_as_printed", "person__name", "person__sort_name"
    ):
        names[pk] += forms
    return names


def _write(rows: Iterable[Written]) -> None:
    entries = [make_entry(written) for written in rows]
    backend().write([entry.document for entry in entries], SearchDocument)
    _learn(set().union(*(entry.words for entry in entries)))


def _learn(found: set[str]) -> None:
    """Note the words that are new to the collection."""
    known = _known_words()
    new = sorted(word for word in found - known if len(word) > 1 and not word.isdigit())
    for some in batched(new, 5_000):
        stored = set(SearchWord.objects.filter(word__in=any_of(some)).values_list("word", flat=True))
        rows = [(word, stem(word)) for word in some if word not in stored]
        if rows:
            write_rows(SearchWord._meta.db_table, ("word", "stem"), rows, "ON CONFLICT DO NOTHING")
        transaction.on_commit(partial(known.update, some))


def _known_words() -> set[str]:
    """Words that this process knows to be stored, from transactions that were committed. Forgotten when the words
    are others, since they were all made anew: the first of them then has another key."""
    first = SearchWord.objects.order_by("pk").values_list("pk", flat=True).first()
    if first is None:
        return set()
    words = connection.settings_dict["NAME"], first
    if words not in _known or len(_known[words]) > MOST_KNOWN:
        _known.clear()
        _known[words] = set()
    return _known[words]
