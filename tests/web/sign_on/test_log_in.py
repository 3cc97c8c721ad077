from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from tests.sign_on.provider import CLIENT_ID
from tests.web.browser import Answer, Browser
from tests.web.conftest import Installation
from tests.web.sign_on.conftest import CODE, SignOn, at_the_provider, path_of
from timethief.domain.people import Role
from timethief.storage.tables import User


def test_the_way_there_carries_state_nonce_and_a_challenge(sign_on: SignOn) -> None:
    begun = sign_on.begin(sign_on.installation.browser())

    parts = urlsplit(begun.location)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{sign_on.provider.issuer}/authorize"
    assert asked["client_id"] == CLIENT_ID
    assert asked["redirect_uri"] == f"http://localhost/sign-on/{CODE}/answer"
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 20


def test_whoever_logs_in_for_the_first_time_gets_an_account(sign_on: SignOn) -> None:
    browser = sign_on.installation.browser()

    answer = sign_on.log_in(browser)

    (user,) = sign_on.users(subject="anna-1")
    assert answer.status == 302
    assert "Anna Öberg" in browser.get("/log").text
    assert (user.issuer, user.email, user.role) == (
        sign_on.provider.issuer,
        "anna@kommun.se",
        Role.STAFF,
    )
    assert user.password_hash is None


def test_the_second_time_it_is_the_same_account(sign_on: SignOn) -> None:
    sign_on.log_in(sign_on.installation.browser())
    sign_on.provider.claims |= {"name": "Anna Ek", "email": "anna.ek@kommun.se"}

    sign_on.log_in(sign_on.installation.browser())

    (user,) = sign_on.users(issuer=sign_on.provider.issuer)
    assert (user.name, user.email, user.folded_email) == (
        "Anna Ek",
        "anna.ek@kommun.se",
        "anna.ek@kommun.se",
    )


def test_one_comes_to_the_page_that_one_wanted(sign_on: SignOn) -> None:
    answer = sign_on.log_in(sign_on.installation.browser(), "/inventory?q=tid")

    assert answer.location == "/inventory?q=tid"


def test_one_never_comes_to_another_site(sign_on: SignOn) -> None:
    answer = sign_on.log_in(sign_on.installation.browser(), "https://evil.example/")

    assert answer.location == "/"


def test_what_the_browser_held_before_is_gone(sign_on: SignOn) -> None:
    browser = sign_on.installation.browser("staff")
    before = browser.cookie

    sign_on.log_in(browser)

    stolen = Browser(sign_on.installation.app)
    stolen.client.set_cookie(stolen.cookie_name, before)
    assert stolen.get("/log").status == 302
    assert "_state_" not in str(_session_of(browser))


def _session_of(browser: Browser) -> dict[str, object]:
    with browser.client.session_transaction(base_url=browser.home) as held:
        return dict(held)


def test_after_log_out_the_log_in_is_dead(sign_on: SignOn) -> None:
    browser = sign_on.installation.browser()
    sign_on.log_in(browser)
    kept = browser.cookie

    browser.send(browser.get("/log"), form="/logout")

    browser.client.set_cookie(browser.cookie_name, kept)
    assert browser.get("/log").status == 302


def test_the_same_answer_opens_no_second_log_in(sign_on: SignOn) -> None:
    browser = sign_on.installation.browser()
    begun = sign_on.begin(browser)
    held, back = browser.cookie, path_of(at_the_provider(begun.location))
    assert browser.get(back).status == 302

    replayed = Browser(sign_on.installation.app)
    replayed.client.set_cookie(replayed.cookie_name, held)

    assert replayed.get(back).status == 403


def test_a_log_in_is_begun_and_ended_in_one_browser(sign_on: SignOn) -> None:
    begun = sign_on.begin(sign_on.installation.browser())

    answer = sign_on.installation.browser().get(path_of(at_the_provider(begun.location)))

    assert answer.status == 400
    assert answer.heading == "Inloggningen måste börja om"


def test_many_begun_log_ins_do_not_fill_the_cookie(sign_on: SignOn) -> None:
    browser = sign_on.installation.browser()
    for _ in range(12):
        sign_on.begin(browser)

    assert len(browser.cookie) < 3_500
    assert sign_on.log_in(browser).status == 302


