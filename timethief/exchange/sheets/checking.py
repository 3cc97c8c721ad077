"""The rows of a file as tasks of an organisation, each with all that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator

from timethief.domain.errors import Invalid
from timethief.domain.policy import Policy
from timethief.domain.sheet_tasks import Fault, SheetTask
from timethief.exchange.sheets.reading import Staged
from timethief.services.importing.places import NAMING, Places


def checked(
    staged: Staged, policy: Policy, places: Places
) -> Iterator[tuple[SheetTask | None, list[Fault]]]:
    """Each row as a task that can be put in, or as what is wrong with it; neither for the form's own example.

    Args:
        staged: the file as it was read.
        policy: of the organisation.
        places: what the words stand for there.

    Raises:
        Invalid: field `file`, reason `file_only_example`.
    """
    only_example = True
    references: dict[str, int] = {}
    for task, faults, words in staged.tasks_with_words(policy, NAMING):
        only_example = only_example and task is None and not faults
        if task is None:
            # All that is wrong with a row is told at once.
            named = places.faults_of_words(faults[0].row, words) if faults else []
            yield None, [*faults, *named]
            continue
        found = [*faults, *places.faults_of(task)]
        first = references.setdefault(task.external_id, task.row) if task.external_id else task.row
        if first != task.row:
            refusal = Invalid("external_id", "reference_twice", row=first)
            found.append(Fault(task.row, "external_id", task.external_id, refusal))
        yield (None if found else task), found
    if only_example:
        raise Invalid("file", "file_only_example")
