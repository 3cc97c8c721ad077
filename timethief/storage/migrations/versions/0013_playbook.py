"""What the organisation itself has done about time thieves."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from timethief.storage import row_security

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "playbook_entry",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("where", sa.String(200), nullable=False),
        sa.Column("done", sa.Text(), nullable=False),
        sa.Column("effect", sa.Text(), nullable=False),
        sa.Column("action", sa.String(64), nullable=False),
        sa.Column("signals", sa.Text(), nullable=False),
        sa.Column("causes", sa.Text(), nullable=False),
        sa.Column("freed_hours", sa.Float(53), nullable=True),
        sa.Column("folded_text", sa.Text(), nullable=False),
        sa.Column("added_on", sa.Date(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_playbook_entry_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_playbook_entry"),
    )
    op.create_index(
        "ix_playbook_entry_organisation_id_added_on_id",
        "playbook_entry",
        ["organisation_id", "added_on", "id"],
    )
    row_security.protect(op.get_bind(), "playbook_entry")


def downgrade() -> None:
    """Take the change back."""
    op.drop_table("playbook_entry")
