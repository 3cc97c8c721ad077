"""Requesters are asked what their requirements are used for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from timethief.storage import row_security

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_INDEXES = (
    ("organisation_id", "state", "deadline", "id"),
    ("organisation_id", "state", "ended_at", "id"),
    ("task_id",),
    ("requirement_id",),
)


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "inquiry",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=True)
            for name in ("task_id", "requirement_id", "user_id")
        ),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recipient", sa.String(200), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("deadline", sa.Date(), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=True)
            for name in ("reminded_at", "ended_at")
        ),
        *(
            sa.Column(name, sa.String(64), nullable=True)
            for name in ("used", "beneficiary", "purpose", "relevant", "worth")
        ),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(200), nullable=False),
        sa.Column("shown_hours", sa.Float(53), nullable=True),
        sa.Column("carried_to", sa.BigInteger(), nullable=True),
        sa.Column("carried_out_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("carried_tasks", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_inquiry"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_inquiry_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name="fk_inquiry_task_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["requirement_id"], ["requirement.id"], name="fk_inquiry_requirement_id"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_inquiry_user_id"),
    )
    for columns in _INDEXES:
        op.create_index(f"ix_inquiry_{'_'.join(columns)}", "inquiry", list(columns))
    row_security.protect(op.get_bind(), "inquiry")


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("inquiry")
