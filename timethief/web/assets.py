"""Static files: served compressed, kept by the browser for a year, renamed by what they hold."""

from __future__ import annotations

import gzip
import hashlib
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from whitenoise import WhiteNoise

STATIC = Path(__file__).parent / "static"
PREFIX = "/static/"
_YEAR = 31_536_000
_COMPRESSED = frozenset({".css", ".js", ".svg"})


def install(app: Flask) -> None:
    """Serve the static files before the application is asked."""
    served: Any = WhiteNoise(
        app.wsgi_app, max_age=_YEAR, allow_all_origins=False, add_headers_function=_headers
    )
    served.add_files(str(STATIC), prefix=PREFIX)
    app.wsgi_app = served  # type: ignore[method-assign]


def compress() -> None:
    """Make the smaller copies of the files that are sent to browsers that take them, where any is missing or old.

    A folder that cannot be written keeps what it has: then the files are sent as they are.
    """
    for file in sorted(STATIC.rglob("*")):
        if file.suffix not in _COMPRESSED:
            continue
        smaller = file.with_name(f"{file.name}.gz")
        if smaller.exists() and smaller.stat().st_mtime >= file.stat().st_mtime:
            continue
        try:
            with tempfile.NamedTemporaryFile(dir=file.parent, delete=False) as new:
                new.write(gzip.compress(file.read_bytes(), compresslevel=9, mtime=0))
            Path(new.name).chmod(0o644)
            Path(new.name).replace(smaller)  # at once, so that nobody is sent half a file
        except PermissionError:
            return


def static(path: str) -> str:
    """Address of a static file; it changes when the file does."""
    return f"{PREFIX}{path}?v={_fingerprint(path)}"


@cache
def _fingerprint(path: str) -> str:
    return hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:10]


def _headers(headers: Any, _path: str, _url: str) -> None:  # noqa: ANN401 - the library's own type
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
