"""A new API token."""

from __future__ import annotations

from datetime import date

from wtforms import SelectField, StringField

from timethief.domain.contact import read_name
from timethief.domain.errors import Invalid, Invalids
from timethief.domain.tokens import Scope
from timethief.i18n import lazy_gettext
from timethief.reports.labels import labels
from timethief.services.access.tokens import NewToken
from timethief.web.forms.base import BaseForm
from timethief.web.forms.days import read_day


class TokenForm(BaseForm):
    """What a token is called, what it is good for and until when."""

    name = StringField(
        lazy_gettext("What it is for"),
        description=lazy_gettext("So that you know later which one it is."),
    )
    scope = SelectField(lazy_gettext("What it may do"), validate_choice=False)
    expires_on = StringField(
        lazy_gettext("Last day"),
        description=lazy_gettext("At most a year from now, such as 2026-03-01."),
    )

    def offer(self) -> None:
        """Fill in what there is to choose from."""
        self.scope.choices = list(labels("scope").items())

    def to_token(self) -> NewToken:
        """The token.

        Raises:
            Invalids: answers that cannot be used; each stands beside its field.
        """
        name = self.part(self.name, lambda: read_name(self.name.data or ""))
        scope = self.part(self.scope, self._scope)
        day: date | None = self.part(
            self.expires_on, lambda: read_day(self.expires_on.data or "", "expires_on")
        )
        if name is None or scope is None or day is None:
            raise Invalids([])
        return NewToken(name, scope, day)

    def _scope(self) -> Scope:
        if self.scope.data not in list(Scope):
            raise Invalid("scope", "not_a_choice")
        return Scope(self.scope.data)
