from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.web.browser import Answer, Browser
from tests.web.conftest import NEIGHBOURS_TITLE, Installation
from timethief.domain.identifiers import to_text
from timethief.domain.vocabulary import Level, TaskStatus, Verdict
from timethief.storage.tables import AssessmentRow

WRONG = {
    "level=county": 422,
    "verdict=": 302,
    "verdict=guilty": 422,
    "flagged=maybe": 422,
    "cause=bad": 422,
    "recommended=fire": 422,
    "signal=x": 422,
    "status=open": 422,
    "sort=password": 422,
    "sort=-1": 422,
    "cursor=x": 422,
    "cursor=a99999999999999999999.0123456789ab": 422,
    "cursor=c1.0123456789ab": 422,
    "cursor=anan.0123456789ab": 422,
    "unit=1": 404,
    "unit=uuuuuuuuuuuu": 404,
    "requester=0": 404,
    "requirement=../1": 404,
    "staff_category=null": 404,
    "q=%00": 422,
    "q=" + "a" * 201: 422,
    "page=-1": 200,
    "size=1000000": 200,
    "limit=nan": 200,
    "filter[a]=b": 200,
    "q=%ff": 400,
}


def _titles(answer: Answer) -> list[str]:
    links = [link for table in answer.main.all(id="tasks") for link in table.all("a")]
    return [link.text for link in links if "/tasks/" in link["href"]]


def _all(browser: Browser, address: str, way: str = "next") -> Iterator[Answer]:
    """Every page from here on, by the link at the end of each."""
    while address:
        answer = browser.get(address)
        yield answer
        further = answer.main.all("a", rel=way)
        address = further[0]["href"] if further else ""


