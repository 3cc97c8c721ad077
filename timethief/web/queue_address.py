"""The queue's state lives in its address: filter, order, group and place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from flask import url_for

from timethief.domain.errors import Invalid, Refusal
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.queue import QueueGroup, QueueOrder
from timethief.queries.filters import TaskFilter
from timethief.queries.queue_places import QueueCursor, QueueWanted
from timethief.queries.queue_standing import NOBODY
from timethief.web.inventory_address import Wanted, read_wanted

_FILTERS = (
    *("unit", "requester", "requirement", "staff_category", "level", "verdict"),
    *("cause", "recommended", "signal", "q"),
)


@dataclass(frozen=True, slots=True)
class QueueAddress:
    """What of the queue somebody wants to see.

    Attributes:
        wanted: filter and order.
        group: this one alone; None for all.
        cursor: from where, in that group.
    """

    wanted: QueueWanted
    group: QueueGroup | None = None
    cursor: QueueCursor | None = None

    @property
    def filter(self) -> TaskFilter:
        """The filter of tasks."""
        return self.wanted.tasks

    def pairs(self) -> dict[str, str | None]:
        """Everything but the place, as it stands in addresses."""
        told = Wanted(self.wanted.tasks).pairs()
        if self.wanted.function is not None:
            told["function"] = to_text(self.wanted.function)
        if self.wanted.owner is not None:
            told["owner"] = self.wanted.owner
        if self.wanted.order is not QueueOrder.GAIN:
            told["order"] = self.wanted.order.value
        if self.group is not None:
            told["group"] = self.group.value
        return told

    def address(self, **changes: str | None) -> str:
        """The address of the same queue with these changes, from its beginning; None takes a value away."""
        return _address("queue.index", self.pairs() | changes)

    def filters_address(self) -> str:
        """The address of all filters, with those that are chosen."""
        return _address("queue.filters", self.pairs())

    def back(self) -> str:
        """What a form brings along to come back to this page."""
        place = {"cursor": str(self.cursor)} if self.cursor else {}
        return urlencode({name: value for name, value in (self.pairs() | place).items() if value})


def _address(endpoint: str, pairs: Mapping[str, str | None]) -> str:
    query = urlencode({name: value for name, value in pairs.items() if value})
    return f"{url_for(endpoint)}?{query}" if query else url_for(endpoint)


def read_queue(given: Mapping[str, str]) -> QueueAddress:
    """What the address asks for; names that mean nothing here are passed over.

    Raises:
        Invalid: a value that is none of the choices.
        NotFound: a reference that cannot be one.
    """
    tasks = read_wanted({name: given[name] for name in _FILTERS if name in given}).filter
    function, owner, cursor = (given.get(name) for name in ("function", "owner", "cursor"))
    if owner and owner != NOBODY:
        from_text(owner)
    group = _group(given.get("group", ""))
    return QueueAddress(
        QueueWanted(
            tasks,
            from_text(function) if function else None,
            owner or None,
            _order(given.get("order", "")),
        ),
        group,
        QueueCursor.read(cursor) if cursor and group is not None else None,
    )


def read_back(sent: str) -> QueueAddress:
    """Where a form was sent from; the whole queue where that cannot be told."""
    try:
        return read_queue(dict(parse_qsl(sent, max_num_fields=20)))
    except (Refusal, ValueError):
        return QueueAddress(QueueWanted())


def back_to(sent: str) -> str:
    """The address that a form was sent from."""
    address = read_back(sent)
    return address.address(cursor=str(address.cursor) if address.cursor else None)


def _group(text: str) -> QueueGroup | None:
    if not text:
        return None
    try:
        return QueueGroup(text)
    except ValueError as fault:
        raise Invalid("group", "not_a_choice") from fault


def _order(text: str) -> QueueOrder:
    try:
        return QueueOrder(text) if text else QueueOrder.GAIN
    except ValueError as fault:
        raise Invalid("order", "not_a_choice") from fault
