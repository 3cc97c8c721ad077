from __future__ import annotations

import json
import re
from typing import Any

import plotly.graph_objects as go
import pytest

from tests.web.browser import Answer, Browser, Change
from tests.web.conftest import Installation
from timethief.domain.identifiers import to_text
from timethief.domain.vocabulary import Verdict
from timethief.i18n import significant, speaking
from timethief.storage.tables import AssessmentRow

CHARTS = ("share", "askers", "scatter")
OWN_TASK = "Full utredningsmall även i enkla ärenden"
VIEWS = ("", "?level=state", "?unit={unit}", "?unit={unit}&level=own_organisation")
MARKED_UP = "<b>Fet</b> <script>alert(1)</script> <a href='//evil.invalid'>x</a>"
LARGE: dict[str, Change] = {
    "title": MARKED_UP,
    "minutes": "60",
    "frequency": "daily",
    "people_other": "1 000",
    "requester_other": "<i>Kursiva</i> kansliet",
}
MARK_UP = re.compile(r"<(?!br>|extra>|/extra>)[a-z/]", re.IGNORECASE)


def _view(installation: Installation, view: str) -> str:
    # Identifiers are random: the unit is one that certainly has a task of the own organisation.
    unit = next(task.unit_id for task in installation.tasks() if task.title == OWN_TASK)
    return f"/dashboard{view.format(unit=to_text(unit))}"


def _figure(answer: Answer, chart: str) -> dict[str, Any]:
    (drawn,) = [e for e in answer.main.one(id=chart).within if "data-figure" in e.attributes]
    found: dict[str, Any] = json.loads(drawn["data-figure"], parse_constant=_no_number)
    return found


def _no_number(constant: str) -> None:
    message = f"{constant} is no number that a chart can show"
    raise ValueError(message)


def _with_real_colours(value: object) -> object:
    if isinstance(value, str):
        return "#123456" if re.fullmatch(r"@[a-z-]+", value) else value
    if isinstance(value, dict):
        return {name: _with_real_colours(each) for name, each in value.items()}
    return [_with_real_colours(each) for each in value] if isinstance(value, list) else value


def _rows(answer: Answer, chart: str) -> list[list[str]]:
    body = answer.main.one(id=f"{chart}-table").one("tbody")
    return [[cell.text for cell in row.all("th", "td")] for row in body.all("tr")]


def _hrefs(answer: Answer, chart: str) -> list[str]:
    body = answer.main.one(id=f"{chart}-table").one("tbody")
    return [link["href"] for link in body.all("a")]


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("chart", CHARTS)
def test_a_chart_is_one_that_the_library_takes(
    lasting: Installation, chart: str, view: str
) -> None:
    answer = lasting.of("leadership").get(_view(lasting, view))

    figure: Any = _with_real_colours(_figure(answer, chart))

    assert go.Figure(figure).data
    assert answer.main.one("div", role="img", data_figure=_drawn(answer, chart))["aria-label"]


def _drawn(answer: Answer, chart: str) -> str:
    return next(
        e["data-figure"] for e in answer.main.one(id=chart).within if "data-figure" in e.attributes
    )


@pytest.mark.parametrize("view", VIEWS)
def test_the_shares_are_the_same_in_chart_and_table(lasting: Installation, view: str) -> None:
    answer = lasting.of("leadership").get(f"{_view(lasting, view)}")

    traces, rows = _figure(answer, "share")["data"], _rows(answer, "share")

    with speaking("sv"):
        shown = [significant(trace["x"][0]) for trace in traces]
    assert [trace["name"] for trace in traces] == [row[0] for row in rows]
    assert [text.replace("\u00a0", " ") for text in shown] == [row[1] for row in rows]
    assert [trace["customdata"][0] for trace in traces] == _hrefs(answer, "share")


@pytest.mark.parametrize("view", VIEWS)
def test_the_askers_are_the_same_in_chart_and_table(lasting: Installation, view: str) -> None:
    answer = lasting.of("leadership").get(_view(lasting, view))

    (trace,), rows = _figure(answer, "askers")["data"], _rows(answer, "askers")

    assert [text.replace("\u00a0", " ") for text in trace["text"]] == [row[1] for row in rows]
    assert trace["customdata"] == _hrefs(answer, "askers")
    assert len(trace["x"]) == len(_figure(answer, "askers")["layout"]["yaxis"]["ticktext"])


@pytest.mark.parametrize("view", VIEWS)
def test_the_points_are_the_same_in_chart_and_table(lasting: Installation, view: str) -> None:
    answer = lasting.of("leadership").get(_view(lasting, view))

    _, *traces = _figure(answer, "scatter")["data"]

    points = sorted(address for trace in traces for address in trace["customdata"])
    assert points == sorted(_hrefs(answer, "scatter"))
    assert sum(len(trace["x"]) for trace in traces) == len(points)
    assert len(traces) == len(Verdict)


