"""The description of the API in OpenAPI 3.1, put together from what the calls say of themselves.

The generators that there are (spectree, apiflask, flask-openapi3) were looked at first. Two of them want to be the
application, and answer refusals in their own shape; the third can be made to describe only, but then always tells of
application/json, knows no security of a single call and no heads. What is left for a generator to do is this module:
pydantic makes the schemas, and the rest is one dictionary.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from pydantic.json_schema import models_json_schema

from timethief.domain.people import GRANTS, Permission
from timethief.exchange.api.description import PROBLEM, Call, Content, Header, Route, Tag
from timethief.exchange.api.problems import Problem
from timethief.exchange.api.queries import IDENTIFIER, LANGUAGE
from timethief.i18n import LANGUAGES, N_, gettext, speaking
from timethief.reports.labels import label

TITLE = N_("Timethief: the API")
TAGS = {
    Tag.ASSESS: N_("Assess a task without storing it"),
    Tag.TASKS: N_("The tasks of the inventory"),
    Tag.SUMMARY: N_("Totals"),
    Tag.REFERENCE: N_("Units, staff categories, requesters, requirements and policy"),
    Tag.IMPORTS: N_("Import of spreadsheets"),
    Tag.EXPORTS: N_("Export as files"),
    Tag.ABOUT: N_("About the API"),
}
SCHEMAS = "#/components/schemas/"
OF_EVERY_CALL = (400, 422, 429, 500, 503)
_OF_TOKENS = (401, 403)
_OF_BODIES = (413, 415)
_TOO_MANY = 429
_SAFE = frozenset({"GET", "HEAD"})
_LIMITS = (
    Header("X-RateLimit-Limit", N_("How many calls a minute are allowed."), "600"),
    Header("X-RateLimit-Remaining", N_("How many are left now."), "599"),
    Header(
        "X-RateLimit-Reset", N_("When all are there again, in seconds since 1970."), "1767225600"
    ),
)
_WAIT = Header("Retry-After", N_("Seconds to wait before the next try."), "30")
_PARTS = {
    "task_id": N_("The task."),
    "import_id": N_("The import."),
}

Mode = Literal["validation", "serialization"]


@lru_cache(maxsize=8)
def description(routes: tuple[Route, ...], server: str, language: str) -> dict[str, Any]:
    """The whole description, in this language. Look at it only: it is kept for the next who asks.

    Args:
        routes: every call.
        server: address of the installation.
        language: of the texts.
    """
    with speaking(language):
        schemas = _schemas(routes)
        return {
            "openapi": "3.1.0",
            "info": {
                "title": gettext(TITLE),
                "version": "1",
                "description": gettext(
                    "The same rules as on the pages. Errors are problem documents (RFC 9457) that name the field."
                ),
            },
            "servers": [{"url": server}],
            "tags": [
                {"name": tag.value, "description": gettext(text)}
                for tag, text in TAGS.items()
                if any(route.call.tag is tag for route in routes)
            ],
            "paths": _paths(routes, schemas),
            "components": {
                "schemas": schemas.told,
                "responses": _problems(routes, schemas),
                "headers": {each.name: _header(each) for each in (*_LIMITS, _WAIT)},
                "securitySchemes": {
                    "token": {
                        "type": "http",
                        "scheme": "bearer",
                        "description": gettext(
                            "A token that you make on the page of your account."
                        ),
                    }
                },
            },
        }


class Description(BaseModel):
    """This description; its shape is that of OpenAPI."""

    model_config = ConfigDict(extra="allow")

    openapi: str


class _Schemas:
    """The schemas of all models, each once."""

    def __init__(self, models: Sequence[tuple[type[BaseModel], Mode]]) -> None:
        self._places, found = models_json_schema(models, ref_template=SCHEMAS + "{model}")
        self.told = {name: _told(schema) for name, schema in found.get("$defs", {}).items()}

    def of(self, model: type[BaseModel], mode: Mode) -> dict[str, Any]:
        """Where the model's schema stands."""
        return dict(self._places[model, mode])

    def content(self, content: Content, mode: Mode) -> dict[str, Any]:
        """A body: what OpenAPI calls a media type object, under its media type."""
        if content.model is None:
            return {content.media: {"schema": {"type": "string", "format": "binary"}}}
        return {content.media: {"schema": self.of(content.model, mode)}}


def _schemas(routes: Iterable[Route]) -> _Schemas:
    models: set[tuple[type[BaseModel], Mode]] = {(Problem, "serialization")}
    for call in (route.call for route in routes):
        models.add((call.query, "validation"))
        models |= {(body.model, "validation") for body in call.bodies if body.model}
        if call.answer and call.answer.model:
            models.add((call.answer.model, "serialization"))
    return _Schemas(sorted(models, key=lambda each: (each[0].__name__, each[1])))


