from __future__ import annotations

import secrets
from datetime import date, timedelta

import pytest

from tests import make
from tests.anonymity.writing import SALT, place, send
from timethief.domain.anonymity import has_expired, week_of
from timethief.domain.receipts import (
    ALPHABET,
    BITS,
    holds_receipt,
    read_receipt,
    receipt_of,
)
from timethief.queries.anonymous_reports import thread
from timethief.services.anonymous.receipts import is_the_salt, new_receipt, receipt_hash
from timethief.services.anonymous.release import release
from timethief.storage.database import Database


def test_a_receipt_is_twenty_signs_in_five_groups_of_a_hundred_bits() -> None:
    receipt = receipt_of(2**BITS - 1)

    assert receipt == "ZZZZ-ZZZZ-ZZZZ-ZZZZ-ZZZZ"
    assert receipt_of(0) == "0000-0000-0000-0000-0000"
    assert BITS == 100
    assert len(set(ALPHABET)) == 32


def test_each_receipt_is_another_one() -> None:
    assert len({new_receipt() for _ in range(1_000)}) == 1_000


@pytest.mark.parametrize(
    "typed",
    [
        "K7QM-2TXV-9HNC-4WRD-JB83",
        "k7qm2txv9hnc4wrdjb83",
        " k7qm 2txv 9hnc 4wrd jb83 ",
        "K7QM\u20132TXV\u20139HNC\u20134WRD\u2013JB83",
        "K7QM 2TXV\u00a09HNC-4WRD_JB83",
    ],
)
def test_a_receipt_is_read_as_it_was_meant(typed: str) -> None:
    assert read_receipt(typed) == "K7QM2TXV9HNC4WRDJB83"


def test_letters_that_are_taken_for_digits_are_read_as_those() -> None:
    assert read_receipt("oOiI-lL00-1111-2222-3333") == "00111100111122223333"


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("Min kod är K7QM-2TXV-9HNC-4WRD-JB83.", True),
        ("k7qm 2txv 9hnc 4wrd jb83", True),
        ("k7qm2txv9hnc4wrdjb83", True),
        ("Vi har inte fått svar alls, bara mera krav", False),
        ("alla dela vara hela bara", False),
        ("2026-03-01 klockan 10.30 och 2026-03-02", False),
        ("", False),
    ],
)
def test_a_text_is_looked_through_for_receipts(text: str, *, holds: bool) -> None:
    assert holds_receipt(text) is holds


def test_the_receipt_itself_is_found_however_it_is_taken_apart() -> None:
    assert holds_receipt("K 7 Q M, 2TXV/9HNC (4WRD) JB83", "K7QM-2TXV-9HNC-4WRD-JB83")


def test_only_a_hash_is_kept_and_it_hangs_on_the_salt() -> None:
    receipt = new_receipt()

    found = receipt_hash(receipt, SALT)

    assert found == receipt_hash(receipt.lower().replace("-", " "), SALT)
    assert found != receipt_hash(receipt, "another salt")
    assert read_receipt(receipt) not in found.upper()
    assert len(found) == 64


def test_a_lost_salt_is_noticed(database: Database) -> None:
    with database.writing_all() as session:
        assert is_the_salt(session, SALT)
    with database.writing_all() as session:
        assert is_the_salt(session, SALT)
        assert not is_the_salt(session, "another salt")


def test_a_receipt_opens_the_thread_and_one_wrong_sign_does_not(database: Database) -> None:
    where = place(database)
    receipt = new_receipt()
    send(database, where, receipt, title="Skriver listan")
    other = ALPHABET[(ALPHABET.index(receipt[0]) + 1) % 32] + receipt[1:]

    with database.reading(where.organisation_id) as session:
        right = thread(session, where.organisation_id, receipt_hash(receipt, SALT), make.TODAY)
        wrong = thread(session, where.organisation_id, receipt_hash(other, SALT), make.TODAY)

    assert right is not None
    assert right.title == "Skriver listan"
    assert wrong is None


def test_another_organisations_receipt_opens_nothing_here(database: Database) -> None:
    where = place(database)
    with database.writing_all() as session:
        other = make.organisation(session, "annan")
    receipt = new_receipt()
    send(database, where, receipt)

    with database.reading(other.organisation_id) as session:
        assert (
            thread(session, other.organisation_id, receipt_hash(receipt, SALT), make.TODAY) is None
        )


def test_ten_thousand_random_hashes_hit_nothing(database: Database) -> None:
    where = place(database)
    send(database, where, new_receipt())

    with database.reading(where.organisation_id) as session:
        for _ in range(10_000 if database.is_sqlite else 1_000):
            guess = secrets.token_hex(32)
            assert thread(session, where.organisation_id, guess, make.TODAY) is None


@pytest.mark.parametrize(("days", "is_open"), [(360, True), (380, False)])
def test_a_receipt_ends_a_year_after_the_last_thing_said(
    database: Database, days: int, *, is_open: bool
) -> None:
    where = place(database)
    receipt = new_receipt()
    send(database, where, receipt)
    release(database, where.organisation_id, make.NOW)

    with database.reading(where.organisation_id) as session:
        found = thread(
            session,
            where.organisation_id,
            receipt_hash(receipt, SALT),
            make.TODAY + timedelta(days=days),
        )

    assert (found is not None) is is_open


def test_what_has_not_been_shown_yet_does_not_end() -> None:
    assert not has_expired((None, None), date(2030, 1, 1))
    assert not has_expired(("2026-W01", "2026-W30"), date(2027, 7, 1))
    assert has_expired(("2026-W01", None), date(2027, 7, 1))


def test_weeks_are_those_of_the_calendar_in_use_in_sweden() -> None:
    assert week_of(date(2026, 12, 31)) == "2026-W53"
    assert week_of(date(2027, 1, 3)) == "2026-W53"
    assert week_of(date(2027, 1, 4)) == "2027-W01"
