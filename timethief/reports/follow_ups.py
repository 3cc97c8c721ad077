"""What was asked and answered about a decision, in words."""

from __future__ import annotations

from timethief.i18n import gettext, ngettext, significant
from timethief.queries.follow_ups import FollowUpLine, Told
from timethief.reports.estimates import estimate_text, frequency_text

_SMALL = 0.005
"""Hours that nobody would call a change."""


def before_text(line: FollowUpLine) -> str:
    """What it took when it was decided on."""
    base = line.baseline
    return gettext(
        "%(minutes)s minutes each time, %(often)s, by %(people)s: %(hours)s hours a year.",
        minutes=estimate_text(base.minutes),
        often=frequency_text(base.frequency),
        people=ngettext("one person", "%(num)s people", base.people),
        hours=significant(base.hours()),
    )


def outcome_text(told: Told) -> str:
    """What came of the decision by the answer."""
    if told.confirmed_hours is None:
        return gettext("Nobody knows how long it takes now.")
    if told.confirmed_hours > _SMALL:
        return gettext(
            "It has freed %(hours)s hours a year.", hours=significant(told.confirmed_hours)
        )
    if told.confirmed_hours < -_SMALL:
        return gettext(
            "It takes %(hours)s hours a year more than before.",
            hours=significant(-told.confirmed_hours),
        )
    return gettext("It has freed no time.")


def estimate_text_of(told: Told) -> str:
    """What only the first estimate was wrong by; empty where it was right."""
    hours = told.estimate_change_hours
    if hours > _SMALL:
        return gettext(
            "The first estimate was %(hours)s hours too low. That frees nothing and is counted apart.",
            hours=significant(hours),
        )
    if hours < -_SMALL:
        return gettext(
            "The first estimate was %(hours)s hours too high. That frees nothing and is counted apart.",
            hours=significant(-hours),
        )
    return ""
