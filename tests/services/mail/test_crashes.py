from __future__ import annotations

import os
import secrets
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest

from tests.services.mail.conftest import Outbox
from tests.services.mail.post_office import PostOffice

PEOPLE = ("rut@example.org", "sven@example.org", "ulf@example.org")
POINTS = (
    "mail.before_lease",
    "mail.after_lease",
    "mail.before_data",
    "mail.after_250",
    "mail.after_sent",
)


def _send_and_die(queued: Outbox, port: int, point: str) -> tuple[int, str]:
    """The command that sends mail, as a process of its own that is killed at the point."""
    settings = {
        "DATABASE_URL": queued.database.url.render_as_string(hide_password=False),
        "SMTP_URL": f"smtp://127.0.0.1:{port}",
        "MAIL_FROM": "tidstjuvar@example.se",
        "BASE_URL": "https://tidstjuvar.example.se",
        "SECRET_KEY": secrets.token_urlsafe(48),
        "RECEIPT_SALT": secrets.token_urlsafe(48),
        "TEST_CRASH_POINT": point,
    }
    environment = os.environ | {f"TIMETHIEF_{name}": value for name, value in settings.items()}
    command = [sys.executable, "-m", "timethief", "job", "run", "send_mail"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return ended.returncode, ended.stderr


@pytest.mark.parametrize("point", POINTS)
def test_killed_anywhere_no_mail_is_lost_and_only_after_the_servers_yes_one_comes_twice(
    queued: Outbox, post_office: PostOffice, point: str
) -> None:
    for email in PEOPLE:
        queued.queue(queued.person(email))

    assert _send_and_die(queued, post_office.port, point) == (-9, "")
    queued.send(datetime.now(UTC) + timedelta(seconds=121))

    assert set(queued.states().values()) == {"sent"}
    arrived = Counter(each.recipient for each in post_office.taken)
    assert sorted(arrived) == sorted(PEOPLE)
    assert sorted(arrived.values()) == ([1, 1, 2] if point == "mail.after_250" else [1, 1, 1])
    assert len({each.message_id for each in post_office.taken}) == 3
