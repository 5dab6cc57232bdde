# What editors write, as it was at any time: a version of an item is all of it, kept whenever it changes. Who moved
# an item from state to state is the publish log's. In reading order: whole, recording, words.
from publications.history.recording import latest_version, record, recording
from publications.history.whole import KEPT, snapshot, snapshot_of, versions_of

__all__ = ["KEPT", "latest_version", "record", "recording", "snapshot", "snapshot_of", "versions_of"]
