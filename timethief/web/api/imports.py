"""`POST /api/v1/imports` and what follows: the same steps as on the page, a call for each."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from flask import Blueprint, Response, jsonify, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import UnsupportedMediaType

from timethief.domain.errors import Conflict, Invalid
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.people import Permission
from timethief.exchange.api.description import (
    CSV,
    LOCATION,
    MULTIPART,
    XLSX,
    Call,
    Content,
    Tag,
)
from timethief.exchange.api.imports import (
    Act,
    ChoiceDocument,
    ColumnsDocument,
    ImportDocument,
    ImportForm,
    ImportQuery,
    import_document,
)
from timethief.exchange.api.queries import read_document
from timethief.i18n import N_
from timethief.queries import import_runs as read
from timethief.services.importing import runs as do
from timethief.web import current
from timethief.web.api.describing import described, json_body
from timethief.web.bearer import limited
from timethief.web.gate import requires
from timethief.web.received_files import take_in

blueprint = limited(Blueprint("api_imports", __name__, url_prefix="/api/v1/imports"))

_OCTETS = "application/octet-stream"
_ACTS = {
    Act.ALL: do.choose,
    Act.RIGHT: do.choose,
    Act.CANCEL: do.cancel,
    Act.UNDO: do.undo,
}


@blueprint.post("")
@requires(Permission.IMPORT_TASKS, bearer_only=True, takes_file=True)
@described(
    Call(
        Tag.IMPORTS,
        N_("Send in a spreadsheet."),
        Content(ImportDocument),
        details=N_(
            "The file is read by itself: ask for the import until its state is `preview`, then choose. Nothing is stored "
            "before that."
        ),
        status=202,
        query=ImportQuery,
        bodies=(
            Content(ImportForm, MULTIPART),
            Content(None, XLSX),
            Content(None, CSV),
            Content(None, _OCTETS),
        ),
        tells=(replace(LOCATION, example="/api/v1/imports/4f7r2m9k1c0d"),),
    )
)
def add_import(query: ImportQuery) -> ResponseReturnValue:
    """Take a file in."""
    if request.mimetype == MULTIPART:
        sent = request.files.get("file")
        if sent is None:
            raise Invalid("file", "no_file")
        import_id = take_in(sent.save, sent.filename or query.file_name)
    elif request.mimetype in (XLSX, CSV, _OCTETS):
        import_id = take_in(_save_body, query.file_name)
    else:
        raise UnsupportedMediaType
    answer = _shown(to_text(import_id))
    answer.status_code = 202
    answer.headers["Location"] = url_for("api_imports.import_run", import_id=to_text(import_id))
    return answer


@blueprint.get("/<import_id>")
@requires(Permission.IMPORT_TASKS, bearer_only=True)
@described(Call(Tag.IMPORTS, N_("How an import stands."), Content(ImportDocument)))
def import_run(import_id: str) -> ResponseReturnValue:
    """An import, whatever its state."""
    return _shown(import_id)


@blueprint.post("/<import_id>/columns")
@requires(Permission.IMPORT_TASKS, bearer_only=True)
@described(
    Call(
        Tag.IMPORTS,
        N_("Say what headings mean that were not recognised."),
        Content(ImportDocument),
        details=N_("It is remembered for the next file of your organisation."),
        bodies=(Content(ColumnsDocument),),
        refuses=(409,),
    )
)
def map_columns(import_id: str) -> ResponseReturnValue:
    """Say what headings mean, and have the file read again."""
    told = read_document(ColumnsDocument, json_body())
    with current.writing() as session:
        do.map_columns(
            session,
            current.uploads(),
            current.actor(),
            from_text(import_id),
            told.columns,
            current.now(),
        )
    return _shown(import_id)


@blueprint.post("/<import_id>/choice")
@requires(Permission.IMPORT_TASKS, bearer_only=True)
@described(
    Call(
        Tag.IMPORTS,
        N_("Say what shall become of an import."),
        Content(ImportDocument),
        details=N_("It is carried out at once, or as soon as another import has ended."),
        bodies=(Content(ChoiceDocument),),
        refuses=(409,),
    )
)
def choose_import(import_id: str) -> ResponseReturnValue:
    """Import all rows or the right ones, cancel, or take back."""
    act = read_document(ChoiceDocument, json_body()).act
    identifier = from_text(import_id)
    with current.writing() as session:
        if act is Act.ALL:
            found = read.import_run(
                session, current.uploads(), current.actor(), identifier, current.now()
            )
            if found.wrong:
                raise Conflict("import_has_faults")
        _ACTS[act](session, current.uploads(), current.actor(), identifier, current.now())
    return _shown(import_id)


def _shown(import_id: str) -> Response:
    with current.reading() as session:
        found = read.import_run(
            session, current.uploads(), current.actor(), from_text(import_id), current.now()
        )
    return jsonify(import_document(found))


def _save_body(kept: Path) -> None:
    with kept.open("wb") as file:
        shutil.copyfileobj(request.stream, file)
