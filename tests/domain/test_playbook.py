"""Which examples are worth looking at for a task."""

from __future__ import annotations

import pytest

from timethief.domain.errors import Invalid
from timethief.domain.playbook import LONGEST_TOLD, MOST_SHOWN, Example, Practice, fitting
from timethief.domain.vocabulary import Action, Cause, Signal


def _example(
    code: str,
    signals: set[Signal] | None = None,
    causes: set[Cause] | None = None,
    action: Action = Action.SIMPLIFY,
    *,
    own: bool = False,
) -> Example:
    return Example(
        code=code,
        title=code,
        where="",
        done="",
        effect="",
        action=action,
        signals=frozenset(signals or set()),
        causes=frozenset(causes or set()),
        own=own,
    )


def _codes(examples: list[Example]) -> list[str]:
    return [example.code for example in examples]


def test_a_shared_signal_weighs_more_than_cause_and_remedy_each() -> None:
    examples = [
        _example("one signal, cause", {Signal.PAPER}, {Cause.INEFFICIENT}, Action.AUTOMATE),
        _example(
            "two signals, cause", {Signal.PAPER, Signal.GRANT}, {Cause.INEFFICIENT}, Action.AUTOMATE
        ),
        _example("cause and remedy", set(), {Cause.INEFFICIENT}, Action.SIMPLIFY),
    ]

    found = fitting(examples, [Signal.PAPER, Signal.GRANT], Cause.INEFFICIENT, Action.SIMPLIFY)

    assert _codes(found) == ["two signals, cause", "one signal, cause", "cause and remedy"]


def test_an_example_that_agrees_on_nothing_but_the_signal_is_no_help() -> None:
    other = _example("other", {Signal.PAPER}, {Cause.UNUSED}, Action.REMOVE)

    assert fitting([other], [Signal.PAPER], Cause.INEFFICIENT, Action.SIMPLIFY) == []


def test_one_without_a_shared_signal_must_agree_on_both_the_others() -> None:
    cause_only = _example("cause", set(), {Cause.UNUSED}, Action.REMOVE)
    both = _example("both", set(), {Cause.UNUSED}, Action.SIMPLIFY)

    assert _codes(fitting([cause_only, both], [], Cause.UNUSED, Action.SIMPLIFY)) == ["both"]


def test_the_own_organisation_goes_first_where_both_fit_as_well() -> None:
    theirs = _example("theirs", {Signal.PAPER}, {Cause.UNUSED})
    ours = _example("ours", {Signal.PAPER}, {Cause.UNUSED}, own=True)

    found = fitting([theirs, ours], [Signal.PAPER], Cause.UNUSED, Action.SIMPLIFY)

    assert _codes(found) == ["ours", "theirs"]


def test_no_more_are_shown_than_somebody_reads() -> None:
    many = [_example(str(number), {Signal.PAPER}, {Cause.UNUSED}) for number in range(9)]

    assert len(fitting(many, [Signal.PAPER], Cause.UNUSED, Action.SIMPLIFY)) == MOST_SHOWN


def test_a_task_that_is_no_time_thief_needs_no_example() -> None:
    assert fitting([_example("any", {Signal.PAPER})], [Signal.PAPER], None, Action.KEEP) == []


def _practice(**changed: object) -> Practice:
    said: dict[str, object] = {
        "title": " Slopade rapporten ",
        "where": "",
        "done": "Vi frågade mottagaren.",
        "effect": "",
        "action": Action.REMOVE,
        "signals": frozenset({Signal.NO_FEEDBACK}),
        "causes": frozenset(),
        "freed_hours": None,
    }
    return Practice(**{**said, **changed}).tidied()  # type: ignore[arg-type]


def test_what_is_written_is_tidied() -> None:
    assert _practice().title == "Slopade rapporten"


@pytest.mark.parametrize(
    ("changed", "field", "reason"),
    [
        ({"title": "  "}, "title", "required"),
        ({"done": ""}, "done", "required"),
        ({"done": "x" * (LONGEST_TOLD + 1)}, "done", "too_long"),
        ({"effect": "x" * (LONGEST_TOLD + 1)}, "effect", "too_long"),
        ({"freed_hours": -1.0}, "freed_hours", "too_small"),
        ({"freed_hours": float("nan")}, "freed_hours", "unreadable"),
    ],
)
def test_what_cannot_be_used_is_refused_by_field(
    changed: dict[str, object], field: str, reason: str
) -> None:
    with pytest.raises(Invalid) as refused:
        _practice(**changed)

    assert (refused.value.field, refused.value.reason) == (field, reason)
