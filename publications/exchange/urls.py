# The public addresses of files for machines. They lie inside the address of the page they tell of.
from django.urls import path, register_converter
from django.urls.converters import StringConverter
from django.views.decorators.http import require_safe

from publications.exchange import citations, exports, formats, unapi

app_name = "exchange"


class CitationForm(StringConverter):
    regex = "|".join(formats.CITATIONS)


class ExportForm(StringConverter):
    regex = "|".join(formats.EXPORTS)


register_converter(CitationForm, "citation_form")
register_converter(ExportForm, "export_form")
citation, export = require_safe(citations.citation), require_safe(exports.export)

LISTS = [
    ("publications/", ""),
    ("topics/<slug:slug>/", "topic"),
    ("people/<slug:slug>/", "person"),
    ("types/<slug:slug>/", "type"),
]
urlpatterns = [
    path("briefing/export.<export_form:form>", require_safe(exports.briefing), name="briefing-export"),
    path("unapi", require_safe(unapi.unapi), name="unapi"),
    path("publications/<slug:slug>/cite.<citation_form:form>", citation, name="citation"),
    *(path(f"{route}export.<export_form:form>", export, {"kind": kind}, "export") for route, kind in LISTS),
]
