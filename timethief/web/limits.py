"""How often an address may call what is open to all.

Counted in each worker process by itself: nothing of who called is stored anywhere.
"""

from __future__ import annotations

import time
from typing import Any, cast

from flask import Flask, Response
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from timethief.web import current

limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=True)
_TIDYING_SECONDS = 60


class _Tidying:
    """In place of the library's timer, which starts a thread for nearly every request: once a minute, in between."""

    def __init__(self, counts: Any) -> None:  # noqa: ANN401 - the library's store, whose type is not ours to import
        self._counts = counts
        self._done = time.monotonic()

    def is_alive(self) -> bool:
        """Asked with each count, and always so: there is nothing to start."""
        if time.monotonic() - self._done > _TIDYING_SECONDS:
            self._done = time.monotonic()
            for key in list(self._counts.expirations):
                self._counts.get(key)  # forgets what is over
        return True


def install(app: Flask) -> None:
    """Start counting."""
    app.after_request(_tell_wait)  # the first to be named is the last to be called
    limiter.init_app(app)
    counts = cast("Any", limiter.storage)
    counts.timer.cancel()
    counts.timer = _Tidying(counts)


def _tell_wait(response: Response) -> Response:
    """The wait that a page tells of goes before the one that the address would have."""
    seconds = current.wait()
    if seconds is not None:
        response.headers["Retry-After"] = str(seconds)
    return response
