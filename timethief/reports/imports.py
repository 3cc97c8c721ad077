"""An import in words: where it stands, what it would do, what it did."""

from __future__ import annotations

from timethief.domain.import_runs import ImportState, Likeness, SimilarRow
from timethief.i18n import N_, gettext, ngettext, number, percent
from timethief.queries.import_runs import ImportRun

_MOST_NAMED = 10
_HEADINGS = {
    ImportState.RECEIVED: N_("The file is being read"),
    ImportState.READING: N_("The file is being read"),
    ImportState.COLUMNS: N_("What do the columns mean?"),
    ImportState.PREVIEW: N_("This is what will come in"),
    ImportState.WAITING: N_("Another import goes first"),
    ImportState.IMPORTING: N_("The tasks are being imported"),
    ImportState.DONE: N_("The import is done"),
    ImportState.REFUSED: N_("The file cannot be used"),
    ImportState.CANCELLED: N_("The import was cancelled"),
    ImportState.EXPIRED: N_("The preview has expired"),
    ImportState.UNDOING: N_("The import is being undone"),
    ImportState.UNDONE: N_("The import has been undone"),
    ImportState.FAILED: N_("The import was broken off"),
}
_STATES = {
    ImportState.RECEIVED: N_("Being read"),
    ImportState.READING: N_("Being read"),
    ImportState.COLUMNS: N_("Waits for you to name columns"),
    ImportState.PREVIEW: N_("Waits for your choice"),
    ImportState.WAITING: N_("Waits for another import"),
    ImportState.IMPORTING: N_("Being imported"),
    ImportState.DONE: N_("Imported"),
    ImportState.REFUSED: N_("Could not be used"),
    ImportState.CANCELLED: N_("Cancelled"),
    ImportState.EXPIRED: N_("Expired"),
    ImportState.UNDOING: N_("Being undone"),
    ImportState.UNDONE: N_("Undone"),
    ImportState.FAILED: N_("Broken off"),
}
CONFLICTS = {
    "import_moved_on": N_("The import had already gone on. This is how it stands now."),
    "import_has_faults": N_(
        "Some rows have faults, so not all can be imported. Correct them, or import the right ones."
    ),
    "import_expired": N_("More than a day has passed. Send the file again."),
    "import_nothing_right": N_(
        "No row can be imported as it is. Correct the file and send it again."
    ),
    "import_undo_over": N_("An import can be undone for 30 days, and they have passed."),
    "import_decided_on": N_(
        "Some of what came in has been worked on since, so the import can no longer be undone."
    ),
}
"""Why something can no longer be done with an import, by the reason of the refusal."""


def conflict(reason: str) -> str:
    """Why something can no longer be done with an import."""
    return gettext(CONFLICTS[reason])


def heading(run: ImportRun) -> str:
    """What the page of the import is headed by."""
    if run.state is ImportState.PREVIEW and not run.right:
        return gettext("Nothing can come in yet")
    return gettext(_HEADINGS[run.state])


def state_words(state: ImportState) -> str:
    """Where it stands, in a list."""
    return gettext(_STATES[state])


def progress_words(run: ImportRun) -> str:
    """How far the work has come."""
    if run.state is ImportState.WAITING:
        return gettext("It goes on by itself when the other one is done.")
    if run.rows_total and run.rows_done:
        return gettext(
            "Row %(done)s of %(total)s (%(percent)s)",
            done=number(min(run.rows_done, run.rows_total)),
            total=number(run.rows_total),
            percent=percent(run.percent / 100),
        )
    if run.rows_done:
        return ngettext(
            "%(num)s row so far", "%(num)s rows so far", run.rows_done, num=number(run.rows_done)
        )
    return gettext("It has just begun.")


def preview_sentence(run: ImportRun) -> str:
    """What will be imported, what has faults, what looks like what exists."""
    right = ngettext(
        "%(num)s row can be imported", "%(num)s rows can be imported", run.right, num=_n(run.right)
    )
    if run.wrong and run.similar:
        return gettext(
            "%(right)s, %(wrong)s, %(similar)s.",
            right=right,
            wrong=_wrong(run.wrong),
            similar=_similar(run.similar),
        )
    if run.wrong:
        return gettext("%(right)s, %(also)s.", right=right, also=_wrong(run.wrong))
    if run.similar:
        return gettext("%(right)s, %(also)s.", right=right, also=_similar(run.similar))
    return gettext("%(right)s, and none has faults.", right=right)


def _wrong(count: int) -> str:
    return ngettext("%(num)s has faults", "%(num)s have faults", count, num=_n(count))


def _similar(count: int) -> str:
    return ngettext(
        "%(num)s looks like something that exists",
        "%(num)s look like something that exists",
        count,
        num=_n(count),
    )


