"""Automation in words, as a table and as a chart: what the figures say before it, and what may be automated."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from typing import Any

from timethief.domain.automation_case import MONTHS_A_YEAR, AutomationCase
from timethief.domain.automation_gate import GateQuestion, Standing
from timethief.domain.policy import Policy
from timethief.domain.tasks import TaskFacts
from timethief.domain.vocabulary import Action
from timethief.i18n import N_, gettext, ngettext, number, significant
from timethief.queries.automation import CandidateLine, CandidatePage, Step
from timethief.reports.figures import corner_note, figure_text, log_axis, short_label
from timethief.reports.tables import Cell, Chart, Column, Figure, Key, Table, as_estimate, as_share

Address = Callable[[str], str]
"""The address of a task."""
_LONGEST_TOLD = 120
"""Months: a longer time is told as more than ten years."""
_DECIMALS = 3
_SHOWN_FROM = 1.0
"""Hours: what saves less stands on the floor of the logarithmic axis."""
_PAID, _UNPAID = "justified", "possible"
"""Tones of what has paid for itself within the horizon, and of what has not."""

_QUESTIONS = {
    GateQuestion.TAKE_AWAY: N_("Can it be taken away?"),
    GateQuestion.REDUCE_FREQUENCY: N_("Is it enough to do it less often?"),
    GateQuestion.REGISTER_ONCE: N_("Can it be registered only once?"),
    GateQuestion.SIMPLIFY: N_("Can it be made simpler?"),
    GateQuestion.MOVE: N_("Can somebody else do it as well?"),
}
_NOTHING_SAID = {
    GateQuestion.REDUCE_FREQUENCY: N_("Nobody has said how often would be enough."),
    GateQuestion.REGISTER_ONCE: N_("Nobody has said that anything is entered twice."),
    GateQuestion.SIMPLIFY: N_("Nobody has said how long it would take if everything worked."),
    GateQuestion.MOVE: N_("Nobody has said who else could do it."),
}
_NOTHING_TO_GAIN = {
    GateQuestion.REDUCE_FREQUENCY: N_("By the figures it is done no more often than is needed."),
    GateQuestion.SIMPLIFY: N_("By the figures it takes no longer than it would if all worked."),
    GateQuestion.MOVE: N_("By the figures it costs no less when the other category does it."),
}
_STANDINGS = {
    Standing.JUDGEMENT: N_(
        "The work takes human judgement about a person, so it is not offered for automation. Most work is not suited "
        "for it. Where somebody must be met and understood, a human being is needed."
    ),
    Standing.QUESTIONS: N_("Only when all five questions are answered can it be automated."),
    Standing.TAKEN_AWAY: N_("It has been taken away, so there is nothing to automate."),
    Standing.CLOSED: N_("The task is kept, stopped or done, so it is not on the list."),
    Standing.NO_FIGURES: N_(
        "Nobody has said how much of it a program could do. Fill that in where the task is reviewed."
    ),
    Standing.NO_SHARE: N_("By the figures a program could do nothing of it."),
    Standing.NO_CHECK: N_("Say what a person would still look at. Then it enters the list."),
    Standing.LISTED: N_("It is on the list of what may be automated."),
}
JUDGEMENT_SOURCE = "SOU 2018:47, Med tillit växer handlingsutrymmet"


def question_text(question: GateQuestion) -> str:
    """The question as it is asked."""
    return gettext(_QUESTIONS[question])


def standing_text(standing: Standing) -> str:
    """Whether the task may be automated, and what comes first if not."""
    return gettext(_STANDINGS[standing])


def what_figures_say(step: Step, facts: TaskFacts, benefit_hours: float) -> str:
    """What the model makes of a question.

    Args:
        step: the question.
        facts: of the task.
        benefit_hours: likely hours a year that its uses are worth.
    """
    remedy = step.remedy
    if remedy is None:
        return gettext(_without_remedy(step.question, facts)[step.question])
    values = {
        "hours": significant(remedy.released_hours),
        "one_off": significant(remedy.one_off_hours),
        "benefit": significant(benefit_hours),
    }
    if remedy.action is Action.RAISE_WITH_REQUESTER:
        return gettext(
            "Law or agreement obliges us, so the requester must agree. By the figures it would give back %(hours)s "
            "hours a year, and what is worth %(benefit)s hours would be lost.",
            **values,
        )
    if remedy.action is Action.REMOVE:
        return gettext(
            "By the figures it would give back %(hours)s hours a year, and what is worth %(benefit)s hours would be lost.",
            **values,
        )
    if remedy.one_off_hours:
        return gettext(
            "By the figures it would give back %(hours)s hours a year, for %(one_off)s hours once.",
            **values,
        )
    if remedy.action is Action.REASSIGN:
        return gettext(
            "By the figures those who do it now would get back %(hours)s hours a year.", **values
        )
    return gettext("By the figures it would give back %(hours)s hours a year.", **values)


def _without_remedy(question: GateQuestion, facts: TaskFacts) -> dict[GateQuestion, str]:
    said = {
        GateQuestion.REDUCE_FREQUENCY: facts.sufficient_frequency,
        GateQuestion.SIMPLIFY: facts.achievable_minutes,
        GateQuestion.MOVE: facts.other_hourly_cost_sek,
    }
    return _NOTHING_SAID if said.get(question) is None else _NOTHING_TO_GAIN


def payback_text(months: float | None) -> str:
    """When it has paid for itself."""
    if months is None:
        return gettext("Never: upkeep takes more than it saves")
    if months > _LONGEST_TOLD:
        return gettext("More than %(years)s years", years=_LONGEST_TOLD // MONTHS_A_YEAR)
    if months < 1:
        return gettext("Less than a month")
    told = significant(months)
    return ngettext("%(months)s month", "%(months)s months", 1 if told == "1" else 2, months=told)


def case_facts(case: AutomationCase, policy: Policy) -> list[tuple[str, str]]:
    """Automation in figures, as pairs of what and how much."""
    return [
        (gettext("A program could do"), as_share(case.share)),
        (gettext("Takes once"), _hours(case.one_off_hours)),
        (gettext("Takes each year"), _hours(case.running_hours)),
        (gettext("Has paid for itself after"), payback_text(case.payback_months)),
        (
            gettext("Net over %(years)s years", years=number(policy.horizon_years, 1)),
            _hours(case.net_hours),
        ),
    ]


def _hours(hours: float) -> str:
    return gettext("%(hours)s hours", hours=significant(hours))


def _net_heading(policy: Policy) -> str:
    return gettext("Net over %(years)s years, hours", years=number(policy.horizon_years, 1))


def exact_table(found: CandidatePage, day: Callable[[date], str]) -> Table:
    """The list to take along, in the figures of the model.

    Args:
        found: a page of the list.
        day: a date in words.
    """
    return Table(
        gettext("What may be automated"),
        (
            Column(gettext("Task")),
            Column(gettext("Unit")),
            Column(gettext("Share that can be automated"), numeric=True),
            Column(gettext("One-off hours"), numeric=True),
            Column(gettext("Running hours a year"), numeric=True),
            Column(gettext("Saved hours a year"), numeric=True),
            Column(gettext("Months to pay for itself"), numeric=True),
            Column(_net_heading(found.policy), numeric=True),
            Column(gettext("What a person still looks at")),
            Column(gettext("On the list since")),
        ),
        tuple(_exact_row(line, day) for line in found.lines),
    )


def _exact_row(line: CandidateLine, day: Callable[[date], str]) -> tuple[str, ...]:
    case = line.case
    months = case.payback_months
    return (
        line.title,
        line.unit,
        _exact(case.share),
        _exact(case.one_off_hours),
        _exact(case.running_hours),
        _exact(case.saved_hours),
        gettext("never") if months is None else _exact(months),
        _exact(case.net_hours),
        line.human_check,
        day(line.entered_on),
    )


def _exact(value: float) -> Figure:
    return Figure(number(value, _DECIMALS), round(value, _DECIMALS))


def effort_chart(found: CandidatePage, task_address: Address) -> Chart:
    """What it saves against what it takes, with the line where it pays for itself within the horizon."""
    lines, years = found.lines, found.policy.horizon_years
    paid = [line for line in lines if line.case.net_hours >= 0]
    across = _ends([line.case.one_off_hours for line in lines])
    up = _ends([line.case.saved_hours for line in lines])
    told_years = number(years, 1)
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": across,
            "y": [x / years for x in across],
            "line": {"color": "@line-strong", "width": 1.5, "dash": "dash"},
            "hoverinfo": "skip",
        }
    ]
    unpaid = [line for line in lines if line.case.net_hours < 0]
    traces += [
        _points(_PAID, paid, up[0], task_address),
        _points(_UNPAID, unpaid, up[0], task_address),
    ]
    figure = figure_text(
        traces,
        xaxis=log_axis(across, gettext("Takes once, hours")),
        yaxis=log_axis(up, gettext("Saves, hours a year")),
        margin={"r": 28},
        annotations=[
            corner_note(
                0.02,
                0.99,
                "left",
                "top",
                gettext("Pays for itself within %(years)s years", years=told_years),
            )
        ],
    )
    caption = ngettext(
        "%(paid)s of the %(num)s task shown pays for itself within %(years)s years.",
        "%(paid)s of the %(num)s tasks shown pay for themselves within %(years)s years.",
        len(lines),
        paid=number(len(paid)),
        years=told_years,
    )
    key = (
        Key(_PAID, gettext("Pays for itself within %(years)s years", years=told_years)),
        Key(_UNPAID, gettext("Does not")),
    )
    return Chart(caption, figure, caption, _chart_table(lines, task_address), key)


def _chart_table(lines: tuple[CandidateLine, ...], task_address: Address) -> Table:
    return Table(
        gettext("What it saves and what it takes"),
        (
            Column(gettext("Task")),
            Column(gettext("Takes once, hours"), numeric=True),
            Column(gettext("Saves, hours a year"), numeric=True),
        ),
        tuple(
            (
                Cell(line.title, task_address(line.id)),
                as_estimate(line.case.one_off_hours),
                as_estimate(line.case.saved_hours),
            )
            for line in lines
        ),
    )


def _points(
    tone: str, lines: list[CandidateLine], lowest: float, task_address: Address
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [max(line.case.one_off_hours, _SHOWN_FROM) for line in lines],
        "y": [max(line.case.saved_hours, lowest) for line in lines],
        "text": [
            f"{short_label(line.title, 60)}<br>"
            + gettext(
                "takes %(one_off)s hours once, saves %(saved)s hours a year",
                one_off=significant(line.case.one_off_hours),
                saved=significant(line.case.saved_hours),
            )
            for line in lines
        ],
        "customdata": [task_address(line.id) for line in lines],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {
            "color": f"@verdict-{tone}",
            "symbol": "triangle-up" if tone == _PAID else "circle-open",
            "size": 11,
            "line": {"width": 1, "color": "@surface"} if tone == _PAID else {"width": 2},
        },
    }


def _ends(values: list[float]) -> list[float]:
    """Where an axis begins and ends: whole powers of ten around all points."""
    shown = [max(value, _SHOWN_FROM) for value in values] or [_SHOWN_FROM]
    low = math.floor(math.log10(min(shown)))
    high = math.ceil(math.log10(max(shown) * 1.05))
    return [10.0**low, 10.0 ** max(high, low + 1)]
