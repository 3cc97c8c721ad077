"""The numbers of a policy, and why they are as they are."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, StringField, TextAreaField

from timethief.domain.errors import Invalid, Invalids
from timethief.domain.numbers import Limits
from timethief.domain.policy import Policy
from timethief.domain.seen import as_seen
from timethief.i18n import lazy_gettext
from timethief.reports.policy_numbers import NUMBERS, PolicyNumber, Unit, policy_from
from timethief.storage.facts import numbers_of
from timethief.web.forms.base import BaseForm, typed

_SUFFIXES = {Unit.PERCENT: ("%",)}


class PolicyForm(BaseForm):
    """A field for each number of the policy, added below."""

    reason = TextAreaField(
        lazy_gettext("Why do you change it?"),
        description=lazy_gettext(
            "Such as: The collective agreement changed the working hours. It stands in the history."
        ),
    )
    version = HiddenField()
    previewed = HiddenField()

    def to_policy(self, version: int) -> Policy:
        """The policy.

        Raises:
            Invalids: numbers that cannot be used; each stands beside its field.
        """
        values: dict[str, float] = {}
        for each in NUMBERS:
            value = self.needed_number(
                self.field_for(each.name), _limits(each), _SUFFIXES.get(each.unit, ())
            )
            if value is not None:
                values[each.name] = round(value / 100, 9) if each.unit is Unit.PERCENT else value
        if len(values) < len(NUMBERS):
            raise Invalids([])
        return policy_from(values, version)

    def field_for(self, name: str) -> StringField:
        """The field of one number."""
        field: StringField = getattr(self, name)
        return field

    def seen_version(self) -> int:
        """The version in force that the administrator saw."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004 - digits

    def field_of(self, path: str) -> str:
        """The field of a number of the model, where it names one of several: the first of them."""
        first, _, rest = path.partition(".")
        if first in ("occasions", "usage") and rest:
            name = f"{first}_{rest}"
            return name if name in self else f"{name}_low"
        return path if path in self else "reason"

    def refuse(self, refusal: Invalid) -> None:
        """A range in the wrong order does not say of which use it is."""
        if refusal.reason == "wrong_order":
            for each in NUMBERS:
                if each.path[0] == "usage" and each.path[2] == "low" and self._disorderly(each):
                    super().refuse(Invalid(each.name, refusal.reason))
            return
        super().refuse(refusal)

    def _disorderly(self, low: PolicyNumber) -> bool:
        stem = low.name.removesuffix("_low")
        values = [
            self.number(self.field_for(f"{stem}_{place}"), _limits(low), ("%",)) or 0
            for place in ("low", "likely", "high")
        ]
        return values != sorted(values)


for _number in NUMBERS:
    setattr(PolicyForm, _number.name, StringField())


def offer(form: PolicyForm) -> None:
    """The words of each number, in the language in use."""
    for each in NUMBERS:
        form[each.name].label.text = each.place.capitalize() or each.name_of_it
        form[each.name].description = each.help


def told_of(policy: Policy) -> dict[str, Any]:
    """A policy as the form holds it."""
    values: dict[str, Any] = {"version": str(policy.version)}
    for each in NUMBERS:
        value = each.of(policy)
        values[each.name] = typed(value * 100 if each.unit is Unit.PERCENT else value)
    return values


def print_of(policy: Policy) -> str:
    """What tells whether the numbers are those that a preview was made of."""
    return as_seen(numbers_of(policy))


def _limits(number: PolicyNumber) -> Limits:
    limits = number.limits
    if number.unit is not Unit.PERCENT:
        return limits
    least = None if limits.least is None else limits.least * 100
    return Limits(most=limits.most * 100, least=least)
