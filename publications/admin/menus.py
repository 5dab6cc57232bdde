# The menus in the head and at the foot of every page.
from django.contrib import admin
from django.shortcuts import redirect

from publications.admin.base import HubModelAdmin, OrderedFormSet, OrderedInline
from publications.models import Frame, MenuEntry, Menus


class MenuFormSet(OrderedFormSet):
    def _construct_form(self, i, **kwargs):
        form = super()._construct_form(i, **kwargs)
        form.instance.place = self.place
        return form

    def _mine(self):
        return super()._mine() | {"place": self.place}


class MenuInline(OrderedInline):
    model = MenuEntry
    formset = MenuFormSet
    verbose_name = "entry"
    fields = ["position", ("label", "list_name", "page"), ("topic", "content_type", "address")]
    autocomplete_fields = ["page", "topic", "content_type"]

    def get_queryset(self, request):
        return super().get_queryset(request).for_menus().filter(place=self.place)

    def get_formset(self, request, obj=None, **kwargs):
        formset = super().get_formset(request, obj, validate_max=True, **kwargs)
        formset.place = self.place
        return formset


class MainMenuInline(MenuInline):
    place = MenuEntry.Place.MAIN
    verbose_name_plural = "Main menu"
    max_num = 8
    hint = (
        "In the head of every page, in this order. Each entry leads to one thing; six short ones are plenty."
    )


class FooterInline(MenuInline):
    place = MenuEntry.Place.FOOTER
    verbose_name_plural = "Footer"
    max_num = 24
    hint = "At the foot of every page. Accessibility and privacy belong here. A draft shows once it is published."


class FrameAdmin(HubModelAdmin):
    """The one row: its list is its form."""

    view_on_site = False

    def changelist_view(self, request, extra_context=None):
        row, _ = Frame.objects.get_or_create()
        return redirect(f"admin:publications_{self.opts.model_name}_change", row.pk)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Menus)
class MenusAdmin(FrameAdmin):
    inlines = [MainMenuInline, FooterInline]

    def get_fieldsets(self, request, obj=None):
        return []
