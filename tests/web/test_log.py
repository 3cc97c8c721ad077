from __future__ import annotations

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from werkzeug.datastructures import MultiDict

from tests.web.browser import Answer, Browser, Change, fields_of
from tests.web.conftest import NEIGHBOURS_TITLE, Installation
from timethief.domain.identifiers import from_text, to_text
from timethief.storage.tables import Report, Requester, SentForm, Task

FULL: dict[str, Change] = {
    "title": "Skriver in blodtryck i två system",
    "minutes": "10",
    "frequency": "daily",
    "people": "many",
    "requester_other": "Regionkontoret",
    "use": "citizen",
    "worth": "0.5",
    "signals": ["paper", "double_entry"],
    "achievable_minutes": "2,5",
    "description": "Först på papper.\r\n\r\nSedan i datorn.",
}
NUMBERS = {
    "12,5": "12,5",
    "12.5": "12,5",
    " 12 ": "12",
    "1 000": "1 000",
    "1\u00a0000": "1 000",
    "1\u202f000,5": "1 000,5",
    "0,5": "0,5",
}
WRONG_MINUTES = (
    "tolv",
    "-5",
    "0",
    "1441",
    "NaN",
    "inf",
    "1e3",
    "1_0",
    "0x10",
    "\uff11\uff12",
    "9" * 5_000,
)
WRONG_ALL: dict[str, Change] = {
    "title": " \u200b\u00a0",
    "minutes_other": "tolv",
    "people_other": "1,5",
    "frequency": "several_a_day",
    "achievable_minutes": "-1",
    "description": "a" * 4_001,
}
FOREIGN = ("unit", "staff_category", "requester", "same_as")
ASKED_WHICH = "Menar du 1 eller 1 000? Skriv ett av dem."


def _form(browser: Browser) -> Answer:
    return browser.get("/log")


def _send(browser: Browser, changes: Mapping[str, Change]) -> Answer:
    return browser.send(_form(browser), changes, "log-form")


def _marked(answer: Answer, name: str) -> list[str]:
    return dict(fields_of(answer.form("log-form")).lists()).get(name, [])


def test_five_questions_give_the_hours_of_a_year_back(staff: Browser) -> None:
    receipt = staff.follow(_send(staff, FULL))

    # 10 minutes x 220 working days x 6-20 people, a quarter less to a quarter more.
    assert receipt.heading == "Tack!"
    assert receipt.page.one(id="hours-a-year").text == "170\u2013920 timmar per år"
    assert str(FULL["title"]) in receipt.main.text


def test_the_receipt_tells_what_the_model_says(staff: Browser, installation: Installation) -> None:
    receipt = staff.follow(_send(staff, FULL | {"people": "one", "minutes": "60"}))
    document = {
        "title": "x",
        "minutes": 60,
        "frequency": {"times": 1, "per": "working_day"},
        "people": 1,
        "staff_category": "nurse",
    }

    hours = installation.browser().open("POST", "/api/v1/assess", json=document).json["cost_hours"]

    shown = receipt.page.one(id="hours-a-year").text
    assert (hours["low"], hours["high"]) == (165, 275)
    assert shown == "170\u2013280 timmar per år"


def test_what_was_sent_is_stored_as_it_was_told(staff: Browser, installation: Installation) -> None:
    _send(staff, FULL)

    report = installation.latest_report()

    assert (report.title, report.minutes, report.per) == (FULL["title"], 10.0, "working_day")
    assert (report.people_low, report.people, report.people_high) == (6, 11, 20)
    assert (report.use_answer, report.worth_share, report.achievable_minutes) == (
        "citizen",
        0.5,
        2.5,
    )
    assert (report.signals, report.description) == (
        "double_entry paper",
        "Först på papper.\n\nSedan i datorn.",
    )
    assert report.sent_on == datetime.now(UTC).date()


