"""How somebody wants mail from the service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms import Field, RadioField

from timethief.domain.mail import MailKind
from timethief.domain.mail_preferences import Choice, choices_of
from timethief.i18n import N_, gettext, lazy_gettext
from timethief.web.forms.base import BaseForm

_CHOICES = {
    Choice.EACH: N_("At once"),
    Choice.DIGEST: N_("In the monthly letter"),
    Choice.NEVER: N_("Never"),
}
_OF_LETTER = {Choice.EACH: N_("Yes"), Choice.NEVER: N_("No")}


def _field(label: str, description: str) -> RadioField:
    return RadioField(
        lazy_gettext(label), description=lazy_gettext(description), validate_choice=False
    )


class MailForm(BaseForm):
    """One question for each kind of mail that the role gets."""

    case = _field(N_("Cases"), N_("When a case is handed to you, or its deadline is near."))
    decision = _field(
        N_("Answers and decisions"), N_("When something that you wrote or asked for is decided.")
    )
    follow_up = _field(N_("Did it happen?"), N_("When your unit is asked what came of a decision."))
    review_date = _field(
        N_("Time to look again"), N_("When it is time to see whether something is still needed.")
    )
    notice = _field(N_("Imports"), N_("When a large import is done or waits for you."))
    digest = _field(
        N_("The monthly letter"),
        N_("On the third of each month: how things stand, and what there is to decide."),
    )

    @classmethod
    def of(cls, present: Mapping[MailKind, Choice]) -> MailForm:
        """The form as sent or new, with the kinds that somebody gets."""
        form = cls.read({kind.value: choice.value for kind, choice in present.items()})
        form.keep(present)
        return form

    @classmethod
    def shown(cls, present: Mapping[MailKind, Choice]) -> MailForm:
        """A new form, whatever this request sent."""
        form = cls.new({kind.value: choice.value for kind, choice in present.items()})
        form.keep(present)
        return form

    def keep(self, present: Mapping[MailKind, Choice]) -> None:
        """Ask only of these kinds."""
        for kind in _KINDS:
            if kind not in present:
                del self[kind.value]
                continue
            words = _OF_LETTER if kind is MailKind.DIGEST else _CHOICES
            field: Any = self[kind.value]
            field.choices = [(choice.value, gettext(words[choice])) for choice in choices_of(kind)]

    def kinds(self) -> list[Field]:
        """The questions, in order."""
        return [self[kind.value] for kind in _KINDS if kind.value in self]

    def chosen(self) -> dict[str, str]:
        """What was chosen of each kind; those without an answer are as they were."""
        return {field.name: field.data for field in self.kinds() if field.data}


_KINDS = (
    MailKind.CASE,
    MailKind.DECISION,
    MailKind.FOLLOW_UP,
    MailKind.REVIEW_DATE,
    MailKind.NOTICE,
    MailKind.DIGEST,
)
