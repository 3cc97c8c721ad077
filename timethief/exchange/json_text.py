"""JSON as strangers send it: no NaN, no key twice, no endless nesting."""

from __future__ import annotations

import json
from typing import Any, NoReturn

from timethief.domain.errors import Invalid

DEEPEST = 20
LONGEST_KEY = 100


def read_json(body: bytes) -> Any:  # noqa: ANN401 - any JSON value
    """The value of a JSON text in UTF-8.

    Raises:
        Invalid: of no field; reason `not_json`, `key_twice` (value `key`) or `too_deep`.
    """
    try:
        value = json.loads(
            body.decode("utf-8"), object_pairs_hook=_object, parse_constant=_no_number
        )
    except RecursionError as error:
        raise Invalid("", "too_deep", limit=DEEPEST) from error
    except ValueError as error:
        raise Invalid("", "not_json") from error
    if _depth(value) > DEEPEST:
        raise Invalid("", "too_deep", limit=DEEPEST)
    return value


def shown(key: str) -> str:
    """A stranger's key, fit to be told again: short, on one line, without signs that cannot be read."""
    return "".join(sign if sign.isprintable() else "?" for sign in key[:LONGEST_KEY])


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise Invalid("", "key_twice", key=shown(key))
        found[key] = value
    return found


def _no_number(constant: str) -> NoReturn:
    raise ValueError(constant)


def _depth(value: Any) -> int:  # noqa: ANN401 - any JSON value
    deepest = 0
    waiting = [(value, 1)]
    while waiting:
        part, depth = waiting.pop()
        deepest = max(deepest, depth)
        if depth > DEEPEST:
            break
        if isinstance(part, dict):
            waiting += [(each, depth + 1) for each in part.values()]
        elif isinstance(part, list):
            waiting += [(each, depth + 1) for each in part]
    return deepest
