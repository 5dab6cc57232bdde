# The curation board of a topic: what stands at the top of its page, in which order, from when to when. In
# reading order: forms, arranging, words, timeline, page.
