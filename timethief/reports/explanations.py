"""An assessment in words, in the language in use, from the same figures as the verdict."""

from __future__ import annotations

from dataclasses import dataclass

from timethief.domain.explanation import Change, Comparison, Explanation
from timethief.domain.ranges import Range
from timethief.domain.remedies import Remedy
from timethief.domain.vocabulary import Action, Cause, Verdict
from timethief.i18n import LANGUAGES, N_, gettext, ngettext, number, significant, speaking
from timethief.reports.estimates import estimate_text, hours_text
from timethief.reports.labels import label


@dataclass(frozen=True, slots=True)
class Wording:
    """An explanation in words, a part at a time.

    Attributes:
        cost: what the task costs.
        benefit: what it is held to give.
        reason: which comparison decided.
        changes: what would change the verdict.
        first_step: what to do first.
    """

    cost: str
    benefit: str
    reason: str
    changes: tuple[str, ...]
    first_step: str

    @property
    def text(self) -> str:
        """All of it."""
        return " ".join((self.cost, self.benefit, self.reason, *self.changes, self.first_step))


def wording(explanation: Explanation) -> Wording:
    """The explanation in the language in use."""
    return Wording(
        cost=_cost(explanation),
        benefit=_benefit(explanation),
        reason=_reason(explanation),
        changes=tuple(_changes(explanation)),
        first_step=_first_step(explanation),
    )


def in_every_language(explanation: Explanation) -> dict[str, str]:
    """The whole explanation in Swedish and in English."""
    texts = {}
    for language in LANGUAGES:
        with speaking(language):
            texts[language] = wording(explanation).text
    return texts


def _cost(explanation: Explanation) -> str:
    return gettext(
        "It takes about %(likely)s hours a year (%(range)s): %(minutes)s, %(occasions)s, %(people)s. "
        "At their tariff that is about %(sek)s kronor.",
        likely=significant(explanation.cost_hours.likely),
        range=hours_text(explanation.cost_hours),
        minutes=_minutes_each_time(explanation.minutes),
        occasions=_times_a_year(explanation.occasions_a_year),
        people=_people(explanation.people),
        sek=significant(explanation.cost_sek),
    )


def _minutes_each_time(minutes: float | Range) -> str:
    told = estimate_text(minutes)
    return ngettext("%(minutes)s minute", "%(minutes)s minutes", _form(minutes), minutes=told)


def _times_a_year(times: float) -> str:
    told = number(times, 1) if times >= 1 else significant(times)
    return ngettext("%(times)s time a year", "%(times)s times a year", _form(times), times=told)


def _people(people: int | Range) -> str:
    told = estimate_text(people)
    return ngettext("%(people)s person", "%(people)s people", _form(people), people=told)


def _form(estimate: float | Range) -> int:
    """The number that chooses singular or plural: exactly one, or not."""
    return 1 if estimate in (1, Range.exactly(1)) else 2


def _benefit(explanation: Explanation) -> str:
    if explanation.uses == 0:
        return gettext(
            "Nobody here has said what it is used for. Somebody else may need it, so the benefit is anything from "
            "nothing to what it costs."
        )
    if explanation.benefit_hours.high == 0:
        return gettext("It is held to give nothing, since it is not used.")
    return gettext(
        "What it is used for is held to be worth about %(likely)s hours a year (%(range)s).",
        likely=significant(explanation.benefit_hours.likely),
        range=hours_text(explanation.benefit_hours),
    )


_REASONS = {
    Verdict.CLEAR: N_(
        "Time thief: even the lowest estimate of the cost (%(left)s hours) is more than the highest of the benefit "
        "(%(right)s hours)."
    ),
    Verdict.PROBABLE: N_(
        "Probable time thief: the likely cost (%(left)s hours) is more than the likely benefit (%(right)s hours), but "
        "the estimates overlap."
    ),
    Verdict.PARTIAL: N_(
        "Partly a time thief: it is worth doing, but doing it better would give back %(left)s hours a year. That is "
        "more than the uncertainty of the estimate (%(right)s hours)."
    ),
    Verdict.POSSIBLE: N_(
        "Cannot be decided yet: the highest estimate of the cost (%(left)s hours) is more than the lowest of the "
        "benefit (%(right)s hours)."
    ),
    Verdict.JUSTIFIED: N_(
        "Justified administration: even the highest estimate of the cost (%(left)s hours) is no more than the lowest "
        "of the benefit (%(right)s hours)."
    ),
}

