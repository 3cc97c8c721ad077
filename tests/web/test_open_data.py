"""What may be open to all: nothing guarded is in it, nothing follows from it, and catalogues can read what it is."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from tests.privacy.attack import Attack, is_pinned
from tests.web.browser import Answer, Browser
from tests.web.conftest import UNIT_MANAGER, Installation
from tests.web.test_guarded_figures import HIDDEN
from timethief.domain.audit import Act
from timethief.domain.identifiers import to_text
from timethief.domain.tokens import Scope
from timethief.domain.vocabulary import Verdict
from timethief.services.access.tokens import NewToken, make_token
from timethief.services.people import as_actor
from timethief.storage.tables import (
    AssessmentRow,
    AuditEvent,
    Organisation,
    Requester,
    Requirement,
    Total,
    Unit,
    User,
)

PAGE = "/administration/open-data"
FILE = f"{PAGE}/open-data.json"
CATALOGUE = f"{PAGE}/open-data.dcat.jsonld"
CALLS = ("/api/v1/exports/open-data.json", "/api/v1/exports/open-data.dcat.jsonld")
FACTS = {
    "contact": "Registraturen",
    "email": "registrator@exempel.se",
    "address": "https://exempel.se/oppna-data/tidstjuvar.json",
    "licence": "cc0",
}
# What DCAT-AP-SE 3.0.1 makes mandatory: https://docs.dataportal.se/dcat/3.0.1/sv/ (cardinality 1.. in its
# templates, https://github.com/diggsweden/DCAT-AP-SE/blob/master/3.0.1/bundle.json).
MANDATORY = {
    "dcat:Catalog": (
        "dcterms:title",
        "dcterms:description",
        "dcterms:publisher",
        "dcterms:license",
        "dcat:dataset",
    ),
    "dcat:Dataset": ("dcterms:title", "dcterms:description", "dcterms:publisher"),
    "dcat:Distribution": ("dcat:accessURL", "dcterms:format"),
    "foaf:Agent": ("foaf:name", "dcterms:type"),
    "vcard:Organization": ("vcard:fn", "vcard:hasEmail"),
}
RECOMMENDED = {
    "dcat:Dataset": (
        *("dcat:contactPoint", "dcat:keyword", "dcat:theme", "dcterms:temporal"),
        *("dcterms:accessRights", "dcat:distribution", "dcterms:language"),
    ),
    "dcat:Distribution": ("dcterms:license",),
}
PUBLISHERS = {
    "municipality": "http://purl.org/adms/publishertype/LocalAuthority",
    "region": "http://purl.org/adms/publishertype/RegionalAuthority",
    "state_agency": "http://purl.org/adms/publishertype/NationalAuthority",
}


def _call(installation: Installation, who: str, address: str) -> Any:  # noqa: ANN401 - JSON, or a status
    query = select(User).where(User.email == installation.emails[who])

    def make(session: Any) -> str:  # noqa: ANN401 - a session
        owner = as_actor(session.scalars(query).one())
        now = datetime.now(UTC)
        new = NewToken("prov", Scope.READ, now.date() + timedelta(days=30))
        return make_token(session, owner, new, now.date(), now)

    token = installation.change(make)
    head = {"Authorization": f"Bearer {token}"}
    answer = Browser(installation.app).get(address, headers=head)
    return answer.json if answer.status == 200 else answer.status


def _taken_out(browser: Browser) -> Answer:
    """The file, by the button of the page."""
    return browser.send(browser.get(PAGE), {}, "open-data.json")


def _rows(document: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for view in ("by_requester", "by_verdict", "by_cause", "by_unit"):
        yield from document[view]


@pytest.mark.parametrize(
    ("role", "status"),
    [("staff", 403), ("support", 403), ("leadership", 200), ("admin", 200), (UNIT_MANAGER, 403)],
)
def test_those_who_decide_on_it_see_it(lasting: Installation, role: str, status: int) -> None:
    somebody = lasting.of(role)

    assert [somebody.get(address).status for address in (PAGE, CATALOGUE)] == [status] * 2
    token = somebody.get("/log").token
    assert somebody.post(FILE, {"csrf_token": token}).status == status
    for call in CALLS:
        answered = _call(lasting, role, call)
        assert (200 if isinstance(answered, dict) else answered) == status


def test_the_call_gives_what_the_page_gives(standing: Installation) -> None:
    lead = standing.of("leadership")

    taken_out = (_taken_out(lead).json, lead.get(CATALOGUE).json)
    assert tuple(_call(standing, "leadership", call) for call in CALLS) == taken_out


def test_the_file_says_what_it_is(standing: Installation) -> None:
    found = _taken_out(standing.of("admin")).json

    told = found["metadata"]
    assert told["organisation"]["name"] == "Exempelkommunen"
    assert told["licence"] is None
    assert told["method"]["policy_version"] == 1
    assert told["privacy"]["smallest_count"] == 5
    assert set(told["units_of_measurement"]) >= {"tasks", "hours", "sek", "fte", "reports"}
    assert set(told["definitions"]["verdict"]) == set(Verdict)
    assert found["total"]["tasks"] > 200


def test_the_page_shows_every_row_of_the_file(lasting: Installation) -> None:
    lead = lasting.of("leadership")
    found = _taken_out(lead).json

    tables = [table for table in lead.get(PAGE).main.all("table") if "open-" in table.get("id")]

    shown = [row.one("th").text.strip() for table in tables for row in table.one("tbody").all("tr")]
    held = [row["label"] for row in _rows(found)]
    wholes = Counter(shown) - Counter(held)
    assert not Counter(held) - Counter(shown)
    assert sum(wholes.values()) == len(tables)


@pytest.mark.parametrize("who", ["leadership", "admin"])
def test_no_guarded_name_is_in_it(standing: Installation, who: str) -> None:
    """No small unit, no unverified requester, no title, no person."""
    text = _taken_out(standing.of(who)).text
    named = json.loads(text)

    titles = {task.title for task in standing.tasks()}
    people = standing.ask(lambda session: set(session.scalars(select(User.name))))
    unverified = standing.ask(
        lambda session: set(
            session.scalars(select(Requester.name).where(Requester.verified.is_(False)))
        )
    )
    labels = {row["label"] for row in _rows(named)}
    assert labels & (titles | people | unverified | set(HIDDEN.values())) == set()
    assert [title for title in titles if len(title) > 12 and title in text] == []
    assert [name for name in HIDDEN.values() if name in text] == []


def test_what_people_write_never_names_a_part(installation: Installation) -> None:
    """A requester that nobody has looked at, and a requirement in somebody's own words."""
    own = installation.tasks()[0].organisation_id

    def add(session: Any) -> None:  # noqa: ANN401 - a session
        session.execute(
            update(Requester).where(Requester.organisation_id == own).values(verified=False)
        )
        for row in session.scalars(select(Requirement).where(Requirement.organisation_id == own)):
            row.title = f"Anna Anderssons egen {row.id}"

    installation.change(add)
    written = installation.ask(
        lambda session: set(
            session.scalars(select(Requester.name).where(Requester.organisation_id == own))
        )
    )

    answer = _taken_out(installation.of("admin"))

    assert written
    assert {row["label"] for row in answer.json["by_requester"]} & written == set()
    assert "Anna Andersson" not in answer.text


