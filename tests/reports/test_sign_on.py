from __future__ import annotations

import re
from pathlib import Path

import pytest

import timethief
from timethief.i18n import speaking
from timethief.reports.sign_on import _OF_AN_ISSUER, REASONS, issuer_fault, words

PACKAGE = Path(timethief.__file__).parent


def _source(*names: str) -> str:
    return "\n".join((PACKAGE / name).read_text(encoding="utf-8") for name in names)


def test_every_reason_that_is_given_has_words() -> None:
    source = _source(
        "domain/sign_on.py",
        "services/access/sign_on.py",
        "services/access/sign_on_settings.py",
        "services/access/discovery.py",
        "web/identity_provider.py",
        "web/routes/sign_on.py",
    )
    outbound = set(re.findall(r'OutboundFault\("([a-z]+)"', _source("services/outbound.py")))

    given = set(re.findall(r'SignOnRefused\("([a-z_]+)"\)', source))

    assert len(given) > 15
    assert given | {f"outbound_{each}" for each in outbound | {"slow"}} <= REASONS


def test_every_fault_of_an_address_has_words() -> None:
    outbound = set(re.findall(r'OutboundFault\("([a-z]+)"', _source("services/outbound.py")))
    discovery = set(
        re.findall(r'SignOnRefused\("([a-z_]+)"\)', _source("services/access/discovery.py"))
    )

    assert {f"outbound_{each}" for each in outbound | {"slow"}} | discovery == _OF_AN_ISSUER.keys()


@pytest.mark.parametrize("language", ["sv", "en"])
@pytest.mark.parametrize("reason", sorted(REASONS))
def test_a_refusal_says_what_why_and_what_to_do(reason: str, language: str) -> None:
    with speaking(language):
        told = words(reason)

    assert all((told.title, told.why, told.advice))
    assert "!" not in told.title + told.why + told.advice
    assert all(len(sentence.split()) <= 25 for sentence in told.advice.split("."))


@pytest.mark.parametrize("reason", sorted(_OF_AN_ISSUER))
def test_the_two_languages_differ(reason: str) -> None:
    with speaking("sv"):
        swedish = issuer_fault(reason)
    with speaking("en"):
        english = issuer_fault(reason)

    assert swedish != english
