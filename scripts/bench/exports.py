"""What taking out the inventory from its page costs the worker: seconds, and memory above the idle process.

    .venv/bin/python -m scripts.bench.build 100000 FOLDER
    .venv/bin/python -m scripts.bench.exports FOLDER

Beside each file somebody else opens pages all the time.
"""

from __future__ import annotations

import argparse
import http.client
import threading
import time
from pathlib import Path

from scripts.bench.measure import LEADERSHIP, Client, Server, against, percentile, serving

GOAL_MEMORY, GOAL_PAGE = 60, 500
KINDS = ("csv", "json", "xlsx")
_CHUNK = 2**16


def memory(server: Server) -> float:
    """MB of the worker that are nobody else's."""
    (worker,) = server.workers()
    for line in Path(f"/proc/{worker}/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000
    raise ValueError("no such worker")


class Beside:
    """What happens while a file is taken out: the worker's memory, and the time of another user's pages."""

    def __init__(self, server: Server, client: Client) -> None:
        """Begin at once."""
        self.most = 0.0
        self.pages: list[float] = []
        self._over = threading.Event()
        self._threads = [
            threading.Thread(target=self._watch, args=(server,)),
            threading.Thread(target=self._read, args=(client,)),
        ]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Look no more."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _watch(self, server: Server) -> None:
        while not self._over.wait(0.05):
            self.most = max(self.most, memory(server))

    def _read(self, client: Client) -> None:
        while not self._over.wait(0.2):
            begun = time.perf_counter()
            client.get("/inventory?level=state")
            self.pages.append((time.perf_counter() - begun) * 1000)


def take(port: int, client: Client, kind: str) -> tuple[float, float, int]:
    """Take out all tasks; seconds to the first byte and to the last, and how many bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
    cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
    begun = time.perf_counter()
    connection.request("GET", f"/inventory/export.{kind}", headers={"Cookie": cookies})
    answer = connection.getresponse()
    if answer.status != http.client.OK:
        raise ValueError(f"{kind}: {answer.status}")
    size = len(answer.read(1))
    first = time.perf_counter() - begun
    while part := answer.read(_CHUNK):
        size += len(part)
    connection.close()
    return first, time.perf_counter() - begun, size


def main() -> None:
    """Read the command line, serve the folder with one worker, take out each kind of file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--email", default=LEADERSHIP)
    given = parser.parse_args()
    with serving(given.folder, 1) as server:
        client, other = Client(server.port), Client(server.port)
        for each in (client, other):
            each.log_in(given.email)
            each.get("/inventory")
            each.get("/dashboard")
        for kind in KINDS:
            idle = memory(server)
            beside = Beside(server, other)
            first, whole, size = take(server.port, client, kind)
            beside.end()
            more, slow = beside.most - idle, percentile(beside.pages, 0.95)
            print(
                f"{kind:<6}{first:7.1f} s to the first byte {whole:7.1f} s in all {size / 1e6:8.1f} MB   "
                f"{more:5.0f} MB above {idle:.0f} {against(more, GOAL_MEMORY)}   "
                f"pages beside, p95 {slow:.0f} ms {against(slow, GOAL_PAGE)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
