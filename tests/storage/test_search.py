from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from timethief.storage import search
from timethief.storage.database import Database
from timethief.storage.search import Document, words_of

DOCUMENTS = [
    Document(1, 7, "Rapportera frånvaro", "Fylls i på papper varje dag", "Skolverket"),
    Document(2, 7, "Möten om schemaläggning", "Åtgärder följs upp", "Personalenheten"),
    Document(3, 7, "Ödesdigra ärenden i Älvsbyn", "Blanketter om mat", "Länsstyrelsen"),
]
FOUND = {
    "rapporter": [1],
    "rapporterad": [1],
    "RAPPORTERA": [1],
    "möte": [2],
    "mötet": [2],
    "mötena": [2],
    "åtgärd": [2],
    "åtgärderna": [2],
    "a\u030atga\u0308rd": [2],
    "atgard": [],
    "ärende": [3],
    "älvsbyn": [3],
    "ödes": [3],
    "blankett": [3],
    "skolverk": [1],
    "papper frånvaro": [1],
    "papper möte": [],
    "länsstyrelsen blanketterna": [3],
}
HOSTILE = [
    '"',
    "'",
    "NEAR(",
    "NEAR(a b, 5)",
    "*",
    "**",
    "%",
    "_",
    "___",
    "title:",
    "-a",
    "a AND",
    "AND OR NOT",
    "^a",
    "{a b}",
    "a & ! | b",
    "a:*",
    "':*",
    "\\",
    "' OR 1=1--",
    "{{7*7}}",
    "\x00",
    "a\x00b",
    "\ud800",
    "½ ² ﷺ",
    "å" * 5_000,
    "a " * 2_500,
    "",
]


def _index(database: Database) -> None:
    with database.writing_all() as session:
        search.index(session, DOCUMENTS)


def _found(session: Session, query: str, *, every: bool = True) -> list[int]:
    words = words_of(query)
    if not words:
        return []
    return sorted(session.scalars(search.matching(session, words, every=every)))


def test_words_are_found_in_any_inflection(database: Database) -> None:
    _index(database)

    with database.reading_all() as session:
        found = {query: _found(session, query) for query in FOUND}

    assert found == FOUND


def test_any_of_the_words_is_enough_when_not_every_one_is_asked_for(database: Database) -> None:
    _index(database)

    with database.reading_all() as session:
        found = _found(session, "papper möte", every=False)

    assert found == [1, 2]


def test_nothing_that_can_be_typed_is_an_error(database: Database) -> None:
    _index(database)

    with database.reading_all() as session:
        found = {query[:9]: _found(session, query) for query in HOSTILE}

    assert {query for query, ids in found.items() if ids == [1, 2, 3]} == set()
    assert found['"'] == found["_"] == found["%"] == []


@pytest.mark.parametrize(
    "query", ["frånvaro NEAR(", 'frånvaro"', "frånvaro*", "'frånvaro'", "%frånvaro%"]
)
def test_signs_and_operators_are_no_more_than_words(database: Database, query: str) -> None:
    _index(database)

    with database.reading_all() as session:
        found = _found(session, query, every=False)

    assert found == [1]


def test_hostile_text_can_be_indexed(database: Database) -> None:
    texts = [text for text in HOSTILE if "\x00" not in text and "\ud800" not in text]
    documents = [
        Document(n, 7, text[:200], text, text[:200]) for n, text in enumerate(texts, start=1)
    ]

    with database.writing_all() as session:
        search.index(session, documents)

    with database.reading_all() as session:
        assert list(search.not_as_indexed(session, documents)) == []


def test_a_document_indexed_anew_is_found_by_its_new_words_only(database: Database) -> None:
    _index(database)

    with database.writing_all() as session:
        search.index(session, [Document(1, 7, "Attestera fakturor", "", "")])

    with database.reading_all() as session:
        assert _found(session, "frånvaro") == []
        assert _found(session, "faktura") == [1]


def test_a_forgotten_task_is_not_found(database: Database) -> None:
    _index(database)

    with database.writing_all() as session:
        search.forget(session, 1)

    with database.reading_all() as session:
        assert _found(session, "frånvaro") == []
        assert _found(session, "möte") == [2]


def test_a_query_has_so_many_words_and_no_more() -> None:
    words = words_of(" ".join(f"o{number}" for number in range(40)))

    assert len(words) == search.MOST_WORDS


def test_documents_that_are_not_as_indexed_are_told(database: Database) -> None:
    _index(database)
    changed = [Document(1, 7, "Annan titel", "", ""), DOCUMENTS[1], Document(4, 7, "Ny", "", "")]

    with database.reading_all() as session:
        found = sorted(search.not_as_indexed(session, changed))

    assert found == [1, 4]


def test_words_of_tasks_that_do_not_exist_are_told(database: Database) -> None:
    _index(database)

    with database.reading_all() as session:
        found = list(search.strays(session))

    assert found == [1, 2, 3]