def test_the_pages_hold_every_task_once(standing: Installation) -> None:
    pages = list(_all(standing.of("staff"), "/inventory"))

    found = [title for page in pages for title in _titles(page)]

    assert len(pages) == -(-len(found) // 50)
    assert sorted(found) == sorted(task.title for task in standing.tasks())
    assert f"{len(found)} uppgifter" in pages[0].main.text


def test_the_way_back_leads_through_the_same_pages(lasting: Installation) -> None:
    staff = lasting.of("staff")
    there = [_titles(page) for page in _all(staff, "/inventory?sort=cost")]
    last = list(_all(staff, "/inventory?sort=cost"))[-1]

    back = [_titles(page) for page in _all(staff, last.address, "prev")]

    assert back == there[::-1]


@pytest.mark.parametrize(
    ("sort", "column"),
    [
        ("avoidable", "avoidable_hours"),
        ("cost", "cost_likely"),
        ("gain", "gain_hours"),
        ("newest", "sequence"),
    ],
)
def test_the_largest_stands_first(standing: Installation, sort: str, column: str) -> None:
    rows = {
        row.task_id: getattr(row, column)
        for row in standing.ask(lambda session: session.query(AssessmentRow).all())
    }
    values = {to_text(task_id): value for task_id, value in rows.items()}

    page = standing.of("staff").get(f"/inventory?sort={sort}")

    links = page.main.one(id="tasks").all("a", class_="cell-link")
    shown = [values[link["href"].rsplit("/", 1)[-1]] for link in links]
    assert shown == sorted(shown, reverse=True)
    assert max(shown) == max(values[to_text(task.id)] for task in standing.tasks())


@pytest.mark.parametrize(
    ("name", "column", "codes"),
    [
        ("verdict", "verdict", list(Verdict)),
        ("level", "level", list(Level)),
        ("status", "status", list(TaskStatus)),
    ],
)
def test_a_filter_leaves_what_meets_it(
    standing: Installation, name: str, column: str, codes: list[str]
) -> None:
    staff, own = standing.of("staff"), {task.id for task in standing.tasks()}
    rows = standing.ask(lambda session: session.query(AssessmentRow).all())
    there = {
        code: sum(getattr(r, column) == code and r.task_id in own for r in rows) for code in codes
    }

    found = {
        code: sum(len(_titles(page)) for page in _all(staff, f"/inventory?{name}={code}"))
        for code in codes
    }

    assert found == there
    assert sum(found.values()) == len(own)


def test_all_time_thieves_are_those_of_three_verdicts(lasting: Installation) -> None:
    staff = lasting.of("staff")

    counts = {
        query: sum(len(_titles(page)) for page in _all(staff, f"/inventory?{query}"))
        for query in ("flagged=yes", "flagged=no", *(f"verdict={v}" for v in Verdict))
    }

    flagged = sum(counts[f"verdict={verdict}"] for verdict in ("clear", "probable", "partial"))
    assert counts["flagged=yes"] == flagged
    assert counts["flagged=no"] == len(lasting.tasks()) - flagged


def test_chips_tell_how_many_each_filter_would_leave(lasting: Installation) -> None:
    staff = lasting.of("staff")
    chips = staff.get("/inventory").main.one("div", aria_labelledby="verdicts-label").all("a")

    for chip in chips:
        (count,) = (each.text for each in chip.all("span", class_="chip-count"))
        found = sum(len(_titles(page)) for page in _all(staff, chip["href"]))
        assert found == int(count), chip.text


def test_filters_are_seen_shared_and_taken_away(lasting: Installation) -> None:
    address = f"/inventory?flagged=yes&level=own_organisation&unit={lasting.unit_id}&q=rapport"

    own, colleagues = (lasting.of(role).get(address) for role in ("staff", "leadership"))

    chips = own.main.all("a", class_="chip-link chip-remove")
    names = {"flagged", "level", "unit", "q"}
    assert _titles(own) == _titles(colleagues)
    assert [set(parse_qs(urlsplit(chip["href"]).query)) for chip in chips] == [
        names - {name} for name in ("unit", "level", "flagged", "q")
    ]
    clear = own.main.all("a", class_="chip-link chip-clear")
    assert [link["href"] for link in clear] == ["/inventory"]


def test_what_a_form_sends_empty_is_left_out_of_the_address(lasting: Installation) -> None:
    answer = lasting.of("staff").get("/inventory?q=&unit=&verdict=clear&sort=avoidable")

    assert (answer.status, answer.location) == (302, "/inventory?verdict=clear")


@pytest.mark.parametrize("words", ["RAPPORTERA", "rapporter", "Rapporterar"])
def test_words_are_found_in_any_form(standing: Installation, words: str) -> None:
    answer = standing.of("staff").get(f"/inventory?q={words}")

    assert any("apporter" in title for title in _titles(answer))


@pytest.mark.parametrize(
    "words",
    ["%", "_", "\\", "'", '"', 'a"b', "-6", "AND", "OR NOT", "*", "(", "NEAR(", "O'Neil", "title:x",
     "' OR 1=1--", "{{7*7}}", "<script>", "a:*", "!", "&", "|", "'a", "ﷺ", "\u202e", "%a" * 99],
)  # fmt: skip
def test_signs_are_searched_for_as_text(standing: Installation, words: str) -> None:
    answer = standing.of("staff").get("/inventory", query_string={"q": words})

    assert answer.status == 200
    assert answer.main.one(id="q")["value"] == words
    assert "49" not in answer.main.one(id="q")["value"]


def test_nothing_found_says_what_to_do(lasting: Installation) -> None:
    answer = lasting.of("staff").get("/inventory?q=enhörning&verdict=clear")

    assert answer.main.one("div", class_="empty").all("a", href="/inventory")
    assert answer.main.all("table") == []


@pytest.mark.parametrize(("query", "status"), WRONG.items())
def test_an_address_that_means_nothing_is_told_so(
    standing: Installation, query: str, status: int
) -> None:
    answer = standing.of("staff").get(f"/inventory?{query}")

    assert answer.status == status


def test_tasks_of_others_are_in_no_list(standing: Installation) -> None:
    staff, foreign = standing.of("staff"), standing.foreign
    queries = (
        "q=Grannens",
        f"unit={to_text(foreign.unit_id)}",
        f"requester={to_text(foreign.requester_id)}",
        f"staff_category={to_text(foreign.staff_category_id)}",
        "sort=newest",
    )

    answers = [staff.get(f"/inventory?{query}") for query in queries]

    assert {answer.status for answer in answers} <= {200, 404}
    assert [a.address for a in answers if NEIGHBOURS_TITLE in a.text or "Norra" in a.text] == []