def test_a_title_alone_is_enough(staff: Browser, installation: Installation) -> None:
    tasks = installation.count(Task)

    receipt = staff.follow(_send(staff, {"title": "Stämplar papper"}))

    assert "Vi kan räkna när vi vet lite mer" in receipt.main.text
    assert receipt.page.all(id="hours-a-year") == []
    assert (installation.count(Task), installation.latest_report().task_id) == (tasks, None)
    assert "Väntar på det som saknas" in staff.get("/log/mine").main.text


def test_not_to_know_is_an_answer_to_every_question(
    staff: Browser, installation: Installation
) -> None:
    groups = ("minutes", "frequency", "people", "requester", "use", "worth")

    answer = _send(staff, {"title": "Vet inte mycket"} | dict.fromkeys(groups, "unknown"))

    report = installation.latest_report()
    assert answer.status == 302
    assert (report.minutes, report.times, report.people, report.requester_id) == (None,) * 4
    assert (report.use_answer, report.worth_share) == ("unknown", None)


def test_every_question_offers_not_to_know(staff: Browser) -> None:
    form = _form(staff).form("log-form")

    groups = {each["name"] for each in form.all("input", type="radio")}

    assert len(groups) == 6
    assert {e["name"] for e in form.all("input", type="radio", value="unknown")} == groups


@pytest.mark.parametrize(("written", "shown"), NUMBERS.items())
def test_numbers_are_read_as_people_write_them(
    lasting: Installation, written: str, shown: str
) -> None:
    staff = lasting.of("staff")
    sent = _send(staff, {"title": "Tal", "minutes_other": written})

    again = staff.get(f"{sent.location}/change")

    assert [text.replace("\u00a0", " ") for text in _marked(again, "minutes_other")] == [shown]


@pytest.mark.parametrize("written", WRONG_MINUTES)
def test_what_is_no_number_of_minutes_is_told_beside_the_field(
    lasting: Installation, written: str
) -> None:
    before = lasting.stored()

    answer = _send(lasting.of("staff"), {"title": "Tal", "minutes_other": written})

    assert answer.status == 422
    assert answer.page.one(id="minutes_other-error").text == answer.errors[0]
    assert _marked(answer, "minutes_other") == [written]
    assert lasting.stored() == before


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize(
    ("written", "way", "meant"), [("1.000", 0, 1.0), ("1,000", 1, 1_000.0), ("1,234", 0, 1.234)]
)
def test_a_number_that_can_be_read_in_two_ways_is_asked_about(
    installation: Installation, language: str, written: str, way: int, meant: float
) -> None:
    staff = installation.browser("staff")
    staff.get(f"/log?language={language}")
    before = installation.stored()
    asked = _send(staff, FULL | {"minutes": "other", "minutes_other": written})
    unchanged = installation.stored()

    buttons = [button.text for button in asked.page.all("button", name="meant")]
    answer = staff.press(asked, buttons[way])

    assert (asked.status, unchanged == before, len(buttons)) == (422, True, 2)
    assert answer.status == 302
    assert installation.latest_report().minutes == meant


def test_the_question_names_both_readings(staff: Browser) -> None:
    answer = _send(staff, {"title": "Tal", "minutes_other": "1.000"})

    assert [error.replace("\u00a0", " ") for error in answer.errors] == [ASKED_WHICH]


def test_an_error_keeps_everything_that_was_told(staff: Browser) -> None:
    page = _form(staff)
    sent = staff.fill(page, FULL | {"achievable_minutes": "snabbt"}, "log-form")

    answer = staff.post("/log", sent)

    kept = fields_of(answer.form("log-form"))
    told = {name: value for name, value in sent.items() if name != "csrf_token"}
    assert answer.status == 422
    assert {name: sorted(kept.getlist(name)) for name in told} == {
        name: sorted([value] if isinstance(value, str) else value or [])
        for name, value in told.items()
    }


