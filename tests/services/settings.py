"""The settings of an installation whose jobs run, in a module that is quickly loaded by processes of their own."""

from __future__ import annotations

from pathlib import Path

from timethief.config import Config

CONFIG = Config(
    instance=Path("/nonexistent"),
    database_url="",
    secret_key="",
    base_url="https://tidstjuvar.example.se",
    locale="sv",
    mail_from="tidstjuvar@example.se",
)