def test_every_figure_is_of_enough_tasks_in_truth(standing: Installation) -> None:
    """Counted anew from the assessments: by requester, level, verdict and cause."""
    own = standing.tasks()[0].organisation_id
    query = select(
        AssessmentRow.level, AssessmentRow.requester_id, AssessmentRow.verdict, AssessmentRow.cause
    ).where(AssessmentRow.organisation_id == own)
    rows = standing.ask(lambda session: session.execute(query).all())
    truth = Counter[str]()
    for level, requester, verdict, cause in rows:
        truth.update((level, to_text(requester), verdict, *([cause] if cause else [])))
        truth.update(["flagged" if cause else "not_flagged", "all"])
    found = _taken_out(standing.of("admin")).json

    told = [row for view in ("by_requester", "by_verdict", "by_cause") for row in found[view]]
    assert len(told) > 20
    for row in told:
        if row["key"] in truth:
            assert truth[row["key"]] >= 5
            assert abs(truth[row["key"]] - row["tasks"]) <= 2
    for view in ("by_requester", "by_verdict", "by_cause"):
        parts = Counter[str]()
        for row in found[view]:
            if row["key"] != "rest":
                parts[row["part_of"]] += truth[row["key"]]
        for whole, known in parts.items():
            left = truth[whole] - known
            assert left == 0 or left >= 5, (view, whole, left)


