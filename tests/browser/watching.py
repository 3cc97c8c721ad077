"""A browser's page that tells of everything that went wrong on it, and the sizes of window that count."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import ConsoleMessage, Page, Request

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
SIZES = {"phone": PHONE, "desktop": DESKTOP}
ROLES = ("staff", "support", "leadership", "admin")


@dataclass
class Watched:
    """A page, and what went wrong on it."""

    page: Page
    base: str
    faults: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("console", self._hear)
        self.page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        self.page.on("request", self._see)

    def _hear(self, message: ConsoleMessage) -> None:
        # A refused form is answered 4xx on purpose, a test takes the network away: the browser says so here.
        meant = ("status of 4", "ERR_INTERNET_DISCONNECTED")
        refused = message.text.startswith("Failed to load resource") and any(
            words in message.text for words in meant
        )
        if message.type in ("error", "warning") and not refused:
            self.faults.append(f"console: {message.text}")

    def _see(self, request: Request) -> None:
        if not request.url.startswith((self.base, "data:", "blob:")):
            self.faults.append(f"outside address: {request.url}")

    def goto(self, path: str) -> None:
        self.page.goto(self.base + path)


OpenPage = Callable[..., Watched]