def test_the_summary_leads_to_each_field(staff: Browser) -> None:
    answer = _send(staff, WRONG_ALL)

    links = answer.page.one(id="error-summary").all("a")
    names = {answer.page.one(id=link["href"][1:])["name"] for link in links}
    assert answer.title.startswith(f"Fel: {answer.heading}")
    assert names == {
        "title",
        "minutes_other",
        "people_other",
        "times",
        "achievable_minutes",
        "description",
    }
    assert [link.text for link in links] == [
        answer.page.one(id=f"{link['href'][1:]}-error").text for link in links
    ]
    assert "autofocus" in answer.page.one(id="error-summary").attributes


@pytest.mark.parametrize(
    ("field", "most"), [("title", 200), ("description", 4_000), ("requester_other", 200)]
)
def test_a_text_may_be_as_long_as_it_says(lasting: Installation, field: str, most: int) -> None:
    staff = lasting.of("staff")
    told: dict[str, Change] = {"title": "x"}

    at_most = _send(staff, told | {field: "ä" * most})
    longer = _send(staff, told | {field: "ä" * (most + 1)})

    assert (at_most.status, longer.status) == (302, 422)
    assert str(most + 1) in longer.errors[0].replace("\u00a0", "").replace(" ", "")
    assert _marked(longer, field) == ["ä" * (most + 1)]


@pytest.mark.parametrize("token", ["", "stale", None])
def test_a_form_that_had_stood_open_keeps_the_text_and_goes_with_one_more_press(
    staff: Browser, installation: Installation, token: str | None
) -> None:
    before = installation.stored()
    expired = staff.send(_form(staff), FULL | {"csrf_token": token}, "log-form")
    after = installation.stored()

    answer = staff.send(expired, form="log-form")

    assert (expired.status, before == after) == (400, True)
    assert "Din text finns kvar" in expired.main.text
    assert expired.errors == []
    assert answer.status == 302
    assert installation.latest_report().title == FULL["title"]


def test_the_same_form_sent_twenty_times_at_once_is_one_report(
    staff: Browser, installation: Installation
) -> None:
    fields, before = staff.fill(_form(staff), FULL, "log-form"), installation.count(SentForm)
    cookie = staff.cookie

    def press(_: int) -> Answer:
        browser = Browser(installation.app)
        browser.client.set_cookie(browser.cookie_name, cookie)
        return browser.post("/log", fields)

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(press, range(20)))

    assert {answer.status for answer in answers} == {302}
    assert len({answer.location for answer in answers}) == 1
    assert installation.latest_report().title == FULL["title"]
    assert installation.count(SentForm) == before + 1


def test_going_back_and_sending_again_leads_to_the_same_receipt(staff: Browser) -> None:
    page = _form(staff)

    first, second = (staff.send(page, FULL, "log-form") for _ in range(2))

    assert first.location == second.location
    mine = staff.get("/log/mine").main.all("a")
    assert len([link for link in mine if "/log/sent/" in link["href"]]) == 1


def test_undo_takes_the_report_back_and_its_text_to_the_form(
    staff: Browser, installation: Installation
) -> None:
    tasks = installation.count(Task)
    receipt = staff.follow(_send(staff, FULL))

    form = staff.follow(staff.send(receipt, form="/withdraw"))

    assert installation.count(Task) == tasks
    assert _marked(form, "title") == [FULL["title"]]
    assert sorted(_marked(form, "signals")) == ["double_entry", "paper"]
    assert _marked(form, "requester_other") == ["Regionkontoret"]
    assert form.main.one(class_="status-line").text
    assert str(FULL["title"]) not in staff.get("/log/mine").main.text


def test_what_was_taken_back_can_be_sent_anew(staff: Browser) -> None:
    receipt = staff.follow(_send(staff, FULL))
    form = staff.follow(staff.send(receipt, form="/withdraw"))

    again = staff.send(form, form="log-form")

    assert again.location != receipt.address
    assert staff.get(receipt.address).location == "/log"
    mine = staff.get("/log/mine").main.all("a")
    assert len([link for link in mine if "/log/sent/" in link["href"]]) == 1


