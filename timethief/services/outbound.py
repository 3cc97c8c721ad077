"""The only door by which the service fetches anything from elsewhere.

Whoever may type an address could else make the service look into the network that it stands in. So: https only,
the name is asked for once and the connection made to the address that was checked, nothing but public addresses,
no redirects, five seconds, one megabyte.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Self

from timethief.domain.sign_on import split_address

SECONDS = 5.0
LARGEST = 1_000_000
"""Bytes."""
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")
_REDIRECTS = range(300, 400)

Resolve = Callable[[str, int], list[str]]


class OutboundFault(Exception):
    """Nothing was fetched; `reason` is a key.

    `address` (refused before anything was sent), `unreachable`, `slow`, `large`, `redirect` or `certificate`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; the names of headers are in small letters."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class _Target:
    secure: bool
    host: str
    port: int
    path: str
    address: str


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a name, numbers written in any way included."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(each[4][0]) for each in found]


class Door:
    """Fetches what stands at public addresses.

    Attributes:
        development: this machine's own addresses are let through too, and without encryption.
    """

    def __init__(
        self, *, development: bool, resolve: Resolve = resolve, seconds: float = SECONDS
    ) -> None:
        self.development = development
        self._resolve = resolve
        self._seconds = seconds

    def fetch(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Send one request and read the whole answer.

        Raises:
            OutboundFault: the address is refused, or nothing usable came back in time.
        """
        ends = time.monotonic() + self._seconds
        target = self._target(url, ends)
        kept = {name: value for name, value in (headers or {}).items() if name.lower() != "host"}
        try:
            connected = _connect(target, ends)
        except ssl.SSLError as error:
            raise OutboundFault("certificate") from error
        except TimeoutError as error:
            raise OutboundFault("slow") from error
        except OSError as error:
            raise OutboundFault("unreachable") from error
        with connected, _Watch(connected, ends) as watch:
            try:
                answer = _exchange(connected, target, method, kept, body)
            except (OSError, HTTPException, ValueError) as error:
                raise OutboundFault("slow" if watch.ended else "unreachable") from error
            if watch.ended:
                raise OutboundFault("slow")
        if answer.status in _REDIRECTS:
            raise OutboundFault("redirect")
        if len(answer.body) > LARGEST:
            raise OutboundFault("large")
        return answer

    def check(self, url: str) -> None:
        """Refuse an address that would not be fetched; nothing is sent.

        Raises:
            OutboundFault: reason `address`, or `unreachable` where the name leads nowhere.
        """
        self._target(url, time.monotonic() + self._seconds)

    def _target(self, url: str, ends: float) -> _Target:
        parts = split_address(url)
        if parts is None or not parts.hostname or "%" in parts.netloc:
            raise OutboundFault("address")
        secure = parts.scheme == "https"
        if not secure and not self.development:
            raise OutboundFault("address")
        port = parts.port or (443 if secure else 80)
        found = self._addresses(parts.hostname, port, ends)
        if not all(self._is_allowed(address) for address in found):
            raise OutboundFault("address")
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        return _Target(secure, parts.hostname, port, path, found[0])

    def _addresses(self, host: str, port: int, ends: float) -> list[str]:
        """Ask for the name once; the system itself may wait far longer for an answer than we do."""
        found: list[str] = []

        def ask() -> None:
            with suppress(OSError, UnicodeError):
                found.extend(self._resolve(host, port))

        asking = threading.Thread(target=ask, daemon=True)
        asking.start()
        asking.join(max(0.0, ends - time.monotonic()))
        if not found:
            raise OutboundFault("slow" if asking.is_alive() else "unreachable")
        return list(found)

    def _is_allowed(self, address: str) -> bool:
        ip = _embedded(ip_address(address.partition("%")[0]))
        if self.development and ip.is_loopback:
            return True
        return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _embedded(ip: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The address of version 4 that stands in one of version 6, which would lead there."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip.ipv4_mapped or ip.sixtofour:
        return ip.ipv4_mapped or ip.sixtofour or ip
    if ip.teredo:
        return ip.teredo[1]
    if ip in _NAT64 or (ip in _COMPATIBLE and int(ip) > 1):
        return IPv4Address(int(ip) & 0xFFFF_FFFF)
    return ip


def _connect(target: _Target, ends: float) -> socket.socket:
    """To the address that was checked, never by the name again."""
    plain = socket.create_connection((target.address, target.port), timeout=_left(ends))
    if not target.secure:
        return plain
    try:
        plain.settimeout(_left(ends))
        return ssl.create_default_context().wrap_socket(plain, server_hostname=target.host)
    except BaseException:
        plain.close()
        raise


def _left(ends: float) -> float:
    left = ends - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _exchange(
    connected: socket.socket,
    target: _Target,
    method: str,
    headers: Mapping[str, str],
    body: bytes | None,
) -> Answer:
    connection = HTTPConnection(target.host, target.port)
    connection.sock = connected
    usual = 443 if target.secure else 80
    host = f"[{target.host}]" if ":" in target.host else target.host
    sent = {"Host": host if target.port == usual else f"{host}:{target.port}"}
    sent |= {name: value for name, value in headers.items() if name.lower() != "accept-encoding"}
    connection.request(method, target.path, body, {**sent, "Accept-Encoding": "identity"})
    with closing(connection), connection.getresponse() as answer:
        named = {name.lower(): value for name, value in answer.getheaders()}
        return Answer(answer.status, named, answer.read(LARGEST + 1))


class _Watch:
    """Ends a connection when the time is over, however slowly it still gives something."""

    def __init__(self, connected: socket.socket, ends: float) -> None:
        self.ended = False
        self._connected = connected
        self._timer = threading.Timer(max(0.0, ends - time.monotonic()), self._end)
        self._timer.daemon = True

    def _end(self) -> None:
        self.ended = True
        with suppress(OSError):
            # Not the encrypted socket's own way, which another thread that still reads would stumble over.
            socket.socket.shutdown(self._connected, socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()
