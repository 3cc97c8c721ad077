"""The monthly letter: the five lines of the overview in numbers and links. No free text of anybody stands in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from timethief.domain.mail import MailKind
from timethief.i18n import gettext, month, ngettext, number, percent, significant
from timethief.queries.dashboard import Dashboard
from timethief.queries.leadership import Standing
from timethief.reports.estimates import hours_text
from timethief.reports.labels import label
from timethief.reports.leadership import age_text, freed_text, own_time_text, used_for_text
from timethief.reports.letters import Letter


@dataclass(frozen=True, slots=True)
class Digest:
    """What a monthly letter tells.

    Attributes:
        name: of who gets it.
        closed: a day in the month that has ended.
        shown, standing: the figures as the recipient sees them; None for who wants only what was counted.
        units: how many units have tasks, and how many there are.
        counted: letters of each kind that were only counted.
        dashboard, own: addresses of the overview, and of what waits for the recipient.
    """

    name: str
    organisation: str
    closed: date
    today: date
    shown: Dashboard | None
    standing: Standing | None
    units: tuple[int, int]
    counted: Mapping[str, int]
    dashboard: str
    own: str


def monthly_letter(told: Digest) -> Letter:
    """The letter, in the language in use."""
    subject = gettext(
        "Time thieves in %(organisation)s: how things stood in %(month)s",
        organisation=told.organisation,
        month=month(told.closed),
    )
    parts = [gettext("Hello %(name)s.", name=told.name)]
    if told.shown is not None and told.standing is not None:
        parts += [*_lines(told.shown, told.standing, told), told.dashboard]
    if told.counted:
        parts += [gettext("Since the last monthly letter:"), *_counted(told.counted), told.own]
    return Letter(subject, "\n\n".join(part for part in parts if part))


def _lines(shown: Dashboard, standing: Standing, told: Digest) -> list[str]:
    figures = shown.figures
    return [
        gettext(
            "1. Mapped time: %(likely)s hours a year (%(range)s), about %(fte)s full-time equivalents. Time thieves "
            "%(flagged)s, justified administration %(justified)s, cannot be decided yet %(undecided)s.",
            likely=significant(figures.cost_hours.likely),
            range=hours_text(figures.cost_hours),
            fte=significant(figures.fte),
            flagged=significant(shown.flagged_hours),
            justified=significant(shown.justified_hours),
            undecided=significant(shown.undecided_hours),
        ),
        " ".join(
            part
            for part in (
                gettext("2. Freed so far: %(freed)s", freed=freed_text(standing.freed)),
                used_for_text(standing.freed),
                own_time_text(standing.own),
            )
            if part
        ),
        _askers(shown),
        _to_decide(standing),
        " ".join(
            part
            for part in (
                gettext(
                    "5. How sure it is: %(tasks)s tasks, %(mapped)s of %(units)s units, %(confirmed)s of the mapped "
                    "time has a confirmed use.",
                    tasks=number(figures.tasks),
                    mapped=number(told.units[0]),
                    units=number(told.units[1]),
                    confirmed=percent(figures.confirmed_share),
                ),
                age_text(standing.newest_on, told.today),
            )
            if part
        ),
    ]


def _askers(shown: Dashboard) -> str:
    whole = shown.figures.cost_hours.likely
    if not whole:
        return gettext("3. Who asks for it: nothing is mapped yet.")
    shares = [
        f"{label('level', each.level)} {percent(each.figures.cost_hours.likely / whole)}"
        for each in shown.levels
    ]
    return gettext("3. Who asks for it: %(shares)s.", shares=", ".join(shares))


def _to_decide(standing: Standing) -> str:
    if not standing.to_decide:
        return gettext("4. To decide: nothing waits.")
    hours = sum(each.task.avoidable_hours for each in standing.to_decide)
    return ngettext(
        "4. To decide: the largest task that waits would free %(hours)s hours a year.",
        "4. To decide: the %(num)s largest tasks that wait would free %(hours)s hours a year.",
        len(standing.to_decide),
        num=number(len(standing.to_decide)),
        hours=significant(hours),
    )


def _counted(counted: Mapping[str, int]) -> list[str]:
    return [_counted_text(kind, count) for kind, count in sorted(counted.items()) if count]


def _counted_text(kind: str, count: int) -> str:
    num = number(count)
    if kind == MailKind.CASE:
        return ngettext(
            "%(num)s message about cases that wait for you.",
            "%(num)s messages about cases that wait for you.",
            count,
            num=num,
        )
    if kind == MailKind.FOLLOW_UP:
        return ngettext(
            "%(num)s question whether a decision came true.",
            "%(num)s questions whether decisions came true.",
            count,
            num=num,
        )
    if kind == MailKind.REVIEW_DATE:
        return ngettext(
            "%(num)s reminder to look again whether something is needed.",
            "%(num)s reminders to look again whether something is needed.",
            count,
            num=num,
        )
    return ngettext(
        "%(num)s answer or decision about what you have written or asked for.",
        "%(num)s answers or decisions about what you have written or asked for.",
        count,
        num=num,
    )
