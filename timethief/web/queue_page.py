"""What the page of the queue shows, put together from the query and the words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from timethief.domain.identifiers import from_text
from timethief.domain.queue import QueueGroup, QueueOrder
from timethief.i18n import gettext, language
from timethief.queries import queue as read
from timethief.queries.inventory_choices import chosen_names
from timethief.queries.queue import COUNTED_TO, QueuePart
from timethief.queries.queue_choices import QueueChoices, queue_choices
from timethief.queries.queue_places import QueueWanted
from timethief.queries.queue_rows import QueueRow
from timethief.queries.queue_standing import NOBODY
from timethief.reports.queue import (
    RowInWords,
    count_in_words,
    group_name,
    in_words,
    nothing_in,
    order_name,
)
from timethief.services.queue import Chosen
from timethief.web import current, form_keys
from timethief.web.inventory_filters import Chip, Option, chips, options
from timethief.web.queue_address import QueueAddress

_COUNTED_CHIPS = ("level", "recommended")


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row with its words.

    Attributes:
        chosen: the task and its versions, as a form brings them back.
        key: of the form.
    """

    row: QueueRow
    words: RowInWords
    chosen: str
    key: str


@dataclass(frozen=True, slots=True)
class ShownPart:
    """A group as it is shown.

    Attributes:
        count: in words; empty where it is not known.
        empty: what stands there in place of rows.
        all_href: leads to the group alone, where there is more of it.
    """

    group: str
    name: str
    count: str
    rows: list[ShownRow]
    empty: str
    all_href: str
    next_href: str


def shown_queue(session: Session, address: QueueAddress) -> dict[str, Any]:
    """Everything that the page needs of the queue."""
    who = read.reader(session, current.actor(), current.now())
    names = chosen_names(session, who.units, address.filter, language())
    choices = queue_choices(session, who.units.organisation_id)
    today = current.today()
    counts, heading = None, gettext("Time thieves to decide on")
    if address.group is None:
        found = read.queue(session, who, address.wanted)
        parts = [_part(part, address, today) for part in found.parts]
        counts = found.counts
        heading = gettext(
            "Time thieves to decide on (%(count)s)",
            count=count_in_words(found.to_decide, COUNTED_TO),
        )
    else:
        place = (address.group, address.wanted, address.cursor)
        parts = [_part(read.group_page(session, who, *place), address, today)]
    return {
        "address": address,
        "heading": heading,
        "parts": [part for part in parts if part.rows or part.empty],
        "chips": _chips(address, names, choices),
        "clear_href": QueueAddress(QueueWanted(order=address.wanted.order)).address(),
        "orders": _orders(address),
        "filters": [(name, options(address, counts or {}, name)) for name in _COUNTED_CHIPS],
        "functions": choices.functions,
        "bulk_key": form_keys.new_key(),
        "chosen": address.pairs(),
    }


def _part(part: QueuePart, address: QueueAddress, today: date) -> ShownPart:
    rows = [
        ShownRow(
            row,
            in_words(row, today),
            str(
                Chosen(from_text(row.id), row.version, row.case.version if row.case else 0),
            ),
            form_keys.new_key(),
        )
        for row in part.rows
    ]
    alone = address.group is not None
    is_more = not alone and (part.count is None or part.count > len(rows))
    count = "" if alone and part.count is None else count_in_words(part.count, COUNTED_TO)
    filtered = bool(address.wanted.tasks.conditions())
    return ShownPart(
        group=part.group.value,
        name=group_name(part.group),
        count=count,
        rows=rows,
        empty="" if filtered else nothing_in(part.group),
        all_href=address.address(group=part.group.value) if is_more else "",
        next_href=address.address(cursor=str(part.next)) if part.next else "",
    )


def _orders(address: QueueAddress) -> list[Option]:
    return [
        Option(
            order_name(order),
            "",
            address.address(order=None if order is QueueOrder.GAIN else order.value),
            order is address.wanted.order,
        )
        for order in QueueOrder
    ]


def _chips(address: QueueAddress, names: dict[str, str], choices: QueueChoices) -> list[Chip]:
    """The filters in force, in words."""
    told = chips(address, names)
    pairs = address.pairs()
    kinds = (
        ("function", gettext("Function"), dict(choices.functions)),
        ("owner", gettext("Who has it"), {NOBODY: gettext("Nobody yet"), **dict(choices.owners)}),
    )
    for name, words, known in kinds:
        value = pairs.get(name)
        if value:
            shown = known.get(value, gettext("Not known"))
            told.append(Chip(words, shown, address.address(**{name: None})))
    if address.group is not None:
        group = group_name(QueueGroup(address.group))
        told.append(Chip(gettext("Group"), group, address.address(group=None)))
    return told