def done_sentence(run: ImportRun) -> str:
    """What was done."""
    parts = [ngettext("%(num)s task is new", "%(num)s tasks are new", run.added, num=_n(run.added))]
    if run.changed:
        changed = ngettext(
            "%(num)s was changed", "%(num)s were changed", run.changed, num=_n(run.changed)
        )
        parts.append(changed)
    if run.unchanged:
        same = ngettext(
            "%(num)s was already just so",
            "%(num)s were already just so",
            run.unchanged,
            num=_n(run.unchanged),
        )
        parts.append(same)
    return f"{', '.join(parts)}."


def left_aside(run: ImportRun) -> str:
    """Which columns of the file nothing is read from; empty where all are read."""
    names = [each.heading for each in run.unknown if not each.code]
    if not names:
        return ""
    told = ", ".join(names[:_MOST_NAMED])
    rest = len(names) - _MOST_NAMED
    if rest > 0:
        return gettext(
            "These columns are left aside: %(names)s and %(count)s more.",
            names=told,
            count=_n(rest),
        )
    return ngettext(
        "This column is left aside: %(names)s.",
        "These columns are left aside: %(names)s.",
        len(names),
        names=told,
    )


def examples_left_out(run: ImportRun) -> str:
    """That the form's own example is left out; empty where it does not stand in the file."""
    if not run.examples:
        return ""
    return gettext("The example of the template is left out.")


def new_requesters(run: ImportRun) -> str:
    """How many requesters nobody has named before; empty where all are known."""
    count = run.new_requesters_count
    if not count:
        return ""
    return ngettext(
        "%(num)s requester is new here: check that it is not misspelt.",
        "%(num)s requesters are new here: check that they are not misspelt.",
        count,
        num=_n(count),
    )


def import_button(run: ImportRun) -> str:
    """What the button says that imports."""
    return ngettext("Import %(num)s row", "Import %(num)s rows", run.right, num=_n(run.right))


def left_out(run: ImportRun) -> str:
    """How many rows were left out because of their faults."""
    return ngettext(
        "%(num)s row had faults and was left out. Correct it and send it by itself.",
        "%(num)s rows had faults and were left out. Correct them and send only those.",
        run.wrong,
        num=_n(run.wrong),
    )


_ENDED = {
    ImportState.REFUSED: N_("Nothing has been saved. Put this right and send the file again."),
    ImportState.CANCELLED: N_("Nothing has been saved, and the file has been deleted."),
    ImportState.EXPIRED: N_(
        "Nobody chose within a day. Nothing has been saved. Send the file again."
    ),
    ImportState.FAILED: N_("Nothing has been saved. Send the file again."),
}


def ended_sentence(run: ImportRun) -> str:
    """What came of an import that put nothing in, or nothing that is still there."""
    if run.state is ImportState.UNDONE:
        figures = gettext("The inventory and all figures are as they would be without it.")
        return f"{undone_sentence(run)} {figures}"
    return gettext(_ENDED[run.state])


def undo_sentence(run: ImportRun) -> str:
    """What undoing would do."""
    added = ngettext(
        "%(num)s task is taken out of the inventory.",
        "%(num)s tasks are taken out of the inventory.",
        run.added,
        num=_n(run.added),
    )
    if not run.changed:
        return added
    changed = ngettext(
        "%(num)s that was changed gets its old figures back.",
        "%(num)s that were changed get their old figures back.",
        run.changed,
        num=_n(run.changed),
    )
    return f"{added} {changed}"


def undone_sentence(run: ImportRun) -> str:
    """What undoing has done."""
    added = ngettext(
        "%(num)s task was taken out again.",
        "%(num)s tasks were taken out again.",
        run.added,
        num=_n(run.added),
    )
    if not run.changed:
        return added
    changed = ngettext(
        "%(num)s that was changed has its old figures back.",
        "%(num)s that were changed have their old figures back.",
        run.changed,
        num=_n(run.changed),
    )
    return f"{added} {changed}" if run.added else changed


def numbers(run: ImportRun) -> str:
    """The numbers of an import in a list; empty where there are none yet."""
    if run.state in (ImportState.DONE, ImportState.UNDOING):
        return done_sentence(run)
    if run.state is ImportState.UNDONE:
        return undone_sentence(run)
    return preview_sentence(run) if run.state is ImportState.PREVIEW else ""


def likeness(similar: SimilarRow) -> str:
    """In which way a row looks like what exists, and what comes of it."""
    if similar.likeness is Likeness.UPDATES:
        return gettext("Has the reference of a task that exists. That task is changed.")
    if similar.likeness is Likeness.MERGED:
        return gettext(
            "Has the reference of a task that has been merged into another. The row changes nothing."
        )
    if similar.likeness is Likeness.EXISTS:
        return gettext("The unit has a task of that name already. This will be one more.")
    return gettext(
        "Row %(row)s has the same name and unit. Both come in.", row=_n(similar.other_row)
    )


def _n(value: int) -> str:
    return number(value)
