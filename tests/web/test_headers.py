from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.web.browser import Answer, Browser
from tests.web.conftest import Installation, Make

HOST = "https://tidstjuvar.exempel.se"
EVERYWHERE = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""The one table of what every answer says."""
NEVER = ("Access-Control-Allow-Origin", "Server", "X-Powered-By")
LARGE = "a" * 1_000_001
ANSWERS: list[tuple[str, str, dict[str, object], int]] = [
    ("GET", "/about", {}, 200),
    ("HEAD", "/about", {}, 200),
    ("OPTIONS", "/about", {}, 200),
    ("GET", "/dashboard", {}, 200),
    ("GET", "/inventory", {}, 200),
    ("GET", "/log", {}, 200),
    ("GET", "/log/mine", {}, 200),
    ("GET", "/requesters", {}, 200),
    ("GET", "/healthz", {}, 200),
    ("GET", "/readyz", {}, 200),
    ("GET", "/login", {}, 200),
    ("GET", "/", {}, 302),
    ("POST", "/log", {"data": b"title=%FF%FE"}, 400),
    ("GET", "/about", {"headers": {"Host": "evil.invalid"}}, 400),
    ("GET", "/tariffs", {}, 403),
    ("GET", "/nowhere", {}, 404),
    ("GET", "/static/nowhere.css", {}, 404),
    ("DELETE", "/inventory", {}, 405),
    ("PROPFIND", "/", {}, 405),
    ("POST", "/log", {"data": {"title": LARGE}}, 413),
    ("POST", "/api/v1/assess", {"data": "title"}, 415),
    ("POST", "/api/v1/assess", {"json": {}}, 422),
    ("GET", "/inventory?sort=password", {}, 422),
]
BEFORE_LOG_IN = ("/", "/about", "/healthz", "/readyz", "/nowhere", "/static/js/log.js")


def _says_all(answer: Answer) -> dict[str, list[str]]:
    found = {name: answer.headers.getlist(name) for name in (*EVERYWHERE, *NEVER)}
    return {name: values for name, values in found.items() if values}


def _file(installation: Installation) -> Path:
    installation.database.close()
    return Path(str(installation.database.url.database))


@pytest.mark.parametrize(("method", "address", "options", "status"), ANSWERS)
def test_every_answer_says_it_all_once(
    lasting: Installation, method: str, address: str, options: dict[str, object], status: int
) -> None:
    answer = lasting.of("staff").open(
        method,
        address,
        content_type=None
        if "json" in options
        else "application/x-www-form-urlencoded"
        if method == "POST" and "log" in address
        else None,
        **options,
    )

    assert answer.status == status
    assert _says_all(answer) == {name: [value] for name, value in EVERYWHERE.items()}
    assert "Cookie" in answer.headers["Vary"]


def test_a_fault_of_ours_says_it_too(staff: Browser, installation: Installation) -> None:
    _file(installation).write_bytes(b"this is no database " * 500)

    answer = staff.get("/about")

    assert answer.status == 500
    assert _says_all(answer) == {name: [value] for name, value in EVERYWHERE.items()}


def test_a_database_that_is_gone_is_no_fault_of_ours(
    staff: Browser, installation: Installation
) -> None:
    file = _file(installation)
    file.unlink()
    file.mkdir()

    answer = staff.get("/about")
    file.rmdir()

    assert answer.status == 503
    assert answer.headers["Retry-After"] == "5"
    assert _says_all(answer) == {name: [value] for name, value in EVERYWHERE.items()}


def test_strict_transport_is_asked_for_under_https_only(client: Browser, install: Make) -> None:
    secure = install(base_url=HOST).browser(home=HOST)

    plain, encrypted = client.get("/login"), secure.get("/login")

    assert "Strict-Transport-Security" not in plain.headers
    assert encrypted.headers["Strict-Transport-Security"] == "max-age=31536000"


@pytest.mark.parametrize(
    "file",
    ["css/theme.css", "js/log.js", "img/favicon.svg", "vendor/plotly-basic@4.1.1/plotly.css"],
)
def test_static_files_are_kept_for_a_year(lasting: Installation, file: str) -> None:
    answer = lasting.browser().get(f"/static/{file}?v=1")

    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "max-age=31536000, public"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Set-Cookie" not in answer.headers


def test_pages_name_static_files_by_what_they_hold(lasting: Installation) -> None:
    page = lasting.browser().get("/login").page

    files = [each["href"] for each in page.all("link")] + [
        each["src"] for each in page.all("script")
    ]

    assert all(file.partition("?v=")[2] for file in files)
    assert [file for file in files if lasting.browser().get(file).status != 200] == []


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(client: Browser) -> None:
    (cookie,) = client.get("/login").headers.getlist("Set-Cookie")

    name, *attributes = cookie.split("; ")

    assert name.startswith("timethief=")
    assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=Lax"]


def test_under_https_the_cookie_is_bound_to_the_host(install: Make) -> None:
    secure = install(base_url=HOST)
    browser = secure.browser(home=HOST)
    answers = [browser.get("/login"), browser.log_in_as(secure.emails["staff"])]

    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]

    assert len(cookies) == 2
    for cookie in cookies:
        name, *attributes = cookie.split("; ")
        assert name.startswith("__Host-timethief=")
        assert sorted(attributes) == ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]


@pytest.mark.parametrize("address", BEFORE_LOG_IN)
def test_there_is_no_cookie_before_it_is_needed(lasting: Installation, address: str) -> None:
    answer = lasting.browser().get(address)

    assert "Set-Cookie" not in answer.headers


def test_the_api_sets_no_cookie(lasting: Installation) -> None:
    answer = lasting.browser().open("POST", "/api/v1/assess", json={})

    assert "Set-Cookie" not in answer.headers


def test_the_log_in_form_sets_one_for_its_token_and_nothing_of_a_person(
    lasting: Installation,
) -> None:
    browser = lasting.browser()
    browser.get("/login")

    with browser.client.session_transaction() as session:
        held = dict(session)

    assert set(held) == {"csrf_token"}


@pytest.mark.parametrize("address", ["/about", "/nowhere", "/static/js/log.js"])
def test_another_origin_is_told_nothing(lasting: Installation, address: str) -> None:
    answer = lasting.of("staff").get(address, headers={"Origin": "https://evil.invalid"})

    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


def test_a_method_that_is_not_there_tells_which_are(lasting: Installation) -> None:
    answer = lasting.of("staff").open("DELETE", "/inventory")

    assert answer.status == 405
    assert sorted(answer.headers["Allow"].split(", ")) == ["GET", "HEAD", "OPTIONS"]


UNSEEN: list[tuple[str, str, dict[str, object], int]] = [
    ("GET", "/r/", {}, 200),
    ("HEAD", "/r/", {}, 200),
    ("GET", "/r/no-such-code", {}, 404),
    ("GET", "/r/no-such-code/privacy", {}, 404),
    ("GET", "/r/no-such-code/receipt", {}, 404),
    ("GET", "/r/a/b/c/d/e", {}, 404),
    ("DELETE", "/r/", {}, 405),
    ("POST", "/r/", {"data": b"code=%FF%FE"}, 400),
    ("POST", "/r/", {"data": {"code": LARGE}}, 413),
]


@pytest.mark.parametrize(("method", "address", "options", "status"), UNSEEN)
def test_where_nobody_is_known_no_other_site_is_told_where_one_came_from(
    lasting: Installation, method: str, address: str, options: dict[str, object], status: int
) -> None:
    kind = "application/x-www-form-urlencoded" if method == "POST" else None

    answer = lasting.of("staff").open(method, address, content_type=kind, **options)

    told = EVERYWHERE | {"Referrer-Policy": "no-referrer"}
    assert answer.status == status
    assert _says_all(answer) == {name: [value] for name, value in told.items()}
    assert "Set-Cookie" not in answer.headers


def test_a_fault_of_ours_where_nobody_is_known_says_it_too(installation: Installation) -> None:
    _file(installation).write_bytes(b"this is no database " * 500)

    answer = installation.browser().get("/r/no-such-code")

    assert answer.status == 500
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer.headers


def test_every_route_says_it_all(lasting: Installation) -> None:
    """Whatever it answers to somebody who has not logged in, and to an administrator."""
    wrong = []
    for rule in lasting.app.url_map.iter_rules():
        address = re.sub(r"<(uuid:)[^>]*>", "6f1f64c6-8f5b-4d0c-8f9e-4a1f8a2f6c11", rule.rule)
        address = re.sub(r"<[^>]*>", "zzzzzzzzzzzz", address)
        for browser in (lasting.browser(), lasting.of("admin")):
            response = browser.client.get(address, base_url=browser.home)
            told = dict(EVERYWHERE)
            if address.startswith("/r/"):
                told["Referrer-Policy"] = "no-referrer"
            said = {name: response.headers.getlist(name) for name in (*EVERYWHERE, *NEVER)}
            response.close()
            if {name: values for name, values in said.items() if values} != {
                name: [value] for name, value in told.items()
            }:
                wrong.append((address, response.status_code, said))

    assert wrong == []
