from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest

from timethief.domain.schedule import CAUGHT_UP_FOR, Slot, check_time, daily, minute, moment
from timethief.i18n import TIME_ZONE

SPRING, AUTUMN = date(2026, 3, 29), date(2026, 10, 25)
AT = time(6, 30)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def _days(now: str, at: time = AT) -> list[date]:
    return [slot.local_date for slot in daily(at, utc(now), TIME_ZONE)]


@pytest.mark.parametrize("at", [time(2), time(2, 30), time(2, 59)])
def test_no_job_may_stand_where_clocks_are_turned(at: time) -> None:
    with pytest.raises(ValueError, match="twice"):
        check_time(at)


@pytest.mark.parametrize("at", [time(0), time(1, 59), time(3), time(23, 59)])
def test_every_other_time_is_once_in_every_day(at: time) -> None:
    check_time(at)


def test_a_daily_run_is_due_from_its_minute_on_for_a_day() -> None:
    # 06.30 in Sweden is 05.30 in UTC until the clocks are turned.
    assert _days("2026-03-10 05:29:59") == [date(2026, 3, 9)]
    assert _days("2026-03-10 05:30:00") == [date(2026, 3, 10)]
    assert _days("2026-03-10 22:59:00") == [date(2026, 3, 10)]
    assert _days("2026-03-11 05:29:59") == [date(2026, 3, 10)]


@pytest.mark.parametrize("day", [SPRING, AUTUMN, date(2028, 2, 29), date(2026, 12, 31)])
def test_over_clock_changes_and_leap_days_each_date_has_its_run_once(day: date) -> None:
    seen: list[Slot] = []
    now = moment(day - timedelta(days=3), time(), TIME_ZONE)
    while now < moment(day + timedelta(days=3), time(), TIME_ZONE):
        seen += [slot for slot in daily(AT, now, TIME_ZONE) if slot not in seen]
        now += timedelta(minutes=5)

    wanted = [day + timedelta(days=number) for number in range(-4, 3)]
    assert [slot.local_date for slot in seen] == wanted


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_a_run_keeps_its_time_on_the_wall_when_clocks_are_turned(day: date) -> None:
    times = [moment(day + timedelta(days=number), AT, TIME_ZONE) for number in (-1, 0, 1)]

    assert {each.astimezone(TIME_ZONE).time() for each in times} == {AT}
    hours = {(later - earlier) / timedelta(hours=1) for earlier, later in pairwise(times)}
    assert hours == ({23.0, 24.0} if day == SPRING else {24.0, 25.0})


def test_a_missed_run_is_made_up_for_within_a_day_and_not_after() -> None:
    due = moment(date(2026, 3, 10), AT, TIME_ZONE)

    for late, is_due in ((timedelta(hours=23, minutes=59), True), (CAUGHT_UP_FOR, False)):
        assert (Slot(date(2026, 3, 10)) in daily(AT, due + late, TIME_ZONE)) is is_due


def test_on_the_short_day_yesterdays_run_may_be_due_beside_todays() -> None:
    due = moment(SPRING, AT, TIME_ZONE)

    assert [slot.local_date for slot in daily(AT, due, TIME_ZONE)] == [
        SPRING - timedelta(days=1),
        SPRING,
    ]


@pytest.mark.parametrize(("day", "hours"), [(SPRING, 23), (date(2026, 6, 1), 24), (AUTUMN, 25)])
def test_every_minute_of_a_day_has_a_run_of_its_own(day: date, hours: int) -> None:
    began = moment(day, time(), TIME_ZONE)

    slots = [minute(began + timedelta(minutes=number), TIME_ZONE) for number in range(hours * 60)]

    assert slots == [Slot(day, number) for number in range(hours * 60)]
    assert minute(began + timedelta(hours=hours), TIME_ZONE) == Slot(day + timedelta(days=1))


def test_within_a_minute_there_is_one_run() -> None:
    assert minute(utc("2026-03-10 09:00:00"), TIME_ZONE) == minute(
        utc("2026-03-10 09:00:59.999"), TIME_ZONE
    )
