"""What all benchmarks share: percentiles, a line beside its goal, a server on the loopback, a log-in."""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlencode

T = TypeVar("T")

ROOT = Path(__file__).resolve().parent.parent.parent
PASSWORD = "tidstjuv-2026"  # noqa: S105 - of people who do not exist
STAFF, SUPPORT, LEADERSHIP, ADMIN = (
    f"{role}@stora.example" for role in ("staff", "support", "leadership", "admin")
)
"""The accounts that `build` makes."""
_TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"')
_START_SECONDS = 30


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that `share` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, -(-len(ordered) * share // 1).__int__() - 1))]


@dataclass(slots=True)
class Measured:
    """Times of one kind of work, in milliseconds.

    Attributes:
        name: of the work.
        times: by the clock.
        busy: of the processor alone, where that is known: what is left when others use the machine too.
    """

    name: str
    times: list[float] = field(default_factory=list)
    busy: list[float] = field(default_factory=list)

    def line(self, goal: float | None = None) -> str:
        """As it is printed."""
        text = (
            f"{self.name:<50}{len(self.times):>6}  p50 {percentile(self.times, 0.5):7.1f}  "
            f"p95 {percentile(self.times, 0.95):7.1f}  max {max(self.times):7.1f} ms"
        )
        if self.busy:
            text += (
                f"  (processor p95 {percentile(self.busy, 0.95):6.1f}, max {max(self.busy):6.1f})"
            )
        return text if goal is None else f"{text}  {against(percentile(self.times, 0.95), goal)}"


def against(value: float, goal: float, *, at_least: bool = False) -> str:
    """A figure beside its goal, in words."""
    reached = value >= goal if at_least else value <= goal
    return f"goal {'>=' if at_least else '<='} {goal:g}: {'reached' if reached else 'NOT REACHED'}"


class Stopwatch:
    """Times by group, and which single works were the slowest. All of it in this process."""

    def __init__(self) -> None:
        """Nothing is timed yet."""
        self.groups: dict[str, Measured] = {}
        self.singly: list[tuple[float, float, str]] = []

    def time(self, group: str, name: str, work: Callable[[], T]) -> T:
        """Do the work and note how long it took."""
        busy, begun = time.process_time(), time.perf_counter()
        done = work()
        took = (time.perf_counter() - begun) * 1000
        busily = (time.process_time() - busy) * 1000
        measured = self.groups.setdefault(group, Measured(group))
        measured.times.append(took)
        measured.busy.append(busily)
        self.singly.append((busily, took, f"{group}: {name}"))
        return done

    def tell(self, goal: float) -> None:
        """Print every group, and begin the next ones."""
        for measured in self.groups.values():
            print(measured.line(goal), flush=True)
        self.groups.clear()

    def tell_worst(self, count: int) -> None:
        """Print the slowest, by the processor's time."""
        for busy, took, name in sorted(self.singly, reverse=True)[:count]:
            print(f"{took:8.1f} ms (processor {busy:8.1f})  {name}")


def token_of(page: str) -> str:
    """The token that a form on the page must bring along.

    Raises:
        ValueError: there is no form.
    """
    found = _TOKEN.search(page)
    if found is None:
        raise ValueError("no form on the page: " + page[:300])
    return found[1]


@dataclass(slots=True)
class Answer:
    """What the server said."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


class Client:
    """One browser: a connection that is kept open, and its cookies."""

    def __init__(self, port: int) -> None:
        """Connect when first used."""
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.cookies: dict[str, str] = {}

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        """Fetch a page."""
        return self._ask("GET", path, None, headers or {})

    def post(self, path: str, form: dict[str, str]) -> Answer:
        """Send a form."""
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self._ask("POST", path, urlencode(form), kind)

    def send(self, path: str, value: object, headers: dict[str, str]) -> Answer:
        """Send a JSON value to the API."""
        kind = {"Content-Type": "application/json"}
        return self._ask("POST", path, json.dumps(value), kind | headers)

    def log_in(self, email: str) -> None:
        """Log in by the real form.

        Raises:
            ValueError: the account does not open.
        """
        token = token_of(self.get("/login").text)
        answer = self.post("/login", {"csrf_token": token, "email": email, "password": PASSWORD})
        if answer.status != http.client.FOUND:
            raise ValueError(f"{email} could not log in: {answer.status}")

    def close(self) -> None:
        """Hang up."""
        self.connection.close()

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        sent = dict(headers)
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        try:
            self.connection.request(method, path, body, sent)
            got = self.connection.getresponse()
        except (http.client.RemoteDisconnected, ConnectionError):
            # A server may close a connection that was idle; a browser then opens another.
            self.connection.close()
            self.connection.request(method, path, body, sent)
            got = self.connection.getresponse()
        content = got.read()
        for cookie in got.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return Answer(got.status, dict(got.headers.items()), content)


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs."""

    port: int
    process: int

    def workers(self) -> list[int]:
        """The worker processes."""
        children = Path(f"/proc/{self.process}/task/{self.process}/children")
        return [int(each) for each in children.read_text(encoding="ascii").split()]

    def busy(self) -> float:
        """Seconds of processor time that the workers have used."""
        ticks = 0
        for worker in self.workers():
            told = Path(f"/proc/{worker}/stat").read_text(encoding="ascii").rpartition(")")[2]
            ticks += sum(int(each) for each in told.split()[11:13])
        return ticks / os.sysconf("SC_CLK_TCK")

    def memory(self) -> str:
        """Memory of each worker, as it is printed."""
        return "; ".join(memory(worker) for worker in self.workers())


def memory(process: int) -> str:
    """Memory of a process: its own, and with the part of the database that is mapped into it."""
    rollup = Path(f"/proc/{process}/smaps_rollup").read_text(encoding="ascii")
    sizes = {name: int(kb) / 1000 for name, kb in re.findall(r"(\w+):\s+(\d+) kB", rollup)}
    return (
        f"{sizes['Anonymous']:.0f} MB of its own, {sizes['Pss']:.0f} MB with its share of files, "
        f"{sizes['Rss']:.0f} MB with all mapped files"
    )


def environment(folder: Path) -> dict[str, str]:
    """The settings that make the product use the database of a folder."""
    return os.environ | {"TIMETHIEF_INSTANCE": str(folder)}


@contextmanager
def serving(folder: Path, workers: int) -> Iterator[Server]:
    """The real server on a free port of the loopback, stopped at the end."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = environment(folder) | {"TIMETHIEF_BASE_URL": f"http://127.0.0.1:{port}"}
    command = [sys.executable, "-m", "timethief", "serve"]
    command += ["--port", str(port), "--workers", str(workers)]
    process = subprocess.Popen(command, cwd=ROOT, env=settings)
    try:
        _wait_for(port, process)
        yield Server(port, process.pid)
    finally:
        process.terminate()
        process.wait(timeout=_START_SECONDS)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError("the server did not start")
        try:
            client = Client(port)
            if client.get("/readyz").status == http.client.OK:
                client.close()
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not answer in time")