_CAUSES = {
    Cause.UNKNOWN_USE: N_("It is flagged because no use has been stated."),
    Cause.UNUSED: N_("It is flagged because nobody uses what comes out of it."),
    Cause.INEFFICIENT: N_("It is worth doing, but not in this way."),
    Cause.DISPROPORTIONATE: N_("It gives something, but less than it takes."),
}


def _reason(explanation: Explanation) -> str:
    decided: Comparison = explanation.decided_by
    reason = gettext(
        _REASONS[explanation.verdict],
        left=significant(decided.left_hours),
        right=significant(decided.right_hours),
    )
    if explanation.cause is None:
        return reason
    return f"{reason} {gettext(_CAUSES[explanation.cause])}"


def _changes(explanation: Explanation) -> list[str]:
    change: Change = explanation.change
    told = []
    if change.break_even_minutes is not None:
        told.append(
            gettext(
                "The limit is %(minutes)s minutes per occasion: if it takes longer, it costs more than it gives.",
                minutes=_limit(change.break_even_minutes),
            )
        )
    elif change.worth_minutes_needed is not None:
        told.append(
            gettext(
                "To be worth its time, the use would have to save or give %(minutes)s minutes per occasion.",
                minutes=_limit(change.worth_minutes_needed),
            )
        )
    if change.if_confirmed is not None:
        told.append(
            gettext(
                "If the receiver confirms the use, the verdict becomes: %(verdict)s.",
                verdict=label("verdict", change.if_confirmed),
            )
        )
    if change.if_not_used is not None:
        told.append(
            gettext(
                "If the receiver does not use it, the verdict becomes: %(verdict)s.",
                verdict=label("verdict", change.if_not_used),
            )
        )
    return told


def _limit(minutes: float) -> str:
    return number(minutes, 1) if minutes >= 1 else significant(minutes)


_FIRST_STEPS = {
    Action.REMOVE: N_(
        "First of all: take it away. That gives back %(released)s hours a year to those who do it."
    ),
    Action.RAISE_WITH_REQUESTER: N_(
        "First of all: raise it with the one who asks for it. Law or agreement binds us, so it cannot be dropped "
        "without them. It takes %(released)s hours a year."
    ),
    Action.REGISTER_ONCE: N_(
        "First of all: register once. That gives back %(released)s hours a year, after %(one_off)s hours of work to "
        "get there."
    ),
    Action.AUTOMATE: N_(
        "First of all: let a program do what follows rules. That gives back %(released)s hours a year, after "
        "%(one_off)s hours of work to get there. Somebody still has to check the result."
    ),
    Action.SIMPLIFY: N_("First of all: simplify. That gives back %(released)s hours a year."),
    Action.REASSIGN: N_(
        "First of all: let other staff do it. That gives back %(released)s hours a year to those who do it today."
    ),
    Action.REDUCE_FREQUENCY: N_(
        "First of all: do it less often. That gives back %(released)s hours a year."
    ),
    Action.KEEP: N_("Keep it: it is worth the time it takes, as far as anybody has said."),
}


def _first_step(explanation: Explanation) -> str:
    if explanation.verdict is Verdict.POSSIBLE and explanation.waits_for_receiver:
        return gettext(
            "First of all: ask the one who receives it whether it is used, and for what."
        )
    if explanation.verdict is Verdict.POSSIBLE:
        return gettext(
            "First of all: find out more exactly how long it takes and what the use is worth."
        )
    step = _step(explanation.first_step)
    own: Remedy = explanation.within_own_mandate
    if own.action is explanation.first_step.action:
        return step
    return gettext(
        "%(step)s Within your own mandate: %(action)s.",
        step=step,
        action=label("action", own.action).lower(),
    )


def _step(remedy: Remedy) -> str:
    return gettext(
        _FIRST_STEPS[remedy.action],
        released=significant(remedy.released_hours),
        one_off=significant(remedy.one_off_hours),
    )
