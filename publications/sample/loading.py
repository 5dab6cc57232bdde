# Puts the sample collection and the people who may edit it into a database.
import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import transaction

from publications.exchange.importing import Report, import_publications
from publications.models import Frame, MenuEntry, Page, Person, Publication, Topic, TopicRole
from publications.sample.pictures import draw_all

FOLDER = Path(__file__).resolve().parent
# Topics first, since the publications of one area also stand in topics of another.
FILES = [FOLDER / f"{name}.json" for name in ("topics", "coasts", "water", "cities", "security", "evidence")]
# The import format knows authors by name only, so those who are no persons are there before it.
ORGANISATIONS = {
    "Averne Harbour Board": "Keeps the quays, lights and tide book of the port of Averne.",
    "Northern Estuaries Observatory": "Reads forty-one gauges on six estuaries and lends boats to researchers.",
}
DEMO_PASSWORD = "topichub-demo"
TOPIC_OF_ONE = "coasts-and-seas"

Progress = Callable[[str, int, int], None]  # what is being done, how far, out of how many


def load_collection(progress: Progress, pictures: Path | None = None) -> list[Report]:
    """Import every file: all of it or, when interrupted, nothing. Draws the pictures unless given a folder.

    Takes half a minute on two cores, a third of it for drawing and most of the rest for renditions.
    """
    if not pictures:
        with TemporaryDirectory() as folder:
            draw_all(Path(folder), lambda done, total: progress("Drawing pictures", done, total))
            return load_collection(progress, Path(folder))
    with transaction.atomic():
        for name, biography in ORGANISATIONS.items():
            Person.objects.get_or_create(
                name=name, defaults={"is_organisation": True, "biography": biography}
            )
        reports = [
            import_publications(
                path,
                images_dir=pictures,
                progress=lambda done, total, name=path.stem: progress(f"Importing {name}", done, total),
            )
            for path in FILES
        ]
        give_topics_pictures()
        name_the_language()
        add_pages()
    return reports


def give_topics_pictures() -> None:
    """The topmost topics, which the home page shows, borrow the picture of their first featured item."""
    for topic in Topic.objects.topmost():
        first = topic.featured_items.filter(publication__image__isnull=False).first()
        if first and not topic.picture:
            topic.picture = first.publication.image
            topic.save()


def add_pages() -> None:
    """The institute's own pages, the first of them in the main menu and all of them in the footer."""
    frame, _ = Frame.objects.get_or_create()
    for position, row in enumerate(json.loads((FOLDER / "pages.json").read_text()), start=10):
        page = Page.objects.create(body=row.pop("body_html"), state=Page.State.PUBLISHED, **row)
        MenuEntry.objects.create(frame=frame, place=MenuEntry.Place.FOOTER, position=position, page=page)
        if page.role == Page.Role.ABOUT:
            MenuEntry.objects.create(
                frame=frame, place=MenuEntry.Place.MAIN, position=position, page=page, label="About"
            )


def name_the_language() -> None:
    """On a site in another language, what does not say its own is in English. Items with translations say it
    always, since they are joined while they come in."""
    if not settings.LANGUAGE_CODE.startswith("en"):
        Publication.objects.filter(language="").update(language="en")


def create_demo_users() -> list[str]:
    """The user names of an author, an editor and an administrator, and of an editor of one topic alone; made
    unless somebody can sign in already."""
    users = get_user_model().objects
    if users.exists():
        return []
    for name, group in (("author", "Author"), ("editor", "Editor")):
        user = users.create_user(name, password=DEMO_PASSWORD, is_staff=True)
        user.groups.add(Group.objects.get(name=group))
    users.create_superuser("admin", password=DEMO_PASSWORD)
    coast = users.create_user("coast", password=DEMO_PASSWORD, is_staff=True)
    if topic := Topic.objects.filter(slug=TOPIC_OF_ONE).first():
        TopicRole.objects.create(topic=topic, user=coast, role=TopicRole.Role.EDITOR)
    return ["author", "editor", "coast", "admin"]
