"""The numbers that the organisation assesses by: tried first, then adopted as a new version."""

from __future__ import annotations

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.people import Permission
from timethief.domain.policy import Policy
from timethief.domain.vocabulary import InUse
from timethief.i18n import gettext, ngettext, number
from timethief.queries.policies import policy_history
from timethief.reports import policy_previews as words
from timethief.reports.labels import label
from timethief.reports.policy_numbers import NUMBERS, Group, differences
from timethief.services import policies as do
from timethief.services.organisation_settings import statement
from timethief.services.policies import PolicyPreview
from timethief.storage.assumptions import policy_in_force
from timethief.web import current
from timethief.web.carrying_out import carry_out
from timethief.web.forms.administration.policy import PolicyForm, offer, print_of, told_of
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("policy", __name__, url_prefix="/policy")


@blueprint.get("")
@requires(Permission.MANAGE_ORGANISATION)
def index() -> ResponseReturnValue:
    """Every number as it is, and what it has been."""
    with current.reading() as session:
        policy = policy_in_force(session, current.actor().organisation_id)
    return _policy_page(PolicyForm.read(told_of(policy)))


@blueprint.post("")
@requires(Permission.MANAGE_ORGANISATION, keeps_text=True)
def change() -> ResponseReturnValue:
    """See what other numbers would change; pressed again with the same ones, adopt them."""
    form = PolicyForm.read()
    found: list[tuple[Policy, PolicyPreview]] = []
    if form.sent() and carry_out(form, lambda: found.append(_previewed(form))):
        policy, preview = found[0]
        known = form.previewed.data == print_of(policy)
        if "save" in request.form and known:
            count: list[int] = []
            if carry_out(form, lambda: count.append(_adopt(form, policy))):
                tell(
                    ngettext(
                        "Saved as a new version. %(num)s task has been assessed anew.",
                        "Saved as a new version. %(num)s tasks have been assessed anew.",
                        count[0],
                        num=number(count[0]),
                    )
                )
                return redirect(url_for("administration.policy.index"))
        form.previewed.data = print_of(policy)
        return _policy_page(form, policy, preview)
    form.previewed.data = ""
    return _policy_page(form)


def _previewed(form: PolicyForm) -> tuple[Policy, PolicyPreview]:
    policy = form.to_policy(form.seen_version() + 1)
    with current.reading() as session:
        return policy, do.preview(session, current.actor(), policy, current.now())


def _adopt(form: PolicyForm, policy: Policy) -> int:
    with current.writing() as session:
        return do.adopt(
            session,
            current.actor(),
            policy,
            form.reason.data or "",
            form.seen_version(),
            form.key.data or "",
            current.now(),
        )


def _policy_page(
    form: PolicyForm, policy: Policy | None = None, preview: PolicyPreview | None = None
) -> ResponseReturnValue:
    offer(form)
    organisation_id = current.actor().organisation_id
    with current.reading() as session:
        history = policy_history(session, organisation_id)
        reasons = statement(session, organisation_id, do.REASONS)
    now = history[0].policy
    if form.conflict:
        # The next press of Save is made knowing what the other one did.
        form.version.data = str(now.version)
    versions = [
        (
            each,
            differences(history[place + 1].policy, each.policy) if place + 1 < len(history) else [],
            reasons.get(str(each.policy.version), ""),
        )
        for place, each in enumerate(history)
    ]
    groups = [
        (
            heading,
            meaning,
            [(each.name, each.unit.value) for each in NUMBERS if each.group is group],
        )
        for group, heading, meaning in (
            (
                Group.YEAR,
                gettext("How often in a year"),
                gettext("How many times a year it happens, if somebody answers so."),
            ),
            (Group.TIME, gettext("Time"), ""),
            (Group.CHANGE, gettext("What it takes to change a task"), ""),
        )
    ]
    uses = [
        (
            label("in_use", in_use),
            [each.name for each in NUMBERS if each.path[:2] == ("usage", in_use.value)],
        )
        for in_use in InUse
    ]
    return page(
        "administration/policy.html",
        form=form,
        now=now,
        groups=groups,
        uses=uses,
        versions=versions,
        preview=preview,
        changed=differences(now, policy) if policy else [],
        outcome=words.outcome(preview) if preview else None,
    ), form.status
