"""What leadership decides by, in words: what has been freed, what a decision takes, how old the figures are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from timethief.domain.decisions import FreedFor
from timethief.domain.own_time import OwnCost
from timethief.i18n import N_, gettext, ngettext, number, significant
from timethief.queries.freed import Freed
from timethief.queries.leadership import Needs
from timethief.reports.labels import label

STALE_AFTER = timedelta(days=30)
"""So long without a new task, the page says so."""

_NEEDS = {
    Needs.OWN_DECISION: N_("You can decide it yourselves"),
    Needs.REQUESTER: N_("The requester must agree"),
    Needs.LAW: N_("A law must be changed or read anew"),
}


def needs_text(needs: Needs) -> str:
    """What a decision takes."""
    return gettext(_NEEDS[needs])


def freed_text(freed: Freed) -> str:
    """What has been freed: measured and expected told apart."""
    if not freed.decisions:
        return gettext("Nothing has been decided yet.")
    return gettext(
        "%(all)s hours a year (%(confirmed)s confirmed, %(expected)s expected).",
        all=significant(freed.confirmed_hours + freed.expected_hours),
        confirmed=significant(freed.confirmed_hours),
        expected=significant(freed.expected_hours),
    )


def used_for_text(freed: Freed) -> str:
    """What the freed time goes to; empty where nobody has said."""
    hours = {
        kind: freed.expected_for.get(kind, 0.0) + freed.confirmed_for.get(kind, 0.0)
        for kind in FreedFor
    }
    told = _largest_first(hours)
    if not told:
        return ""
    return gettext("It goes to: %(parts)s.", parts=", ".join(told))


def _largest_first(hours: Mapping[FreedFor, float]) -> list[str]:
    kinds = sorted((kind for kind in hours if hours[kind] > 0), key=lambda kind: -hours[kind])
    return [
        gettext(
            "%(name)s %(hours)s hours",
            name=_within_a_sentence(label("freed_for", kind)),
            hours=significant(hours[kind]),
        )
        for kind in kinds
    ]


def _within_a_sentence(words: str) -> str:
    return words[:1].lower() + words[1:]


def own_time_text(own: OwnCost) -> str:
    """What the service itself takes; empty where nothing is known of it yet."""
    if not own.occasions:
        return ""
    return gettext(
        "The service itself has taken %(hours)s hours in twelve months.",
        hours=significant(own.hours),
    )


def age_text(newest_on: date | None, today: date) -> str:
    """How old the newest task is, where that is worth knowing; else empty."""
    if newest_on is None or today - newest_on <= STALE_AFTER:
        return ""
    days = (today - newest_on).days
    return ngettext(
        "The latest report came %(num)s day ago.",
        "The latest report came %(num)s days ago.",
        days,
        num=number(days),
    )
