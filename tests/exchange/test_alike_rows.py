"""What a row means does not depend on the rows before it, though most of it is remembered."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.strategies import LAW
from timethief.domain.policy import DEFAULT_POLICY
from timethief.exchange.row_cells import Cell
from timethief.exchange.task_rows import RowReader, read_header

HEADINGS = (
    *("title", "description", "external_id", "unit", "staff_category", "minutes", "minutes_low"),
    *("minutes_high", "times", "per", "people", "requester_level", "requester", "binding"),
    *("use1_beneficiary", "use1_purpose", "use1_in_use", "use1_worth_share", "signals", "stable"),
)
RIGHT: tuple[Cell, ...] = (
    *("Mata in", "På papper", "a-1", "E1", "nurse", 5, 4, 9, 2, "week", 3, "state", "Myndighet"),
    *("law", "citizen", "safety", "believed", 0.5, "paper; double_entry", None),
)
CELLS: st.SearchStrategy[Any] = st.sampled_from(
    ["", None, True, False, 1, 1.0, 0, 5, 2.5, "5", "ja", "x", "a\x00b", "#REF!", "week", "y" * 300]
)


@st.composite
def _rows(draw: st.DrawFn) -> list[list[Cell]]:
    rows = []
    for _ in range(draw(st.integers(1, 6))):
        row = list(RIGHT)
        for place in draw(st.lists(st.integers(0, len(RIGHT) - 1), max_size=2)):
            row[place] = draw(CELLS)
        rows.append(row[: draw(st.integers(len(row) - 1, len(row)))])
    return rows


@LAW
@given(_rows())
def test_a_row_means_the_same_after_others_as_alone(rows: list[list[Cell]]) -> None:
    header, faults = read_header(HEADINGS)
    assert not faults
    together = RowReader(header, DEFAULT_POLICY)

    for number, row in enumerate(rows, start=2):
        alone, faults_alone = RowReader(header, DEFAULT_POLICY).read(number, row)
        task, faults = together.read(number, row)
        assert task == alone
        # Also tells True from 1, and refusals from each other.
        assert list(map(type, task or ())) == list(map(type, alone or ()))
        assert repr(faults) == repr(faults_alone)
