# Addresses with the name of the site, as feeds and machines need them.
import re
from collections.abc import Callable

PATH = re.compile(r"/(?!/)[!-~]*$")  # of this site, in the letters of addresses


def absolute_for(request) -> Callable[[str], str]:
    """As `build_absolute_uri`, which takes the parts of the site's address together anew for each row of a list."""
    site = f"{request.scheme}://{request.get_host()}"
    return lambda path: site + path if PATH.match(path) else request.build_absolute_uri(path)
