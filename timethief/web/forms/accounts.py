"""Logging in."""

from __future__ import annotations

from wtforms import EmailField, PasswordField

from timethief.domain.tasks import read_text
from timethief.i18n import lazy_gettext
from timethief.web.forms.base import BaseForm

LONGEST_EMAIL = 200


class LogInForm(BaseForm):
    """E-mail address and password."""

    email = EmailField(lazy_gettext("E-mail address"), render_kw={"autocomplete": "username"})
    password = PasswordField(
        lazy_gettext("Password"), render_kw={"autocomplete": "current-password"}
    )

    def address(self) -> str | None:
        """The address as it can be looked up; None, with the refusal beside it, where it cannot."""
        return self.part(
            self.email, lambda: read_text(self.email.data or "", "email", LONGEST_EMAIL)
        )
