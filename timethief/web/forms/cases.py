"""The forms of cases: asking for a review, answering, handing on, naming who decides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField

from timethief.domain.cases import FUNCTIONS_OF, AnswerTemplate, Route
from timethief.domain.errors import Invalid, Invalids, NotFound
from timethief.domain.identifiers import from_text
from timethief.i18n import gettext, lazy_gettext
from timethief.queries.cases import FunctionLine, Person
from timethief.reports.cases import answer_openings
from timethief.reports.intake import is_unfinished
from timethief.reports.unit_names import unit_options
from timethief.services.cases.answers import NewAnswer
from timethief.services.cases.routing import Handing
from timethief.storage.unit_tree import UnitNode
from timethief.web.forms.base import BaseForm
from timethief.web.forms.days import read_day
from timethief.web.forms.persons import AsksAboutPersons

_DIGITS = 9


def seen_version(text: str) -> int:
    """The version in a hidden field; 0, which nothing has, where that was tampered with."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _DIGITS else 0


class RequestForm(AsksAboutPersons):
    """Why a task should be tried."""

    reason = TextAreaField(
        lazy_gettext("Why does it need to be tried?"),
        description=lazy_gettext(
            "In your own words: what takes time, and what would be enough? Only those who try it read this. Your name "
            "does not stand beside it."
        ),
    )


class VersionedForm(BaseForm):
    """A form about a case as it was seen."""

    version = HiddenField()

    def seen(self) -> int:
        """The version that was seen."""
        return seen_version(self.version.data or "")


class CaseAnswerForm(VersionedForm):
    """What those who wrote are told."""

    template = RadioField(lazy_gettext("What kind of answer is it?"), validate_choice=False)
    text = TextAreaField(
        lazy_gettext("Answer"),
        description=lazy_gettext("Plain words: what happens next, who does it, and when."),
    )

    def offer(self) -> None:
        """Fill in what there is to choose from."""
        self.template.choices = [
            (template.value, opening.label) for template, opening in answer_openings().items()
        ]

    def to_answer(self) -> NewAnswer:
        """The answer.

        Raises:
            Invalids: what cannot be used; each stands beside its field.
        """
        chosen = self.template.data or ""
        if chosen not in [each.value for each in answer_openings()]:
            self.refuse(Invalid("template", "not_a_choice"))
        if is_unfinished(self.text.data or ""):
            self.say(self.text, gettext("Write something in place of the dots, or take them away."))
        if self.errors:
            raise Invalids([])
        return NewAnswer(AnswerTemplate(chosen), self.text.data or "")


class HandingForm(VersionedForm):
    """To whom a case is handed, why, and what those who wrote are told."""

    function_id = SelectField(lazy_gettext("To whom?"), validate_choice=False)
    unit_id = SelectField(lazy_gettext("Which unit's manager?"), validate_choice=False)
    reason = TextAreaField(
        lazy_gettext("Why does it belong there?"),
        description=lazy_gettext("For your colleagues. One sentence is enough."),
    )
    answer = TextAreaField(lazy_gettext("Answer to those who wrote"))

    def offer(
        self, way: Route, functions: Sequence[FunctionLine], units: Sequence[UnitNode], own: str
    ) -> None:
        """Fill in what there is to choose from; `own` is the unit that the matter belongs to."""
        kind = FUNCTIONS_OF.get(way)
        if kind is None:
            del self.function_id
        else:
            self.function_id.choices = [
                (each.id, each.name) for each in functions if each.kind == kind
            ]
        if way is not Route.UNIT_MANAGER:
            del self.unit_id
            return
        self.unit_id.choices = [
            ("", gettext("Choose a unit")),
            *unit_options(units),
        ]
        if self.unit_id.data in (None, ""):
            self.unit_id.data = own

    def to_handing(self, way: Route) -> Handing:
        """Where it is handed."""
        return Handing(
            route=way,
            reason=self.reason.data or "",
            function_id=_identifier(self, "function_id"),
            unit_id=_identifier(self, "unit_id"),
            answer=self.answer.data or "",
        )


class TermsForm(VersionedForm):
    """Who decides, and by when those who wrote have a first answer."""

    decider_id = SelectField(lazy_gettext("Who decides?"), validate_choice=False)
    answer_due = StringField(
        lazy_gettext("First answer by"),
        description=lazy_gettext("A day, such as 2026-03-01."),
        render_kw={"autocomplete": "off"},
    )

    def offer(self, people: Sequence[Person]) -> None:
        """Fill in what there is to choose from."""
        self.decider_id.choices = [
            ("", gettext("Nobody yet")),
            *((each.id, each.name) for each in people),
        ]

    def to_terms(self) -> tuple[int | None, date]:
        """Who, and when.

        Raises:
            Invalid: what cannot be used.
        """
        return _identifier(self, "decider_id"), read_day(self.answer_due.data or "", "answer_due")


def _identifier(form: BaseForm, name: str) -> int | None:
    """What was chosen in a list; None where nothing was, or there is no such list."""
    if name not in form or not form[name].data:
        return None
    try:
        return from_text(form[name].data)
    except NotFound as error:
        raise Invalid(name, "not_a_choice") from error
