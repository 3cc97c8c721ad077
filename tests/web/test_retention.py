from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.web.browser import Browser, fields_of
from tests.web.conftest import Installation
from timethief.domain.identifiers import to_text
from timethief.domain.retention import Kind
from timethief.services.jobs import JOBS
from timethief.storage.tables import AuditEvent, Hold, RetentionRule, Task, TaskEvent

RULE = {"months": "24", "decision": "Dnr 2026/12 § 4", "decided_on": "2026-01-02"}
WRONG = {
    "no decision": ("decision", ""),
    "long decision": ("decision", "a" * 201),
    "no day": ("decided_on", ""),
    "30 February": ("decided_on", "2026-02-30"),
    "tomorrow": ("decided_on", f"{datetime.now(UTC).year + 1}-12-31"),
    "no months": ("months", "0"),
    "half a month": ("months", "1,5"),
    "a thousand years": ("months", "12000"),
    "words": ("months", "två"),
}
PAGE = "/administration/retention"


def _stop_a_task(installation: Installation) -> str:
    """Let one task have been stopped long ago."""

    def stop(session: object) -> int:
        task: Task = session.get_one(Task, installation.tasks()[0].id)  # type: ignore[attr-defined]
        task.status, task.logged_on = "stopped", datetime(2001, 1, 1, tzinfo=UTC).date()
        session.query(TaskEvent).filter_by(task_id=task.id).delete()  # type: ignore[attr-defined]
        return task.id

    return str(installation.change(stop))


def test_everything_is_kept_until_there_is_a_decision(lasting: Installation) -> None:
    rows = lasting.of("admin").get(PAGE).main.one(id="kinds-table").one("tbody").all("tr")

    assert len(rows) == len(Kind)
    assert all("Sparas för alltid" in row.text for row in rows)


def test_a_rule_is_saved_and_tells_what_it_would_weed(
    admin: Browser, installation: Installation
) -> None:
    _stop_a_task(installation)

    page = admin.follow(admin.send(admin.get(f"{PAGE}/rules/tasks"), RULE))

    row = page.main.one(id="kinds-table").one("tbody").all("tr")[0].text
    assert "Sparas 24 månader efter det senaste som hände med uppgiften" in row
    assert "1 inlägg skulle gallras i dag" in row
    assert "Dnr 2026/12 § 4" in row
    assert installation.count(AuditEvent) == 1


def test_what_would_be_weeded_is_told_before_it_is_saved(
    admin: Browser, installation: Installation
) -> None:
    _stop_a_task(installation)

    answer = admin.press(admin.get(f"{PAGE}/rules/tasks"), "Se vad som skulle gallras i dag", RULE)

    assert "1 inlägg skulle gallras i dag" in answer.main.text
    assert "Inget är sparat än" in answer.main.text
    assert fields_of(answer.form())["decision"] == RULE["decision"]
    assert installation.count(RetentionRule) == 0


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_used_is_told_beside_its_field(lasting: Installation, name: str) -> None:
    admin, (field, value) = lasting.of("admin"), WRONG[name]

    answer = admin.send(admin.get(f"{PAGE}/rules/reports"), RULE | {field: value})

    assert answer.status == 422
    assert answer.page.one(id=f"{field}-error").text in answer.errors
    assert lasting.count(RetentionRule) == 0


def test_a_kind_that_is_none_is_not_found(lasting: Installation) -> None:
    assert lasting.of("admin").get(f"{PAGE}/rules/everything").status == 404


def test_who_saves_over_another_is_told_and_may_then_do_so(
    admin: Browser, installation: Installation
) -> None:
    page = admin.get(f"{PAGE}/rules/mail")
    admin.send(page, RULE)

    second = admin.send(page, RULE | {"months": "36"})
    third = admin.send(second)

    assert second.status == 409
    assert fields_of(second.form())["months"] == "36"
    assert third.status == 302
    assert installation.ask(lambda session: session.query(RetentionRule).one().months) == 36


def test_a_form_that_had_stood_open_keeps_the_text(admin: Browser) -> None:
    for page, fields in ((f"{PAGE}/rules/mail", RULE), (f"{PAGE}/hold", {"reason": "Tvist"})):
        expired = admin.send(admin.get(page), fields | {"csrf_token": ""})

        assert expired.status == 400
        assert fields.items() <= dict(fields_of(expired.form())).items()


def test_a_task_is_held_back_by_its_address_and_let_go_again(
    admin: Browser, installation: Installation
) -> None:
    fields = {
        "kind": "tasks",
        "reference": f"http://localhost/tasks/{installation.task_id}",
        "reason": "Mål i förvaltningsrätten",
    }

    held = admin.follow(admin.send(admin.get(f"{PAGE}/hold"), fields))
    free = admin.follow(admin.send(held, form="/lift"))

    assert installation.task_id in held.main.text
    assert "Mål i förvaltningsrätten" in held.main.text
    assert "Inget är undantaget." in free.main.text
    assert installation.ask(lambda session: session.query(Hold).one().lifted_on) is not None


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("reference", {"kind": "tasks", "reference": "zzzzzzzzzzzz", "reason": "x"}),
        ("reference", {"kind": "mail", "reference": "zzzzzzzzzzzz", "reason": "x"}),
        ("reason", {"kind": "tasks", "reference": "", "reason": " "}),
        ("kind", {"kind": "x", "reference": "", "reason": "x"}),
    ],
)
def test_what_cannot_be_held_back_is_told(
    lasting: Installation, field: str, fields: dict[str, str]
) -> None:
    admin = lasting.of("admin")

    answer = admin.send(admin.get(f"{PAGE}/hold"), fields)

    assert answer.status == 422
    assert answer.page.one(id=f"{field}-error").text in answer.errors
    assert lasting.count(Hold) == 0


def test_a_task_of_another_organisation_cannot_be_held(lasting: Installation) -> None:
    fields = {"kind": "tasks", "reference": to_text(lasting.foreign.id), "reason": "x"}
    admin = lasting.of("admin")

    unknown = admin.send(admin.get(f"{PAGE}/hold"), fields | {"reference": "zzzzzzzzzzzz"})
    foreign = admin.send(admin.get(f"{PAGE}/hold"), fields)

    assert foreign.status == unknown.status == 422
    assert foreign.errors == unknown.errors


def test_the_job_is_in_the_table_of_jobs() -> None:
    assert "retention" in {job.name for job in JOBS}
