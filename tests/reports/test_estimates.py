from __future__ import annotations

import pytest

from timethief.domain.ranges import Range
from timethief.domain.tasks import Frequency, Worth
from timethief.domain.vocabulary import Per
from timethief.i18n import speaking
from timethief.reports.estimates import estimate_text, frequency_text, hours_text, worth_text


@pytest.mark.parametrize(
    ("hours", "english", "swedish"),
    [
        (Range(132, 176, 220), "130\u2013220", "130\u2013220"),
        (Range(1_234, 2_000, 3_456), "1,200\u20133,500", "1\u00a0200\u20133\u00a0500"),
        (Range(0, 50, 125), "0\u2013130", "0\u2013130"),
        (Range(0, 0, 0), "0", "0"),
        (Range(100, 100, 100), "100", "100"),
        (Range(100, 102, 104.9), "100", "100"),
        (Range(100, 103, 106), "100\u2013110", "100\u2013110"),
        (Range(0.75, 1, 1.25), "0.75\u20131.3", "0,75\u20131,3"),
    ],
)
def test_hours_are_told_with_two_digits(hours: Range, english: str, swedish: str) -> None:
    with speaking("en"):
        assert hours_text(hours) == english
    with speaking("sv"):
        assert hours_text(hours) == swedish


@pytest.mark.parametrize(
    ("estimate", "swedish"),
    [
        (30, "30"),
        (12.5, "12,5"),
        (0.125, "0,13"),
        (1_440.0, "1\u00a0440"),
        (Range(20, 30, 45), "20\u201345"),
        (Range(2, 2, 2), "2"),
        (Range(0.5, 1, 1_000), "0,5\u20131\u00a0000"),
    ],
)
def test_an_estimate_is_told_as_it_was_given(estimate: float | Range, swedish: str) -> None:
    with speaking("sv"):
        assert estimate_text(estimate) == swedish


@pytest.mark.parametrize(
    ("frequency", "english", "swedish"),
    [
        (Frequency(1, Per.WEEK), "once per week", "en g\u00e5ng per vecka"),
        (Frequency(2.5, Per.MONTH), "2.5 times per month", "2,5 g\u00e5nger per m\u00e5nad"),
        (
            Frequency(1_500, Per.YEAR),
            "1,500 times per year",
            "1\u00a0500 g\u00e5nger per \u00e5r",
        ),
    ],
)
def test_a_frequency_is_told_in_words(frequency: Frequency, english: str, swedish: str) -> None:
    with speaking("en"):
        assert frequency_text(frequency) == english
    with speaking("sv"):
        assert frequency_text(frequency) == swedish


@pytest.mark.parametrize(
    ("worth", "english", "swedish"),
    [
        (Worth(share=0.5), "worth 50% of the time", "v\u00e4rt 50\u00a0% av tiden"),
        (
            Worth(minutes=12.5),
            "worth 12.5 minutes each time",
            "v\u00e4rt 12,5 minuter per g\u00e5ng",
        ),
        (
            Worth(minutes=Range(1, 2, 3)),
            "worth 1\u20133 minutes each time",
            "v\u00e4rt 1\u20133 minuter per g\u00e5ng",
        ),
        (Worth(minutes=0), "worth 0 minutes each time", "v\u00e4rt 0 minuter per g\u00e5ng"),
        (
            Worth(sek_per_year=120_000),
            "worth 120,000 kronor a year",
            "v\u00e4rt 120\u00a0000 kronor per \u00e5r",
        ),
    ],
)
def test_a_worth_is_told_in_its_own_kind(worth: Worth, english: str, swedish: str) -> None:
    with speaking("en"):
        assert worth_text(worth) == english
    with speaking("sv"):
        assert worth_text(worth) == swedish
