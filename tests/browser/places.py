"""Every page and state that people can come to, as steps of a browser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.browser.watching import Watched

Steps = Callable[[Watched], None]


@dataclass(frozen=True)
class Place:
    """A page in a state.

    Attributes:
        role: who is there; None for somebody who has not logged in.
        steps: how to get there.
    """

    name: str
    role: str | None
    steps: Steps


def at(path: str) -> Steps:
    return lambda watched: watched.goto(path)


def _first_task(watched: Watched) -> None:
    watched.goto("/inventory?flagged=yes")
    watched.page.locator("#tasks tbody a").first.click()
    watched.page.wait_for_url("**/tasks/*")


def _first_requester(watched: Watched) -> None:
    watched.goto("/requesters")
    watched.page.locator("#requesters tbody a").first.click()
    watched.page.wait_for_url("**/requesters/*")


def _sent(path: str, button: str) -> Steps:
    def steps(watched: Watched) -> None:
        watched.goto(path)
        watched.page.get_by_role("button", name=button, exact=True).last.click()
        watched.page.locator("#error-summary").wait_for()

    return steps


def _similar(watched: Watched) -> None:
    watched.goto("/log")
    watched.page.get_by_label("Vad är det du gör?").press_sequentially("utredningsmall")
    watched.page.get_by_role("button", name="Samma sak").first.wait_for()


def _incomplete(watched: Watched) -> None:
    watched.goto("/log")
    watched.page.get_by_label("Vad är det du gör?").fill("Något som tar tid")
    watched.page.get_by_role("button", name="Skicka", exact=True).last.click()
    watched.page.get_by_role("heading", name="Tack!").wait_for()


def _everything_open(steps: Steps) -> Steps:
    def opened(watched: Watched) -> None:
        steps(watched)
        watched.page.evaluate(
            "() => document.querySelectorAll('main details').forEach((part) => { part.open = true; })"
        )

    return opened


def _review_refused(watched: Watched) -> None:
    _first_task(watched)
    watched.page.get_by_label("Möjlig tid").fill("tolv")
    watched.page.get_by_role("button", name="Spara", exact=True).click()
    watched.page.locator("#error-summary").wait_for()


def _previewed(watched: Watched) -> None:
    _first_task(watched)
    watched.page.get_by_label("Möjlig tid").fill("0,5")
    watched.page.get_by_text("Med de här siffrorna:").wait_for()


def _filters_open(watched: Watched) -> None:
    watched.goto("/inventory")
    watched.page.get_by_text("Fler filter och ordning").click()
    watched.page.get_by_label("Orsak").wait_for()


def _overview_of_nothing(watched: Watched) -> None:
    watched.goto("/dashboard?level=eu")
    last = watched.page.locator("#unit option").last.get_attribute("value")
    watched.page.locator("#unit").select_option(last)
    watched.page.get_by_role("button", name="Visa", exact=True).click()
    watched.page.get_by_role("heading", name="Här finns inget att visa ännu").wait_for()


PLACES = (
    Place("log-in", None, at("/login")),
    Place("log-in refused", None, _sent("/login", "Logga in")),
    Place("log", "staff", at("/log")),
    Place("log, all open", "staff", _everything_open(at("/log"))),
    Place("log refused", "staff", _sent("/log", "Skicka")),
    Place("log, similar tasks", "staff", _similar),
    Place("receipt of an incomplete report", "staff", _incomplete),
    Place("own reports", "staff", at("/log/mine")),
    Place("own reports, none", "leadership", at("/log/mine")),
    Place("inventory", "staff", at("/inventory")),
    Place("inventory, all filters open", "support", _filters_open),
    Place("all filters", "staff", at("/inventory/filters?verdict=clear")),
    Place(
        "inventory, filtered", "leadership", at("/inventory?verdict=clear&level=state&sort=cost")
    ),
    Place("inventory, nothing found", "staff", at("/inventory?q=xyzzy")),
    Place("task", "staff", _first_task),
    Place("task, reviewer", "support", _everything_open(_first_task)),
    Place("task, review refused", "support", _review_refused),
    Place("task, review tried", "support", _previewed),
    Place("overview", "leadership", at("/dashboard")),
    Place("overview, all open", "leadership", _everything_open(at("/dashboard"))),
    Place("overview of nothing", "leadership", _overview_of_nothing),
    Place("requesters", "leadership", at("/requesters")),
    Place("requesters, none found", "leadership", at("/requesters?q=xyzzy")),
    Place("requester", "leadership", _first_requester),
    Place("about", "staff", at("/about")),
    Place("tariffs", "admin", at("/tariffs")),
    Place("tariffs refused", "admin", _sent("/tariffs", "Spara")),
    Place("not found", "staff", at("/tasks/zzzzzzzzzzzz")),
    Place("not allowed", "staff", at("/tariffs")),
)
