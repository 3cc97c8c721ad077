from __future__ import annotations

from typing import Any

import pytest

from tests.sign_on.provider import CLIENT_SECRET
from tests.web.browser import Answer, Browser, fields_of
from tests.web.conftest import Installation
from tests.web.sign_on.conftest import CODE, SETTINGS, SignOn
from timethief.domain.identifiers import to_text
from timethief.domain.people import Role
from timethief.storage.tables import AuditEvent, SignOnRule, Unit, User
from timethief.storage.tables import SignOn as Row


@pytest.fixture
def admin(sign_on: SignOn) -> Browser:
    """The administrator of the demonstration."""
    return sign_on.installation.browser("admin")


def _acts(sign_on: SignOn, act: str) -> list[AuditEvent]:
    query: Any = sign_on.installation.ask(
        lambda session: session.query(AuditEvent).filter_by(act=act).all()
    )
    return sorted(query, key=lambda each: each.happened_at)


def _values(page: Answer) -> list[str]:
    return [each.text for each in page.main.all("th", scope="row")]


def test_the_page_tells_what_to_enter_at_the_provider(admin: Browser) -> None:
    page = admin.get(SETTINGS)

    assert f"http://localhost/sign-on/{CODE}/answer" in page.main.text
    assert f"http://localhost/login/{CODE}" in page.main.text


def test_the_secret_is_stored_sealed_and_never_shown(sign_on: SignOn, admin: Browser) -> None:
    page = admin.get(SETTINGS)

    row = sign_on.installation.ask(lambda session: session.query(Row).one())
    assert CLIENT_SECRET not in page.text
    assert fields_of(page.form(SETTINGS))["client_secret"] == ""
    assert CLIENT_SECRET not in row.sealed_client_secret
    assert "Det finns en sparad" in page.main.text


def test_the_secret_is_not_shown_again_after_a_fault(sign_on: SignOn, admin: Browser) -> None:
    answer = sign_on.save(admin, {"issuer": "nowhere", "client_secret": "MARKER-SECRET"})

    assert answer.status == 422
    assert "MARKER-SECRET" not in answer.text


def test_an_empty_secret_keeps_the_stored_one(sign_on: SignOn, admin: Browser) -> None:
    answer = sign_on.save(admin, {"client_secret": "", "button": "Logga in med kontot"})

    assert answer.status == 302
    assert sign_on.log_in(sign_on.installation.browser()).status == 302


def test_a_secret_is_not_taken_along_to_another_provider(sign_on: SignOn, admin: Browser) -> None:
    other = sign_on.provider.issuer.replace("127.0.0.1", "localhost")
    sign_on.provider.fault = ""

    answer = sign_on.save(admin, {"issuer": other, "client_secret": ""})

    assert answer.status == 422
    assert sign_on.installation.ask(lambda session: session.query(Row).one()).issuer != other


@pytest.mark.parametrize(
    ("issuer", "sentence"),
    [
        ("", "Skriv inloggningstjänstens adress"),
        ("id.kommun.se", "Skriv hela adressen"),
        ("ftp://id.kommun.se", "Skriv hela adressen"),
        ("file:///etc/passwd", "Skriv hela adressen"),
        ("gopher://127.0.0.1:70/", "Skriv hela adressen"),
        ("https://anna:hemligt@id.kommun.se", "Skriv hela adressen"),
        ("https://id.kommun.se/?a=b", "Skriv hela adressen"),
        ("https://[::1", "Skriv hela adressen"),
        ("https://login.microsoftonline.com/common/v2.0", "Den adressen är för hela världen"),
        ("http://169.254.169.254/", "Skriv en adress på det öppna internet"),
        ("http://[::ffff:10.0.0.1]/", "Skriv en adress på det öppna internet"),
        ("http://10.0.0.1/", "Skriv en adress på det öppna internet"),
        ("http://0.0.0.0/", "Skriv en adress på det öppna internet"),
    ],
)
def test_an_address_that_cannot_be_used_is_told_beside_its_field(
    lasting_sign_on: SignOn, issuer: str, sentence: str
) -> None:
    admin = lasting_sign_on.installation.of("admin")
    before = lasting_sign_on.installation.stored()

    answer = lasting_sign_on.save(admin, {"issuer": issuer})

    assert answer.status == 422
    assert sentence in answer.page.one(id="issuer-error").text
    assert fields_of(answer.form(SETTINGS))["issuer"] == issuer
    assert lasting_sign_on.installation.stored() == before


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("html /.well-known/openid-configuration", "Det finns ingen inloggningstjänst på adressen"),
        (
            "large /.well-known/openid-configuration",
            "Det finns ingen inloggningstjänst på adressen",
        ),
        ("redirect /.well-known/openid-configuration", "Adressen pekar vidare till en annan"),
        ("calls itself something else", "Inloggningstjänsten kallar sig något annat"),
    ],
)
def test_a_provider_that_does_not_answer_as_one_is_not_saved(
    installation: Installation, sign_on: SignOn, fault: str, sentence: str
) -> None:
    admin = installation.browser("admin")
    admin.send(admin.get(SETTINGS), form=f"{SETTINGS}/remove")
    sign_on.provider.fault = fault

    answer = sign_on.save(admin)

    assert answer.status == 422
    assert sentence in answer.page.one(id="issuer-error").text
    assert installation.count(Row) == 0


