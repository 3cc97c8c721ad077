"""Everything that can be set from outside, read once."""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

LANGUAGES = ("sv", "en")
_SHORTEST_SECRET = 32


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
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg://")):
        message = "TIMETHIEF_DATABASE_URL must begin with sqlite:/// or postgresql://"
        raise WrongSetting(message)
    return url


def _secret_key(given: Mapping[str, str], instance: Path) -> str:
    """The key as set, else one that is made once and kept in the instance folder."""
    key = given.get("TIMETHIEF_SECRET_KEY")
    if key is None:
        return _kept_secret_key(instance / "secret_key")
    if len(key) < _SHORTEST_SECRET:
        message = f"TIMETHIEF_SECRET_KEY must have at least {_SHORTEST_SECRET} characters"
        raise WrongSetting(message)
    return key


def _kept_secret_key(file: Path) -> str:
    try:
        with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass
    return file.read_text().strip()


def _base_url(given: Mapping[str, str]) -> str:
    url = (given.get("TIMETHIEF_BASE_URL") or "http://127.0.0.1:8000").rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        message = "TIMETHIEF_BASE_URL must be an address such as https://tidstjuvar.kommun.se"
        raise WrongSetting(message)
    return url


def _locale(given: Mapping[str, str]) -> str:
    locale = given.get("TIMETHIEF_LOCALE") or LANGUAGES[0]
    if locale not in LANGUAGES:
        message = f"TIMETHIEF_LOCALE must be one of {', '.join(LANGUAGES)}"
        raise WrongSetting(message)
    return locale
