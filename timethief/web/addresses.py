"""Which addresses are ours."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LONGEST_NEXT = 500
_LOCAL = re.compile(
    r"/(?:[A-Za-z0-9_\-./]*)(?:\?(?:[A-Za-z0-9_\-.=&+]|%[2-9A-Fa-f][0-9A-Fa-f])*)?", re.ASCII
)


def trusted_hosts(base_url: str) -> list[str]:
    """The host names that requests may be for: the configured one, and this machine's own."""
    configured = urlsplit(base_url).hostname or ""
    return list(dict.fromkeys([configured, "127.0.0.1", "localhost"]))


def local_address(wanted: str | None, otherwise: str) -> str:
    """The address if it is a plain one within the service, else the other one.

    Escaped signs in the path are refused too: a redirect may unescape them into another host. Behind the question
    mark they can only be words that somebody searched for.
    """
    if wanted is None or len(wanted) > LONGEST_NEXT:
        return otherwise
    if wanted.startswith("//") or not _LOCAL.fullmatch(wanted):
        return otherwise
    return wanted
