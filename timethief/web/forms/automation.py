"""Answers to the questions that come before automation, and what a person would still look at."""

from __future__ import annotations

from datetime import datetime

from wtforms import HiddenField, RadioField, TextAreaField

from timethief.domain.automation_gate import (
    LONGEST_TOLD,
    GateAnswerKind,
    GateQuestion,
    NewAnswer,
)
from timethief.domain.errors import Conflict, Invalids
from timethief.domain.tasks import read_text
from timethief.i18n import lazy_gettext
from timethief.queries.automation import Answered
from timethief.reports.labels import labels
from timethief.web.forms.persons import AsksAboutPersons


class GateForm(AsksAboutPersons):
    """The answer to one question. `seen`: when the answer was given that stood there as the form was opened."""

    answer = RadioField(lazy_gettext("What did you find?"), validate_choice=False)
    reason = TextAreaField(
        lazy_gettext("Why?"),
        description=lazy_gettext(
            "So that others can follow it. Everybody in the organisation can read it."
        ),
        render_kw={"maxlength": LONGEST_TOLD},
    )
    seen = HiddenField()

    def offer(self) -> None:
        """Fill in what there is to choose from."""
        self.answer.choices = list(labels("gate_answer").items())

    @staticmethod
    def of(answered: Answered | None) -> dict[str, object]:
        """The form as it stands for an answer, or for none."""
        if answered is None:
            return {}
        return {
            "answer": answered.kind.value,
            "reason": answered.reason,
            "seen": answered.answered_at.isoformat(),
        }

    def seen_at(self) -> datetime | None:
        """When the answer was given that stood there; None where there was none.

        Raises:
            Conflict: it is no time of ours, so the form knows nothing of what stands there.
        """
        return read_moment(self.seen.data) if self.seen.data else None

    def to_answer(self, question: GateQuestion) -> NewAnswer:
        """What was answered.

        Raises:
            Invalids: answers that cannot be used, each beside its field; or the writer is to be asked first whether
                the reason points somebody out.
        """
        reason = self.part(
            self.reason,
            lambda: read_text(self.reason.data or "", "reason", LONGEST_TOLD, required=True),
        )
        kind = self.answer.data
        if kind not in list(GateAnswerKind):
            self.say(self.answer, str(lazy_gettext("Choose one of the answers.")))
        if self.errors or reason is None or self.asks_about_persons(reason):
            raise Invalids([])
        return NewAnswer(question, GateAnswerKind(kind), reason)


class CheckForm(AsksAboutPersons):
    """What a person would still look at. `seen` is what stood there when the form was opened."""

    human_check = TextAreaField(
        lazy_gettext("What would a person still look at?"),
        description=lazy_gettext(
            "Such as: a case officer reads through the calculation before the decision."
        ),
        render_kw={"maxlength": LONGEST_TOLD},
    )
    seen = HiddenField()

    @staticmethod
    def of(human_check: str) -> dict[str, object]:
        """The form as it stands for what has been said."""
        return {"human_check": human_check, "seen": human_check}

    def to_check(self) -> str:
        """What was said.

        Raises:
            Invalids: nothing, or too much; or the writer is to be asked first whether it points somebody out.
        """
        told = self.part(
            self.human_check,
            lambda: read_text(
                self.human_check.data or "", "human_check", LONGEST_TOLD, required=True
            ),
        )
        if told is None or self.asks_about_persons(told):
            raise Invalids([])
        return told


def read_moment(text: str) -> datetime:
    """A time as an address or a form of ours holds it.

    Raises:
        Conflict: it is none of ours.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as fault:
        raise Conflict("changed_meanwhile") from fault
    if moment.tzinfo is None:
        raise Conflict("changed_meanwhile")
    return moment
