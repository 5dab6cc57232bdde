# What somebody whose rights end at their topics may choose in a form, and what others chose that stays.
from django.core.exceptions import ValidationError
from django.utils.html import format_html

from publications.models import PreviewLink, Publication, Topic
from publications.roles import may_use_any_topic, roles_of
from publications.visibility import may_view_hidden

VIEW = "publications.view_publication"
UNNAMED = "An item that you may not see"
NOT_YOURS = "Choose topics of yours alone. What was chosen here is not among them, or is no topic."
KEEP_ONE = "Keep one of your topics. Without it, you could not change this item any more."
LINKS = ("lead", "translation_of", "replaced_by")  # from an item to another


def choosable(rows, field, user):
    """Of these rows, those that this person may choose for a field of a model."""
    if field.related_model is Topic and field.model is Publication:
        return rows if may_use_any_topic(user) else rows.filter(pk__in=roles_of(user))
    if field.model is PreviewLink:
        return rows.theirs(user)
    return rows if may_view_hidden(user) or not hasattr(rows, "visible_to") else rows.visible_to(user)


def name_for(user, row) -> str:
    """What to call a row that others chose."""
    is_hidden = isinstance(row, Publication) and not user.has_perm(VIEW, row)
    return UNNAMED if is_hidden else str(row)


def unname_hidden_links(item, user) -> None:
    """In memory alone: pages that show the item call what it leads to as this person may know it."""
    for other in (getattr(item, name) for name in LINKS if not may_view_hidden(user)):
        if other:
            other.title = name_for(user, other)


class TheirChoices:
    """For the form of an item. The topics of others stay as they are, and what is hidden is not named."""

    person = None  # who fills it in
    others_topics = ()

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "topics" in self.fields and not may_use_any_topic(self.person):
            self._leave_others_topics()
        if not may_view_hidden(self.person):
            self._keep_hidden_links()

    def _leave_others_topics(self):
        field, mine = self.fields["topics"], roles_of(self.person)
        field.error_messages["invalid_choice"] = field.error_messages["invalid_pk_value"] = NOT_YOURS
        if not self.instance.pk:
            return
        stored = list(self.instance.topics.all())
        self.others_topics = [topic for topic in stored if topic.pk not in mine]
        self.initial["topics"] = [topic for topic in stored if topic.pk in mine]
        if self.others_topics:
            names = ", ".join(topic.name for topic in self.others_topics)
            words = "{} It also stands in {}, which is for others to change."
            field.help_text = format_html(words, field.help_text, names)

    def clean_topics(self):
        chosen = self.cleaned_data["topics"]
        if not chosen and self.initial.get("topics") and not self._stays_theirs():
            raise ValidationError(KEEP_ONE)
        if not self.others_topics:
            return chosen
        return Topic.objects.filter(pk__in=[topic.pk for topic in (*chosen, *self.others_topics)])

    def _stays_theirs(self) -> bool:
        """Without any topic of theirs: whoever may use every topic may, and the maker of a draft without topics."""
        is_own = self.instance.created_by_id == self.person.pk and self.instance.state == "draft"
        return may_use_any_topic(self.person) or (is_own and not self.others_topics)

    def _keep_hidden_links(self):
        for name in LINKS:
            field, stored = self.fields.get(name), self.initial.get(name)
            if field and stored:
                field.queryset = field.queryset | Publication.objects.filter(pk=stored)
                field.label_from_instance = lambda item: name_for(self.person, item)

    def add_error(self, field, error):
        """Messages that speak of another item name it to those alone who may see it."""
        super().add_error(field, self._unnamed(error))

    def _unnamed(self, error):
        if not isinstance(error, ValidationError):
            return error
        errors = getattr(
            error, "error_dict", {None: error.error_list if hasattr(error, "error_list") else []}
        )
        for each in (one for found in errors.values() for one in found):
            each.params = each.params and {
                key: name_for(self.person, value) if isinstance(value, Publication) else value
                for key, value in each.params.items()
            }
        return error