def test_an_account_of_a_provider_is_opened_by_no_password(sign_on: SignOn) -> None:
    sign_on.log_in(sign_on.installation.browser())
    stolen = sign_on.installation.ask(
        lambda session: (
            session.query(User.password_hash)
            .filter_by(email=sign_on.installation.emails["admin"])
            .scalar()
        )
    )

    def give_it_a_password(session):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
        session.query(User).filter_by(subject="anna-1").one().password_hash = stolen

    sign_on.installation.change(give_it_a_password)
    browser = sign_on.installation.browser()

    assert browser.log_in_as("anna@kommun.se").status == 422


def test_claims_that_stand_on_the_page_about_the_person_are_fetched(sign_on: SignOn) -> None:
    sign_on.provider.claims = {"sub": "beda-2"}
    sign_on.provider.more = {"name": "Beda Strid", "email": "beda@kommun.se"}

    sign_on.log_in(sign_on.installation.browser())

    (user,) = sign_on.users(subject="beda-2")
    assert (user.name, user.email) == ("Beda Strid", "beda@kommun.se")


def test_claims_that_are_signed_go_before_those_that_are_not(sign_on: SignOn) -> None:
    sign_on.provider.claims = {"sub": "beda-2", "name": "Beda Strid"}
    sign_on.provider.more = {"name": "Nils Annan", "email": "beda@kommun.se"}

    sign_on.log_in(sign_on.installation.browser())

    assert sign_on.users(subject="beda-2")[0].name == "Beda Strid"


def test_the_page_about_the_person_is_not_asked_for_nothing(sign_on: SignOn) -> None:
    sign_on.log_in(sign_on.installation.browser())

    assert "/person" not in sign_on.provider.asked


def test_the_log_in_page_of_an_organisation_names_it_and_offers_the_password_behind(
    sign_on: SignOn,
) -> None:
    page = sign_on.installation.browser().get(f"/login/{CODE}")

    (details,) = page.main.all("details")
    assert page.status == 200
    assert [button.text for button in page.main.all("a", class_="ds-button")] == [
        "Logga in med ditt konto på jobbet"
    ]
    assert details.all("a")[0]["href"] == "/login"


def test_the_button_has_the_words_of_the_organisation(sign_on: SignOn) -> None:
    sign_on.save(sign_on.installation.browser("admin"), {"button": "Logga in med kommunkontot"})

    page = sign_on.installation.browser().get(f"/login/{CODE}")

    assert page.main.all("a", class_="ds-button")[0].text == "Logga in med kommunkontot"


def test_strangers_are_not_told_which_organisations_there_are(sign_on: SignOn) -> None:
    browser = sign_on.installation.browser()

    page = browser.get("/login")

    assert "/sign-on" in _links(page)
    assert page.main.all("a", class_="ds-button") == []
    assert CODE not in page.main.text
    without, unknown = (browser.get(f"/login/{code}") for code in ("granne", "finnsinte"))
    assert without.text.replace("granne", "finnsinte") == unknown.text
    assert without.status == unknown.status == 404


def test_one_finds_the_log_in_by_the_code_of_the_organisation(sign_on: SignOn) -> None:
    browser = sign_on.installation.browser()
    page = browser.get("/sign-on?next=/inventory")

    found = browser.send(page, {"organisation": f" {CODE} "})

    assert found.location == f"/login/{CODE}?next=/inventory"


def test_a_code_that_is_none_and_one_without_a_provider_look_the_same(sign_on: SignOn) -> None:
    browser = sign_on.installation.browser()
    page = browser.get("/sign-on")

    answers = [browser.send(page, {"organisation": code}) for code in ("granne", "finnsinte")]

    assert [answer.status for answer in answers] == [422, 422]
    assert answers[0].errors == answers[1].errors


def test_nobody_logs_in_by_a_provider_where_there_is_none(installation: Installation) -> None:
    browser = installation.browser()

    assert [browser.get(f"/sign-on/{CODE}/{step}").status for step in ("begin", "answer")] == [
        404,
        404,
    ]
    assert [browser.get(f"/sign-on/{step}").status for step in ("begin", "answer")] == [404, 404]
    assert not any("sign-on" in link for link in _links(browser.get("/login")))


def _links(page: Answer) -> list[str]:
    return [link["href"] for link in page.main.all("a")]


def test_the_way_there_and_back_sets_no_cookie_but_our_own(sign_on: SignOn) -> None:
    browser = sign_on.installation.browser()

    answer = sign_on.log_in(browser)

    assert answer.headers.getlist("Set-Cookie")
    assert all(
        line.startswith(f"{browser.cookie_name}=") and "HttpOnly" in line
        for line in answer.headers.getlist("Set-Cookie")
    )
