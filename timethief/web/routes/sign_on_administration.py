"""How people log in by a provider: set by an administrator, and for the installation by its operator."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.identifiers import from_text
from timethief.domain.people import Permission
from timethief.domain.sign_on import Claims, SignOnRefused, check_issuer
from timethief.i18n import gettext
from timethief.queries import choices
from timethief.queries import sign_on as read
from timethief.reports.sign_on import issuer_fault
from timethief.services.access import sign_on, sign_on_rules, sign_on_settings
from timethief.services.access.discovery import reason_of
from timethief.services.outbound import OutboundFault
from timethief.web import current
from timethief.web.carrying_out import carry_out
from timethief.web.forms.base import BaseForm
from timethief.web.forms.sign_on import NOBODY, MembershipForm, RuleForm, SignOnForm, TrialForm
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("sign_on_administration", __name__)


@blueprint.route("/administration/sign-on", methods=["GET", "POST"])
@requires(Permission.MANAGE_PEOPLE, keeps_text=True)
def index() -> ResponseReturnValue:
    """The provider, the rules, and a way to try them."""
    form = _settings_form(_settings())
    if form.sent() and _is_reachable(form) and carry_out(form, lambda: _change(form)):
        tell(gettext("Saved."))
        return redirect(url_for("sign_on_administration.index"))
    return _page(form), form.status


def _settings() -> read.Settings:
    with current.reading() as session:
        return read.settings(session, current.actor().organisation_id)


def _settings_form(settings: read.Settings) -> SignOnForm:
    return SignOnForm.read(_data(settings))


def _data(settings: read.Settings) -> dict[str, str]:
    return {
        "issuer": settings.issuer,
        "client_id": settings.client_id,
        "button": settings.button,
        "default_role": settings.default_role or NOBODY,
        "version": str(settings.version),
    }


def _is_reachable(form: SignOnForm) -> bool:
    """Whether a provider that is new here answers, and by the name that was written."""
    typed, stored = (form.issuer.data or "").strip(), _settings()
    if not typed and current.config().identity_provider:
        return True
    if not form.is_whole(has_secret=stored.has_secret and typed == stored.issuer):
        return False
    if typed == stored.issuer:
        return True
    issuer = form.part(form.issuer, lambda: check_issuer(typed, production=current.config().secure))
    if issuer is None:
        return False
    try:
        current.discovery().of(issuer, afresh=True)
    except (OutboundFault, SignOnRefused) as fault:
        form.say(form.issuer, issuer_fault(reason_of(fault)))
        return False
    return True


def _change(form: SignOnForm) -> None:
    new, version = form.to_sign_on(), form.seen_version()
    with current.writing() as session:
        sign_on_settings.change(
            session, current.actor(), new, version, current.config(), current.now()
        )


@blueprint.post("/administration/sign-on/remove")
@requires(Permission.MANAGE_PEOPLE)
def remove() -> ResponseReturnValue:
    """Nobody logs in by a provider any more."""
    with current.writing() as session:
        sign_on_settings.remove(session, current.actor(), current.now())
    tell(gettext("People now log in with a password only. The rules are still here."))
    return redirect(url_for("sign_on_administration.index"))


@blueprint.post("/administration/sign-on/rules")
@requires(Permission.MANAGE_PEOPLE, keeps_text=True)
def add_rule() -> ResponseReturnValue:
    """A new rule."""
    form = RuleForm.read()
    if form.sent() and carry_out(form, lambda: _add_rule(form)):
        tell(gettext("The rule has been added. It holds from each person's next log-in on."))
        return _to_the_rules()
    return _page(rule=form), form.status


def _add_rule(form: RuleForm) -> None:
    rule = form.to_rule()
    with current.writing() as session:
        sign_on_rules.add_rule(session, current.actor(), rule, current.now())


@blueprint.post("/administration/sign-on/rules/<rule_id>/remove")
@requires(Permission.MANAGE_PEOPLE)
def remove_rule(rule_id: str) -> ResponseReturnValue:
    """Take a rule away."""
    with current.writing() as session:
        sign_on_rules.remove_rule(session, current.actor(), from_text(rule_id), current.now())
    tell(
        gettext("The rule has been removed. It holds no longer from each person's next log-in on.")
    )
    return _to_the_rules()


@blueprint.post("/administration/sign-on/rules/<rule_id>/up")
@requires(Permission.MANAGE_PEOPLE)
def move_rule_up(rule_id: str) -> ResponseReturnValue:
    """Let a rule be asked before the one above it."""
    with current.writing() as session:
        sign_on_rules.move_rule_up(session, current.actor(), from_text(rule_id), current.now())
    return _to_the_rules()


def _to_the_rules() -> ResponseReturnValue:
    return redirect(url_for("sign_on_administration.index", _anchor="rules"))


@blueprint.post("/administration/sign-on/try")
@requires(Permission.MANAGE_PEOPLE, keeps_text=True)
def try_rules() -> ResponseReturnValue:
    """What somebody with these claims would get."""
    form = TrialForm.read()
    claims = form.to_claims() if form.sent() else None
    return _page(trial=form, claims=claims), form.status


def _page(
    settings: SignOnForm | None = None,
    rule: RuleForm | None = None,
    trial: TrialForm | None = None,
    claims: Claims | None = None,
) -> str:
    """The whole page; the form that was sent has its faults on it."""
    sent: BaseForm | None = settings or rule or trial
    organisation_id = current.actor().organisation_id
    with current.reading() as session:
        stored = read.settings(session, organisation_id)
        lines = read.rules(session, organisation_id)
        units = choices.units(session, organisation_id)
        given = None if claims is None else sign_on.rights_in(session, organisation_id, claims)
        code = read.code_of(session, organisation_id)
    settings = settings or SignOnForm.new(_data(stored))
    settings.offer(has_secret=stored.has_secret)
    rule = rule or RuleForm.new()
    rule.offer(units)
    base = current.config().base_url
    installation = current.config().identity_provider
    return page(
        "administration/sign_on.html",
        form=sent or settings,
        settings=settings,
        rule=rule,
        trial=trial or TrialForm.new(),
        stored=stored,
        lines=lines,
        given=given,
        unit_names={unit.id: unit.name for unit in units},
        answer_address=base + url_for("sign_on.answer_at", code=code),
        entrance_address=base + url_for("sign_on.entrance", code=code),
        installation_issuer=installation.issuer if installation else "",
    )


@blueprint.route("/operation/sign-on", methods=["GET", "POST"])
@requires(Permission.OPERATE, keeps_text=True)
def operation() -> ResponseReturnValue:
    """Which claims of the installation's provider stand for which organisation."""
    form = MembershipForm.read()
    if form.sent() and carry_out(form, lambda: _add_membership(form)):
        tell(gettext("Saved."))
        return redirect(url_for("sign_on_administration.operation"))
    with current.reading_all() as session:
        lines = read.memberships(session)
        form.offer(read.organisation_codes(session))
    provider = current.config().identity_provider
    shown = page(
        "sign_on/operation.html",
        form=form,
        lines=lines,
        issuer=provider.issuer if provider else "",
        answer_address=current.config().base_url + url_for("sign_on.answer_here"),
    )
    return shown, form.status


def _add_membership(form: MembershipForm) -> None:
    code, claim, value = (field.data or "" for field in (form.organisation, form.claim, form.value))
    with current.writing_all() as session:
        sign_on_rules.add_membership(session, current.actor(), code, claim, value, current.now())


@blueprint.post("/operation/sign-on/<membership_id>/remove")
@requires(Permission.OPERATE)
def remove_membership(membership_id: str) -> ResponseReturnValue:
    """The value stands for the organisation no more."""
    with current.writing_all() as session:
        sign_on_rules.remove_membership(
            session, current.actor(), from_text(membership_id), current.now()
        )
    tell(gettext("Removed."))
    return redirect(url_for("sign_on_administration.operation"))
