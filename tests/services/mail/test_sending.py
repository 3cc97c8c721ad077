from __future__ import annotations

import ssl
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest

from tests.make import NOW
from tests.services.mail.conftest import Outbox
from tests.services.mail.post_office import PostOffice, lets_in, opened
from timethief.config import MailServer
from timethief.domain.errors import Invalid
from timethief.domain.mail import BACK_OFF, MailKind
from timethief.storage.tables import Organisation, OutboxMail, User

RUT, SVEN, ULF = "rut@example.org", "sven@example.org", "ulf@example.org"


def test_a_queued_mail_is_sent_once(queued: Outbox, post_office: PostOffice) -> None:
    queued.queue(queued.person(RUT))

    counted = [queued.send(), queued.send()]

    assert counted == [{"sent": 1}, {}]
    assert [each.recipient for each in post_office.taken] == [RUT]
    assert queued.states() == {RUT: "sent"}


def test_the_same_mail_queued_twice_is_one_mail(queued: Outbox, post_office: PostOffice) -> None:
    queued.person(RUT)
    for _ in range(2):
        queued.queue(RUT, "first")
    queued.queue(RUT, "second")

    queued.send()

    assert len({each.message_id for each in post_office.to(RUT)}) == 2
    assert len(post_office.taken) == 2


def test_what_a_mail_said_is_forgotten_when_it_is_sent(queued: Outbox) -> None:
    queued.queue(queued.person(RUT), html="<p>Hej</p>")

    queued.send()

    mail = queued.mail()
    assert (mail.subject, mail.text, mail.html) == ("", "", None)
    assert (mail.ended_at is not None, mail.leased_until) == (True, None)


def test_without_a_mail_server_mail_waits_and_is_sent_when_there_is_one(
    queued: Outbox, post_office: PostOffice
) -> None:
    queued.queue(queued.person(RUT))
    server, queued.server = queued.server, None

    assert queued.send(NOW + timedelta(days=10)) == {"waiting": 1}

    queued.server = server
    assert queued.send(NOW + timedelta(days=11)) == {"sent": 1}
    assert len(post_office.taken) == 1


def test_a_server_that_is_down_leaves_everything_waiting_for_longer_and_longer(
    queued: Outbox,
) -> None:
    with opened() as gone:
        queued.server = gone.address
    queued.queue(queued.person(RUT))
    now, waits = NOW, []
    for _ in range(6):
        assert queued.send(now) == {"failed": 1}
        mail = queued.mail()
        waits.append(round((mail.next_try_at - now).total_seconds() / 60))
        assert queued.send(mail.next_try_at - timedelta(seconds=2)) == {}
        now = mail.next_try_at

    assert waits == [1, 5, 30, 120, 720, 720]
    assert (queued.mail().state, queued.mail().error) == ("waiting", "unreachable")


def test_a_server_that_comes_back_gets_what_waited(queued: Outbox, post_office: PostOffice) -> None:
    server = queued.server
    with opened() as gone:
        queued.server = gone.address
    for email in (RUT, SVEN):
        queued.queue(queued.person(email))
    queued.send()
    queued.server = server

    queued.send(NOW + timedelta(minutes=2))

    assert queued.states() == {RUT: "sent", SVEN: "sent"}
    assert len(post_office.taken) == 2


def test_a_server_that_is_slow_is_waited_for(queued: Outbox, post_office: PostOffice) -> None:
    post_office.slow = 1.0
    queued.queue(queued.person(RUT))

    assert queued.send() == {"sent": 1}


def test_a_server_that_never_answers_costs_one_try(queued: Outbox, post_office: PostOffice) -> None:
    post_office.slow = 1.0
    queued.queue(queued.person(RUT))

    assert queued.send(patience=0.4) == {"failed": 1}

    assert (queued.mail().state, queued.mail().error) == ("waiting", "too_slow")
    post_office.slow = 0.0
    assert queued.send(NOW + timedelta(minutes=2)) == {"sent": 1}
    assert len({each.message_id for each in post_office.handed}) == 1


def test_a_greylisted_mail_is_sent_later(queued: Outbox, post_office: PostOffice) -> None:
    post_office.refused[RUT] = ["451 Try again later", "250 OK"]
    queued.queue(queued.person(RUT))

    assert queued.send() == {"failed": 1}
    assert (queued.mail().error, queued.mail().answer) == ("recipient_refused", 451)
    assert queued.send(NOW + timedelta(minutes=2)) == {"sent": 1}
    assert (queued.mail().error, queued.mail().answer) == (None, None)


