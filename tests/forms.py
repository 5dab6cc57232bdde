# What a browser would send: reads the controls of a page as a reader of the page has them.
from html.parser import HTMLParser


class _Controls(HTMLParser):
    def __init__(self):
        super().__init__()
        self.fields, self.select, self.textarea = {}, None, None

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        name = found.get("name")
        if tag == "input" and name:
            self._input(name, found)
        elif tag == "select":
            self.select = name
        elif tag == "option" and self.select and "selected" in found:
            self.fields.setdefault(self.select, []).append(found.get("value", ""))
        elif tag == "textarea" and name:
            self.textarea = name
            self.fields[name] = [""]

    def _input(self, name, found):
        kind = found.get("type", "text")
        is_choice = kind in {"checkbox", "radio"}
        if kind not in {"submit", "file"} and (not is_choice or "checked" in found):
            self.fields.setdefault(name, []).append(found.get("value", "on" if is_choice else ""))

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = None
        elif tag == "textarea":
            self.textarea = None

    def handle_data(self, data):
        if self.textarea:
            self.fields[self.textarea][-1] += data.removeprefix("\n")


def controls(response) -> dict[str, list[str]]:
    """Every control of the page with its value or values; what is not ticked or chosen is left out."""
    parser = _Controls()
    parser.feed(response.content.decode())
    return parser.fields


def submit(client, address, **changes):
    """Open the page, change these fields and send the form, as a browser would. Follows no redirect."""
    return client.post(address, controls(client.get(address)) | changes)


def errors(response) -> dict:
    """The messages beside the fields of the main form."""
    return dict(response.context["adminform"].form.errors)
