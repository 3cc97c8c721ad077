"""Parameters of addresses: always text, read by the models of the calls."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationError, WithJsonSchema

from timethief.domain.errors import Invalid
from timethief.domain.identifiers import LENGTH
from timethief.exchange.json_text import shown
from timethief.exchange.model_faults import refused
from timethief.exchange.task_documents import Document
from timethief.i18n import LANGUAGES, N_

Query = TypeVar("Query", bound=BaseModel)
PAGE = 100
MOST_ON_A_PAGE = 200
LANGUAGE = "language"
"""A parameter that every call takes; read before any other, so that every refusal is told in it."""
_LONGEST_NUMBER = 18
_ANSWERS = {"true": True, "false": False}


def _whole(text: Any) -> Any:  # noqa: ANN401 - whatever stands there
    if not isinstance(text, str):
        return text
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER):
        raise ValueError("not_whole")
    return int(text)


def _answer(text: Any) -> Any:  # noqa: ANN401 - whatever stands there
    return _ANSWERS.get(text, text) if isinstance(text, str) else text


WholeNumber = Annotated[int, BeforeValidator(_whole)]
TrueOrFalse = Annotated[
    bool,
    BeforeValidator(_answer),
    Field(strict=True),
    WithJsonSchema({"type": "boolean"}),
]
IDENTIFIER = {"type": "string", "pattern": f"^[0-9a-hjkmnp-tv-z]{{{LENGTH}}}$"}
Identifier = Annotated[str, WithJsonSchema(IDENTIFIER)]
"""Of a thing. One that is written otherwise answers like one that does not exist."""


class PageQuery(Document):
    """Which part of a list."""

    limit: Annotated[WholeNumber, Field(ge=1, le=MOST_ON_A_PAGE)] = Field(
        PAGE, description=N_("How many at most.")
    )
    cursor: str | None = Field(
        None,
        description=N_("What `next` held in the part before. Leave it out for the first part."),
    )


def read_query(model: type[Query], pairs: Iterable[tuple[str, str]]) -> Query:
    """The parameters of an address.

    Args:
        model: of the call.
        pairs: as they stand there; one name may stand several times.

    Raises:
        Invalid: one that is not known, or stands twice: rather than answer another question than was asked.
        Invalids: values that cannot be read.
    """
    found: dict[str, str] = {}
    for name, value in pairs:
        if name in found:
            raise Invalid(shown(name), "key_twice", key=shown(name))
        if name != LANGUAGE and name not in model.model_fields:
            raise Invalid(shown(name), "unknown_field")
        found[name] = value
    if found.pop(LANGUAGE, LANGUAGES[0]) not in LANGUAGES:
        raise Invalid(LANGUAGE, "not_a_choice")
    return read_document(model, found)


def read_document(model: type[Query], value: object) -> Query:
    """A JSON value as this model.

    Raises:
        Invalids: every field of the wrong shape.
    """
    try:
        return model.model_validate(value)
    except ValidationError as error:
        raise refused(error) from error
