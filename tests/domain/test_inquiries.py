from __future__ import annotations

from datetime import date, timedelta

import pytest

from timethief.domain.errors import Invalid
from timethief.domain.inquiries import (
    DEFAULT_DEADLINE,
    LONGEST_DEADLINE,
    SHORTEST_DEADLINE,
    WORTH_SHARES,
    Answer,
    InquiryState,
    Relevant,
    Restated,
    Said,
    Used,
    WorthIt,
    check_deadline,
    is_late,
    may_tell_all,
    reminded_on,
    restated,
)
from timethief.domain.intake import DEFAULT_WORTH_SHARE
from timethief.domain.ranges import Range
from timethief.domain.statements import Statement
from timethief.domain.tasks import Use, Worth
from timethief.domain.vocabulary import Beneficiary, InUse, Level, Purpose, Source

TODAY = date(2026, 3, 10)
DAY = timedelta(days=1)


def _said(
    number: int,
    beneficiary: Beneficiary,
    purpose: Purpose,
    source: Source = Source.PERFORMER,
    worth: Worth | None = None,
) -> Said:
    said = Statement(source, InUse.BELIEVED, worth or Worth(share=1.0), TODAY)
    return Said(number, beneficiary, purpose, [said])


def _yes(
    beneficiary: Beneficiary = Beneficiary.REQUESTER,
    purpose: Purpose = Purpose.FOLLOW_UP,
    worth: WorthIt = WorthIt.MORE,
) -> Answer:
    return Answer(Used.YES, Relevant.YES, worth, beneficiary, purpose)


def _no(worth: WorthIt = WorthIt.NO) -> Answer:
    return Answer(Used.NO, Relevant.NO, worth)


UNKNOWN = Answer(Used.UNKNOWN, Relevant.UNKNOWN, WorthIt.UNKNOWN)


