# What narrows the list of publications: the row of states above it, and the panel with everything else.
from datetime import timedelta
from functools import cached_property, reduce
from operator import or_

from django import forms
from django.contrib.admin import ListFilter
from django.contrib.auth import get_user_model
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from publications.admin import counting
from publications.admin.filters import ChosenField, DateRange, FormFilter, midnight
from publications.filters import STATES
from publications.languages import is_same
from publications.listing.topics import share_of
from publications.listing.types import share_of_types, types_by_slug
from publications.models import Authorship, Entry, Image, Person, Publication, Topic, TopicAncestry
from publications.models.entry import NOWHERE
from publications.querysets import TYPE
from publications.search.documents import ROOM_FOR_KEYS, document_id, state_mark, topic_mark, type_mark
from publications.search.finding import Within
from publications.visibility import state_rules


def states(now=None):
    """Each state that people speak of: its name in addresses here, its words and its rule."""
    rules = state_rules(now)
    return {state.replace("_", "-"): (words, rules[state]) for state, words in STATES}


def wants():
    """What a published item should have and may lack, with the rule that finds those without. Each begins at
    the few rows that lack it."""
    in_no_topic = Entry.objects.filter(topic=NOWHERE)

    def with_picture(**lacking):
        return Q(image__in=Image.objects.filter(**lacking).values("pk"))

    return {
        "summary": ("No summary", Q(summary="")),
        "topics": ("No topic", Q(pk__in=in_no_topic.values("publication"))),
        "alt": ("Picture not described", with_picture(alternative_text="", is_decorative=False)),
        "file": ("Picture file awaited", with_picture(file="")),
        "rights": ("Picture no longer usable", with_picture(usable_until__lt=timezone.localdate())),
    }


class StateFilter(ListFilter):
    """The row of states above the list is drawn by PublicationChangeList, and the panel offers several at
    once; this narrows, and can be left out to count what the other states hold."""

    title = "state"
    template = None

    def __init__(self, request, params, model, model_admin):
        super().__init__(request, params, model, model_admin)
        self.chosen_states = [value for value in request.GET.getlist("state") if value]

    def has_output(self):
        return True

    def expected_parameters(self):
        return ["state"]

    def queryset(self, request, queryset):
        rules = states()
        if not set(self.chosen_states) <= set(rules):
            return queryset.none()
        return queryset.filter(reduce(or_, [rules[key][1] for key in self.chosen_states], Q()))


def _are_soon_met(number: int, total: int) -> bool:
    """The keys of few items are soon gathered, and SQLite gathers all of them before anything else. Where one in so
    many of all is wanted, as many as a list counts are sooner met by going through the list and looking at each,
    which takes so many times what is counted."""
    return number * number > counting.MOST_COUNTED * total


