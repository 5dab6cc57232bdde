# A step of the workflow shows at the next request: on every page that shows the item, though all were kept before.
import pytest
from django.test import Client

from publications import workflow
from publications.changes import steps
from publications.models import Publication
from publications.readiness import problems
from publications.site import kept_pages
from tests.factories import (
    make_featured,
    make_file,
    make_image,
    make_person,
    make_publication,
    make_ready,
    make_staff,
    make_topic,
    make_withdrawn,
)
from tests.readers import ReadersClient

pytestmark = pytest.mark.django_db
NAME = "Tidings"
LISTS = ["/publications/", "/topics/rivers/", "/topics/water/", "/types/tool/", "/people/ada-marsh/"]
FORMS = ["", "feed.atom", "feed.json", "export.csv", "export.bib", "export.ris", "export.json"]
TELL_OF_IT = [
    "/",
    *(address + form for address in LISTS for form in FORMS),
    "/publications/?q=tidings",
    "/publications/?q=marsh&type=tool",
    "/publications/?topic=rivers&topic=water",
    "/publications/?sort=oldest",
    "/publications/feed.atom?q=tidings",
    "/publications/suggestions.json?q=tid",
    "/topics/water/?type=tool",
    "/topics/rivers/index.md",
    "/topics/coast/",  # featured there
    "/publications/study/",  # of which it is a part
    "/publications/study/index.md",
    "/publications/brief/",  # a part of the same study
    "/publications/wrong/",  # withdrawn, and it stands instead
    "/publications/tidings/",
    "/publications/tidings/index.md",
    "/publications/tidings/cite.bib",
    "/unapi?id=tidings&format=ris",
]
LEAD_TO_IT = [
    "/sitemap-publications.xml",
    "/publications/original/",  # which it translates
    "/publications/original/index.md",
    "/publications/tidings/linkset.json",
]
COUNT_IT = ["/topics/", "/people/", "/sitemap.xml"]
EVERYWHERE = [*TELL_OF_IT, *LEAD_TO_IT, *COUNT_IT]
TELL_OF_A_WITHDRAWAL = [
    address
    for address in EVERYWHERE
    if any(part in address for part in ("/tidings/", "id=tidings", "/study/", "/brief/", "feed."))
]


@pytest.fixture(params=[Client, ReadersClient], ids=["in Django", "before Django"])
def client(request):
    return request.param()


@pytest.fixture
def item():
    """A draft that will show wherever an item can."""
    water, coast = make_topic("Water"), make_topic("Coast")
    rivers = make_topic("Rivers", parent=water)
    study, original = make_publication("Study"), make_publication("Original")
    make_publication("Brief", lead=study)
    item = make_ready(
        NAME,
        topics=[rivers],
        authors=[make_person("Ada Marsh")],
        type="tool",
        lead=study,
        translation_of=original,
        language="fr",
        image=make_image(),
    )
    make_file(item)
    make_featured(coast, item)
    make_withdrawn("Wrong", replaced_by=item)
    return item


def asked(client, addresses) -> dict[str, str]:
    return {address: client.get(address).getvalue().decode() for address in addresses}


def take(step, item, *given):
    step(Publication.objects.get(pk=item.pk), make_staff(), *given)


def publish(item):
    take(workflow.publish, item, [problem.words for problem in problems(item)])


def where(pages, is_so) -> list[str]:
    return [address for address, page in pages.items() if is_so(address, page)]


def is_as_made_anew(client, pages) -> bool:
    kept_pages.forget()
    return asked(client, pages) == pages


def shown(address, page) -> bool:
    return ("/publications/tidings/" if address in LEAD_TO_IT else NAME) in page


def test_what_is_published_shows_at_the_next_request_on_every_page(client, item):
    before = asked(client, EVERYWHERE)
    publish(item)
    now = asked(client, EVERYWHERE)
    assert where(now, lambda address, page: address not in COUNT_IT and not shown(address, page)) == []
    assert where(now, lambda address, page: page == before[address]) == []
    assert is_as_made_anew(client, now)


def test_what_is_withdrawn_leaves_all_lists_at_the_next_request(client, item):
    before = asked(client, EVERYWHERE)
    publish(item)
    asked(client, EVERYWHERE)
    take(workflow.withdraw, item, "It was wrong.")
    now = asked(client, EVERYWHERE)
    left = [address for address in EVERYWHERE if address not in TELL_OF_A_WITHDRAWAL]
    assert [address for address in left if now[address] != before[address]] == []
    assert "Withdrawn" in now["/publications/study/"]
    assert "It was wrong." in now["/publications/tidings/"]
    assert is_as_made_anew(client, now)


def test_change_that_goes_live_shows_at_the_next_request_on_every_page(client, item):
    publish(item)
    asked(client, EVERYWHERE)
    copy = steps.begin(Publication.objects.get(pk=item.pk), make_staff())
    copy.title = "Weather"
    copy.save()
    steps.go_live(copy, make_staff(), [problem.words for problem in problems(copy)])
    now = asked(client, [address for address in TELL_OF_IT if "tid" not in address])
    assert where(now, lambda address, page: "Weather" not in page) == []
    assert is_as_made_anew(client, now)