def _told(schema: Any, *, of_names: bool = False) -> Any:  # noqa: ANN401 - any JSON value
    """A schema with its texts in the language in use, and without those that only repeat its name."""
    if isinstance(schema, list):
        return [_told(each) for each in schema]
    if not isinstance(schema, Mapping):
        return schema
    if of_names:
        return {name: _told(each) for name, each in schema.items()}
    found = {
        name: gettext(each) if name == "description" else _told(each, of_names=name == "properties")
        for name, each in schema.items()
        if name not in ("title", "examples")
    }
    if "examples" in schema:
        found["examples"] = schema["examples"]
    if "properties" in schema or "enum" in schema:
        found.pop("description", None)  # what a class is for stands for programmers
    return found


def _paths(routes: Iterable[Route], schemas: _Schemas) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for route in routes:
        found.setdefault(route.path, {})[route.method.lower()] = _operation(route, schemas)
    return found


def _operation(route: Route, schemas: _Schemas) -> dict[str, Any]:
    call = route.call
    operation: dict[str, Any] = {
        "operationId": route.name,
        "tags": [call.tag.value],
        "summary": gettext(call.summary),
        "description": " ".join(
            part for part in (gettext(call.details) if call.details else "", needs(route)) if part
        ),
        "security": [] if route.permission is Permission.ANYONE else [{"token": []}],
        "parameters": [
            *(_part(name) for name in route.parts),
            *_parameters(call, schemas),
            *(_sent(header) for header in call.sends),
        ],
        "responses": _answers(route, schemas),
    }
    if call.bodies:
        content: dict[str, Any] = {}
        for body in call.bodies:
            content |= schemas.content(body, "validation")
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def needs(route: Route) -> str:
    """Who may make the call, in the language in use."""
    if route.permission is Permission.ANYONE:
        return gettext("Needs no token.")
    roles = ", ".join(sorted(label("role", role) for role in GRANTS[route.permission])).lower()
    if route.method in _SAFE:
        return gettext("Needs a token of: %(roles)s.", roles=roles)
    return gettext("Needs a token that may change things, of: %(roles)s.", roles=roles)


def _part(name: str) -> dict[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": gettext(_PARTS[name]),
        "schema": IDENTIFIER,
    }


def _parameters(call: Call, schemas: _Schemas) -> list[dict[str, Any]]:
    place = schemas.of(call.query, "validation")["$ref"].removeprefix(SCHEMAS)
    schema = schemas.told[place]
    required = schema.get("required", [])
    found = [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": each.get("description", ""),
            "schema": _without_null(each),
        }
        for name, each in schema.get("properties", {}).items()
    ]
    language = {
        "name": LANGUAGE,
        "in": "query",
        "required": False,
        "description": gettext("The language of texts and errors."),
        "schema": {"type": "string", "enum": list(LANGUAGES)},
    }
    return [*found, language]


def _without_null(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A parameter of an address is there or not; it is never null."""
    kept = {name: each for name, each in schema.items() if name != "description"}
    if kept.get("default", 0) is None:
        kept.pop("default")
    some = [each for each in kept.pop("anyOf", ()) if each != {"type": "null"}]
    if len(some) == 1:
        return dict(some[0]) | kept
    return kept | ({"anyOf": some} if some else {})


def _sent(header: Header) -> dict[str, Any]:
    return {"name": header.name, "in": "header", "required": header.required} | _header(header)


def _header(header: Header) -> dict[str, Any]:
    return {
        "description": gettext(header.description),
        "schema": {"type": "string"},
        "example": header.example,
    }


def _answers(route: Route, schemas: _Schemas) -> dict[str, Any]:
    call = route.call
    heads = _limits() | {each.name: _header(each) for each in call.tells}
    good: dict[str, Any] = {"description": _phrase(call.status), "headers": heads}
    if call.answer is not None:
        good["content"] = schemas.content(call.answer, "serialization")
    found = {str(call.status): good}
    for status in call.also:
        found[str(status)] = {"description": _phrase(status), "headers": heads}
    for status in refusals(route):
        found[str(status)] = {"$ref": f"#/components/responses/{status}"}
    return dict(sorted(found.items()))


def _limits() -> dict[str, Any]:
    return {each.name: {"$ref": f"#/components/headers/{each.name}"} for each in _LIMITS}


def _problems(routes: Iterable[Route], schemas: _Schemas) -> dict[str, Any]:
    """Every refusal that some call answers with."""
    content = {PROBLEM: {"schema": schemas.of(Problem, "serialization")}}
    wait = {_WAIT.name: {"$ref": f"#/components/headers/{_WAIT.name}"}}
    return {
        str(status): {
            "description": _phrase(status),
            "headers": _limits() | (wait if status == _TOO_MANY else {}),
            "content": content,
        }
        for status in sorted({each for route in routes for each in refusals(route)})
    }


def refusals(route: Route) -> list[int]:
    """The statuses that a call may refuse with."""
    found = {*OF_EVERY_CALL, *route.call.refuses}
    if route.permission is not Permission.ANYONE:
        found |= set(_OF_TOKENS)
    if route.parts:
        found.add(404)
    if route.call.bodies:
        found |= set(_OF_BODIES)
    return sorted(found)


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase
