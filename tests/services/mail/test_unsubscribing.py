from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from tests import make
from tests.services.mail.conftest import Outbox
from tests.services.mail.post_office import PostOffice
from timethief.domain.errors import NotFound
from timethief.domain.mail import MailKind
from timethief.domain.people import Role
from timethief.services import mail_preferences as do
from timethief.services.mail_preferences import LINK_LASTS, UNSUBSCRIBE, Unsubscribed

KEY = "of the tests"
BASE = "https://tidstjuvar.example.se"
OF = Unsubscribed(2**62 + 3, 2**61 + 5, MailKind.CASE)


def _link(of: Unsubscribed = OF) -> str:
    return do.address_of(BASE, KEY, of, make.NOW).rpartition("/")[2]


def test_a_letter_that_can_be_declined_says_how_to_mail_programs_and_to_people(
    queued: Outbox, post_office: PostOffice
) -> None:
    queued.queue(queued.person("rut@example.org"), kind=MailKind.CASE)

    queued.send()

    [got] = post_office.taken
    way_out = got.message["List-Unsubscribe"].strip("<>")
    assert way_out.startswith(f"{BASE}{UNSUBSCRIBE}/")
    assert got.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert way_out in got.part("plain")
    assert f'href="{way_out}"' in got.part("html")


@pytest.mark.parametrize("kind", [MailKind.ACCOUNT, MailKind.INVITATION, MailKind.INQUIRY])
def test_a_letter_that_must_come_has_no_such_link(
    queued: Outbox, post_office: PostOffice, kind: MailKind
) -> None:
    queued.queue(queued.person("rut@example.org"), kind=kind)

    queued.send()

    [got] = post_office.taken
    assert got.message["List-Unsubscribe"] is None
    assert "/unsubscribe/" not in got.part("plain")


def test_the_link_tells_whose_letters_of_which_kind() -> None:
    assert do.read_link(KEY, _link(), make.NOW) == OF
    assert re.fullmatch(r"[A-Za-z0-9_-]+", _link())


@pytest.mark.parametrize(
    "altered",
    [
        "",
        "x",
        _link()[:-1],
        _link() + "A",
        _link()[:-2] + "AA",
        "A" + _link()[1:],
        _link(replace(OF, kind=MailKind.ACCOUNT)),
        "å" * 20,
    ],
)
def test_what_we_have_not_made_opens_nothing(altered: str) -> None:
    with pytest.raises(NotFound):
        do.read_link(KEY, altered, make.NOW)


def test_it_opens_nothing_with_another_key_or_when_it_is_too_old() -> None:
    assert do.read_link(KEY, _link(), make.NOW + LINK_LASTS) == OF
    with pytest.raises(NotFound):
        do.read_link(KEY, _link(), make.NOW + LINK_LASTS + timedelta(days=1))
    with pytest.raises(NotFound):
        do.read_link("another", _link(), make.NOW)


def test_a_link_of_another_organisation_or_of_a_closed_account_changes_nothing(
    queued: Outbox,
) -> None:
    with queued.database.writing_all() as session:
        other = make.organisation(session, "annan")
        stranger = make.actor(session, other, Role.SUPPORT)

    of = Unsubscribed(queued.place.organisation_id, stranger.user_id, MailKind.CASE)
    with (
        pytest.raises(NotFound),
        queued.database.writing(queued.place.organisation_id) as session,
    ):
        do.unsubscribe(session, of)