@pytest.mark.parametrize(
    ("beneficiary", "purpose", "field"),
    [
        (None, Purpose.OTHER, "beneficiary"),
        (Beneficiary.CITIZEN, None, "purpose"),
    ],
)
def test_who_uses_it_says_whom_it_benefits_and_what_for(
    beneficiary: Beneficiary | None, purpose: Purpose | None, field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        Answer(Used.YES, Relevant.YES, WorthIt.YES, beneficiary, purpose)

    assert refused.value.field == field


def test_the_use_with_the_same_beneficiary_and_purpose_is_confirmed() -> None:
    uses = [
        _said(0, Beneficiary.REQUESTER, Purpose.OTHER),
        _said(1, Beneficiary.REQUESTER, Purpose.FOLLOW_UP, Source.REVIEWER),
    ]

    found = restated(_yes(), uses, Level.STATE)

    use = Use(Beneficiary.REQUESTER, Purpose.FOLLOW_UP, InUse.CONFIRMED, Worth(share=2.0))
    assert found == (Restated(1, use),)


@pytest.mark.parametrize("beneficiary", [Beneficiary.REQUESTER, Beneficiary.CITIZEN])
def test_what_those_who_do_it_guessed_is_put_right(beneficiary: Beneficiary) -> None:
    uses = [_said(0, beneficiary, Purpose.OTHER)]

    (found,) = restated(_yes(Beneficiary.RESEARCH, Purpose.STATISTICS), uses, Level.STATE)

    assert found.use == 0
    assert (found.meant.beneficiary, found.meant.purpose) == (
        Beneficiary.RESEARCH,
        Purpose.STATISTICS,
    )


@pytest.mark.parametrize(
    "known",
    [
        _said(0, Beneficiary.CITIZEN, Purpose.SAFETY),
        _said(0, Beneficiary.REQUESTER, Purpose.OTHER, Source.REVIEWER),
        _said(0, Beneficiary.REQUESTER, Purpose.OTHER, Source.RECEIVER),
    ],
)
def test_a_use_that_somebody_knows_of_stays_beside_the_new_one(known: Said) -> None:
    (found,) = restated(_yes(), [known], Level.STATE)

    assert found.use is None


def test_the_guess_with_the_same_beneficiary_goes_first() -> None:
    uses = [
        _said(0, Beneficiary.CITIZEN, Purpose.OTHER),
        _said(1, Beneficiary.REQUESTER, Purpose.OTHER),
    ]

    (found,) = restated(_yes(), uses, Level.STATE)

    assert found.use == 1


@pytest.mark.parametrize(
    ("level", "falls"),
    [
        (Level.OWN_ORGANISATION, Beneficiary.OWN_ORGANISATION),
        (Level.STATE, Beneficiary.OTHER_AUTHORITY),
    ],
)
def test_not_used_is_said_of_every_use_that_falls_on_who_answers(
    level: Level, falls: Beneficiary
) -> None:
    uses = [
        _said(0, Beneficiary.CITIZEN, Purpose.SAFETY),
        _said(1, Beneficiary.REQUESTER, Purpose.OTHER, Source.REVIEWER),
        _said(2, Beneficiary.OWN_ORGANISATION, Purpose.COORDINATION),
        _said(3, Beneficiary.OTHER_AUTHORITY, Purpose.STATISTICS),
    ]

    found = restated(_no(), uses, level)

    own = 2 if falls is Beneficiary.OWN_ORGANISATION else 3
    assert [each.use for each in found] == [1, own]
    assert {each.meant.in_use for each in found} == {InUse.NOT_USED}


def test_not_used_where_nobody_stated_a_use_is_a_use_of_its_own() -> None:
    (found,) = restated(_no(), [_said(0, Beneficiary.CITIZEN, Purpose.OTHER)], Level.STATE)

    assert found.use is None
    assert found.meant.in_use is InUse.NOT_USED


def test_not_to_know_adds_no_use_and_takes_none_away() -> None:
    uses = [_said(0, Beneficiary.REQUESTER, Purpose.OTHER, worth=Worth(minutes=Range(1, 2, 3)))]

    assert restated(UNKNOWN, [], Level.STATE) == ()
    (found,) = restated(UNKNOWN, uses, Level.STATE)
    assert (found.use, found.meant.in_use) == (0, InUse.UNKNOWN)
    assert found.meant.worth == Worth(minutes=Range(1, 2, 3))


def test_who_does_not_know_what_it_is_worth_leaves_what_has_been_said() -> None:
    known = _said(0, Beneficiary.REQUESTER, Purpose.FOLLOW_UP, worth=Worth(sek_per_year=9_000.0))

    (of_known,) = restated(_yes(worth=WorthIt.UNKNOWN), [known], Level.STATE)
    (of_new,) = restated(_yes(worth=WorthIt.UNKNOWN), [], Level.STATE)

    assert of_known.meant.worth == Worth(sek_per_year=9_000.0)
    assert of_new.meant.worth == Worth(share=DEFAULT_WORTH_SHARE)


def test_a_better_answer_is_never_worth_less() -> None:
    order = [WorthIt.NO, WorthIt.SIMPLER, WorthIt.YES, WorthIt.MORE]
    shares = [WORTH_SHARES[each] or 0.0 for each in order]

    assert shares == sorted(set(shares))
    assert WORTH_SHARES[WorthIt.SIMPLER] is not None
    assert shares[1] < 1 < shares[2]


@pytest.mark.parametrize(
    ("deadline", "reason"),
    [
        (TODAY - DAY, "day_too_early"),
        (TODAY, "day_too_early"),
        (TODAY + SHORTEST_DEADLINE - DAY, "day_too_early"),
        (TODAY + LONGEST_DEADLINE + DAY, "day_too_late"),
    ],
)
def test_a_deadline_that_is_past_too_near_or_too_far_is_refused(
    deadline: date, reason: str
) -> None:
    with pytest.raises(Invalid) as refused:
        check_deadline(deadline, TODAY)

    assert refused.value.reason == reason


@pytest.mark.parametrize("after", [SHORTEST_DEADLINE, DEFAULT_DEADLINE, LONGEST_DEADLINE])
def test_a_deadline_within_the_limits_is_kept(after: timedelta) -> None:
    assert check_deadline(TODAY + after, TODAY) == TODAY + after


def test_every_deadline_has_a_reminder_between_the_question_and_the_day() -> None:
    for days in range(SHORTEST_DEADLINE.days, LONGEST_DEADLINE.days + 1):
        deadline = TODAY + days * DAY

        assert TODAY < reminded_on(TODAY, deadline) < deadline
    assert reminded_on(TODAY, TODAY + 21 * DAY) == TODAY + 14 * DAY
    assert reminded_on(TODAY, TODAY + 5 * DAY) == TODAY + 3 * DAY


def test_only_what_waits_is_late_and_not_on_the_day_itself() -> None:
    assert not is_late(InquiryState.WAITING, TODAY, TODAY)
    assert is_late(InquiryState.WAITING, TODAY - DAY, TODAY)
    assert not is_late(InquiryState.ANSWERED, TODAY - DAY, TODAY)
    assert not is_late(InquiryState.WITHDRAWN, TODAY - DAY, TODAY)


@pytest.mark.parametrize(
    ("tasks", "units", "told"), [(3, 2, True), (2, 2, False), (3, 1, False), (100, 1, False)]
)
def test_the_sum_is_told_from_three_tasks_in_two_units(tasks: int, units: int, told: bool) -> None:  # noqa: FBT001 - a parameter of a test
    assert may_tell_all(tasks, units) is told
