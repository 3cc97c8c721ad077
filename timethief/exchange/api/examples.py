"""An example of a body, made from what its schema tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from timethief.exchange.api.openapi import SCHEMAS

_OF_TYPES: Mapping[str, Any] = {
    "string": "…",
    "integer": 1,
    "number": 1.0,
    "boolean": False,
    "null": None,
}

IDENTIFIER = "4f7r2m9k1c0d"
"""As they look; texts of a given form are identifiers."""


def example(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> Any:  # noqa: ANN401, PLR0911 - any JSON value
    """A value that the schema takes: what it gives as an example, else built from its parts.

    Args:
        schema: of the value.
        schemas: all of them, by name.
    """
    schema = resolved(schema, schemas)
    if "examples" in schema:
        return schema["examples"][0]
    if "const" in schema:
        return schema["const"]
    if "pattern" in schema:
        return IDENTIFIER
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return example(schema["anyOf"][0], schemas)
    if "properties" in schema:
        return {name: example(each, schemas) for name, each in schema["properties"].items()}
    if schema.get("type") == "array":
        return [example(schema["items"], schemas)]
    if schema.get("type") == "object":
        return {}
    return schema.get("default", _OF_TYPES.get(schema.get("type", "null")))


def resolved(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> dict[str, Any]:
    """The schema itself, where it only points at one."""
    found = dict(schema)
    while "$ref" in found:
        place = schemas[found.pop("$ref").removeprefix(SCHEMAS)]
        found = {**place, **found}
    return found