def test_two_administrators_do_not_overwrite_each_other(sign_on: SignOn, admin: Browser) -> None:
    opened = admin.get(SETTINGS)
    sign_on.save(admin, {"button": "Den första"})

    answer = admin.send(opened, {"button": "Den andra"}, SETTINGS)

    assert answer.status == 409
    assert "Någon annan ändrade inställningarna" in answer.main.text
    assert sign_on.installation.ask(lambda s: s.query(Row).one()).button == "Den första"


def test_what_is_changed_stands_in_the_trail_without_the_secret(
    sign_on: SignOn, admin: Browser
) -> None:
    sign_on.save(admin, {"default_role": "nobody"})
    admin.send(admin.get(SETTINGS), form=f"{SETTINGS}/remove")

    first, second, third = _acts(sign_on, "sign_on_changed")
    assert first.after["issuer"] == sign_on.provider.issuer
    assert (second.before["default_role"], second.after["default_role"]) == ("staff", None)
    assert third.before["issuer"] == sign_on.provider.issuer
    assert CLIENT_SECRET not in str([(each.before, each.after) for each in (first, second, third)])


def test_when_it_is_removed_nobody_logs_in_that_way(sign_on: SignOn, admin: Browser) -> None:
    sign_on.log_in(sign_on.installation.browser())

    admin.send(admin.get(SETTINGS), form=f"{SETTINGS}/remove")

    assert sign_on.installation.browser().get(f"/login/{CODE}").status == 404


def test_a_rule_gives_role_and_unit_at_the_next_log_in(sign_on: SignOn, admin: Browser) -> None:
    options = admin.get(SETTINGS).page.one(id="unit").all("option")
    chosen = options[2]["value"]
    sign_on.add_rule(admin, "groups", "reviewers", role="support", unit=chosen)
    sign_on.provider.claims |= {"groups": ["everybody", "reviewers"]}

    sign_on.log_in(sign_on.installation.browser())

    (user,) = sign_on.users(subject="anna-1")
    name = sign_on.installation.ask(lambda session: session.get(Unit, user.unit_id)).name
    assert user.role == Role.SUPPORT
    assert options[2].text.strip() == name


def test_rights_are_taken_anew_at_each_log_in(sign_on: SignOn, admin: Browser) -> None:
    sign_on.add_rule(admin, "groups", "leaders", role="leadership")
    sign_on.provider.claims |= {"groups": ["leaders"]}
    first = sign_on.installation.browser()
    sign_on.log_in(first)
    sign_on.provider.claims |= {"groups": []}

    sign_on.log_in(sign_on.installation.browser())

    assert sign_on.users(subject="anna-1")[0].role == Role.STAFF
    assert "Medarbetare" in first.get("/log").text


