# The search index: what words find. Derived from publications; `index` makes it anew for those that changed,
# in the transaction of the change.
import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import batched
from typing import NamedTuple

from django.db import connection, models, transaction
from django.db.models import Prefetch

from publications.models.person import Authorship
from publications.models.publication import Publication
from publications.models.topic import Topic
from publications.richtext import links, plain_text
from publications.search.documents import (
    Document,
    link_mark,
    make_document,
    month_mark,
    number_mark,
    state_mark,
    topic_mark,
    type_mark,
)
from publications.search.finding import as_keys, backend
from publications.search.words import stem, words

BATCH = 200
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
    with transaction.atomic(savepoint=False):
        for some in batched(sorted(set(publications)), BATCH):
            # Whoever changes one of them at the same moment waits, and then indexes what both have left.
            rows = list(_rows(some).select_for_update())
            SearchDocument.objects.filter(publication__in=as_keys(list(some))).delete()
            _write(rows)


def rebuild(progress=lambda done, total: None) -> int:
    """Make the whole index anew, all or nothing. Returns how many publications it holds."""
    total, done = Publication.objects.count(), 0
    with transaction.atomic():
        backend().clear(SearchDocument)
        SearchWord.objects.all().delete()
        for some in batched(
            Publication.objects.order_by("pk").values_list("pk", flat=True).iterator(), BATCH
        ):
            _write(_rows(some))
            done += len(some)
            progress(done, total)
    return done


def differences() -> Iterator[int]:
    """Keys of publications whose document is missing or is not what it should be."""
    store = backend()
    names = Document._fields
    for some in batched(Publication.objects.order_by("pk").values_list("pk", flat=True).iterator(), BATCH):
        stored = SearchDocument.objects.filter(publication__in=some).values_list(*names)
        stored = {row[1]: Document(*row) for row in stored}
        for publication in _rows(some):
            document = make_entry(publication).document
            if stored.get(publication.pk) != store.stored(document) or store.differs(document):
                yield publication.pk


def is_sound() -> bool:
    """Whether the database's own index agrees with the documents it was made from."""
    return backend().is_sound()


class Entry(NamedTuple):
    document: Document
    words: set[str]


def make_entry(publication: Publication) -> Entry:
    """What the index holds of it, and all its words. Costs no query after `_rows`."""
    p, at = publication, publication.published_at
    names = [f"{one.name_as_printed} {one.person.name} {one.person.sort_name}" for one in p.authorships.all()]
    head = " ".join([p.subtitle, *names, p.report_number, p.doi])
    texts = [words(text) for text in (p.title, head, f"{p.summary} {p.key_findings}", plain_text(p.body))]
    marks = [state_mark(p.state), type_mark(p.content_type_id)]
    marks += [topic_mark(pk) for pk in sorted(topic.pk for topic in p.topics.all())]
    marks += [number_mark(number) for number in (p.doi, p.report_number) if number]
    marks += [month_mark(at.year, at.month)] if at else []
    found = (TO_A_PUBLICATION.search(link) for link in links(p.body))
    marks += dict.fromkeys(link_mark(link[1]) for link in found if link)
    return Entry(make_document(p.pk, at, texts, marks), set().union(*texts))


def _rows(publications):
    rows = (
        Publication.objects.filter(pk__in=as_keys(list(publications)))
        .order_by("pk")
        .only(*Publication.SEARCHED)
    )
    authorships = Authorship.objects.select_related("person").only(
        "publication", "name_as_printed", "person__name", "person__sort_name"
    )
    return rows.prefetch_related(
        Prefetch("authorships", authorships.order_by("pk")), Prefetch("topics", Topic.objects.only("pk"))
    )


def _write(publications) -> None:
    entries = [make_entry(publication) for publication in publications]
    backend().write([entry.document for entry in entries], SearchDocument)
    _learn(set().union(*(entry.words for entry in entries)))


def _learn(found: set[str]) -> None:
    """Note the words that are new to the collection."""
    found = {word for word in found if len(word) > 1 and not word.isdigit()}
    known = _known_words()
    for some in batched(sorted(found - known), 5_000):
        stored = set(SearchWord.objects.filter(word__in=some).values_list("word", flat=True))
        new = [SearchWord(word=word, stem=stem(word)) for word in some if word not in stored]
        SearchWord.objects.bulk_create(new, batch_size=400, ignore_conflicts=True)
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
