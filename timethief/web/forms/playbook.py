"""What the organisation did about a time thief, as somebody writes it down."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput

from timethief.domain.errors import Invalid, Invalids
from timethief.domain.playbook import FREED_HOURS, LONGEST_TOLD, Example, Practice, read_told
from timethief.domain.tasks import LONGEST_TITLE
from timethief.domain.vocabulary import Action, Cause, Signal
from timethief.i18n import gettext, lazy_gettext
from timethief.reports.labels import labels
from timethief.web.forms.base import typed
from timethief.web.forms.persons import AsksAboutPersons

Code = TypeVar("Code", bound=StrEnum)


class PlaybookForm(AsksAboutPersons):
    """One example of the own organisation."""

    title = StringField(
        lazy_gettext("What did you do, in a few words?"),
        render_kw={"autocomplete": "off", "maxlength": LONGEST_TITLE},
    )
    where = StringField(
        lazy_gettext("Where?"),
        description=lazy_gettext("The unit or the function. Not names of persons."),
        render_kw={"autocomplete": "off", "maxlength": LONGEST_TITLE},
    )
    done = TextAreaField(
        lazy_gettext("How did you do it?"),
        description=lazy_gettext("So that others can do the same."),
        render_kw={"maxlength": LONGEST_TOLD},
    )
    effect = TextAreaField(
        lazy_gettext("What came of it?"),
        description=lazy_gettext("Also what did not go well. If nobody measured it, say so."),
        render_kw={"maxlength": LONGEST_TOLD},
    )
    freed_hours = StringField(
        lazy_gettext("Hours freed a year, if they were measured"),
        description=lazy_gettext("For all who did it, together."),
    )
    action = SelectField(lazy_gettext("What kind of remedy is it?"), validate_choice=False)
    signals = SelectMultipleField(
        lazy_gettext("What made it take time?"),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    causes = SelectMultipleField(
        lazy_gettext("Why was it a time thief?"),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    version = HiddenField()

    def offer(self) -> None:
        """Fill in what there is to choose from."""
        self.action.choices = [("", gettext("Choose")), *labels("action").items()]
        self.signals.choices = list(labels("signal").items())
        self.causes.choices = list(labels("cause").items())

    @staticmethod
    def of(example: Example, version: int) -> dict[str, object]:
        """The form as it stands for an example."""
        return {
            "title": example.title,
            "where": example.where,
            "done": example.done,
            "effect": example.effect,
            "freed_hours": typed(example.freed_hours),
            "action": example.action.value,
            "signals": sorted(example.signals),
            "causes": sorted(example.causes),
            "version": str(version),
        }

    def seen_version(self) -> int:
        """The version that the form was opened with; 0, which none has, where it cannot be read."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004 - a whole number

    def to_practice(self) -> Practice:
        """What was written.

        Raises:
            Invalids: answers that cannot be used, each beside its field; or the writer is to be asked first whether
                a text points somebody out.
        """
        texts = (self.title, self.where, self.done, self.effect)
        told = [self._told(field) or "" for field in texts]
        hours = self.number(self.freed_hours, FREED_HOURS)
        action = self.part(self.action, lambda: _one(Action, self.action.data, "action"))
        signals = self.part(
            self.signals,
            lambda: [_one(Signal, each, "signals") for each in self.signals.data or ()],
        )
        causes = self.part(
            self.causes, lambda: [_one(Cause, each, "causes") for each in self.causes.data or ()]
        )
        if self.errors or action is None or signals is None or causes is None:
            raise Invalids([])
        if self.asks_about_persons(*told):
            raise Invalids([])
        title, where, done, effect = told
        return Practice(
            title=title,
            where=where,
            done=done,
            effect=effect,
            action=action,
            signals=frozenset(signals),
            causes=frozenset(causes),
            freed_hours=hours,
        ).tidied()

    def _told(self, field: StringField) -> str | None:
        return self.part(field, lambda: _read(field))


def _read(field: StringField) -> str:
    try:
        return read_told(field.data or "", field.name)
    except Invalid as refusal:  # with sentences of its own: a task has a title too
        raise Invalid(f"practice_{refusal.field}", refusal.reason, **refusal.values) from refusal


def _one(kind: type[Code], value: str | None, field: str) -> Code:
    if not value:
        raise Invalid(field, "required")
    try:
        return kind(value)
    except ValueError as fault:
        raise Invalid(field, "not_a_choice") from fault
