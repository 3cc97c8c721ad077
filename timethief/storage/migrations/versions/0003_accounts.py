"""What opens accounts: invitations, second factors, tokens; and what slows down guessing."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from timethief.domain.names import alphabetical
from timethief.storage import row_security

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    _log_ins()
    _second_factors()
    _wrong_tries()
    _people()
    _invitations()
    _tokens()


def _log_ins() -> None:
    """Log-ins are made anew: everybody logs in again."""
    with op.batch_alter_table("user_account") as table:
        table.add_column(sa.Column("last_seen_month", sa.String(64), nullable=True))
    op.drop_table("user_session")
    op.create_table(
        "user_session",
        _identifier(),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        *_of_a_user("user_session"),
        sa.PrimaryKeyConstraint("id", name="pk_user_session"),
        sa.UniqueConstraint("token_hash", name="uq_user_session_token_hash"),
    )
    op.create_index("ix_user_session_user_id", "user_session", ["user_id"])
    row_security.protect(op.get_bind(), "user_session")


def _second_factors() -> None:
    op.create_table(
        "second_factor",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("confirmed_on", sa.Date(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        *_of_a_user("second_factor"),
        sa.PrimaryKeyConstraint("user_id", name="pk_second_factor"),
    )
    row_security.protect(op.get_bind(), "second_factor")
    op.create_table(
        "recovery_code",
        _identifier(),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        *_of_a_user("recovery_code"),
        sa.PrimaryKeyConstraint("id", name="pk_recovery_code"),
        sa.UniqueConstraint("user_id", "code_hash", name="uq_recovery_code_user_id_code_hash"),
    )
    row_security.protect(op.get_bind(), "recovery_code")


def _wrong_tries() -> None:
    op.create_table(
        "wrong_tries",
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wait_until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("subject", name="pk_wrong_tries"),
    )
    row_security.open_to_installation(op.get_bind(), "wrong_tries")


def _people() -> None:
    """Accounts are listed by name and changed by one administrator at a time."""
    sort_key = sa.String(200).with_variant(sa.String(200, collation="C"), "postgresql")
    with op.batch_alter_table("user_account") as table:
        table.add_column(sa.Column("sort_name", sort_key, nullable=False, server_default=""))
        table.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
    account = sa.table(
        "user_account", sa.column("id", sa.BigInteger()), *map(sa.column, ("name", "sort_name"))
    )
    connection = op.get_bind()
    for row in connection.execute(sa.select(account.c.id, account.c.name)).all():
        change = sa.update(account).where(account.c.id == row.id)
        connection.execute(change.values(sort_name=alphabetical(row.name)))
    with op.batch_alter_table("user_account") as table:
        table.alter_column("sort_name", server_default=None)
        table.create_index(
            "ix_user_account_organisation_id_sort_name", ["organisation_id", "sort_name"]
        )


def _invitations() -> None:
    op.create_table(
        "invitation",
        _identifier(),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("email", sa.String(200), nullable=True),
        sa.Column("folded_email", sa.String(200), nullable=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("role", sa.String(64), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_invitation_organisation_id"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_invitation_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_invitation"),
        sa.UniqueConstraint("token_hash", name="uq_invitation_token_hash"),
    )
    op.create_index("ix_invitation_organisation_id", "invitation", ["organisation_id"])
    row_security.protect(op.get_bind(), "invitation")
    op.create_table(
        "password_link",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("address_hash", sa.String(64), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_password_link_user_id"),
        sa.PrimaryKeyConstraint("token_hash", name="pk_password_link"),
    )
    op.create_index("ix_password_link_address_hash", "password_link", ["address_hash"])
    row_security.open_to_installation(op.get_bind(), "password_link")


def _tokens() -> None:
    op.create_table(
        "api_token",
        _identifier(),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("scope", sa.String(64), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        *_of_a_user("api_token"),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("token_hash", name="uq_api_token_token_hash"),
    )
    op.create_index("ix_api_token_organisation_id", "api_token", ["organisation_id"])
    op.create_index("ix_api_token_user_id", "api_token", ["user_id"])
    row_security.protect(op.get_bind(), "api_token")


def _identifier() -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", kind, autoincrement=False, nullable=False)


def _of_a_user(table: str) -> tuple[sa.ForeignKeyConstraint, ...]:
    return (
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=f"fk_{table}_organisation_id"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=f"fk_{table}_user_id"),
    )


def downgrade() -> None:
    """Take the change back."""
    message = "second factors and log-ins cannot be made those of the earlier version again"
    raise NotImplementedError(message)
