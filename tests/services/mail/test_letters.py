from __future__ import annotations

import re

from tests.make import NOW
from tests.services.mail.conftest import Outbox
from tests.services.mail.post_office import PostOffice, Received
from tests.web.markup import parse
from timethief.domain.mail import MailKind
from timethief.services.mail.letters import Letter, Sender, message_id, write
from timethief.storage.tables import Organisation

RUT = "rut@example.org"
SENDER = Sender("tidstjuvar@example.se", "https://tidstjuvar.example.se")


def _got(queued: Outbox, post_office: PostOffice, **changes: str) -> Received:
    queued.queue(queued.person(RUT), **changes)
    queued.send()
    [got] = post_office.taken
    return got


def test_a_mail_says_who_it_is_from_and_that_a_machine_sent_it(
    queued: Outbox, post_office: PostOffice
) -> None:
    got = _got(queued, post_office).message

    assert (got["From"], got["To"]) == ("Timethief <tidstjuvar@example.se>", RUT)
    assert got["Auto-Submitted"] == "auto-generated"
    assert got["Content-Language"] == "sv"
    assert got["Date"].datetime.year == 2026


def test_swedish_arrives_as_it_was_written_in_both_parts(
    queued: Outbox, post_office: PostOffice
) -> None:
    got = _got(queued, post_office, subject="Åtgärd för \U0001f600 & <Örebro>")

    assert got.message["Subject"] == "Åtgärd för \U0001f600 & <Örebro>"
    assert "Beslutet finns här:" in got.part("plain")
    assert "Beslutet finns här:" in got.part("html")
    assert "Skickat av Timethief åt Ort." in got.part("plain")


def test_only_ascii_goes_over_the_wire(queued: Outbox, post_office: PostOffice) -> None:
    got = _got(queued, post_office, subject="Åtgärd, " + "mycket lång, " * 14)

    assert got.message.as_bytes().isascii()
    assert max(len(line) for line in got.message.as_bytes().splitlines()) < 998


def test_what_people_wrote_is_shown_as_they_wrote_it(
    queued: Outbox, post_office: PostOffice
) -> None:
    marked = "<img src=x onerror=alert(1)> {{7*7}} & <script>alert(1)</script>"

    page = parse(_got(queued, post_office, text=marked, subject=marked).part("html"))

    assert page.one("h1").text == marked
    assert [page.all("img"), page.all("script")] == [[], []]


def test_an_address_of_the_service_becomes_a_button_and_no_other_does(
    queued: Outbox, post_office: PostOffice
) -> None:
    own = f"{SENDER.base_url}/invitations#abc"
    text = f"Hej!\n\n{own}\n\nhttps://tidstjuvar.example.se.evil.example/\n\njavascript:alert(1)"

    page = parse(_got(queued, post_office, text=text).part("html"))

    assert {link["href"] for link in page.all("a") if "/unsubscribe/" not in link["href"]} == {own}


def test_styles_stand_on_the_elements_and_nothing_is_fetched_from_anywhere(
    queued: Outbox, post_office: PostOffice
) -> None:
    html = _got(queued, post_office).part("html")

    assert "<style" not in html
    assert "background: #1d5b52" in html
    assert not re.search(r"(src|url\()", html)


def test_a_page_of_its_own_takes_the_place_of_the_one_made_from_the_text(
    queued: Outbox, post_office: PostOffice
) -> None:
    got = _got(queued, post_office, html="<style>p { color: red }</style><p>Eget</p>")

    assert 'style="color: red;"' in got.part("html")


def test_the_foot_speaks_the_language_of_the_organisation(
    queued: Outbox, post_office: PostOffice
) -> None:
    with queued.database.writing_all() as session:
        session.get_one(Organisation, queued.place.organisation_id).language = "en"

    got = _got(queued, post_office, kind=MailKind.INVITATION)

    assert "Sent by Timethief on behalf of Ort." in got.part("plain")
    assert got.message["Content-Language"] == "en"


def _letter(**changes: str) -> Letter:
    given = {"organisation": "Ort", "subject": "Hej", "text": "Hej", "recipient": RUT} | changes
    return Letter(name=("1", "a"), language="sv", html=None, **given)


def test_the_name_of_a_mail_is_always_the_same_and_no_other_mails() -> None:
    names = [("1", "a", "b"), ("1", "a", "b"), ("1", "ab", ""), ("2", "a", "b")]

    ids = [message_id(name, SENDER.address) for name in names]

    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert all(re.fullmatch(r"<[0-9a-f]{40}@example\.se>", each) for each in ids)


def test_a_line_break_in_a_subject_or_a_name_starts_no_new_line_of_the_head() -> None:
    broken = "X\r\nBcc: a@evil.example"

    written = write(_letter(organisation=broken, subject=broken), SENDER, NOW)

    assert written["Bcc"] is None
    assert written["Subject"] == "X Bcc: a@evil.example"
