"""What every page shows beside its own: who, where, and the words for codes and figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Flask, render_template, request, session, url_for
from flask_wtf.csrf import generate_csrf

from timethief import __version__, i18n
from timethief.domain.people import Actor, Permission
from timethief.domain.ranges import Range
from timethief.reports.estimates import estimate_text, frequency_text, hours_text, worth_text
from timethief.reports.intake import week_text
from timethief.reports.labels import label, labels
from timethief.reports.report_figures import report_count
from timethief.reports.requesters import share_of
from timethief.web import current, unseen
from timethief.web.administration import LANDING, PLACES
from timethief.web.assets import static
from timethief.web.form_keys import new_key

FLASH_KEY = "flash"


@dataclass(frozen=True, slots=True)
class Link:
    """A place to go to."""

    label: str
    href: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Language:
    """A language to choose."""

    code: str
    label: str
    href: str


@dataclass(frozen=True, slots=True)
class ShownUser:
    """Who is logged in, as the page shows it."""

    name: str
    role_label: str


def page(template: str, **values: object) -> str:
    """A page, with what every page shows."""
    visitor = current.visitor()
    return render_template(
        template,
        current_user=_shown(visitor),
        visitor=visitor,
        organisation_name=current.organisation_name(),
        navigation=_navigation(visitor),
        footer_links=_footer(visitor),
        languages=_languages(),
        language=i18n.language(),
        account_href=url_for("account.account"),
        log_out_href=url_for("accounts.log_out"),
        log_in_href="" if unseen.here() else url_for("accounts.log_in"),
        flash=_flash(),
        version=__version__,
        **values,
    )


def _footer(visitor: Actor | None) -> list[Link]:
    """What is open to all; on the path on which nobody is known it stays on that path."""
    code = (request.view_args or {}).get("code") if unseen.here() else None
    way, values = ("statements.anonymous_", {"code": code}) if code else ("statements.", {})
    links = [
        Link(i18n.gettext("Privacy"), url_for(f"{way}privacy", **values)),
        Link(i18n.gettext("What is stored"), url_for(f"{way}stored", **values)),
        Link(i18n.gettext("Accessibility statement"), url_for(f"{way}accessibility", **values)),
    ]
    if visitor is not None and visitor.may(Permission.READ_INVENTORY):
        about = i18n.gettext("About the service and the figures")
        links.insert(0, Link(about, url_for("about.about")))
        links.insert(1, Link(i18n.gettext("What others did"), url_for("playbook.index")))
        links.insert(2, Link(i18n.gettext("Did it happen?"), url_for("follow_ups.index")))
        links.insert(3, Link(i18n.gettext("To be looked at again"), url_for("review_dates.index")))
    return links


def _flash() -> list[Any]:
    """What is told of what was done on the page before."""
    if unseen.here() or FLASH_KEY not in session:
        return []
    told: list[Any] = session.pop(FLASH_KEY)
    return told


def first_page(visitor: Actor) -> str:
    """Where somebody begins who has not asked for another page."""
    return url_for("operation.index" if visitor.may(Permission.OPERATE) else "log.log")


def tell(text: str, undo_href: str | None = None) -> None:
    """Say on the next page what was done, with a way to undo it."""
    session[FLASH_KEY] = [*session.get(FLASH_KEY, []), (text, undo_href)]


def install(app: Flask) -> None:
    """The words, figures and helpers that templates use."""
    environment = app.jinja_env
    environment.add_extension("jinja2.ext.i18n")
    installed: Any = environment
    installed.install_gettext_callables(_translated, _translated_number, newstyle=False)
    environment.trim_blocks = True
    environment.lstrip_blocks = True
    environment.globals.update(
        static=static,
        csrf_token=generate_csrf,
        label=label,
        labels=labels,
        report_count=report_count,
        form_key=new_key,
        Permission=Permission,
    )
    environment.filters.update(
        number=i18n.significant,
        exact=exact,
        hours=hours,
        hours_range=hours_range,
        hours_span=hours_text,
        estimate=estimate_text,
        frequency=frequency_text,
        worth=worth_text,
        sek=sek,
        percent=i18n.percent,
        share_of=share_of,
        date=i18n.day,
        month=i18n.month,
        moment=i18n.moment,
        week=week_text,
    )


def _translated(message: str, **values: object) -> str:
    return i18n.gettext(message, **values)


def _translated_number(one: str, many: str, number: int, **values: object) -> str:
    shown = {"num": i18n.number(number)} | values
    return i18n.ngettext(one, many, number, **shown)


_MILLION = 1_000_000


def hours(value: float) -> str:
    """Hours with two significant digits and their unit; millions are told as such."""
    if value >= _MILLION:
        return i18n.gettext("%(hours)s million hours", hours=i18n.significant(value / _MILLION))
    return i18n.gettext("%(hours)s hours", hours=i18n.significant(value))


def hours_range(value: Range) -> str:
    """A range of hours with its unit."""
    return i18n.gettext("%(hours)s hours", hours=hours_text(value))


def sek(value: float) -> str:
    """Kronor with two significant digits; millions are told as such."""
    if value >= _MILLION:
        return i18n.gettext("%(sek)s million kronor", sek=i18n.significant(value / _MILLION))
    return i18n.gettext("%(sek)s kronor", sek=i18n.significant(value))


def exact(value: float) -> str:
    """A number as it is, with at most two decimals."""
    return i18n.number(value, 2)


def _shown(visitor: Actor | None) -> ShownUser | None:
    return None if visitor is None else ShownUser(visitor.name, label("role", visitor.role))


def _navigation(visitor: Actor | None) -> list[Link]:
    if visitor is None:
        return []
    places = [
        (i18n.gettext("Log a task"), "log.log", Permission.LOG_TASKS),
        (i18n.gettext("Inventory"), "inventory.inventory", Permission.READ_INVENTORY),
        (i18n.gettext("Intake"), "intake.index", Permission.REVIEW_TASKS),
        (i18n.gettext("Queue"), "queue.index", Permission.REVIEW_TASKS),
        (i18n.gettext("Decisions"), "decisions.log", Permission.READ_INVENTORY),
        (i18n.gettext("Overview"), "dashboard.dashboard", Permission.READ_INVENTORY),
        (i18n.gettext("Requesters"), "requesters.index", Permission.READ_INVENTORY),
        (i18n.gettext("Operation"), "operation.index", Permission.OPERATE),
    ]
    if not visitor.may(Permission.REVIEW_TASKS):
        # What reviewers are named to decide stands among all the rest that waits for them.
        places.insert(2, (i18n.gettext("Cases with me"), "cases.index", Permission.DECIDE_TASKS))
    here = (request.endpoint or "").split(".")[0]
    found = [
        Link(text, url_for(endpoint), endpoint.split(".")[0] == here)
        for text, endpoint, permission in places
        if visitor.may(permission)
    ]
    if visitor.may(Permission.MANAGE_ORGANISATION):
        inside = request.endpoint in {place.endpoint for place in PLACES}
        inside = inside or request.path.startswith(url_for(LANDING))
        found.append(Link(i18n.gettext("Administration"), url_for(LANDING), inside))
    return found


def _languages() -> list[Language]:
    """The same page in each language; an answer to a form is no page that a link could lead to."""
    if request.method != "GET":
        return []
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "language"]
    found = []
    for code in i18n.LANGUAGES:
        address = urlencode([*kept, ("language", code)])
        found.append(Language(code, i18n.LANGUAGE_NAMES[code], f"{request.path}?{address}"))
    return found
