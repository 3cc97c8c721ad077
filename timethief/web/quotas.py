"""How much an organisation's anonymous pages take, counted in memory without anybody's address being kept.

What is counted is keyed by a hash whose key is thrown away each hour, and the counts with it. Each worker process
counts by itself.
"""

from __future__ import annotations

import hmac
import secrets
from collections import defaultdict, deque
from dataclasses import dataclass, field
from math import ceil
from threading import Lock
from time import monotonic

HOUR = 3600.0
MINUTE = 60.0
REPORTS_AN_HOUR = 120
"""Of one organisation."""
WRONG_CODES_A_MINUTE = 30
"""Of one organisation."""
LONGEST_WAIT = 300.0


class _Hourly:
    """Names subjects by a key that lasts an hour."""

    def __init__(self) -> None:
        self.lock = Lock()
        self._begun = float("-inf")
        self._key = b""

    def fresh(self, now: float) -> bool:
        """Whether an hour has passed, so that everything is to be forgotten."""
        if now - self._begun < HOUR:
            return False
        self._begun, self._key = now, secrets.token_bytes(32)
        return True

    def name(self, *subject: object) -> bytes:
        """What the subject is counted under."""
        return hmac.digest(self._key, repr(subject).encode(), "sha256")

    def left(self, now: float) -> int:
        """Seconds until all is forgotten."""
        return max(1, ceil(self._begun + HOUR - now))


class Quota:
    """How many an organisation takes in an hour."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._hourly = _Hourly()
        self._taken: dict[bytes, int] = defaultdict(int)

    def take(self, organisation_id: int, now: float | None = None) -> int:
        """Take one; 0, or the seconds to wait where there is none left."""
        at = monotonic() if now is None else now
        with self._hourly.lock:
            if self._hourly.fresh(at):
                self._taken.clear()
            name = self._hourly.name(organisation_id)
            if self._taken[name] >= self._most:
                return self._hourly.left(at)
            self._taken[name] += 1
            return 0


@dataclass
class _Tries:
    times: deque[float] = field(default_factory=deque)
    strikes: int = 0
    until: float = float("-inf")

    def recent(self, now: float) -> int:
        while self.times and now - self.times[0] >= MINUTE:
            self.times.popleft()
        return len(self.times)


class WrongCodes:
    """Who must wait after too many wrong codes, longer each time; whoever has tried none wrong need not."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._hourly = _Hourly()
        self._tries: dict[bytes, _Tries] = defaultdict(_Tries)

    def wait(self, organisation_id: int, address: str, now: float | None = None) -> int:
        """0, or the seconds that one who asks from this address must wait."""
        at = monotonic() if now is None else now
        with self._hourly.lock:
            self._renew(at)
            own, all_of_them = self._of(organisation_id, address)
            if at < own.until:
                return ceil(own.until - at)
            if own.recent(at) and all_of_them.recent(at) >= self._most:
                return ceil(all_of_them.times[0] + MINUTE - at)
            return 0

    def wrong(self, organisation_id: int, address: str, now: float | None = None) -> None:
        """A code was wrong."""
        at = monotonic() if now is None else now
        with self._hourly.lock:
            self._renew(at)
            own, all_of_them = self._of(organisation_id, address)
            own.times.append(at)
            all_of_them.times.append(at)
            if own.recent(at) >= self._most:
                own.strikes += 1
                own.until = at + min(MINUTE * 2 ** (own.strikes - 1), LONGEST_WAIT)
                own.times.clear()
                own.times.append(at)

    def _renew(self, now: float) -> None:
        if self._hourly.fresh(now):
            self._tries.clear()

    def _of(self, organisation_id: int, address: str) -> tuple[_Tries, _Tries]:
        of_address = self._tries[self._hourly.name(organisation_id, address)]
        return of_address, self._tries[self._hourly.name(organisation_id)]


class Quotas:
    """The quotas of one worker process."""

    def __init__(self) -> None:
        self.reports = Quota(REPORTS_AN_HOUR)
        self.codes = WrongCodes(WRONG_CODES_A_MINUTE)
