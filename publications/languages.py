# Languages by their codes (BCP 47: “fr”, “pt-BR”, “zh-Hans”): what they call themselves, and which way they
# are written. Knows no models.
from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils.text import capfirst

# ISO 639 and 15924; a code that names its script is written the way of that script.
RIGHT_TO_LEFT = {"ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"}
SCRIPTS_RIGHT_TO_LEFT = {"adlm", "arab", "aran", "hebr", "nkoo", "rohg", "syrc", "thaa"}
SCRIPT_LENGTH, REGION_LENGTH = 4, 2


def native_name(code: str) -> str:
    """“Français”, “العربيّة”: as its own readers look for it; the code where that is not known."""
    parts = code.lower().split("-")
    for length in range(len(parts), 0, -1):
        if name := LANG_INFO.get("-".join(parts[:length]), {}).get("name_local"):
            return capfirst(name)
    return code


def direction(code: str) -> str:
    language, *others = code.lower().split("-")
    scripts = [part for part in others if len(part) == SCRIPT_LENGTH and part.isalpha()]
    is_right_to_left = scripts[0] in SCRIPTS_RIGHT_TO_LEFT if scripts else language in RIGHT_TO_LEFT
    return "rtl" if is_right_to_left else "ltr"


def tag(code: str) -> str:
    """The code as machines are told it. Nothing said means the site's own language, wherever it is spoken."""
    return code or _without_region(settings.LANGUAGE_CODE)


def is_same(one: str, other: str) -> bool:
    """Whether two texts are in one language. Nothing said means the site's own, and on a British site
    “en” says no more than that."""
    return _spoken(one) == _spoken(other)


def _spoken(code: str) -> str:
    site = settings.LANGUAGE_CODE.lower()
    code = code.lower()
    return "" if code in {site, _without_region(site)} else code


def _without_region(code: str) -> str:
    language, *others = code.split("-")
    return "-".join([language, *(part for part in others if len(part) != REGION_LENGTH)])
