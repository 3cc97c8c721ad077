"""Logging a task: five questions, "don't know" everywhere, only the first required."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import (
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.widgets import CheckboxInput, ListWidget

from timethief.domain.errors import Invalid, Invalids, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.intake import ReportFacts, RequesterName, UseAnswer
from timethief.domain.numbers import ACHIEVABLE_MINUTES, MINUTES, PEOPLE, TIMES
from timethief.domain.ranges import Range
from timethief.domain.tasks import LONGEST_DESCRIPTION, LONGEST_TITLE, Frequency, read_text
from timethief.domain.vocabulary import Per, Signal
from timethief.i18n import gettext, lazy_gettext
from timethief.queries.choices import RequesterChoice, StaffCategoryChoice
from timethief.reports.labels import labels
from timethief.reports.refusals import sentence
from timethief.reports.unit_names import unit_options
from timethief.storage.unit_tree import UnitNode
from timethief.web.forms.base import typed
from timethief.web.forms.persons import AsksAboutPersons
from timethief.web.forms.timed import Timed

UNKNOWN = "unknown"
OTHER = "other"
"""The chip that opens the field beside it."""
MINUTE_CHIPS = ("1", "5", "10", "15", "30", "60")
PEOPLE_CHIPS: dict[str, int | Range] = {"one": 1, "few": Range(2, 3, 5), "many": Range(6, 11, 20)}
FREQUENCY_CHIPS: dict[str, tuple[Per, bool]] = {
    "several_a_day": (Per.WORKING_DAY, True),
    "daily": (Per.WORKING_DAY, False),
    "weekly": (Per.WEEK, False),
    "monthly": (Per.MONTH, False),
    "some_a_year": (Per.YEAR, True),
}
"""What each answer is counted in, and whether it needs a number of times."""
_TIMES_A_YEAR = {Per.QUARTER: 4, Per.HALF_YEAR: 2}
WORTH_CHIPS = ("0", "0.25", "0.5", "1", "2")
LONGEST_REQUESTER = 200
_FIELDS = {"times": "times", "frequency": "times", "requester": "requester_other"}


class LogForm(AsksAboutPersons):
    """The five questions, and what may be added."""

    title = StringField(
        lazy_gettext("What is it that you do?"),
        description=lazy_gettext('Such as "Enter blood pressure in two systems"'),
        render_kw={"autocomplete": "off", "enterkeyhint": "next"},
    )
    minutes = RadioField(lazy_gettext("How long does it take each time?"), validate_choice=False)
    minutes_other = StringField(lazy_gettext("How long?"))
    frequency = RadioField(lazy_gettext("How often do you do it?"), validate_choice=False)
    times = StringField(lazy_gettext("How many times?"))
    people = RadioField(lazy_gettext("How many do the same thing?"), validate_choice=False)
    people_other = StringField(lazy_gettext("How many?"))
    requester = RadioField(lazy_gettext("Who wants it?"), validate_choice=False)
    requester_other = StringField(lazy_gettext("Who?"), render_kw={"list": "requester-names"})
    use = RadioField(lazy_gettext("What is it used for?"), validate_choice=False)
    worth = RadioField(lazy_gettext("Is it worth the time?"), validate_choice=False)
    signals = SelectMultipleField(
        lazy_gettext("Why does it take time?"),
        widget=ListWidget(),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    achievable_minutes = StringField(
        lazy_gettext("How long would it take if everything worked as it should?")
    )
    description = TextAreaField(
        lazy_gettext("Anything more?"),
        description=lazy_gettext("Write nothing about patients, pupils or other persons."),
    )
    unit = SelectField(lazy_gettext("Where is it done?"), validate_choice=False)
    staff_category = SelectField(lazy_gettext("Who does it?"), validate_choice=False)
    same_as = HiddenField()

    def offer(
        self,
        units: Sequence[UnitNode],
        categories: Sequence[StaffCategoryChoice],
        requesters: Sequence[RequesterChoice],
        language: str,
    ) -> None:
        """Fill in what there is to choose from."""
        unknown = (UNKNOWN, gettext("Don't know"))
        self.minutes.choices = [
            *((chip, gettext("%(minutes)s min", minutes=chip)) for chip in MINUTE_CHIPS),
            (OTHER, gettext("Other time")),
            unknown,
        ]
        self.frequency.choices = [
            ("several_a_day", gettext("Several times a day")),
            ("daily", gettext("Every day")),
            ("weekly", gettext("Every week")),
            ("monthly", gettext("Every month")),
            ("some_a_year", gettext("Some times a year")),
            unknown,
        ]
        self.people.choices = [
            ("one", gettext("Just me")),
            ("few", "2\u20135"),
            ("many", "6\u201320"),
            (OTHER, gettext("More")),
            unknown,
        ]
        self.requester.choices = [
            *((each.id, each.name) for each in requesters),
            (OTHER, gettext("Somebody else")),
            unknown,
        ]
        self.use.choices = list(labels("use_answer").items())
        self.worth.choices = [
            ("0", gettext("Not at all")),
            ("0.25", gettext("A quarter of it")),
            ("0.5", gettext("Half of it")),
            ("1", gettext("Yes, all of it")),
            ("2", gettext("More than that")),
            unknown,
        ]
        self.signals.choices = list(labels("signal").items())
        self.unit.choices = [
            ("", gettext("Don't know")),
            *unit_options(units),
        ]
        self.staff_category.choices = [
            ("", gettext("Don't know")),
            *((each.id, each.name(language)) for each in categories),
        ]

    def field_of(self, path: str) -> str:
        """Which of the fields a refusal of the model is about."""
        first = path.split(".", maxsplit=1)[0]
        return _FIELDS.get(first, first)

    def to_report(self) -> ReportFacts:
        """What the person has told.

        Raises:
            Invalids: answers that cannot be used; each also stands beside its field.
        """
        title = self.part(
            self.title,
            lambda: read_text(self.title.data or "", "title", LONGEST_TITLE, required=True),
        )
        description = self.part(
            self.description,
            lambda: read_text(self.description.data or "", "description", LONGEST_DESCRIPTION),
        )
        requester = self._requester_name()
        facts = ReportFacts(
            title=title or "",
            description=description or "",
            minutes=self._minutes(),
            frequency=self._frequency(),
            people=self._people(),
            unit_id=self._reference(self.unit),
            staff_category_id=self._reference(self.staff_category),
            requester=requester,
            requester_id=None if requester else self._reference(self.requester),
            use=UseAnswer(self._choice(self.use, list(UseAnswer)) or UseAnswer.UNKNOWN),
            worth_share=self._worth(),
            achievable_minutes=self.number(self.achievable_minutes, ACHIEVABLE_MINUTES),
            signals=frozenset(
                Signal(code) for code in self.signals.data or () if code in list(Signal)
            ),
        )
        if self.errors:
            raise Invalids([])
        return facts

    def points_somebody_out(self, facts: ReportFacts) -> bool:
        """Whether the writer is to be asked about what may point somebody out, and has not been yet."""
        requester = facts.requester.name if facts.requester else ""
        return self.asks_about_persons(facts.title, facts.description, requester)

    def same_task(self) -> int | None:
        """The task that the person says it is the same thing as.

        Raises:
            NotFound: it can be none.
        """
        if not self.same_as.data:
            return None
        try:
            return from_text(self.same_as.data)
        except NotFound as refusal:
            raise NotFound("task") from refusal

    def _is_written(self, field: RadioField, other: StringField) -> bool:
        """Whether the answer stands in the field beside the chips."""
        return field.data == OTHER or (not field.data and bool((other.data or "").strip()))

    def _minutes(self) -> float | None:
        if self._is_written(self.minutes, self.minutes_other):
            return self.needed_number(self.minutes_other, MINUTES)
        chip = self._choice(self.minutes, MINUTE_CHIPS)
        return None if chip is None else float(chip)

    def _frequency(self) -> Frequency | None:
        chip = self._choice(self.frequency, FREQUENCY_CHIPS)
        times = self.number(self.times, TIMES)
        if chip is None:
            return None
        per, counted = FREQUENCY_CHIPS[chip]
        if not counted:
            return Frequency(1, per)
        if times is None:
            if not self.times.errors:
                self.say(self.times, sentence(Invalid("times", "required_times")))
            return None
        return Frequency(times, per)

    def _people(self) -> int | Range | None:
        if self._is_written(self.people, self.people_other):
            people = self.needed_number(self.people_other, PEOPLE, ("st", "personer", "people"))
            return None if people is None else int(people)
        chip = self._choice(self.people, PEOPLE_CHIPS)
        return None if chip is None else PEOPLE_CHIPS[chip]

    def _requester_name(self) -> RequesterName | None:
        if not self._is_written(self.requester, self.requester_other):
            return None
        text = self.requester_other.data or ""
        name = self.part(
            self.requester_other,
            lambda: read_text(text, "requester", LONGEST_REQUESTER, required=True),
        )
        return RequesterName(name) if name else None

    def _worth(self) -> float | None:
        chip = self._choice(self.worth, WORTH_CHIPS)
        return None if chip is None else float(chip)

    def _choice(self, field: RadioField, choices: Sequence[str] | Mapping[str, object]) -> Any:  # noqa: ANN401 - one of the choices
        """The answer; None for "don't know" and for no answer."""
        if not field.data or field.data == UNKNOWN:
            return None
        if field.data not in choices:
            self.say(field, sentence(Invalid(field.name, "not_a_choice")))
            return None
        return field.data

    def _reference(self, field: RadioField | SelectField) -> int | None:
        if not field.data or field.data in (UNKNOWN, OTHER):
            return None
        try:
            return from_text(field.data)
        except NotFound:
            self.say(field, sentence(Invalid(field.name, "not_a_choice")))
            return None


class TimedLogForm(Timed, LogForm):
    """The same for somebody with an account, of whose name nothing is hidden: its time is counted."""


def answers(facts: ReportFacts, requesters: Sequence[str], requester: str | None) -> dict[str, Any]:
    """A report as answers to the form's questions.

    Args:
        facts: as sent.
        requesters: identifiers that stand as chips.
        requester: name of who asks for it.
    """
    told: dict[str, Any] = {
        "title": facts.title,
        "description": facts.description,
        "unit": "" if facts.unit_id is None else to_text(facts.unit_id),
        "staff_category": ""
        if facts.staff_category_id is None
        else to_text(facts.staff_category_id),
        "use": facts.use.value,
        "worth": None if facts.worth_share is None else f"{facts.worth_share:g}",
        "signals": sorted(facts.signals),
        "achievable_minutes": typed(facts.achievable_minutes),
    }
    told |= _minutes_answer(facts.minutes) | _frequency_answer(facts.frequency)
    told |= _people_answer(facts.people)
    known = None if facts.requester_id is None else to_text(facts.requester_id)
    if known in requesters:
        told["requester"] = known
    elif requester:
        told |= {"requester": OTHER, "requester_other": requester}
    return told


def _minutes_answer(minutes: float | None) -> dict[str, str]:
    if minutes is None:
        return {"minutes": UNKNOWN}
    chip = f"{minutes:g}"
    return (
        {"minutes": chip}
        if chip in MINUTE_CHIPS
        else {"minutes": OTHER, "minutes_other": typed(minutes)}
    )


def _frequency_answer(frequency: Frequency | None) -> dict[str, str]:
    if frequency is None:
        return {"frequency": UNKNOWN}
    for chip, (per, counted) in FREQUENCY_CHIPS.items():
        if frequency.per is per and (counted or frequency.times == 1):
            if counted and per is Per.WORKING_DAY and frequency.times == 1:
                continue
            return {"frequency": chip} | ({"times": typed(frequency.times)} if counted else {})
    # The same thing in the words that the form has: nothing is asked for that has been answered.
    if frequency.per in _TIMES_A_YEAR:
        times = frequency.times * _TIMES_A_YEAR[frequency.per]
        return {"frequency": "some_a_year", "times": typed(times)}
    return {"frequency": UNKNOWN}


def _people_answer(people: int | Range | None) -> dict[str, str]:
    if people is None:
        return {"people": UNKNOWN}
    for chip, meant in PEOPLE_CHIPS.items():
        if people == meant:
            return {"people": chip}
    likely = people.likely if isinstance(people, Range) else people
    return {"people": OTHER, "people_other": typed(likely)}
