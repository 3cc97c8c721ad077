from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from timethief.domain.errors import Invalid
from timethief.domain.mail import GIVEN_UP_AFTER, masked, next_try, one_line, read_subject

NOW = datetime(2026, 3, 10, 9, tzinfo=UTC)


@pytest.mark.parametrize("text", ["a\r\nBcc: b", "a\nb", "a\rb", "a\u2028b", "a\u0085b", "a\n"])
def test_a_subject_is_one_line(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_subject(text)

    assert (refused.value.field, refused.value.reason) == ("subject", "several_lines")


@pytest.mark.parametrize(
    ("text", "reason"), [("", "required"), (" \u200b", "required"), ("a" * 201, "too_long")]
)
def test_a_subject_says_something_in_few_words(text: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_subject(text)

    assert refused.value.reason == reason


def test_signs_that_turn_the_reading_direction_are_left_out() -> None:
    assert read_subject("Enhet \u202egnp.exe") == "Enhet gnp.exe"


def test_line_breaks_of_old_rows_become_spaces() -> None:
    assert one_line("Enhet X\r\nBcc: a@evil.example") == "Enhet X Bcc: a@evil.example"


def test_each_failure_makes_the_wait_longer_up_to_half_a_day() -> None:
    waits = [next_try(attempts, NOW, NOW) for attempts in range(1, 8)]

    minutes = [(each - NOW) / timedelta(minutes=1) for each in waits if each is not None]
    assert minutes == [1, 5, 30, 120, 720, 720, 720]


def test_after_three_days_there_is_no_next_try() -> None:
    assert next_try(9, NOW, NOW + GIVEN_UP_AFTER - timedelta(seconds=1)) is not None
    assert next_try(9, NOW, NOW + GIVEN_UP_AFTER) is None


@pytest.mark.parametrize(
    ("address", "shown"),
    [("anna.berg@example.se", "a***@example.se"), ("a@example.se", "a***@example.se")],
)
def test_an_address_is_masked_but_for_its_first_letter_and_its_domain(
    address: str, shown: str
) -> None:
    assert masked(address) == shown
