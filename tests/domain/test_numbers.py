from __future__ import annotations

import math

import pytest

from timethief.domain.errors import Invalid
from timethief.domain.numbers import (
    ACHIEVABLE_MINUTES,
    HOURLY_COST_SEK,
    MINUTES,
    PEOPLE,
    SEK_PER_YEAR,
    SHARE_OF_ONE,
    TIMES,
    Limits,
    check_number,
    read_number,
)

ANY = Limits(least=-1e9, most=1e9)


def refusal_of_text(text: str, limits: Limits = MINUTES) -> Invalid:
    with pytest.raises(Invalid) as refused:
        read_number(text, "minutes", limits)
    return refused.value


def refusal_of_value(value: object, limits: Limits = MINUTES) -> Invalid:
    with pytest.raises(Invalid) as refused:
        check_number(value, "minutes", limits)
    return refused.value


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        (" 12 ", 12),
        ("\t12\n", 12),
        ("12,5", 12.5),
        ("12.5", 12.5),
        ("0,125", 0.125),
        ("0.500", 0.5),
        ("12,50", 12.5),
        ("012", 12),
        ("1 000", 1_000),
        ("1\u00a0000", 1_000),
        ("1\u2009000", 1_000),
        ("1\u202f000", 1_000),
        ("1 234,5", 1_234.5),
        ("1\u00a0000,5", 1_000.5),
        ("1\u2009000.5", 1_000.5),
        ("1 200 000", 1_200_000),
        ("1\u00a0000 000,25", 1_000_000.25),
        ("1234.567", 1_234.567),
        ("+5", 5),
        ("-5", -5),
        ("-1 000,5", -1_000.5),
        ("0", 0),
    ],
)
def test_a_number_is_read_as_people_write_it(text: str, number: float) -> None:
    assert read_number(text, "minutes", ANY) == number


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "\u00a0", "\u200b", "abc", "tolv", "12 st", "5 min", "ca 5", "5-10", "1/2"),
        *("NaN", "nan", "inf", "Infinity", "+Infinity", "-inf", "-Infinity"),
        *("1e309", "1e-400", "1e3", "1E3", "0x10", "0b1", "1_000", "1__0", "12j", "1.5e2"),
        *("１２", "\u0663", "१२", "²", "½", "Ⅻ", "1\u0660"),  # noqa: RUF001 - other digits
        *("\u22125", "--5", "+-5", "- 5", "5-", "+"),
        *("1,2,3", "1.2.3", "1,000,000", "1.000.000", "1.000,5", "1,000.5", "12,", ",5", "."),
        *("1 00", "10 00", "1 0000", "1  000", "1000 000", "1 000 00", "1'000", "1,5 000"),
        *("1\n000", "1\u3000000", "1\u200b000", "12\x00", "\ud800", "12\u202e"),
        *("9" * 41, "9" * 5_000, "1" + " 000" * 1_000),
        *("=1+1", "#REF!", "2026-03-01", "True", "None", "12 kr"),
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    assert refusal_of_text(text, ANY).reason == "unreadable"


@pytest.mark.parametrize(
    ("text", "small", "large"),
    [
        ("1.000", 1, 1_000),
        ("1,000", 1, 1_000),
        ("1,500", 1.5, 1_500),
        ("12.345", 12.345, 12_345),
        ("999,999", 999.999, 999_999),
        (" 1.000 ", 1, 1_000),
        ("-1.000", -1, -1_000),
    ],
)
def test_thousand_or_decimal_is_asked_never_guessed(text: str, small: float, large: float) -> None:
    refusal = refusal_of_text(text)

    assert (refusal.reason, refusal.values) == ("ambiguous", {"small": small, "large": large})


def test_the_refusal_names_the_field() -> None:
    assert refusal_of_text("x").field == "minutes"


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1 200 000 kr", 1_200_000),
        ("12kr", 12),
        ("12 st", 12),
        ("12,5\u00a0kr", 12.5),
        ("12", 12),
    ],
)
def test_a_known_word_may_stand_behind_a_number(text: str, number: float) -> None:
    assert read_number(text, "sek_per_year", SEK_PER_YEAR, suffixes=("kr", "st")) == number


@pytest.mark.parametrize("text", ["1,2 mkr", "kr", "kr 12", "12 kronor", "12 krkr kr"])
def test_any_other_word_is_refused(text: str) -> None:
    with pytest.raises(Invalid, match="unreadable"):
        read_number(text, "sek_per_year", SEK_PER_YEAR, suffixes=("kr", "st"))


def test_thousand_or_decimal_is_asked_with_a_word_behind_too() -> None:
    with pytest.raises(Invalid, match="ambiguous"):
        read_number("1.200 kr", "sek_per_year", SEK_PER_YEAR, suffixes=("kr",))


@pytest.mark.parametrize(
    ("text", "limits", "reason", "limit"),
    [
        ("0", MINUTES, "not_above", 0),
        ("-5", MINUTES, "not_above", 0),
        ("0,0005", MINUTES, "too_small", 0.001),
        ("1440,5", MINUTES, "too_large", 1_440),
        ("-1", ACHIEVABLE_MINUTES, "too_small", 0),
        ("99999999999", TIMES, "too_large", 1_000_000),
        ("0", PEOPLE, "too_small", 1),
        ("9223372036854775808", PEOPLE, "too_large", 1_000_000),
        ("1,0000001", SHARE_OF_ONE, "too_large", 1),
        ("-0,1", SHARE_OF_ONE, "too_small", 0),
        ("15", SHARE_OF_ONE, "too_large", 1),
        ("0", HOURLY_COST_SEK, "too_small", 1),
        ("-1", HOURLY_COST_SEK, "too_small", 1),
        ("1000000000", HOURLY_COST_SEK, "too_large", 100_000),
    ],
)
def test_a_number_past_a_limit_is_told_the_limit(
    text: str, limits: Limits, reason: str, limit: float
) -> None:
    refusal = refusal_of_text(text, limits)

    assert (refusal.reason, refusal.values) == (reason, {"limit": limit})


@pytest.mark.parametrize(
    ("text", "limits"),
    [("1440", MINUTES), ("0,001", MINUTES), ("0", ACHIEVABLE_MINUTES), ("1", SHARE_OF_ONE)],
)
def test_a_number_at_its_limit_is_taken(text: str, limits: Limits) -> None:
    assert read_number(text, "minutes", limits) == float(text.replace(",", "."))


def test_half_a_person_is_refused() -> None:
    assert refusal_of_text("1,5", PEOPLE).reason == "not_whole"
    assert refusal_of_value(1.5, PEOPLE).reason == "not_whole"


@pytest.mark.parametrize("value", [True, False, None, "12", "", b"12", [12], {}, 12j, math.nan])
def test_a_value_that_is_no_number_is_refused(value: object) -> None:
    assert refusal_of_value(value).reason == "unreadable"


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (math.inf, "too_large"),
        (-math.inf, "not_above"),
        (10**400, "too_large"),
        (-(10**400), "not_above"),
        (2**63, "too_large"),
        (5e-324, "too_small"),
        (0, "not_above"),
        (-0.0, "not_above"),
    ],
)
def test_a_value_without_end_is_refused(value: float, reason: str) -> None:
    assert refusal_of_value(value).reason == reason


@pytest.mark.parametrize("value", [30, 30.0, 0.5])
def test_a_value_within_the_limits_is_taken_as_it_is(value: float) -> None:
    assert check_number(value, "minutes", MINUTES) == value
