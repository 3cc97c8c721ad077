"""A page in a state, and the ways to it that many have."""

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


def sent(path: str, button: str) -> Steps:
    """Send a form as it stands, which is not enough."""

    def steps(watched: Watched) -> None:
        watched.goto(path)
        watched.page.get_by_role("button", name=button, exact=True).last.click()
        watched.page.locator("#error-summary").wait_for()

    return steps


def everything_open(steps: Steps) -> Steps:
    """With every detail of the page shown."""

    def opened(watched: Watched) -> None:
        steps(watched)
        watched.page.evaluate(
            "() => document.querySelectorAll('main details').forEach((part) => { part.open = true; })"
        )

    return opened
