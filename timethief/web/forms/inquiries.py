"""The question to a requester, and the requester's answer."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TypeVar

from wtforms import EmailField, RadioField, StringField, TextAreaField

from timethief.domain.errors import Invalid, Invalids
from timethief.domain.inquiries import (
    DEFAULT_DEADLINE,
    LONGEST_COMMENT,
    LONGEST_FUNCTION,
    LONGEST_MESSAGE,
    Answer,
    Relevant,
    Used,
    WorthIt,
    check_deadline,
)
from timethief.domain.tasks import read_text
from timethief.domain.vocabulary import Beneficiary, Purpose
from timethief.i18n import gettext, lazy_gettext
from timethief.reports.inquiries import beneficiaries, purposes
from timethief.reports.labels import labels
from timethief.services.asking.inquiries import NewInquiry
from timethief.web.forms.base import BaseForm
from timethief.web.forms.days import read_day
from timethief.web.forms.persons import AsksAboutPersons
from timethief.web.forms.timed import Timed

Code = TypeVar("Code", bound=StrEnum)


class AskForm(BaseForm):
    """Whom to ask, by when, and in what words."""

    recipient = EmailField(
        lazy_gettext("E-mail address"),
        description=lazy_gettext("Leave it empty to hand over the link yourself."),
        render_kw={"autocomplete": "off"},
    )
    deadline = StringField(
        lazy_gettext("Answer wanted by"),
        description=lazy_gettext("A day, such as 2026-03-01."),
        render_kw={"autocomplete": "off"},
    )
    message = TextAreaField(
        lazy_gettext("Your own words (optional)"),
        description=lazy_gettext(
            "They stand in the mail and above the questions. Say who you are and how you can be reached."
        ),
    )

    def by_link_only(self) -> None:
        """Where no mail is sent, say so of the words that would stand in it."""
        self.message.description = gettext(
            "They stand above the questions. Say who you are and how you can be reached."
        )

    @staticmethod
    def of(today: date) -> dict[str, str]:
        """What the form holds when it is opened."""
        return {"deadline": (today + DEFAULT_DEADLINE).isoformat()}

    def to_inquiry(
        self, task_id: int | None, requirement_id: int | None, today: date, *, by_mail: bool
    ) -> NewInquiry:
        """What is asked.

        Raises:
            Invalids: answers that cannot be used; each stands beside its field.
        """
        deadline = self.part(
            self.deadline,
            lambda: check_deadline(read_day(self.deadline.data or "", "deadline"), today),
        )
        message = self.part(
            self.message, lambda: read_text(self.message.data or "", "message", LONGEST_MESSAGE)
        )
        if self.errors or deadline is None:
            raise Invalids([])
        recipient = (self.recipient.data or "") if by_mail else ""
        return NewInquiry(deadline, task_id, requirement_id, recipient, message or "")


class AnswerForm(Timed, AsksAboutPersons):
    """The three questions."""

    used = RadioField(lazy_gettext("Is it used?"), validate_choice=False)
    beneficiary = RadioField(lazy_gettext("Who benefits the most?"), validate_choice=False)
    purpose = RadioField(lazy_gettext("What is it used for, above all?"), validate_choice=False)
    relevant = RadioField(
        lazy_gettext("Is it relevant, and does it show what it should?"), validate_choice=False
    )
    worth = RadioField(
        lazy_gettext("Is what it gives you worth the time it takes?"), validate_choice=False
    )
    comment = TextAreaField(
        lazy_gettext("Anything more? (optional)"),
        description=lazy_gettext(
            "Such as what you do with it, or how it could be simpler. Write nothing about single persons."
        ),
    )
    answered_by = StringField(
        lazy_gettext("In which function do you answer? (optional)"),
        description=lazy_gettext("Not your name, but such as: head of statistics."),
        render_kw={"autocomplete": "off"},
    )

    def offer(self, organisation: str) -> None:
        """Fill in what there is to choose from."""
        self.used.choices = list(labels("used").items())
        self.beneficiary.choices = list(beneficiaries(organisation).items())
        self.purpose.choices = list(purposes().items())
        self.relevant.choices = list(labels("relevant").items())
        self.worth.choices = list(labels("worth_it").items())

    def to_answer(self) -> Answer:
        """What is answered.

        Raises:
            Invalids: answers that are missing or cannot be used; each stands beside its field.
        """
        used = self._choice(self.used, Used)
        is_used = used is Used.YES
        # Who says that it is not used may have chosen something here before: that counts no more.
        beneficiary = self._choice(self.beneficiary, Beneficiary) if is_used else None
        purpose = self._choice(self.purpose, Purpose) if is_used else None
        relevant = self._choice(self.relevant, Relevant)
        worth = self._choice(self.worth, WorthIt)
        comment = self.part(
            self.comment, lambda: read_text(self.comment.data or "", "comment", LONGEST_COMMENT)
        )
        answered_by = self.part(
            self.answered_by,
            lambda: read_text(self.answered_by.data or "", "answered_by", LONGEST_FUNCTION),
        )
        if self.errors or used is None or relevant is None or worth is None:
            raise Invalids([])
        return Answer(used, relevant, worth, beneficiary, purpose, comment or "", answered_by or "")

    def _choice(self, field: RadioField, kind: type[Code]) -> Code | None:
        return self.part(field, lambda: _chosen(field, kind))


def _chosen(field: RadioField, kind: type[Code]) -> Code:
    offered = [value for value, *_ in field.iter_choices()]
    if field.data not in offered:
        raise Invalid(field.name, "unanswered")
    return kind(field.data)