def test_nobody_takes_back_what_is_not_theirs(installation: Installation) -> None:
    staff, support = installation.browser("staff"), installation.browser("support")
    receipt = staff.follow(_send(staff, FULL))
    before = installation.stored()

    answer = support.post(f"{receipt.address}/withdraw", {"csrf_token": _form(support).token})

    assert answer.status == 404
    assert installation.stored() == before


def test_a_report_can_be_changed(staff: Browser, installation: Installation) -> None:
    receipt = staff.follow(_send(staff, FULL))
    form = staff.get(f"{receipt.address}/change")

    saved = staff.send(form, {"minutes": "30", "title": "Skriver blodtryck"}, "log-form")

    changed = staff.follow(saved)
    assert (changed.address, changed.page.one(id="hours-a-year").text) == (
        receipt.address,
        "500\u20132 800 timmar per år",
    )
    assert installation.latest_report().title == "Skriver blodtryck"


def test_changing_without_a_change_leaves_the_report_as_it_was(
    staff: Browser, installation: Installation
) -> None:
    told = FULL | {
        "minutes": "other",
        "minutes_other": "12,3450",
        "people": "other",
        "people_other": "1 500",
    }
    sent = _send(staff, told)
    before = installation.latest_report()

    staff.send(staff.get(f"{sent.location}/change?language=en"), form="log-form")

    after = installation.latest_report()
    assert (after.minutes, after.people, after.worth_share) == (12.345, 1_500, 0.5)
    assert {name: getattr(before, name) for name in Report.__table__.columns.keys()} == {  # noqa: SIM118
        name: getattr(after, name)
        for name in Report.__table__.columns.keys()  # noqa: SIM118
    }


def test_a_title_leads_to_tasks_that_look_alike(staff: Browser) -> None:
    _send(staff, FULL)
    form = _form(staff)

    part = staff.post("/log/similar", {"title": "blodtryck i två", "csrf_token": form.token})

    offered = part.page.all("button", name="same")
    assert part.status == 200
    assert 1 <= len(offered) <= 3
    assert "Skriver in blodtryck i två system" in part.page.text
    assert part.page.all("html") == []


def test_the_same_thing_without_scripts_joins_that_task(
    staff: Browser, installation: Installation
) -> None:
    task_id = from_text(installation.task_id)
    title = next(task.title for task in installation.tasks() if task.id == task_id)
    looked = staff.press(_form(staff), "look_up", {"title": title})
    chosen = staff.press(looked, "same")
    tasks = installation.count(Task)

    answer = staff.press(chosen, "Skicka")

    assert f"Du säger samma sak som: {title}" in chosen.main.text
    assert answer.status == 302
    assert installation.latest_report().task_id == task_id
    assert installation.count(Task) == tasks


def test_the_same_thing_by_script_joins_that_task(
    staff: Browser, installation: Installation
) -> None:
    form = _form(staff)
    title = installation.tasks()[0].title
    part = staff.post("/log/similar", {"title": title, "csrf_token": form.token})
    button = part.page.all("button", name="same")[0]

    chosen = staff.send(form, {"title": "bl", "same": button["value"]}, "log-form")
    sent = staff.send(chosen, form="log-form")

    assert _marked(chosen, "title") == [title]
    assert sent.status == 302
    assert installation.latest_report().task_id == from_text(button["value"])


def test_to_look_up_stores_nothing(staff: Browser, installation: Installation) -> None:
    before = installation.stored()

    looked = staff.press(_form(staff), "look_up", FULL)
    nothing = staff.press(_form(staff), "look_up", {"title": "xyzzy kvarg"})

    assert (looked.status, _marked(looked, "minutes")) == (200, ["10"])
    assert "Ingen har loggat något liknande än" in nothing.main.text
    assert installation.stored() == before


def test_tasks_of_others_are_never_offered(staff: Browser) -> None:
    answer = staff.press(_form(staff), "look_up", {"title": NEIGHBOURS_TITLE})

    assert NEIGHBOURS_TITLE not in answer.main.text.replace(
        answer.form("log-form").one(name="title")["value"], ""
    )
    assert "Grannens" not in " ".join(each.text for each in answer.main.all("li"))