def test_one_bad_recipient_does_not_stop_the_others(
    queued: Outbox, post_office: PostOffice
) -> None:
    for email in (RUT, SVEN, ULF):
        queued.queue(queued.person(email))
    post_office.refused[SVEN] = ["550 No such person"]

    assert queued.send() == {"sent": 2, "failed": 1}

    assert queued.states() == {RUT: "sent", SVEN: "waiting", ULF: "sent"}


def test_a_mail_that_the_server_refuses_does_not_stop_the_others(
    queued: Outbox, post_office: PostOffice
) -> None:
    post_office.answers = ["554 Looks like spam", "250 OK"]
    for email in (RUT, SVEN):
        queued.queue(queued.person(email))

    assert queued.send() == {"sent": 1, "failed": 1}
    assert {mail.error for mail in queued.mails()} == {None, "mail_refused"}


def test_a_server_that_dies_after_the_text_gets_it_again_under_the_same_name(
    queued: Outbox, post_office: PostOffice
) -> None:
    post_office.dies = 1
    for email in (RUT, SVEN):
        queued.queue(queued.person(email))

    assert queued.send() == {"sent": 1, "failed": 1}
    assert queued.send(NOW + timedelta(minutes=2)) == {"sent": 1}

    assert {len(post_office.to(email)) for email in (RUT, SVEN)} == {1}
    twice = [each.message_id for each in post_office.handed]
    assert len(twice) == 3
    assert len(set(twice)) == 2


def test_a_server_that_wants_to_be_left_alone_is_left_alone(
    queued: Outbox, post_office: PostOffice
) -> None:
    for email in (RUT, SVEN):
        queued.queue(queued.person(email))
        post_office.refused[email] = ["421 Too many connections"]

    assert queued.send() == {"failed": 1}
    assert {mail.attempts for mail in queued.mails()} == {0, 1}


def test_after_three_days_a_mail_is_given_up_in_plain_sight(
    queued: Outbox, post_office: PostOffice
) -> None:
    post_office.refused[RUT] = ["550 No such person"]
    queued.queue(queued.person(RUT))
    now, counted = NOW, {"failed": 1}
    while counted == {"failed": 1}:
        counted = queued.send(now)
        now += max(BACK_OFF) + timedelta(hours=1)

    mail = queued.mail()
    assert counted == {"given_up": 1}
    assert (mail.state, mail.error, mail.answer) == ("given_up", "recipient_refused", 550)
    assert mail.ended_at is not None
    assert timedelta(hours=72) <= mail.ended_at - NOW < timedelta(hours=84)
    assert queued.send(now) == {}


def test_who_has_no_account_any_more_gets_nothing(queued: Outbox, post_office: PostOffice) -> None:
    for email in (RUT, SVEN):
        queued.queue(queued.person(email))
    with queued.database.writing_all() as session:
        session.query(User).filter_by(email=RUT).one().active = False

    assert queued.send() == {"sent": 1, "dropped": 1}

    assert [each.recipient for each in post_office.taken] == [SVEN]
    dropped = queued.mails()[0]
    assert (dropped.state, dropped.subject, dropped.text) == ("dropped", "", "")


def test_somebody_of_another_organisation_gets_nothing(
    queued: Outbox, post_office: PostOffice
) -> None:
    queued.queue(ULF)

    assert queued.send() == {"dropped": 1}
    assert post_office.handed == []


def test_who_is_invited_has_no_account_yet_and_gets_the_mail(
    queued: Outbox, post_office: PostOffice
) -> None:
    queued.queue(ULF, kind=MailKind.INVITATION)

    assert queued.send() == {"sent": 1}
    assert len(post_office.to(ULF)) == 1


def test_an_organisation_that_is_closed_sends_nothing(
    queued: Outbox, post_office: PostOffice
) -> None:
    queued.queue(ULF, kind=MailKind.INVITATION)
    with queued.database.writing_all() as session:
        session.get_one(Organisation, queued.place.organisation_id).active = False

    assert queued.send() == {"dropped": 1}
    assert post_office.handed == []


def test_the_run_ends_between_two_mails_when_the_process_is_to_end(queued: Outbox) -> None:
    for email in (RUT, SVEN):
        queued.queue(queued.person(email))
    asked: list[bool] = []

    def stopping() -> bool:
        asked.append(True)
        return len(asked) > 1

    assert queued.send(stopping=stopping) == {"sent": 1}


@pytest.mark.parametrize("text", ["\r\n", "\n", "\r", "\u2028", "\x0b"])
@pytest.mark.parametrize("field", ["recipient", "subject"])
def test_line_breaks_in_the_head_are_refused_when_the_mail_is_queued(
    queued: Outbox, field: str, text: str
) -> None:
    value = {
        "recipient": f"{RUT}{text}Bcc: a@evil.example",
        "subject": f"Hej{text}Bcc: a@evil.example",
    }

    with pytest.raises(Invalid) as refused:
        queued.queue(**{"recipient": RUT} | {field: value[field]})

    assert refused.value.field == field
    assert queued.mails() == []


