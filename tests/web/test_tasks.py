from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.web.browser import Answer, Browser, Change, fields_of
from tests.web.conftest import Installation
from timethief.domain.identifiers import from_text, to_text
from timethief.storage.tables import AssessmentRow, Task, TaskEvent, TaskUse, UseStatement

ONE_USE: dict[str, Change] = {
    "minutes_low": "",
    "minutes": "20",
    "minutes_high": "",
    "times": "2",
    "per": "week",
    "people_low": "",
    "people": "3",
    "people_high": "",
    "binding": "custom",
    "achievable_minutes": "",
    "sufficient_times": "",
    "duplicate_percent": "",
    "other_staff_category": "",
    "uses-0-beneficiary": "citizen",
    "uses-0-purpose": "safety",
    "uses-0-in_use": "confirmed",
    "uses-0-worth": "200",
    "uses-0-worth_kind": "share",
}
WRONG: dict[str, tuple[str, str]] = {
    "minutes": ("tolv", "minutes"),
    "minutes_low": ("30", "minutes"),
    "people": ("1,5", "people"),
    "times": ("", "times"),
    "per": ("fortnight", "per"),
    "binding": ("", "binding"),
    "duplicate_percent": ("101", "duplicate_percent"),
    "rule_based": ("-1", "rule_based"),
    "systems": ("0", "systems"),
    "uses-0-worth": ("", "uses-0-worth"),
    "uses-0-in_use": ("perhaps", "uses-0-in_use"),
    "legal_basis": ("a" * 4_001, "legal_basis"),
    "sufficient_times": ("0", "sufficient_times"),
}


def _task(installation: Installation, task_id: str) -> Task:
    found: Task = installation.ask(lambda session: session.get_one(Task, from_text(task_id)))
    return found


def _page(browser: Browser, installation: Installation) -> Answer:
    return browser.get(f"/tasks/{installation.task_id}")


def _verdict(answer: Answer) -> str:
    return answer.main.all("span", class_="verdict verdict-justified verdict-large")[0].text


def test_a_page_tells_what_a_task_costs_and_why(staff: Browser, installation: Installation) -> None:
    task = installation.tasks()[0]

    page = _page(staff, installation)

    assert page.heading == task.title
    assert task.description in page.main.text
    assert page.main.one(id="remedy-table").all("tr", class_="recommended")
    assert {each["id"] for each in page.main.all("h2") if "id" in each.attributes} >= {
        "bars",
        "remedies",
        "uses",
        "reports",
        "about",
    }


@pytest.mark.parametrize("role", ["staff", "leadership", "admin"])
def test_only_a_reviewer_is_shown_the_review(lasting: Installation, role: str) -> None:
    address = f"/tasks/{lasting.task_id}"

    own, reviewers = lasting.of(role).get(address), lasting.of("support").get(address)

    assert own.page.all(id="review-form") == []
    assert len(reviewers.page.all(id="review-form")) == 1


def test_trying_shows_the_verdict_and_stores_nothing(lasting: Installation) -> None:
    support = lasting.of("support")
    before = lasting.stored()

    tried = support.send(_page(support, lasting), ONE_USE | {"preview": "1"}, "review-form")

    assert tried.status == 200
    assert "Motiverad administration" in tried.page.one(id="preview").text
    assert fields_of(tried.form("review-form"))["minutes"] == "20"
    assert lasting.stored() == before


def test_the_number_that_was_meant_is_tried_before_it_is_saved(lasting: Installation) -> None:
    support = lasting.of("support")
    before = lasting.stored()

    chosen = ONE_USE | {"achievable_minutes": "1.000", "meant": "achievable_minutes:1"}
    tried = support.send(_page(support, lasting), chosen, "review-form")

    assert tried.status == 200
    assert fields_of(tried.form("review-form"))["achievable_minutes"] == "1"
    assert lasting.stored() == before


def test_saving_sets_figures_verdict_and_history(
    support: Browser, installation: Installation
) -> None:
    saved = support.send(_page(support, installation), ONE_USE, "review-form")

    page, task = support.follow(saved), _task(installation, installation.task_id)
    assert _verdict(page) == "Motiverad administration"
    assert "20 minuter" in page.main.text
    assert "Johan Bergström" in page.main.text
    assert (task.minutes, task.times, task.per, task.people) == (20.0, 2.0, "week", 3)
    assert (task.figures_by, task.assumed) == ("reviewer", False)


