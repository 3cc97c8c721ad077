from __future__ import annotations

from enum import StrEnum

import pytest

from timethief.domain.intake import UseAnswer
from timethief.domain.people import Role
from timethief.domain.vocabulary import (
    Action,
    Beneficiary,
    Binding,
    Cause,
    InUse,
    Level,
    Per,
    Purpose,
    Sector,
    Signal,
    Source,
    TaskStatus,
    Verdict,
)
from timethief.i18n import LANGUAGES, speaking
from timethief.reports.labels import _LABELS, label, labels
from timethief.services.history import EventKind

VOCABULARY: dict[str, type[StrEnum]] = {
    "verdict": Verdict,
    "cause": Cause,
    "action": Action,
    "level": Level,
    "binding": Binding,
    "beneficiary": Beneficiary,
    "purpose": Purpose,
    "in_use": InUse,
    "source": Source,
    "per": Per,
    "signal": Signal,
    "sector": Sector,
    "status": TaskStatus,
    "role": Role,
    "use_answer": UseAnswer,
    "event": EventKind,
}
SAME_IN_BOTH = {"EU", "Region", "Administration"}


@pytest.mark.parametrize("kind", list(VOCABULARY))
def test_every_code_has_words_and_no_words_lack_a_code(kind: str) -> None:
    assert list(labels(kind)) == [code.value for code in VOCABULARY[kind]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(_LABELS))
def test_no_two_codes_of_a_list_have_the_same_words(kind: str, language: str) -> None:
    with speaking(language):
        words = list(labels(kind).values())

    assert len(set(words)) == len(words)
    assert all(words)


@pytest.mark.parametrize(
    "english", sorted({words for kind in _LABELS.values() for words in kind.values()})
)
def test_every_label_has_a_swedish_translation(english: str) -> None:
    [(kind, code)] = [
        (kind, code)
        for kind, codes in _LABELS.items()
        for code, words in codes.items()
        if words == english
    ][:1]

    with speaking("sv"):
        swedish = label(kind, code)

    assert swedish != english or english in SAME_IN_BOTH


def test_a_label_is_in_the_language_in_use() -> None:
    with speaking("en"):
        assert label("per", "week") == "per week"
    with speaking("sv"):
        assert label("per", "week") == "per vecka"


def test_a_code_that_is_none_is_an_error_not_an_empty_word() -> None:
    with pytest.raises(KeyError):
        label("verdict", "maybe")
