from __future__ import annotations

from tests.browser.watching import PHONE, OpenPage

MOST_BYTES = 100_000


def test_the_log_page_is_light(open_page: OpenPage) -> None:
    watched = open_page("staff", PHONE)
    client = watched.page.context.new_cdp_session(watched.page)
    client.send("Network.enable")
    received: list[int] = []
    client.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))

    watched.page.goto(f"{watched.base}/log", wait_until="networkidle")

    assert len(received) >= 7
    assert sum(received) <= MOST_BYTES
