"""Deciding, raising, carrying out, and saying what one thinks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import TypeVar

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField

from timethief.domain.decisions import (
    FREED_HOURS,
    FREEING,
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_OPINION,
    LONGEST_REASON,
    LONGEST_WATCHED,
    TRIAL_WEEKS,
    ClosedOutcome,
    FreedFor,
    NewDecision,
    Outcome,
    Rung,
    Stance,
    StepState,
)
from timethief.domain.errors import Invalid, Invalids
from timethief.domain.identifiers import from_text
from timethief.domain.tasks import read_text
from timethief.i18n import lazy_gettext
from timethief.queries.opinions import StepLine
from timethief.reports.decisions import outcome_text
from timethief.reports.labels import labels
from timethief.services.decisions.ladder import NewStep, seen_step
from timethief.services.decisions.opinions import NewOpinion
from timethief.web.forms.base import BaseForm
from timethief.web.forms.days import read_day
from timethief.web.forms.persons import AsksAboutPersons
from timethief.web.forms.timed import Timed

Code = TypeVar("Code", bound=StrEnum)
_KEPT_FIRST = (Outcome.KEEP, *(each for each in Outcome if each is not Outcome.KEEP))


class DecideForm(Timed, AsksAboutPersons):
    """What becomes of a task, and why."""

    outcome = RadioField(lazy_gettext("What do you decide?"), validate_choice=False)
    reason = TextAreaField(
        lazy_gettext("Why?"),
        description=lazy_gettext(
            "Everybody in the organisation can read it, and those who wrote are told. Write no names of persons."
        ),
        render_kw={"maxlength": LONGEST_REASON},
    )
    planned_on = StringField(
        lazy_gettext("When shall it be done? (optional)"),
        description=lazy_gettext("A day, such as 2026-03-01."),
        render_kw={"autocomplete": "off"},
    )
    core_work = StringField(lazy_gettext("Core work"))
    quality = StringField(lazy_gettext("Better quality"))
    less_overtime = StringField(lazy_gettext("Less overtime"))
    cash = StringField(lazy_gettext("Lower cost"))
    not_realised = StringField(lazy_gettext("Cannot be used"))
    trial_weeks = StringField(lazy_gettext("For how many weeks?"))
    watched = TextAreaField(
        lazy_gettext("What do you watch meanwhile?"),
        description=lazy_gettext("Such as whether anybody asks for the report."),
        render_kw={"maxlength": LONGEST_WATCHED},
    )
    rung = SelectField(lazy_gettext("Where do you raise it?"), validate_choice=False)
    raised_with = StringField(
        lazy_gettext("With whom?"),
        description=lazy_gettext("An authority, a function or a board. Not names of persons."),
        render_kw={"autocomplete": "off", "maxlength": LONGEST_NAME},
    )
    capacity = StringField(
        lazy_gettext("In which capacity do you decide?"),
        render_kw={"autocomplete": "off", "maxlength": LONGEST_NAME},
    )
    version = HiddenField()
    seen = HiddenField()

    conflict_reason = ""

    def offer(self, closed: Mapping[Outcome, ClosedOutcome]) -> None:
        """Fill in what there is to choose from; what is closed is told beside it."""
        self.outcome.choices = [
            (each.value, outcome_text(each)) for each in _KEPT_FIRST if each not in closed
        ]
        self.rung.choices = list(labels("rung").items())

    def field_of(self, path: str) -> str:
        """Where a refusal of the domain belongs."""
        whole, _, part = path.partition(".")
        if whole == "allotment":
            return part or "core_work"
        return whole

    def seen_version(self) -> int:
        """The version of the task that the form was opened with; 0, which none has, where it cannot be read."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004 - a whole number

    def seen_decision(self) -> int | None:
        """The decision in force that the form was opened with; None for none."""
        return from_text(self.seen.data) if self.seen.data else None

    def to_decision(self) -> NewDecision:
        """What is decided, without what does not belong to it.

        Raises:
            Invalids: answers that cannot be used, each beside its field; or the writer is to be asked first whether
                a text points somebody out.
        """
        outcome = self.part(self.outcome, lambda: _one(Outcome, self.outcome.data, "outcome"))
        texts = [
            self._read(self.reason, LONGEST_REASON, required=True),
            self._read(self.capacity, LONGEST_NAME),
        ]
        planned_on, allotment = None, {}
        if outcome in FREEING:
            planned_on, allotment = self._planned_on(), self._allotment()
        weeks, watched, rung, raised_with = None, "", Rung.REQUESTER, ""
        if outcome is Outcome.TRIAL:
            weeks = self.needed_number(self.trial_weeks, TRIAL_WEEKS)
            watched = self._read(self.watched, LONGEST_WATCHED, required=True)
        if outcome is Outcome.RAISE:
            rung = self.part(self.rung, lambda: _one(Rung, self.rung.data, "rung")) or rung
            raised_with = self._read(self.raised_with, LONGEST_NAME, required=True)
        if self.errors or outcome is None:
            raise Invalids([])
        if self.asks_about_persons(*texts, watched, raised_with):
            raise Invalids([])
        return NewDecision(
            outcome=outcome,
            reason=texts[0],
            planned_on=planned_on,
            allotment=allotment,
            trial_weeks=None if weeks is None else int(weeks),
            watched=watched,
            raised_with=raised_with,
            rung=rung,
            capacity=texts[1],
        )

    def _read(self, field: StringField, longest: int, *, required: bool = False) -> str:
        found = self.part(
            field, lambda: read_text(field.data or "", field.name, longest, required=required)
        )
        return found or ""

    def _planned_on(self) -> date | None:
        text = self.planned_on.data or ""
        if not text.strip():
            return None
        return self.part(self.planned_on, lambda: read_day(text, "planned_on"))

    def _allotment(self) -> dict[FreedFor, float]:
        fields = (
            *(self.core_work, self.quality, self.less_overtime, self.cash, self.not_realised),
        )
        given = {FreedFor(each.name): self.number(each, FREED_HOURS) for each in fields}
        return {kind: hours for kind, hours in given.items() if hours}


