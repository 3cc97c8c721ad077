"""Cases: who sees to what, which tasks were merged or split, and how people want mail."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from timethief.storage import row_security

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_TABLES = (
    "support_function",
    "function_member",
    "task_case",
    "review_request",
    "case_answer",
    "gate_answer",
    "automation_candidate",
    "seen_task",
    "restructuring",
    "restructured_task",
    "own_time",
    "mail_preference",
)


def upgrade() -> None:
    """Make the change."""
    _add_functions()
    _add_cases()
    _add_restructurings()
    _add_own_time()
    _add_columns()
    for name in _TABLES:
        row_security.protect(op.get_bind(), name)


def _add_functions() -> None:
    op.create_table(
        "support_function",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("folded_name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("contact", sa.String(200), nullable=False),
        sa.Column("letter", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_support_function_organisation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_support_function"),
        sa.UniqueConstraint(
            "organisation_id", "folded_name", name="uq_support_function_organisation_id_folded_name"
        ),
    )
    op.create_table(
        "function_member",
        sa.Column("function_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["function_id"],
            ["support_function.id"],
            name="fk_function_member_function_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_function_member_user_id"
        ),
        sa.PrimaryKeyConstraint("function_id", "user_id", name="pk_function_member"),
    )
    op.create_index("ix_function_member_user_id", "function_member", ["user_id"])


def _add_cases() -> None:
    op.create_table(
        "task_case",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("report_id", sa.Uuid(), nullable=True),
        sa.Column("cluster_id", sa.Uuid(), nullable=True),
        sa.Column("origin", sa.String(64), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("route", sa.String(64), nullable=True),
        sa.Column("routed_reason", sa.Text(), nullable=False),
        sa.Column("routed_on", sa.Date(), nullable=True),
        sa.Column("before_routing", sa.JSON(), nullable=True),
        sa.Column("function_id", sa.BigInteger(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("decider_id", sa.BigInteger(), nullable=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("answer_due", sa.Date(), nullable=False),
        sa.Column("first_answered_on", sa.Date(), nullable=True),
        sa.Column("waits_since", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("closed_as", sa.String(64), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decider_id"], ["user_account.id"], name="fk_task_case_decider_id"
        ),
        sa.ForeignKeyConstraint(
            ["function_id"], ["support_function.id"], name="fk_task_case_function_id"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_task_case_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name="fk_task_case_task_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name="fk_task_case_unit_id"),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_task_case_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_task_case"),
    )
    op.create_index(
        "ix_task_case_open_report",
        "task_case",
        ["report_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_index(
        "ix_task_case_open_task",
        "task_case",
        ["task_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'closed'"),
        postgresql_where=sa.text("state <> 'closed'"),
    )
    op.create_index(
        "ix_task_case_organisation_id_closed_on_id",
        "task_case",
        ["organisation_id", "closed_on", "id"],
    )
    op.create_index(
        "ix_task_case_organisation_id_state_function_id",
        "task_case",
        ["organisation_id", "state", "function_id"],
    )
    op.create_index(
        "ix_task_case_organisation_id_state_unit_id",
        "task_case",
        ["organisation_id", "state", "unit_id"],
    )
    op.create_index(
        "ix_task_case_organisation_id_state_user_id",
        "task_case",
        ["organisation_id", "state", "user_id"],
    )
    op.create_index(
        "ix_task_case_organisation_id_decider_id", "task_case", ["organisation_id", "decider_id"]
    )
    op.create_index(
        "ix_task_case_waiting",
        "task_case",
        [
            *("organisation_id", "origin", "state", "first_answered_on", "answer_due", "id"),
            *("function_id", "user_id", "cluster_id"),
        ],
    )
    op.create_index(
        "ix_task_case_cluster",
        "task_case",
        ["organisation_id", "cluster_id", "state", "answer_due", "id", "first_answered_on"],
        sqlite_where=sa.text("cluster_id IS NOT NULL"),
        postgresql_where=sa.text("cluster_id IS NOT NULL"),
    )
    op.create_index("ix_task_case_report_id", "task_case", ["report_id"])
    op.create_index("ix_task_case_task_id", "task_case", ["task_id"])
    op.create_table(
        "review_request",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["task_case.id"], name="fk_review_request_case_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_review_request_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name="fk_review_request_task_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_review_request_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_review_request"),
    )
    op.create_index("ix_review_request_case_id", "review_request", ["case_id"])
    op.create_index("ix_review_request_task_id", "review_request", ["task_id"])
    op.create_index("ix_review_request_user_id", "review_request", ["user_id"])
    op.create_table(
        "case_answer",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("template", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["task_case.id"], name="fk_case_answer_case_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_case_answer_organisation_id"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_case_answer_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_case_answer"),
    )
    op.create_index("ix_case_answer_case_id_answered_at", "case_answer", ["case_id", "answered_at"])
    op.create_table(
        "gate_answer",
        sa.Column("task_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("question", sa.String(64), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("answer", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name="fk_gate_answer_task_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_gate_answer_user_id"),
        sa.PrimaryKeyConstraint("task_id", "question", name="pk_gate_answer"),
    )
    op.create_table(
        "automation_candidate",
        sa.Column("task_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("entered_on", sa.Date(), nullable=True),
        sa.Column("human_check", sa.Text(), nullable=False),
        sa.Column("gain_hours", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_automation_candidate_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name="fk_automation_candidate_task_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("task_id", name="pk_automation_candidate"),
    )
    op.create_index(
        "ix_automation_candidate_organisation_id_gain_hours_task_id",
        "automation_candidate",
        ["organisation_id", "gain_hours", "task_id"],
    )
    op.create_table(
        "seen_task",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("task_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name="fk_seen_task_task_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_seen_task_user_id"),
        sa.PrimaryKeyConstraint("user_id", "task_id", name="pk_seen_task"),
    )
    op.create_index("ix_seen_task_task_id", "seen_task", ["task_id"])


def _add_restructurings() -> None:
    op.create_table(
        "restructuring",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version_after", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_restructuring_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name="fk_restructuring_task_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_restructuring_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_restructuring"),
    )
    op.create_index(
        "ix_restructuring_organisation_id_done_at_id",
        "restructuring",
        ["organisation_id", "done_at", "id"],
    )
    op.create_index("ix_restructuring_task_id", "restructuring", ["task_id"])
    op.create_table(
        "restructured_task",
        sa.Column("restructuring_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("task_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("moved", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_restructured_task_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["restructuring_id"],
            ["restructuring.id"],
            name="fk_restructured_task_restructuring_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name="fk_restructured_task_task_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("restructuring_id", "task_id", name="pk_restructured_task"),
    )
    op.create_index("ix_restructured_task_task_id", "restructured_task", ["task_id"])


def _add_own_time() -> None:
    op.create_table(
        "own_time",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("activity", sa.String(64), nullable=False),
        sa.Column("seconds", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("occasions", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation_id", "month", "activity", "seconds", name="pk_own_time"
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "mail_preference",
        sa.Column("user_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("choice", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_mail_preference_user_id"
        ),
        sa.PrimaryKeyConstraint("user_id", "kind", name="pk_mail_preference"),
    )


def _add_columns() -> None:
    op.create_index(
        "ix_anonymous_report_organisation_id_cluster_id",
        "anonymous_report",
        ["organisation_id", "cluster_id"],
    )
    op.add_column("task", sa.Column("merged_into_id", sa.BigInteger(), nullable=True))
    op.add_column("task", sa.Column("reviewed_on", sa.Date(), nullable=True))
    op.create_index(
        "ix_task_merged_into_id",
        "task",
        ["merged_into_id"],
        sqlite_where=sa.text("merged_into_id IS NOT NULL"),
        postgresql_where=sa.text("merged_into_id IS NOT NULL"),
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_anonymous_report_organisation_id_cluster_id", "anonymous_report")
    op.drop_index("ix_task_merged_into_id", "task")
    for column in ("merged_into_id", "reviewed_on"):
        op.drop_column("task", column)
    for table in reversed(_TABLES):
        op.drop_table(table)
