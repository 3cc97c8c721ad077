"""What letters about imports say, where somebody may have stopped waiting for one."""

from __future__ import annotations

from timethief.domain.import_runs import ImportState
from timethief.i18n import N_, gettext
from timethief.reports.letters import Letter

_SUBJECTS = {
    ImportState.COLUMNS: N_("Timethief: your file has been read"),
    ImportState.PREVIEW: N_("Timethief: your file has been read"),
    ImportState.REFUSED: N_("Timethief: your file cannot be used"),
    ImportState.DONE: N_("Timethief: your import is done"),
    ImportState.FAILED: N_("Timethief: your import was broken off"),
}
_TEXTS = {
    ImportState.COLUMNS: N_(
        "Your file has been read. Nothing has been saved yet: first you say what some of its columns mean. Do it here, "
        "within a day from when you sent the file:"
    ),
    ImportState.PREVIEW: N_(
        "Your file has been read. Nothing has been saved yet: look at what it would bring and choose. Do it here, "
        "within a day from when you sent the file:"
    ),
    ImportState.REFUSED: N_(
        "Your file cannot be used. Nothing has been saved. This is what to do:"
    ),
    ImportState.DONE: N_("What you chose to import is in the inventory now. See it here:"),
    ImportState.FAILED: N_("Your import was broken off. Nothing has been saved. Read more here:"),
}
STATES = frozenset(_TEXTS)
"""States that are worth a letter."""


def import_letter(state: ImportState, name: str, link: str) -> Letter:
    """To who sent the file. Nothing in it tells what the file holds, or is called.

    Args:
        state: in which the import waits or has ended; one of `STATES`.
        name: of the person.
        link: where its page is.
    """
    greeting = gettext("Hello %(name)s.", name=name)
    return Letter(gettext(_SUBJECTS[state]), "\n\n".join((greeting, gettext(_TEXTS[state]), link)))
