"""What other numbers would change, in words."""

from __future__ import annotations

from dataclasses import dataclass

from timethief.i18n import gettext, ngettext, number, significant
from timethief.reports.labels import label
from timethief.services.policies import PolicyPreview


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a preview says.

    Attributes:
        finding: how many verdicts change, first.
        moves: from which verdict to which, most first.
        hours: what becomes of the hours.
        looked_at: of how many tasks it tells, where not of all.
    """

    finding: str
    moves: tuple[str, ...]
    hours: tuple[str, ...]
    looked_at: str


def outcome(preview: PolicyPreview) -> Outcome:
    """What the preview says."""
    if preview.changed:
        finding = ngettext(
            "%(num)s verdict changes.",
            "%(num)s verdicts change.",
            preview.changed,
            num=number(preview.changed),
        )
    else:
        finding = gettext("No verdict changes.")
    return Outcome(
        finding=finding,
        moves=tuple(
            gettext(
                "%(count)s from %(old)s to %(new)s",
                count=number(count),
                old=label("verdict", old),
                new=label("verdict", new),
            )
            for (old, new), count in preview.moves
        ),
        hours=_hours(preview),
        looked_at=gettext(
            "So many tasks were looked at: %(looked_at)s of %(tasks)s. The rest are likely to change in the same way.",
            looked_at=number(preview.looked_at),
            tasks=number(preview.tasks),
        )
        if preview.looked_at < preview.tasks
        else "",
    )


def _hours(preview: PolicyPreview) -> tuple[str, ...]:
    if not preview.hours_change:
        return (gettext("No hours change."),)
    lines = [
        ngettext(
            "%(num)s task gets other hours.",
            "%(num)s tasks get other hours.",
            preview.hours_change,
            num=number(preview.hours_change),
        )
    ]
    for (before, after), text in (
        (preview.cost, gettext("All tasks together: from %(before)s to %(after)s hours a year.")),
        (preview.flagged, gettext("Time thieves: from %(before)s to %(after)s hours a year.")),
        (preview.avoidable, gettext("Can be freed: from %(before)s to %(after)s hours a year.")),
    ):
        if before != after:
            lines.append(text % {"before": _exact(before), "after": _exact(after)})
    return tuple(lines)


def _exact(hours: float) -> str:
    """Hours with four digits, so that a small change can be seen in a large number."""
    return significant(hours, 4)
