"""Adding and changing tasks by the API."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.web.api.caller import PROBLEM, TASKS, Caller
from tests.web.browser import neighbour
from tests.web.conftest import Installation
from tests.web.hostile_bodies import BODIES
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.tokens import Scope
from timethief.queries.verification import differences
from timethief.services import api_requests
from timethief.storage.tables import ApiRequest, Report, Requester, Task, UseStatement

SIMPLE: dict[str, Any] = {
    "title": "Fylla i närvarolistan på papper",
    "minutes": 10,
    "frequency": {"times": 1, "per": "working_day"},
    "people": 12,
    "staff_category": "nurse",
    "requester": {"level": "own_organisation", "name": "Personalenheten"},
    "signals": ["paper", "double_entry"],
    "achievable_minutes": 4,
}
OF_A_REVIEWER: dict[str, Any] = {
    "minutes": {"low": 5, "likely": 10, "high": 30},
    "binding": "law",
    "legal_basis": "Patientdatalagen",
    "requirement": "Årlig rapport",
    "uses": [
        {
            "beneficiary": "citizen",
            "purpose": "safety",
            "in_use": "confirmed",
            "worth": {"minutes": {"low": 1, "likely": 2, "high": 3}},
        },
        {
            "beneficiary": "research",
            "purpose": "statistics",
            "in_use": "unknown",
            "worth": {"sek_per_year": 1000},
        },
    ],
    "sufficient_frequency": {"times": 1, "per": "week"},
    "other_staff_category": "administrator",
    "duplicate_share": 0.25,
    "automation": {
        "rule_based": 0.9,
        "digital_input": 1.0,
        "exceptions": 0.1,
        "stable": False,
        "systems": 3,
        "needs_judgement": False,
    },
    "hourly_cost_sek": 500,
}


@pytest.fixture(scope="module")
def reviewer(lasting: Installation) -> Caller:
    """For tests that leave nothing behind."""
    return Caller(lasting)


def _simple(installation: Installation, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    return SIMPLE | {"unit": installation.unit_id} | changes


def _row(installation: Installation, task: str) -> Task:
    query = select(Task).where(Task.id == from_text(task))
    found: Task = installation.ask(lambda session: session.scalars(query).one())
    return found


def _faults(answer: Any) -> set[tuple[str, str]]:  # noqa: ANN401 - an answer
    assert (answer.status, answer.headers["Content-Type"]) == (422, PROBLEM), answer.text
    assert all(each["detail"] for each in answer.json["errors"])
    return {(each["field"], each["reason"]) for each in answer.json["errors"]}


def _check(installation: Installation) -> None:
    """Every assessment and total is what it should be."""
    assert installation.ask(lambda session: list(differences(session))) == []


def test_what_a_reviewer_sends_counts_as_it_is(either: Installation) -> None:
    reviewer = Caller(either)
    sent = _simple(either, **OF_A_REVIEWER)

    answer = reviewer.add(sent)

    assert answer.status == 201
    made = answer.json
    assert answer.headers["Location"] == f"{TASKS}/{made['id']}"
    again = reviewer.get(answer.headers["Location"])
    assert (again.json, again.headers["ETag"]) == (made, answer.headers["ETag"])
    for name, value in sent.items():
        if name not in ("unit", "requester", "signals"):
            assert made[name] == value, name
    assert made["requester"] | {"id": ""} == sent["requester"] | {"id": ""}
    assert sorted(made["signals"]) == sorted(sent["signals"])
    assert made["status"] == "reported"
    row = _row(either, made["id"])
    assert (row.figures_by, row.unit_id) == ("reviewer", from_text(either.unit_id))
    assert either.ask(lambda s: s.scalars(select(Report.task_id)).all()).count(row.id) == 0
    _check(either)


def test_what_is_answered_can_be_sent_again(installation: Installation) -> None:
    reviewer = Caller(installation)
    made = reviewer.add(_simple(installation, **OF_A_REVIEWER)).json
    kept = {name: value for name, value in made.items() if name in _simple(installation)}
    kept |= {name: made[name] for name in OF_A_REVIEWER}

    copy = reviewer.add(kept).json

    assert copy["id"] != made["id"]
    assert {**copy, "id": ""} == {**made, "id": ""}


def test_what_staff_send_is_their_own_report(either: Installation) -> None:
    nurse = Caller(either, "staff")
    use = {"beneficiary": "citizen", "purpose": "other", "in_use": "believed"}
    sent = _simple(either, uses=[use | {"worth": {"share": 0.5}}])

    answer = nurse.add(sent)

    assert answer.status == 201
    row = _row(either, answer.json["id"])
    report = either.latest_report()
    assert (row.figures_by, report.task_id, report.title) == ("performer", row.id, row.title)
    assert answer.json["uses"] == [use | {"worth": {"share": 0.5}}]
    _check(either)


@pytest.mark.parametrize("field", sorted(OF_A_REVIEWER))
def test_staff_cannot_say_what_a_reviewer_says(lasting: Installation, field: str) -> None:
    before = lasting.count(Task)

    answer = Caller(lasting, "staff").add(_simple(lasting, **{field: OF_A_REVIEWER[field]}))

    assert _faults(answer) == {(field, "only_a_reviewer")}
    assert lasting.count(Task) == before


def test_nobody_but_a_reviewer_confirms(lasting: Installation) -> None:
    use = {"beneficiary": "citizen", "purpose": "other", "in_use": "confirmed"}
    sent = _simple(lasting, uses=[use | {"worth": {"share": 0.5}}])

    for who in ("staff", "leadership", "admin"):
        assert _faults(Caller(lasting, who).add(sent)) == {("uses", "only_a_reviewer")}
    assert Caller(lasting).add(sent).status == 201


def test_a_requester_is_found_by_name_or_identifier(either: Installation) -> None:
    reviewer = Caller(either)
    new = {"level": "state", "name": "Myndigheten för prov"}

    first = reviewer.add(_simple(either, requester=new)).json["requester"]
    second = reviewer.add(_simple(either, requester=new)).json["requester"]
    third = reviewer.add(_simple(either, requester={"id": first["id"]})).json["requester"]

    assert first == second == third == new | {"id": first["id"]}
    query = select(Requester).where(Requester.name == new["name"])
    made = either.ask(lambda session: session.scalars(query).one())
    assert (made.verified, to_text(made.id)) == (False, first["id"])


def test_what_belongs_to_others_is_as_unknown_as_nothing(either: Installation) -> None:
    reviewer = Caller(either)
    theirs = either.foreign

    for field, foreign in (
        ("unit", to_text(theirs.unit_id)),
        ("requester", {"id": to_text(theirs.requester_id)}),
    ):
        unknown: Any = {"id": "zzzzzzzzzzzz"} if field == "requester" else "zzzzzzzzzzzz"
        answers = [reviewer.add(_simple(either, **{field: each})) for each in (foreign, unknown)]
        assert _faults(answers[0]) == _faults(answers[1])
        assert answers[0].text == answers[1].text


def test_the_same_request_is_carried_out_once(either: Installation) -> None:
    for who in ("support", "staff"):
        caller = Caller(either, who)
        before = either.count(Task)
        body = _simple(either, title=f"En gång {who}")

        first, second = caller.add(body, "nyckel"), caller.add(body, "nyckel")
        turned = caller.add(dict(reversed(body.items())), "nyckel")

        assert first.status == second.status == turned.status == 201
        assert first.text == second.text == turned.text
        assert first.headers["Location"] == second.headers["Location"]
        assert either.count(Task) == before + 1
        other = caller.add(body | {"people": 13}, "nyckel")
        assert _faults(other) == {("Idempotency-Key", "key_of_another_body")}
        assert caller.add(body, "en annan").json["id"] != first.json["id"]
        assert either.count(Task) == before + 2


def test_a_key_is_its_owners_own(installation: Installation) -> None:
    body = _simple(installation)

    made = [Caller(installation, who).add(body, "1").json["id"] for who in ("staff", "support")]
    foreign = Caller(installation, neighbour("support")).add(
        body | {"unit": "ward", "requester": {"name": "Grannen"}}, "1"
    )

    assert len({*made, foreign.json["id"]}) == 3


@pytest.mark.parametrize("key", ["", " ", "a" * 256, "\u00e5", "a\tb"])
def test_a_key_that_cannot_be_is_refused(lasting: Installation, reviewer: Caller, key: str) -> None:
    before = lasting.count(Task)

    answer = reviewer.add(_simple(lasting), key)

    assert {field for field, _ in _faults(answer)} == {"Idempotency-Key"}
    assert lasting.count(Task) == before


def test_a_refused_request_leaves_its_key_free(installation: Installation) -> None:
    caller = Caller(installation)

    assert caller.add(_simple(installation, duplicate_share=15), "1").status == 422
    assert installation.count(ApiRequest) == 0
    assert caller.add(_simple(installation), "1").status == 201


def test_many_at_once_make_one_task(either: Installation) -> None:
    caller, body = Caller(either), _simple(either, title="Samtidigt")
    before = either.count(Task)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: caller.add(body, "samma"), range(16)))

    assert {answer.status for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert either.count(Task) == before + 1
    _check(either)


def test_keys_are_forgotten_after_a_week(installation: Installation) -> None:
    caller, body = Caller(installation), _simple(installation)
    first = caller.add(body, "gammal").json["id"]
    caller.add(body, "ny")
    now = datetime.now(UTC)
    old = select(ApiRequest.key).where(ApiRequest.result == str(from_text(first)))
    installation.change(
        lambda session: session.execute(
            update(ApiRequest)
            .where(ApiRequest.key == session.scalars(old).one())
            .values(sent_at=now - api_requests.KEPT - timedelta(minutes=1))
        )
    )

    assert installation.change(lambda session: api_requests.forget_old(session, now)) == 1
    assert installation.count(ApiRequest) == 1
    assert caller.add(body, "gammal").json["id"] != first


def test_what_is_stored_of_a_request_is_no_content(installation: Installation) -> None:
    Caller(installation).add(_simple(installation, title="MARKER-7f3a"), "MARKER-key")

    row = installation.ask(lambda session: session.scalars(select(ApiRequest)).one())
    told = " ".join(str(getattr(row, name)) for name in row.__table__.columns.keys())  # noqa: SIM118 - of columns
    assert "MARKER" not in told


def test_a_change_is_a_review(either: Installation) -> None:
    reviewer = Caller(either)
    made = reviewer.add(_simple(either, **OF_A_REVIEWER))
    task = made.json["id"]

    changed = reviewer.change(
        task, {"minutes": 4, "legal_basis": "", "automation": None}, made.headers["ETag"]
    )

    assert changed.status == 200
    now = changed.json
    assert (now["minutes"], now["legal_basis"], now["automation"]) == (4, "", None)
    assert now["status"] == "in_review"
    for name in ("uses", "binding", "other_staff_category", "sufficient_frequency", "people"):
        assert now[name] == made.json[name], name
    assert changed.headers["ETag"] != made.headers["ETag"]
    assert reviewer.get(f"{TASKS}/{task}").headers["ETag"] == changed.headers["ETag"]
    events = reviewer.get(f"{TASKS}/{task}/history").json["items"]
    assert [event["kind"] for event in events] == ["reviewed", "logged"]
    assert (events[0]["before"]["minutes"], events[0]["after"]["minutes"]) == (10, 4)
    _check(either)


def test_history_names_nobody_and_counts_no_reports(either: Installation) -> None:
    reviewer, nurse = Caller(either), Caller(either, "staff")
    made = nurse.add(_simple(either))
    task = made.json["id"]
    reviewer.change(task, {"people": 3}, reviewer.get(f"{TASKS}/{task}").headers["ETag"])

    seen = {
        caller: caller.get(f"{TASKS}/{task}/history").json["items"] for caller in (reviewer, nurse)
    }

    assert [event["kind"] for event in seen[reviewer]] == ["reviewed", "logged"]
    assert [event["kind"] for event in seen[nurse]] == ["reviewed"]
    for event in seen[reviewer]:
        assert set(event) == {"happened_at", "kind", "role", "before", "after"}


def test_a_use_that_is_changed_keeps_what_was_said_of_it(installation: Installation) -> None:
    reviewer = Caller(installation)
    made = reviewer.add(_simple(installation, **OF_A_REVIEWER))
    uses = made.json["uses"]
    uses[0]["in_use"] = "not_used"
    before = installation.count(UseStatement)

    changed = reviewer.change(made.json["id"], {"uses": uses}, made.headers["ETag"])

    assert changed.json["uses"] == uses
    assert installation.count(UseStatement) == before + 1


def test_a_change_needs_the_version_that_was_read(either: Installation) -> None:
    reviewer = Caller(either)
    made = reviewer.add(_simple(either))
    task, etag = made.json["id"], made.headers["ETag"]
    assert reviewer.change(task, {"people": 13}, etag).status == 200

    missing = reviewer.change(task, {"people": 14}, None)
    stale = reviewer.change(task, {"people": 14}, etag)
    weak = reviewer.change(
        task, {"people": 14}, f"W/{reviewer.get(f'{TASKS}/{task}').headers['ETag']}"
    )
    senseless = reviewer.change(task, {"people": 14}, "x")

    assert [a.status for a in (missing, stale, weak, senseless)] == [428, 412, 412, 412]
    assert {a.headers["Content-Type"] for a in (missing, stale, weak)} == {PROBLEM}
    assert _row(either, task).people == 13


def test_of_two_changes_at_once_one_is_made(either: Installation) -> None:
    reviewer = Caller(either)
    made = reviewer.add(_simple(either))
    task, etag = made.json["id"], made.headers["ETag"]

    with ThreadPoolExecutor(6) as pool:
        answers = list(
            pool.map(lambda n: reviewer.change(task, {"people": 20 + n}, etag), range(6))
        )

    assert sorted(answer.status for answer in answers) == [200] + [412] * 5
    done = next(answer for answer in answers if answer.status == 200)
    assert _row(either, task).people == done.json["people"]
    _check(either)


def test_an_empty_change_changes_nothing(installation: Installation) -> None:
    reviewer = Caller(installation)
    made = reviewer.add(_simple(installation))
    before = installation.stored()

    answer = reviewer.change(made.json["id"], {}, made.headers["ETag"])

    assert (answer.status, answer.text) == (200, made.text)
    assert installation.stored() == before


def test_who_may_change(either: Installation) -> None:
    made = Caller(either).add(_simple(either))
    task, etag = made.json["id"], made.headers["ETag"]
    before = either.stored()

    for who in ("staff", "leadership", "admin"):
        assert Caller(either, who).change(task, {"people": 9}, etag).status == 403
    reader = Caller(either, "support", Scope.READ)
    assert reader.change(task, {"people": 9}, etag).status == 403
    assert reader.add(_simple(either)).status == 403
    theirs = Caller(either, neighbour("support"))
    foreign, unknown = (theirs.change(each, {"people": 9}, etag) for each in (task, "zzzzzzzzzzzz"))
    assert (foreign.status, foreign.text) == (404, unknown.text)
    after = either.stored()
    assert {name for name in before if before[name] != after[name]} <= {"api_token", "audit_event"}


@pytest.mark.parametrize(
    ("body", "field", "reason"),
    [
        ({"title": "Nytt"}, "title", "not_set_here"),
        ({"unit": "x"}, "unit", "not_set_here"),
        ({"status": "done"}, "status", "not_set_here"),
        ({"assessment": {}}, "assessment", "not_set_here"),
        ({"verdict": "clear"}, "verdict", "unknown_field"),
        ({"organisation_id": 1}, "organisation_id", "unknown_field"),
        ({"minutes": None}, "minutes", "unreadable"),
        ({"minutes": {"low": 3, "likely": 2, "high": 1}}, "minutes", "wrong_order"),
        ({"minutes": 1441}, "minutes", "too_large"),
        ({"people": 1.5}, "people", "not_whole"),
        ({"frequency": {"times": 1}}, "frequency.per", "required"),
        (
            {"minutes": 30, "frequency": {"times": 1000, "per": "calendar_day"}},
            "frequency",
            "more_than_a_year",
        ),
        ({"duplicate_share": 15}, "duplicate_share", "too_large"),
        ({"achievable_minutes": -1}, "achievable_minutes", "too_small"),
        ({"other_staff_category": "x"}, "other_staff_category", "unknown_other_staff_category"),
        ({"legal_basis": "a" * 4001}, "legal_basis", "too_long"),
        ({"binding": "love"}, "binding", "not_a_choice"),
        ({"uses": OF_A_REVIEWER["uses"] * 4}, "uses", "too_many_items"),
        (
            {"uses": [OF_A_REVIEWER["uses"][0] | {"worth": {}}]},
            "uses.0.worth",
            "exactly_one",
        ),
        (
            {"automation": OF_A_REVIEWER["automation"] | {"systems": 0}},
            "automation.systems",
            "too_small",
        ),
        ([], "", "wrong_kind"),
        (None, "", "wrong_kind"),
    ],
)
def test_a_change_that_cannot_be_is_refused_by_name(
    lasting: Installation, reviewer: Caller, body: object, field: str, reason: str
) -> None:
    task = f"{TASKS}/{lasting.task_id}"
    before = reviewer.get(task)

    answer = reviewer.change(lasting.task_id, body, before.headers["ETag"])

    assert _faults(answer) == {(field, reason)}
    assert reviewer.get(task).text == before.text


@pytest.mark.parametrize("method", ["POST", "PATCH"])
@pytest.mark.parametrize("name", sorted(BODIES))
def test_a_hostile_body_is_refused(
    lasting: Installation, reviewer: Caller, method: str, name: str
) -> None:
    before = lasting.count(Task)
    address = TASKS if method == "POST" else f"{TASKS}/{lasting.task_id}"

    answer = reviewer.send(method, address, BODIES[name], {"If-Match": "*"})

    assert (answer.status, answer.headers["Content-Type"]) == (422, PROBLEM), answer.text
    assert answer.json["errors"]
    assert len(answer.text) < 20_000
    assert lasting.count(Task) == before


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": "a\x00b"}, "title"),
        ({"title": "\ud800"}, "title"),
        ({"title": " \u200b"}, "title"),
        ({"title": "a" * 201}, "title"),
        ({"title": 7}, "title"),
        ({"minutes": 10**400}, "minutes"),
        ({"minutes": 1e308}, "minutes"),
        ({"minutes": True}, "minutes"),
        ({"people": 9_223_372_036_854_775_808}, "people"),
        ({"people": 10**400}, "people"),
        ({"hourly_cost_sek": 10**400}, "hourly_cost_sek"),
        ({"hourly_cost_sek": 0}, "hourly_cost_sek"),
        ({"other_hourly_cost_sek": 1e308}, "other_hourly_cost_sek"),
        ({"achievable_minutes": 10**400}, "achievable_minutes"),
        ({"duplicate_share": 15}, "duplicate_share"),
        ({"frequency": {"times": 1_000, "per": "calendar_day"}}, "frequency"),
        ({"staff_category": "wizard"}, "staff_category"),
        ({"staff_category": ""}, "staff_category"),
        ({"unit": "a" * 10_000}, "unit"),
        ({"unit": None}, "unit"),
        ({"requester": {}}, "requester.name"),
        ({"requester": {"level": "state", "name": "\u200b"}}, "requester.name"),
        ({"requester": {"id": "x"}}, "requester.id"),
        ({"requester": {"level": "moon", "name": "x"}}, "requester.level"),
        ({"requirement": "a" * 201}, "requirement"),
        ({"signals": ["x"]}, "signals.0"),
        ({"signals": ["paper"] * 1000}, "signals"),
        ({"uses": OF_A_REVIEWER["uses"] * 4}, "uses"),
        ({"verdict": "clear"}, "verdict"),
        ({"organisation_id": 1}, "organisation_id"),
        ({"id": "2bjq4knm3vwp"}, "id"),
        ({"k" * 5_000: 1}, "k" * 100),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    lasting: Installation, reviewer: Caller, changes: dict[str, Any], field: str
) -> None:
    before = lasting.count(Task), lasting.count(Requester)

    answer = reviewer.add(_simple(lasting) | changes)

    assert {each for each, _ in _faults(answer)} == {field}
    assert (lasting.count(Task), lasting.count(Requester)) == before


def test_another_kind_of_body_and_too_much_of_it(reviewer: Caller) -> None:
    kinds = [
        reviewer.call("POST", TASKS, data=b"{}", content_type=kind)
        for kind in ("text/plain", "application/x-www-form-urlencoded", "application/xml", "")
    ]
    large = reviewer.send("POST", TASKS, b" " * 1_000_001)

    assert [answer.status for answer in kinds] == [415] * 4
    assert large.status == 413
    assert {answer.headers["Content-Type"] for answer in (*kinds, large)} == {PROBLEM}
