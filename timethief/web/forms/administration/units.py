"""A unit, and a list of units."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import FileField, HiddenField, SelectField, StringField, TextAreaField

from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.unit_plan import HEADCOUNT
from timethief.domain.vocabulary import Sector
from timethief.i18n import gettext, lazy_gettext
from timethief.reports.labels import labels
from timethief.reports.unit_names import unit_options
from timethief.services.units import UnitFacts
from timethief.storage.unit_tree import UnitNode
from timethief.web.forms.base import BaseForm


class UnitForm(BaseForm):
    """A unit, new or as it stands."""

    name = StringField(lazy_gettext("Name"), render_kw={"autocomplete": "off"})
    parent = SelectField(lazy_gettext("Belongs to"), validate_choice=False)
    sector = SelectField(lazy_gettext("Sector"), validate_choice=False)
    headcount = StringField(
        lazy_gettext("Number of staff"),
        description=lazy_gettext(
            "How many work there. Small units are not shown by themselves, so that no answer points at anybody."
        ),
    )
    code = StringField(
        lazy_gettext("Code"),
        description=lazy_gettext(
            "What the unit is called in other systems and in files. Leave it empty to get one."
        ),
        render_kw={"autocomplete": "off"},
    )
    seen = HiddenField()

    def offer(self, units: Sequence[UnitNode], but: frozenset[int] = frozenset()) -> None:
        """Fill in what there is to choose from; a unit cannot belong to itself or to one below it."""
        self.parent.choices = [
            ("", gettext("Nothing, it stands at the top")),
            *unit_options([unit for unit in units if unit.id not in but]),
        ]
        self.sector.choices = list(labels("sector").items())

    def to_facts(self) -> UnitFacts:
        """The unit as it was written.

        Raises:
            Invalid: a number or choice that cannot be used.
        """
        headcount = self.number(self.headcount, HEADCOUNT)
        parent = self.part(self.parent, self._parent)
        sector = self.part(self.sector, self._sector) or Sector.OTHER
        return UnitFacts(
            name=self.name.data or "",
            sector=sector,
            code=self.code.data or "",
            headcount=None if headcount is None else int(headcount),
            parent_id=parent,
        )

    def _parent(self) -> int | None:
        if not self.parent.data:
            return None
        try:
            return from_text(self.parent.data)
        except NotFound as refusal:
            raise Invalid("parent", "not_a_choice") from refusal

    def _sector(self) -> Sector:
        try:
            return Sector(self.sector.data or "")
        except ValueError as error:
            raise Invalid("sector", "not_a_choice") from error


class ImportForm(BaseForm):
    """A list of units, as a file or pasted."""

    file = FileField(
        lazy_gettext("A file"),
        description=lazy_gettext("Excel (.xlsx) or text (.csv), with at most 5,000 rows."),
        render_kw={"accept": ".xlsx,.csv,.txt,.tsv"},
    )
    pasted = TextAreaField(
        lazy_gettext("Or paste the rows here"),
        description=lazy_gettext(
            "One unit on each line. With headings as in the template, or just name and number of staff, parted by a semicolon."
        ),
        render_kw={"spellcheck": "false"},
    )


class ConfirmForm(BaseForm):
    """The rows that were shown, to be read in."""

    sheet = HiddenField()


def told_of(facts: UnitFacts) -> dict[str, str]:
    """A unit as the form holds it."""
    return {
        "name": facts.name,
        "code": facts.code,
        "sector": facts.sector.value,
        "headcount": "" if facts.headcount is None else str(facts.headcount),
        "parent": "" if facts.parent_id is None else to_text(facts.parent_id),
    }
