"""A new organisation of the installation."""

from __future__ import annotations

from wtforms import EmailField, SelectField, StringField

from timethief.domain.contact import read_email, read_name
from timethief.domain.errors import Invalid, Invalids
from timethief.domain.vocabulary import OrganisationKind
from timethief.i18n import lazy_gettext
from timethief.reports.labels import labels
from timethief.services.operators import NewOrganisation, read_code
from timethief.web.forms.base import BaseForm


class OrganisationForm(BaseForm):
    """Code, name and kind, and where its first administrator is invited."""

    name = StringField(lazy_gettext("Name of the organisation"))
    code = StringField(
        lazy_gettext("Code"),
        description=lazy_gettext("Short, such as storkommun. It is used in commands and files."),
        render_kw={"autocomplete": "off"},
    )
    kind = SelectField(lazy_gettext("What it is"), validate_choice=False)
    admin_email = EmailField(
        lazy_gettext("E-mail address of the first administrator"),
        render_kw={"autocomplete": "off"},
    )

    def offer(self) -> None:
        """Fill in what there is to choose from."""
        self.kind.choices = list(labels("organisation_kind").items())

    def to_organisation(self) -> NewOrganisation:
        """The organisation.

        Raises:
            Invalids: answers that cannot be used; each stands beside its field.
        """
        name = self.part(self.name, lambda: read_name(self.name.data or ""))
        code = self.part(self.code, lambda: read_code(self.code.data or ""))
        kind = self.part(self.kind, self._kind)
        email = self.part(
            self.admin_email, lambda: read_email(self.admin_email.data or "", "admin_email")
        )
        if name is None or code is None or kind is None or email is None:
            raise Invalids([])
        return NewOrganisation(code, name, kind, email)

    def _kind(self) -> OrganisationKind:
        if self.kind.data not in list(OrganisationKind):
            raise Invalid("kind", "not_a_choice")
        return OrganisationKind(self.kind.data)
