# A save or a deletion that is refused for what somebody else did at the same moment: they deleted the topic it names, or
# put another below the one it deletes, or each waits for the other. Nothing of it was stored. Asked once more it sees
# what the other has left, and says so, with all that was typed.
from copy import copy

from django.contrib.messages.storage import default_storage
from django.core.exceptions import ObjectNotUpdated, ValidationError
from django.db import IntegrityError, OperationalError

MET = (IntegrityError, OperationalError, ObjectNotUpdated, ValidationError)  # what a save then ends with


class AskedAgain:
    """For a ModelAdmin whose forms are saved in one transaction."""

    def add_view(self, request, form_url="", extra_context=None):
        return _answer(
            request, lambda asked: super(AskedAgain, self).add_view(asked, form_url, extra_context)
        )

    def change_view(self, request, object_id, form_url="", extra_context=None):
        return _answer(
            request,
            lambda asked: super(AskedAgain, self).change_view(asked, object_id, form_url, extra_context),
        )

    def delete_view(self, request, object_id, extra_context=None):
        return _answer(
            request, lambda asked: super(AskedAgain, self).delete_view(asked, object_id, extra_context)
        )


def _answer(request, view):
    if not request.POST:  # which reads what was sent, for both times
        return view(request)
    first = copy(request)
    first._messages = default_storage(request)  # forgotten, where it comes to nothing
    try:
        response = view(first)
    except MET:
        for _, files in request.FILES.lists():
            for file in files:
                file.seek(0)
        return view(request)
    request._messages = first._messages
    return response
