from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tests.web.browser import HOME, Browser, fields_of
from tests.web.conftest import Installation
from timethief.domain.people import Role
from timethief.domain.vocabulary import OrganisationKind
from timethief.services.demonstration import PASSWORD
from timethief.services.organisations import NewUser, add_organisation, add_user
from timethief.storage.tables import Organisation, Unit

SET_UP = "/administration/set-up"
STEPS = ["organisation", "units", "reporting", "people", "done"]


@pytest.fixture
def newcomer(installation: Installation) -> Browser:
    """The first administrator of an organisation that has nothing yet."""

    def add(session: object) -> None:
        today = datetime.now(UTC).date()
        new = add_organisation(session, "ny", "Ny", OrganisationKind.MUNICIPALITY, today)  # type: ignore[arg-type]
        person = NewUser("ny@example.org", "Nils Ny", Role.ADMIN, None, None, PASSWORD)
        add_user(session, new, person)  # type: ignore[arg-type]

    installation.change(add)
    browser = Browser(installation.app, HOME)
    assert browser.log_in_as("ny@example.org").status == 302
    return browser


def _new(installation: Installation) -> Organisation:
    found: Organisation = installation.ask(
        lambda session: session.query(Organisation).filter_by(code="ny").one()
    )
    return found


def test_a_new_organisation_is_led_from_nothing_to_its_first_task_in_seven_presses(
    newcomer: Browser, installation: Installation
) -> None:
    assert SET_UP in {a["href"] for a in newcomer.get("/administration").main.all("a")}
    page = newcomer.follow(newcomer.get(SET_UP))
    assert "steg 1 av 5" in page.main.text

    for step, told in (
        ("organisation", {"name": "Nya kommunen", "client_word": "pupil"}),
        ("units", {"pasted": "Hemtjänst Norr; 42\nHemtjänst Söder; 38"}),
        ("reporting", {}),
        ("people", {}),
    ):
        assert page.address == f"{SET_UP}/{step}"
        page = newcomer.follow(newcomer.send(page, dict(told)))
    log = newcomer.follow(newcomer.send(page))

    made = _new(installation)
    units = installation.ask(
        lambda session: session.query(Unit).filter_by(organisation_id=made.id).all()
    )
    assert (made.name, made.set_up_on is not None) == ("Nya kommunen", True)
    assert {unit.name: unit.headcount for unit in units} == {
        "Hemtjänst Norr": 42,
        "Hemtjänst Söder": 38,
    }
    assert log.address == "/log"
    assert "Till nytta för eleven" in log.main.text
    assert SET_UP not in {a["href"] for a in newcomer.get("/administration").main.all("a")}


def test_a_step_can_be_left_and_taken_up_again(
    newcomer: Browser, installation: Installation
) -> None:
    newcomer.press(newcomer.get(f"{SET_UP}/organisation"), "skip")
    newcomer.press(newcomer.get(f"{SET_UP}/reporting"), "skip")

    waiting = newcomer.follow(newcomer.get(SET_UP))
    assert waiting.address == f"{SET_UP}/units"
    assert waiting.main.text.count("senare") >= 2

    newcomer.send(newcomer.get(f"{SET_UP}/organisation"), {"name": "Nya"})
    assert _new(installation).name == "Nya"
    newcomer.press(newcomer.get(f"{SET_UP}/organisation"), "skip")
    noted = _new(installation).statements["set_up_steps"]
    assert noted == {"organisation": "taken", "reporting": "skipped"}


@pytest.mark.parametrize(
    "pasted", ["", "Kod;Antal\n1;2", "Norra; tolv", "Norra;1\nNorra;2", '"Norra']
)
def test_units_that_cannot_be_read_are_told_and_kept(
    newcomer: Browser, installation: Installation, pasted: str
) -> None:
    answer = newcomer.send(newcomer.get(f"{SET_UP}/units"), {"pasted": pasted})

    units = installation.ask(
        lambda session: session.query(Unit).filter_by(organisation_id=_new(installation).id).count()
    )
    assert answer.status == 422
    assert fields_of(answer.form())["pasted"].splitlines() == pasted.splitlines()
    assert answer.errors or answer.main.all(id="faults")
    assert units == 0


def test_the_same_units_sent_twice_are_made_once(
    newcomer: Browser, installation: Installation
) -> None:
    page = newcomer.get(f"{SET_UP}/units")

    answers = [newcomer.send(page, {"pasted": "Norra; 4"}) for _ in range(2)]

    assert [answer.status for answer in answers] == [302, 302]
    assert (
        installation.ask(
            lambda session: (
                session.query(Unit).filter_by(organisation_id=_new(installation).id).count()
            )
        )
        == 1
    )


def test_a_step_that_there_is_not_is_not_found(newcomer: Browser) -> None:
    assert newcomer.get(f"{SET_UP}/x").status == 404


def test_every_step_can_be_looked_at_at_any_time(lasting: Installation) -> None:
    assert [lasting.of("admin").get(f"{SET_UP}/{step}").status for step in STEPS] == [200] * 5
