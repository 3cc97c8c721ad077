"""Imports of spreadsheets are kept: how each went, what headings mean, and what undoing takes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from timethief.storage import row_security

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_TABLES = ("task_import", "import_column", "imported_change")
_IMPORTED = "import_id IS NOT NULL"


def upgrade() -> None:
    """Make the change."""
    _add_runs()
    op.create_table(
        "import_column",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("heading", sa.String(200), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "heading", name="pk_import_column"),
        _organisation("import_column"),
    )
    op.create_table(
        "imported_change",
        sa.Column("task_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("import_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("task_id", "import_id", name="pk_imported_change"),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name="fk_imported_change_task_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["import_id"], ["task_import.id"], name="fk_imported_change_import_id"
        ),
        _organisation("imported_change"),
    )
    op.create_index("ix_imported_change_import_id", "imported_change", ["import_id"])
    op.add_column("task", sa.Column("import_id", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_task_import_id",
        "task",
        ["import_id"],
        sqlite_where=sa.text(_IMPORTED),
        postgresql_where=sa.text(_IMPORTED),
    )
    for name in _TABLES:
        row_security.protect(op.get_bind(), name)


def _add_runs() -> None:
    moment = sa.DateTime(timezone=True)
    counts = ("rows_total", "rows_right", "rows_wrong", "rows_similar")
    results = ("added", "changed", "unchanged")
    op.create_table(
        "task_import",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("language", sa.String(64), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("mapped", sa.Boolean(), nullable=False),
        sa.Column("made_at", moment, nullable=False),
        *(
            sa.Column(name, moment, nullable=True)
            for name in ("chosen_at", "finished_at", "undo_until")
        ),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in (*counts, *results)),
        sa.Column("about", sa.JSON(), nullable=False),
        sa.Column("refusal", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_task_import"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_task_import_user_id"),
        _organisation("task_import"),
    )
    op.create_index(
        "ix_task_import_organisation_id_made_at_id",
        "task_import",
        ["organisation_id", "made_at", "id"],
    )
    op.create_index("ix_task_import_state", "task_import", ["state"])


def _organisation(table: str) -> sa.Constraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id"], ["organisation.id"], name=f"fk_{table}_organisation_id"
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_task_import_id", "task")
    op.drop_column("task", "import_id")
    for name in reversed(_TABLES):
        op.drop_table(name)
