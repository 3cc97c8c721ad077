"""Taking out what the organisation owns: all of it for an archive, or one record that somebody asks for."""

from __future__ import annotations

import uuid
from functools import partial

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Permission
from timethief.exchange.archive_documents import archive
from timethief.i18n import language
from timethief.queries import archive as read
from timethief.queries.stored_data import stored_tables
from timethief.services import archive as do
from timethief.web import current
from timethief.web.downloads import download
from timethief.web.forms.archive import RecordForm
from timethief.web.gate import requires
from timethief.web.pages import page

blueprint = Blueprint("archive", __name__, url_prefix="/administration/archive")
_ZIP = "application/zip"


@blueprint.route("", methods=["GET", "POST"])
@requires(Permission.READ_TRACES, keeps_text=True)
def index() -> ResponseReturnValue:
    """What can be taken out; one record is sent from here."""
    form = RecordForm.read({"record": _asked_for()})
    if form.sent():
        try:
            return _record(form)
        except Invalid as refusal:
            form.refuse(refusal)
    left_out = [table for table in stored_tables(language()) if table.left_out]
    return page("administration/archive.html", form=form, left_out=left_out), form.status


@blueprint.post("/everything")
@requires(Permission.READ_TRACES)
def everything() -> ResponseReturnValue:
    """All that the organisation owns, as a zip."""
    now, name = current.now(), current.organisation_name()
    with current.writing() as session:
        do.note_archive(session, current.actor(), now)
    handed = read.everything(language())
    left_out = tuple(table for table in stored_tables(language()) if table.left_out)
    return download(
        lambda session: archive(partial(read.rows_of, session), name, handed, left_out, now),
        _ZIP,
        f"timethief-{current.today()}.zip",
    )


def _asked_for() -> str:
    """The task that a link to this page names."""
    try:
        return to_text(from_text(request.args.get("task", "")))
    except NotFound:
        return ""


def _record(form: RecordForm) -> ResponseReturnValue:
    text = form.record.data or ""
    if not text.strip():
        raise Invalid("record", "required")
    now, name = current.now(), current.organisation_name()
    try:
        key = read.key_in(text)
        with current.reading() as session:
            if isinstance(key, uuid.UUID):
                handed = read.one_report(session, key, language())
            else:
                handed = read.one_task(session, key, language())
    except NotFound as refusal:
        raise Invalid("record", "no_such_thing") from refusal
    with current.writing() as session:
        do.note_record(session, current.actor(), key, now)
    told = str(key) if isinstance(key, uuid.UUID) else to_text(key)
    return download(
        lambda session: archive(partial(read.rows_of, session), name, handed, (), now),
        _ZIP,
        f"timethief-{told}.zip",
    )
