"""Full-text search in Swedish behind one door: FTS5 on SQLite, tsvector on PostgreSQL.

What a user typed never reaches the query syntax: it is cut into words here, and each word is quoted.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer
from sqlalchemy import (
    Connection,
    Select,
    column,
    delete,
    exists,
    func,
    select,
    table,
    text,
)
from sqlalchemy.orm import Session

from timethief.domain.names import folded
from timethief.storage.binding import BOUND_BY
from timethief.storage.tables import Task

MOST_WORDS = 12
"""Words of a query beyond this many are left out."""
LONGEST_QUERY = 200
_FORGOTTEN_AT_ONCE = 1_000
_FOLDED = 1_000
"""Texts that are remembered folded, while many tasks are put in that say the same."""

_WORD = re.compile(r"\w+")
_COMMON = frozenset(
    _WORD.findall("""
    och det att i en jag hon som han på den med var sig för så till är men ett om hade de av
    icke mig du henne då sin nu har inte hans honom skulle hennes där min man ej vid kunde
    något från ut när efter upp vi dem vara vad över än dig kan sina här ha mot alla under
    någon eller allt mycket sedan ju denna själv detta åt utan varit hur ingen mitt ni bli
    blev oss din dessa några deras blir mina samma vilken er sådan vår blivit dess inom mellan
    sådant varför varje vilka ditt vem vilket sitta sådana vart dina vars vårt våra ert era
    vilkas
    """)
)
"""Words that stand in every text and tell nothing of it; PostgreSQL's Swedish index leaves out the same ones."""
_SHORTEST_STEM = 3
_STEMMER = snowballstemmer.stemmer("swedish")
_INDEX = table(
    "task_search",
    *(column(name) for name in ("rowid", "title", "description", "requester")),
    *(column(name) for name in ("task_id", "document")),
)
"""The columns of both kinds of database: SQLite has the first four, PostgreSQL the last two."""

SQLITE_DDL = (
    """CREATE VIRTUAL TABLE task_search USING fts5(
        title, description, requester, tokenize = "unicode61 remove_diacritics 0", prefix = '3')""",
)
POSTGRESQL_DDL = (
    "CREATE TABLE task_search (task_id BIGINT PRIMARY KEY, document TSVECTOR NOT NULL)",
    "CREATE INDEX ix_task_search_document ON task_search USING gin (document)",
)

_VECTOR = (
    "setweight(to_tsvector('swedish', {title}), 'A') || "
    "setweight(to_tsvector('swedish', {requester}), 'B') || "
    "setweight(to_tsvector('swedish', {description}), 'C')"
)
_OF_PARAMETERS = _VECTOR.format(title=":title", requester=":requester", description=":description")
_OF_COLUMNS = _VECTOR.format(
    title="given.title", requester="given.requester", description="given.description"
)


_BY_THE_TASKS = {BOUND_BY: "identifiers of tasks that the caller has read or made itself"}


Row = tuple[int, int, str, str, str]
"""Task, organisation and the words of title, description and requester, folded."""


@dataclass(frozen=True, slots=True)
class Document:
    """What of a task can be found by its words."""

    task_id: int
    organisation_id: int
    title: str
    description: str
    requester: str


def create_index(connection: Connection) -> None:
    """Make the search index of this kind of database."""
    ddl = SQLITE_DDL if connection.dialect.name == "sqlite" else POSTGRESQL_DDL
    for statement in ddl:
        connection.execute(text(statement))


def own_documents(connection: Connection) -> None:
    """Let each document say whose it is, where the database can keep them apart by that."""
    if connection.dialect.name == "sqlite":
        return
    for statement in (
        "ALTER TABLE task_search ADD COLUMN organisation_id BIGINT",
        (
            "UPDATE task_search SET organisation_id = task.organisation_id "
            "FROM task WHERE task.id = task_search.task_id"
        ),
        "DELETE FROM task_search WHERE organisation_id IS NULL",
        "ALTER TABLE task_search ALTER COLUMN organisation_id SET NOT NULL",
    ):
        connection.execute(text(statement))


def drop_index(connection: Connection) -> None:
    """Take the search index away."""
    connection.execute(text("DROP TABLE task_search"))


def index(session: Session, documents: Iterable[Document]) -> None:
    """Make the tasks findable by these words, and no longer by those they had."""
    put_in(session, rows_of(documents))


def rows_of(documents: Iterable[Document]) -> list[Row]:
    """What is put in of tasks: their words are folded, which takes a while where there are many."""
    fold = lru_cache(_FOLDED)(folded)
    return [
        (
            *(each.task_id, each.organisation_id),
            *(folded(each.title), fold(each.description), fold(each.requester)),
        )
        for each in documents
    ]


def put_in(session: Session, rows: Sequence[Row]) -> None:
    """As `index`, with rows from `rows_of`."""
    if not rows:
        return
    if session.get_bind().dialect.name == "sqlite":
        # An identifier below the last one makes FTS5 write out all that it has gathered.
        session.connection().exec_driver_sql(
            "INSERT OR REPLACE INTO task_search (rowid, title, description, requester) "
            "VALUES (?1, ?3, ?4, ?5)",
            sorted(rows),
        )
        return
    names = ("task_id", "organisation_id", "title", "description", "requester")
    session.execute(
        text(
            "INSERT INTO task_search (task_id, organisation_id, document) "  # noqa: S608 - fixed words
            f"VALUES (:task_id, :organisation_id, {_OF_PARAMETERS}) "
            "ON CONFLICT (task_id) DO UPDATE SET document = excluded.document"
        ),
        [dict(zip(names, row, strict=True)) for row in rows],
        execution_options=_BY_THE_TASKS,
    )


