"""What an organisation says of itself on the pages that are open to all."""

from __future__ import annotations

from wtforms import HiddenField, RadioField, StringField, TextAreaField

from timethief.domain.errors import Invalids
from timethief.domain.public_statements import Compliance, PublicStatements
from timethief.i18n import lazy_gettext
from timethief.reports.labels import labels
from timethief.services.public_statements import seen_statements
from timethief.web.forms.base import BaseForm
from timethief.web.forms.days import read_day


class PublicStatementsForm(BaseForm):
    """Everything that the pages on privacy and accessibility need to know."""

    seen = HiddenField()
    privacy_contact = StringField(
        lazy_gettext("Contact for questions about personal data"),
        description=lazy_gettext("An e-mail address or telephone number that somebody answers."),
    )
    data_protection_officer = StringField(
        lazy_gettext("Data protection officer"),
        description=lazy_gettext("Such as dataskyddsombud@kommun.se."),
    )
    legal_basis = TextAreaField(
        lazy_gettext("Legal basis"),
        description=lazy_gettext(
            "Why you may handle personal data here. Leave it empty to show: a task of public interest."
        ),
    )
    whistleblowing = StringField(
        lazy_gettext("Whistle-blowing channel"),
        description=lazy_gettext(
            "Its address. The service links to it, and is not that channel itself."
        ),
    )
    accessibility_contact = StringField(
        lazy_gettext("Contact for accessibility"),
        description=lazy_gettext("Where people tell of shortcomings and ask for help."),
    )
    compliance = RadioField(
        lazy_gettext("How far does the service meet the rules?"), validate_choice=False
    )
    shortcomings = TextAreaField(
        lazy_gettext("What is not accessible, and why"),
        description=lazy_gettext("One shortcoming in each paragraph, in plain words."),
    )
    alternatives = TextAreaField(
        lazy_gettext("What one can do instead"),
        description=lazy_gettext(
            "Such as getting the figures by e-mail, or reporting by telephone."
        ),
    )
    assessed_how = TextAreaField(
        lazy_gettext("How it was tested"),
        description=lazy_gettext(
            "Who tested it, and how. The service itself is tested by axe on every page."
        ),
    )
    assessed_on = StringField(
        lazy_gettext("When it was tested"), description=lazy_gettext("A day, such as 2026-03-01.")
    )

    def offer(self) -> None:
        """Fill in what there is to choose from."""
        self.compliance.choices = list(labels("compliance").items())

    @staticmethod
    def of(statements: PublicStatements) -> dict[str, str]:
        """What the form holds when it is opened."""
        day = statements.assessed_on
        return {
            "seen": seen_statements(statements),
            "privacy_contact": statements.privacy_contact,
            "data_protection_officer": statements.data_protection_officer,
            "legal_basis": statements.legal_basis,
            "whistleblowing": statements.whistleblowing,
            "accessibility_contact": statements.accessibility_contact,
            "compliance": statements.compliance.value if statements.compliance else "",
            "shortcomings": statements.shortcomings,
            "alternatives": statements.alternatives,
            "assessed_how": statements.assessed_how,
            "assessed_on": day.isoformat() if day else "",
        }

    def to_statements(self) -> PublicStatements:
        """The statements.

        Raises:
            Invalids: answers that cannot be used; each stands beside its field.
        """
        text, day = self.assessed_on.data or "", None
        if text.strip():
            day = self.part(self.assessed_on, lambda: read_day(text, "assessed_on"))
        chosen = self.compliance.data or ""
        if chosen and chosen not in set(Compliance):
            chosen = ""
        if self.assessed_on.errors:
            raise Invalids([])
        return PublicStatements(
            privacy_contact=self.privacy_contact.data or "",
            data_protection_officer=self.data_protection_officer.data or "",
            legal_basis=self.legal_basis.data or "",
            whistleblowing=self.whistleblowing.data or "",
            accessibility_contact=self.accessibility_contact.data or "",
            compliance=Compliance(chosen) if chosen else None,
            shortcomings=self.shortcomings.data or "",
            alternatives=self.alternatives.data or "",
            assessed_how=self.assessed_how.data or "",
            assessed_on=day,
        )
