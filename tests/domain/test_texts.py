from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.strategies import LAW
from timethief.domain.errors import Invalid
from timethief.domain.tasks import LONGEST_DESCRIPTION, LONGEST_TITLE, read_text


def refusal(text: str, *, required: bool = False) -> Invalid:
    with pytest.raises(Invalid) as refused:
        read_text(text, "title", LONGEST_TITLE, required=required)
    return refused.value


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  Skriva rapport \n", "Skriva rapport"),
        ("A\u030atga\u0308rd", "\u00c5tg\u00e4rd"),
        ("A\x07\u030a", "\u00c5"),
        ("rad\r\nrad\rrad\nrad\ttab", "rad\nrad\nrad\nrad\ttab"),
        ("a\x0b\x0c\x07\x1b\x7f\x85b", "ab"),
        ("\x07 \x1b ord", "ord"),
        ("=1+1", "=1+1"),
        ("<script>{{7*7}}</script>", "<script>{{7*7}}</script>"),
        ("\u202eabc", "\u202eabc"),
        ("\U0001f469\u200d\U0001f692", "\U0001f469\u200d\U0001f692"),
        ("\ufb01l", "\ufb01l"),
        ("\u00a0ord\u00a0", "ord"),
        ("", ""),
    ],
)
def test_a_text_is_kept_as_it_was_meant(text: str, kept: str) -> None:
    assert read_text(text, "title", LONGEST_TITLE) == kept


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "\n\t\r", "\u00a0\u2009\u202f", "\u200b\u200c\u200d\u2060\ufeff"),
        *("\u00ad", "\u200e\u200f", "\u202e", "\u2061", "\u180e", "\ufe0f", "\u034f", "\u2028"),
        *("\u3164", "\u115f\u1160", "\u2800", "\uffa0", "\x07\x1b", " \u200b \u00a0"),
    ],
)
def test_a_text_of_nothing_visible_is_no_answer(text: str) -> None:
    assert refusal(text, required=True).reason == "required"


@pytest.mark.parametrize("text", ["a", "7", "?", "\u00e5", "\U0001f600", "\u200ba", "\u4e00"])
def test_one_visible_character_is_an_answer(text: str) -> None:
    assert read_text(text, "title", LONGEST_TITLE, required=True) == text


@pytest.mark.parametrize("text", ["a\x00b", "\x00", "\ud800", "a\udfffb"])
def test_what_cannot_be_stored_is_refused(text: str) -> None:
    assert refusal(text).reason == "bad_characters"


@pytest.mark.parametrize("limit", [LONGEST_TITLE, LONGEST_DESCRIPTION])
def test_a_text_too_long_is_told_its_length_and_the_limit(limit: int) -> None:
    with pytest.raises(Invalid) as refused:
        read_text("\u00e5" * (limit + 1), "title", limit)

    assert refused.value.reason == "too_long"
    assert refused.value.values == {"limit": limit, "length": limit + 1}


def test_length_counts_code_points_of_the_text_that_is_kept() -> None:
    composed = read_text("a\u030a" * LONGEST_TITLE, "title", LONGEST_TITLE)
    padded = read_text(" " * 50 + "\U0001f600" * LONGEST_TITLE + "\x07", "title", LONGEST_TITLE)

    assert (len(composed), len(padded)) == (LONGEST_TITLE, LONGEST_TITLE)


def test_the_limits_are_those_of_the_model() -> None:
    assert (LONGEST_TITLE, LONGEST_DESCRIPTION) == (200, 4_000)


@LAW
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60))
def test_a_text_that_was_read_reads_the_same_again(text: str) -> None:
    once = read_text(text, "title", LONGEST_TITLE)

    assert read_text(once, "title", LONGEST_TITLE) == once
    assert unicodedata.is_normalized("NFC", once)
