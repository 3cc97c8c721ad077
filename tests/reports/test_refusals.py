from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

import timethief
from timethief.domain.errors import Invalid
from timethief.i18n import LANGUAGES, speaking
from timethief.reports.refusals import _SENTENCES, sentence

PACKAGE = Path(timethief.__file__).parent
VALUES = {
    "limit": 1_440,
    "length": 250,
    "small": 1.5,
    "large": 1_500.0,
    "key": "minutes",
    "hours": 17_520.0,
    "row": 17,
    "line": 17,
    "sheets": "Blad1, Blad2",
    "name": "Norra",
    "given": "orsak",
    "allowed": "enhet",
    "first": date(2026, 3, 13),
    "last": date(2026, 9, 6),
}


def reasons() -> Iterator[str]:
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(
                    func=ast.Name(id="Invalid"), args=[_, ast.Constant(value=str(reason)), *_]
                ):
                    yield reason
                case ast.Assign(
                    targets=[ast.Name(id="reason")], value=ast.Constant(value=str(reason))
                ):
                    yield reason


RAISED = sorted(set(reasons()))


def test_the_reasons_of_the_source_are_found() -> None:
    assert {"unreadable", "wrong_order", "too_long", "not_json", "unknown_field"} <= set(RAISED)


@pytest.mark.parametrize("reason", RAISED)
def test_every_reason_has_a_sentence(reason: str) -> None:
    with speaking("en"):
        assert sentence(Invalid("field", reason, **VALUES)).endswith(".")


@pytest.mark.parametrize("reason", sorted(_SENTENCES))
def test_every_sentence_has_a_swedish_translation(reason: str) -> None:
    told = {}
    for language in LANGUAGES:
        with speaking(language):
            told[language] = sentence(Invalid("field", reason, **VALUES))

    assert told["sv"] != told["en"]
    assert not any("%" in text for text in told.values())


@pytest.mark.parametrize("reason", sorted(_SENTENCES))
def test_a_translation_tells_the_same_values(reason: str) -> None:
    told = {}
    for language in LANGUAGES:
        with speaking(language):
            text = sentence(Invalid("field", reason, **VALUES))
            told[language] = sorted(
                re.findall(r"\d+", re.sub(r"(?<=\d)[,.\u00a0](?=\d)", "", text))
            )

    assert told["sv"] == told["en"]


@pytest.mark.parametrize(
    ("field", "reason", "begins"),
    [
        ("title", "required", "Write what you do"),
        ("times", "required", "Write about how many times"),
        ("frequency", "required", "This needs an answer"),
        ("frequency.times", "required", "This needs an answer"),
    ],
)
def test_a_field_may_have_a_sentence_of_its_own(field: str, reason: str, begins: str) -> None:
    with speaking("en"):
        assert sentence(Invalid(field, reason)).startswith(begins)


@pytest.mark.parametrize(
    ("language", "words"), [("en", "1.5 or 1,500?"), ("sv", "1,5 eller 1\u00a0500?")]
)
def test_the_values_are_written_as_the_language_writes_numbers(language: str, words: str) -> None:
    with speaking(language):
        assert words in sentence(Invalid("minutes", "ambiguous", **VALUES))


def test_a_small_limit_is_told_with_its_decimals() -> None:
    with speaking("sv"):
        assert "0,001" in sentence(Invalid("minutes", "too_small", limit=0.001))