def test_the_shares_are_all_of_the_time(lasting: Installation) -> None:
    own = {task.id for task in lasting.tasks()}
    rows = lasting.ask(lambda session: session.query(AssessmentRow).all())
    whole = sum(row.cost_likely for row in rows if row.task_id in own) / 1_000_000

    traces = _figure(lasting.of("leadership").get("/dashboard"), "share")["data"]

    assert sum(trace["x"][0] for trace in traces) == pytest.approx(whole)


def test_the_levels_are_all_of_the_time(lasting: Installation) -> None:
    answer = lasting.of("leadership").get("/dashboard")

    (trace,) = _figure(answer, "askers")["data"]

    levels = sum(
        hours
        for hours, address in zip(trace["x"], trace["customdata"], strict=True)
        if "requester=" not in address
    )
    shares = sum(each["x"][0] for each in _figure(answer, "share")["data"])
    assert levels == pytest.approx(shares)


@pytest.mark.parametrize("view", VIEWS)
def test_links_lead_to_the_part_of_the_inventory_that_they_count(
    lasting: Installation, view: str
) -> None:
    leadership = lasting.of("leadership")
    answer = leadership.get(_view(lasting, view))
    scope = set(re.findall(r"[a-z]+=[a-z0-9_]+", answer.address))

    addresses = _hrefs(answer, "share") + _hrefs(answer, "askers")

    assert [a for a in addresses if not (scope <= set(re.split("[?&]", a)) or "level=" in a)] == []
    assert {leadership.get(address).status for address in addresses} == {200}


def test_a_bar_and_its_list_count_the_same_tasks(lasting: Installation) -> None:
    leadership = lasting.of("leadership")
    rows = {
        to_text(row.task_id): row.cost_likely / 1_000_000
        for row in lasting.ask(lambda session: session.query(AssessmentRow).all())
    }
    (trace,) = _figure(leadership.get("/dashboard"), "askers")["data"]
    bars = [
        (hours, address)
        for hours, address in zip(trace["x"], trace["customdata"], strict=True)
        if "requester=" in address
    ]

    for hours, address in bars[:3]:
        links = leadership.get(address).main.one(id="tasks").all("a", class_="cell-link")
        listed = sum(rows[link["href"].rsplit("/", 1)[-1]] for link in links)
        assert listed == pytest.approx(hours)


def test_mark_up_in_a_title_is_text_in_every_chart(
    installation: Installation, staff: Browser
) -> None:
    staff.send(staff.get("/log"), LARGE, "log-form")

    answer = staff.get("/dashboard")

    points, askers = _drawn(answer, "scatter"), _drawn(answer, "askers")
    assert "&lt;b&gt;Fet&lt;/b&gt;" in points
    assert "&lt;i&gt;Kursiva" in askers
    assert [drawn for drawn in (points, askers) if MARK_UP.search(drawn)] == []
    assert MARKED_UP in answer.main.one(id="scatter-table").text
    assert answer.main.all("b", "i") == []
    assert installation.count(AssessmentRow) > 0


@pytest.mark.parametrize("query", ["?level=county", "?level=%00", "?unit="])
def test_a_level_that_is_none_shows_all(lasting: Installation, query: str) -> None:
    leadership = lasting.of("leadership")

    answer, whole = leadership.get(f"/dashboard{query}"), leadership.get("/dashboard")

    assert answer.status == 200
    assert _rows(answer, "share") == _rows(whole, "share")


def test_a_unit_of_others_shows_nothing_of_theirs(lasting: Installation) -> None:
    answer = lasting.of("leadership").get(f"/dashboard?unit={to_text(lasting.foreign.unit_id)}")

    assert answer.status == 404
    assert "Grannens" not in answer.text


def test_an_empty_part_says_so_and_has_no_charts(lasting: Installation) -> None:
    answer = lasting.of("leadership").get(_view(lasting, "?unit={unit}&level=eu"))

    assert answer.status == 200
    assert [e for e in answer.main.within if "data-figure" in e.attributes] == []
    assert answer.main.one("div", class_="empty").all("a")


def test_staff_see_the_figures_that_leadership_sees(lasting: Installation) -> None:
    own, theirs = (lasting.of(role).get("/dashboard") for role in ("staff", "leadership"))

    for part in ("dashboard-figures", "card dashboard-share", "dashboard-charts"):
        assert own.main.one("div", class_=part).text == theirs.main.one("div", class_=part).text
