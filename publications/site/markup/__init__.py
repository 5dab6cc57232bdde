# The parts of a page that repeat, put together in Python: a template takes some twenty times as long, and these
# are most of a page of a list. Templates call them by tags. Whatever is not made here is escaped here, once.
