"""Who belongs to the organisation, invitations, and passwords that are chosen by a link."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import BooleanField, EmailField, HiddenField, PasswordField, SelectField, StringField

from timethief.domain.contact import read_email, read_name
from timethief.domain.errors import Invalid, Invalids, NotFound
from timethief.domain.identifiers import from_text
from timethief.domain.people import Role
from timethief.i18n import gettext, lazy_gettext
from timethief.queries.choices import StaffCategoryChoice
from timethief.reports.labels import labels
from timethief.reports.unit_names import unit_options
from timethief.services.access.invitations import NewInvitation
from timethief.services.people import PersonFacts
from timethief.storage.unit_tree import UnitNode
from timethief.web.forms.base import BaseForm

ROLES = tuple(role for role in Role if role is not Role.OPERATOR)
"""That an organisation gives."""


class _InAnOrganisation(BaseForm):
    """Role and unit, as both forms ask for them."""

    name = StringField(lazy_gettext("Name"))
    role = SelectField(lazy_gettext("Role"), validate_choice=False)
    unit = SelectField(lazy_gettext("Unit"), validate_choice=False)

    def offer_places(self, units: Sequence[UnitNode]) -> None:
        """Fill in what there is to choose from."""
        words = labels("role")
        self.role.choices = [(role.value, words[role]) for role in ROLES]
        self.unit.choices = [("", gettext("The whole organisation")), *unit_options(units)]

    def _name(self) -> str:
        return read_name(self.name.data or "")

    def _role(self) -> Role:
        if self.role.data not in list(ROLES):
            raise Invalid("role", "not_a_choice")
        return Role(self.role.data)


def _reference(field: SelectField) -> int | None:
    """What was chosen from a list; None for nothing.

    Raises:
        Invalid: it is no identifier at all.
    """
    if not field.data:
        return None
    try:
        return from_text(field.data)
    except NotFound as refusal:
        raise Invalid(field.name, "not_a_choice") from refusal


class PersonForm(_InAnOrganisation):
    """What an administrator may change of a person."""

    staff_category = SelectField(lazy_gettext("Staff category"), validate_choice=False)
    version = HiddenField()

    def offer(
        self, units: Sequence[UnitNode], categories: Sequence[StaffCategoryChoice], language: str
    ) -> None:
        """Fill in what there is to choose from."""
        self.offer_places(units)
        self.staff_category.choices = [
            ("", gettext("Not told")),
            *((each.id, each.name(language)) for each in categories),
        ]

    def seen_version(self) -> int:
        """The version that the form was opened with; 0, which none has, where that was tampered with."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004

    def to_facts(self) -> PersonFacts:
        """What shall hold.

        Raises:
            Invalids: answers that cannot be used; each stands beside its field.
        """
        name = self.part(self.name, self._name)
        role = self.part(self.role, self._role)
        unit_id = self.part(self.unit, lambda: _reference(self.unit))
        category_id = self.part(self.staff_category, lambda: _reference(self.staff_category))
        if self.errors or name is None or role is None:
            raise Invalids([])
        return PersonFacts(name, role, unit_id, category_id)


class InvitationForm(_InAnOrganisation):
    """Somebody to be invited."""

    email = EmailField(lazy_gettext("E-mail address"), render_kw={"autocomplete": "off"})
    another = BooleanField(lazy_gettext("This is another person"))

    def to_invitation(self) -> NewInvitation:
        """Who is invited, as what.

        Raises:
            Invalids: answers that cannot be used; each stands beside its field.
        """
        email = self.part(self.email, lambda: read_email(self.email.data or ""))
        name = self.part(self.name, self._name)
        role = self.part(self.role, self._role)
        unit_id = self.part(self.unit, lambda: _reference(self.unit))
        if self.errors or email is None or name is None or role is None:
            raise Invalids([])
        return NewInvitation(email, name, role, unit_id)

    def field_of(self, path: str) -> str:
        """The form's field for a field of the model."""
        return "unit" if path == "unit_id" else super().field_of(path)


class _PasswordForm(BaseForm):
    """A new password, chosen once: it may be pasted, and shown by the browser."""

    new_password = PasswordField(
        lazy_gettext("Password"),
        description=lazy_gettext("At least 12 characters. Four words that nobody guesses will do."),
        render_kw={"autocomplete": "new-password"},
    )


class AcceptForm(_PasswordForm):
    """Name and password of who accepts an invitation; the address where the invitation holds none."""

    name = StringField(lazy_gettext("Your name"), render_kw={"autocomplete": "name"})
    email = EmailField(lazy_gettext("Your e-mail address"), render_kw={"autocomplete": "username"})

    def to_person(self, invited_email: str | None) -> tuple[str, str]:
        """Name and address.

        Raises:
            Invalids: answers that cannot be used; each stands beside its field.
        """
        name = self.part(self.name, lambda: read_name(self.name.data or ""))
        email = invited_email or self.part(self.email, lambda: read_email(self.email.data or ""))
        if name is None or email is None:
            raise Invalids([])
        return name, email


class NewPasswordForm(_PasswordForm):
    """Another password, by a link."""


class ForgottenForm(BaseForm):
    """Whose password is forgotten."""

    email = EmailField(lazy_gettext("E-mail address"), render_kw={"autocomplete": "username"})

    def address(self) -> str | None:
        """The address; None, with the refusal beside it, where it is none."""
        return self.part(self.email, lambda: read_email(self.email.data or ""))
