"""Logging in by an identity provider: the way there, and the way back."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any

import structlog
from flask import Blueprint, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Permission, Role
from timethief.domain.sign_on import (
    Claims,
    Identity,
    Rights,
    SignOnRefused,
    identity,
    organisations,
)
from timethief.i18n import gettext
from timethief.reports.sign_on import words
from timethief.services.access import sign_on as do
from timethief.services.access import sign_on_rules, sign_on_settings
from timethief.services.access.sign_on import Entrance
from timethief.services.access.sign_on_settings import Provider
from timethief.web import current
from timethief.web.addresses import local_address
from timethief.web.entering import enter
from timethief.web.forms.sign_on import ChooseForm, FindForm
from timethief.web.gate import requires
from timethief.web.identity_provider import STATE_SECONDS, Answered, begin, finish
from timethief.web.limits import limiter
from timethief.web.pages import page

blueprint = Blueprint("sign_on", __name__)
_log = structlog.get_logger()

TRIES = "600 per 5 minutes"
"""From one address, behind which a whole hospital may be."""
CHOICE_KEY = "sign_on_choice"
_ABOUT_PERSON = ("name", "email")
_UNAVAILABLE = ("outbound_", "not_understood")
"""Reasons that begin so are the provider's own trouble."""

View = Callable[..., ResponseReturnValue]


def _tells_refusals(view: View) -> View:
    """A refused log-in is a page with the time and a reference; the log holds the same reference, and no claim."""

    @wraps(view)
    def told(code: str = "") -> ResponseReturnValue:
        try:
            return view(code) if code else view()
        except SignOnRefused as refusal:
            return _refused(refusal.reason, code)

    return told


def _refused(reason: str, code: str) -> ResponseReturnValue:
    reference = secrets.token_hex(3).upper()
    _log.warning("sign-on refused", reference=reference, reason=reason, provider=code or "-")
    status = HTTPStatus.FORBIDDEN
    if reason.startswith(_UNAVAILABLE):
        status = HTTPStatus.SERVICE_UNAVAILABLE
    elif reason == "state":
        status = HTTPStatus.BAD_REQUEST
    shown = page(
        "sign_on/refused.html",
        words=words(reason),
        now=current.now(),
        reference=reference,
        again=url_for("sign_on.begin_at", code=code) if code else url_for("sign_on.begin_here"),
    )
    return shown, status


@blueprint.app_template_global("sign_on_entrance")
def shown_entrance() -> dict[str, str] | None:
    """The way in that stands on the common log-in page: words and endpoint; none where it would list customers."""
    installation = current.config().identity_provider is not None
    with current.reading_all() as reading:
        found = do.only_entrance(reading, installation=installation)
        known = found is not None or do.any_entrance(reading, installation=installation)
    if found is not None:
        return {"words": _button(found.button), "href": _begin_address(found)}
    if installation and known:
        return {"words": _button(""), "href": _here("begin_here")}
    return {"words": "", "href": _here("find")} if known else None


def _button(words: str) -> str:
    return words or gettext("Log in with your account at work")


def _begin_address(entrance: Entrance) -> str:
    if entrance.own:
        return url_for("sign_on.begin_at", code=entrance.code, next=_wanted())
    return _here("begin_here")


def _here(name: str) -> str:
    return url_for(f"sign_on.{name}", next=_wanted())


@blueprint.get("/login/<code>")
@requires(Permission.ANYONE)
def entrance(code: str) -> ResponseReturnValue:
    """The log-in page of one organisation, to keep as a bookmark."""
    found = _entrance(code)
    return page(
        "sign_on/log_in.html",
        entrance=found,
        words=_button(found.button),
        href=_begin_address(found),
        next=_wanted(),
    )


@blueprint.route("/sign-on", methods=["GET", "POST"])
@requires(Permission.ANYONE, keeps_text=True)
@limiter.limit(TRIES, methods=["POST"])
def find() -> ResponseReturnValue:
    """Find the log-in page of one's organisation by its code."""
    form = FindForm.read()
    code = form.code() if form.sent() else None
    if code is not None:
        try:
            return redirect(url_for("sign_on.entrance", code=_entrance(code).code, next=_wanted()))
        except NotFound:
            form.say(
                form.organisation,
                gettext(
                    "Nobody logs in this way with that code. Check the code, or log in with a password."
                ),
            )
    return page("sign_on/find.html", form=form, next=_wanted()), form.status


@blueprint.get("/sign-on/<code>/begin")
@requires(Permission.ANYONE)
@limiter.limit(TRIES)
@_tells_refusals
def begin_at(code: str) -> ResponseReturnValue:
    """To the organisation's own provider."""
    return _begin(_own_provider(code), _answer_address(code))


@blueprint.get("/sign-on/begin")
@requires(Permission.ANYONE)
@limiter.limit(TRIES)
@_tells_refusals
def begin_here() -> ResponseReturnValue:
    """To the installation's provider."""
    return _begin(_installation_provider(), _answer_address(""))


def _begin(provider: Provider, answer_address: str) -> ResponseReturnValue:
    return redirect(begin(provider, current.discovery(), answer_address, _wanted() or ""))


def _answer_address(code: str) -> str:
    """Where the provider sends the browser back to: by the name that users know, whatever this request was for."""
    path = url_for("sign_on.answer_at", code=code) if code else url_for("sign_on.answer_here")
    return current.config().base_url + path


