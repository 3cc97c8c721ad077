"""Where the open data are named: the address of the call that gives them."""

from __future__ import annotations

from flask import url_for

from timethief.web import current


def home_of_open_data() -> str:
    """Made from the settings, never from what the caller says of the host."""
    return f"{current.config().base_url}{url_for('api_open_data.open_data_file')}"
