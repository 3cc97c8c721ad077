"""Somebody at a browser: opens pages, fills in the forms that stand on them, presses buttons."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

from flask import Flask
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests.web.markup import Element, parse
from timethief.services.demonstration import PASSWORD

HOME = "http://localhost"
NEIGHBOUR = "granne"
"""Stands for a reviewer of another organisation, where a role is asked for."""


def neighbour(role: str) -> str:
    """Stands for somebody of that role in another organisation."""
    return NEIGHBOUR if role == "support" else f"{NEIGHBOUR}-{role}"


Change = str | Sequence[str] | None
"""What a field is changed to; None takes it away."""


class Answer:
    """What came back."""

    def __init__(self, response: TestResponse, address: str) -> None:
        self.status = response.status_code
        self.headers = response.headers
        self.text = response.get_data().decode("utf-8", "replace")
        response.close()
        self.address = address

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.headers["Location"]

    @cached_property
    def page(self) -> Element:
        """The page."""
        return parse(self.text)

    @property
    def title(self) -> str:
        """Of the page, as the tab shows it."""
        return self.page.one("title").text

    @property
    def heading(self) -> str:
        """Its h1."""
        return self.page.one("h1").text

    @property
    def main(self) -> Element:
        """What the page is about."""
        return self.page.one("main")

    @property
    def json(self) -> Any:  # noqa: ANN401 - any JSON value
        """The value of a JSON answer."""
        return json.loads(self.text)

    @property
    def errors(self) -> list[str]:
        """The sentences of the error summary."""
        return [
            item.text for summary in self.page.all(id="error-summary") for item in summary.all("li")
        ]

    def form(self, name: str = "") -> Element:
        """The form whose id or address ends so; without a name the only one of the page that posts."""
        forms = [form for form in self.main.all("form") if form.get("method") == "post"]
        if name:
            forms = [f for f in self.page.all("form") if f.get("id") == name or _ends(f, name)]
        assert len(forms) == 1, f"{len(forms)} forms {name!r} on {self.address}"
        return forms[0]

    @property
    def token(self) -> str:
        """The token of any form on the page."""
        return self.page.all("input", name="csrf_token")[0]["value"]


def _ends(form: Element, name: str) -> bool:
    return urlsplit(form.get("action")).path.endswith(name)


def fields_of(form: Element) -> MultiDict[str, str]:
    """What a browser would send of a form as it stands, without any button."""
    found: MultiDict[str, str] = MultiDict()
    for control in form.all("input", "select", "textarea"):
        name, kind = control.get("name"), control.get("type")
        if not name or kind in ("submit", "button"):
            continue
        if kind in ("radio", "checkbox"):
            if "checked" in control.attributes:
                found.add(name, control.attributes.get("value", "on"))
        elif control.tag == "select":
            found.add(name, _selected(control))
        elif control.tag == "textarea":
            text = "".join(child for child in control.children if isinstance(child, str))
            found.add(name, text.removeprefix("\r").removeprefix("\n"))
        else:
            found.add(name, control.get("value"))
    return found


def _selected(select: Element) -> str:
    options = select.all("option")
    chosen = [option for option in options if "selected" in option.attributes]
    return (chosen or options)[0].get("value")


class Browser:
    """A browser with its cookies."""

    def __init__(self, app: Flask, home: str = HOME, password: str = PASSWORD) -> None:
        self.app = app
        self.home = home
        self.password = password
        self.client = app.test_client()

    def get(self, address: str, **options: Any) -> Answer:  # noqa: ANN401 - the client's own
        """Open a page."""
        return self.open("GET", address, **options)

    def open(self, method: str, address: str, **options: Any) -> Answer:  # noqa: ANN401 - the client's own
        """Any request."""
        options.setdefault("base_url", self.home)
        response = self.client.open(address, method=method, **options)
        return Answer(response, address)

    def follow(self, answer: Answer) -> Answer:
        """Go where a redirect leads."""
        assert answer.status == 302, (answer.status, answer.text[:2000])
        return self.get(answer.location)

    def post(self, address: str, fields: Mapping[str, Change], **options: Any) -> Answer:  # noqa: ANN401 - the client's own
        """Send fields as a page of our own would."""
        headers = {
            "Referer": urljoin(self.home, address),
            "Origin": self.home,
            "Sec-Fetch-Site": "same-origin",
        } | options.pop("headers", {})
        data = MultiDict(
            [
                (name, each)
                for name, value in fields.items()
                for each in ([value] if isinstance(value, str) else value or [])
            ]
        )
        return self.open("POST", address, data=data, headers=headers, **options)

    def fill(
        self, answer: Answer, changes: Mapping[str, Change], form: str = ""
    ) -> dict[str, Change]:
        """The fields of a form of the page, some of them changed."""
        found: dict[str, Change] = dict(fields_of(answer.form(form)).lists())
        return found | dict(changes)

    def send(
        self, answer: Answer, changes: Mapping[str, Change] | None = None, form: str = ""
    ) -> Answer:
        """Fill in a form of the page and press its button, or the one that `changes` names."""
        target = answer.form(form).get("action") or answer.address
        return self.post(target.partition("#")[0], self.fill(answer, changes or {}, form))

    def press(
        self, answer: Answer, words: str, changes: Mapping[str, Change] | None = None
    ) -> Answer:
        """Press the first button with these words, or this name, in the form where it stands."""
        for form in answer.page.all("form"):
            for button in form.all("button"):
                if words in (button.text, button.get("name")):
                    fields: dict[str, Change] = dict(fields_of(form).lists())
                    fields |= dict(changes or {})
                    if button.get("name"):
                        fields[button["name"]] = button.get("value")
                    target = form.get("action") or answer.address
                    return self.post(target.partition("#")[0], fields)
        message = f"no button {words!r} on {answer.address}"
        raise AssertionError(message)

    def log_in_as(self, email: str, password: str | None = None, target: str = "") -> Answer:
        """Log in by the form."""
        asked = f"/login?next={target}" if target else "/login"
        sent = {"email": email, "password": password or self.password}
        return self.send(self.get(asked), sent)

    @property
    def cookie_name(self) -> str:
        """Name of the only cookie."""
        name: str = self.app.config["SESSION_COOKIE_NAME"]
        return name

    @property
    def cookie(self) -> str:
        """Value of the only cookie."""
        found = self.client.get_cookie(self.cookie_name)
        assert found is not None
        return found.value
