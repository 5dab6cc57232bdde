# The page of the board. Everything typed is sent with each question to it, so that adding, looking ahead and
# saving work alike with and without the script, and nothing typed is lost.
import re

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponseRedirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import mark_safe

from publications import clock
from publications.admin.board.arranging import Board
from publications.admin.board.finding import find
from publications.admin.board.forms import OWN, read_key
from publications.admin.board.timeline import lanes, ticks
from publications.admin.board.words import LEAVES, NOW, changes, standing
from publications.admin.display import moment_in_words, thumbnail
from publications.admin.together import typed_name
from publications.history import latest_version
from publications.listing.cards import attach_companions
from publications.models import Topic
from publications.querysets import may_view_hidden

BOARD, PRESENCE = "publications_topic_board", "publications_topic_board_presence"
ASKED = "When you save, both are shown and you choose."
GONE = "An item you added was left out: it was deleted, or taken out of this topic, before you saved."
ADDRESS_OF_LINK = re.compile(r'(<a\b[^>]*?) href="[^"]*"')


class BoardPage:
    """For the admin of topics."""

    def get_urls(self):
        board = self.admin_site.admin_view(self.board_view)
        presence = self.admin_site.admin_view(self.presence_view)
        return [
            path("<path:object_id>/board/", board, name=BOARD),
            path("<path:object_id>/board/presence/", presence, {"then": ASKED}, name=PRESENCE),
            *super().get_urls(),
        ]

    def board_view(self, request, object_id):
        topic = self.get_object(request, unquote(object_id))
        if not topic:
            raise Http404
        may_arrange = self.may_arrange(request, topic)
        sees_all = self.has_view_permission(request, topic) and may_view_hidden(request.user)
        if not may_arrange and not sees_all:
            raise PermissionDenied
        if request.method != "POST":
            return self._answer(request, Board(topic, request.user), may_arrange)
        if not may_arrange:
            raise PermissionDenied
        if "_save" in request.POST:
            return self._save(request, topic)
        board = Board(topic, request.user)
        return self._answer(request, Board(topic, request.user, _typed(request, board.stored)), may_arrange)

    def may_arrange(self, request, topic) -> bool:
        return self.has_change_permission(request, topic)

    def _save(self, request, topic):
        with transaction.atomic():
            topic = Topic.objects.select_for_update().get(pk=topic.pk)
            board = Board(topic, request.user, request.POST)
            is_same = board.as_stored == board.as_typed
            overtaken = board.as_stored != request.POST.get("opened") and not is_same
            if overtaken or not board.is_valid:
                return self._answer(request, board, True, overtaken)
            board.save()
            self.log_change(request, topic, [{"changed": {"fields": ["top of the page"]}}])
        self.message_user(request, "Saved: readers see it now.", messages.SUCCESS)
        if board.formset.gone:
            self.message_user(request, GONE, messages.WARNING)
        return HttpResponseRedirect(reverse(f"admin:{BOARD}", args=[topic.pk]))

    def _answer(self, request, board, may_arrange, overtaken=False):
        """The page, or for the script the parts of it that follow from what was typed."""
        sent = request.POST or request.GET
        words = sent.get("q", "").strip()
        context = {"topic": board.topic, "board": board, "may_arrange": may_arrange, "words": words}
        context |= {"found": find(board, words) if words and may_arrange else [], "opts": self.opts}
        context["placed"] = {pick.publication_id for pick in board.arrangement.picks}
        if sent.get("part") != "found":
            context |= _outcome(request, board, sent.get("at", NOW))
            context |= {"rows": _rows(board), "added": sent.get("_add", "")}
        if "part" in sent:
            return TemplateResponse(request, "admin/publications/topic/board_parts.html", context)
        context |= self.admin_site.each_context(request)
        is_fresh = board.data is None or overtaken
        opened = board.as_stored if is_fresh else request.POST.get("opened", "")
        if may_arrange:
            context["presence"] = self.presence(request, board.topic, PRESENCE)
        context |= {"typed": typed_name(request), "is_unsaved": board.data is not None}
        context |= {"title": f"Top of {board.topic}", "opened": opened}
        context |= {"media": self.media + board.formset.empty_form.media if may_arrange else self.media}
        if overtaken:
            context["overtaken"] = _overtaken(board)
        return TemplateResponse(request, "admin/publications/topic/board.html", context)


def _typed(request, stored):
    """What was sent, with a row more for what is added: as it is stored, where it is."""
    data, added = request.POST.copy(), request.POST.get("_add", "")
    total = read_key(data.get("picks-TOTAL_FORMS"))
    if read_key(added) is None or total is None:
        return data
    rows = {data[key]: key for key in data if key.startswith("picks-") and key.endswith("-publication")}
    if added in rows:  # it was to be removed
        data.pop(rows[added].replace("-publication", "-DELETE"), None)
        return data
    fields = {"publication": added}
    for pick in stored:
        if pick.publication_id == read_key(added):
            fields |= _as_sent(pick)
    data["picks-TOTAL_FORMS"] = total + 1
    for name, value in fields.items():
        data[f"picks-{total}-{name}"] = value
    return data


def _as_sent(pick) -> dict[str, str]:
    sent = {"image": str(pick.image_id or ""), "words": pick.words}
    for name in ("starts_at", "ends_at"):
        moment = getattr(pick, name)
        day, time = f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}".split() if moment else ("", "")
        sent |= {f"{name}_0": day, f"{name}_1": time}
    return sent


def _rows(board):
    """Each featured item with its form and what becomes of it."""
    rows = []
    for number, form in enumerate(board.formset.rows):
        pick = board.stored[number] if board.data is None else form.pick
        removed = board.formset.is_removed(form)
        rows.append(
            {
                "form": form,
                "item": form.item,
                "pick": pick,
                "standing": LEAVES if removed else pick and standing(pick, board.arrangement, board.now),
                "thumbnail": thumbnail((pick and pick.picture) or form.item.picture),
                "is_outside": form.item.pk in board.outside,
                "is_set": pick and any(getattr(pick, name) for name in OWN),
            }
        )
    return rows


def _outcome(request, board, wanted):
    stretches = board.arrangement.stretches(board.now, board.end)
    found = changes(stretches)
    chosen = next((change for change in found if change.value == wanted), found[0])
    at = stretches[found.index(chosen)].start
    return {
        "lanes": lanes(stretches),
        "ticks": ticks(board.now, board.end),
        "changes": found,
        "more": len(stretches) - len(found),
        "chosen": chosen,
        "preview": _preview(request, board, at),
        "end": board.end,
    }


def _preview(request, board, at) -> str:
    """The top of the topic's page as readers see it at a moment, as a page for a frame. Its links lead nowhere."""
    with clock.looking_at(at):
        cards = attach_companions(board.arrangement.at(at).cards, at)
        context = {"topic": board.topic, "featured": cards}
        shown = render_to_string("admin/publications/topic/_preview.html", context, request)
    return mark_safe(ADDRESS_OF_LINK.sub(r"\1", shown))


def _overtaken(board):
    """For who saves what somebody else has changed since: theirs beside yours."""
    mine = {pick.publication_id for pick in board.arrangement.picks}
    last = latest_version(board.topic).revision
    who = last.user and (last.user.get_full_name() or last.user.get_username())
    return {
        "who": who or "Somebody",
        "when": moment_in_words(last.date_created),
        "theirs": board.stored,
        "yours": board.arrangement.picks,
        "lacking": [pick for pick in board.stored if pick.publication_id not in mine],
    }
