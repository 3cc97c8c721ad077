from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time

import pytest

from tests.services.imports.conftest import House, row, table
from timethief.domain.import_runs import BUSY, MOST_ATTEMPTS, ImportState
from timethief.services.importing import runner as import_runner

THREE = table(*(row(number, external_id=f"r{number}") for number in range(3)))


@pytest.mark.parametrize("point", ["import.claimed", "import.read", "import.previewed"])
def test_killed_while_it_reads_nothing_is_stored_and_the_next_one_goes_on(
    house: House, point: str
) -> None:
    import_id = house.send(THREE)

    house.die_at(point)

    seen = house.run(import_id).state
    assert seen is (ImportState.PREVIEW if point == "import.previewed" else ImportState.READING)
    assert house.titles() == []
    house.work()
    assert (house.run(import_id).state, house.run(import_id).right) == (ImportState.PREVIEW, 3)


@pytest.mark.parametrize(
    "point", ["import.claimed", "import.prepared", "import.put_in", "import.stored"]
)
def test_killed_while_it_puts_in_all_rows_are_there_or_none_and_the_state_says_which(
    house: House, point: str
) -> None:
    import_id = house.previewed(THREE)
    house.choose(import_id)

    house.die_at(point)

    done = point == "import.stored"
    assert house.run(import_id).state is (ImportState.DONE if done else ImportState.IMPORTING)
    assert len(house.titles()) == (3 if done else 0)
    house.work()
    assert (house.run(import_id).state, house.run(import_id).added) == (ImportState.DONE, 3)
    assert len(house.titles()) == 3


@pytest.mark.parametrize("point", ["import.claimed", "import.taken_back", "import.undone"])
def test_killed_while_it_undoes_all_rows_are_gone_or_none_and_the_state_says_which(
    house: House, point: str
) -> None:
    import_id = house.imported(THREE)
    house.undo(import_id)

    house.die_at(point)

    undone = point == "import.undone"
    assert house.run(import_id).state is (ImportState.UNDONE if undone else ImportState.UNDOING)
    assert len(house.titles()) == (0 if undone else 3)
    house.work()
    assert house.run(import_id).state is ImportState.UNDONE
    assert house.titles() == []


def test_what_dies_each_time_is_given_up_and_the_others_go_on(house: House) -> None:
    import_id = house.send(THREE)
    for _ in range(MOST_ATTEMPTS):
        house.die_at("import.read")
    other = house.send(table(row(9)))

    house.work()

    given_up = house.run(import_id)
    assert given_up.state is ImportState.FAILED
    assert given_up.refusal is not None
    assert given_up.refusal.reason == "import_broken_off"
    assert house.run(other).state is ImportState.PREVIEW


def test_a_reading_process_that_dies_refuses_the_file(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = house.send(THREE)
    monkeypatch.setattr(sys, "executable", shutil.which("false"))

    house.work()

    shown = house.run(import_id)
    assert shown.state is ImportState.REFUSED
    assert shown.refusal is not None
    assert shown.refusal.reason == "file_damaged"


def test_the_process_works_by_itself_and_outlives_who_woke_it(house: House) -> None:
    import_id = house.send(THREE)
    program = (
        "import sys; from pathlib import Path; from timethief.services.importing.runner import start; "
        "from timethief.storage.uploads import Uploads; "
        "start(Uploads(Path(sys.argv[1]), sys.argv[2])); import os; os._exit(0)"
    )
    uploads = house.uploads
    command = [sys.executable, "-c", program, str(uploads.folder), uploads.database_url]

    subprocess.run(command, check=True, env=os.environ)

    until = time.monotonic() + 120
    while house.run(import_id).state in BUSY and time.monotonic() < until:
        time.sleep(0.1)
    assert house.run(import_id).state is ImportState.PREVIEW
    assert import_runner._is_idle(uploads, import_id)
