# The read side: pages, totals, counts beside filters, the years, featured items. Asks querysets, knows
# no requests and no forms.
