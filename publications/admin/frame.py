# What frames every page: the menus in its head and at its foot, and how it looks.
from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminFileWidget
from django.shortcuts import redirect
from django.utils.html import format_html

from publications.admin.base import HubForm, HubModelAdmin, OrderedFormSet, OrderedInline
from publications.admin.display import quiet
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


class AppearanceForm(HubForm):
    class Meta:
        accept = {"accept": ".svg,.png,.webp,.avif,.jpg,.jpeg"}
        widgets = {
            "accent": forms.TextInput(attrs={"type": "color"}),
            "greys": forms.RadioSelect(attrs={"class": "radiolist"}),
            "logo": AdminFileWidget(attrs=accept),
            "icon": AdminFileWidget(attrs=accept),
        }


@admin.register(Frame)
class AppearanceAdmin(FrameAdmin):
    form = AppearanceForm
    fieldsets = [
        ("Colours", {"fields": ["accent", "greys"]}),
        ("Logo", {"fields": ["logo_shown", "logo", "logo_has_name", "logo_suits_dark"]}),
        ("Icon", {"fields": ["icon_shown", "icon"]}),
    ]
    readonly_fields = ["logo_shown", "icon_shown"]

    @admin.display(description="Stored logo")
    def logo_shown(self, frame):
        return _shown(frame.logo_url)

    @admin.display(description="Stored icon")
    def icon_shown(self, frame):
        return _shown(frame.icon_url)


def _shown(address):
    return format_html('<img class="logo-shown" src="{}" alt="">', address) if address else quiet("None yet")


@admin.register(Menus)
class MenusAdmin(FrameAdmin):
    inlines = [MainMenuInline, FooterInline]

    def get_fieldsets(self, request, obj=None):
        return []
