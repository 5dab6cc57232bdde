# Form controls: the browser's own date and time fields, which need no script and know every language.
from django import forms

from publications.admin.display import zone


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
        return super().get_context(name, value, attrs) | {"zone": zone()}
