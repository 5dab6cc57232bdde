# What editors write, as it was at any time: a version of an item is all of it, kept whenever it changes. Who moved
# an item from state to state is the publish log's. In reading order: whole, recording, words; blocks,
# differences, comparison; restoring.
from publications.history.comparison import compared
from publications.history.recording import latest_version, record, recording, said_of
from publications.history.restoring import bring_back, restore, tried
from publications.history.whole import all_versions_of, snapshot, snapshot_of, versions_of
from publications.history.words import label

__all__ = [
    "all_versions_of",
    "bring_back",
    "compared",
    "label",
    "latest_version",
    "record",
    "recording",
    "restore",
    "said_of",
    "snapshot",
    "snapshot_of",
    "tried",
    "versions_of",
]