class PublicationFilters(DateRange):
    """Several of each: what is of any of the types, in any of the topics, and so on."""

    ranges = {
        "published_at": ("from", "to", "Published from", "Published to"),
        "changed_at": ("changed_from", "changed_to", "Changed from", "Changed to"),
    }
    state = forms.MultipleChoiceField(required=False, label="State", widget=forms.CheckboxSelectMultiple)
    type = forms.MultipleChoiceField(required=False, label="Type", widget=forms.CheckboxSelectMultiple)
    lacks = forms.MultipleChoiceField(
        required=False, label="Needs attention", widget=forms.CheckboxSelectMultiple
    )
    topic = ChosenField(
        Topic.objects.select_related("parent"),
        Topic._meta.get_field("parent"),  # for looking: among all topics
        "There is no such topic.",
        label="Topic",
        help_text="With all topics below it.",
    )
    author = ChosenField(
        Person.objects.all(), Authorship._meta.get_field("person"), "There is no such person.", label="Author"
    )
    by = ChosenField(
        get_user_model().objects.filter(is_staff=True),
        Publication._meta.get_field("changed_by"),
        "There is no such account.",
        label="Changed last by",
    )
    language = forms.CharField(
        required=False, label="Language", max_length=35, help_text="Its code, such as fr or pt-BR."
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.types = types_by_slug()
        self.fields["state"].choices = [(key, words) for key, (words, _) in states().items()]
        self.fields["type"].choices = [(slug, each.name) for slug, each in self.types.items()]
        self.fields["lacks"].choices = [(key, words) for key, (words, _) in wants().items()]

    def narrow(self, rows):
        """By all but the states."""
        rows, chosen = super().narrow(rows), self.cleaned_data
        if chosen["type"]:
            kind = TYPE if self._types_are_soon_met else F("content_type")
            rows = rows.alias(kind=kind).filter(kind__in=self._chosen_types)
        if chosen["topic"]:
            rows = rows.filter(self._in_topics)
        if chosen["author"]:
            by_them = Authorship.objects.filter(person__in=chosen["author"])
            rows = rows.filter(pk__in=by_them.values("publication"))
        if chosen["by"]:
            rows = rows.filter(changed_by__in=chosen["by"])
        if chosen["language"]:
            rows = rows.filter(_in_language(chosen["language"]))
        if chosen["lacks"]:
            rules = wants()
            lacking = reduce(or_, [rules[key][1] for key in chosen["lacks"]])
            rows = rows.filter(lacking, state=Publication.State.PUBLISHED)
        return rows

    @property
    def _chosen_types(self) -> list[int]:
        return [self.types[slug].pk for slug in self.cleaned_data["type"]]

    @cached_property
    def _types_are_soon_met(self) -> bool:
        return _are_soon_met(*share_of_types(self._chosen_types))

    @cached_property
    def _in_topics(self):
        held = Publication.topics.through.objects.filter(topic__in=self._topics_within)
        if _are_soon_met(*share_of(topic.pk for topic in self.cleaned_data["topic"])):
            return Q(Exists(held.filter(publication=OuterRef("pk"))))
        return Q(pk__in=held.values("publication"))

    def within(self, leaving_out=()) -> Within:
        """As the search index takes them: it may let in what `narrow` keeps out, never the other way round."""
        chosen = {name: value for name, value in self.cleaned_data.items() if name not in leaving_out}
        stored = {_stored_state(key) for key in chosen.get("state", ())}
        groups = [
            [state_mark(state) for state in sorted(stored)],
            [type_mark(self.types[slug].pk) for slug in chosen.get("type", ())],
            [topic_mark(pk) for pk in self._topics_within] if chosen.get("topic") else [],
        ]
        first, last = chosen.get("from"), chosen.get("to")
        return Within(
            tuple(tuple(group) for group in groups if group),
            document_id(midnight(first)) if first else None,
            document_id(midnight(last + timedelta(days=1))) + ROOM_FOR_KEYS - 1 if last else None,
        )

    @cached_property
    def _topics_within(self) -> list[int]:
        """Looked up by themselves, since databases know how many items a topic has, but not a question."""
        paths = TopicAncestry.objects.filter(ancestor__in=self.cleaned_data["topic"])
        return list(paths.order_by("topic").values_list("topic", flat=True).distinct())


def _stored_state(key):
    """What waits for its time is stored as published."""
    return "published" if key == "scheduled" else key.replace("-", "_")


def _in_language(code):
    """Of that language, wherever it is spoken; those that say nothing are in the site's own. Others are looked for
    among the few that say something, which have an index of their own."""
    rule = Q(language__iexact=code) | Q(language__istartswith=f"{code}-")
    return rule | Q(language="") if is_same(code, "") else rule & ~Q(language="")


class PublicationFilter(FormFilter):
    title = "publications"
    form_class = PublicationFilters
    parameter_names = "state type lacks topic author by language from to changed_from changed_to".split()

    def within(self, leaving_out=()):
        return self.form.within(leaving_out) if self.form.is_valid() else Within()

    @property
    def narrows_beyond_states(self) -> bool:
        return bool(set(self.used_parameters) - {"state"})
