"""Importing a spreadsheet of tasks: the file, what its columns mean, the preview, the choice, and taking it back."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from timethief.domain.errors import Conflict, Invalid, NotFound
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.import_runs import BUSY, ImportState
from timethief.domain.people import Permission
from timethief.exchange.marked_workbook import column_title, fault_words, write_marked
from timethief.exchange.sheets.samples import seen_columns
from timethief.exchange.task_template import Registers, write_template
from timethief.i18n import gettext, language
from timethief.queries import import_runs as read
from timethief.queries.template_registers import template_registers
from timethief.queries.visible_units import visible_units
from timethief.reports import imports as words
from timethief.reports.refusals import sentence
from timethief.services.importing import runs as do
from timethief.services.importing.undo import undo_refused_by
from timethief.web import current
from timethief.web.carrying_out import carry_out
from timethief.web.file_kinds import MIMETYPES, FileKind
from timethief.web.forms.imports import ColumnsForm, FileForm, too_large
from timethief.web.gate import requires
from timethief.web.large_downloads import not_too_often, written_download
from timethief.web.pages import page, tell
from timethief.web.received_files import take_in

blueprint = Blueprint("imports", __name__, url_prefix="/imports")
_XLSX = MIMETYPES[FileKind.XLSX]


@blueprint.get("")
@requires(Permission.IMPORT_TASKS)
def index() -> ResponseReturnValue:
    """The template, a file to send, and earlier imports."""
    return _start(FileForm.new())


@blueprint.post("")
@requires(Permission.IMPORT_TASKS, keeps_text=True, takes_file=True)
def receive() -> ResponseReturnValue:
    """Take a file in."""
    if current.is_too_large():
        form = FileForm.new()
        form.say(form.file, too_large())
        form.status = 413
        return _start(form)
    form = FileForm.read()
    if form.sent():
        received: list[int] = []
        if carry_out(form, lambda: received.append(_receive())):
            return redirect(url_for("imports.run", import_id=to_text(received[0])))
    return _start(form)


@blueprint.get("/template.xlsx")
@requires(Permission.IMPORT_TASKS)
@not_too_often
def template() -> ResponseReturnValue:
    """The form to fill in, with the organisation's own units, staff categories and requesters."""
    actor, spoken = current.actor(), language()

    def write(session: Session, file: Path) -> None:
        found = template_registers(session, visible_units(session, actor), spoken)
        write_template(file, Registers(found.units, found.staff_categories, found.requesters))

    name = gettext("timethief-template")
    return written_download(write, _XLSX, f"{name}.xlsx")


@blueprint.get("/<import_id>")
@requires(Permission.IMPORT_TASKS)
def run(import_id: str) -> ResponseReturnValue:
    """An import, whatever its state."""
    found = _run(import_id)
    return _page(found, ColumnsForm.new())


@blueprint.get("/<import_id>/progress")
@requires(Permission.IMPORT_TASKS)
def progress(import_id: str) -> ResponseReturnValue:
    """How far an import has come, for the script of its page."""
    found = _run(import_id)
    return jsonify(
        busy=found.state in BUSY,
        heading=words.heading(found),
        percent=found.percent,
        words=words.progress_words(found),
    )


@blueprint.post("/<import_id>/columns")
@requires(Permission.IMPORT_TASKS, keeps_text=True)
def map_columns(import_id: str) -> ResponseReturnValue:
    """Say what the headings mean that nobody knew."""
    found = _run(import_id)
    form = ColumnsForm.read()
    if form.sent():
        try:
            with current.writing() as session:
                do.map_columns(
                    session,
                    current.uploads(),
                    current.actor(),
                    from_text(import_id),
                    form.mapping(found.unknown),
                    current.now(),
                )
        except Invalid as refusal:
            form.refuse_heading(found.unknown, refusal)
        except Conflict as moved:
            _tell_conflict(moved)
            return _back(import_id)
        else:
            return _back(import_id)
    return _page(found, form)


@blueprint.post("/<import_id>/choose")
@requires(Permission.IMPORT_TASKS)
def choose(import_id: str) -> ResponseReturnValue:
    """Import the rows that are right."""
    try:
        with current.writing() as session:
            do.choose(
                session, current.uploads(), current.actor(), from_text(import_id), current.now()
            )
    except Conflict as moved:
        _tell_conflict(moved)
    return _back(import_id)


