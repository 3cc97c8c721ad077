from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.strategies import LAW
from timethief.domain.measures import MEASURES, Measures
from timethief.exchange.api.summaries import summary_document
from timethief.queries.summary import GroupBy, Summary, SummaryRow
from timethief.queries.totals import Figures

_HOURS = st.tuples(*[st.integers(0, 10**15)] * 3).map(sorted)


@st.composite
def _measures(draw: st.DrawFn) -> Measures:
    values = {name: draw(st.integers(0, 10**15)) for name in MEASURES}
    for kind in ("cost", "benefit"):
        bounds = zip(("low", "likely", "high"), draw(_HOURS), strict=True)
        values |= {f"{kind}_{bound}": hours for bound, hours in bounds}
    return Measures(**values)


@LAW
@given(_measures(), st.floats(100, 3_000))
def test_a_total_is_told_in_the_figures_that_people_read(total: Measures, fte_hours: float) -> None:
    figures = Figures.of(total, fte_hours)
    row = SummaryRow("own_organisation", "Egna", total)

    document = summary_document(GroupBy.LEVEL, Summary((row,), total, fte_hours))

    told = document["total"]
    assert document["rows"] == [{"key": "own_organisation", "label": "Egna", **told}]
    for name, value in told.items():
        meant = getattr(figures, name)
        if isinstance(value, dict):
            assert value == {bound: getattr(meant, bound) for bound in ("low", "likely", "high")}
        else:
            assert value == meant