def _foreign_id(installation: Installation, field: str) -> str:
    foreign = installation.foreign
    ids = {
        "unit": foreign.unit_id,
        "staff_category": foreign.staff_category_id,
        "requester": foreign.requester_id,
        "same_as": foreign.id,
    }
    return to_text(ids[field])


@pytest.mark.parametrize("field", FOREIGN)
def test_what_belongs_to_another_organisation_cannot_be_chosen(
    installation: Installation, field: str
) -> None:
    staff, foreign = installation.browser("staff"), _foreign_id(installation, field)
    before = installation.stored()
    told = {n: v for n, v in FULL.items() if n != "requester_other"}

    answer = _send(staff, told | {field: foreign})

    assert answer.status == 422
    assert len(answer.errors) == 1
    assert _marked(answer, "title") == [FULL["title"]]
    assert "Grannens" not in answer.text
    assert installation.stored() == before


@pytest.mark.parametrize("field", FOREIGN)
@pytest.mark.parametrize("value", ["x", "0" * 12, "uuuuuuuuuuuu", "a" * 5_000, "-1", "\x00"])
def test_an_identifier_that_is_none_cannot_be_chosen(
    lasting: Installation, field: str, value: str
) -> None:
    before = lasting.stored()

    answer = _send(lasting.of("staff"), {"title": "x", field: value})

    assert answer.status == 422
    assert lasting.stored() == before


def test_a_task_that_is_gone_lets_the_report_go_on_its_own(
    staff: Browser, installation: Installation
) -> None:
    refused = _send(staff, FULL | {"same_as": "0" * 12})

    answer = staff.send(refused, form="log-form")

    assert "finns inte längre" in refused.errors[0]
    assert answer.status == 302
    assert installation.latest_report().task_id is not None


def test_a_name_already_known_is_the_same_requester(
    staff: Browser, installation: Installation
) -> None:
    known = installation.count(Requester)

    _send(staff, FULL | {"requester_other": "  SOCIALSTYRELSEN "})

    assert installation.count(Requester) == known


def test_no_page_that_is_only_read_changes_anything(
    staff: Browser, support: Browser, admin: Browser, installation: Installation
) -> None:
    receipt = staff.follow(_send(staff, FULL)).address
    task = f"/tasks/{installation.task_id}"
    requester = f"/requesters/{installation.requester_id}"
    places = ["/", "/about", "/dashboard", "/inventory?q=rapport", "/log", "/log/mine", "/login"]
    places += [receipt, f"{receipt}/change", f"{receipt}/withdraw", task, f"{task}/review"]
    places += ["/requesters", requester, "/tariffs", "/logout", "/log/similar", "/readyz"]
    before = installation.stored()

    for browser in (staff, support, admin):
        for place in places:
            browser.get(place)

    assert installation.stored() == before
    assert installation.count(Report) > 0


def test_who_logs_is_told_that_it_can_be_seen(staff: Browser) -> None:
    assert "Du är inloggad" in _form(staff).main.text


def test_the_form_asks_as_a_phone_can_answer(staff: Browser) -> None:
    form = _form(staff).form("log-form")

    numbers = [form.one(name=name) for name in ("minutes_other", "times", "people_other")]

    assert {number["type"] for number in numbers} == {"text"}
    assert {number["inputmode"] for number in numbers} <= {"decimal", "numeric"}
    assert "novalidate" in form.attributes
    assert form.all("button")[0].get("name") == ""


def test_own_place_and_work_are_filled_in(staff: Browser) -> None:
    filled: MultiDict[str, str] = fields_of(_form(staff).form("log-form"))

    identifier = re.compile(r"[0-9a-z]{12}")

    assert identifier.fullmatch(filled["unit"])
    assert identifier.fullmatch(filled["staff_category"])
    assert filled["title"] == ""
