"""What managers are mailed about follow-ups and dates of review: how many, and where. Never what anybody wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from timethief.config import Config
from timethief.i18n import TIME_ZONE, gettext, ngettext, speaking
from timethief.services.mail_preferences import queue_if_wanted
from timethief.services.outbox import Mail, MailKind
from timethief.storage.tables import Organisation, User


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes to people of one organisation.

    Attributes:
        base_url: how users reach the service.
        now: time of the run; one letter of a kind goes to a person on a day.
    """

    session: Session
    organisation: Organisation
    base_url: str
    now: datetime

    @classmethod
    def of(cls, session: Session, organisation_id: int, config: Config, now: datetime) -> Writer:
        """The writer of an organisation."""
        organisation = session.get_one(Organisation, organisation_id)
        return cls(session, organisation, config.base_url, now)

    def ask(self, user: User, new: int, again: int) -> None:
        """Ask what came of decisions: `new` for the first time, `again` as a reminder."""
        with speaking(user.language or self.organisation.language):
            subject = gettext("Did it happen? Questions about what was decided")
            parts = [
                ngettext(
                    "There is one question about something that was decided some time ago.",
                    "There are %(num)s questions about things that were decided some time ago.",
                    new,
                )
                if new
                else "",
                ngettext(
                    "One question has waited for two weeks.",
                    "%(num)s questions have waited for two weeks.",
                    again,
                )
                if again
                else "",
                gettext(
                    "Each takes about half a minute: how long does it take now? Anybody who does the work may answer."
                ),
            ]
            self._queue(user, MailKind.FOLLOW_UP, subject, parts, "/follow-ups")

    def remind(self, user: User, counts: Sequence[int], rules: int) -> None:
        """Remind of dates of review.

        Args:
            user: to whom.
            counts: how many tasks come to their date today, in 30 and in 90 days.
            rules: how many internal rules have passed their date today.
        """
        today, soon, later = counts
        with speaking(user.language or self.organisation.language):
            subject = gettext("Tasks to look at again")
            parts = [
                gettext("Is it still needed? Nothing should live on only because nobody asked."),
                ngettext(
                    "One task has come to its review date.",
                    "%(num)s tasks have come to their review date.",
                    today,
                )
                if today
                else "",
                ngettext(
                    "One task comes to its review date in 30 days.",
                    "%(num)s tasks come to their review date in 30 days.",
                    soon,
                )
                if soon
                else "",
                ngettext(
                    "One task comes to its review date in 90 days.",
                    "%(num)s tasks come to their review date in 90 days.",
                    later,
                )
                if later
                else "",
                ngettext(
                    "One internal rule has passed its review date and may lapse.",
                    "%(num)s internal rules have passed their review date and may lapse.",
                    rules,
                )
                if rules
                else "",
            ]
            self._queue(user, MailKind.REVIEW_DATE, subject, parts, "/review-dates")

    def _queue(
        self, user: User, kind: MailKind, subject: str, parts: Sequence[str], path: str
    ) -> None:
        opening = gettext("Hello %(name)s.", name=user.name)
        text = "\n\n".join([opening, *filter(None, parts), f"{self.base_url}{path}"])
        key = f"{kind.value}-{self.now.astimezone(TIME_ZONE).date():%Y%m%d}"
        mail = Mail(self.organisation.id, user.email, kind, key, subject, text)
        queue_if_wanted(self.session, user, kind, mail, self.now)
