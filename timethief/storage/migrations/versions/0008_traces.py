"""The audit trail, retention and its protocol."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from timethief.storage import row_security

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "audit_event",
        _identifier(),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("act", sa.String(64), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(200), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        *_keys("audit_event"),
    )
    op.create_index(
        "ix_audit_event_organisation_id_happened_at_id",
        "audit_event",
        ["organisation_id", "happened_at", "id"],
    )
    op.create_table(
        "retention_rule",
        _identifier(),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.Column("decision", sa.String(200), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        *_keys("retention_rule"),
        sa.UniqueConstraint(
            "organisation_id", "kind", name="uq_retention_rule_organisation_id_kind"
        ),
    )
    op.create_table(
        "hold",
        _identifier(),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("placed_on", sa.Date(), nullable=False),
        sa.Column("lifted_on", sa.Date(), nullable=True),
        *_keys("hold"),
    )
    op.create_index("ix_hold_organisation_id", "hold", ["organisation_id"])
    op.create_table(
        "weeding",
        _identifier(),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("decision", sa.String(200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        *_keys("weeding"),
    )
    op.create_index(
        "ix_weeding_organisation_id_happened_at", "weeding", ["organisation_id", "happened_at"]
    )
    # The history of a task that nobody stands behind any more goes with it, though nobody may delete history.
    with op.batch_alter_table("task_event") as table:
        table.drop_constraint("fk_task_event_task_id", type_="foreignkey")
        table.create_foreign_key(
            "fk_task_event_task_id", "task", ["task_id"], ["id"], ondelete="CASCADE"
        )
    op.create_index(
        "ix_task_event_organisation_id_happened_at_id",
        "task_event",
        ["organisation_id", "happened_at", "id"],
        sqlite_where=sa.text("user_id IS NOT NULL"),
        postgresql_where=sa.text("user_id IS NOT NULL"),
    )
    connection = op.get_bind()
    row_security.only_masked(connection, "task_event", ("before", "after"), "[maskat]")
    for name in ("audit_event", "retention_rule", "hold", "weeding"):
        row_security.protect(connection, name)
    row_security.append_only(connection, "audit_event")
    row_security.append_only(connection, "weeding")


def _identifier() -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", kind, autoincrement=False, nullable=False)


def _keys(table: str) -> tuple[sa.Constraint, ...]:
    return (
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=f"fk_{table}_organisation_id"
        ),
    )


def downgrade() -> None:
    """Take the change back."""
    message = "what was done, and what was weeded, is not forgotten"
    raise NotImplementedError(message)