def test_what_a_reviewer_leaves_out_is_struck_and_what_is_added_counts(
    support: Browser, installation: Installation
) -> None:
    task_id = from_text(installation.task_id)
    two = ONE_USE | {
        name.replace("0", "1", 1): value for name, value in ONE_USE.items() if "uses" in name
    }
    support.send(_page(support, installation), two, "review-form")
    none = {name: "" for name in two if name.startswith("uses") and "kind" not in name}

    support.send(_page(support, installation), none, "review-form")

    places = installation.ask(
        lambda session: session.scalars(
            select(TaskUse.position).where(TaskUse.task_id == task_id)
        ).all()
    )
    assert [place for place in places if place > 0] == []
    assert len(places) >= 2
    assert _page(support, installation).main.one("section", aria_labelledby="uses").all("li") == []


@pytest.mark.parametrize("language", ["sv", "en"])
def test_saving_without_a_change_leaves_every_figure_as_it_was(
    installation: Installation, language: str
) -> None:
    support = installation.browser("support")
    columns = [name for name in Task.__table__.columns.keys() if name not in _MARKS]  # noqa: SIM118
    kinds = list(
        {(t.per, t.minutes_low is None, t.people > 999): t for t in installation.tasks()}.values()
    )
    before = {task.id: [getattr(task, name) for name in columns] for task in kinds}
    hours = _hours(installation)

    for task in kinds:
        page = support.get(f"/tasks/{to_text(task.id)}?language={language}")
        assert support.send(page, form="review-form").status == 302, page.heading

    after = {task.id: task for task in installation.tasks()}
    assert {id_: [getattr(after[id_], name) for name in columns] for id_ in before} == before
    assert _hours(installation) == hours


_MARKS = {"version", "status", "figures_by", "assumed"}


def _hours(installation: Installation) -> dict[int, tuple[object, ...]]:
    query = select(
        AssessmentRow.task_id,
        AssessmentRow.verdict,
        AssessmentRow.cost_likely,
        AssessmentRow.benefit_low,
        AssessmentRow.benefit_likely,
        AssessmentRow.benefit_high,
    )
    return {row[0]: tuple(row[1:]) for row in installation.ask(lambda s: s.execute(query).all())}


def test_two_who_save_at_once_are_told_and_neither_text_is_lost(
    support: Browser, installation: Installation
) -> None:
    mine, theirs = _page(support, installation), _page(support, installation)
    support.send(theirs, ONE_USE | {"minutes": "21", "legal_basis": "Deras grund"}, "review-form")
    kept = installation.stored()

    conflict = support.send(
        mine, ONE_USE | {"minutes": "22", "legal_basis": "Min grund"}, "review-form"
    )

    fields = fields_of(conflict.form("review-form"))
    assert conflict.status == 409
    assert (fields["minutes"], fields["legal_basis"]) == ("22", "Min grund")
    assert "Deras grund" in conflict.main.text
    assert "21 minuter" in conflict.main.text
    assert installation.stored() == kept


def test_after_a_conflict_one_more_press_lets_mine_count(
    support: Browser, installation: Installation
) -> None:
    mine, theirs = _page(support, installation), _page(support, installation)
    support.send(theirs, ONE_USE | {"minutes": "21"}, "review-form")
    conflict = support.send(mine, ONE_USE | {"minutes": "22"}, "review-form")

    saved = support.send(conflict, form="review-form")

    assert saved.status == 302
    assert _task(installation, installation.task_id).minutes == 22.0


def test_a_form_sent_twice_is_one_review(support: Browser, installation: Installation) -> None:
    page, events = _page(support, installation), installation.count(TaskEvent)

    answers = [support.send(page, ONE_USE, "review-form") for _ in range(2)]

    assert [answer.status for answer in answers] == [302, 302]
    assert installation.count(TaskEvent) == events + 1


