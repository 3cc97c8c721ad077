"""Organisations are kept apart by the database, and hold their own settings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from timethief.storage import row_security, search

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_OWNED = (
    *("unit", "staff_category", "tariff", "policy_version", "user_account", "user_session"),
    *("task", "task_signal", "task_use", "use_statement", "task_event"),
    *("report", "sent_form", "assessment", "total"),
)
_SHARED = ("requester", "requester_alias", "requirement")


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("organisation") as table:
        table.add_column(sa.Column("language", sa.String(64), nullable=False, server_default="sv"))
        table.add_column(
            sa.Column("client_word", sa.String(64), nullable=False, server_default="citizen")
        )
        table.add_column(
            sa.Column("reporting_mode", sa.String(64), nullable=False, server_default="open")
        )
        table.add_column(sa.Column("reporting_code", sa.String(64), nullable=True))
        table.add_column(
            sa.Column("smallest_count", sa.Integer(), nullable=False, server_default="5")
        )
        table.add_column(
            sa.Column("active", sa.Boolean(), nullable=False, server_default=sa.true())
        )
        table.add_column(sa.Column("set_up_on", sa.Date(), nullable=True))
        table.add_column(
            sa.Column("statements", sa.JSON(), nullable=False, server_default=sa.text("'{}'"))
        )
        table.create_unique_constraint("uq_organisation_reporting_code", ["reporting_code"])
    with op.batch_alter_table("user_account") as table:
        table.drop_constraint("uq_user_account_folded_email", type_="unique")
        table.create_unique_constraint(
            "uq_user_account_organisation_id_folded_email", ["organisation_id", "folded_email"]
        )
        table.create_index("ix_user_account_folded_email", ["folded_email"])
    op.execute("DELETE FROM user_session")
    with op.batch_alter_table("user_session") as table:
        table.add_column(sa.Column("organisation_id", sa.BigInteger(), nullable=False))
        table.create_foreign_key(
            "fk_user_session_organisation_id", "organisation", ["organisation_id"], ["id"]
        )
    with op.batch_alter_table("requester_alias") as table:
        table.add_column(sa.Column("organisation_id", sa.BigInteger(), nullable=True))
        table.create_foreign_key(
            "fk_requester_alias_organisation_id", "organisation", ["organisation_id"], ["id"]
        )
        table.drop_constraint("uq_requester_alias_requester_id_folded_name", type_="unique")
        table.create_unique_constraint(
            "uq_requester_alias_organisation_id_requester_id_folded_name",
            ["organisation_id", "requester_id", "folded_name"],
        )
        table.create_index("ix_requester_alias_organisation_id", ["organisation_id"])
        table.create_index("ix_requester_alias_requester_id", ["requester_id"])
    connection = op.get_bind()
    search.own_documents(connection)
    row_security.create_roles(connection)
    row_security.show_revision(connection)
    row_security.protect(connection, "organisation", key="id")
    for name in _OWNED:
        row_security.protect(connection, name)
    for name in _SHARED:
        row_security.protect(connection, name, shared=True)
    if connection.dialect.name != "sqlite":
        row_security.protect(connection, "task_search")
    row_security.append_only(connection, "task_event")


def downgrade() -> None:
    """Take the change back."""
    message = "the accounts of several organisations cannot be made those of one again"
    raise NotImplementedError(message)
