from __future__ import annotations

from datetime import UTC, date, datetime
from threading import Thread

import pytest

from timethief.i18n import (
    DEFAULT_LANGUAGE,
    LANGUAGES,
    day,
    gettext,
    language,
    lazy_gettext,
    locale,
    moment,
    ngettext,
    number,
    percent,
    set_language,
    significant,
    speaking,
)

NBSP = "\u00a0"


def in_each(what: object, *arguments: object) -> tuple[str, str]:
    assert callable(what)
    with speaking("en"):
        english = what(*arguments)
    with speaking("sv"):
        return english, what(*arguments)


def test_swedish_is_spoken_where_nobody_has_chosen() -> None:
    assert DEFAULT_LANGUAGE == LANGUAGES[0] == "sv"
    assert language() == "sv"


def test_a_language_is_spoken_within_its_block_only() -> None:
    with speaking("en"):
        with speaking("sv"):
            assert language() == "sv"
        assert language() == "en"

    assert language() == "sv"


def test_the_language_returns_even_after_a_fault() -> None:
    with pytest.raises(KeyError), speaking("en"):
        raise KeyError

    assert language() == "sv"


@pytest.mark.parametrize("wanted", ["", "de", "EN", "sv-SE", "../en"])
def test_an_unknown_language_is_swedish(wanted: str) -> None:
    with speaking("en"), speaking(wanted):
        assert language() == "sv"
    with speaking("en"):
        set_language(wanted)
        assert language() == "sv"


def test_a_language_belongs_to_its_own_thread() -> None:
    heard: list[str] = []
    with speaking("en"):
        thread = Thread(target=lambda: heard.append(language()))
        thread.start()
        thread.join()

    assert heard == ["sv"]


def test_a_text_is_translated_and_filled_in() -> None:
    english, swedish = in_each(lambda: gettext("%(hours)s hours", hours=12))

    assert (english, swedish) == ("12 hours", "12 timmar")


def test_a_text_without_values_keeps_its_per_cent_signs() -> None:
    assert gettext("100 % not translated") == "100 % not translated"


def test_a_value_is_never_read_as_a_text_to_fill_in() -> None:
    with speaking("en"):
        assert gettext("%(hours)s hours", hours="%(secret)s") == "%(secret)s hours"


@pytest.mark.parametrize(
    ("count", "english", "swedish"),
    [
        (1, "1 minute", "1 minut"),
        (2, "2 minutes", "2 minuter"),
        (0, "0 minutes", "0 minuter"),
    ],
)
def test_a_number_chooses_the_form(count: int, english: str, swedish: str) -> None:
    told = in_each(
        lambda: ngettext("%(minutes)s minute", "%(minutes)s minutes", count, minutes=count)
    )

    assert told == (english, swedish)


def test_the_number_itself_can_stand_in_the_text() -> None:
    with speaking("en"):
        assert ngettext("%(num)s day", "%(num)s days", 3) == "3 days"
        assert ngettext("%(num)s day", "%(num)s days", 3, num="three") == "three days"


def test_a_lazy_text_is_translated_when_it_is_shown() -> None:
    text = lazy_gettext("Law")

    assert in_each(lambda: str(text)) == ("Law", "Lag")


@pytest.mark.parametrize(
    ("value", "decimals", "english", "swedish"),
    [
        (0, 0, "0", "0"),
        (12.5, 1, "12.5", "12,5"),
        (12.5, 3, "12.5", "12,5"),
        (12.0, 2, "12", "12"),
        (1_204, 0, "1,204", f"1{NBSP}204"),
        (1_234_567.891, 2, "1,234,567.89", f"1{NBSP}234{NBSP}567,89"),
        (0.999, 2, "1", "1"),
        (0.5, 0, "1", "1"),
        (999.96, 1, "1,000", f"1{NBSP}000"),
        (100, 0, "100", "100"),
        (100.10, 2, "100.1", "100,1"),
        (-0.001, 2, "0", "0"),
    ],
)
def test_a_number_is_grouped_and_short(
    value: float, decimals: int, english: str, swedish: str
) -> None:
    assert in_each(number, value, decimals) == (english, swedish)


@pytest.mark.parametrize(
    ("value", "swedish"),
    [
        (0, "0"),
        (917, "920"),
        (1_234, f"1{NBSP}200"),
        (105_600, f"110{NBSP}000"),
        (99.6, "100"),
        (9.96, "10"),
        (1.25, "1,3"),
        (165, "170"),
        (0.125, "0,13"),
        (12.34, "12"),
        (0.567, "0,57"),
        (1_000_000_000.0, f"1{NBSP}000{NBSP}000{NBSP}000"),
        (1e15, NBSP.join(["1"] + ["000"] * 5)),
    ],
)
def test_an_estimate_is_shown_with_two_digits(value: float, swedish: str) -> None:
    assert significant(value) == swedish


@pytest.mark.parametrize(
    ("share", "english", "swedish"),
    [(0.58, "58%", f"58{NBSP}%"), (0, "0%", f"0{NBSP}%"), (12, "1,200%", f"1{NBSP}200{NBSP}%")],
)
def test_a_share_is_told_in_per_cent(share: float, english: str, swedish: str) -> None:
    assert in_each(percent, share) == (english, swedish)


def test_a_day_is_told_in_words() -> None:
    assert in_each(day, date(2026, 3, 1)) == ("1 March 2026", "1 mars 2026")


@pytest.mark.parametrize(
    ("time", "swedish"),
    [
        (datetime(2026, 3, 1, 9, 32, tzinfo=UTC), "1 mars 2026 10:32"),
        (datetime(2026, 7, 1, 22, 5, tzinfo=UTC), "2 juli 2026 00:05"),
    ],
)
def test_a_moment_is_told_in_swedish_time(time: datetime, swedish: str) -> None:
    assert moment(time) == swedish


def test_each_language_has_a_locale() -> None:
    assert in_each(lambda: str(locale())) == ("en_GB", "sv_SE")