def not_as_indexed(session: Session, documents: Sequence[Document]) -> Iterator[int]:
    """The ids of the tasks that the index holds other words of than these, or none."""
    rows = {row[0]: row[2:] for row in rows_of(documents)}
    if session.get_bind().dialect.name == "sqlite":
        columns = (_INDEX.c.rowid, _INDEX.c.title, _INDEX.c.description, _INDEX.c.requester)
        found = session.execute(select(*columns).where(_INDEX.c.rowid.in_(rows)))
        kept = {each[0]: tuple(each[1:]) for each in found}
        for task_id, row in rows.items():
            if kept.get(task_id) != row:
                yield task_id
        return
    differ = text(
        "SELECT given.task_id FROM unnest(CAST(:ids AS BIGINT[]), CAST(:titles AS TEXT[]), "  # noqa: S608 - fixed words
        "CAST(:descriptions AS TEXT[]), CAST(:requesters AS TEXT[])) "
        "AS given (task_id, title, description, requester) "
        "LEFT JOIN task_search AS kept ON kept.task_id = given.task_id "
        f"WHERE kept.document IS DISTINCT FROM ({_OF_COLUMNS}) ORDER BY given.task_id"
    )
    given = {
        "ids": list(rows),
        "titles": [row[0] for row in rows.values()],
        "descriptions": [row[1] for row in rows.values()],
        "requesters": [row[2] for row in rows.values()],
    }
    yield from session.scalars(differ, given, execution_options=_BY_THE_TASKS)


def indexed(session: Session, task_ids: Sequence[int]) -> Sequence[int]:
    """Those of the tasks that the index holds words of."""
    key = _INDEX.c.rowid if session.get_bind().dialect.name == "sqlite" else _INDEX.c.task_id
    query = select(key).where(key.in_(task_ids)).order_by(key)
    return session.scalars(query, execution_options=_BY_THE_TASKS).all()


def strays(session: Session) -> Sequence[int]:
    """The ids that the index holds words of though there is no such task."""
    key = _INDEX.c.rowid if session.get_bind().dialect.name == "sqlite" else _INDEX.c.task_id
    there_is_one = exists().where(Task.id == key)
    return session.scalars(select(key).where(~there_is_one).order_by(key)).all()


def forget(session: Session, task_id: int) -> None:
    """Make the task unfindable by words."""
    key = "rowid" if session.get_bind().dialect.name == "sqlite" else "task_id"
    session.execute(
        text(f"DELETE FROM task_search WHERE {key} = :task_id"),  # noqa: S608 - one of two fixed words
        {"task_id": task_id},
        execution_options=_BY_THE_TASKS,
    )


def forget_all(session: Session, tasks: Select[int]) -> None:
    """Make many tasks unfindable by words.

    Args:
        session: writing.
        tasks: a query for their ids.
    """
    key = _INDEX.c.rowid if session.get_bind().dialect.name == "sqlite" else _INDEX.c.task_id
    for ids in session.scalars(tasks).partitions(_FORGOTTEN_AT_ONCE):
        session.execute(delete(_INDEX).where(key.in_(ids)), execution_options=_BY_THE_TASKS)


def words_of(query: str) -> tuple[str, ...]:
    """The words of what a user typed, folded; signs and operators are left out.

    So are words such as "i" and "och", unless there are no others.
    """
    words = _WORD.findall(folded(query[:LONGEST_QUERY]))
    telling = [word for word in words if word not in _COMMON]
    return tuple((telling or words)[:MOST_WORDS])


def matching(session: Session, words: Sequence[str], *, every: bool = True) -> Select[int]:
    """A query for the ids of the tasks that hold these words, in any inflection; words of two letters as they stand.

    Args:
        session: tells which database it is for.
        words: from `words_of`; at least one.
        every: all of the words, else any of them.
    """
    if session.get_bind().dialect.name == "sqlite":
        glue = " AND " if every else " OR "
        pattern = glue.join(_wanted(word, '"{}"*', '"{}"') for word in words)
        return select(_INDEX.c.rowid).where(
            text("task_search MATCH :words").bindparams(words=pattern)
        )
    glue = " & " if every else " | "
    # Its own stemmer is older and leaves "mötet" as it stands; a beginning finds that too.
    pattern = glue.join(_wanted(word, "'{}':*", "'{}'") for word in words)
    query = func.to_tsquery(text("'swedish'"), pattern)
    return select(_INDEX.c.task_id).where(_INDEX.c.document.op("@@")(query))


def _wanted(word: str, beginning: str, whole: str) -> str:
    """How a word is looked for: by what its inflections begin with, or as it stands.

    So many words begin with the same one or two letters that looking for all of them takes long.
    """
    if len(word) < _SHORTEST_STEM:
        return whole.format(word)
    stem: str = _STEMMER.stemWord(word)
    return beginning.format(stem if len(stem) >= _SHORTEST_STEM else word)
