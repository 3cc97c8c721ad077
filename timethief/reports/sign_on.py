"""Why a log-in by a provider was refused, and what to do: in words for whoever meets it."""

from __future__ import annotations

from dataclasses import dataclass

from timethief.i18n import N_, gettext

_NOT_LOGGED_IN = N_("You have not been logged in")
_NO_ANSWER = N_("The log-in service does not answer")
_AGAIN = N_("Try again. If it happens again: give your IT support the time and the reference.")
_SET_UP = N_(
    "Log in with a password for now, or ask the administrator of your organisation to check the settings."
)
_WAIT = N_("Wait a few minutes and try again. Who is logged in already can go on as usual.")

_NOT_TRUSTED = {
    "algorithm": N_("It is signed in a way that is not safe."),
    "answer_used": N_("It has been used already."),
    "audience": N_("It was meant for another service."),
    "clock": N_("The clock of the log-in service is ahead of ours."),
    "code": N_("The log-in service did not accept its own code from us."),
    "expired": N_("It is too old."),
    "incomplete": N_("Something that must be there is missing."),
    "issuer": N_("It comes from another log-in service than the one that was asked."),
    "nonce": N_("It belongs to another log-in."),
    "not_a_number": N_("It holds a number that is none."),
    "signature": N_("Its signature is not right."),
    "subject": N_("It does not say in a usable way who you are."),
    "too_large": N_("It holds far more than a log-in needs."),
    "unknown_key": N_("It is signed with a key that the log-in service does not own up to."),
}
"""What is wrong with an answer that nobody should believe."""

_WORDS: dict[str, tuple[str, str, str]] = {
    "account_closed": (
        _NOT_LOGGED_IN,
        N_("Your account here has been ended."),
        N_("If that is wrong, ask the administrator of your organisation."),
    ),
    "address_taken": (
        _NOT_LOGGED_IN,
        N_("There is already an account with your e-mail address, which is opened by a password."),
        N_(
            "Log in with the password. Or ask the administrator of your organisation to end that account, and log in "
            "this way again."
        ),
    ),
    "cancelled": (
        _NOT_LOGGED_IN,
        N_("The log-in was broken off at the log-in service."),
        N_("Begin again when you want to."),
    ),
    "client": (
        _NOT_LOGGED_IN,
        N_("The log-in service does not know this service, or not its password."),
        _SET_UP,
    ),
    "conflicting_organisations": (
        _NOT_LOGGED_IN,
        N_("Your account at work points to different organisations that do not go together."),
        N_("Ask your IT support to put right where you belong. Give them the reference."),
    ),
    "email_not_verified": (
        _NOT_LOGGED_IN,
        N_("The log-in service does not know whether your e-mail address is yours."),
        N_("Confirm the address there, or ask your IT support to do it. Then log in again."),
    ),
    "no_provider": (
        _NOT_LOGGED_IN,
        N_("Nobody can log in this way here any more."),
        _SET_UP,
    ),
    "no_role": (
        N_("You have no access yet"),
        N_("We know who you are, but nothing says what you may do here."),
        N_("Ask the administrator of your organisation for access. Give the reference."),
    ),
    "not_understood": (
        N_("The log-in service cannot be understood"),
        N_("It answers with something other than it should."),
        _WAIT,
    ),
    "other_issuer_published": (
        _NOT_LOGGED_IN,
        N_("The log-in service has another name than the one in the settings."),
        _SET_UP,
    ),
    "outbound_address": (
        _NOT_LOGGED_IN,
        N_("The log-in service points to an address that is not on the open internet."),
        _SET_UP,
    ),
    "outbound_certificate": (
        _NOT_LOGGED_IN,
        N_(
            "The log-in service cannot prove that it is the right one: its certificate is not valid."
        ),
        _WAIT,
    ),
    "outbound_large": (
        N_("The log-in service cannot be understood"),
        N_("It answers with far more than it should."),
        _WAIT,
    ),
    "outbound_redirect": (
        N_("The log-in service cannot be understood"),
        N_("It points to another address, which we do not follow."),
        _WAIT,
    ),
    "outbound_slow": (_NO_ANSWER, N_("It has not answered within five seconds."), _WAIT),
    "outbound_unreachable": (_NO_ANSWER, N_("It cannot be reached."), _WAIT),
    "provider_not_allowed": (
        _NOT_LOGGED_IN,
        N_("The log-in service is one for tests, or does not encrypt what it sends."),
        _SET_UP,
    ),
    "secret_unreadable": (
        _NOT_LOGGED_IN,
        N_("The settings of this log-in can no longer be read."),
        N_(
            "Log in with a password for now. An administrator needs to write the client secret once more."
        ),
    ),
    "state": (
        N_("The log-in has to begin again"),
        N_("It had been open for more than ten minutes, or was begun in another browser."),
        N_("Begin again, and stay in the same browser."),
    ),
    "unknown_organisation": (
        _NOT_LOGGED_IN,
        N_("Your account at work does not say that you belong to any organisation here."),
        N_("Ask your IT support whether your organisation uses this service. Give the reference."),
    ),
}


@dataclass(frozen=True, slots=True)
class Words:
    """A refusal in words: what happened, why, what to do."""

    title: str
    why: str
    advice: str


def words(reason: str) -> Words:
    """The words for a reason, in the language in use."""
    if reason in _NOT_TRUSTED:
        why = gettext(
            "The answer of the log-in service cannot be trusted. %(detail)s",
            detail=gettext(_NOT_TRUSTED[reason]),
        )
        return Words(gettext(_NOT_LOGGED_IN), why, gettext(_AGAIN))
    title, why, advice = _WORDS[reason]
    return Words(gettext(title), gettext(why), gettext(advice))


REASONS = frozenset(_NOT_TRUSTED) | frozenset(_WORDS)
"""All that there are words for."""


_OF_AN_ISSUER = {
    "algorithm": N_("The log-in service signs in no way that is safe. Ask who runs it."),
    "not_understood": N_(
        "There is no log-in service at this address: it does not describe itself as OpenID Connect wants. Check the "
        "address."
    ),
    "other_issuer_published": N_(
        "The log-in service calls itself something else. Write the address exactly as it does."
    ),
    "outbound_address": N_("Write an address on the open internet that begins with https."),
    "outbound_certificate": N_(
        "The certificate at this address is not valid. Check the address, or ask who runs it."
    ),
    "outbound_large": N_("There is no log-in service at this address. Check the address."),
    "outbound_redirect": N_("The address points to another one. Write the address where it leads."),
    "outbound_slow": N_(
        "The log-in service has not answered within five seconds. Try again later."
    ),
    "outbound_unreachable": N_("Nothing answers at this address. Check it, or try again later."),
}


def issuer_fault(reason: str) -> str:
    """What is wrong with the address of a provider that somebody wants to set, in the language in use."""
    return gettext(_OF_AN_ISSUER[reason])
