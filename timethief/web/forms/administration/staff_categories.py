"""A staff category, new or renamed."""

from __future__ import annotations

from wtforms import HiddenField, StringField

from timethief.domain.errors import Invalids
from timethief.domain.numbers import HOURLY_COST_SEK
from timethief.i18n import lazy_gettext
from timethief.services.staff_categories import CategoryNames
from timethief.web.forms.base import BaseForm


class NamesForm(BaseForm):
    """What a staff category is called."""

    name_sv = StringField(lazy_gettext("Name in Swedish"), render_kw={"autocomplete": "off"})
    name_en = StringField(
        lazy_gettext("Name in English"),
        description=lazy_gettext("Left empty, the Swedish name is shown in English too."),
        render_kw={"autocomplete": "off"},
    )
    seen = HiddenField()

    def to_names(self) -> CategoryNames:
        """The names as they were written."""
        return CategoryNames(self.name_sv.data or "", self.name_en.data or "")


class NewCategoryForm(NamesForm):
    """A new one needs to cost something from the first day."""

    hourly_cost_sek = StringField(
        lazy_gettext("What an hour costs"),
        description=lazy_gettext("Wage and employer's costs, divided by working hours."),
    )
    source = StringField(
        lazy_gettext("Source"),
        description=lazy_gettext("Where the figure comes from, so that others can check it."),
    )

    def to_tariff(self) -> tuple[float, str]:
        """What an hour costs, and where that comes from.

        Raises:
            Invalids: the cost cannot be used; it stands beside its field.
        """
        cost = self.needed_number(self.hourly_cost_sek, HOURLY_COST_SEK, ("kr", "kronor"))
        if cost is None:
            raise Invalids([])
        return cost, self.source.data or ""
