"""Logging in."""

from __future__ import annotations

from wtforms import EmailField, PasswordField

from timethief.i18n import lazy_gettext
from timethief.web.forms.base import BaseForm


class LogInForm(BaseForm):
    """E-mail address and password."""

    email = EmailField(lazy_gettext("E-mail address"), render_kw={"autocomplete": "username"})
    password = PasswordField(
        lazy_gettext("Password"), render_kw={"autocomplete": "current-password"}
    )