def test_who_loses_every_right_is_out_everywhere_and_in_again_with_a_new_one(
    sign_on: SignOn, admin: Browser
) -> None:
    sign_on.save(admin, {"default_role": "nobody"})
    sign_on.add_rule(admin, "groups", "nurses", role="staff")
    sign_on.provider.claims |= {"groups": ["nurses"]}
    first = sign_on.installation.browser()
    sign_on.log_in(first)
    sign_on.provider.claims |= {"groups": []}

    refused = sign_on.log_in(sign_on.installation.browser())

    assert refused.status == 403
    assert first.get("/log").status == 302
    assert not sign_on.users(subject="anna-1")[0].active
    sign_on.provider.claims |= {"groups": ["nurses"]}
    assert sign_on.log_in(sign_on.installation.browser()).status == 302
    assert len(sign_on.users(issuer=sign_on.provider.issuer)) == 1


def test_who_was_ended_by_an_administrator_stays_out(sign_on: SignOn) -> None:
    sign_on.log_in(sign_on.installation.browser())

    def end(session: Any) -> None:  # noqa: ANN401 - a session
        session.query(User).filter_by(subject="anna-1").one().active = False

    sign_on.installation.change(end)

    answer = sign_on.log_in(sign_on.installation.browser())

    assert answer.status == 403
    assert "Ditt konto här är avslutat" in answer.main.text


def test_nobody_becomes_an_administrator_but_by_a_rule(sign_on: SignOn, admin: Browser) -> None:
    sign_on.provider.claims |= {
        "role": "admin",
        "roles": ["admin", "administrator"],
        "groups": ["admin", "Domain Admins"],
        "is_admin": True,
    }
    sign_on.log_in(sign_on.installation.browser())
    assert sign_on.users(subject="anna-1")[0].role == Role.STAFF

    sign_on.add_rule(admin, "is_admin", "true", role="admin")
    sign_on.log_in(sign_on.installation.browser())

    assert sign_on.users(subject="anna-1")[0].role == Role.ADMIN


@pytest.mark.parametrize("role", ["admin", "operator", "nothing"])
def test_who_fits_no_rule_is_staff_or_nothing(lasting_sign_on: SignOn, role: str) -> None:
    answer = lasting_sign_on.save(lasting_sign_on.installation.of("admin"), {"default_role": role})

    assert answer.status == 422


@pytest.mark.parametrize(
    ("field", "rule"),
    [
        ("claim", {"claim": "", "value": "x", "role": "staff"}),
        ("value", {"claim": "groups", "value": " ", "role": "staff"}),
        ("role", {"claim": "groups", "value": "x"}),
        ("role", {"claim": "groups", "value": "x", "role": "operator"}),
        ("role", {"claim": "groups", "value": "x", "role": "king"}),
        ("unit", {"claim": "groups", "value": "x", "unit": "nowhere"}),
        ("claim", {"claim": "g" * 201, "value": "x", "role": "staff"}),
    ],
)
def test_a_rule_that_cannot_be_used_is_told_beside_its_field(
    lasting_sign_on: SignOn, field: str, rule: dict[str, str]
) -> None:
    answer = lasting_sign_on.add_rule(lasting_sign_on.installation.of("admin"), **rule)

    (link,) = answer.page.one(id="error-summary").all("a")
    assert answer.status == 422
    assert link["href"] == f"#{field}"
    assert answer.title.startswith("Fel:")
    assert lasting_sign_on.installation.count(SignOnRule) == 0


def test_the_same_rule_sent_twice_is_one(sign_on: SignOn, admin: Browser) -> None:
    page = admin.get(SETTINGS)
    told = {"claim": "groups", "value": "nurses", "role": "staff"}

    answers = [admin.send(page, told, f"{SETTINGS}/rules") for _ in range(2)]

    assert [answer.status for answer in answers] == [302, 422]
    assert sign_on.installation.count(SignOnRule) == 1


def test_the_first_rule_that_fits_decides_and_rules_can_be_moved(
    sign_on: SignOn, admin: Browser
) -> None:
    for value, role in (("nurses", "staff"), ("leaders", "leadership"), ("reviewers", "support")):
        sign_on.add_rule(admin, "groups", value, role=role)
    page = admin.get(SETTINGS)
    assert _values(page) == ["groups: nurses", "groups: leaders", "groups: reviewers"]

    (form,) = [
        f for f in page.page.all("form") if f.get("action").endswith("/up") and "leaders" in f.text
    ]
    admin.post(form["action"], {"csrf_token": page.token})

    assert _values(admin.get(SETTINGS)) == [
        "groups: leaders",
        "groups: nurses",
        "groups: reviewers",
    ]
    sign_on.provider.claims |= {"groups": ["nurses", "leaders"]}
    sign_on.log_in(sign_on.installation.browser())
    assert sign_on.users(subject="anna-1")[0].role == Role.LEADERSHIP


