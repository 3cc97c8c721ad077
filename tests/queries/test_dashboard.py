from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.queries.conftest import TASKS, Stock
from timethief.domain.identifiers import to_text
from timethief.queries.dashboard import POINTS_SHOWN, REQUESTERS_SHOWN, TASKS_SHOWN, dashboard
from timethief.storage.database import Database
from timethief.storage.tables import AssessmentRow


def _rows(session: Session, stock: Stock, level: str | None = None) -> list[AssessmentRow]:
    mine = AssessmentRow.organisation_id == stock.place.organisation_id
    rows = session.scalars(select(AssessmentRow).where(mine)).all()
    return [row for row in rows if level in (None, row.level)]


@pytest.mark.parametrize("level", [None, "state"])
def test_the_figures_are_those_of_the_tasks(stock: Stock, level: str | None) -> None:
    with stock.database.reading_all() as session:
        rows = _rows(session, stock, level)
        found = dashboard(session, make.everything(session, stock.place), level=level)

    flagged = [row for row in rows if row.cause is not None]
    hours = {
        verdict: sum(row.cost_likely for row in rows if row.verdict == verdict) / 1_000_000
        for verdict in {row.verdict for row in rows}
    }
    assert found.figures.tasks == len(rows)
    assert found.flagged_hours == pytest.approx(sum(row.cost_likely for row in flagged) / 1e6)
    assert found.avoidable_hours == pytest.approx(sum(r.avoidable_hours for r in flagged) / 1e6)
    assert found.justified_hours == pytest.approx(hours["justified"])
    assert found.undecided_hours == pytest.approx(hours["possible"])
    assert {each[0]: each[2] for each in found.verdicts} == pytest.approx(hours)


def test_what_is_shown_comes_largest_first(stock: Stock) -> None:
    with stock.database.reading_all() as session:
        found = dashboard(session, make.everything(session, stock.place))

    levels = [share.figures.cost_hours.likely for share in found.levels]
    requesters = [share.figures.cost_hours.likely for share in found.requesters]
    points = [line.cost_hours.likely for line in found.points]
    freed = [line.avoidable_hours for line in found.most_to_free]
    for shown in (levels, requesters, points, freed):
        assert shown == sorted(shown, reverse=True)
    assert len(requesters) <= REQUESTERS_SHOWN
    assert len(points) == min(POINTS_SHOWN, TASKS)
    assert len(freed) == TASKS_SHOWN
    assert min(freed) > 0
    assert sum(levels) == pytest.approx(found.figures.cost_hours.likely)


def test_a_requester_is_named_with_its_level(stock: Stock) -> None:
    with stock.database.reading_all() as session:
        found = dashboard(session, make.everything(session, stock.place))

    shares = {share.id: (share.name, share.level) for share in found.requesters}
    assert shares[to_text(stock.place.state)] == ("Tillsynsmyndigheten", "state")


def test_a_unit_is_shown_with_those_below_it(stock: Stock) -> None:
    with stock.database.reading_all() as session:
        found = dashboard(session, make.everything(session, stock.place), stock.place.north)

    assert {line.unit for line in found.points} == {"Norra", "Avdelning 1"}
    assert found.figures.tasks == len(found.points)


def test_an_organisation_without_tasks_has_a_dashboard(database: Database) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)

    with database.reading_all() as session:
        found = dashboard(session, make.everything(session, place))

    assert (found.figures.tasks, found.avoidable_hours, found.points) == (0, 0, ())
    assert (found.verdicts, found.levels, found.requesters) == ((), (), ())
