from __future__ import annotations

import os
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.services.imports.conftest import House, row, table
from tests.services.settings import CONFIG
from timethief.domain.identifiers import new_identifier
from timethief.domain.import_runs import ImportState
from timethief.services.importing import runner as import_runner
from timethief.services.jobs import Surroundings
from timethief.storage.tables import ImportedChange
from timethief.storage.uploads import Uploads

ONE = table(row(1, external_id="a"))


@pytest.fixture
def woken(monkeypatch: pytest.MonkeyPatch) -> list[Uploads]:
    """Each time that the job wakes a process."""
    found: list[Uploads] = []
    monkeypatch.setattr(import_runner, "start", found.append)
    return found


def see_to(house: House) -> dict[str, int]:
    config = replace(CONFIG, instance=house.folder, database_url=house.uploads.database_url)
    return dict(import_runner.see_to_imports(Surroundings(house.database, config), house.now))


def test_what_nobody_works_on_is_taken_up_and_what_somebody_works_on_is_not(
    house: House, woken: list[Uploads]
) -> None:
    assert see_to(house)["imports"] == 0
    import_id = house.send(ONE)
    house.die_at("import.read")

    assert see_to(house)["imports"] == 1
    assert woken == [house.uploads]
    with house.uploads.locked(house.run(import_id).id):
        assert see_to(house)["imports"] == 0
    assert len(woken) == 1


def test_a_preview_that_nobody_chose_ends_after_a_day_and_its_file_goes(
    house: House, woken: list[Uploads]
) -> None:
    import_id = house.previewed(ONE)
    assert see_to(house.later(hours=23)) == {"imports": 0, "previews": 0, "uploads": 0, "undos": 0}
    assert house.run(import_id).kept

    assert see_to(house.later(hours=1)) == {"imports": 0, "previews": 1, "uploads": 1, "undos": 0}

    assert house.run(import_id).state is ImportState.EXPIRED
    assert not house.run(import_id).kept
    assert woken == []


def test_a_file_that_belongs_to_no_import_goes_after_a_day(
    house: House, woken: list[Uploads]
) -> None:
    kept, lost = house.send(ONE), new_identifier()
    for name in ("first", "second"):
        (house.folder / name).write_bytes(b"x")
    house.uploads.take_in(lost, house.folder / "first")
    assert see_to(house)["uploads"] == 0
    yesterday = (house.now - timedelta(hours=24)).timestamp()
    os.utime(house.uploads.source(lost), (yesterday, yesterday))

    assert see_to(house)["uploads"] == 1

    assert not house.uploads.source(lost).exists()
    assert house.uploads.source(kept).exists()
    assert len(woken) == 2


def test_what_undoing_takes_is_kept_for_thirty_days(house: House, woken: list[Uploads]) -> None:
    house.imported(ONE)
    house.imported(table(row(2, external_id="a")))

    def kept() -> int | None:
        with house.database.reading_all() as session:
            return session.scalar(select(func.count()).select_from(ImportedChange))

    see_to(house.later(days=29))
    assert kept() == 1
    assert see_to(house.later(days=2))["undos"] == 1
    assert kept() == 0
    assert woken == []
