"""The functions that cases are handed to."""

from __future__ import annotations

import pytest

from tests.web.browser import Browser
from tests.web.conftest import Installation
from timethief.storage.tables import SupportFunction

LIST = "/administration/functions"


def _open(admin: Browser, name: str) -> str:
    [link] = [a["href"] for a in admin.get(LIST).main.all("a") if a.text == name]
    return str(link)


@pytest.mark.parametrize("role", ["staff", "support", "leadership"])
def test_only_administrators_manage_them(installation: Installation, role: str) -> None:
    assert installation.of(role).get(LIST).status == 403


def test_a_function_is_added_with_its_members(admin: Browser) -> None:
    page = admin.get(LIST)
    [box] = page.page.all("input", name="members")

    sent = admin.send(page, {"name": "Ekonomi", "kind": "support", "members": box["value"]})

    assert sent.status == 302
    assert "Ekonomi" in admin.get(LIST).main.text


@pytest.mark.parametrize(
    "fields",
    [
        {"name": " ", "kind": "support"},
        {"name": "Ny", "kind": "nonsense"},
        {"name": "SERVICEDESK", "kind": "support"},
        {"name": "Ny", "kind": "support", "members": "zzzzzzzzzzzz"},
    ],
)
def test_what_cannot_be_used_is_refused_and_kept(
    installation: Installation, admin: Browser, fields: dict[str, str]
) -> None:
    before = installation.count(SupportFunction)

    answer = admin.send(admin.get(LIST), fields)

    assert answer.status == 422
    assert installation.count(SupportFunction) == before
    assert answer.page.one(id="name")["value"] == fields["name"]


def test_a_function_that_is_closed_is_not_offered(admin: Browser) -> None:
    address = _open(admin, "Servicedesk")

    assert admin.send(admin.get(address), {"active": None}).status == 302

    rows = [row.text for row in admin.get(LIST).main.all("tr") if "Servicedesk" in row.text]
    assert "Inte i bruk" in rows[-1]


def test_the_second_who_saves_sees_what_the_first_did(admin: Browser) -> None:
    address = _open(admin, "HR-stöd")
    first, second = admin.get(address), admin.get(address)
    admin.send(first, {"contact": "anknytning 12"})

    met = admin.send(second, {"contact": "anknytning 34"})

    assert met.status == 409
    assert "anknytning 12" in met.main.text
    assert met.page.one(id="contact")["value"] == "anknytning 34"
    assert admin.send(met, {}).status == 302
