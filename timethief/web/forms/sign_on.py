"""Log-in by a provider: its settings, the rules, and finding one's organisation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import (
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)

from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text
from timethief.domain.people import Role
from timethief.domain.sign_on import DEFAULT_ROLES, MAPPED_ROLES, Rule, read_claims
from timethief.domain.tasks import read_text
from timethief.i18n import gettext, lazy_gettext
from timethief.reports.labels import label
from timethief.reports.unit_names import unit_options
from timethief.services.access.sign_on_settings import NewSignOn
from timethief.storage.unit_tree import UnitNode
from timethief.web.forms.base import BaseForm

NOBODY = "nobody"
LONGEST_CLAIMS = 20_000
LONGEST_CODE = 64


class SignOnForm(BaseForm):
    """Which provider, and what somebody gets whom no rule fits."""

    issuer = StringField(
        lazy_gettext("Address of the log-in service (issuer)"),
        description=lazy_gettext(
            "Exactly as the service itself writes it, such as https://id.kommun.se. For Entra ID: your own tenant's "
            "address, ending in /v2.0."
        ),
        render_kw={"autocomplete": "off", "inputmode": "url", "spellcheck": "false"},
    )
    client_id = StringField(
        lazy_gettext("Client ID"),
        description=lazy_gettext("The name that the log-in service has given us."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    client_secret = PasswordField(
        lazy_gettext("Client secret"), render_kw={"autocomplete": "new-password"}
    )
    button = StringField(
        lazy_gettext("Words on the button"),
        description=lazy_gettext(
            'What people call their account at work, such as "Log in with your municipal account". Leave it empty for '
            "our own words."
        ),
        render_kw={"autocomplete": "off"},
    )
    default_role = RadioField(
        lazy_gettext("Who fits no rule"),
        description=lazy_gettext("Nobody becomes an administrator unless a rule says so."),
        validate_choice=False,
    )
    version = HiddenField()

    def offer(self, *, has_secret: bool) -> None:
        """Fill in the choices, and say what an empty secret means."""
        words = {role.value: label("role", role) for role in DEFAULT_ROLES}
        self.default_role.choices = [(NOBODY, gettext("Gets no access")), *words.items()]
        self.client_secret.description = (
            gettext("One is stored, and never shown. Leave the field empty to keep it.")
            if has_secret
            else gettext("It is stored encrypted, and never shown again.")
        )

    def to_sign_on(self) -> NewSignOn:
        """What shall hold.

        Raises:
            Invalid: one of the choices is none.
        """
        chosen = self.default_role.data or NOBODY
        if chosen not in (NOBODY, *DEFAULT_ROLES):
            raise Invalid("default_role", "not_a_choice")
        return NewSignOn(
            issuer=(self.issuer.data or "").strip(),
            client_id=self.client_id.data or "",
            client_secret=self.client_secret.data or "",
            button=self.button.data or "",
            default_role=None if chosen == NOBODY else Role(chosen),
        )

    def is_whole(self, *, has_secret: bool) -> bool:
        """Whether everything stands there that a provider of one's own needs; what is missing is told beside it."""
        needed = [self.issuer, self.client_id] + ([] if has_secret else [self.client_secret])
        for field in needed:
            if not (field.data or "").strip():
                self.refuse(Invalid(field.name, "required"))
        return not self.errors

    def seen_version(self) -> int:
        """Of the settings when the form was opened; one that there never was where the field does not tell."""
        text = self.version.data or ""
        return int(text) if text.isascii() and text.isdecimal() and len(text) < LONGEST_CODE else -1


class RuleForm(BaseForm):
    """A new rule."""

    claim = StringField(
        lazy_gettext("Name of the claim"),
        description=lazy_gettext("Its name at the log-in service, such as groups."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    value = StringField(
        lazy_gettext("Value"),
        description=lazy_gettext("Letter by letter, as the log-in service writes it."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    role = SelectField(lazy_gettext("Gives the role"), validate_choice=False)
    unit = SelectField(lazy_gettext("Gives the unit"), validate_choice=False)

    def offer(self, units: Sequence[UnitNode]) -> None:
        """Fill in what there is to choose from."""
        roles = [(role.value, label("role", role)) for role in MAPPED_ROLES]
        self.role.choices = [("", gettext("No role by this rule")), *roles]
        self.unit.choices = [("", gettext("No unit by this rule")), *unit_options(units)]

    def to_rule(self) -> Rule:
        """The rule.

        Raises:
            Invalid: one of the choices is none.
        """
        role = self.role.data or ""
        if role and role not in MAPPED_ROLES:
            raise Invalid("role", "not_a_choice")
        return Rule(
            claim=self.claim.data or "",
            value=self.value.data or "",
            role=Role(role) if role else None,
            unit_id=self._unit(),
        )

    def _unit(self) -> int | None:
        try:
            return from_text(self.unit.data) if self.unit.data else None
        except NotFound as refusal:
            raise Invalid("unit", "not_a_choice") from refusal


class TrialForm(BaseForm):
    """Claims to try the rules with."""

    claims = TextAreaField(
        lazy_gettext("Claims"),
        description=lazy_gettext(
            "One a line, such as groups: nurses. Write the same name on several lines where somebody has several "
            "values. Nothing of it is stored."
        ),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    def to_claims(self) -> dict[str, Any] | None:
        """The claims; None, with the refusal beside the field, where they cannot be read."""
        return self.part(
            self.claims,
            lambda: read_claims(read_text(self.claims.data or "", "claims", LONGEST_CLAIMS)),
        )


class MembershipForm(BaseForm):
    """Which value of a claim stands for which organisation."""

    organisation = SelectField(lazy_gettext("Organisation"), validate_choice=False)
    claim = StringField(
        lazy_gettext("Name of the claim"),
        description=lazy_gettext("Such as organizationHsaId."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    value = StringField(
        lazy_gettext("Value"),
        description=lazy_gettext("Letter by letter, as the log-in service writes it."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    def offer(self, organisations: Sequence[tuple[str, str]]) -> None:
        """Fill in what there is to choose from."""
        self.organisation.choices = [("", gettext("Choose")), *organisations]


class FindForm(BaseForm):
    """The code of one's organisation."""

    organisation = StringField(
        lazy_gettext("Code of your organisation"),
        description=lazy_gettext(
            "Colleagues know it, and it stands last in the link to your log-in."
        ),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )

    def code(self) -> str | None:
        """The code; None, with the refusal beside the field, where there is none."""
        return self.part(
            self.organisation,
            lambda: read_text(
                self.organisation.data or "", "organisation", LONGEST_CODE, required=True
            ),
        )


class ChooseForm(BaseForm):
    """One of the organisations that somebody belongs to."""

    organisation = RadioField(lazy_gettext("Organisation"), validate_choice=False)

    def offer(self, organisations: dict[str, str]) -> None:
        """Fill in what there is to choose from."""
        self.organisation.choices = list(organisations.items())
