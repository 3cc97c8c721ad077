"""Cases in words: how long is left, what those who wrote are told, and what is copied to who works outside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from timethief.domain.cases import AnswerTemplate, Route
from timethief.i18n import N_, day, gettext, ngettext, number
from timethief.queries.cases import CaseLine
from timethief.queries.waiting import Which
from timethief.reports.intake import Opening, openings

WAYS: dict[Route, str] = {
    Route.LOCAL_FIX: N_("Something is broken or missing: toner, a computer, a permission."),
    Route.SUPPORT_FUNCTION: N_(
        "It can be taken away, simplified or automated by a support function."
    ),
    Route.UNIT_MANAGER: N_("The unit decides on it itself."),
    Route.HIGHER_INSTANCE: N_("It takes a decision that is higher up than the unit."),
    Route.REQUESTER: N_("Those who ask for it must say what it is used for."),
    Route.RULE_OWNER: N_("A law or a rule is in the way, and somebody else owns it."),
}
"""When to choose each way."""

PARTS: dict[Which, str] = {
    Which.ALL: N_("All"),
    Which.MINE: N_("Mine and my functions'"),
    Which.ANONYMOUS: N_("Anonymous reports"),
    Which.INCOMPLETE: N_("Reports that lack something"),
    Which.REQUESTS: N_("Requests for review"),
}
"""The parts of the intake's list."""

_WAY_ANSWERS: dict[Route, str] = {
    Route.LOCAL_FIX: N_(
        "Thank you for telling us. This is something that the service desk mends. We have handed it to %(name)s, who "
        "sees to it. If it is still wrong after a week, tell us again."
    ),
    Route.SUPPORT_FUNCTION: N_(
        "Thank you for telling us. %(name)s sees to it from now on. You see here what comes of it."
    ),
    Route.UNIT_MANAGER: N_(
        "Thank you for telling us. The unit can decide on this itself, so the unit manager takes it from here. You see "
        "here what comes of it."
    ),
    Route.HIGHER_INSTANCE: N_(
        "Thank you for telling us. The unit may not end this itself, so we have taken it to %(name)s. You see here what "
        "comes of it."
    ),
    Route.REQUESTER: N_(
        "Thank you for telling us. We now ask those who want this done what they use it for. You see here what comes of "
        "it."
    ),
    Route.RULE_OWNER: N_(
        "Thank you for telling us. A rule stands in the way that others decide on, so we raise it with them. You see "
        "here what comes of it."
    ),
}


def way_answer(route: Route, name: str) -> str:
    """What those who wrote are told when their matter is handed on; `name` is who gets it."""
    text = gettext(_WAY_ANSWERS[route])
    return text % {"name": name or gettext("those who can do something about it")}


def answer_openings() -> dict[AnswerTemplate, Opening]:
    """Texts to begin an answer with."""
    begun = openings()
    return {
        AnswerTemplate(name): begun[name]
        for name in ("thanks", "question", "changed", "kept")
        if name in begun
    }


def time_left(case: CaseLine, today: date) -> str:
    """How long is left for a first answer, or when it was given."""
    if case.first_answered_on is not None:
        return gettext("First answer given %(day)s", day=day(case.first_answered_on))
    left = case.days_left(today) or 0
    if left < 0:
        return ngettext("%(num)s day late", "%(num)s days late", -left, num=number(-left))
    if left == 0:
        return gettext("Answer today at the latest")
    return ngettext("%(num)s day left", "%(num)s days left", left, num=number(left))


def age(case: CaseLine, today: date) -> str:
    """For how long it has waited."""
    days = (today - case.opened_on).days
    if days <= 0:
        return gettext("Came in today")
    return ngettext(
        "Has waited for %(num)s day", "Has waited for %(num)s days", days, num=number(days)
    )


def letter(opening: str, title: str, description: str, facts: Sequence[tuple[str, str]]) -> str:
    """What is copied to a function that works outside the service.

    Args:
        opening: the function's own words; empty for the usual ones.
        title: what it is about.
        description: what was written.
        facts: what else is known, each with its name.
    """
    usual = gettext("Hello. This was reported to us, and we believe that you can mend it.")
    known = "\n".join(f"{name}: {value}" for name, value in facts if value)
    asked = gettext("Please see to it, and tell us when it is done.")
    return "\n\n".join(
        part for part in (opening or usual, title, description, known, asked) if part
    )
