"""What pydantic found wrong with a document, as refusals of its fields."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import ValidationError

from timethief.domain.errors import Invalid, Invalids
from timethief.exchange.json_text import shown

_BRANCHES = ("float", "int", "EstimateDocument")
"""How pydantic names the two ways to tell a number; no part of the field's path."""
_REASONS = {
    "extra_forbidden": "unknown_field",
    "missing": "required",
    "enum": "not_a_choice",
    "literal_error": "not_a_choice",
}


def refused(error: ValidationError) -> Invalids:
    """Every fault of shape."""
    faults = error.errors(include_url=False)
    return Invalids(_refusals(faults))


def _refusals(faults: Iterable[Mapping[str, Any]]) -> Iterable[Invalid]:
    return (_refusal(each) for each in faults if not _is_other_branch(each))


def _is_other_branch(error: Mapping[str, Any]) -> bool:
    """Whether the fault is of the way to tell a number that was not taken: a range, or a single one."""
    branch = error["loc"][-1] if error["loc"] else ""
    if branch == "EstimateDocument":
        return bool(error["type"] == "model_type")
    is_single = branch in _BRANCHES and error["type"] in ("float_type", "int_type")
    return is_single and isinstance(error["input"], dict)


def _refusal(error: Mapping[str, Any]) -> Invalid:
    kind: str = error["type"]
    path = [shown(str(part)) for part in error["loc"] if part not in _BRANCHES]
    if kind == "extra_forbidden" and error["loc"][-1] in _BRANCHES:
        path.append(error["loc"][-1])
    field = ".".join(path)
    if kind == "less_than_equal":
        return Invalid(field, "too_large", limit=error["ctx"]["le"])
    if kind == "too_long":
        return Invalid(field, "too_many_items", limit=error["ctx"]["max_length"])
    if kind == "greater_than_equal":
        return Invalid(field, "too_small", limit=error["ctx"]["ge"])
    if kind == "value_error":  # a validator of ours has said the reason
        return Invalid(field, str(error["ctx"]["error"]))
    return Invalid(field, _REASONS.get(kind) or _of_kind(kind, error["input"]))


def _of_kind(kind: str, given: object) -> str:
    if kind == "int_type" and isinstance(given, float):
        return "not_whole"
    return "unreadable" if kind.startswith(("float", "int", "finite")) else "wrong_kind"
