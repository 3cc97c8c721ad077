"""One provider for several organisations: the claims say where somebody belongs, by a map that the operator keeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.sign_on.provider import CLIENT_ID, CLIENT_SECRET, Provider, running
from tests.web.browser import Answer, Browser
from tests.web.conftest import Installation, Make
from tests.web.sign_on.conftest import CODE, SETTINGS, at_the_provider, path_of
from tests.web.sign_on.test_faults import is_out
from timethief.config import IdentityProvider
from timethief.domain.identifiers import to_text
from timethief.services import demonstration, passwords
from timethief.services.operators import add_operator, set_first_password
from timethief.storage.tables import (
    AuditEvent,
    Organisation,
    SignOn,
    SignOnMembership,
    SignOnRule,
    User,
)
from timethief.web import current

OPERATION = "/operation/sign-on"
CLAIM = "organizationHsaId"


@pytest.fixture
def provider() -> Iterator[Provider]:
    """The provider of the installation."""
    with running() as found:
        yield found


@pytest.fixture
def common(install: Make, provider: Provider) -> Installation:
    """An installation with a provider of its own; both organisations let their people in by it, as staff."""
    made = install(identity_provider=IdentityProvider(provider.issuer, CLIENT_ID, CLIENT_SECRET))

    def prepare(session: Any) -> None:  # noqa: ANN401 - a session
        for organisation in session.query(Organisation).all():
            session.add(
                SignOn(organisation_id=organisation.id, default_role="staff", button="", version=1)
            )
        user_id = add_operator(session, "drift@example.org", "Didrik Drift", current.now())
        set_first_password(session, user_id, passwords.hash_password(demonstration.PASSWORD))

    made.change(prepare)
    return made


@pytest.fixture
def operator(common: Installation) -> Browser:
    """Somebody who runs the installation."""
    browser = Browser(common.app)
    assert browser.log_in_as("drift@example.org").status == 302
    return browser


def map_to(operator: Browser, code: str, value: str, claim: str = CLAIM) -> Answer:
    told = {"organisation": code, "claim": claim, "value": value}
    return operator.send(operator.get(OPERATION), told, OPERATION)


def log_in(browser: Browser) -> Answer:
    begun = browser.get("/sign-on/begin")
    assert begun.status == 302, begun.text
    return browser.get(path_of(at_the_provider(begun.location)))


def organisation_of(common: Installation, subject: str = "anna-1") -> list[str]:
    rows = common.ask(
        lambda session: (
            session.query(Organisation.code)
            .join(User, User.organisation_id == Organisation.id)
            .filter(User.subject == subject)
            .all()
        )
    )
    return sorted(code for (code,) in rows)


def test_the_log_in_page_has_the_button_of_the_installation(common: Installation) -> None:
    page = common.browser().get("/login?next=/inventory")

    (button,) = page.main.all("a", class_="ds-button")
    assert button["href"] == "/sign-on/begin?next=/inventory"
    assert page.main.one("details").all("form")


def test_a_claim_says_to_which_organisation_somebody_belongs(
    common: Installation, operator: Browser, provider: Provider
) -> None:
    map_to(operator, CODE, "SE-1")
    map_to(operator, "granne", "SE-2")
    provider.claims |= {CLAIM: "SE-2"}
    browser = common.browser()

    assert log_in(browser).status == 302

    assert organisation_of(common) == ["granne"]
    assert browser.get("/log").status == 200


@pytest.mark.parametrize("value", ["SE-9", "", "se-1", ["SE-9"], None, 1, {"SE-1": "SE-1"}])
def test_who_belongs_nowhere_is_told_what_to_do(
    common: Installation, operator: Browser, provider: Provider, value: object
) -> None:
    map_to(operator, CODE, "SE-1")
    provider.claims |= {CLAIM: value}
    browser = common.browser()

    answer = log_in(browser)

    assert answer.status == 403
    assert "Fråga er it-support" in answer.main.text
    assert is_out(browser)
    assert organisation_of(common) == []


def test_who_belongs_to_two_chooses_between_those_and_no_others(
    common: Installation, operator: Browser, provider: Provider
) -> None:
    map_to(operator, CODE, "SE-1")
    map_to(operator, "granne", "SE-2")
    provider.claims |= {CLAIM: ["SE-1", "SE-2", "SE-9"]}
    browser = common.browser()

    page = browser.follow(log_in(browser))
    offered = {label.text: each["value"] for label, each in _choices(page)}
    assert is_out(browser)
    answer = browser.send(page, {"organisation": offered["Granne"]})

    assert len(offered) == 2
    assert answer.status == 302
    assert organisation_of(common) == ["granne"]
    assert "Granne" in browser.get("/log").text


def _choices(page: Answer) -> list[tuple[Any, Any]]:
    radios = page.main.all("input", name="organisation")
    labels = {label["for"]: label for label in page.main.all("label")}
    return [(labels[radio["id"]], radio) for radio in radios]


def _two(operator: Browser, provider: Provider) -> None:
    map_to(operator, CODE, "SE-1")
    map_to(operator, "granne", "SE-2")
    provider.claims |= {CLAIM: ["SE-1", "SE-2"]}


def test_an_organisation_that_was_not_offered_cannot_be_chosen(
    common: Installation, operator: Browser, provider: Provider
) -> None:
    _two(operator, provider)
    other = common.change(_add_third)
    browser = common.browser()
    page = browser.follow(log_in(browser))

    for chosen in (other, "", "x", "000000000001"):
        answer = browser.send(page, {"organisation": chosen})

        assert answer.status == 422
    assert is_out(browser)
    assert organisation_of(common) == []


def _add_third(session: Any) -> str:  # noqa: ANN401 - a session
    row = Organisation(code="tredje", name="Tredje", kind="municipality")
    session.add(row)
    session.flush()
    return to_text(row.id)


def test_a_choice_is_made_once(common: Installation, operator: Browser, provider: Provider) -> None:
    _two(operator, provider)
    browser = common.browser()
    page = browser.follow(log_in(browser))
    held = browser.cookie
    (_, first), _second = _choices(page)
    assert browser.send(page, {"organisation": first["value"]}).status == 302

    replayed = Browser(common.app)
    replayed.client.set_cookie(replayed.cookie_name, held)
    answer = replayed.send(page, {"organisation": first["value"]})

    assert answer.status == 403
    assert is_out(replayed)


def test_nobody_chooses_who_has_not_logged_in(common: Installation) -> None:
    answer = common.browser().get("/sign-on/choose")

    assert answer.status == 400
    assert answer.heading == "Inloggningen måste börja om"


def test_claims_that_contradict_each_other_are_refused(
    common: Installation, operator: Browser, provider: Provider
) -> None:
    map_to(operator, CODE, "SE-1")
    map_to(operator, "granne", "2120-2", claim="orgNumber")
    provider.claims |= {CLAIM: "SE-1", "orgNumber": "2120-2"}
    browser = common.browser()

    answer = log_in(browser)

    assert answer.status == 403
    assert "pekar på olika organisationer" in answer.main.text
    assert is_out(browser)
    assert organisation_of(common) == []


def test_claims_that_agree_on_one_let_in_there(
    common: Installation, operator: Browser, provider: Provider
) -> None:
    _two(operator, provider)
    map_to(operator, "granne", "2120-2", claim="orgNumber")
    provider.claims |= {"orgNumber": "2120-2"}

    assert log_in(common.browser()).location != "/sign-on/choose"
    assert organisation_of(common) == ["granne"]


def test_an_organisation_with_a_provider_of_its_own_is_not_entered_by_the_common_one(
    common: Installation, operator: Browser, provider: Provider
) -> None:
    """Its rules are about the claims of its own provider, where a group of the same name is another group."""
    map_to(operator, CODE, "SE-1")
    provider.claims |= {CLAIM: "SE-1"}

    def give_its_own(session: Any) -> None:  # noqa: ANN401 - a session
        own = (
            session.query(SignOn)
            .join(Organisation, Organisation.id == SignOn.organisation_id)
            .filter(Organisation.code == CODE)
        )
        own.one().issuer = "https://id.kommun.se"

    common.change(give_its_own)

    assert log_in(common.browser()).status == 403


def test_an_organisation_that_has_not_asked_for_it_is_not_entered(
    common: Installation, operator: Browser, provider: Provider
) -> None:
    map_to(operator, CODE, "SE-1")
    provider.claims |= {CLAIM: "SE-1"}
    common.change(lambda session: session.query(SignOn).delete())

    assert log_in(common.browser()).status == 403


def test_no_claim_makes_an_operator_or_an_administrator(
    common: Installation, operator: Browser, provider: Provider
) -> None:
    assert map_to(operator, "installation", "SE-1").status == 422
    map_to(operator, CODE, "SE-1")
    provider.claims |= {CLAIM: "SE-1", "role": "operator", "groups": ["admin", "operator"]}

    log_in(common.browser())

    rows = common.ask(lambda session: session.query(User).filter_by(subject="anna-1").all())
    assert [row.role for row in rows] == ["staff"]


def test_the_rules_of_each_organisation_hold_there(
    common: Installation, operator: Browser, provider: Provider
) -> None:
    _two(operator, provider)
    neighbour = common.foreign.organisation_id
    common.change(
        lambda session: session.add(
            SignOnRule(
                organisation_id=neighbour,
                position=1,
                claim="groups",
                value="chefer",
                role="leadership",
                unit_id=None,
            )
        )
    )
    provider.claims |= {"groups": ["chefer"]}
    for wanted in ("granne", "exempel"):
        browser = common.browser()
        page = browser.follow(log_in(browser))
        chosen = [each["value"] for label, each in _choices(page) if _is(label.text, wanted)]
        browser.send(page, {"organisation": chosen[0]})

    rows = common.ask(lambda session: session.query(User).filter_by(subject="anna-1").all())
    assert {row.organisation_id == neighbour: row.role for row in rows} == {
        True: "leadership",
        False: "staff",
    }


def _is(name: str, code: str) -> bool:
    return (name == "Granne") is (code == "granne")


def test_an_administrator_uses_the_common_provider_by_leaving_the_fields_empty(
    common: Installation, provider: Provider
) -> None:
    common.change(lambda session: session.query(SignOn).delete())
    admin = common.browser("admin")
    page = admin.get(SETTINGS)

    answer = admin.send(page, {"default_role": "staff"}, SETTINGS)

    assert provider.issuer in page.main.text
    assert answer.status == 302
    (row,) = common.ask(lambda session: session.query(SignOn).all())
    assert (row.issuer, row.default_role) == (None, "staff")


def test_the_operator_sees_and_removes_lines_and_they_stand_in_the_trail(
    common: Installation, operator: Browser
) -> None:
    map_to(operator, "granne", "SE-2")
    page = operator.get(OPERATION)
    assert "organizationHsaId: SE-2" in page.main.text

    (form,) = [f for f in page.page.all("form") if f.get("action").endswith("/remove")]
    operator.post(form["action"], {"csrf_token": page.token})

    acts = common.ask(
        lambda session: session.query(AuditEvent).filter_by(act="sign_on_memberships_changed").all()
    )
    assert common.count(SignOnMembership) == 0
    assert {each.organisation_id for each in acts} == {common.foreign.organisation_id}
    assert len(acts) == 2


@pytest.mark.parametrize(
    ("field", "told"),
    [
        ("organisation", {"organisation": "", "claim": CLAIM, "value": "x"}),
        ("organisation", {"organisation": "finnsinte", "claim": CLAIM, "value": "x"}),
        ("claim", {"organisation": CODE, "claim": " ", "value": "x"}),
        ("value", {"organisation": CODE, "claim": CLAIM, "value": ""}),
    ],
)
def test_a_line_that_cannot_be_used_is_told_beside_its_field(
    common: Installation, operator: Browser, field: str, told: dict[str, str]
) -> None:
    answer = operator.send(operator.get(OPERATION), told, OPERATION)

    assert answer.status == 422
    assert answer.page.one(id=f"{field}-error").text
    assert common.count(SignOnMembership) == 0