@blueprint.post("/<import_id>/cancel")
@requires(Permission.IMPORT_TASKS)
def cancel(import_id: str) -> ResponseReturnValue:
    """End an import of which nothing has been stored."""
    try:
        with current.writing() as session:
            do.cancel(
                session, current.uploads(), current.actor(), from_text(import_id), current.now()
            )
    except Conflict as moved:
        _tell_conflict(moved)
    return _back(import_id)


@blueprint.route("/<import_id>/undo", methods=["GET", "POST"])
@requires(Permission.IMPORT_TASKS)
def undo(import_id: str) -> ResponseReturnValue:
    """Take back everything that an import did, once that has been asked."""
    if request.method == "POST":
        try:
            with current.writing() as session:
                do.undo(
                    session, current.uploads(), current.actor(), from_text(import_id), current.now()
                )
        except Conflict as refused:
            if refused.reason != "import_decided_on":
                _tell_conflict(refused)
                return _back(import_id)
        else:
            return _back(import_id)
    found = _run(import_id)
    if not found.can_undo:
        return _back(import_id)
    with current.reading() as session:
        decided_on = undo_refused_by(session, from_text(import_id))
    tasks = [(to_text(task_id), title) for task_id, title in decided_on]
    status = 409 if request.method == "POST" else 200
    return page("imports/undo.html", run=found, tasks=tasks, words=words), status


@blueprint.get("/<import_id>/marked.xlsx")
@requires(Permission.IMPORT_TASKS)
@not_too_often
def marked(import_id: str) -> ResponseReturnValue:
    """The file as it was sent, with its faults marked."""
    uploads = current.uploads()
    found = _run(import_id)
    chosen = {each.key: each.code for each in found.unknown if each.code}
    with current.reading() as session:
        _, faults = read.faults_of(session, uploads, current.actor(), from_text(import_id))
    staged = uploads.staged(from_text(import_id))

    if not staged.exists():
        raise NotFound("import")

    def write(_session: Session, file: Path) -> None:
        left_out = found.state is ImportState.DONE
        write_marked(file, staged, faults, chosen, only_faulty=left_out)

    name, marked_words = Path(found.file_name).stem, gettext("to-correct")
    return written_download(write, _XLSX, f"{name}-{marked_words}.xlsx")


def _receive() -> int:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid("file", "no_file")
    return take_in(sent.save, sent.filename)


def _start(form: FileForm) -> ResponseReturnValue:
    form.tell_limits()
    with current.reading() as session:
        found = read.import_runs(
            session, current.uploads(), current.actor(), _cursor(), current.now()
        )
    return page(
        "imports/index.html",
        form=form,
        found=found,
        older=None if found.older is None else to_text(found.older),
        words=words,
        too_large=too_large(),
    ), form.status


def _cursor() -> int | None:
    text = request.args.get("cursor") if request.method == "GET" else None
    return from_text(text) if text else None


def _run(import_id: str) -> read.ImportRun:
    with current.reading() as session:
        return read.import_run(
            session, current.uploads(), current.actor(), from_text(import_id), current.now()
        )


def _page(found: read.ImportRun, form: ColumnsForm) -> ResponseReturnValue:
    seen = None
    if found.state in (ImportState.COLUMNS, ImportState.PREVIEW):
        staged = current.uploads().staged(from_text(found.id))
        seen = seen_columns(staged) if staged.exists() else None
        form.offer(
            found.unknown,
            seen.known if seen else frozenset(),
            seen.samples if seen else {},
        )
    return page(
        "imports/run.html",
        run=found,
        form=form,
        seen=seen,
        words=words,
        sentence=sentence,
        column_title=column_title,
        fault_words=fault_words,
        busy=found.state in BUSY,
        task_href=lambda task_id: url_for("tasks.task", task_id=to_text(task_id)),
    ), form.status


def _back(import_id: str) -> ResponseReturnValue:
    return redirect(url_for("imports.run", import_id=import_id))


def _tell_conflict(refused: Conflict) -> None:
    tell(words.conflict(refused.reason))
