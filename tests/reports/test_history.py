from __future__ import annotations

from typing import Any

import pytest

from timethief.i18n import speaking
from timethief.reports.history import _FIELDS, _KINDS, changes
from timethief.reports.labels import labels


@pytest.mark.parametrize(
    ("before", "after", "line"),
    [
        ({"minutes": 30.0}, {"minutes": 12.5}, "Minuter per g\u00e5ng: 30 \u2192 12,5"),
        ({"minutes_low": None}, {"minutes_low": 5}, "Minuter minst: inte angivet \u2192 5"),
        ({"people": 1_200}, {"people": 3}, "Personer: 1\u00a0200 \u2192 3"),
        ({"per": "week"}, {"per": "month"}, "Hur ofta: per vecka \u2192 per m\u00e5nad"),
        ({"verdict": "clear"}, {"verdict": "partial"}, ": Tidstjuv \u2192 Delvis tidstjuv"),
        (
            {},
            {"duplicate_share": 0.5},
            "Andel som registreras dubbelt: inte angivet \u2192 50\u00a0%",
        ),
        (
            {"duplicate_share": 0.0},
            {},
            "Andel som registreras dubbelt: 0\u00a0% \u2192 inte angivet",
        ),
    ],
)
def test_a_change_is_told_as_before_and_after(
    before: dict[str, Any], after: dict[str, Any], line: str
) -> None:
    with speaking("sv"):
        [told] = changes(before, after)

    assert told.endswith(line)


def test_changes_stand_in_one_order_whatever_the_order_they_were_kept_in() -> None:
    before = {"verdict": "clear", "times": 1, "minutes": 30}
    after = {"minutes": 10, "verdict": "possible", "times": 2}

    with speaking("en"):
        told = changes(before, after)

    assert [line.split(":", maxsplit=1)[0] for line in told] == [
        "Minutes each time",
        "Times",
        "Verdict",
    ]


def test_what_has_no_words_is_left_out() -> None:
    assert changes({"secret": 1}, {"secret": 2}) == []
    assert changes({}, {}) == []


@pytest.mark.parametrize(("name", "kind"), list(_KINDS.items()))
def test_every_code_that_a_history_can_hold_is_told_in_words(name: str, kind: str) -> None:
    with speaking("sv"):
        for code, words in labels(kind).items():
            [told] = changes({name: code}, {name: None})
            assert f": {words} \u2192 " in told


@pytest.mark.parametrize("name", list(_FIELDS))
def test_every_field_of_a_history_has_a_swedish_name(name: str) -> None:
    value = next(iter(labels(_KINDS[name]))) if name in _KINDS else 1
    told = {}
    for language in ("sv", "en"):
        with speaking(language):
            [line] = changes({}, {name: value})
            told[language] = line.split(":", maxsplit=1)[0]

    assert told["sv"] != told["en"] or name == "status"
