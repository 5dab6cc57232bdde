# Free addresses for many new rows at once, where asking for each would be a query or more a row.
from collections import defaultdict

from publications.bulk import any_of
from publications.models import Redirect
from publications.models.slugs import make_slug, numbered

WIDEST_OFFER = 256


class Slugs:
    """The addresses of one model's rows."""

    def __init__(self, model):
        self.model, self.name = model, model._meta.model_name
        self._next_number = defaultdict(lambda: 1)

    def owners(self, slugs) -> dict[str, int]:
        """The pk of the row to which each of these belongs, or once belonged. Two queries, or none."""
        if not (slugs := list(slugs)):
            return {}
        former = Redirect.objects.filter(slug__in=any_of(slugs), **{f"{self.name}__isnull": False})
        present = self.model._base_manager.filter(slug__in=any_of(slugs))
        owners = dict(former.order_by().values_list("slug", f"{self.name}_id"))
        return owners | dict(present.order_by().values_list("slug", "pk"))

    def free(self, texts, reserved=()) -> list[str]:
        """A slug for each of these titles or names, in their order: none taken, none given twice.

        Offers ever more numbers to those whose slug is taken, so a thousand equal titles cost few queries.
        """
        bases = [make_slug(text, fallback=self.name) for text in texts]
        found, given = {}, set(reserved)
        waiting, width = range(len(bases)), 1
        while waiting:
            offers = {base: self._offer(base, width) for base in {bases[index] for index in waiting}}
            taken = {*given, *self.owners({slug for offer in offers.values() for slug in offer})}
            for index in waiting:
                slug = next((slug for slug in offers[bases[index]] if slug not in taken), None)
                if slug:
                    found[index] = slug
                    given.add(slug)
                    taken.add(slug)
            waiting = [index for index in waiting if index not in found]
            for base in {bases[index] for index in waiting}:
                self._next_number[base] += width
            width = min(width * 4, WIDEST_OFFER)
        return [found[index] for index in range(len(bases))]

    def _offer(self, base, width):
        start = self._next_number.get(base, 1)
        return [numbered(base, number) for number in range(start, start + width)]
