# Changes to live items: prepared in a working copy, and put into the item in one transaction, at once or when their
# time comes. In reading order: content, steps, due, ahead.
