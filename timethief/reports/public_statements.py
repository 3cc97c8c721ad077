"""What is missing on the pages that are open to all, in words."""

from __future__ import annotations

from timethief.domain.public_statements import PublicStatements
from timethief.i18n import N_, gettext

_MISSING = {
    "privacy_contact": N_("Contact for questions about personal data"),
    "data_protection_officer": N_("Data protection officer"),
    "accessibility_contact": N_("Contact for accessibility"),
    "compliance": N_("How far the service meets the rules"),
    "shortcomings": N_("What is not accessible, and why"),
    "assessed_how": N_("How it was tested"),
    "assessed_on": N_("When it was tested"),
}


def missing_texts(statements: PublicStatements) -> list[str]:
    """Each thing that nobody has filled in."""
    return [gettext(_MISSING[name]) for name in statements.missing]
