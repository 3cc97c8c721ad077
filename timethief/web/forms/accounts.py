"""Logging in, in one step or several, and what somebody changes about the own account."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import EmailField, PasswordField, RadioField, SelectField, StringField

from timethief.domain.identifiers import to_text
from timethief.domain.tasks import read_text
from timethief.i18n import LANGUAGE_NAMES, gettext, lazy_gettext
from timethief.services.access.log_ins import Account
from timethief.web.forms.base import BaseForm

LONGEST_EMAIL = 200
LONGEST_CODE = 40


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


class OrganisationForm(BaseForm):
    """In which of several organisations somebody logs in this time."""

    account = RadioField(lazy_gettext("Organisation"), validate_choice=False)

    def offer(self, accounts: Sequence[Account]) -> None:
        """Fill in what there is to choose from."""
        self.account.choices = [(to_text(each.user_id), each.organisation) for each in accounts]

    def chosen(self, accounts: Sequence[Account]) -> Account | None:
        """The account; None, with the refusal beside it, where none of them was chosen."""
        for each in accounts:
            if to_text(each.user_id) == self.account.data:
                return each
        self.say(self.account, gettext("Choose the organisation that you log in to."))
        return None


class CodeForm(BaseForm):
    """The code of the second step."""

    one_time_code = StringField(
        lazy_gettext("Code"),
        description=lazy_gettext("Six digits from the app, or one of your recovery codes."),
        render_kw={
            "autocomplete": "one-time-code",
            "autocapitalize": "characters",
            "spellcheck": "false",
        },
    )

    def code(self) -> str | None:
        """The code as typed; None, with the refusal beside it, where there is none.

        The field is shown empty again: a code that did not open anything never will.
        """
        typed, self.one_time_code.data = self.one_time_code.data or "", ""
        return self.part(
            self.one_time_code,
            lambda: read_text(typed, "one_time_code", LONGEST_CODE, required=True),
        )


class FirstCodeForm(CodeForm):
    """The code that turns the second step on."""

    one_time_code = StringField(
        lazy_gettext("Code from the app"),
        description=lazy_gettext("Six digits."),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"},
    )


class PasswordForm(BaseForm):
    """The present password and a new one."""

    present_password = PasswordField(
        lazy_gettext("Present password"), render_kw={"autocomplete": "current-password"}
    )
    new_password = PasswordField(
        lazy_gettext("New password"),
        description=lazy_gettext(
            "At least 12 characters. Several words in a row are easy to remember and hard to guess. "
            "You may paste it from a password manager."
        ),
        render_kw={"autocomplete": "new-password"},
    )


class LanguageForm(BaseForm):
    """The language of the pages."""

    language = SelectField(lazy_gettext("Language of the pages"), validate_choice=False)

    def offer(self) -> None:
        """Fill in what there is to choose from."""
        self.language.choices = [
            ("", gettext("That of the organisation")),
            *LANGUAGE_NAMES.items(),
        ]
