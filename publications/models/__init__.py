# What editors write: plain normal tables. Questions asked of them live in querysets.py.
from publications.models.change import Change
from publications.models.content_type import ContentType
from publications.models.correction import Correction
from publications.models.entry import Entry, ListingState, Tally, sync_listing, syncing_once
from publications.models.featured_item import FeaturedItem
from publications.models.file import File
from publications.models.frame import Frame, MenuEntry, Menus
from publications.models.generation import Generation
from publications.models.image import Image
from publications.models.logged_step import LoggedStep
from publications.models.page import Page
from publications.models.person import Authorship, Person
from publications.models.presence import Presence
from publications.models.preview_link import PreviewLink
from publications.models.publication import Publication
from publications.models.redirect import Redirect
from publications.models.saved_view import SavedView
from publications.models.search_document import SearchDocument, SearchWord, index, index_new
from publications.models.topic import Topic, TopicAncestry
from publications.models.topic_role import TopicRole

__all__ = [
    "Authorship",
    "Change",
    "ContentType",
    "Correction",
    "Entry",
    "FeaturedItem",
    "File",
    "Frame",
    "Generation",
    "Image",
    "ListingState",
    "LoggedStep",
    "MenuEntry",
    "Menus",
    "Page",
    "Person",
    "Presence",
    "PreviewLink",
    "Publication",
    "Redirect",
    "SavedView",
    "SearchDocument",
    "SearchWord",
    "Tally",
    "Topic",
    "TopicAncestry",
    "TopicRole",
    "index",
    "index_new",
    "sync_listing",
    "syncing_once",
]
