# The pages that are measured, and whether a plain list shows the same.
import re
from typing import NamedTuple

from publications.models import ContentType, Publication, Tally
from scripts.bench_corpus import BIG, CROWDED, SMALL
from scripts.bench_texts import COMMON, PHRASE, RARE

TOPIC = f"/topics/topic-{BIG}/"
ITEM = re.compile(r'class="entry-title"><a href="([^"]+)"')


class Case(NamedTuple):
    name: str
    address: str
    has_plain: bool = True

    @property
    def plain(self) -> str:
        return f"/plain{self.address}" if self.has_plain else ""


def cases(size: int) -> list[Case]:
    last, last_of_type = _last_page(BIG), _last_page(BIG, "report")
    crowded, middle = f"/topics/topic-{CROWDED}/", _last_page(CROWDED) // 2
    words, item = "/publications/?q=", Publication.objects.published().filter(pk__gte=size // 2, lead=None)
    return [
        Case("topic, first page", TOPIC),
        Case("topic, page in the middle", f"{TOPIC}?page={last // 2}"),
        Case("topic, last page", f"{TOPIC}?page={last}"),
        Case("topic, one type", f"{TOPIC}?type=report"),
        Case("topic, one type, in the middle", f"{TOPIC}?type=report&page={last_of_type // 2}"),
        Case("topic, three types", f"{TOPIC}?type=report&type=tool&type=testimony&page=2"),
        # So many years that the smallest collection fills a page, too.
        Case("topic, by dates", f"{TOPIC}?from=2015&to=2020"),
        Case("topic, by type and dates", f"{TOPIC}?type=report&from=2001&to=2020"),
        Case("topic, months that are cut", f"{TOPIC}?type=report&from=2001-03-14&to=2020-10-09"),
        Case("topic, oldest first", f"{TOPIC}?sort=oldest", has_plain=False),
        # As far in as the middle of a month of five thousand, and the middle of its own twenty thousand.
        Case("topic of one second, page 125", f"{crowded}?page={min(125, middle)}"),
        Case("topic of one second, middle", f"{crowded}?page={middle}"),
        Case("small topic", f"/topics/topic-{SMALL}/"),
        Case("everything", "/publications/"),
        Case("everything, in the middle", f"/publications/?page={_last_page(0) // 2}"),
        Case("two topics at once", f"/publications/?topic=topic-{BIG}&topic=topic-5"),
        *(
            Case(name, address, has_plain=False)
            for name, address in {
                "person": "/people/person-5/",
                "type": "/types/report/",
                "topics": "/topics/",
                "people": "/people/",
                "corrections": "/corrections/",
                "home": "/",
                "item": item.order_by("pk")[0].get_absolute_url(),
                "feed of a topic": f"{TOPIC}feed.atom",
                "feed of everything": "/publications/feed.json",
                "sitemap, index": "/sitemap.xml",
                "sitemap, first part": "/sitemap-publications.xml",
                "CSV of a topic, first rows": f"{TOPIC}export.csv",
                "search, common word": f"{words}{COMMON}",
                "search, rare word": f"{words}{RARE}",
                "search, phrase": f'{words}"{PHRASE}"',
                "search, filtered": f"{words}{COMMON}&type=report&topic=topic-{BIG}",
                "search, nothing found": f"{words}xyzzyx",
            }.items()
        ),
    ]


def _last_page(topic: int, type_slug: str = "") -> int:
    counts = Tally.objects.filter(topic=topic, period=0)
    if type_slug:
        counts = counts.filter(type=ContentType.objects.get(slug=type_slug).pk)
    return max(2, -(-sum(counts.values_list("n", flat=True)) // 20))


def check_same_items(case: Case, ours: str, plain: str) -> None:
    """What is compared must be the same list: the same items in the same order."""
    here, there = ITEM.findall(ours), ITEM.findall(plain)
    if here != there or not here:
        raise SystemExit(
            f"{case.name}: plain Django shows other items than {case.address}, {there} and {here}"
        )
