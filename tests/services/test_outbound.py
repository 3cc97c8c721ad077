"""The door to elsewhere: what it lets through, and what never leaves."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from timethief.services.outbound import LARGEST, Door, OutboundFault

HOSTILE = [
    "http://169.254.169.254/",
    "https://169.254.169.254/latest/meta-data/",
    "https://[::ffff:127.0.0.1]:{port}/",
    "https://[::ffff:7f00:1]:{port}/",
    "https://2130706433:{port}/",
    "https://0177.0.0.1:{port}/",
    "https://0x7f.0.0.1:{port}/",
    "https://0x7f000001:{port}/",
    "https://127.1:{port}/",
    "https://127.0.0.1:{port}/",
    "https://[::1]:{port}/",
    "https://0.0.0.0:{port}/",
    "https://[::]:{port}/",
    "https://localhost:{port}/",
    "https://localhost.:{port}/",
    "http://127.0.0.1:{port}/",
    "https://10.0.0.1/",
    "https://172.16.0.1/",
    "https://192.168.1.1/",
    "https://100.64.0.1/",
    "https://[fd00::1]/",
    "https://[fe80::1]/",
    "https://[fec0::1]/",
    "https://[64:ff9b::7f00:1]:{port}/",
    "https://[64:ff9b::a00:1]/",
    "https://[2002:7f00:1::]/",
    "https://[::127.0.0.1]:{port}/",
    "https://224.0.0.1/",
    "https://255.255.255.255/",
    "https://240.0.0.1/",
    "https://127.0.0.1%2f.example.com/",
    "https://anna:hemligt@127.0.0.1:{port}/",
    "https://example.com@127.0.0.1:{port}/",
    "https://127.0.0.1:{port}\\@example.com/",
    "https://example.com\r\nHost: 127.0.0.1/",
    "https://example.com /",
    "//127.0.0.1:{port}/",
    "file:///etc/passwd",
    "gopher://127.0.0.1:{port}/",
    "ftp://127.0.0.1:{port}/",
    "data:text/plain,x",
    "https:///",
    "",
]


class Listener:
    """Listens on this machine, and remembers what reached it."""

    def __init__(self, answer: bytes = b"") -> None:
        self.seen: list[bytes] = []
        self.answer = answer
        self.pieces: Callable[[], Iterator[bytes]] | None = None
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self.socket.getsockname()[1]
        self.ended = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                self.seen.append(connection.recv(65_536))
                try:
                    for piece in self.pieces() if self.pieces else [self.answer]:
                        connection.sendall(piece)
                except OSError:
                    continue

    def close(self) -> None:
        self.ended.set()
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self._thread.join(5)


@contextmanager
def listening(answer: bytes = b"") -> Iterator[Listener]:
    listener = Listener(answer)
    try:
        yield listener
    finally:
        listener.close()


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as found:
        yield found


def _answer(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def refused(door: Door, url: str) -> str:
    with pytest.raises(OutboundFault) as fault:
        door.fetch("GET", url)
    return fault.value.reason


@pytest.mark.parametrize("url", HOSTILE)
def test_what_is_not_on_the_open_internet_is_never_reached(listener: Listener, url: str) -> None:
    door = Door(development=False)

    reason = refused(door, url.replace("{port}", str(listener.port)))

    assert reason in ("address", "unreachable")  # the latter where the name is none at all
    assert listener.seen == []


@pytest.mark.parametrize("url", [url for url in HOSTILE if "{port}" not in url or "@" in url])
def test_in_development_only_this_machine_is_let_through(listener: Listener, url: str) -> None:
    reason = refused(Door(development=True), url.replace("{port}", str(listener.port)))

    assert reason in ("address", "unreachable")
    assert listener.seen == []


def test_in_development_this_machine_is_reached() -> None:
    with listening(_answer(b"hello")) as listener:
        answer = Door(development=True).fetch("GET", f"http://127.0.0.1:{listener.port}/a?b=c")

    assert (answer.status, answer.body) == (200, b"hello")
    assert listener.seen[0].startswith(b"GET /a?b=c HTTP/1.1\r\n")


def test_a_name_that_leads_to_this_machine_is_refused(listener: Listener) -> None:
    door = Door(development=False, resolve=lambda _host, _port: ["127.0.0.1"])

    assert refused(door, f"https://innocent.example.com:{listener.port}/") == "address"
    assert listener.seen == []


def test_a_name_with_one_bad_address_among_good_ones_is_refused() -> None:
    door = Door(development=False, resolve=lambda _host, _port: ["93.184.216.34", "10.0.0.1"])

    assert refused(door, "https://innocent.example.com/") == "address"


def test_a_name_is_asked_for_once_and_the_checked_address_is_reached() -> None:
    """A name that answers differently the second time leads nowhere else."""
    asked: list[str] = []

    def turning(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    with listening(_answer(b"hello")) as listener:
        door = Door(development=True, resolve=turning)
        answer = door.fetch("GET", f"http://turning.example.com:{listener.port}/")

    assert asked == ["turning.example.com"]
    assert answer.body == b"hello"
    assert f"Host: turning.example.com:{listener.port}\r\n".encode() in listener.seen[0]


def test_a_caller_cannot_name_another_host() -> None:
    with listening(_answer(b"")) as listener:
        Door(development=True).fetch(
            "GET", f"http://127.0.0.1:{listener.port}/", {"Host": "internal", "host": "internal"}
        )

    assert b"internal" not in listener.seen[0]


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 Other", "307 T", "308 P"])
def test_no_redirect_is_followed(status: str) -> None:
    with listening() as inner, listening() as listener:
        inside = f"http://127.0.0.1:{inner.port}/"
        listener.answer = _answer(b"", f"Location: {inside}", status=status)

        assert refused(Door(development=True), f"http://127.0.0.1:{listener.port}/") == "redirect"

    assert inner.seen == []


def test_a_proxy_of_the_environment_is_not_asked(
    listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{listener.port}")

    with listening(_answer(b"hello")) as other:
        Door(development=True).fetch("GET", f"http://127.0.0.1:{other.port}/")

    assert listener.seen == []


def test_a_megabyte_is_read_and_no_more() -> None:
    with listening(_answer(b"x" * LARGEST)) as whole:
        assert len(_fetched(whole)) == LARGEST
    with listening(_answer(b"x" * (LARGEST + 1))) as large:
        assert refused(Door(development=True), f"http://127.0.0.1:{large.port}/") == "large"


def _fetched(listener: Listener) -> bytes:
    return Door(development=True).fetch("GET", f"http://127.0.0.1:{listener.port}/").body


def test_an_answer_without_an_end_is_given_up() -> None:
    with listening() as listener:

        def endless() -> Iterator[bytes]:
            yield b"HTTP/1.1 200 OK\r\n\r\n"
            while not listener.ended.is_set():
                yield b"x" * 65_536

        listener.pieces = endless
        assert refused(Door(development=True), f"http://127.0.0.1:{listener.port}/") == "large"


@pytest.mark.parametrize(
    "begin", [b"", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"]
)
def test_an_answer_that_comes_sign_by_sign_is_given_up_in_time(begin: bytes) -> None:
    """Each sign would begin the wait of an ordinary connection anew."""
    with listening() as listener:

        def dripping() -> Iterator[bytes]:
            yield begin
            while not listener.ended.wait(0.05):
                yield b"x"

        listener.pieces = dripping
        began = time.monotonic()
        reason = refused(Door(development=True, seconds=0.5), f"http://127.0.0.1:{listener.port}/")

        assert reason in ("slow", "unreachable")
        assert time.monotonic() - began < 2


def test_the_name_service_is_not_waited_for_either() -> None:
    ended = threading.Event()

    def asleep(_host: str, _port: int) -> list[str]:
        ended.wait(10)
        return []

    began = time.monotonic()

    assert refused(Door(development=False, resolve=asleep, seconds=0.3), "https://a.se/") == "slow"
    assert time.monotonic() - began < 2
    ended.set()


def test_where_nobody_listens_nothing_is_reached() -> None:
    with listening() as listener:
        port = listener.port

    assert refused(Door(development=True), f"http://127.0.0.1:{port}/") == "unreachable"


@pytest.mark.parametrize("answer", [b"", b"hello", b"HTTP/1.1 abc\r\n\r\n", b"\x16\x03\x01\x02"])
def test_what_is_no_answer_of_the_web_is_told_as_unreachable(answer: bytes) -> None:
    with listening(answer) as listener:
        assert (
            refused(Door(development=True), f"http://127.0.0.1:{listener.port}/") == "unreachable"
        )


def test_a_certificate_that_nobody_trusts_is_refused(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    """By way of the name that was asked for: the connection goes to an address."""
    chain = tmp_path_factory.mktemp("certificate") / "own.pem"
    chain.write_bytes(_own_certificate())
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain)
    with socket.create_server(("127.0.0.1", 0)) as plain:
        thread = threading.Thread(target=_shake_hands, args=(plain, context), daemon=True)
        thread.start()

        reason = refused(Door(development=True), f"https://localhost:{plain.getsockname()[1]}/")

        thread.join(5)
    assert reason == "certificate"


def _shake_hands(plain: socket.socket, context: ssl.SSLContext) -> None:
    connection, _ = plain.accept()
    with connection:
        try:
            context.wrap_socket(connection, server_side=True).close()
        except (ssl.SSLError, OSError):
            return


def _own_certificate() -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ) + certificate.public_bytes(serialization.Encoding.PEM)


def test_checking_an_address_sends_nothing(listener: Listener) -> None:
    Door(development=True).check(f"http://127.0.0.1:{listener.port}/")
    with pytest.raises(OutboundFault):
        Door(development=False).check(f"https://127.0.0.1:{listener.port}/")

    assert listener.seen == []
