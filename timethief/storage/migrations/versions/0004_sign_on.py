"""Log-in by an organisation's own identity provider."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from timethief.storage import row_security

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    _accounts()
    _settings()
    _rules()
    _used_answers()


def _accounts() -> None:
    """An account of a provider is known by issuer and subject; its address opens nothing and may stand twice."""
    with op.batch_alter_table("user_account") as table:
        table.add_column(sa.Column("issuer", sa.Text(), nullable=True))
        table.add_column(sa.Column("subject", sa.Text(), nullable=True))
        table.add_column(
            sa.Column("closed_by_claims", sa.Boolean(), nullable=False, server_default=sa.false())
        )
        table.drop_constraint("uq_user_account_organisation_id_folded_email", type_="unique")
        table.create_unique_constraint(
            "uq_user_account_organisation_id_issuer_subject",
            ["organisation_id", "issuer", "subject"],
        )
    op.create_index(
        "ix_user_account_organisation_id_folded_email",
        "user_account",
        ["organisation_id", "folded_email"],
        unique=True,
        sqlite_where=sa.text("issuer IS NULL"),
        postgresql_where=sa.text("issuer IS NULL"),
    )


def _settings() -> None:
    op.create_table(
        "sign_on",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("client_id", sa.Text(), nullable=True),
        sa.Column("sealed_client_secret", sa.Text(), nullable=True),
        sa.Column("button", sa.String(200), nullable=False),
        sa.Column("default_role", sa.String(64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        _of_an_organisation("sign_on"),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_sign_on"),
    )
    row_security.protect(op.get_bind(), "sign_on")


def _rules() -> None:
    op.create_table(
        "sign_on_rule",
        _identifier(),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("claim", sa.String(200), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        sa.Column("role", sa.String(64), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        _of_an_organisation("sign_on_rule"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_sign_on_rule_unit_id"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_on_rule"),
        sa.UniqueConstraint(
            "organisation_id",
            "claim",
            "value",
            name="uq_sign_on_rule_organisation_id_claim_value",
        ),
    )
    row_security.protect(op.get_bind(), "sign_on_rule")
    op.create_table(
        "sign_on_membership",
        _identifier(),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("claim", sa.String(200), nullable=False),
        sa.Column("value", sa.String(200), nullable=False),
        _of_an_organisation("sign_on_membership"),
        sa.PrimaryKeyConstraint("id", name="pk_sign_on_membership"),
        sa.UniqueConstraint(
            "organisation_id",
            "claim",
            "value",
            name="uq_sign_on_membership_organisation_id_claim_value",
        ),
    )
    row_security.protect(op.get_bind(), "sign_on_membership")


def _used_answers() -> None:
    op.create_table(
        "used_answer",
        sa.Column("nonce_hash", sa.String(64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("nonce_hash", name="pk_used_answer"),
    )
    op.create_index("ix_used_answer_used_at", "used_answer", ["used_at"])
    row_security.open_to_installation(op.get_bind(), "used_answer")


def _identifier() -> sa.Column[int]:
    kind = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    return sa.Column("id", kind, autoincrement=False, nullable=False)


def _of_an_organisation(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["organisation_id"], ["organisation.id"], name=f"fk_{table}_organisation_id"
    )


def downgrade() -> None:
    """Take the change back."""
    message = "accounts of identity providers cannot be made those of addresses again"
    raise NotImplementedError(message)
