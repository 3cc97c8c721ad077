"""Tries to open something: each is counted, and who has tried in vain too often is told until when to wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from http import HTTPStatus
from math import ceil
from typing import TypeVar

from flask.typing import ResponseReturnValue
from wtforms import Field

from timethief.domain.names import folded
from timethief.i18n import ngettext, number, time_of_day
from timethief.services.access import lock_outs
from timethief.web import current
from timethief.web.forms.base import BaseForm

Value = TypeVar("Value")

_MINUTE = 60
_ALMOST_A_MINUTE = timedelta(seconds=59)
"""The time is told without seconds, and must not be too early."""


def password_of(email: str) -> str:
    """What somebody tries to open by a password: every account of the address."""
    return f"password {folded(email)}"


def forgive(what: str) -> None:
    """Count no earlier tries any more: the owner has shown in another way to be the owner."""
    with current.writing_all() as writing:
        lock_outs.was_right(writing, lock_outs.namer(current.config().secret_key)(what))


def counted(what: str, attempt: Callable[[], Value | None]) -> Value | None:
    """What the attempt gives; None where it was in vain.

    Args:
        what: what somebody tries to open; whoever tries, the tries count together.
        attempt: looks whether it opens. It runs outside of any transaction, since hashing takes time.

    Raises:
        TooManyTries: it may not be made yet, and has not been.
    """
    subject = lock_outs.namer(current.config().secret_key)(what)
    with current.writing_all() as writing:
        lock_outs.begin(writing, subject, current.now())
    found = attempt()
    with current.writing_all() as writing:
        if found is None:
            lock_outs.was_wrong(writing, current.now())
        else:
            lock_outs.was_right(writing, subject)
    return found


def must_wait(
    refusal: lock_outs.TooManyTries, form: BaseForm, field: Field, show: Callable[[], str]
) -> ResponseReturnValue:
    """The same page again, with the time beside the field, and in a header for programs."""
    seconds = max(1, ceil((refusal.until - current.now()).total_seconds()))
    minutes = ceil(seconds / _MINUTE)
    form.say(
        field,
        ngettext(
            "There have been too many wrong tries. Wait %(num)s minute, until %(time)s, and try again.",
            "There have been too many wrong tries. Wait %(num)s minutes, until %(time)s, and try again.",
            minutes,
            num=number(minutes),
            time=time_of_day(refusal.until + _ALMOST_A_MINUTE),
        ),
    )
    current.set_wait(seconds)
    return show(), HTTPStatus.TOO_MANY_REQUESTS
