"""Jobs that have run, and mail that waits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from timethief.storage import row_security

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_OF_ONE = sa.text("organisation_id IS NOT NULL")
_OF_ALL = sa.text("organisation_id IS NULL")


def upgrade() -> None:
    """Make the change."""
    _add_job_run()
    op.create_table(
        "scheduler_lease",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("beat", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_scheduler_lease"),
    )
    _add_outbox()
    connection = op.get_bind()
    row_security.open_to_installation(connection, "job_run")
    row_security.open_to_installation(connection, "scheduler_lease")
    row_security.protect(connection, "outbox_mail")


def _add_job_run() -> None:
    op.create_table(
        "job_run",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("job", sa.String(64), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("local_date", sa.Date(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("counters", sa.JSON(), nullable=False),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("beat", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(64), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_job_run_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_job_run"),
    )
    op.create_index(
        "uq_job_run_of_organisation",
        "job_run",
        ["job", "organisation_id", "local_date", "turn"],
        unique=True,
        sqlite_where=_OF_ONE,
        postgresql_where=_OF_ONE,
    )
    op.create_index(
        "uq_job_run_of_installation",
        "job_run",
        ["job", "local_date", "turn"],
        unique=True,
        sqlite_where=_OF_ALL,
        postgresql_where=_OF_ALL,
    )
    op.create_index("ix_job_run_state_job", "job_run", ["state", "job"])


def _add_outbox() -> None:
    op.create_table(
        "outbox_mail",
        sa.Column("id", _KEY, autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("recipient", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("queued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("first_tried_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error", sa.String(64), nullable=True),
        sa.Column("answer", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_outbox_mail_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_outbox_mail"),
        sa.UniqueConstraint(
            *("organisation_id", "recipient", "kind", "key"),
            name="uq_outbox_mail_organisation_id_recipient_kind_key",
        ),
    )
    op.create_index("ix_outbox_mail_state_next_try_at", "outbox_mail", ["state", "next_try_at"])


def downgrade() -> None:
    """Take the change back."""
    for table in ("outbox_mail", "scheduler_lease", "job_run"):
        op.drop_table(table)
