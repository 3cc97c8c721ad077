"""What stands out among those who ask for tasks, in a sentence."""

from __future__ import annotations

from timethief.domain.vocabulary import Level
from timethief.i18n import gettext, percent, significant
from timethief.queries.requesters import RequesterList, RequesterPage
from timethief.queries.totals import Figures
from timethief.reports.labels import label
from timethief.reports.tables import Column, Table, as_count, as_estimate, as_share


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


def requesters_table(found: RequesterList) -> Table:
    """The list as its page shows it, with the level in a column of its own."""
    return Table(
        gettext("Who asks for it"),
        (
            Column(gettext("Who asks for it")),
            Column(gettext("Level of requester")),
            Column(gettext("Verified")),
            Column(gettext("Tasks"), numeric=True),
            Column(gettext("Hours a year"), numeric=True),
            Column(gettext("Share of all"), numeric=True),
            Column(gettext("Time thieves, hours"), numeric=True),
            Column(gettext("Can be freed, hours"), numeric=True),
            Column(gettext("Confirmed use"), numeric=True),
        ),
        tuple(
            (
                line.name,
                label("level", line.level),
                gettext("Yes") if line.verified else gettext("No"),
                as_count(line.figures.tasks),
                as_estimate(line.figures.cost_hours.likely),
                as_share(share_of(line.figures, found.whole)),
                as_estimate(line.figures.flagged_hours),
                as_estimate(line.figures.avoidable_hours),
                as_share(line.figures.confirmed_share),
            )
            for line in found.lines
        ),
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
