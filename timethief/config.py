"""Everything that can be set from outside, read once."""

from __future__ import annotations

import os
import re
import secrets
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

LANGUAGES = ("sv", "en")
_SHORTEST_SECRET = 32
_FEWEST_SYMBOLS = 10
"""Different ones in a secret: keys of less variety have been typed by a tired hand."""
_OTHERS = stat.S_IRWXO | stat.S_IWGRP
_ALL_BUT_OWNER = stat.S_IRWXO | stat.S_IRWXG
_POSTGRESQL = re.compile(
    r"postgresql(\+psycopg)?://([^:/?]*(:[^@]*)?@)?(\[[0-9a-f:.]+\]|[^:/?@]*)(:[0-9]{1,5})?([/?].*)?",
    re.ASCII | re.IGNORECASE,
)
"""postgresql://user:password@host:port/name?options, every part but the first may be left out."""

_SMTP_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
_MAIL_ADDRESS = re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)


class WrongSetting(Exception):
    """A setting is missing or cannot be used; the message names it."""


@dataclass(frozen=True, slots=True)
class MailServer:
    """The server that takes mail from us.

    Attributes:
        security: smtp (none: for a server on the same machine), smtp+starttls or smtps.
        host: its name.
        port: its port.
        user: log-in there; empty for none.
        password: of the user.
    """

    security: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class IdentityProvider:
    """The installation's own provider of log-in (OpenID Connect).

    Attributes:
        issuer: exactly as the provider names itself.
        client_id: what the provider knows us as.
        client_secret: what we show it that it is us.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one installation.

    Attributes:
        instance: folder for the embedded database and keys.
        database_url: SQLAlchemy address; SQLite in the instance folder unless set.
        secret_key: signs cookies and form tokens; at least 32 characters.
        base_url: how users reach the service; https turns on secure cookies and names the trusted host.
        locale: language of those who have not chosen one.
        mail_server: where mail is handed over; None keeps all mail waiting.
        mail_from: address that mail comes from.
        identity_provider: by which people of several organisations log in; None for none.
        receipt_salt: what the codes of anonymous reports are hashed with; never in the database.
        session_idle: a log-in that nobody uses for so long has ended.
        session_length: a log-in ends after this long, however much it is used.
    """

    instance: Path
    database_url: str
    secret_key: str
    base_url: str
    locale: str
    mail_server: MailServer | None = None
    mail_from: str = ""
    identity_provider: IdentityProvider | None = None
    receipt_salt: str = field(default="", repr=False)
    session_idle: timedelta = timedelta(minutes=30)
    session_length: timedelta = timedelta(hours=12)

    @property
    def secure(self) -> bool:
        """Whether users reach the service by https."""
        return self.base_url.startswith("https://")


def read_config(environment: Mapping[str, str] | None = None) -> Config:
    """The settings from the environment.

    Raises:
        WrongSetting: one line that names the setting and says what it may be.
    """
    given = os.environ if environment is None else environment
    instance = Path(given.get("TIMETHIEF_INSTANCE") or "instance").absolute()
    try:
        instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        message = f"TIMETHIEF_INSTANCE: the folder {instance} cannot be made ({error.strerror})"
        raise WrongSetting(message) from error
    config = Config(
        instance=instance,
        database_url=_database_url(given, instance),
        secret_key=_secret(given, instance, "secret_key"),
        base_url=_base_url(given),
        locale=_locale(given),
        mail_server=_mail_server(given),
        mail_from=_mail_from(given),
        identity_provider=_identity_provider(given),
        receipt_salt=_secret(given, instance, "receipt_salt"),
        session_idle=timedelta(minutes=_number(given, "SESSION_IDLE_MINUTES", 30, 5, 24 * 60)),
        session_length=timedelta(hours=_number(given, "SESSION_HOURS", 12, 1, 7 * 24)),
    )
    if config.secure:
        _check_production(config, given)
    return config


def _check_production(config: Config, given: Mapping[str, str]) -> None:
    """Refuse to run for real users in a way that is only good for trying out.

    Raises:
        WrongSetting: one line that says what to do.
    """
    for setting in ("FLASK_DEBUG", "TIMETHIEF_DEBUG"):
        if given.get(setting, "").lower() not in ("", "0", "false", "no"):
            message = f"{setting} is set, which shows the inside of the service to everybody: take it away"
            raise WrongSetting(message)
    for setting, secret in (
        ("TIMETHIEF_SECRET_KEY", config.secret_key),
        ("TIMETHIEF_RECEIPT_SALT", config.receipt_salt),
    ):
        if len(set(secret)) < _FEWEST_SYMBOLS:
            message = f"{setting} can be guessed: take the answer of `openssl rand -base64 48`"
            raise WrongSetting(message)
    _check_rights(config.instance, _OTHERS, "700")
    for name in ("secret_key", "receipt_salt"):
        _check_rights(config.instance / name, _ALL_BUT_OWNER, "600")
    database, of_file, file = config.database_url.partition("sqlite:///")
    if of_file and not database:
        _check_rights(Path(file.partition("?")[0]), _OTHERS, "600")


