"""Masking words of a task or a report: first to see how it reads, then to do it."""

from __future__ import annotations

import uuid

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import to_text
from timethief.domain.masking import MASK, Maskable
from timethief.domain.people import Permission
from timethief.i18n import N_, gettext, ngettext, number
from timethief.services import masking as do
from timethief.web import current
from timethief.web.forms.masking import MaskForm
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("masking", __name__, url_prefix="/mask")
_FIELDS = {
    "title": N_("Title"),
    "description": N_("Description"),
    "legal_basis": N_("Law, agreement or rule"),
    "requester_name": N_("Who asks for it"),
    "text": N_("Message"),
    "message": N_("Question to the requester"),
    "comment": N_("Answer of the requester"),
    "answered_by": N_("Answered as"),
    "routed_reason": N_("Why it was sent on"),
    "reason": N_("Reason"),
    "human_check": N_("What a person still looks at"),
    "capacity": N_("Decided as"),
    "watched": N_("What is watched"),
    "raised_with": N_("Raised with"),
    "to_whom": N_("Raised with"),
    "note": N_("Note"),
    "where": N_("Where it was done"),
    "done": N_("How it was done"),
    "effect": N_("What came of it"),
}


@blueprint.route("/<kind>/<reference>", methods=["GET", "POST"])
@requires(Permission.REVIEW_TASKS, keeps_text=True)
def mask(kind: str, reference: str) -> ResponseReturnValue:
    """Replace words of a text, without deleting the rest."""
    chosen, key = _thing(kind, reference)
    form = MaskForm.read()
    texts = _texts(chosen, key, "")
    shows_result = False
    if form.sent():
        changed = None
        try:
            if "preview" in request.form:
                texts, shows_result = _texts(chosen, key, _part(form)), True
            else:
                changed = _mask(form, chosen, key)
        except Invalid as refusal:
            form.refuse(refusal)
        if changed is not None:
            tell(
                ngettext(
                    "The words are masked in %(num)s text.",
                    "The words are masked in %(num)s texts.",
                    changed,
                    num=number(changed),
                )
            )
            return redirect(_back(chosen, key))
    return page(
        "masking/mask.html",
        form=form,
        texts=[
            (gettext(_FIELDS[text.field]), text.after if shows_result else text.before)
            for text in texts
        ],
        shows_result=shows_result,
        mask=MASK,
        back_href=_back(chosen, key),
    ), form.status


def _thing(kind: str, reference: str) -> tuple[Maskable, int | uuid.UUID]:
    if kind not in set(Maskable):
        raise NotFound("kind")
    chosen = Maskable(kind)
    return chosen, do.key_of(chosen, reference)


def _texts(chosen: Maskable, key: int | uuid.UUID, part: str) -> list[do.Shown]:
    with current.reading() as session:
        return do.masked_texts(session, current.actor(), chosen, key, part)


def _part(form: MaskForm) -> str:
    part = form.words.data or ""
    if not part.strip():
        raise Invalid("words", "required")
    return part


def _mask(form: MaskForm, chosen: Maskable, key: int | uuid.UUID) -> int:
    with current.writing() as session:
        return do.mask(
            session,
            current.actor(),
            chosen,
            key,
            form.words.data or "",
            form.reason.data or "",
            current.now(),
        )


def _back(chosen: Maskable, key: int | uuid.UUID) -> str:
    if chosen is Maskable.TASK and isinstance(key, int):
        return url_for("tasks.task", task_id=to_text(key))
    return url_for("intake.report", report_id=key)
