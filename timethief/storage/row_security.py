"""Row-level security on PostgreSQL: the second of two layers that keep organisations apart.

The first is the session (`timethief.storage.binding`). Should a query ever get past it, the database itself
shows the rows of one organisation and no others. Sessions take on one of two roles that own nothing and that
nobody logs in as: `timethief_organisation` sees the organisation that the transaction names,
`timethief_installation` sees all and is taken on only for log-in, commands and checks over all organisations.
SQLite has no such thing; there every function here but `append_only` does nothing.
"""

from __future__ import annotations

from sqlalchemy import Connection, text

ORGANISATION_ROLE = "timethief_organisation"
INSTALLATION_ROLE = "timethief_installation"
SETTING = "timethief.organisation"
"""Names the organisation of a transaction. Set locally, so that no later user of the connection inherits it."""

_OWN = f"(SELECT NULLIF(current_setting('{SETTING}', true), '')::bigint)"
_RIGHTS = "SELECT, INSERT, UPDATE, DELETE"


def create_roles(connection: Connection) -> None:
    """Make the two roles where they are missing, and let the user who migrates take them on.

    Roles belong to the server, not to the database: another database of the same server may have made them, even
    at this moment.
    """
    if connection.dialect.name == "sqlite":
        return
    for role in (ORGANISATION_ROLE, INSTALLATION_ROLE):
        connection.execute(
            text(f"""
                DO $$ BEGIN
                    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
                        CREATE ROLE {role} NOLOGIN;
                    END IF;
                EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
                END $$
            """)
        )
        connection.execute(
            text(f"""
                DO $$ BEGIN
                    IF NOT pg_has_role(current_user, '{role}', 'MEMBER') THEN
                        EXECUTE format('GRANT {role} TO %I', current_user);
                    END IF;
                END $$
            """)
        )


def show_revision(connection: Connection) -> None:
    """Let whoever logs in see which schema there is: that need not be the user who migrates."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("GRANT SELECT ON alembic_version TO PUBLIC"))


def protect(
    connection: Connection, table: str, *, key: str = "organisation_id", shared: bool = False
) -> None:
    """Show and change only rows of the transaction's organisation.

    Args:
        connection: of the migration that makes the table.
        table: its name.
        key: the column that names the organisation.
        shared: rows without an organisation are shown to all and changed by none of them.
    """
    if connection.dialect.name == "sqlite":
        return
    own = f"{key} = {_OWN}"
    shown = f"({own} OR {key} IS NULL)" if shared else own
    for statement in (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY own_rows ON {table} TO {ORGANISATION_ROLE} USING ({own}) WITH CHECK ({own})",
        f"CREATE POLICY all_rows ON {table} TO {INSTALLATION_ROLE} USING (true) WITH CHECK (true)",
        f"GRANT {_RIGHTS} ON {table} TO {ORGANISATION_ROLE}, {INSTALLATION_ROLE}",
    ):
        connection.execute(text(statement))
    if shared:
        connection.execute(
            text(
                f"CREATE POLICY shared_rows ON {table} FOR SELECT TO {ORGANISATION_ROLE} USING ({shown})"
            )
        )


def open_to_installation(connection: Connection, table: str) -> None:
    """A table that belongs to no organisation: only sessions over the whole installation reach it."""
    if connection.dialect.name == "sqlite":
        return
    connection.execute(text(f"GRANT {_RIGHTS} ON {table} TO {INSTALLATION_ROLE}"))


def append_only(connection: Connection, table: str) -> None:
    """Rows of the table are added and read; what stands there is never changed.

    On PostgreSQL an organisation's sessions cannot delete them either: only retention does, over the installation.
    """
    if connection.dialect.name == "sqlite":
        connection.execute(
            text(
                f"CREATE TRIGGER {table}_stays BEFORE UPDATE ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the table is only added to'); END"
            )
        )
        return
    connection.execute(text(f"REVOKE UPDATE, DELETE ON {table} FROM {ORGANISATION_ROLE}"))
    connection.execute(text(f"REVOKE UPDATE ON {table} FROM {INSTALLATION_ROLE}"))


def only_masked(connection: Connection, table: str, columns: tuple[str, ...], mask: str) -> None:
    """Of rows that are else only added to, these texts may be changed to ones that hold the mask.

    Args:
        connection: of the migration.
        table: one that `append_only` was called for.
        columns: what may hold words that somebody has masked.
        mask: what stands in their place.
    """
    holds = " AND ".join(f"(NEW.{c} = OLD.{c} OR instr(NEW.{c}, '{mask}') > 0)" for c in columns)
    others = "id, organisation_id, task_id, happened_at, user_id, role, kind"
    if connection.dialect.name == "sqlite":
        for statement in (
            f"DROP TRIGGER IF EXISTS {table}_stays",
            (
                f"CREATE TRIGGER {table}_stays BEFORE UPDATE OF {others} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the table is only added to'); END"
            ),
            (
                f"CREATE TRIGGER {table}_is_only_masked BEFORE UPDATE OF {', '.join(columns)} "
                f"ON {table} WHEN NOT ({holds}) "
                "BEGIN SELECT RAISE(ABORT, 'the table is only added to'); END"
            ),
        ):
            connection.execute(text(statement))
        return
    holds = " AND ".join(
        f"(NEW.{c}::text = OLD.{c}::text OR strpos(NEW.{c}::text, '{mask}') > 0)" for c in columns
    )
    for statement in (
        f"GRANT UPDATE ({', '.join(columns)}) ON {table} TO {ORGANISATION_ROLE}",
        f"""
        CREATE FUNCTION {table}_is_only_masked() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            IF NOT ({holds}) THEN
                RAISE EXCEPTION 'the table is only added to' USING ERRCODE = 'insufficient_privilege';
            END IF;
            RETURN NEW;
        END $$
        """,
        (
            f"CREATE TRIGGER {table}_is_only_masked BEFORE UPDATE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_is_only_masked()"
        ),
    ):
        connection.execute(text(statement))