class OpinionForm(AsksAboutPersons):
    """What somebody thinks, with the name on it."""

    stance = RadioField(lazy_gettext("What do you think of it?"), validate_choice=False)
    text = TextAreaField(
        lazy_gettext("Why?"),
        description=lazy_gettext("Write about the work, not about persons."),
        render_kw={"maxlength": LONGEST_OPINION},
    )

    def offer(self) -> None:
        """Fill in what there is to choose from."""
        self.stance.choices = list(labels("stance").items())

    def to_opinion(self) -> NewOpinion:
        """What is said.

        Raises:
            Invalids: as `DecideForm.to_decision`.
        """
        stance = self.part(self.stance, lambda: _one(Stance, self.stance.data, "stance"))
        text = self.part(
            self.text,
            lambda: read_text(self.text.data or "", "text", LONGEST_OPINION, required=True),
        )
        if self.errors or stance is None or text is None or self.asks_about_persons(text):
            raise Invalids([])
        return NewOpinion(stance, text)


class CarryOutForm(BaseForm):
    """When what was decided was done."""

    carried_out_on = StringField(
        lazy_gettext("When was it done?"),
        description=lazy_gettext("A day, such as 2026-03-01."),
        render_kw={"autocomplete": "off"},
    )

    def to_day(self) -> date:
        """The day.

        Raises:
            Invalid: it is none.
        """
        text = self.carried_out_on.data or ""
        if not text.strip():
            raise Invalid("carried_out_on", "required")
        return read_day(text, "carried_out_on")


class NewStepForm(AsksAboutPersons):
    """Where else it is raised."""

    rung = SelectField(lazy_gettext("Where do you raise it?"), validate_choice=False)
    to_whom = StringField(
        lazy_gettext("With whom?"),
        description=lazy_gettext("An authority, a function or a board. Not names of persons."),
        render_kw={"autocomplete": "off", "maxlength": LONGEST_NAME},
    )

    def offer(self) -> None:
        """Fill in what there is to choose from."""
        self.rung.choices = list(labels("rung").items())

    def to_step(self) -> NewStep:
        """The step.

        Raises:
            Invalids: as `DecideForm.to_decision`.
        """
        rung = self.part(self.rung, lambda: _one(Rung, self.rung.data, "rung"))
        to_whom = self.part(
            self.to_whom,
            lambda: read_text(self.to_whom.data or "", "to_whom", LONGEST_NAME, required=True),
        )
        if self.errors or rung is None or to_whom is None or self.asks_about_persons(to_whom):
            raise Invalids([])
        return NewStep(rung, to_whom)


class StepForm(AsksAboutPersons):
    """How a step stands."""

    state = RadioField(lazy_gettext("How does it stand?"), validate_choice=False)
    note = TextAreaField(
        lazy_gettext("Note (optional)"),
        description=lazy_gettext("Such as which letter was sent, or what they answered."),
        render_kw={"maxlength": LONGEST_NOTE},
    )
    seen = HiddenField()

    def offer(self) -> None:
        """Fill in what there is to choose from."""
        self.state.choices = list(labels("step_state").items())

    @staticmethod
    def of(step: StepLine) -> dict[str, str]:
        """The form as it stands for a step."""
        seen = seen_step(step.state.value, step.note)
        return {"state": step.state.value, "note": step.note, "seen": seen}

    def to_state(self) -> tuple[StepState, str]:
        """How it stands, and the note.

        Raises:
            Invalids: as `DecideForm.to_decision`.
        """
        state = self.part(self.state, lambda: _one(StepState, self.state.data, "state"))
        note = self.part(self.note, lambda: read_text(self.note.data or "", "note", LONGEST_NOTE))
        if self.errors or state is None or note is None or self.asks_about_persons(note):
            raise Invalids([])
        return state, note


def opened_with(version: int, seen: str, raised_with: str) -> dict[str, str]:
    """What the form for deciding holds when it is opened."""
    return {
        "version": str(version),
        "seen": seen,
        "raised_with": raised_with,
        "rung": Rung.REQUESTER.value,
        "trial_weeks": "8",
        "outcome": "",
        "capacity": "",
    }


def _one(kind: type[Code], value: str | None, field: str) -> Code:
    if not value:
        raise Invalid(field, "required")
    try:
        return kind(value)
    except ValueError as fault:
        raise Invalid(field, "not_a_choice") from fault
