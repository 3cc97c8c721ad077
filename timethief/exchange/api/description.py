"""What a call of the API says of itself: its models, heads and refusals. The view carries it, the tests hold it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pydantic import BaseModel

from timethief.domain.people import Permission
from timethief.exchange.task_documents import Document
from timethief.i18n import N_

JSON = "application/json"
PROBLEM = "application/problem+json"
CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MULTIPART = "multipart/form-data"


class Tag(StrEnum):
    """The groups of calls, in the order in which they are shown."""

    ASSESS = "assess"
    TASKS = "tasks"
    SUMMARY = "summary"
    REFERENCE = "reference"
    IMPORTS = "imports"
    EXPORTS = "exports"
    ABOUT = "about"


class Nothing(Document):
    """A call that has no parameters in its address but the language."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a body holds: JSON of a model, or a file of a media type.

    Attributes:
        model: None for a file.
        media: as in the head Content-Type.
    """

    model: type[BaseModel] | None = None
    media: str = JSON


@dataclass(frozen=True, slots=True)
class Header:
    """A head that a call takes or answers with.

    Attributes:
        description: source text.
        required: whether the call is refused without it.
    """

    name: str
    description: str
    example: str
    required: bool = False


IDEMPOTENCY_KEY = Header(
    "Idempotency-Key",
    N_(
        "Any text of at most 255 characters that is new for each task. If the same request is sent again with the same "
        "key, it gets the same answer, and nothing is stored twice."
    ),
    "5f0c3c1e-8a0e-4c7e-9d2b-0d6a4b7f1a11",
)
IF_MATCH = Header(
    "If-Match",
    N_("The ETag of the answer in which you read the task. If it has changed since, you get 412."),
    '"7-3"',
    required=True,
)
IF_NONE_MATCH = Header(
    "If-None-Match",
    N_("The ETag that you have. If nothing has changed since, you get 304 and no body."),
    '"7-3"',
)
ETAG = Header("ETag", N_("Stands for this version of what is answered."), '"7-3"')
LOCATION = Header("Location", N_("The address of what was made."), "/api/v1/tasks/4f7r2m9k1c0d")


@dataclass(frozen=True, slots=True)
class Call:
    """What a call does, takes and answers. All texts are source texts.

    Attributes:
        summary: in one line.
        details: what one must know beside it; may be empty.
        answer: one body in one media type; None for an answer without a body.
        status: of the answer.
        also: other answers without a refusal and without a body, such as 304.
        query: parameters of the address; unknown ones are refused.
        bodies: what may be sent, one for each media type.
        sends: heads of the request.
        tells: heads of the answer.
        refuses: statuses beside those that every call may answer with.
    """

    tag: Tag
    summary: str
    answer: Content | None
    details: str = ""
    status: int = 200
    also: tuple[int, ...] = ()
    query: type[BaseModel] = Nothing
    bodies: tuple[Content, ...] = ()
    sends: tuple[Header, ...] = ()
    tells: tuple[Header, ...] = ()
    refuses: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """A call at its address.

    Attributes:
        name: of the operation; each is the only one of its name.
        path: with its parts in braces.
        parts: the names of those.
        permission: what the owner of the token must be allowed to.
    """

    name: str
    method: str
    path: str
    parts: tuple[str, ...]
    permission: Permission
    call: Call
