"""Figures about reports, published once a month."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from timethief.storage import row_security

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "published_month",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("published_on", sa.Date(), nullable=False),
        sa.Column("smallest_count", sa.Integer(), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=True),
        sa.Column("hours", sa.Float(53), nullable=True),
        sa.PrimaryKeyConstraint("organisation_id", "month", name="pk_published_month"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "published_figure",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("view", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("reports", sa.Integer(), nullable=False),
        sa.Column("hours", sa.Float(53), nullable=True),
        sa.PrimaryKeyConstraint(
            "organisation_id", "month", "view", "key", name="pk_published_figure"
        ),
        sqlite_with_rowid=False,
    )
    for name in ("published_month", "published_figure"):
        row_security.protect(op.get_bind(), name)
        row_security.append_only(op.get_bind(), name)


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("published_figure")
    op.drop_table("published_month")
