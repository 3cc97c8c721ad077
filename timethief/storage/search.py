"""Full-text search in Swedish behind one door: FTS5 on SQLite, tsvector on PostgreSQL.

What a user typed never reaches the query syntax: it is cut into words here, and each word is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import snowballstemmer
from sqlalchemy import ColumnElement, Connection, Select, column, func, select, table, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from timethief.domain.names import folded

MOST_WORDS = 12
"""Words of a query beyond this many are left out."""
LONGEST_QUERY = 200

_WORD = re.compile(r"\w+")
_SHORTEST_STEM = 3
_STEMMER = snowballstemmer.stemmer("swedish")
_INDEX = table("task_search", column("rowid"), column("task_id"), column("document"))

SQLITE_DDL = (
    """CREATE VIRTUAL TABLE task_search USING fts5(
        title, description, requester, tokenize = "unicode61 remove_diacritics 0", prefix = '3')""",
)
POSTGRESQL_DDL = (
    "CREATE TABLE task_search (task_id BIGINT PRIMARY KEY, document TSVECTOR NOT NULL)",
    "CREATE INDEX ix_task_search_document ON task_search USING gin (document)",
)


@dataclass(frozen=True, slots=True)
class Document:
    """What of a task can be found by its words."""

    task_id: int
    title: str
    description: str
    requester: str


def create_index(connection: Connection) -> None:
    """Make the search index of this kind of database."""
    ddl = SQLITE_DDL if connection.dialect.name == "sqlite" else POSTGRESQL_DDL
    for statement in ddl:
        connection.execute(text(statement))


def drop_index(connection: Connection) -> None:
    """Take the search index away."""
    connection.execute(text("DROP TABLE task_search"))


def index(session: Session, documents: Iterable[Document]) -> None:
    """Make the tasks findable by these words, and no longer by those they had."""
    rows = [
        {
            "task_id": document.task_id,
            "title": folded(document.title),
            "description": folded(document.description),
            "requester": folded(document.requester),
        }
        for document in documents
    ]
    if not rows:
        return
    if session.get_bind().dialect.name == "sqlite":
        session.execute(
            text(
                "INSERT OR REPLACE INTO task_search (rowid, title, description, requester) "
                "VALUES (:task_id, :title, :description, :requester)"
            ),
            rows,
        )
        return
    session.execute(
        text(
            "INSERT INTO task_search (task_id, document) VALUES (:task_id, "
            "setweight(to_tsvector('swedish', :title), 'A') || "
            "setweight(to_tsvector('swedish', :requester), 'B') || "
            "setweight(to_tsvector('swedish', :description), 'C')) "
            "ON CONFLICT (task_id) DO UPDATE SET document = excluded.document"
        ),
        rows,
    )


def forget(session: Session, task_id: int) -> None:
    """Make the task unfindable by words."""
    key = "rowid" if session.get_bind().dialect.name == "sqlite" else "task_id"
    session.execute(text(f"DELETE FROM task_search WHERE {key} = :task_id"), {"task_id": task_id})  # noqa: S608 - one of two fixed words


def words_of(query: str) -> tuple[str, ...]:
    """The words of what a user typed, folded; signs and operators are left out."""
    return tuple(_WORD.findall(folded(query[:LONGEST_QUERY])))[:MOST_WORDS]


def matching(session: Session, words: Sequence[str], *, every: bool = True) -> Select[int]:
    """A query for the ids of the tasks that hold these words, in any inflection.

    Args:
        session: tells which database it is for.
        words: from `words_of`; at least one.
        every: all of the words, else any of them.
    """
    if session.get_bind().dialect.name == "sqlite":
        glue = " AND " if every else " OR "
        pattern = glue.join(f'"{_stem(word)}"*' for word in words)
        return select(_INDEX.c.rowid).where(
            text("task_search MATCH :words").bindparams(words=pattern)
        )
    glue = " & " if every else " | "
    pattern = glue.join(f"'{word}':*" for word in words)
    query = func.to_tsquery(text("'swedish'"), pattern)
    return select(_INDEX.c.task_id).where(_INDEX.c.document.op("@@")(query))


def holds(
    session: Session, words: Sequence[str], task_id: InstrumentedAttribute[int]
) -> ColumnElement[bool]:
    """Whether the task of the row at hand holds every one of these words, in any inflection."""
    found = matching(session, words)
    key = _INDEX.c.rowid if session.get_bind().dialect.name == "sqlite" else _INDEX.c.task_id
    return found.where(key == task_id).exists()


def _stem(word: str) -> str:
    """What the inflections of a Swedish word have in common; SQLite then looks for words that begin so."""
    stem: str = _STEMMER.stemWord(word)
    return stem if len(stem) >= _SHORTEST_STEM else word
