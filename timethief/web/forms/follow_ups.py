"""The answer to "did it happen?", and why something is still needed."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField

from timethief.domain.errors import Invalid, Invalids
from timethief.domain.follow_ups import LONGEST_COMMENT, TOLD_IN_MINUTES, Answer, FollowUpAnswer
from timethief.domain.numbers import MINUTES, PEOPLE, TIMES
from timethief.domain.review_dates import LONGEST_REASON
from timethief.domain.tasks import Frequency, read_text
from timethief.domain.vocabulary import Per
from timethief.i18n import gettext, lazy_gettext
from timethief.queries.follow_ups import FollowUpLine
from timethief.reports.labels import labels
from timethief.reports.refusals import sentence
from timethief.web.forms.base import typed
from timethief.web.forms.persons import AsksAboutPersons
from timethief.web.forms.timed import Timed

_LONGEST_VERSION = 9
_FIELDS = {"frequency": "minutes_now", "times": "times_now"}


class FollowUpForm(Timed, AsksAboutPersons):
    """One question, and what may be added."""

    answer = RadioField(lazy_gettext("How long does it take now?"), validate_choice=False)
    minutes_now = StringField(lazy_gettext("Each time now"))
    times_now = StringField(lazy_gettext("How many times now?"))
    per_now = SelectField(lazy_gettext("How often now?"), validate_choice=False)
    people_now = StringField(lazy_gettext("How many do it now?"))
    minutes_before = StringField(
        lazy_gettext("The first estimate was wrong: in truth it took"),
        description=lazy_gettext(
            "Only if it was. It is counted apart, since a better estimate frees no time."
        ),
    )
    comment = TextAreaField(
        lazy_gettext("Anything more? (optional)"),
        description=lazy_gettext(
            "Everybody in the organisation can read it. Write nothing about single persons."
        ),
        render_kw={"maxlength": LONGEST_COMMENT},
    )
    version = HiddenField()

    def offer(self) -> None:
        """Fill in what there is to choose from."""
        self.answer.choices = list(labels("follow_up_answer").items())
        self.per_now.choices = [("", gettext("As before")), *labels("per").items()]

    @staticmethod
    def of(line: FollowUpLine) -> dict[str, object]:
        """The form as it stands for a question."""
        told = line.told
        found: dict[str, object] = {"version": str(line.version)}
        if told is None:
            return found
        return found | {
            "answer": told.answer,
            "minutes_now": typed(told.minutes_now),
            "times_now": typed(told.times_now),
            "per_now": told.per_now or "",
            "people_now": typed(told.people_now),
            "minutes_before": typed(told.minutes_before),
            "comment": told.comment,
        }

    def field_of(self, path: str) -> str:
        """Which of the fields a refusal of the model is about."""
        return _FIELDS.get(path, path)

    def seen_version(self) -> int:
        """The version that the form was opened with; -1, which none has, where it cannot be read."""
        text = self.version.data or ""
        plain = text.isascii() and text.isdigit() and len(text) <= _LONGEST_VERSION
        return int(text) if plain else -1

    def to_answer(self) -> Answer:
        """What is answered.

        Raises:
            Invalid, Invalids: answers that are missing or cannot be used; or the writer is to be asked first whether
                the comment points somebody out.
        """
        answer = self.part(self.answer, self._answer)
        before = self.number(self.minutes_before, MINUTES, ("min",))
        comment = self.part(
            self.comment, lambda: read_text(self.comment.data or "", "comment", LONGEST_COMMENT)
        )
        told: dict[str, Any] = {}
        if answer in TOLD_IN_MINUTES:
            told["minutes_now"] = self.needed_number(self.minutes_now, MINUTES, ("min",))
            told["frequency_now"] = self._frequency()
            people = self.number(self.people_now, PEOPLE, ("st", "personer", "people"))
            told["people_now"] = None if people is None else int(people)
        if self.errors or answer is None:
            raise Invalids([])
        if self.asks_about_persons(comment or ""):
            raise Invalids([])
        return Answer(answer, minutes_before=before, comment=comment or "", **told)

    def _answer(self) -> FollowUpAnswer:
        if self.answer.data not in list(FollowUpAnswer):
            raise Invalid("answer", "unanswered")
        return FollowUpAnswer(self.answer.data)

    def _frequency(self) -> Frequency | None:
        times = self.number(self.times_now, TIMES)
        if not self.per_now.data:
            if times is not None:
                self.say(self.per_now, sentence(Invalid("per_now", "unanswered")))
            return None
        if self.per_now.data not in list(Per):
            self.say(self.per_now, sentence(Invalid("per_now", "not_a_choice")))
            return None
        if times is None:
            if not self.times_now.errors:
                self.say(self.times_now, sentence(Invalid("times", "required")))
            return None
        return Frequency(times, Per(self.per_now.data))


class StillNeededForm(AsksAboutPersons):
    """Why a task or a rule is still needed."""

    reason = TextAreaField(
        lazy_gettext("Why is it still needed?"),
        description=lazy_gettext(
            "Who uses it, and for what? Everybody in the organisation can read it."
        ),
        render_kw={"maxlength": LONGEST_REASON},
    )

    def to_reason(self) -> str:
        """Why.

        Raises:
            Invalids: it is missing or too long, or the writer is to be asked whether it points somebody out.
        """
        said = self.part(
            self.reason,
            lambda: read_text(self.reason.data or "", "reason", LONGEST_REASON, required=True),
        )
        if said is None or self.asks_about_persons(said):
            raise Invalids([])
        return said
