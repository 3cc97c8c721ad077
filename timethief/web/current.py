"""What a request has at hand, in one typed place. Nothing else touches `flask.g` or the application."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import cast

from flask import current_app, g, request
from sqlalchemy.orm import Session

from timethief.config import Config
from timethief.domain.people import Actor
from timethief.i18n import TIME_ZONE
from timethief.services.access.discovery import Discovery
from timethief.services.access.sessions import Lifetimes
from timethief.storage.database import Database
from timethief.storage.uploads import Uploads
from timethief.web.quotas import Quotas

DATABASE = "timethief.database"
CONFIG = "timethief.config"
DISCOVERY = "timethief.discovery"
QUOTAS = "timethief.quotas"
UPLOADS = "timethief.uploads"
API_PREFIX = "/api/"


def database() -> Database:
    """The installation's database."""
    return cast("Database", current_app.extensions[DATABASE])


def config() -> Config:
    """The installation's settings."""
    return cast("Config", current_app.extensions[CONFIG])


def is_api() -> bool:
    """Whether the request is a call of the API, which never reads a cookie and answers in JSON."""
    return request.path.startswith(API_PREFIX)


def uploads() -> Uploads:
    """Where uploaded files lie."""
    return cast("Uploads", current_app.extensions[UPLOADS])


def quotas() -> Quotas:
    """What this process counts of the anonymous pages."""
    return cast("Quotas", current_app.extensions[QUOTAS])


def discovery() -> Discovery:
    """What is known of identity providers."""
    return cast("Discovery", current_app.extensions[DISCOVERY])


def lifetimes() -> Lifetimes:
    """How long a log-in lasts."""
    return Lifetimes(config().session_idle, config().session_length)


@contextmanager
def reading(organisation_id: int | None = None) -> Iterator[Session]:
    """A session of the actor's organisation that cannot write.

    Args:
        organisation_id: in its place, for pages that need no log-in.
    """
    with database().reading(_bound_to(organisation_id)) as session:
        yield session


@contextmanager
def writing(organisation_id: int | None = None) -> Iterator[Session]:
    """A session of the actor's organisation; its changes are all stored when the block ends, or none of them.

    Args:
        organisation_id: in its place, for pages that need no log-in.
    """
    with database().writing(_bound_to(organisation_id)) as session:
        yield session


def _bound_to(organisation_id: int | None) -> int:
    return actor().organisation_id if organisation_id is None else organisation_id


@contextmanager
def reading_all() -> Iterator[Session]:
    """A session over all organisations that cannot write: to find out whose request it is."""
    with database().reading_all() as session:
        yield session


@contextmanager
def writing_all() -> Iterator[Session]:
    """A session over all organisations: to log in and out."""
    with database().writing_all() as session:
        yield session


@contextmanager
def writing_all_if_free() -> Iterator[Session | None]:
    """As `writing_all` for what may be left undone: None where it would have to wait for the whole database."""
    with database().writing_all_if_free() as session:
        yield session


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """The day in Sweden."""
    return now().astimezone(TIME_ZONE).date()


def actor() -> Actor:
    """Who is logged in; pages that need nobody ask `visitor`."""
    found = visitor()
    if found is None:
        message = "this page is open to all and has no actor"
        raise RuntimeError(message)
    return found


def visitor() -> Actor | None:
    """Who is logged in, if anybody."""
    return cast("Actor | None", g.get("actor"))


def organisation_name() -> str:
    """Name of the organisation whose pages are shown; empty before log-in."""
    return cast("str", g.get("organisation_name", ""))


def set_organisation(name: str) -> None:
    """The request is for this organisation's pages, by somebody who is not known."""
    g.organisation_name = name


def set_visitor(who: Actor, organisation: str) -> None:
    """The request is this person's."""
    g.actor = who
    g.organisation_name = organisation


def form_has_expired() -> bool:
    """Whether the form that was sent had stood open too long, so that it must be sent again."""
    return bool(g.get("form_has_expired", False))


def set_form_expired() -> None:
    """The form that was sent had stood open too long."""
    g.form_has_expired = True


def is_too_large() -> bool:
    """Whether the form that was sent was larger than it may be, so that nothing of it is here."""
    return bool(g.get("is_too_large", False))


def set_too_large() -> None:
    """The form that was sent is larger than it may be."""
    g.is_too_large = True


def wait() -> int | None:
    """Seconds that the visitor must wait before the next try, where the page itself says so."""
    return cast("int | None", g.get("wait"))


def set_wait(seconds: int) -> None:
    """The page says how long the visitor must wait."""
    g.wait = seconds
