"""A new tariff."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import SelectField, StringField

from timethief.domain.errors import Invalid, Invalids, NotFound
from timethief.domain.identifiers import from_text
from timethief.domain.numbers import HOURLY_COST_SEK
from timethief.domain.tasks import LONGEST_TITLE, read_text
from timethief.i18n import gettext, lazy_gettext
from timethief.queries.choices import StaffCategoryChoice
from timethief.services.staff_categories import NewTariff
from timethief.web.forms.base import BaseForm
from timethief.web.forms.days import read_day


class TariffForm(BaseForm):
    """What an hour of a staff category costs from a day on."""

    staff_category = SelectField(lazy_gettext("Staff category"), validate_choice=False)
    hourly_cost_sek = StringField(
        lazy_gettext("What an hour costs"),
        description=lazy_gettext("Wage and employer's costs, divided by working hours."),
    )
    valid_from = StringField(
        lazy_gettext("In force since"), description=lazy_gettext("A day, such as 2026-03-01.")
    )
    source = StringField(
        lazy_gettext("Source"),
        description=lazy_gettext("Where the figure comes from, so that others can check it."),
    )

    def offer(self, categories: Sequence[StaffCategoryChoice], language: str) -> None:
        """Fill in what there is to choose from."""
        self.staff_category.choices = [
            ("", gettext("Choose")),
            *((each.id, each.name(language)) for each in categories),
        ]

    def to_tariff(self) -> NewTariff:
        """The tariff.

        Raises:
            Invalids: answers that cannot be used; each stands beside its field.
        """
        category = self.part(self.staff_category, self._category)
        cost = self.needed_number(self.hourly_cost_sek, HOURLY_COST_SEK, ("kr", "kronor"))
        day = self.part(self.valid_from, lambda: read_day(self.valid_from.data or "", "valid_from"))
        source = self.part(
            self.source,
            lambda: read_text(self.source.data or "", "source", LONGEST_TITLE, required=True),
        )
        if category is None or cost is None or day is None or source is None:
            raise Invalids([])
        return NewTariff(category, day, cost, source)

    def _category(self) -> int:
        try:
            return from_text(self.staff_category.data or "")
        except NotFound as refusal:
            raise Invalid("staff_category", "not_a_choice") from refusal
