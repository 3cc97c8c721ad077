"""A file of tasks, and what its columns mean."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wtforms import FieldList, FileField, SelectField

from timethief.domain.errors import Invalid
from timethief.exchange.sheets.files import LARGEST_FILE, MOST_ROWS
from timethief.exchange.task_columns import COLUMNS
from timethief.i18n import gettext, lazy_gettext, number
from timethief.queries.import_runs import UnknownHeading
from timethief.reports.refusals import sentence
from timethief.web.forms.base import BaseForm

MOST_ASKED = 150
"""Columns that are asked about; a form has so many fields and no more. The others are left aside."""
_BYTES_IN_MEGABYTE = 1_000_000


class FileForm(BaseForm):
    """A file to import."""

    file = FileField(
        lazy_gettext("The file"),
        render_kw={"accept": ".xlsx,.csv,.tsv,.txt", "data-most": str(LARGEST_FILE)},
    )

    def tell_limits(self) -> None:
        """Say what may be sent."""
        self.file.description = gettext(
            "Excel (.xlsx) or text (.csv), at most %(rows)s rows and %(megabytes)s MB. You can also drop the file here.",
            rows=number(MOST_ROWS),
            megabytes=number(LARGEST_FILE / _BYTES_IN_MEGABYTE),
        )


def too_large() -> str:
    """What is said of a file that is too large."""
    return sentence(Invalid("file", "file_too_large", limit=LARGEST_FILE // 1_000))


class ColumnsForm(BaseForm):
    """What the headings mean that nobody knew."""

    headings = FieldList(SelectField(validate_choice=False), max_entries=MOST_ASKED)

    def offer(
        self,
        unknown: Sequence[UnknownHeading],
        taken: frozenset[str],
        samples: Mapping[str, Sequence[str]],
    ) -> None:
        """Fill in what there is to choose from.

        Args:
            unknown: the headings, in the order of the fields.
            taken: codes of the columns that were known.
            samples: some of what stands under a heading, by its key.
        """
        free = [(each.code, each.title()) for each in COLUMNS if each.code not in taken]
        choices = [("", gettext("Leave it aside")), *free]
        asked = unknown[:MOST_ASKED]
        while len(self.headings.entries) < len(asked):
            self.headings.append_entry()
        for field, told in zip(self.headings.entries, asked, strict=False):
            field.choices = choices
            field.label.text = told.heading
            stands = samples.get(told.key, ())
            field.description = (
                gettext("For example: %(samples)s", samples=" · ".join(stands)) if stands else ""
            )
            if field.data is None:
                field.data = told.code or ""

    def mapping(self, unknown: Sequence[UnknownHeading]) -> dict[str, str]:
        """The chosen code by the key of each heading."""
        return {
            told.key: str(field.data or "")
            for told, field in zip(unknown[:MOST_ASKED], self.headings.entries, strict=False)
        }

    def refuse_heading(self, unknown: Sequence[UnknownHeading], refusal: Invalid) -> None:
        """Put a refusal beside the field that asks about the heading."""
        keys = [each.key for each in unknown[:MOST_ASKED]]
        place = keys.index(refusal.field) if refusal.field in keys else 0
        if place < len(self.headings.entries):
            self.say(self.headings.entries[place], sentence(refusal))
            self.headings.errors = [field.errors for field in self.headings.entries]
        else:
            self.status = 422
