"""Requests of other systems that bring a key are carried out once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from timethief.storage import row_security

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "api_request",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("content", sa.String(64), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "user_id", "key", name="pk_api_request"),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_api_request_organisation_id"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_api_request_user_id"),
    )
    op.create_index("ix_api_request_sent_at", "api_request", ["sent_at"])
    row_security.protect(op.get_bind(), "api_request")


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_api_request_sent_at", "api_request")
    op.drop_table("api_request")