@pytest.mark.parametrize("role", ["staff", "leadership", "admin"])
def test_a_review_by_anybody_else_is_refused(lasting: Installation, role: str) -> None:
    support, other = lasting.of("support"), lasting.of(role)
    fields = support.fill(_page(support, lasting), ONE_USE, "review-form")
    before = lasting.stored()

    answers = [
        other.post(
            f"/tasks/{lasting.task_id}/review",
            fields | {"csrf_token": other.get("/about").token} | button,
        )
        for button in ({}, {"preview": "1"})
    ]

    assert [answer.status for answer in answers] == [403, 403]
    assert lasting.stored() == before


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_used_is_told_beside_its_field(lasting: Installation, name: str) -> None:
    support, (value, field) = lasting.of("support"), WRONG[name]
    before = lasting.stored()

    answer = support.send(_page(support, lasting), ONE_USE | {name: value}, "review-form")

    (link,) = answer.page.one(id="error-summary").all("a")
    assert answer.status == 422
    assert link["href"] == f"#{field}"
    assert answer.page.one(id=f"{field}-error").text == link.text
    assert answer.title.startswith("Fel: ")
    assert lasting.stored() == before


def test_an_error_keeps_all_that_was_told(lasting: Installation) -> None:
    support = lasting.of("support")
    sent = support.fill(_page(support, lasting), ONE_USE | {"systems": "många"}, "review-form")

    answer = support.post(f"/tasks/{lasting.task_id}/review", sent)

    kept = dict(fields_of(answer.form("review-form")).lists())
    told = {n: [v] if isinstance(v, str) else v for n, v in sent.items() if n != "csrf_token"}
    assert {name: kept.get(name) for name in told} == told


def test_a_review_that_had_stood_open_keeps_the_text(
    support: Browser, installation: Installation
) -> None:
    before = installation.stored()
    expired = support.send(
        _page(support, installation), ONE_USE | {"csrf_token": "x"}, "review-form"
    )
    after = installation.stored()

    saved = support.send(expired, form="review-form")

    assert (expired.status, after == before) == (400, True)
    assert "Din text finns kvar" in expired.main.text
    assert saved.status == 302
    assert _task(installation, installation.task_id).minutes == 20.0


def test_fields_that_the_form_does_not_have_change_nothing(
    support: Browser, installation: Installation
) -> None:
    more: dict[str, Change] = {
        "title": "Ny rubrik",
        "status": "done",
        "verdict": "clear",
        "organisation_id": "1",
        "origin": "x",
        "assumed": "y",
        "unit": "0" * 12,
    }
    task = installation.tasks()[0]

    support.send(_page(support, installation), ONE_USE | more, "review-form")

    after = _task(installation, installation.task_id)
    assert (after.title, after.origin, after.unit_id) == (task.title, task.origin, task.unit_id)
    assert after.organisation_id == task.organisation_id
    assert after.status in (task.status, "in_review")


def test_a_staff_category_of_others_cannot_be_chosen(lasting: Installation) -> None:
    support = lasting.of("support")
    before = lasting.stored()

    answer = support.send(
        _page(support, lasting),
        ONE_USE | {"other_staff_category": to_text(lasting.foreign.staff_category_id)},
        "review-form",
    )

    assert answer.status in (404, 422)
    assert lasting.stored() == before


@pytest.mark.parametrize("name", ["uses-²-worth", f"uses-{'9' * 5_000}-worth", "uses--1-worth"])
def test_an_entry_under_a_strange_number_is_no_fault_of_ours(
    lasting: Installation, name: str
) -> None:
    support = lasting.of("support")

    answer = support.send(
        _page(support, lasting), ONE_USE | {name: "1", "preview": "1"}, "review-form"
    )

    assert answer.status in (200, 400, 422)


def test_the_largest_figures_that_the_form_takes_can_be_stored(
    support: Browser, installation: Installation
) -> None:
    largest: dict[str, Change] = {
        "minutes": "0,001",
        "times": "1 000 000",
        "per": "calendar_day",
        "people": "1 000 000",
        "uses-0-worth_kind": "minutes",
        "uses-0-worth": "1 000 000",
    }

    saved = support.send(_page(support, installation), ONE_USE | largest, "review-form")

    assert saved.status == 302
    assert support.follow(saved).status == 200
    assert support.get("/dashboard").status == 200
    assert installation.count(UseStatement) > 0


@pytest.mark.parametrize("end", ["", "0", "-1", "null", "0" * 13, "ä" * 12, "%00" * 12, "A" * 12])
def test_a_task_that_is_none_is_not_found(lasting: Installation, end: str) -> None:
    answer = lasting.of("support").get(f"/tasks/{end}")

    assert answer.status == 404
