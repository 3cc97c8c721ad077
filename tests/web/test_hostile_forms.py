"""Every form of every page, found by the list of routes: each of its fields takes anything calmly."""

from __future__ import annotations

import pytest

from tests.web.browser import Answer, Change, fields_of
from tests.web.conftest import Installation, Make
from tests.web.markup import Element
from tests.web.test_hostile import TELLING
from tests.web.test_routes import WRITTEN
from tests.web.things import address, things
from timethief.domain.people import GRANTS, Permission
from timethief.services import demonstration

HOSTILE = (
    *("", "\x00", "a" * 5_000, "\u202e=1+1", "-1", "NaN", "9" * 400, "2026-02-30", "\ud7ff\ufffe"),
    *("' OR 1=1--", "zzzzzzzzzzzz", "{{7*7}}\r\nBcc: a@example.org"),
)
ENDS_THE_LOG_IN = ("/logout", "/account/password", "/account/log-ins", "/end-membership", "/close")
"""Forms that would leave nobody to try the others."""
PAGES = [
    (rule, permission)
    for method, rule, permission in WRITTEN
    if method == "GET" and not rule.startswith("/api/") and "sign-on/" not in rule
]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def tried(request: pytest.FixtureRequest, install: Make) -> tuple[Installation, dict[str, str]]:
    made = install(request.param)
    return made, dict(things(made, "admin", demonstration.CODE))


def _posting(answer: Answer) -> list[Element]:
    if answer.status != 200 or not answer.headers["Content-Type"].startswith("text/html"):
        return []
    return [each for each in answer.page.all("form") if each.get("method") == "post"]


@pytest.mark.parametrize(("rule", "permission"), PAGES)
def test_each_field_of_a_form_takes_anything_calmly(
    tried: tuple[Installation, dict[str, str]], rule: str, permission: str
) -> None:
    installation, named = tried
    role = "" if permission == Permission.ANYONE else max(GRANTS[Permission(permission)])
    path = address(rule, named, "exempel-kod" if rule.startswith("/r/") else demonstration.CODE)
    answer = installation.of(role).get(path)
    troubled = []
    for form in _posting(answer):
        target = (form.get("action") or path).partition("#")[0]
        if any(part in target for part in ENDS_THE_LOG_IN):
            continue
        filled: dict[str, Change] = dict(fields_of(form).lists())
        for name in filled.keys() - {"csrf_token"}:
            for value in HOSTILE:
                got = installation.of(role).post(target, filled | {name: value})
                if got.status >= 500 or TELLING.search(got.text):
                    troubled.append((target, name, value[:20], got.status))

    assert troubled == []
