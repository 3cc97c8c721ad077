"""Tasks that came from a spreadsheet keep the reference that they have there."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.add_column("task", sa.Column("external_id", sa.String(64), nullable=True))
    op.create_index(
        "ix_task_organisation_id_external_id",
        "task",
        ["organisation_id", "external_id"],
        unique=True,
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_task_organisation_id_external_id", "task")
    op.drop_column("task", "external_id")
