"""The first tables."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from timethief.storage import search

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "organisation",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("code", name=op.f("uq_organisation_code")),
    )
    op.create_table(
        "sent_form",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("result", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", "key", name=op.f("pk_sent_form")),
    )
    op.create_table(
        "total",
        sa.Column("organisation_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("level", sa.String(length=64), nullable=False),
        sa.Column("dimension", sa.String(length=64), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("tasks", sa.BigInteger(), nullable=False),
        sa.Column("flagged_tasks", sa.BigInteger(), nullable=False),
        sa.Column("cost_low", sa.BigInteger(), nullable=False),
        sa.Column("cost_likely", sa.BigInteger(), nullable=False),
        sa.Column("cost_high", sa.BigInteger(), nullable=False),
        sa.Column("cost_ore", sa.BigInteger(), nullable=False),
        sa.Column("benefit_low", sa.BigInteger(), nullable=False),
        sa.Column("benefit_likely", sa.BigInteger(), nullable=False),
        sa.Column("benefit_high", sa.BigInteger(), nullable=False),
        sa.Column("flagged_hours", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_hours", sa.BigInteger(), nullable=False),
        sa.Column("avoidable_hours", sa.BigInteger(), nullable=False),
        sa.Column("gain_hours", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint(
            "organisation_id",
            "unit_id",
            "level",
            "dimension",
            "key",
            name=op.f("pk_total"),
        ),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "policy_version",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("adopted_on", sa.Date(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_policy_version_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_version")),
        sa.UniqueConstraint(
            "organisation_id",
            "version",
            name=op.f("uq_policy_version_organisation_id_version"),
        ),
    )
    op.create_table(
        "requester",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("level", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("folded_name", sa.String(length=200), nullable=False),
        sa.Column("official_code", sa.String(length=64), nullable=True),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("successor_id", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_requester_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["requester.id"], name=op.f("fk_requester_successor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requester")),
        sa.UniqueConstraint(
            "organisation_id",
            "level",
            "folded_name",
            name=op.f("uq_requester_organisation_id_level_folded_name"),
        ),
    )
    with op.batch_alter_table("requester", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_requester_folded_name"), ["folded_name"], unique=False)

    op.create_table(
        "staff_category",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name_sv", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_staff_category_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_category")),
        sa.UniqueConstraint(
            "organisation_id",
            "code",
            name=op.f("uq_staff_category_organisation_id_code"),
        ),
    )
    op.create_table(
        "unit",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("sector", sa.String(length=64), nullable=False),
        sa.Column("headcount", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_unit_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("organisation_id", "code", name=op.f("uq_unit_organisation_id_code")),
    )
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unit_parent_id"), ["parent_id"], unique=False)

    op.create_table(
        "requester_alias",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("requester_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("folded_name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["requester_id"],
            ["requester.id"],
            name=op.f("fk_requester_alias_requester_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requester_alias")),
        sa.UniqueConstraint(
            "requester_id",
            "folded_name",
            name=op.f("uq_requester_alias_requester_id_folded_name"),
        ),
    )
    with op.batch_alter_table("requester_alias", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_requester_alias_folded_name"), ["folded_name"], unique=False
        )

    op.create_table(
        "requirement",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=True),
        sa.Column("requester_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("folded_title", sa.String(length=200), nullable=False),
        sa.Column("binding", sa.String(length=64), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("grant_sek_per_year", sa.Float(precision=53), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_requirement_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["requester_id"], ["requester.id"], name=op.f("fk_requirement_requester_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement")),
        sa.UniqueConstraint(
            "organisation_id",
            "requester_id",
            "folded_title",
            name=op.f("uq_requirement_organisation_id_requester_id_folded_title"),
        ),
    )
    with op.batch_alter_table("requirement", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_requirement_requester_id"), ["requester_id"], unique=False
        )

    op.create_table(
        "tariff",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_category_id", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("hourly_cost_sek", sa.Float(precision=53), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("estimated", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_tariff_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_category_id"],
            ["staff_category.id"],
            name=op.f("fk_tariff_staff_category_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff")),
        sa.UniqueConstraint(
            "staff_category_id",
            "valid_from",
            name=op.f("uq_tariff_staff_category_id_valid_from"),
        ),
    )
    op.create_table(
        "user_account",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("email", sa.String(length=200), nullable=False),
        sa.Column("folded_email", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("staff_category_id", sa.BigInteger(), nullable=True),
        sa.Column("password_hash", sa.Text(), nullable=True),
        sa.Column("language", sa.String(length=64), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_user_account_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_category_id"],
            ["staff_category.id"],
            name=op.f("fk_user_account_staff_category_id"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_user_account_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_account")),
        sa.UniqueConstraint("folded_email", name=op.f("uq_user_account_folded_email")),
    )
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_user_account_organisation_id"),
            ["organisation_id"],
            unique=False,
        )

    op.create_table(
        "task",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("requester_id", sa.BigInteger(), nullable=False),
        sa.Column("requirement_id", sa.BigInteger(), nullable=True),
        sa.Column("staff_category_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Float(precision=53), nullable=False),
        sa.Column("minutes_low", sa.Float(precision=53), nullable=True),
        sa.Column("minutes_high", sa.Float(precision=53), nullable=True),
        sa.Column("times", sa.Float(precision=53), nullable=False),
        sa.Column("per", sa.String(length=64), nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("people_low", sa.Integer(), nullable=True),
        sa.Column("people_high", sa.Integer(), nullable=True),
        sa.Column("hourly_cost_sek", sa.Float(precision=53), nullable=True),
        sa.Column("binding", sa.String(length=64), nullable=False),
        sa.Column("legal_basis", sa.Text(), nullable=False),
        sa.Column("achievable_minutes", sa.Float(precision=53), nullable=True),
        sa.Column("sufficient_times", sa.Float(precision=53), nullable=True),
        sa.Column("sufficient_per", sa.String(length=64), nullable=True),
        sa.Column("other_staff_category_id", sa.BigInteger(), nullable=True),
        sa.Column("other_hourly_cost_sek", sa.Float(precision=53), nullable=True),
        sa.Column("duplicate_share", sa.Float(precision=53), nullable=False),
        sa.Column("rule_based", sa.Float(precision=53), nullable=True),
        sa.Column("digital_input", sa.Float(precision=53), nullable=True),
        sa.Column("exceptions", sa.Float(precision=53), nullable=True),
        sa.Column("stable", sa.Boolean(), nullable=False),
        sa.Column("systems", sa.Integer(), nullable=False),
        sa.Column("needs_judgement", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("figures_by", sa.String(length=64), nullable=False),
        sa.Column("assumed", sa.Boolean(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("logged_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_task_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["other_staff_category_id"],
            ["staff_category.id"],
            name=op.f("fk_task_other_staff_category_id"),
        ),
        sa.ForeignKeyConstraint(
            ["requester_id"], ["requester.id"], name=op.f("fk_task_requester_id")
        ),
        sa.ForeignKeyConstraint(
            ["requirement_id"], ["requirement.id"], name=op.f("fk_task_requirement_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_category_id"],
            ["staff_category.id"],
            name=op.f("fk_task_staff_category_id"),
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_task_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_task_organisation_id"), ["organisation_id"], unique=False
        )

    op.create_table(
        "user_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_user_session_user_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_user_session")),
    )
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_user_session_user_id"), ["user_id"], unique=False)

    op.create_table(
        "assessment",
        sa.Column(
            "task_id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("requester_id", sa.BigInteger(), nullable=False),
        sa.Column("requirement_id", sa.BigInteger(), nullable=True),
        sa.Column("staff_category_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=64), nullable=False),
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("signals", sa.Text(), nullable=False),
        sa.Column("verdict", sa.String(length=64), nullable=False),
        sa.Column("cause", sa.String(length=64), nullable=True),
        sa.Column("recommended", sa.String(length=64), nullable=False),
        sa.Column("within_own_mandate", sa.String(length=64), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("cost_low", sa.BigInteger(), nullable=False),
        sa.Column("cost_likely", sa.BigInteger(), nullable=False),
        sa.Column("cost_high", sa.BigInteger(), nullable=False),
        sa.Column("cost_ore", sa.BigInteger(), nullable=False),
        sa.Column("benefit_low", sa.BigInteger(), nullable=False),
        sa.Column("benefit_likely", sa.BigInteger(), nullable=False),
        sa.Column("benefit_high", sa.BigInteger(), nullable=False),
        sa.Column("avoidable_hours", sa.BigInteger(), nullable=False),
        sa.Column("gain_hours", sa.BigInteger(), nullable=False),
        sa.Column("policy_version", sa.Integer(), nullable=False),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_assessment_task_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_assessment")),
    )
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.create_index("ix_assessment_by_cause", ["organisation_id", "cause"], unique=False)
        batch_op.create_index("ix_assessment_by_level", ["organisation_id", "level"], unique=False)
        batch_op.create_index(
            "ix_assessment_by_recommended",
            ["organisation_id", "recommended"],
            unique=False,
        )
        batch_op.create_index(
            "ix_assessment_by_requester_id",
            ["organisation_id", "requester_id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_assessment_by_requirement_id",
            ["organisation_id", "requirement_id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_assessment_by_staff_category_id",
            ["organisation_id", "staff_category_id"],
            unique=False,
        )
        batch_op.create_index(
            "ix_assessment_by_status", ["organisation_id", "status"], unique=False
        )
        batch_op.create_index(
            "ix_assessment_by_unit_id", ["organisation_id", "unit_id"], unique=False
        )
        batch_op.create_index(
            "ix_assessment_by_verdict", ["organisation_id", "verdict"], unique=False
        )
        batch_op.create_index(
            "ix_assessment_sorted_by_avoidable_hours",
            [
                "organisation_id",
                "avoidable_hours",
                "task_id",
                "unit_id",
                "requester_id",
                "requirement_id",
                "staff_category_id",
                "level",
                "status",
                "verdict",
                "cause",
                "recommended",
            ],
            unique=False,
        )
        batch_op.create_index(
            "ix_assessment_sorted_by_cost_likely",
            [
                "organisation_id",
                "cost_likely",
                "task_id",
                "unit_id",
                "requester_id",
                "requirement_id",
                "staff_category_id",
                "level",
                "status",
                "verdict",
                "cause",
                "recommended",
            ],
            unique=False,
        )
        batch_op.create_index(
            "ix_assessment_sorted_by_gain_hours",
            [
                "organisation_id",
                "gain_hours",
                "task_id",
                "unit_id",
                "requester_id",
                "requirement_id",
                "staff_category_id",
                "level",
                "status",
                "verdict",
                "cause",
                "recommended",
            ],
            unique=False,
        )
        batch_op.create_index(
            "ix_assessment_sorted_by_sequence",
            [
                "organisation_id",
                "sequence",
                "task_id",
                "unit_id",
                "requester_id",
                "requirement_id",
                "staff_category_id",
                "level",
                "status",
                "verdict",
                "cause",
                "recommended",
            ],
            unique=False,
        )

    op.create_table(
        "report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=True),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Float(precision=53), nullable=True),
        sa.Column("times", sa.Float(precision=53), nullable=True),
        sa.Column("per", sa.String(length=64), nullable=True),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("people_low", sa.Integer(), nullable=True),
        sa.Column("people_high", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("staff_category_id", sa.BigInteger(), nullable=True),
        sa.Column("requester_id", sa.BigInteger(), nullable=True),
        sa.Column("use_answer", sa.String(length=64), nullable=False),
        sa.Column("worth_share", sa.Float(precision=53), nullable=True),
        sa.Column("achievable_minutes", sa.Float(precision=53), nullable=True),
        sa.Column("signals", sa.Text(), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_report_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["requester_id"], ["requester.id"], name=op.f("fk_report_requester_id")
        ),
        sa.ForeignKeyConstraint(
            ["staff_category_id"],
            ["staff_category.id"],
            name=op.f("fk_report_staff_category_id"),
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_report_task_id")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_report_unit_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_report_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_report")),
    )
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_report_organisation_id"), ["organisation_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_report_task_id"), ["task_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_report_user_id"), ["user_id"], unique=False)

    op.create_table(
        "task_event",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_task_event_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_event_task_id")),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user_account.id"], name=op.f("fk_task_event_user_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_event")),
    )
    with op.batch_alter_table("task_event", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_task_event_task_id_happened_at"),
            ["task_id", "happened_at"],
            unique=False,
        )

    op.create_table(
        "task_signal",
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("signal", sa.String(length=64), nullable=False),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_signal_task_id")),
        sa.PrimaryKeyConstraint("task_id", "signal", name=op.f("pk_task_signal")),
    )
    with op.batch_alter_table("task_signal", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_task_signal_organisation_id_signal_task_id"),
            ["organisation_id", "signal", "task_id"],
            unique=False,
        )

    op.create_table(
        "task_use",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("beneficiary", sa.String(length=64), nullable=False),
        sa.Column("purpose", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_task_use_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_task_use_task_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_use")),
        sa.UniqueConstraint("task_id", "position", name=op.f("uq_task_use_task_id_position")),
    )
    op.create_table(
        "use_statement",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=False,
            nullable=False,
        ),
        sa.Column("organisation_id", sa.BigInteger(), nullable=False),
        sa.Column("use_id", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("in_use", sa.String(length=64), nullable=False),
        sa.Column("worth_share", sa.Float(precision=53), nullable=True),
        sa.Column("worth_minutes", sa.Float(precision=53), nullable=True),
        sa.Column("worth_minutes_low", sa.Float(precision=53), nullable=True),
        sa.Column("worth_minutes_high", sa.Float(precision=53), nullable=True),
        sa.Column("worth_sek_per_year", sa.Float(precision=53), nullable=True),
        sa.Column("said_on", sa.Date(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_use_statement_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["use_id"], ["task_use.id"], name=op.f("fk_use_statement_use_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_use_statement")),
    )
    with op.batch_alter_table("use_statement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_use_statement_use_id"), ["use_id"], unique=False)

    search.create_index(op.get_bind())


def downgrade() -> None:
    """Take the change back."""
    search.drop_index(op.get_bind())
    with op.batch_alter_table("use_statement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_use_statement_use_id"))

    op.drop_table("use_statement")
    op.drop_table("task_use")
    with op.batch_alter_table("task_signal", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_signal_organisation_id_signal_task_id"))

    op.drop_table("task_signal")
    with op.batch_alter_table("task_event", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_event_task_id_happened_at"))

    op.drop_table("task_event")
    with op.batch_alter_table("report", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_report_user_id"))
        batch_op.drop_index(batch_op.f("ix_report_task_id"))
        batch_op.drop_index(batch_op.f("ix_report_organisation_id"))

    op.drop_table("report")
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.drop_index("ix_assessment_sorted_by_sequence")
        batch_op.drop_index("ix_assessment_sorted_by_gain_hours")
        batch_op.drop_index("ix_assessment_sorted_by_cost_likely")
        batch_op.drop_index("ix_assessment_sorted_by_avoidable_hours")
        batch_op.drop_index("ix_assessment_by_verdict")
        batch_op.drop_index("ix_assessment_by_unit_id")
        batch_op.drop_index("ix_assessment_by_status")
        batch_op.drop_index("ix_assessment_by_staff_category_id")
        batch_op.drop_index("ix_assessment_by_requirement_id")
        batch_op.drop_index("ix_assessment_by_requester_id")
        batch_op.drop_index("ix_assessment_by_recommended")
        batch_op.drop_index("ix_assessment_by_level")
        batch_op.drop_index("ix_assessment_by_cause")

    op.drop_table("assessment")
    with op.batch_alter_table("user_session", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_session_user_id"))

    op.drop_table("user_session")
    with op.batch_alter_table("task", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_task_organisation_id"))

    op.drop_table("task")
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_user_account_organisation_id"))

    op.drop_table("user_account")
    op.drop_table("tariff")
    with op.batch_alter_table("requirement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_requirement_requester_id"))

    op.drop_table("requirement")
    with op.batch_alter_table("requester_alias", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_requester_alias_folded_name"))

    op.drop_table("requester_alias")
    with op.batch_alter_table("unit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unit_parent_id"))

    op.drop_table("unit")
    op.drop_table("staff_category")
    with op.batch_alter_table("requester", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_requester_folded_name"))

    op.drop_table("requester")
    op.drop_table("policy_version")
    op.drop_table("total")
    op.drop_table("sent_form")
    op.drop_table("organisation")
