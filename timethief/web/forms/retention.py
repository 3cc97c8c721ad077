"""How long a kind is kept, and what is held back."""

from __future__ import annotations

import re
from datetime import date

from wtforms import HiddenField, SelectField, StringField

from timethief.domain.errors import Invalid, Invalids
from timethief.domain.numbers import Limits
from timethief.domain.retention import MOST_MONTHS, Kind, Rule
from timethief.i18n import lazy_gettext
from timethief.queries.retention import KeptKind
from timethief.reports.retention import kind_words
from timethief.web.forms.base import BaseForm
from timethief.web.forms.days import read_day

_MONTHS = Limits(least=1, most=MOST_MONTHS, whole=True)
_VERSION = re.compile(r"[0-9]{1,9}", re.ASCII)


class RuleForm(BaseForm):
    """The rule of one kind."""

    version = HiddenField()
    months = StringField(
        lazy_gettext("Months"),
        description=lazy_gettext("Leave it empty to keep everything for good."),
    )
    decision = StringField(
        lazy_gettext("The decision that allows it"),
        description=lazy_gettext(
            "Its number in your register, such as Dnr 2026/123 § 4. Without it nothing is weeded."
        ),
    )
    decided_on = StringField(
        lazy_gettext("Day of the decision"), description=lazy_gettext("A day, such as 2026-03-01.")
    )

    @staticmethod
    def of(kept: KeptKind) -> dict[str, str]:
        """What the form holds when it is opened."""
        rule = kept.rule
        return {
            "version": str(kept.version),
            "months": "" if rule.months is None else str(rule.months),
            "decision": rule.decision,
            "decided_on": "" if rule.decided_on is None else rule.decided_on.isoformat(),
        }

    def seen_version(self) -> int:
        """Version of the rule that was seen; one that nothing can have where it cannot be read."""
        text = self.version.data or ""
        return int(text) if _VERSION.fullmatch(text) else -1

    def to_rule(self, kind: Kind) -> Rule:
        """The rule.

        Raises:
            Invalids: answers that cannot be used; each stands beside its field.
        """
        months = self.number(self.months, _MONTHS)
        day = self.part(self.decided_on, self._day)
        if self.errors_found():
            raise Invalids([])
        whole = None if months is None else int(months)
        return Rule(kind, whole, self.decision.data or "", day)

    def errors_found(self) -> bool:
        """Whether anything has been said beside a field."""
        return any(field.errors for field in self)

    def _day(self) -> date | None:
        text = self.decided_on.data or ""
        return read_day(text, "decided_on") if text.strip() else None


class HoldForm(BaseForm):
    """What may not be weeded for now."""

    kind = SelectField(lazy_gettext("What shall be kept"), validate_choice=False)
    reference = StringField(
        lazy_gettext("Only this one"),
        description=lazy_gettext(
            "The address or identifier of a task or report. Leave it empty to keep all of the kind."
        ),
    )
    reason = StringField(
        lazy_gettext("Why"), description=lazy_gettext("Such as a case in court, or an audit.")
    )

    def offer(self) -> None:
        """Fill in what there is to choose from."""
        self.kind.choices = [(kind.value, kind_words(kind).name) for kind in Kind]

    def to_kind(self) -> Kind:
        """What was chosen.

        Raises:
            Invalid: none of the choices.
        """
        chosen = self.kind.data or ""
        if chosen not in set(Kind):
            raise Invalid("kind", "not_a_choice")
        return Kind(chosen)
