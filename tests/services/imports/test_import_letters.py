from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.services.imports.conftest import House, row, table
from timethief.domain.identifiers import to_text
from timethief.exchange import import_runner
from timethief.storage.tables import OutboxMail

ADDRESS = "https://tidstjuv.example.org"


def mails(house: House) -> list[OutboxMail]:
    with house.database.reading_all() as session:
        return list(session.scalars(select(OutboxMail)))


def work(house: House, mail_from: str = ADDRESS) -> None:
    import_runner.work(house.database, replace(house.uploads, mail_from=mail_from))


def test_who_waited_long_is_told_by_mail_once(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = house.send(table(row(1)), name="hemlig lista.csv")
    monkeypatch.setattr(import_runner, "_now", lambda: house.now + timedelta(seconds=61))
    work(house)
    work(house)

    (read,) = mails(house)
    assert read.organisation_id == house.place.organisation_id
    assert read.subject == "Timethief: din fil är läst"
    assert f"\n\n{ADDRESS}/imports/{to_text(import_id)}" in read.text
    assert "hemlig" not in read.text + read.subject

    house.choose(import_id)
    work(house)

    assert {mail.subject for mail in mails(house)} == {
        read.subject,
        "Timethief: din import är klar",
    }


@pytest.mark.parametrize(("seconds", "mail_from"), [(59, ADDRESS), (61, "")])
def test_who_waited_shortly_or_cannot_be_mailed_is_not(
    house: House, monkeypatch: pytest.MonkeyPatch, seconds: int, mail_from: str
) -> None:
    house.send(table(row(1)))
    monkeypatch.setattr(import_runner, "_now", lambda: house.now + timedelta(seconds=seconds))

    work(house, mail_from)

    assert mails(house) == []
