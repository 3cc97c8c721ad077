"""The description of the API as people read it: groups of calls, with parameters, examples and refusals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from timethief.exchange.api.description import JSON, MULTIPART
from timethief.exchange.api.examples import example, resolved
from timethief.i18n import gettext

_METHODS = ("get", "post", "patch", "put", "delete")


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter, a head or a field of a body.

    Attributes:
        place: query, header or path; empty for a field of a body.
        kind: what it holds, in words.
    """

    name: str
    place: str
    kind: str
    required: bool
    text: str


@dataclass(frozen=True, slots=True)
class ShownCall:
    """A call.

    Attributes:
        needs: who may make it, and what else one must know.
        request: how it is made with curl.
        media: of what may be sent; empty where nothing is.
        answer: an example of the answer; empty where it is a file.
        refusals: status and what it is called.
    """

    name: str
    method: str
    path: str
    summary: str
    needs: str
    parameters: tuple[Field, ...]
    fields: tuple[Field, ...]
    media: tuple[str, ...]
    request: str
    status: str
    answer_media: str
    answer: str
    heads: tuple[Field, ...]
    refusals: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """Calls about the same thing."""

    name: str
    title: str
    calls: tuple[ShownCall, ...]


def guide(told: Mapping[str, Any]) -> tuple[ShownGroup, ...]:
    """The groups of a description, in its order, in the language in use."""
    calls = [
        (operation["tags"][0], _call(told, path, method, operation))
        for path, operations in told["paths"].items()
        for method, operation in operations.items()
        if method in _METHODS
    ]
    return tuple(
        ShownGroup(
            tag["name"],
            tag["description"],
            tuple(call for name, call in calls if name == tag["name"]),
        )
        for tag in told["tags"]
    )


def _call(
    told: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]
) -> ShownCall:
    schemas = told["components"]["schemas"]
    bodies = operation.get("requestBody", {}).get("content", {})
    good = next(status for status, each in operation["responses"].items() if "$ref" not in each)
    answer = operation["responses"][good]
    contents: Mapping[str, Any] = answer.get("content", {"": {}})
    media, content = next(iter(contents.items()))
    shown = ""
    if media == JSON and operation["operationId"] != "openapi":
        shown = _written(example(content["schema"], schemas))
    return ShownCall(
        name=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        needs=operation["description"],
        parameters=tuple(_parameter(each, schemas) for each in operation["parameters"]),
        fields=tuple(_fields(bodies, schemas)),
        media=tuple(bodies),
        request=_request(told, path, method, operation),
        status=f"{good} {answer['description']}",
        answer_media=media,
        answer=shown,
        heads=tuple(
            Field(name, "header", each["example"], required=True, text=each["description"])
            for name, each in answer.get("headers", {}).items()
            if "$ref" not in each
        ),
        refusals=tuple(
            (status, told["components"]["responses"][status]["description"])
            for status, each in operation["responses"].items()
            if "$ref" in each
        ),
    )


def _parameter(told: Mapping[str, Any], schemas: Mapping[str, Any]) -> Field:
    return Field(
        told["name"],
        told["in"],
        _kind(told["schema"], schemas),
        told["required"],
        told["description"],
    )


def _fields(bodies: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterable[Field]:
    for media in (JSON, MULTIPART):
        if media in bodies:
            schema = resolved(bodies[media]["schema"], schemas)
            required = schema.get("required", [])
            for name, each in schema.get("properties", {}).items():
                whole = resolved(each, schemas)
                yield Field(
                    name, "", _kind(each, schemas), name in required, whole.get("description", "")
                )


def _kind(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:  # noqa: PLR0911 - one for each kind
    """What a value is, in words."""
    whole = resolved(schema, schemas)
    if "enum" in whole:
        return ", ".join(str(each) for each in whole["enum"])
    if "const" in whole:
        return str(whole["const"])
    if "anyOf" in whole:
        kinds = [_kind(each, schemas) for each in whole["anyOf"] if each.get("type") != "null"]
        return " / ".join(dict.fromkeys(kinds))
    kind = whole.get("type")
    if kind == "array":
        return gettext("list of: %(kind)s", kind=_kind(whole["items"], schemas))
    if kind == "integer":
        if "maximum" in whole:
            return gettext(
                "whole number, %(low)s to %(high)s",
                low=whole.get("minimum", 0),
                high=whole["maximum"],
            )
        return gettext("whole number")
    if "pattern" in whole:
        return gettext("identifier")
    names = {
        "number": gettext("number"),
        "boolean": "true, false",
        "object": gettext("object"),
        "string": gettext("file") if whole.get("format") == "binary" else gettext("text"),
    }
    return names.get(str(kind), "")


def _request(told: Mapping[str, Any], path: str, method: str, operation: Mapping[str, Any]) -> str:
    """How the call is made with curl."""
    schemas = told["components"]["schemas"]
    query = "&".join(
        f"{each['name']}={example(each['schema'], schemas)}"
        for each in operation["parameters"]
        if each["in"] == "query" and each["required"]
    )
    address = f"{told['servers'][0]['url']}{path}" + (f"?{query}" if query else "")
    parts = [f'curl "{address}"' if method == "get" else f'curl -X {method.upper()} "{address}"']
    if operation["security"]:
        parts.append('-H "Authorization: Bearer $TOKEN"')
    parts += [
        f"-H '{each['name']}: {each['example']}'"
        for each in operation["parameters"]
        if each["in"] == "header" and (each["required"] or method == "post")
    ]
    bodies = operation.get("requestBody", {}).get("content", {})
    if JSON in bodies:
        body = _written(example(bodies[JSON]["schema"], schemas))
        parts += [f'-H "Content-Type: {JSON}"', f"-d '{body}'"]
    elif MULTIPART in bodies:
        parts.append("-F file=@uppgifter.xlsx")
    if method == "get" and path.endswith((".xlsx", ".csv", ".json")):
        parts.append("-O")
    return " \\\n  ".join(parts)


def _written(value: Any) -> str:  # noqa: ANN401 - any JSON value
    return json.dumps(value, ensure_ascii=False, indent=2)
