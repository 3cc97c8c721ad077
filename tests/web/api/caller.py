"""Another system: it calls the API with a token of somebody's."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from tests.web.browser import Answer, Browser
from tests.web.conftest import Installation
from timethief.domain.tokens import Scope
from timethief.i18n import TIME_ZONE
from timethief.services.access.tokens import NewToken, make_token
from timethief.services.people import as_actor
from timethief.storage.tables import User

TASKS = "/api/v1/tasks"
PROBLEM = "application/problem+json"


def token_of(installation: Installation, who: str, scope: Scope = Scope.WRITE) -> str:
    """A new token of somebody, without the page."""
    today = datetime.now(UTC).astimezone(TIME_ZONE).date()
    new = NewToken("prov", scope, today + timedelta(days=30))

    def make(session: Any) -> str:  # noqa: ANN401 - a session
        query = select(User).where(User.email == installation.emails[who])
        owner = as_actor(session.scalars(query).one())
        return make_token(session, owner, new, today, datetime.now(UTC))

    made: str = installation.change(make)
    return made


class Caller:
    """A system with a token."""

    def __init__(
        self, installation: Installation, who: str = "support", scope: Scope = Scope.WRITE
    ) -> None:
        self.app = installation.app
        self.token = token_of(installation, who, scope)

    def call(
        self,
        method: str,
        address: str,
        headers: Mapping[str, str] | None = None,
        **options: Any,  # noqa: ANN401 - the client's own
    ) -> Answer:
        """Any call."""
        sent = {"Authorization": f"Bearer {self.token}"} | dict(headers or {})
        return Browser(self.app).open(method, address, headers=sent, **options)

    def get(self, address: str, **headers: str) -> Answer:
        """Read something."""
        return self.call("GET", address, headers)

    def send(
        self,
        method: str,
        address: str,
        body: object,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a JSON value, or bytes as they are."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.call(method, address, headers, data=data, content_type="application/json")

    def add(self, body: object, key: str | None = None) -> Answer:
        """Add a task."""
        return self.send("POST", TASKS, body, {} if key is None else {"Idempotency-Key": key})

    def change(self, task: str, body: object, etag: str | None) -> Answer:
        """Change a task that was read as `etag`."""
        headers = {} if etag is None else {"If-Match": etag}
        return self.send("PATCH", f"{TASKS}/{task}", body, headers)

    def every(self, query: str = "", limit: int = 200) -> Iterator[dict[str, Any]]:
        """Every task of a list, part by part."""
        cursor = ""
        while True:
            answer = self.get(f"{TASKS}?limit={limit}&{query}{cursor}")
            assert answer.status == 200, answer.text
            part = answer.json
            assert len(part["items"]) <= limit
            yield from part["items"]
            if part["next"] is None:
                return
            cursor = f"&cursor={part['next']}"
