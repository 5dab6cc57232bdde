# Form controls: the browser's own date and time fields, which need no script and know every language.
import datetime as dt

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from publications import clock


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs=None):
        super().__init__(attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self, attrs=None):
        super().__init__({"step": 1} | (attrs or {}), format="%H:%M:%S")


class MomentInput(forms.SplitDateTimeWidget):
    """Date and time to the second, with the zone they are meant in printed beside them."""

    template_name = "admin/widgets/moment.html"
    use_fieldset = True
    supports_microseconds = False

    def __init__(self, attrs=None):
        forms.MultiWidget.__init__(self, [DateInput(), TimeInput()], attrs)

    def get_context(self, name, value, attrs):
        comes_twice = isinstance(value, dt.datetime) and clock.comes_twice(value)
        return super().get_context(name, value, attrs) | {
            "zone": clock.zone(),
            "meant": f"{timezone.localtime(value):%H:%M %z}" if comes_twice else "",
        }


class MomentField(forms.SplitDateTimeField):
    """A moment that clocks leave out in spring is refused. Of the two that an autumn night has, the first is
    meant; wherever the moment is shown, its offset says so."""

    widget = MomentInput

    def compress(self, data_list):
        day, time = data_list or (None, None)
        if not day and not time:
            return None
        for part, error in ((day, "invalid_date"), (time, "invalid_time")):
            if part in self.empty_values:
                raise ValidationError(self.error_messages[error], code=error)
        try:
            return clock.read_moment(dt.datetime.combine(day, time).isoformat(" ")).astimezone(dt.UTC)
        except ValueError as error:
            raise ValidationError(str(error)) from error
