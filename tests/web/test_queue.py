"""The queue: what stands in it, what is done from it, and that nothing is lost when two do something at once."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests.web.browser import NEIGHBOUR, Answer, Browser, Change
from tests.web.conftest import Installation
from tests.web.markup import Element
from timethief.domain.identifiers import from_text
from timethief.domain.people import Actor, Role
from timethief.services.cases import handling
from timethief.services.cases.opening import case_of_task
from timethief.services.organisations import NewUser, add_user
from timethief.storage.tables import Case, Decision, SeenTask, Task, User

REASON = "Den behövs för patientsäkerheten."


def _rows(answer: Answer, group: str = "new") -> list[Element]:
    (part,) = [
        each
        for each in answer.main.all("section")
        if each.get("aria-labelledby") == f"part-{group}"
    ]
    return [each for each in part.all("li") if "queue-row" in each.get("class")]


def _task(row: Element) -> int:
    return from_text(row["data-task"])


def _act(browser: Browser, row: Element, act: str, **fields: Change) -> Answer:
    """Press what stands in the row."""
    forms = [form for form in row.all("form") if form.get("method") == "post"]
    form = next(
        form
        for form in forms
        if any(
            each.get("value") == act for each in form.all("button", name="act") + form.all("input")
        )
    )
    found: dict[str, Change] = {
        each["name"]: each.get("value") for each in form.all("input") if each.get("name")
    }
    return browser.post("/queue/act", found | {"act": act} | fields)


def _case(installation: Installation, task_id: int) -> Case | None:
    found: Case | None = installation.ask(lambda session: case_of_task(session, task_id))
    return found


def _status(installation: Installation, task_id: int) -> str:
    return str(installation.ask(lambda session: session.get_one(Task, task_id).status))


def _undo(answer: Answer) -> str:
    (form,) = [form for form in answer.main.all("form") if "/undo/" in form.get("action")]
    return form["action"]


def test_the_first_row_explains_itself(lasting: Installation) -> None:
    page = lasting.of("support").get("/queue")
    assert page.heading.startswith("Tidstjuvar att ta ställning till (")
    text = _rows(page)[0].text
    for words in ("timmar", "per år", "Varför här", "Bäst av allt", "Vinst:", "Beställare", "Ta"):
        assert words in text
    assert "Färre än" in text, "so few reports are not counted"


def test_others_have_no_queue(lasting: Installation) -> None:
    for role in ("staff", "leadership", "admin"):
        assert lasting.of(role).get("/queue").status == 403
        assert "/queue" not in lasting.of(role).get("/inventory").text
    assert lasting.browser().get("/queue").status == 302


def test_the_address_is_the_state(lasting: Installation) -> None:
    support = lasting.of("support")
    wanted = "/queue?level=state&recommended=remove&order=age"
    page = support.get(wanted)
    chips = [each.text for each in page.main.all("a") if "chip-remove" in each.get("class")]
    assert len(chips) == 2
    assert support.get(wanted).heading == page.heading
    clear = [each for each in page.main.all("a") if "chip-clear" in each.get("class")]
    assert clear[0]["href"] == "/queue?order=age"
    assert support.get("/queue?q=&level=state").location == "/queue?level=state"
    for wrong in ("order=x", "group=x", "level=x", "group=new&cursor=x", "order=gain&unit=x"):
        assert support.get(f"/queue?{wrong}").status in (404, 422), wrong


def test_a_group_alone_has_pages(lasting: Installation) -> None:
    support, seen = lasting.of("support"), []
    address: str | None = "/queue?group=new"
    while address:
        page = support.get(address)
        seen += [_task(row) for row in _rows(page)]
        links = [each for each in page.main.all("a") if "cursor=" in each.get("href")]
        address = links[0]["href"] if links else None
    assert len(seen) == len(set(seen)) > 25


def test_all_filters_stand_on_a_page_of_their_own(lasting: Installation) -> None:
    page = lasting.of("support").get("/queue/filters?level=state")
    names = {each.get("name") for each in page.main.all("select")}
    assert {"unit", "requester", "cause", "signal", "recommended", "function", "owner"} <= names
    assert page.main.all("input", name="level")[0]["value"] == "state"


def test_take_and_undo(either: Installation) -> None:
    support = either.browser("support")
    row = _rows(support.get("/queue"))[0]
    page = support.follow(_act(support, row, "take"))
    assert "Sparat. Du har tagit 1 uppgift." in page.main.text
    taken = _case(either, _task(row))
    assert taken is not None
    assert taken.user_id == _user(either)
    assert _task(row) in [_task(each) for each in _rows(page, "mine")]
    after = support.follow(support.post(_undo(page), {"csrf_token": page.token}))
    assert "Det är ångrat." in after.main.text
    assert _case(either, _task(row)) is None
    assert _task(_rows(after)[0]) == _task(row)
    support.follow(support.post(_undo(page), {"csrf_token": after.token}))
    assert _case(either, _task(row)) is None, "undone once, it stays so"


def _user(installation: Installation, role: str = "support") -> int:
    query = select(User.id).where(User.email == installation.emails[role])
    return int(installation.ask(lambda session: session.scalars(query).one()))


def test_hand_back(installation: Installation, support: Browser) -> None:
    row = _rows(support.get("/queue"))[0]
    page = support.follow(_act(support, row, "take"))
    mine = next(each for each in _rows(page, "mine") if _task(each) == _task(row))
    support.follow(_act(support, mine, "back"))
    case = _case(installation, _task(row))
    assert case is not None
    assert case.user_id is None


def test_keep_takes_a_reason_and_can_be_undone(either: Installation) -> None:
    support = either.browser("support")
    row = _rows(support.get("/queue"))[0]
    before = _status(either, _task(row))
    refused = _act(support, row, "keep", reason="  ")
    assert refused.status == 422
    assert "varför den är värd sin tid" in refused.main.text
    assert _status(either, _task(row)) == before
    long = "x" * 1501
    refused = _act(support, row, "keep", reason=long)
    assert refused.status == 422
    assert long in refused.text, "what was typed is still there"
    page = support.follow(_act(support, row, "keep", reason=REASON))
    assert "motiverad administration" in page.main.text
    assert _status(either, _task(row)) == "kept"
    assert REASON in next(each.text for each in _rows(page, "done") if _task(each) == _task(row))
    after = support.follow(support.post(_undo(page), {"csrf_token": page.token}))
    assert _status(either, _task(row)) == before
    assert _task(row) in [_task(each) for each in _rows(after)], "it waits again"


def test_a_form_sent_twice_is_done_once(installation: Installation, support: Browser) -> None:
    row = _rows(support.get("/queue"))[0]
    for _ in range(2):
        assert _act(support, row, "keep", reason=REASON).status == 302
    count = select(func.count()).select_from(Decision).where(Decision.task_id == _task(row))
    assert installation.ask(lambda session: session.scalar(count)) == 1


def _bulk(browser: Browser, page: Answer, rows: list[Element], **fields: Change) -> Answer:
    marks = [row.all("input", type="checkbox")[0]["value"] for row in rows]
    return browser.post("/queue/act", browser.fill(page, {"task": marks} | fields, "bulk"))


def test_many_at_once(either: Installation) -> None:
    support = either.browser("support")
    page = support.get("/queue")
    rows = _rows(page)[:3]
    function = page.form("bulk").all("option")[1]["value"]
    after = support.follow(_bulk(support, page, rows, act="give", function=function))
    cases = [_case(either, _task(row)) for row in rows]
    assert {case.function_id for case in cases if case} == {from_text(function)}
    support.follow(support.post(_undo(after), {"csrf_token": after.token}))
    assert [_case(either, _task(row)) for row in rows] == [None] * 3
    page = support.get("/queue")
    given = {_task(row) for row in rows}
    # What was given and taken back has been changed since: the marks are those of the page as it is now.
    rows = [row for row in _rows(page) if _task(row) in given]
    assert len(rows) == len(given)
    after = support.follow(_bulk(support, page, rows, act="keep", reason=REASON))
    assert {_status(either, _task(row)) for row in rows} == {"kept"}
    support.follow(support.post(_undo(after), {"csrf_token": after.token}))
    assert "kept" not in {_status(either, _task(row)) for row in rows}


def test_bulk_acts_are_refused_in_words(lasting: Installation) -> None:
    support = lasting.of("support")
    page = support.get("/queue")
    rows = _rows(page)
    nothing = _bulk(support, page, [], act="take")
    assert (nothing.status, "Markera minst en" in nothing.main.text) == (422, True)
    no_function = _bulk(support, page, rows[:2], act="give")
    assert (no_function.status, "Välj en funktion" in no_function.main.text) == (422, True)
    one = _bulk(support, page, rows[:1], act="merge")
    assert (one.status, "Markera två" in one.main.text) == (422, True)
    mark = rows[0].all("input", type="checkbox")[0]["value"]
    many = support.post(
        "/queue/act", support.fill(page, {"task": [mark] * 51, "act": "take"}, "bulk")
    )
    assert (many.status, "Högst 50" in many.main.text) == (422, True)
    two = _bulk(support, page, rows[:2], act="merge")
    assert two.location.startswith("/restructuring/merge?task=")


def test_two_at_once_nothing_is_overwritten(either: Installation) -> None:
    support = either.browser("support")
    page = support.get("/queue")
    first, second, third = _rows(page)[:3]
    either.change(lambda session: _other_takes(session, _task(first)))
    after = support.follow(_act(support, first, "take"))
    assert "Bosse Berg tog den" in after.main.text
    case = _case(either, _task(first))
    assert case is not None
    assert case.user_id != _user(either)
    kept = support.follow(_bulk(support, page, [first, second, third], act="keep", reason=REASON))
    assert "2 uppgifter behålls" in kept.main.text
    assert "Bosse Berg tog den" in kept.main.text
    assert _status(either, _task(first)) != "kept"


def _other_takes(session: Session, task_id: int) -> None:
    organisation_id = session.get_one(Task, task_id).organisation_id
    new = NewUser("bosse@exempel.se", "Bosse Berg", Role.SUPPORT, None, None, None)
    user_id = add_user(session, organisation_id, new)
    other = Actor(user_id, organisation_id, Role.SUPPORT, None, None, "Bosse Berg")
    handling.take(session, other, [task_id], datetime.now(UTC))


def test_undo_is_refused_where_somebody_has_built_on_it(installation: Installation) -> None:
    support = installation.browser("support")
    row = _rows(support.get("/queue"))[0]
    page = support.follow(_act(support, row, "take"))
    mine = next(each for each in _rows(page, "mine") if _task(each) == _task(row))
    support.follow(_act(support, mine, "keep", reason=REASON))
    answer = support.follow(support.post(_undo(page), {"csrf_token": page.token}))
    assert "Det går inte att ångra" in answer.main.text
    assert _status(installation, _task(row)) == "kept"


def test_keys_and_tasks_of_others_open_nothing(lasting: Installation) -> None:
    support, neighbour = lasting.of("support"), lasting.browser(NEIGHBOUR)
    page = support.get("/queue")
    theirs = neighbour.get("/queue")
    mark = _rows(page)[0].all("input", type="checkbox")[0]["value"]
    before = lasting.count(Case)
    fields = neighbour.fill(theirs, {"task": mark, "act": "take"}, "bulk")
    assert neighbour.post("/queue/act", fields).status == 404
    for wrong in ("x", "bbbbbbbbbbbb.1", "bbbbbbbbbbbb.1.2.3", f"{mark}0000000000"):
        answer = support.post(
            "/queue/act", support.fill(page, {"task": wrong, "act": "take"}, "bulk")
        )
        assert answer.status == 404, wrong
    foreign = fields["key"]
    assert support.post(f"/queue/undo/{foreign}", {"csrf_token": page.token}).status == 404
    own = page.form("bulk").all("input", name="key")[0]["value"]
    assert support.post(f"/queue/undo/{own}", {"csrf_token": page.token}).status == 404
    for fields in (
        support.fill(page, {"task": mark, "act": "x"}, "bulk"),
        support.fill(page, {"task": mark, "act": "take", "key": "x"}, "bulk"),
    ):
        assert support.post("/queue/act", fields).status == 400
    assert lasting.count(Case) == before


@pytest.mark.parametrize(
    "back", ["//evil.example/", "https://evil.example/", "group=x", "a=1&" * 50]
)
def test_one_comes_back_to_the_queue_only(installation: Installation, back: str) -> None:
    support = installation.browser("support")
    row = _rows(support.get("/queue"))[0]
    assert _act(support, row, "take", back=back).location == "/queue"


def test_what_was_new_is_seen(installation: Installation, support: Browser) -> None:
    page = support.get("/queue")
    row = _rows(page)[0]
    assert "ny" in row.text.split()
    after = support.follow(_see(support, page, "new"))
    assert installation.count(SeenTask) == len(_rows(page))
    assert not any("ny" in each.text.split() for each in _rows(after))


def _see(browser: Browser, page: Answer, group: str) -> Answer:
    """Press the button that says that the tasks of a group have been seen."""
    (part,) = [
        each for each in page.main.all("section") if each.get("aria-labelledby") == f"part-{group}"
    ]
    form = next(form for form in part.all("form") if form.all("button", value="seen"))
    fields = {
        "csrf_token": page.token,
        "act": "seen",
        "task": [each["value"] for each in form.all("input", name="task")],
    }
    return browser.post("/queue/act", fields)
