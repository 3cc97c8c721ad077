"""The faults that a provider, or somebody between us and it, can commit. None of them lets anybody in."""

from __future__ import annotations

import pytest

from tests.sign_on.provider import FAULTY_CLAIMS
from tests.web.browser import Answer, Browser
from tests.web.sign_on.conftest import CODE, SignOn, at_the_provider, path_of
from timethief.domain.people import Role
from timethief.storage.tables import User

SENTENCES = {
    "wrong iss": "Det kommer från en annan inloggningstjänst än den vi frågade.",
    "aud of another": "Det var avsett för en annan tjänst.",
    "aud list": "Det var avsett för en annan tjänst.",
    "aud list, azp ours": "Det var avsett för en annan tjänst.",
    "azp of another": "Det var avsett för en annan tjänst.",
    "exp in the past": "Det är för gammalt.",
    "no exp": "Något som måste finnas där saknas.",
    "alg none": "Det är signerat på ett sätt som inte är säkert.",
    "HS256 with the public key": "Det är signerat på ett sätt som inte är säkert.",
    "signed by another": "Signaturen stämmer inte.",
    "nonce missing": "Det hör till en annan inloggning.",
    "nonce reused": "Det hör till en annan inloggning.",
    "another client's code": "Inloggningstjänsten godtog inte sin egen kod från oss.",
    "another client's code, let through": "Det var avsett för en annan tjänst.",
    "huge claim": "Det innehåller långt mer än en inloggning behöver.",
    "deep claim": "Det innehåller långt mer än en inloggning behöver.",
    "NaN claim": "Det innehåller ett tal som inte är något tal.",
    "infinite claim": "Det innehåller ett tal som inte är något tal.",
    "NaN deep inside": "Det innehåller ett tal som inte är något tal.",
    "exp as text": "Det innehåller ett tal som inte är något tal.",
    "clock +10 min": "Inloggningstjänstens klocka går före vår.",
    "no sub": "Det säger inte tydligt vem du är.",
    "sub as number": "Det säger inte tydligt vem du är.",
    "long sub": "Det säger inte tydligt vem du är.",
    "no answer about the person": "Något som måste finnas där saknas.",
    "unverified e-mail": "Inloggningstjänsten vet inte om e-postadressen är din.",
    "person says no": "Inloggningen avbröts hos inloggningstjänsten.",
}


def is_out(browser: Browser) -> bool:
    return browser.get("/log").status == 302


def told(answer: Answer) -> str:
    """What a refused log-in says; it always has a time, a reference, and a way on."""
    facts = answer.main.one("dl").text
    links = [link["href"] for link in answer.main.all("a")]
    assert "Tid" in facts
    assert "Referens" in facts
    assert "/login" in links
    assert any(link.endswith("/begin") for link in links)
    return answer.main.one("p", class_="lead").text


@pytest.mark.parametrize("fault", SENTENCES)
def test_a_fault_lets_nobody_in_and_is_told_in_words(lasting_sign_on: SignOn, fault: str) -> None:
    browser = lasting_sign_on.installation.browser()
    lasting_sign_on.provider.nonces.append("of-an-earlier-log-in")
    lasting_sign_on.provider.fault = fault
    before = lasting_sign_on.installation.count(User)

    answer = lasting_sign_on.log_in(browser)

    lasting_sign_on.provider.fault = ""
    assert answer.status == 403
    assert SENTENCES[fault] in told(answer)
    assert is_out(browser)
    assert lasting_sign_on.installation.count(User) == before


def test_every_faulty_claim_is_tried() -> None:
    assert FAULTY_CLAIMS.keys() <= SENTENCES.keys()


def test_another_state_lets_nobody_in(lasting_sign_on: SignOn) -> None:
    browser = lasting_sign_on.installation.browser()
    lasting_sign_on.provider.fault = "state mismatch"

    answer = lasting_sign_on.log_in(browser)

    lasting_sign_on.provider.fault = ""
    assert answer.status == 400
    assert "tio minuter" in told(answer)
    assert is_out(browser)


def test_an_answer_that_names_another_issuer_in_its_address_is_refused(
    lasting_sign_on: SignOn,
) -> None:
    browser = lasting_sign_on.installation.browser()
    begun = lasting_sign_on.begin(browser)
    state = begun.location.partition("state=")[2].partition("&")[0]

    answer = browser.get(f"/sign-on/{CODE}/answer?code=x&state={state}&iss=https://elsewhere.se")

    assert answer.status == 403
    assert SENTENCES["wrong iss"] in told(answer)


@pytest.mark.parametrize(
    "query",
    ["", "?code=x", "?state=x", "?code=x&state=x", "?error=<b>x</b>", "?code=a&code=b&state="],
)
def test_an_answer_that_nobody_asked_for_is_refused(lasting_sign_on: SignOn, query: str) -> None:
    browser = lasting_sign_on.installation.browser()

    answer = browser.get(f"/sign-on/{CODE}/answer{query}")

    assert answer.status in (400, 403, 503)
    assert told(answer)
    assert "<b>x" not in answer.text