def test_a_rule_that_is_removed_is_gone_and_in_the_trail(sign_on: SignOn, admin: Browser) -> None:
    sign_on.add_rule(admin, "groups", "leaders", role="leadership")
    page = admin.get(SETTINGS)
    (form,) = [
        f
        for f in page.page.all("form")
        if f.get("action").endswith("/remove") and "leaders" in f.text
    ]

    admin.post(form["action"], {"csrf_token": page.token})

    added, removed = _acts(sign_on, "sign_on_rules_changed")
    assert sign_on.installation.count(SignOnRule) == 0
    assert added.after == removed.before
    assert removed.after == {}


@pytest.mark.parametrize(
    ("claims", "role", "unit"),
    [
        ("groups: leaders", "rollen: Ledning", "Ingen regel ger någon enhet"),
        ("groups: leaders\ngroups: admins", "rollen: Ledning", "Ingen regel"),
        ("groups: unknown", "rollen: Medarbetare", "Ingen regel ger någon enhet"),
    ],
)
def test_the_rules_can_be_tried_before_anybody_logs_in(
    sign_on: SignOn, admin: Browser, claims: str, role: str, unit: str
) -> None:
    sign_on.add_rule(admin, "groups", "leaders", role="leadership")
    sign_on.add_rule(admin, "groups", "admins", role="admin")
    before = sign_on.installation.stored()

    answer = admin.send(admin.get(SETTINGS), {"claims": claims}, f"{SETTINGS}/try")

    assert answer.status == 200
    assert role in answer.page.one(id="given").text
    assert unit in answer.page.one(id="given").text
    assert fields_of(answer.form(f"{SETTINGS}/try"))["claims"] == claims
    assert sign_on.installation.stored() == before


@pytest.mark.parametrize("claims", ["", "groups", ": x", "groups:"])
def test_claims_that_cannot_be_read_are_told(lasting_sign_on: SignOn, claims: str) -> None:
    admin = lasting_sign_on.installation.of("admin")

    answer = admin.send(admin.get(SETTINGS), {"claims": claims}, f"{SETTINGS}/try")

    assert answer.status == 422
    assert answer.page.one(id="claims-error").text


def test_a_form_that_had_stood_open_keeps_the_text(sign_on: SignOn, admin: Browser) -> None:
    told = {"claim": "groups", "value": "nurses", "role": "staff", "csrf_token": ""}

    expired = admin.send(admin.get(SETTINGS), told, f"{SETTINGS}/rules")
    saved = admin.send(expired, form=f"{SETTINGS}/rules")

    assert expired.status == 400
    assert saved.status == 302
    assert sign_on.installation.count(SignOnRule) == 1


def test_only_an_administrator_comes_here(lasting_sign_on: SignOn) -> None:
    installation = lasting_sign_on.installation
    for role in ("staff", "support", "leadership"):
        assert installation.of(role).get(SETTINGS).status == 403
    assert installation.of("admin").get("/operation/sign-on").status == 403


def test_a_rule_of_another_organisation_answers_as_one_that_is_not_there(
    sign_on: SignOn, admin: Browser
) -> None:
    foreign = sign_on.installation.foreign

    def add(session: Any) -> str:  # noqa: ANN401 - a session
        rule = SignOnRule(
            organisation_id=foreign.organisation_id,
            position=1,
            claim="groups",
            value="theirs",
            role="admin",
            unit_id=None,
        )
        session.add(rule)
        session.flush()
        return to_text(rule.id)

    theirs = sign_on.installation.change(add)
    token = admin.get(SETTINGS).token

    answers = [
        admin.post(f"{SETTINGS}/rules/{each}/{act}", {"csrf_token": token})
        for each in (theirs, "000000000001")
        for act in ("remove", "up")
    ]

    assert [answer.status for answer in answers] == [404] * 4
    assert len({answer.text.replace(theirs, "000000000001") for answer in answers}) == 1
    assert "theirs" not in admin.get(SETTINGS).text
    assert sign_on.installation.count(SignOnRule) == 1