@blueprint.get("/sign-on/<code>/answer")
@requires(Permission.ANYONE)
@limiter.limit(TRIES)
@_tells_refusals
def answer_at(code: str) -> ResponseReturnValue:
    """Back from the organisation's own provider."""
    provider = _own_provider(code)
    organisation_id = provider.organisation_id or 0
    with current.reading(organisation_id) as reading:
        needed = do.claims_needed(reading, organisation_id)
    answered = finish(provider, current.discovery(), {*needed, *_ABOUT_PERSON})
    person = _person(answered)
    given = _rights(organisation_id, answered.claims)
    return _let_in(organisation_id, person, given, answered.target)


@blueprint.get("/sign-on/answer")
@requires(Permission.ANYONE)
@limiter.limit(TRIES)
@_tells_refusals
def answer_here() -> ResponseReturnValue:
    """Back from the installation's provider: the claims say to which organisation."""
    with current.reading_all() as reading:
        memberships = sign_on_rules.memberships(reading)
        belonging = {each.organisation_id for each in memberships}
        needed = {name for each in belonging for name in do.claims_needed(reading, each)}
    needed |= {each.claim for each in memberships}
    answered = finish(_installation_provider(), current.discovery(), {*needed, *_ABOUT_PERSON})
    mapped = organisations(memberships, answered.claims)
    person = _person(answered)
    given = {each: _rights(each, answered.claims) for each in mapped}
    if len(given) == 1:
        ((organisation_id, rights),) = given.items()
        return _let_in(organisation_id, person, rights, answered.target)
    session[CHOICE_KEY] = _noted(person, given, answered.target)
    return redirect(url_for("sign_on.choose"))


@blueprint.route("/sign-on/choose", methods=["GET", "POST"])
@requires(Permission.ANYONE, keeps_text=True)
@_tells_refusals
def choose() -> ResponseReturnValue:
    """Choose between the organisations that one belongs to, and no others."""
    noted = _fresh(session.get(CHOICE_KEY))
    with current.reading_all() as reading:
        named = do.names_of(reading, frozenset(from_text(each) for each in noted["given"]))
    form = ChooseForm.read()
    form.offer({to_text(each): name for each, name in named.items()})
    if form.sent():
        chosen = form.organisation.data or ""
        if chosen in noted["given"]:
            return _chosen(noted, chosen)
        form.say(form.organisation, gettext("Choose one of the organisations."))
    return page("sign_on/choose.html", form=form), form.status


def _chosen(noted: dict[str, Any], chosen: str) -> ResponseReturnValue:
    """Let somebody in where they chose; the same choice cannot be sent again."""
    with current.writing_all() as writing:
        do.spend_answer(writing, noted["once"], current.now())
    role, unit, units_are_given = noted["given"][chosen]
    rights = Rights(
        role=Role(role) if role else None,
        unit_id=from_text(unit) if unit else None,
        units_are_given=units_are_given,
    )
    return _let_in(from_text(chosen), Identity(**noted["person"]), rights, noted["target"])


def _noted(person: Identity, given: dict[int, Rights], target: str) -> dict[str, Any]:
    """What the signed cookie holds while somebody chooses; of the claims only what they give."""
    return {
        "person": {
            "issuer": person.issuer,
            "subject": person.subject,
            "name": person.name,
            "email": person.email,
        },
        "given": {
            to_text(each): (
                rights.role.value if rights.role else "",
                to_text(rights.unit_id) if rights.unit_id else "",
                rights.units_are_given,
            )
            for each, rights in given.items()
        },
        "target": target,
        "since": current.now().timestamp(),
        "once": secrets.token_urlsafe(16),
    }


def _fresh(noted: dict[str, Any] | None) -> dict[str, Any]:
    """What was noted, if that was a moment ago.

    Raises:
        SignOnRefused: one must begin again.
    """
    if noted is not None:
        age = current.now().timestamp() - noted["since"]
        if 0 <= age <= STATE_SECONDS:
            return noted
    session.pop(CHOICE_KEY, None)
    raise SignOnRefused("state")


def _person(answered: Answered) -> Identity:
    """Who it is; from now on the answer opens nothing more."""
    found = identity(answered.claims)
    with current.writing_all() as writing:
        do.spend_answer(writing, answered.nonce, current.now())
    return found


def _rights(organisation_id: int, claims: Claims) -> Rights:
    with current.reading(organisation_id) as reading:
        return do.rights_in(reading, organisation_id, claims)


def _let_in(
    organisation_id: int, person: Identity, given: Rights, target: str
) -> ResponseReturnValue:
    with current.writing(organisation_id) as writing:
        user_id = do.enter(writing, organisation_id, person, given)
    if user_id is None:
        raise SignOnRefused("no_role")
    return enter(user_id, local_address(target, "") or url_for("accounts.start"))


def _entrance(code: str) -> Entrance:
    """The organisation's way in.

    Raises:
        NotFound: it has none, or there is no such organisation.
    """
    installation = current.config().identity_provider is not None
    with current.reading_all() as reading:
        found = do.entrance(reading, code, installation=installation)
    if found is None:
        raise NotFound("organisation")
    return found


def _own_provider(code: str) -> Provider:
    found = _entrance(code)
    if not found.own:
        raise NotFound("organisation")
    with current.reading(found.organisation_id) as reading:
        return sign_on_settings.provider_of(reading, found.organisation_id, current.config())


def _installation_provider() -> Provider:
    found = sign_on_settings.installation_provider(current.config())
    if found is None:
        raise NotFound("provider")
    return found


def _wanted() -> str | None:
    """Where somebody wanted to go before, if that is a page of ours."""
    return local_address(request.args.get("next"), "") or None