def _check_rights(file: Path, forbidden: int, wanted: str) -> None:
    try:
        rights = stat.S_IMODE(file.stat().st_mode)
    except FileNotFoundError:
        return
    if rights & forbidden:
        message = (
            f"TIMETHIEF_INSTANCE: others on this machine can get at {file} (rights {rights:o}): "
            f"run `chmod {wanted} {file}`"
        )
        raise WrongSetting(message)


def _database_url(given: Mapping[str, str], instance: Path) -> str:
    url = given.get("TIMETHIEF_DATABASE_URL") or f"sqlite:///{instance / 'timethief.sqlite3'}"
    if not (url.startswith("sqlite:///") or _POSTGRESQL.fullmatch(url)):
        message = (
            "TIMETHIEF_DATABASE_URL must be an address such as sqlite:////srv/timethief.sqlite3 or "
            "postgresql://user:password@host:5432/timethief"
        )
        raise WrongSetting(message)
    return url


def _secret(given: Mapping[str, str], instance: Path, name: str) -> str:
    """The secret as set, else one that is made once and kept in the instance folder."""
    setting = f"TIMETHIEF_{name.upper()}"
    secret = given.get(setting)
    if secret is None:
        return _kept_secret(instance / name, setting)
    if len(secret) < _SHORTEST_SECRET:
        message = f"{setting} must have at least {_SHORTEST_SECRET} characters"
        raise WrongSetting(message)
    return secret


def _kept_secret(file: Path, setting: str) -> str:
    try:
        if not file.exists():
            _make_secret(file)
        secret = file.read_text().strip()
    except OSError as error:
        message = f"TIMETHIEF_INSTANCE: {file} cannot be used ({error.strerror})"
        raise WrongSetting(message) from error
    if len(secret) < _SHORTEST_SECRET:
        message = f"{setting} is not set and {file} holds no key: set it or remove the file"
        raise WrongSetting(message)
    return secret


def _make_secret(file: Path) -> None:
    """Put a whole secret there at once; of two processes that try, one does it and both read the same."""
    with tempfile.NamedTemporaryFile("w", dir=file.parent, prefix=f".{file.name}") as new:
        new.write(secrets.token_urlsafe(48))
        new.flush()
        with suppress(FileExistsError):
            os.link(new.name, file)


def _base_url(given: Mapping[str, str]) -> str:
    url = (given.get("TIMETHIEF_BASE_URL") or "http://127.0.0.1:8000").rstrip("/")
    if not _is_web_address(url):
        message = "TIMETHIEF_BASE_URL must be an address such as https://tidstjuvar.kommun.se"
        raise WrongSetting(message)
    return url


def _is_web_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # brackets that are not closed, a port that is no number
        return False


def _locale(given: Mapping[str, str]) -> str:
    locale = given.get("TIMETHIEF_LOCALE") or LANGUAGES[0]
    if locale not in LANGUAGES:
        message = f"TIMETHIEF_LOCALE must be one of {', '.join(LANGUAGES)}"
        raise WrongSetting(message)
    return locale


def _number(given: Mapping[str, str], name: str, usual: int, least: int, most: int) -> int:
    text = given.get(f"TIMETHIEF_{name}") or str(usual)
    number = int(text) if re.fullmatch(r"[0-9]{1,6}", text, re.ASCII) else -1
    if not least <= number <= most:
        message = f"TIMETHIEF_{name} must be a whole number from {least} to {most}"
        raise WrongSetting(message)
    return number


def _mail_server(given: Mapping[str, str]) -> MailServer | None:
    url = given.get("TIMETHIEF_SMTP_URL")
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    is_whole = not (parts.path.strip("/") or parts.query or parts.fragment)
    has_both = bool(parts.username) == bool(parts.password)
    if parts.scheme not in _SMTP_PORTS or not parts.hostname or not is_whole or not has_both:
        message = (
            "TIMETHIEF_SMTP_URL must be an address such as smtp+starttls://user:password@mail.kommun.se:587, "
            "smtps://user:password@mail.kommun.se or smtp://localhost"
        )
        raise WrongSetting(message)
    return MailServer(
        security=parts.scheme,
        host=parts.hostname,
        port=port or _SMTP_PORTS[parts.scheme],
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
    )


def _mail_from(given: Mapping[str, str]) -> str:
    """As set, else one at the host that users know."""
    address = given.get("TIMETHIEF_MAIL_FROM") or f"timethief@{urlsplit(_base_url(given)).hostname}"
    if _MAIL_ADDRESS.fullmatch(address):
        return address
    if not given.get("TIMETHIEF_MAIL_FROM") and not given.get("TIMETHIEF_SMTP_URL"):
        return ""
    message = "TIMETHIEF_MAIL_FROM must be an address such as tidstjuvar@kommun.se"
    raise WrongSetting(message)


def _identity_provider(given: Mapping[str, str]) -> IdentityProvider | None:
    names = [f"TIMETHIEF_OIDC_{part}" for part in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET")]
    values = [given.get(name, "").strip() for name in names]
    if not any(values):
        return None
    for name, value in zip(names, values, strict=True):
        if not value:
            message = f"{name} is missing: set all three of {', '.join(names)}, or none of them"
            raise WrongSetting(message)
    issuer, client_id, client_secret = values
    if not _is_web_address(issuer):
        message = "TIMETHIEF_OIDC_ISSUER must be an address such as https://id.kommun.se"
        raise WrongSetting(message)
    return IdentityProvider(issuer, client_id, client_secret)
