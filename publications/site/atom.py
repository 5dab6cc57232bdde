# Atom 1.0 as Django writes it, with what Django's generator leaves out: several authors, the whole text,
# categories with names, and files with titles.
import datetime as dt

from django.utils.feedgenerator import Atom1Feed

from publications.site.entries import Entry


class AtomFeed(Atom1Feed):
    """Takes `updated`, `logo` and `icon` besides the arguments of Atom1Feed."""

    def add_root_elements(self, handler):
        super().add_root_elements(handler)
        for name in ("icon", "logo"):
            if self.feed[name]:
                handler.addQuickElement(name, self.feed[name])

    def add_entry(self, entry: Entry) -> None:
        self.add_item(
            title=entry.title,
            link=entry.address,
            description=None,
            unique_id=entry.id,
            pubdate=entry.published,
            updateddate=entry.updated,
            entry=entry,
        )

    def latest_post_date(self) -> dt.datetime:
        return self.feed["updated"]

    def item_attributes(self, item):
        language = item["entry"].language
        return {"xml:lang": language} if language else {}

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        entry = item["entry"]
        for name, address in entry.authors:
            handler.startElement("author", {})
            handler.addQuickElement("name", name)
            handler.addQuickElement("uri", address)
            handler.endElement("author")
        for category in entry.categories:
            attributes = {"term": category.term, "scheme": category.scheme, "label": category.name}
            handler.addQuickElement("category", "", attributes)
        if entry.summary:
            handler.addQuickElement("summary", entry.summary)
        if entry.content:
            handler.addQuickElement("content", entry.content, {"type": "html"})
        for attributes in _links(entry):
            handler.addQuickElement("link", "", attributes)


def _links(entry: Entry) -> list[dict[str, str]]:
    links = [
        {
            "rel": "enclosure",
            "href": enclosure.address,
            "type": enclosure.media_type,
            "title": enclosure.title,
            "length": str(enclosure.size),
        }
        for enclosure in entry.files
    ]
    if entry.picture:  # no length: pages never open a file
        links.append({"rel": "enclosure", "href": entry.picture, "type": "image/jpeg"})
    if entry.elsewhere:
        links.append({"rel": "related", "href": entry.elsewhere})
    return links
