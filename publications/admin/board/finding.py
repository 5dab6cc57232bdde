# Looks for what may be put at the top: publications of the topic, and of those within it, by their words.
from publications.models import TopicAncestry
from publications.search.documents import topic_mark
from publications.search.finding import BEST, Within, find as find_words, in_order_of

MOST_FOUND = 8


def find(board, text: str) -> list:
    """The best few. The index narrows to the topic, so that it costs the same however many there are."""
    topics = (
        TopicAncestry.objects.filter(ancestor=board.topic).order_by("topic").values_list("topic", flat=True)
    )
    within = Within((tuple(topic_mark(pk) for pk in topics),))
    found = find_words(text, within, BEST)
    passed = set(found.among(board.choosable()).order_by().values_list("pk", flat=True))
    best = [pk for pk in found.pks if pk in passed][:MOST_FOUND]
    return list(in_order_of(best, board.choosable().for_cards())) if best else []
