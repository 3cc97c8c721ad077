"""Everything that can be set from outside, read once."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

LANGUAGES = ("sv", "en")
_SHORTEST_SECRET = 32
_POSTGRESQL = re.compile(
    r"postgresql(\+psycopg)?://([^:/?]*(:[^@]*)?@)?(\[[0-9a-f:.]+\]|[^:/?@]*)(:[0-9]{1,5})?([/?].*)?",
    re.ASCII | re.IGNORECASE,
)
"""postgresql://user:password@host:port/name?options, every part but the first may be left out."""


class WrongSetting(Exception):
    """A setting is missing or cannot be used; the message names it."""


@dataclass(frozen=True, slots=True)
class Config:
    """The settings of one installation.

    Attributes:
        instance: folder for the embedded database and keys.
        database_url: SQLAlchemy address; SQLite in the instance folder unless set.
        secret_key: signs cookies and form tokens; at least 32 characters.
        base_url: how users reach the service; https turns on secure cookies and names the trusted host.
        locale: language of those who have not chosen one.
    """

    instance: Path
    database_url: str
    secret_key: str
    base_url: str
    locale: str

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
    return Config(
        instance=instance,
        database_url=_database_url(given, instance),
        secret_key=_secret_key(given, instance),
        base_url=_base_url(given),
        locale=_locale(given),
    )


def _database_url(given: Mapping[str, str], instance: Path) -> str:
    url = given.get("TIMETHIEF_DATABASE_URL") or f"sqlite:///{instance / 'timethief.sqlite3'}"
    if not (url.startswith("sqlite:///") or _POSTGRESQL.fullmatch(url)):
        message = (
            "TIMETHIEF_DATABASE_URL must be an address such as sqlite:////srv/timethief.sqlite3 or "
            "postgresql://user:password@host:5432/timethief"
        )
        raise WrongSetting(message)
    return url


def _secret_key(given: Mapping[str, str], instance: Path) -> str:
    """The key as set, else one that is made once and kept in the instance folder."""
    key = given.get("TIMETHIEF_SECRET_KEY")
    if key is None:
        return _kept_secret_key(instance)
    if len(key) < _SHORTEST_SECRET:
        message = f"TIMETHIEF_SECRET_KEY must have at least {_SHORTEST_SECRET} characters"
        raise WrongSetting(message)
    return key


def _kept_secret_key(instance: Path) -> str:
    file = instance / "secret_key"
    try:
        if not file.exists():
            _make_secret_key(file)
        key = file.read_text().strip()
    except OSError as error:
        message = f"TIMETHIEF_INSTANCE: {file} cannot be used ({error.strerror})"
        raise WrongSetting(message) from error
    if len(key) < _SHORTEST_SECRET:
        message = (
            f"TIMETHIEF_SECRET_KEY is not set and {file} holds no key: set it or remove the file"
        )
        raise WrongSetting(message)
    return key


def _make_secret_key(file: Path) -> None:
    """Put a whole key there at once; of two processes that try, one does it and both read the same."""
    with tempfile.NamedTemporaryFile("w", dir=file.parent, prefix=".secret_key") as new:
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
