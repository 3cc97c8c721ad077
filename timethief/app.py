"""Joins the rooms into one web application."""

from __future__ import annotations

from flask import Flask
from flask.json.provider import DefaultJSONProvider

from timethief.config import Config
from timethief.services.access.discovery import Discovery
from timethief.services.importing.runner import uploads_of
from timethief.services.outbound import Door
from timethief.storage.database import Database
from timethief.web import assets, current, errors, gate, headers, limits, pages, quotas, unseen
from timethief.web.addresses import trusted_hosts
from timethief.web.api import assess, exports, openapi, reference, summary
from timethief.web.api import decisions as api_decisions
from timethief.web.api import imports as api_imports
from timethief.web.api import open_data as api_open_data
from timethief.web.api import tasks as api_tasks
from timethief.web.routes import (
    about,
    account,
    accounts,
    administration,
    anonymous,
    answers,
    api_guide,
    archive,
    audit,
    automation,
    cases,
    clock,
    dashboard,
    decisions,
    follow_ups,
    forgotten,
    health,
    imports,
    inquiries,
    intake,
    inventory,
    invitations,
    log,
    mail_preferences,
    masking,
    open_data,
    operation,
    people,
    playbook,
    poster,
    queue,
    receipts,
    requesters,
    restructuring,
    retention,
    review_dates,
    review_requests,
    sign_on,
    sign_on_administration,
    statements,
    tariffs,
    tasks,
    tokens,
    unnamed,
)


class Json(DefaultJSONProvider):
    """JSON as people read it: in the order it was built, in its own letters."""

    ensure_ascii = False
    sort_keys = False


LARGEST_BODY = 1_000_000
"""Bytes; also the most that a form may hold."""
MOST_FIELDS = 200


def create_app(config: Config) -> Flask:
    """The web application of an installation."""
    app = Flask(__name__, static_folder=None, template_folder="web/templates")
    app.config.update(
        SECRET_KEY=config.secret_key,
        MAX_CONTENT_LENGTH=LARGEST_BODY,
        MAX_FORM_MEMORY_SIZE=LARGEST_BODY,
        MAX_FORM_PARTS=MOST_FIELDS,
        TRUSTED_HOSTS=trusted_hosts(config.base_url),
        SESSION_COOKIE_NAME="__Host-timethief" if config.secure else "timethief",
        SESSION_COOKIE_SECURE=config.secure,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
    )
    app.json = Json(app)
    app.extensions[current.CONFIG] = config
    app.extensions[current.DATABASE] = Database(config.database_url)
    app.extensions[current.DISCOVERY] = Discovery(
        Door(development=not config.secure), production=config.secure
    )
    app.extensions[current.UPLOADS] = uploads_of(config)
    app.extensions[current.QUOTAS] = quotas.Quotas()
    unseen.install(app)
    limits.install(app)
    errors.install(app)
    gate.install(app)
    headers.install(app, https=config.secure)
    pages.install(app)
    for room in (
        about,
        account,
        accounts,
        administration,
        anonymous,
        answers,
        api_decisions,
        api_guide,
        api_imports,
        api_open_data,
        api_tasks,
        archive,
        assess,
        audit,
        automation,
        cases,
        clock,
        dashboard,
        decisions,
        exports,
        follow_ups,
        forgotten,
        health,
        imports,
        inquiries,
        intake,
        inventory,
        invitations,
        log,
        mail_preferences,
        masking,
        open_data,
        openapi,
        operation,
        people,
        playbook,
        poster,
        queue,
        receipts,
        reference,
        requesters,
        restructuring,
        retention,
        review_dates,
        review_requests,
        sign_on,
        sign_on_administration,
        statements,
        summary,
        tariffs,
        tasks,
        tokens,
        unnamed,
    ):
        app.register_blueprint(room.blueprint)
    assets.install(app)
    return app
