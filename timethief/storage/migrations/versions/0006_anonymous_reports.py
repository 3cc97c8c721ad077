"""Reports that nobody can be traced by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from timethief.storage import row_security

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    _add_report()
    _add_message()
    op.create_table(
        "anonymous_form",
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "key", name="pk_anonymous_form"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "receipt_salt",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("proof", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_receipt_salt"),
        sqlite_with_rowid=False,
    )
    connection = op.get_bind()
    for table in ("anonymous_report", "anonymous_message", "anonymous_form"):
        row_security.protect(connection, table)
    row_security.open_to_installation(connection, "receipt_salt")


def _add_report() -> None:
    op.create_table(
        "anonymous_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("released_week", sa.String(64), nullable=True),
        sa.Column("changed_week", sa.String(64), nullable=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Float(53), nullable=True),
        sa.Column("times", sa.Float(53), nullable=True),
        sa.Column("per", sa.String(64), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("people_low", sa.Integer(), nullable=True),
        sa.Column("people_high", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("staff_category_id", sa.BigInteger(), nullable=True),
        sa.Column("requester_id", sa.BigInteger(), nullable=True),
        sa.Column("requester_name", sa.String(200), nullable=False),
        sa.Column("use_answer", sa.String(64), nullable=False),
        sa.Column("worth_share", sa.Float(53), nullable=True),
        sa.Column("achievable_minutes", sa.Float(53), nullable=True),
        sa.Column("signals", sa.Text(), nullable=False),
        sa.Column("receipt_hash", sa.String(64), nullable=True),
        sa.Column("cluster_id", sa.Uuid(), nullable=False),
        sa.Column("status", sa.String(64), nullable=False),
        sa.Column("shown_status", sa.String(64), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [f"{name}_id"], [f"{name}.id"], name=f"fk_anonymous_report_{name}_id"
            )
            for name in ("organisation", "unit", "staff_category", "requester", "task")
        ),
        sa.PrimaryKeyConstraint("id", name="pk_anonymous_report"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_anonymous_report_organisation_id_released_week",
        "anonymous_report",
        ["organisation_id", "released_week"],
    )
    op.create_index(
        "ix_anonymous_report_organisation_id_receipt_hash",
        "anonymous_report",
        ["organisation_id", "receipt_hash"],
        unique=True,
    )
    op.create_index("ix_anonymous_report_task_id", "anonymous_report", ["task_id"])


def _add_message() -> None:
    op.create_table(
        "anonymous_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("side", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("released_week", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_anonymous_message_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["anonymous_report.id"], name="fk_anonymous_message_report_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_anonymous_message"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_anonymous_message_report_id", "anonymous_message", ["report_id"])


def downgrade() -> None:
    """Take the change back."""
    for table in ("receipt_salt", "anonymous_form", "anonymous_message", "anonymous_report"):
        op.drop_table(table)