def test_what_the_provider_says_of_its_fault_is_not_shown(lasting_sign_on: SignOn) -> None:
    lasting_sign_on.provider.fault = "person says no"

    answer = lasting_sign_on.log_in(lasting_sign_on.installation.browser())

    lasting_sign_on.provider.fault = ""
    assert "MARKER-9c1e" not in answer.text


def test_another_subject_is_a_new_account_with_nothing_of_the_old(sign_on: SignOn) -> None:
    admin = sign_on.installation.browser("admin")
    sign_on.add_rule(admin, "groups", "leaders", role="leadership")
    sign_on.provider.claims |= {"groups": ["leaders"]}
    sign_on.log_in(sign_on.installation.browser())
    sign_on.provider.claims = {**sign_on.provider.claims, "sub": "anna-2", "groups": []}

    sign_on.log_in(sign_on.installation.browser())

    (old,), (new,) = sign_on.users(subject="anna-1"), sign_on.users(subject="anna-2")
    assert (old.role, new.role) == (Role.LEADERSHIP, Role.STAFF)
    assert old.id != new.id
    assert old.email == new.email


def test_another_subject_gets_no_right_at_all_where_no_rule_gives_one(sign_on: SignOn) -> None:
    admin = sign_on.installation.browser("admin")
    sign_on.save(admin, {"default_role": "nobody"})
    sign_on.add_rule(admin, "groups", "leaders", role="leadership")
    sign_on.provider.claims |= {"groups": ["leaders"]}
    sign_on.log_in(sign_on.installation.browser())
    sign_on.provider.claims = {**sign_on.provider.claims, "sub": "anna-2", "groups": []}
    browser = sign_on.installation.browser()

    answer = sign_on.log_in(browser)

    assert answer.heading == "Du har ingen behörighet ännu"
    assert is_out(browser)
    assert sign_on.users(subject="anna-2") == []


def test_the_address_of_an_administrator_opens_nothing(sign_on: SignOn) -> None:
    email = sign_on.installation.emails["admin"]
    before = sign_on.users(email=email)
    sign_on.provider.claims |= {"email": email.upper(), "email_verified": True}
    browser = sign_on.installation.browser()

    answer = sign_on.log_in(browser)

    assert answer.status == 403
    assert "Det finns redan ett konto med din e-postadress" in told(answer)
    assert is_out(browser)
    (after,) = sign_on.users(email=email)
    assert (after.issuer, after.role, after.password_hash) == (
        None,
        before[0].role,
        before[0].password_hash,
    )


def test_the_address_is_free_again_when_the_account_with_a_password_has_ended(
    sign_on: SignOn,
) -> None:
    email = sign_on.installation.emails["staff"]

    def end(session):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        session.query(User).filter_by(email=email).one().active = False

    sign_on.installation.change(end)
    sign_on.provider.claims |= {"email": email}

    assert sign_on.log_in(sign_on.installation.browser()).status == 302
    assert len(sign_on.users(email=email)) == 2


def test_a_fault_writes_nothing_of_the_person_in_the_log(
    lasting_sign_on: SignOn, capsys: pytest.CaptureFixture[str]
) -> None:
    provider = lasting_sign_on.provider
    kept = provider.claims
    provider.claims = {
        "sub": "19121212-1212",
        "name": "MARKER-Name",
        "email": "MARKER-mail@kommun.se",
        "email_verified": False,
    }

    answer = lasting_sign_on.log_in(lasting_sign_on.installation.browser())

    provider.claims = kept
    written = capsys.readouterr().out
    reference = answer.main.one("dl").all("dd")[1].text
    assert f'"reference": "{reference}"' in written
    assert '"reason": "email_not_verified"' in written
    assert not any(each in written for each in ("MARKER", "19121212", "SECRET-OF-THE-CLIENT"))


def test_a_code_cannot_be_used_with_another_verifier(lasting_sign_on: SignOn) -> None:
    """What a thief who has seen the answer's address could try."""
    victim, thief = (lasting_sign_on.installation.browser() for _ in range(2))
    stolen = path_of(_answer_of(lasting_sign_on, victim))
    code = stolen.partition("code=")[2].partition("&")[0]
    begun = lasting_sign_on.begin(thief)
    state = begun.location.partition("state=")[2].partition("&")[0]

    answer = thief.get(f"/sign-on/{CODE}/answer?code={code}&state={state}")

    assert answer.status == 403
    assert SENTENCES["another client's code"] in told(answer)


def _answer_of(sign_on: SignOn, browser: Browser) -> str:
    return at_the_provider(sign_on.begin(browser).location)
