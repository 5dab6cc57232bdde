# What editors type on the board: one form for each featured item, and the number of places. Rows that the board
# has read already are not read again, so that a hundred items cost as many queries as one.
from django import forms
from django.contrib.admin import site
from django.contrib.admin.widgets import AutocompleteSelect, RelatedFieldWidgetWrapper
from django.core.exceptions import ValidationError

from publications.admin.widgets import MomentField
from publications.models import FeaturedItem, Image

IMAGE = FeaturedItem._meta.get_field("image")
MOST_PICKS = 200
OWN = ("starts_at", "ends_at", "image", "words")  # what a pick has beside its item
PLACES = [(number, str(number)) for number in range(1, 7)]


def read_key(text) -> int | None:
    """The key of a row, out of what a browser sent."""
    text = str(text)
    return int(text) if text.isdecimal() and len(text) < 16 else None


class KnownPicture(AutocompleteSelect):
    """The choosing field, which learns the chosen picture's words without a query."""

    pictures: dict[int, Image] = {}

    def __init__(self):
        super().__init__(IMAGE, site, attrs={"data-placeholder": "None"})

    def optgroups(self, name, value, attr=None):
        nothing = self.create_option(name, "", "", False, 0)
        chosen = filter(None, (self.pictures.get(read_key(each)) for each in value))
        options = [self.create_option(name, image.pk, str(image), True, 1) for image in chosen]
        return [(None, [nothing, *options], 0)]


class PictureField(forms.Field):
    widget = KnownPicture

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.widget.choices = ()

    def know(self, pictures: dict[int, Image]) -> None:
        self.pictures = self.widget.pictures = pictures

    def prepare_value(self, value):
        return getattr(value, "pk", value)

    def to_python(self, value):
        if value in self.empty_values:
            return None
        image = self.pictures.get(read_key(value))
        if not image:
            raise ValidationError("This picture is no longer there. Choose another, or none.")
        return image


class PickForm(forms.Form):
    """A featured item. `pick` is what was typed, as a row that need not be stored; times that make no sense are
    left out of it."""

    publication = forms.IntegerField(widget=forms.HiddenInput)
    position = forms.IntegerField(label="Number", required=False)
    starts_at = MomentField(label="From", required=False, help_text="Empty: as soon as it is published.")
    ends_at = MomentField(label="Until", required=False, help_text="Empty: until you remove it.")
    image = PictureField(
        label="Own picture",
        required=False,
        help_text="Shown here instead of its picture, while it may be used.",
    )
    words = forms.CharField(
        label="Own words",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Shown here instead of its summary, in its language.",
    )

    def __init__(self, *args, topic, publications, pictures, may_add_pictures, **kwargs):
        super().__init__(*args, label_suffix="", **kwargs)
        self.topic, self.pick = topic, None
        image = self.fields["image"]
        image.know(pictures)
        rights = {f"can_{action}_related": False for action in ("change", "delete", "view")}
        rights["can_add_related"] = may_add_pictures
        image.widget = RelatedFieldWidgetWrapper(image.widget, IMAGE.remote_field, site, **rights)
        self.item = publications.get(read_key(self["publication"].value()))

    @property
    def own_fields(self):
        return [self[name] for name in OWN]

    def clean(self):
        found = self.cleaned_data
        if not self.item:
            return found
        values = {name: found[name] for name in OWN if name in found}
        self.pick = FeaturedItem(topic=self.topic, publication=self.item, **values)
        try:
            self.pick.clean()
        except ValidationError as error:
            self.add_error(None, error)
            if "ends_at" in error.message_dict:
                self.pick.ends_at = None
        return self.cleaned_data


class Picks(forms.BaseFormSet):
    @property
    def rows(self) -> list[PickForm]:
        """In the order of their numbers, one for each item. Those of items that are gone are left out; those to
        be removed are not."""
        rows = list({form.item.pk: form for form in reversed(self.forms) if form.item}.values())[::-1]
        if self.is_bound:
            self.is_valid()
            rows.sort(key=lambda form: _number(form.cleaned_data.get("position")))
        return rows

    @property
    def picks(self) -> list[FeaturedItem]:
        """What was typed, without what is to be removed."""
        return [form.pick for form in self.rows if form.pick and not self.is_removed(form)]

    @property
    def gone(self) -> int:
        """How many were typed whose item was deleted, or has left the topic, before they were ever saved."""
        return sum(not form.item for form in self.forms)

    def is_removed(self, form) -> bool:
        return self.is_bound and self._should_delete_form(form)


def _number(position):
    return MOST_PICKS if position is None else position


PickFormSet = forms.formset_factory(
    PickForm, Picks, extra=0, can_delete=True, max_num=MOST_PICKS, absolute_max=MOST_PICKS
)


class PlacesForm(forms.Form):
    slots = forms.TypedChoiceField(label="Places", choices=PLACES, coerce=int)
    tops_up = forms.BooleanField(label="Fill empty places with the topic’s newest", required=False)
