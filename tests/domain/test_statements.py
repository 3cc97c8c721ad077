from __future__ import annotations

from datetime import date

import pytest

from timethief.domain.errors import Invalid
from timethief.domain.ranges import Range
from timethief.domain.statements import Statement, authoritative, differ, latest_by_source
from timethief.domain.tasks import Worth
from timethief.domain.vocabulary import InUse, Source

DAY = date(2026, 3, 1)
PERFORMER, RECEIVER, REVIEWER = Source


def said(source: Source, share: float = 1, in_use: InUse = InUse.BELIEVED) -> Statement:
    return Statement(source, in_use, Worth(share=share), DAY)


def test_those_who_do_it_cannot_confirm_that_it_is_used() -> None:
    with pytest.raises(Invalid) as refused:
        said(PERFORMER, in_use=InUse.CONFIRMED)

    assert (refused.value.field, refused.value.reason) == ("in_use", "performer_cannot_confirm")


@pytest.mark.parametrize("source", [RECEIVER, REVIEWER])
def test_receiver_and_reviewer_can_confirm(source: Source) -> None:
    assert said(source, in_use=InUse.CONFIRMED).in_use is InUse.CONFIRMED


@pytest.mark.parametrize("in_use", [InUse.BELIEVED, InUse.UNKNOWN, InUse.NOT_USED])
def test_those_who_do_it_can_say_anything_else(in_use: InUse) -> None:
    assert said(PERFORMER, in_use=in_use).in_use is in_use


@pytest.mark.parametrize(
    ("sources", "counts"),
    [
        ([PERFORMER], 0),
        ([PERFORMER, RECEIVER], 1),
        ([RECEIVER, PERFORMER], 0),
        ([REVIEWER, RECEIVER, PERFORMER], 0),
        ([PERFORMER, REVIEWER, RECEIVER], 1),
        ([RECEIVER, PERFORMER, RECEIVER, PERFORMER], 2),
        ([REVIEWER, REVIEWER, RECEIVER], 1),
    ],
)
def test_the_most_authoritative_word_counts_and_of_equals_the_latest(
    sources: list[Source], counts: int
) -> None:
    statements = [said(source, share=number) for number, source in enumerate(sources)]

    assert authoritative(statements) is statements[counts]


def test_what_each_says_now_is_listed_most_authoritative_first() -> None:
    statements = [said(PERFORMER, 1), said(REVIEWER, 2), said(PERFORMER, 3)]

    found = latest_by_source(statements)

    assert list(found) == [REVIEWER, PERFORMER]
    assert found[PERFORMER] is statements[2]


@pytest.mark.parametrize(
    ("statements", "differing"),
    [
        ([said(PERFORMER)], False),
        ([said(PERFORMER), said(RECEIVER)], False),
        ([said(PERFORMER), said(RECEIVER, 2)], True),
        ([said(PERFORMER), said(RECEIVER, in_use=InUse.NOT_USED)], True),
        ([said(PERFORMER, 2), said(RECEIVER), said(PERFORMER)], False),
        ([said(REVIEWER, 1), said(REVIEWER, 2)], False),
    ],
)
def test_parties_differ_by_their_latest_words(
    statements: list[Statement], *, differing: bool
) -> None:
    assert differ(statements) is differing


def test_a_worth_told_as_a_range_can_be_compared() -> None:
    worths = [Worth(minutes=Range(1, 2, 3)), Worth(minutes=Range(1, 2, 4))]

    statements = [
        Statement(source, InUse.UNKNOWN, worth, DAY)
        for source, worth in zip((PERFORMER, RECEIVER), worths, strict=True)
    ]

    assert differ(statements)
