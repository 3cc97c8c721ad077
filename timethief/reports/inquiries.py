"""Questions to requesters, and their answers, in words."""

from __future__ import annotations

from timethief.domain.vocabulary import Beneficiary, Purpose
from timethief.i18n import gettext, significant
from timethief.queries.inquiries import Answered
from timethief.reports.labels import label, labels

_NOT_OFFERED = frozenset({Purpose.SELF_PROTECTION})
"""Nobody asks for work to cover the back of those who do it."""


def beneficiaries(organisation: str) -> dict[str, str]:
    """On whom the benefit may fall, as the requester would say it.

    Args:
        organisation: where the work is done.
    """
    own = {
        Beneficiary.REQUESTER.value: gettext("We who ask for it"),
        Beneficiary.OWN_UNIT.value: gettext("Those who do it"),
        Beneficiary.OWN_ORGANISATION.value: organisation,
    }
    words = {code: own.get(code, text) for code, text in labels("beneficiary").items()}
    first = Beneficiary.REQUESTER.value
    return {first: words[first]} | words


def purposes() -> dict[str, str]:
    """What a requester may use it for."""
    return {code: text for code, text in labels("purpose").items() if code not in _NOT_OFFERED}


def answer_texts(answered: Answered) -> list[tuple[str, str]]:
    """What was asked, and what was answered."""
    used = label("used", answered.used)
    if answered.beneficiary and answered.purpose:
        used = gettext(
            "%(used)s. %(beneficiary)s: %(purpose)s",
            used=used,
            beneficiary=label("beneficiary", answered.beneficiary),
            purpose=label("purpose", answered.purpose).lower(),
        )
    worth = label("worth_it", answered.worth)
    if answered.shown_hours is not None:
        worth = gettext(
            "%(worth)s (asked about %(hours)s hours a year)",
            worth=worth,
            hours=significant(answered.shown_hours),
        )
    lines = [
        (gettext("Is it used?"), used),
        (gettext("Relevant and right?"), label("relevant", answered.relevant)),
        (gettext("Worth the time?"), worth),
    ]
    if answered.comment:
        lines.append((gettext("In own words"), answered.comment))
    if answered.answered_by:
        lines.append((gettext("Answered as"), answered.answered_by))
    return lines
