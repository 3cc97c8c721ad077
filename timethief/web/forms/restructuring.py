"""Merging tasks side by side, and splitting one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import (
    FieldList,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
)
from wtforms.widgets import CheckboxInput

from timethief.domain.errors import Invalid, Invalids
from timethief.domain.identifiers import from_text
from timethief.domain.intake import RequesterName
from timethief.domain.numbers import MINUTES
from timethief.domain.restructuring import Belongs, Merge, Split
from timethief.domain.review import MOST_USES
from timethief.domain.tasks import LONGEST_DESCRIPTION, LONGEST_TITLE, read_text
from timethief.domain.vocabulary import Binding
from timethief.i18n import lazy_gettext
from timethief.queries.restructurings import ComparedTask
from timethief.queries.tasks import TaskPage
from timethief.reports.labels import label, labels
from timethief.services.requesters import LONGEST_NAME
from timethief.web.forms.base import BaseForm


class MergeForm(BaseForm):
    """Which of the tasks is kept, and what it gets of the others.

    `seen` holds identifier and version of each task that was looked at.
    """

    kept = StringField(lazy_gettext("The one to keep"))
    task = SelectMultipleField(validate_choice=False)
    seen = SelectMultipleField(validate_choice=False)
    unit = SelectField(
        lazy_gettext("In which unit does it count?"),
        description=lazy_gettext(
            "The tasks are of several units. A task counts in one of them only."
        ),
        validate_choice=False,
    )
    uses = SelectMultipleField(
        lazy_gettext("What it is used for"),
        description=lazy_gettext("Tick what is true of the one that stays."),
        validate_choice=False,
        option_widget=CheckboxInput(),
    )

    def offer(self, tasks: Sequence[ComparedTask]) -> None:
        """Fill in what there is to choose from."""
        units = {each.unit_id: each.task.unit for each in tasks}
        self.unit.choices = [("", lazy_gettext("Choose")), *units.items()]
        pairs = {(use.beneficiary, use.purpose): use.id for each in tasks for use in each.uses}
        of_all = [
            pair
            for pair in pairs
            if all(pair in [(u.beneficiary, u.purpose) for u in each.uses] for each in tasks)
        ]
        self.uses.choices = [
            (use_id, f"{label('beneficiary', pair[0])}: {label('purpose', pair[1])}")
            for pair, use_id in pairs.items()
            if pair not in of_all
        ]

    def to_merge(self) -> Merge:
        """What the reviewer has chosen.

        Raises:
            Invalid: no task is kept.
            NotFound: something names no task, unit or use.
        """
        ids = [from_text(each) for each in self.task.data or ()]
        if not self.kept.data:
            raise Invalid("kept", "required_of_merged")
        kept = from_text(self.kept.data)
        versions: dict[int, int] = {}
        for each in self.seen.data or ():
            name, _, number = each.partition(":")
            if number.isascii() and number.isdigit() and len(number) < 10:  # noqa: PLR2004 - digits
                versions[from_text(name)] = int(number)
        return Merge(
            kept_id=kept,
            other_ids=tuple(each for each in ids if each != kept),
            versions=versions,
            unit_id=from_text(self.unit.data) if self.unit.data else None,
            use_ids=frozenset(from_text(each) for each in self.uses.data or ()),
        )


class SplitForm(BaseForm):
    """The part that is taken out of a task."""

    version = HiddenField()
    title = StringField(
        lazy_gettext("What is the part called?"),
        description=lazy_gettext(
            "The part that takes time for nothing, such as what is written twice."
        ),
        render_kw={"maxlength": str(LONGEST_TITLE), "autocomplete": "off"},
    )
    minutes = StringField(lazy_gettext("How many minutes does the part take each time?"))
    requester = StringField(
        lazy_gettext("Who wants the part?"),
        description=lazy_gettext("Leave it empty if it is the same as for the whole."),
        render_kw={"list": "requester-names", "autocomplete": "off"},
    )
    binding = SelectField(lazy_gettext("What obliges us to do the part?"), validate_choice=False)
    legal_basis = StringField(lazy_gettext("Law, agreement or rule"))
    belongs = FieldList(SelectField(validate_choice=False), max_entries=MOST_USES)
    signals = SelectMultipleField(
        lazy_gettext("What makes the part take time?"),
        validate_choice=False,
        option_widget=CheckboxInput(),
    )

    @classmethod
    def of(cls, task: TaskPage) -> dict[str, Any]:
        """A form that nobody has filled in, for the task as it stands."""
        return {
            "version": str(task.version),
            "binding": Binding.UNKNOWN.value,
            "belongs": [Belongs.REST.value for _ in task.uses],
            "signals": [],
        }

    def offer(self, task: TaskPage) -> None:
        """Fill in what there is to choose from."""
        self.binding.choices = list(labels("binding").items())
        self.signals.choices = [(code, label("signal", code)) for code in task.signals]
        for field, stated in zip(self.belongs, task.uses, strict=False):
            field.choices = list(labels("belongs").items())
            words = (
                f"{label('beneficiary', stated.use.beneficiary)}: "
                f"{label('purpose', stated.use.purpose)}"
            )
            field.label.text = words

    def task_version(self) -> int:
        """The version of the task that the reviewer saw; -1 where that cannot be read."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1  # noqa: PLR2004 - digits

    def to_split(self) -> Split:
        """The part as the reviewer has told it.

        Raises:
            Invalids: answers that cannot be used; each stands beside its field.
        """
        title = self.part(
            self.title,
            lambda: read_text(self.title.data or "", "title", LONGEST_TITLE, required=True),
        )
        minutes = self.needed_number(self.minutes, MINUTES)
        legal_basis = self.part(
            self.legal_basis,
            lambda: read_text(self.legal_basis.data or "", "legal_basis", LONGEST_DESCRIPTION),
        )
        name = self.part(
            self.requester, lambda: read_text(self.requester.data or "", "requester", LONGEST_NAME)
        )
        binding = self.part(self.binding, lambda: _binding(self.binding.data or ""))
        uses = self.part(self.signals, lambda: tuple(_belongs(each.data) for each in self.belongs))
        if title is None or minutes is None or binding is None or uses is None or self.errors:
            raise Invalids([])
        return Split(
            title=title,
            minutes=minutes,
            requester=RequesterName(name) if name else None,
            binding=binding,
            legal_basis=legal_basis or "",
            uses=uses,
            signals=frozenset(self.signals.data or ()),
        )


def _binding(code: str) -> Binding:
    if code not in list(Binding):
        raise Invalid("binding", "not_a_choice")
    return Binding(code)


def _belongs(code: str | None) -> Belongs:
    if code not in list(Belongs):
        raise Invalid("signals", "not_a_choice")
    return Belongs(code)
