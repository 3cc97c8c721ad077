"""Decisions: what was decided and why, whether it happened, and when somebody looks again."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from timethief.storage import row_security

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_TABLES = (
    "decision",
    "opinion",
    "escalation_step",
    "follow_up",
    "freed_time",
    "return_sign",
)


def upgrade() -> None:
    """Make the change."""
    _add_decisions()
    _add_follow_ups()
    _add_columns()
    for name in _TABLES:
        row_security.protect(op.get_bind(), name)


def _add_decisions() -> None:
    op.create_table(
        "decision",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.String(64), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("outcome", sa.String(64), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("folded_text", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("capacity", sa.String(200), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=True),
        sa.Column("carried_out_on", sa.Date(), nullable=True),
        sa.Column("baseline", sa.JSON(), nullable=False),
        sa.Column("expected_low", sa.Float(53), nullable=False),
        sa.Column("expected_likely", sa.Float(53), nullable=False),
        sa.Column("expected_high", sa.Float(53), nullable=False),
        sa.Column("allotment", sa.JSON(), nullable=False),
        sa.Column("trial_weeks", sa.Integer(), nullable=True),
        sa.Column("trial_ends_on", sa.Date(), nullable=True),
        sa.Column("watched", sa.Text(), nullable=False),
        sa.Column("raised_with", sa.String(200), nullable=False),
        sa.Column("status_before", sa.String(64), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_by_id", sa.BigInteger(), nullable=True),
        sa.Column("batch_id", sa.BigInteger(), nullable=True),
        sa.Column("answers_told", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["task_case.id"], name="fk_decision_case_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_decision_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name="fk_decision_task_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_decision_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_decision"),
        sa.UniqueConstraint("organisation_id", "number", name="uq_decision_organisation_id_number"),
    )
    op.create_index(
        "ix_decision_batch_id",
        "decision",
        ["batch_id"],
        sqlite_where=sa.text("batch_id IS NOT NULL"),
        postgresql_where=sa.text("batch_id IS NOT NULL"),
    )
    op.create_index("ix_decision_case_id", "decision", ["case_id"])
    op.create_index(
        "ix_decision_organisation_id_decided_at_id",
        "decision",
        ["organisation_id", "decided_at", "id"],
    )
    op.create_index(
        "ix_decision_organisation_id_outcome_decided_at_id",
        "decision",
        ["organisation_id", "outcome", "decided_at", "id"],
    )
    op.create_index(
        "ix_decision_organisation_id_state_planned_on",
        "decision",
        ["organisation_id", "state", "planned_on"],
    )
    op.create_index(
        "ix_decision_organisation_id_state_trial_ends_on",
        "decision",
        ["organisation_id", "state", "trial_ends_on"],
    )
    op.create_index("ix_decision_task_id_decided_at", "decision", ["task_id", "decided_at"])
    op.create_table(
        "opinion",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=True),
        sa.Column("stance", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name="fk_opinion_decision_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_opinion_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name="fk_opinion_task_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_opinion_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_opinion"),
    )
    op.create_index("ix_opinion_decision_id", "opinion", ["decision_id"])
    op.create_index("ix_opinion_task_id_said_at", "opinion", ["task_id", "said_at"])
    op.create_table(
        "escalation_step",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("rung", sa.String(64), nullable=False),
        sa.Column("to_whom", sa.String(200), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("changed_on", sa.Date(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["decision.id"],
            name="fk_escalation_step_decision_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_escalation_step_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name="fk_escalation_step_user_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_escalation_step"),
        sa.UniqueConstraint(
            "decision_id", "position", name="uq_escalation_step_decision_id_position"
        ),
    )


def _add_follow_ups() -> None:
    op.create_table(
        "follow_up",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("decision_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.String(64), nullable=True),
        sa.Column("minutes_now", sa.Float(53), nullable=True),
        sa.Column("times_now", sa.Float(53), nullable=True),
        sa.Column("per_now", sa.String(64), nullable=True),
        sa.Column("people_now", sa.Integer(), nullable=True),
        sa.Column("minutes_before", sa.Float(53), nullable=True),
        sa.Column("hours_now", sa.Float(53), nullable=True),
        sa.Column("confirmed_hours", sa.Float(53), nullable=True),
        sa.Column("estimate_change_hours", sa.Float(53), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name="fk_follow_up_decision_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_follow_up_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name="fk_follow_up_task_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_follow_up_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_follow_up"),
        sa.UniqueConstraint("decision_id", "months", name="uq_follow_up_decision_id_months"),
    )
    op.create_index(
        "ix_follow_up_organisation_id_state_due_on_id",
        "follow_up",
        ["organisation_id", "state", "due_on", "id"],
    )
    op.create_index("ix_follow_up_task_id", "follow_up", ["task_id"])
    _add_freed_time()
    op.create_table(
        "return_sign",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("noticed_on", sa.Date(), nullable=False),
        sa.Column("state", sa.String(64), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("settled_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name="fk_return_sign_organisation_id"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name="fk_return_sign_task_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name="fk_return_sign_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_return_sign"),
        sa.UniqueConstraint("task_id", "report_id", name="uq_return_sign_task_id_report_id"),
    )
    op.create_index(
        "ix_return_sign_organisation_id_state_noticed_on_id",
        "return_sign",
        ["organisation_id", "state", "noticed_on", "id"],
    )


def _add_freed_time() -> None:
    op.create_table(
        "freed_time",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("told", sa.Boolean(), autoincrement=False, nullable=False),
        sa.Column("decision_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("hours", sa.Float(53), nullable=False),
        sa.Column("estimate_change_hours", sa.Float(53), nullable=False),
        sa.Column("core_work", sa.Float(53), nullable=False),
        sa.Column("quality", sa.Float(53), nullable=False),
        sa.Column("less_overtime", sa.Float(53), nullable=False),
        sa.Column("cash", sa.Float(53), nullable=False),
        sa.Column("not_realised", sa.Float(53), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["decision.id"], name="fk_freed_time_decision_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["task_id"], ["task.id"], name="fk_freed_time_task_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("organisation_id", "told", "decision_id", name="pk_freed_time"),
        sa.UniqueConstraint("decision_id", name="uq_freed_time_decision_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_freed_time_task_id", "freed_time", ["task_id"])


def _add_columns() -> None:
    op.add_column(
        "assessment", sa.Column("review_on", sa.Date(), server_default="1970-01-01", nullable=False)
    )
    op.create_index(
        "ix_assessment_organisation_id_review_on_task_id",
        "assessment",
        ["organisation_id", "review_on", "task_id"],
    )
    op.add_column("requirement", sa.Column("added_on", sa.Date(), nullable=True))
    op.add_column("requirement", sa.Column("reviewed_on", sa.Date(), nullable=True))
    op.add_column("requirement", sa.Column("review_on", sa.Date(), nullable=True))
    op.add_column("requirement", sa.Column("refused_on", sa.Date(), nullable=True))
    op.create_index("ix_requirement_review_on", "requirement", ["review_on"])
    if op.get_bind().dialect.name == "sqlite":
        later = "date(logged_on, CASE WHEN confirmed THEN '+3 years' ELSE '+1 years' END)"
    else:
        # As `timethief.domain.review_dates` does it: a year after 29 February is 1 March.
        years = "CASE WHEN confirmed THEN 3 ELSE 1 END"
        later = (
            f"(logged_on + make_interval(years => {years})"
            " + CASE WHEN to_char(logged_on, 'MM-DD') = '02-29' THEN interval '1 day' ELSE interval '0 day' END)::date"
        )
    op.execute(
        f"UPDATE assessment SET review_on = (SELECT {later} FROM task WHERE task.id = assessment.task_id)"  # noqa: S608 - no value of anybody's
    )


def downgrade() -> None:
    """Take the change back."""
    op.drop_index("ix_requirement_review_on", "requirement")
    op.drop_index("ix_assessment_organisation_id_review_on_task_id", "assessment")
    for table, column in (
        ("requirement", "added_on"),
        ("requirement", "reviewed_on"),
        ("requirement", "review_on"),
        ("requirement", "refused_on"),
        ("assessment", "review_on"),
    ):
        op.drop_column(table, column)
    for table in reversed(_TABLES):
        op.drop_table(table)