def test_beside_the_pages_nothing_guarded_follows(standing: Installation) -> None:
    """An attacker with the file and all that leadership sees: no small unit's own tasks can be told.

    The overview gives each unit that may be chosen exactly; the file adds units, rounded, and the rest of each.
    """
    lead = standing.of("leadership")
    units = standing.ask(lambda session: _tree(session, standing.tasks()[0].organisation_id))
    counted = Counter(task.unit_id for task in standing.tasks())
    small = {unit_id for unit_id, (_, _, code) in units.items() if code in HIDDEN}
    attack = Attack()
    options = lead.get("/dashboard").main.one("select", name="unit").all("option")
    chosen = {option["value"] for option in options if option.get("value")}
    for unit_id in units:
        attack.learn(f"own:{unit_id}", 0, float("inf"))
        below = [each for each in units if _within(units, each, unit_id)]
        attack.add_up(f"with:{unit_id}", [f"own:{each}" for each in below])
        if to_text(unit_id) in chosen:
            whole = sum(counted[each] for each in below)
            attack.learn(f"with:{unit_id}", whole, whole)
    keys = {to_text(unit_id): unit_id for unit_id in units}
    for row in _taken_out(lead).json["by_unit"]:
        if row["key"] in keys:
            assert row["key"] in chosen
            attack.learn(f"with:{keys[row['key']]}", row["tasks"] - 2, row["tasks"] + 2)
    known = attack.conclude()

    assert small
    for unit_id in small:
        assert not is_pinned(known[f"own:{unit_id}"])


def _tree(session: Any, own: int) -> dict[int, tuple[int, int | None, str]]:  # noqa: ANN401 - a session
    rows = session.execute(
        select(Unit.id, Unit.parent_id, Unit.code).where(Unit.organisation_id == own)
    )
    return {row[0]: (row[0], row[1], row[2]) for row in rows}


def _within(units: Mapping[int, tuple[int, int | None, str]], unit: int, whole: int) -> bool:
    at: int | None = unit
    while at is not None:
        if at == whole:
            return True
        at = units[at][1]
    return False


def test_an_organisation_with_few_tasks_opens_nothing(lasting: Installation) -> None:
    admin = lasting.of("granne-admin")

    found, page = _taken_out(admin).json, admin.get(PAGE)

    assert found["total"] is None
    assert list(_rows(found)) == []
    assert "minst 5 uppgifter" in page.main.text


def test_few_of_one_kind_are_not_told_by_their_causes(installation: Installation) -> None:
    """Where hardly anything is no time thief, the sum of the causes would tell how little."""
    own = installation.tasks()[0].organisation_id

    def leave_few(session: Any) -> None:  # noqa: ANN401 - a session
        rows = session.scalars(
            select(Total).where(
                Total.organisation_id == own,
                Total.unit_id == 0,
                Total.level == "",
                Total.dimension.in_(("all", "verdict")),
            )
        ).all()
        by_key = {(row.dimension, row.key): row for row in rows}
        thieves = sum(
            row.tasks
            for (_, key), row in by_key.items()
            if key in set(Verdict) and Verdict(key).flagged
        )
        session.delete(by_key["verdict", "possible"])
        by_key["verdict", "justified"].tasks = 3
        by_key["all", ""].tasks = thieves + 3

    installation.change(leave_few)

    found = _taken_out(installation.of("admin")).json

    assert found["by_cause"] == []
    assert "not_flagged" not in {row["key"] for row in found["by_verdict"]}
    assert "flagged" not in {row["key"] for row in found["by_verdict"]}


def _graph(installation: Installation) -> dict[str, dict[str, Any]]:
    answer = installation.of("admin").get(CATALOGUE)
    assert answer.headers["Content-Type"].startswith("application/ld+json")
    return {node["@type"]: node for node in answer.json["@graph"]}