@pytest.mark.parametrize(
    "recipient",
    ["", "rut", "a@b", '"a b"@x.se', "a@x.se,b@x.se", "<a@x.se>", "a" * 250 + "@x.se", "åsa@x.se"],
)
def test_what_is_no_mail_address_is_refused_when_the_mail_is_queued(
    queued: Outbox, recipient: str
) -> None:
    with pytest.raises(Invalid):
        queued.queue(recipient)

    assert queued.mails() == []


def test_line_breaks_in_an_old_row_reach_nobody_else(
    queued: Outbox, post_office: PostOffice
) -> None:
    queued.queue(queued.person(RUT))
    with queued.database.writing_all() as session:
        session.query(OutboxMail).one().subject = "Enhet X\r\nBcc: a@evil.example"

    assert queued.send() == {"sent": 1}

    [got] = post_office.taken
    assert got.message["Subject"] == "Enhet X Bcc: a@evil.example"
    assert got.message["Bcc"] is None


def test_an_old_row_with_a_broken_address_is_given_up_and_stops_nobody(
    queued: Outbox, post_office: PostOffice
) -> None:
    for email in (RUT, SVEN):
        queued.queue(queued.person(email))
    with queued.database.writing_all() as session:
        bad = session.query(OutboxMail).filter_by(recipient=RUT).one()
        bad.recipient = f"{RUT}\r\nBcc: a@evil.example"
        bad.kind = MailKind.INVITATION.value

    assert queued.send() == {"sent": 1, "given_up": 1}
    assert [each.recipient for each in post_office.taken] == [SVEN]


def test_a_clock_that_is_turned_back_leaves_no_mail_behind(queued: Outbox) -> None:
    queued.queue(queued.person(RUT))
    ahead = NOW + timedelta(days=40)
    with queued.database.writing_all() as session:
        mail = session.query(OutboxMail).one()
        mail.state, mail.leased_until = "leased", ahead

    assert queued.send() == {"sent": 1}


def test_a_lease_that_nobody_ended_runs_out(queued: Outbox) -> None:
    queued.queue(queued.person(RUT))
    with queued.database.writing_all() as session:
        mail = session.query(OutboxMail).one()
        mail.state, mail.leased_until, mail.attempts = "leased", NOW + timedelta(seconds=120), 1

    assert queued.send(NOW + timedelta(seconds=60)) == {}
    assert queued.send(NOW + timedelta(seconds=120)) == {"sent": 1}


@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
def test_a_server_that_asks_who_we_are_is_told(queued: Outbox) -> None:
    options = {
        "authenticator": lets_in("utskick", "he/mligt"),
        "auth_required": True,
        "auth_require_tls": False,
    }
    queued.queue(queued.person(RUT))
    with opened(**options) as office:
        queued.server = MailServer("smtp", "127.0.0.1", office.port, "utskick", "fel")
        assert queued.send() == {"failed": 1}
        assert (queued.mail().error, queued.mail().answer) == ("log_in_refused", 535)

        queued.server = MailServer("smtp", "127.0.0.1", office.port, "utskick", "he/mligt")
        assert queued.send(NOW + timedelta(minutes=2)) == {"sent": 1}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folder = tmp_path_factory.mktemp("certificate")
    key, own = folder / "key.pem", folder / "own.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-keyout", str(key), "-out", str(own), "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
        ],
        check=True,
        capture_output=True,
    )
    return key, own


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize("security", ["smtp+starttls", "smtps"])
def test_a_secure_server_gets_mail_only_if_it_is_the_one_it_says(
    *,
    queued: Outbox,
    certificate: tuple[Path, Path],
    security: str,
    trusted: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    key, own = certificate
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own, key)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(own))
    options = {"ssl_context" if security == "smtps" else "tls_context": context}
    queued.queue(queued.person(RUT))

    with opened(**options) as office:
        queued.server = MailServer(security, "127.0.0.1", office.port)
        counted = queued.send()

    assert counted == ({"sent": 1} if trusted else {"failed": 1})
    assert queued.mail().error == (None if trusted else "not_secure")


def test_nothing_is_sent_in_the_open_to_a_server_that_should_be_secure(
    queued: Outbox, post_office: PostOffice
) -> None:
    queued.queue(queued.person(RUT))
    queued.server = MailServer("smtp+starttls", "127.0.0.1", post_office.port)

    assert queued.send() == {"failed": 1}
    assert queued.mail().error == "not_secure"
    assert post_office.handed == []
