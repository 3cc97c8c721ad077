"""What a reviewer fills in on the page of a task."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from wtforms import (
    BooleanField,
    FieldList,
    Form,
    FormField,
    HiddenField,
    SelectField,
    StringField,
)

from timethief.domain.errors import Invalid, Invalids, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.numbers import (
    ACHIEVABLE_MINUTES,
    MINUTES,
    PEOPLE,
    SEK_PER_YEAR,
    SYSTEMS,
    TIMES,
    WORTH_MINUTES,
    Limits,
    read_number,
)
from timethief.domain.ranges import Range
from timethief.domain.review import MOST_USES, Review
from timethief.domain.tasks import (
    LONGEST_DESCRIPTION,
    Automation,
    Frequency,
    Use,
    Worth,
    read_text,
)
from timethief.domain.vocabulary import Beneficiary, Binding, InUse, Per, Purpose
from timethief.i18n import gettext, lazy_gettext
from timethief.queries.choices import StaffCategoryChoice
from timethief.queries.tasks import TaskPage
from timethief.reports.labels import labels
from timethief.reports.refusals import sentence
from timethief.web.forms.base import typed
from timethief.web.forms.timed import Timed

PERCENT = Limits(least=0, most=100)
WORTH_PERCENT = Limits(least=0, most=100_000)
_CODES: dict[str, Sequence[str]] = {
    "per": list(Per),
    "sufficient_per": list(Per),
    "binding": list(Binding),
    "beneficiary": list(Beneficiary),
    "purpose": list(Purpose),
    "in_use": list(InUse),
    "worth_kind": ["share", "minutes", "sek_per_year"],
}


class UseForm(Form):
    """One use."""

    beneficiary = SelectField(lazy_gettext("Who benefits?"), validate_choice=False)
    purpose = SelectField(lazy_gettext("For what?"), validate_choice=False)
    in_use = SelectField(lazy_gettext("Is it used?"), validate_choice=False)
    worth = StringField(lazy_gettext("Worth"))
    worth_kind = SelectField(lazy_gettext("Counted as"), validate_choice=False)
    worth_range = HiddenField()
    """The minutes as a range, where they were told as one: kept while `worth` is left as it is."""


class ReviewForm(Timed):
    """The figures of a task as the reviewer holds them."""

    version = HiddenField()
    minutes_low = StringField(lazy_gettext("At least"))
    minutes = StringField(lazy_gettext("Minutes each time and person"))
    minutes_high = StringField(lazy_gettext("At most"))
    times = StringField(lazy_gettext("How many times"))
    per = SelectField(lazy_gettext("Counted per"), validate_choice=False)
    people_low = StringField(lazy_gettext("At least"))
    people = StringField(lazy_gettext("How many people do it"))
    people_high = StringField(lazy_gettext("At most"))
    binding = SelectField(lazy_gettext("What obliges us?"), validate_choice=False)
    legal_basis = StringField(lazy_gettext("Law, agreement or rule"))
    achievable_minutes = StringField(
        lazy_gettext("Achievable time"),
        description=lazy_gettext("Minutes each time, if tools and routines worked as they should."),
    )
    sufficient_times = StringField(
        lazy_gettext("Often enough"), description=lazy_gettext("How many times would be enough?")
    )
    sufficient_per = SelectField(lazy_gettext("Counted per"), validate_choice=False)
    other_staff_category = SelectField(
        lazy_gettext("Who could do it as well?"), validate_choice=False
    )
    duplicate_percent = StringField(
        lazy_gettext("Double entry"),
        description=lazy_gettext("Share of the work that enters what is registered already."),
    )
    rule_based = StringField(lazy_gettext("Follows rules"))
    digital_input = StringField(lazy_gettext("Digital input"))
    exceptions = StringField(lazy_gettext("Exceptions"))
    systems = StringField(lazy_gettext("Systems it touches"))
    stable = BooleanField(lazy_gettext("The work seldom changes its form"))
    needs_judgement = BooleanField(lazy_gettext("Takes human judgement about a person"))
    uses = FieldList(FormField(UseForm), max_entries=MOST_USES)

    @classmethod
    def of(cls, task: TaskPage) -> dict[str, Any]:
        """The form's answers as the task stands now."""
        facts = task.facts
        automation = facts.automation
        enough = facts.sufficient_frequency
        return {
            "version": str(task.version),
            **_spread("minutes", facts.minutes),
            **_spread("people", facts.people),
            "times": typed(facts.frequency.times),
            "per": facts.frequency.per.value,
            "binding": facts.binding.value,
            "legal_basis": task.legal_basis,
            "achievable_minutes": typed(facts.achievable_minutes),
            "sufficient_times": typed(enough.times if enough else None),
            "sufficient_per": enough.per.value if enough else facts.frequency.per.value,
            "other_staff_category": ""
            if task.other_staff_category_id is None
            else to_text(task.other_staff_category_id),
            "duplicate_percent": _percent(facts.duplicate_share or None),
            "rule_based": _percent(automation.rule_based if automation else None),
            "digital_input": _percent(automation.digital_input if automation else None),
            "exceptions": _percent(automation.exceptions if automation else None),
            "systems": typed(automation.systems if automation else None),
            "stable": automation.stable if automation else True,
            "needs_judgement": automation.needs_judgement if automation else False,
            "uses": [*(_use(each.use) for each in task.uses), {}][:MOST_USES],
        }

    def offer(self, categories: Sequence[StaffCategoryChoice], language: str) -> None:
        """Fill in what there is to choose from."""
        self.per.choices = list(labels("per").items())
        self.sufficient_per.choices = list(labels("per").items())
        self.binding.choices = list(labels("binding").items())
        self.other_staff_category.choices = [
            ("", gettext("Nobody else")),
            *((each.id, each.name(language)) for each in categories),
        ]
        nothing = ("", gettext("Choose"))
        for entry in self.uses:
            entry.form.beneficiary.choices = [nothing, *labels("beneficiary").items()]
            entry.form.purpose.choices = [nothing, *labels("purpose").items()]
            entry.form.in_use.choices = [nothing, *labels("in_use").items()]
            entry.form.worth_kind.choices = [
                ("share", gettext("per cent of the time")),
                ("minutes", gettext("minutes each time")),
                ("sek_per_year", gettext("kronor a year")),
            ]

    def field_of(self, path: str) -> str:
        """Which of the fields a refusal of the model is about."""
        first = path.split(".", maxsplit=1)[0]
        return {"frequency": "times", "duplicate_share": "duplicate_percent"}.get(first, first)

    def task_version(self) -> int:
        """The version of the task that the reviewer saw; -1 where that cannot be read."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1  # noqa: PLR2004 - digits

    def to_review(self) -> Review:
        """What the reviewer holds.

        Raises:
            Invalids: answers that cannot be used; each stands beside its field.
        """
        minutes = self._estimate(self.minutes_low, self.minutes, self.minutes_high, MINUTES)
        people = self._estimate(self.people_low, self.people, self.people_high, PEOPLE)
        times = self.needed_number(self.times, TIMES)
        legal_basis = self.part(
            self.legal_basis,
            lambda: read_text(self.legal_basis.data or "", "legal_basis", LONGEST_DESCRIPTION),
        )
        per, binding = self._code(self.per), self._code(self.binding)
        enough, automation = self._sufficient(), self._automation()
        achievable = self.number(self.achievable_minutes, ACHIEVABLE_MINUTES)
        category = self._category()
        duplicate = self.number(self.duplicate_percent, PERCENT) or 0.0
        uses = self._uses()
        if self.errors or minutes is None or people is None or times is None:
            raise Invalids([])
        return Review(
            minutes=minutes,
            frequency=Frequency(times, Per(per)),
            people=people if isinstance(people, Range) else int(people),
            binding=Binding(binding),
            legal_basis=legal_basis or "",
            achievable_minutes=achievable,
            sufficient_frequency=enough,
            other_staff_category_id=category,
            duplicate_share=duplicate / 100,
            automation=automation,
            uses=uses,
        )

    def _estimate(
        self, lowest: StringField, middle: StringField, highest: StringField, limits: Limits
    ) -> float | Range | None:
        """A number, or a range where the lowest or the highest is given too."""
        likely = self.needed_number(middle, limits)
        low, high = self.number(lowest, limits), self.number(highest, limits)
        if likely is None or (low is None and high is None):
            return likely
        ends = (likely if low is None else low, likely, likely if high is None else high)
        return self.part(middle, lambda: Range(*ends))

    def _code(self, field: SelectField) -> str:
        """The code chosen; empty, with the refusal beside the field, where it is none of them."""
        if field.data in _CODES[field.short_name.split("-")[-1]]:
            return str(field.data)
        self.say(field, sentence(Invalid(field.name, "not_a_choice")))
        return ""

    def _sufficient(self) -> Frequency | None:
        times = self.number(self.sufficient_times, TIMES)
        if times is None:
            return None
        per = self._code(self.sufficient_per)
        return Frequency(times, Per(per)) if per else None

    def _category(self) -> int | None:
        if not self.other_staff_category.data:
            return None
        try:
            return from_text(self.other_staff_category.data)
        except NotFound:
            self.say(self.other_staff_category, sentence(Invalid("", "not_a_choice")))
            return None

    def _automation(self) -> Automation | None:
        """Given when the share that follows rules, or that it takes judgement, has been stated."""
        shares = [
            self.number(field, PERCENT)
            for field in (self.rule_based, self.digital_input, self.exceptions)
        ]
        systems = self.number(self.systems, SYSTEMS)
        if shares[0] is None and not self.needs_judgement.data:
            return None
        rule_based, digital_input, exceptions = ((share or 0.0) / 100 for share in shares)
        return Automation(
            rule_based,
            digital_input,
            exceptions,
            stable=bool(self.stable.data),
            systems=int(systems or 1),
            needs_judgement=bool(self.needs_judgement.data),
        )

    def _uses(self) -> tuple[Use, ...]:
        """Every use that is told; those that cannot be used have their refusals beside their fields."""
        told = [self._use(entry) for entry in self.uses]
        listed: Any = self.uses
        # The library gathers what is wrong with entries before we look at what they mean.
        listed.errors = [entry.errors for entry in self.uses if entry.errors]
        return tuple(use for use in told if use is not None)

    def _use(self, entry: Any) -> Use | None:  # noqa: ANN401 - the library's own type
        form = entry.form
        answered = [form.beneficiary.data, form.purpose.data, form.in_use.data]
        if not any(answered) and not (form.worth.data or "").strip():
            return None
        beneficiary, purpose = self._code(form.beneficiary), self._code(form.purpose)
        in_use, worth = self._code(form.in_use), self._worth(form)
        if not (beneficiary and purpose and in_use) or worth is None:
            return None
        return Use(Beneficiary(beneficiary), Purpose(purpose), InUse(in_use), worth)

    def _worth(self, form: Any) -> Worth | None:  # noqa: ANN401 - the library's own type
        kind = self._code(form.worth_kind)
        if not kind:
            return None
        if not (form.worth.data or "").strip():
            self.say(form.worth, sentence(Invalid("worth", "required")))
            return None
        readers: dict[str, Callable[[], Worth]] = {
            "share": lambda: Worth(share=_read(form.worth, WORTH_PERCENT) / 100),
            "minutes": lambda: Worth(minutes=_kept_range(form) or _read(form.worth, WORTH_MINUTES)),
            "sek_per_year": lambda: Worth(sek_per_year=_read(form.worth, SEK_PER_YEAR)),
        }
        return self.part(form.worth, readers[kind])


def _read(field: StringField, limits: Limits) -> float:
    return read_number(field.data or "", "worth", limits, ("kr", "kronor", "%", "min"))


def _kept_range(form: Any) -> Range | None:  # noqa: ANN401 - the library's own type
    """The range that stood in the form, if its likely number still does."""
    ends = (form.worth_range.data or "").split("|")
    if len(ends) != 3 or ends[1] != (form.worth.data or "").strip():  # noqa: PLR2004 - low, likely, high
        return None
    return Range(*(read_number(end, "worth", WORTH_MINUTES) for end in ends))


def _spread(name: str, estimate: float | Range) -> dict[str, str]:
    if not isinstance(estimate, Range):
        return {name: typed(estimate)}
    return {
        f"{name}_low": typed(estimate.low),
        name: typed(estimate.likely),
        f"{name}_high": typed(estimate.high),
    }


def _percent(share: float | None) -> str:
    return "" if share is None else typed(share * 100)


def _use(use: Use) -> dict[str, str]:
    told = {
        "beneficiary": use.beneficiary.value,
        "purpose": use.purpose.value,
        "in_use": use.in_use.value,
    }
    worth = use.worth
    if worth.share is not None:
        return told | {"worth_kind": "share", "worth": _percent(worth.share)}
    if worth.sek_per_year is not None:
        return told | {"worth_kind": "sek_per_year", "worth": typed(worth.sek_per_year)}
    told["worth_kind"] = "minutes"
    if not isinstance(worth.minutes, Range):
        return told | {"worth": typed(worth.minutes)}
    ends = [typed(end) for end in (worth.minutes.low, worth.minutes.likely, worth.minutes.high)]
    return told | {"worth": ends[1], "worth_range": "|".join(ends)}
