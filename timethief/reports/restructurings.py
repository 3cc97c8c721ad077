"""Why tasks cannot be merged, split or put back, in words."""

from __future__ import annotations

from timethief.i18n import N_, gettext

_REASONS = {
    "merged": N_("One of the tasks has been merged into another meanwhile. Look at them again."),
    "stopped": N_(
        "A task that has been stopped can be neither merged nor split: it is watched for coming back."
    ),
    "decided": N_(
        "There is a decision on a task that would go. Choose that task as the one to keep."
    ),
    "changed_meanwhile": N_(
        "Somebody changed a task while you looked. This is how it stands now. Press again if it still holds."
    ),
}
_SPLIT = {
    "decided": N_(
        "There is a decision on the task, so it cannot be split. Take the decision back first."
    ),
}
_UNDOING = {
    "too_late": N_("It was not undone: that can be done for 30 days."),
    "undone": N_("It has been undone already."),
    "restructured_since": N_(
        "It was not undone: the task has been merged or split again since. Undo that first."
    ),
    "decided_since": N_("It was not undone: there is a decision on the task since."),
    "reviewed_since": N_("It was not undone: somebody has set the figures since."),
    "answered_since": N_("It was not undone: the requester has answered since."),
    "reported_since": N_("It was not undone: the part has got reports of its own since."),
    "worked_on_since": N_("It was not undone: somebody works with the part since."),
    "held": N_("It was not undone: the part is held back from being weeded."),
}


def why_not_merged(reason: str) -> str:
    """Why tasks were not merged."""
    return gettext(_REASONS[reason])


def why_not_split(reason: str) -> str:
    """Why a task was not split."""
    return gettext(_SPLIT.get(reason) or _REASONS[reason])


def why_not_undone(reason: str) -> str:
    """Why a merge or split stays."""
    return gettext(_UNDOING[reason])
