"""What stands out among those who ask for tasks, in a sentence."""

from __future__ import annotations

from timethief.domain.vocabulary import Level
from timethief.i18n import gettext, percent, significant
from timethief.queries.requesters import RequesterList, RequesterPage
from timethief.queries.totals import Figures
from timethief.reports.labels import label


def finding(found: RequesterList) -> str:
    """Which level asks for most of the time; empty where nothing is mapped yet."""
    if not found.levels:
        return ""
    largest = max(found.levels, key=lambda level: found.levels[level].cost_hours.likely)
    share = percent(share_of(found.levels[largest], found.whole))
    if largest == Level.OWN_ORGANISATION:
        return gettext(
            "The own organisation asks for %(share)s of the mapped time. That can be changed here at home.",
            share=share,
        )
    return gettext(
        "%(level)s asks for most: %(share)s of the mapped time.",
        level=label("level", largest),
        share=share,
    )


def requester_finding(found: RequesterPage) -> str:
    """What the requester's tasks take, and what is known of their use."""
    if not found.figures.tasks:
        return gettext("No task in the inventory is asked for by it.")
    return gettext(
        "What it asks for takes about %(hours)s hours a year, %(share)s of all mapped time. For %(confirmed)s of "
        "that time the use is confirmed.",
        hours=significant(found.figures.cost_hours.likely),
        share=percent(share_of(found.figures, found.whole)),
        confirmed=percent(found.figures.confirmed_share),
    )


def share_of(part: Figures, whole: Figures) -> float:
    """Share of the likely cost hours, 0-1."""
    likely = whole.cost_hours.likely
    return part.cost_hours.likely / likely if likely else 0.0
