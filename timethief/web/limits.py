"""How often an address may call what is open to all.

Counted in each worker process by itself: nothing of who called is stored anywhere.
"""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=True)


def install(app: Flask) -> None:
    """Start counting."""
    limiter.init_app(app)