@pytest.mark.parametrize("kind", list(PUBLISHERS))
def test_the_description_has_what_catalogues_demand(installation: Installation, kind: str) -> None:
    admin = installation.of("admin")
    installation.change(
        lambda session: session.execute(
            update(Organisation).where(Organisation.code == "exempel").values(kind=kind)
        )
    )
    assert admin.send(admin.get(PAGE), FACTS, "facts").status == 302

    nodes = _graph(installation)

    for wanted in (MANDATORY, RECOMMENDED):
        for node, properties in wanted.items():
            assert [each for each in properties if not nodes[node].get(each)] == [], node
    known = {node["@id"] for node in nodes.values()}
    catalogue, dataset = nodes["dcat:Catalog"], nodes["dcat:Dataset"]
    assert len(known) == len(nodes)
    assert {
        catalogue["dcat:dataset"]["@id"],
        catalogue["dcterms:publisher"]["@id"],
        dataset["dcterms:publisher"]["@id"],
        dataset["dcat:distribution"]["@id"],
        dataset["dcat:contactPoint"]["@id"],
    } <= known
    assert nodes["foaf:Agent"]["dcterms:type"]["@id"] == PUBLISHERS[kind]
    assert nodes["vcard:Organization"]["vcard:hasEmail"]["@id"] == f"mailto:{FACTS['email']}"
    assert nodes["dcat:Distribution"]["dcat:accessURL"]["@id"] == FACTS["address"]
    assert catalogue["dcterms:license"]["@id"].endswith("/zero/1.0/")


def test_a_licence_is_never_chosen_for_the_organisation(lasting: Installation) -> None:
    nodes = _graph(lasting)

    assert "dcterms:license" not in nodes["dcat:Catalog"]
    assert "dcterms:license" not in nodes["dcat:Distribution"]
    assert "Beskrivningen saknar ännu" in lasting.of("leadership").get(PAGE).main.text


def test_what_an_administrator_fills_in_is_kept_and_recorded(installation: Installation) -> None:
    admin = installation.of("admin")

    saved = admin.follow(admin.send(admin.get(PAGE), FACTS, "facts"))

    assert admin.fill(saved, {}, "facts")["email"] == [FACTS["email"]]
    assert "Beskrivningen saknar" not in saved.main.text
    acts = installation.ask(lambda session: session.scalars(select(AuditEvent.act)).all())
    assert acts == [Act.OPEN_DATA_CHANGED]
    assert "Uppgifterna om öppna data ändrades" in admin.get("/administration/trail").main.text


def test_that_it_was_taken_out_is_recorded(either: Installation) -> None:
    lead = either.browser("leadership")

    lead.get(PAGE)
    assert either.count(AuditEvent) == 0
    assert _taken_out(lead).status == 200

    acts = either.ask(lambda session: session.scalars(select(AuditEvent.act)).all())
    assert acts == [Act.OPEN_DATA_TAKEN_OUT]
    trail = either.browser("admin").get("/administration/trail").main.text
    assert "Öppna data togs ut" in trail


def test_a_wrong_fact_stands_beside_its_field(lasting: Installation) -> None:
    admin = lasting.of("admin")

    refused = admin.send(admin.get(PAGE), FACTS | {"address": "exempel.se"}, "facts")

    assert refused.status == 422
    assert len(refused.errors) == 1
    assert admin.fill(refused, {}, "facts")["contact"] == [FACTS["contact"]]


def test_two_who_change_it_at_once_learn_of_each_other(installation: Installation) -> None:
    admin = installation.of("admin")
    before = admin.get(PAGE)
    admin.send(before, FACTS, "facts")

    met = admin.send(before, FACTS | {"contact": "Kansliet"}, "facts")

    assert met.status == 409
    assert "Registraturen" in met.main.text
    assert admin.send(met, None, "facts").status == 302


@pytest.mark.parametrize("role", ["leadership", "support", "staff"])
def test_others_change_nothing(lasting: Installation, role: str) -> None:
    browser = lasting.of(role)
    sent = FACTS | {"csrf_token": browser.get("/log").token}

    assert browser.post(f"{PAGE}/facts", sent).status == 403


def test_leadership_finds_the_way_from_the_overview(lasting: Installation) -> None:
    ways = {
        role: lasting.of(role).get("/dashboard").main.all("a", href=PAGE)
        for role in ("leadership", "admin", "staff", UNIT_MANAGER)
    }

    assert [bool(ways[role]) for role in ways] == [True, True, False, False]
