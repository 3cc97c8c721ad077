"""An import by the API, from the file to what came of it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from tests.web.api.caller import PROBLEM, Caller
from tests.web.browser import neighbour
from tests.web.conftest import Installation, Make
from timethief.domain.tokens import Scope
from timethief.exchange.import_runner import work
from timethief.storage.uploads import Uploads
from timethief.web import current

IMPORTS = "/api/v1/imports"
HEAD = "title;unit;staff_category;minutes;times;per;people;requester_level;requester;external_id"
RIGHT = "Fylla i lista {n};{unit};nurse;10;1;week;5;own_organisation;Kansliet;rad-{n}"


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, install: Make, tmp_path: Path) -> Installation:
    made: Installation = install(request.param)
    made.app.extensions[current.UPLOADS] = Uploads(tmp_path / "uploads", "")
    return made


def _work(place: Installation) -> None:
    work(place.database, place.app.extensions[current.UPLOADS])


def _file(caller: Caller, faults: int = 0) -> bytes:
    unit = caller.get("/api/v1/units?limit=1").json["items"][0]["code"]
    lines = [RIGHT.format(n=n, unit=unit) for n in range(3)]
    lines += [line.replace(";10;", ";tolv;") for line in lines[:faults]]
    return "\n".join([HEAD, *lines]).encode()


def _send(caller: Caller, content: bytes) -> str:
    answer = caller.call(
        "POST", f"{IMPORTS}?file_name=lista.csv", data=content, content_type="text/csv"
    )
    assert answer.status == 202, answer.text
    assert answer.headers["Location"].endswith(answer.json["id"])
    assert answer.json["file_name"] == "lista.csv"
    identifier: str = answer.json["id"]
    return identifier


def test_a_file_is_read_chosen_put_in_and_taken_back(place: Installation) -> None:
    caller = Caller(place)
    before = len(place.tasks())
    run = f"{IMPORTS}/{_send(caller, _file(caller))}"
    _work(place)
    read = caller.get(run).json
    assert (read["state"], read["right"], read["wrong"], read["faults"]) == ("preview", 3, 0, [])

    chosen = caller.send("POST", f"{run}/choice", {"act": "all"})
    assert chosen.status == 200, chosen.text
    _work(place)

    done = caller.get(run).json
    assert (done["state"], done["added"], done["rows_done"]) == ("done", 3, 3)
    assert len(place.tasks()) == before + 3
    assert caller.send("POST", f"{run}/choice", {"act": "undo"}).status == 200
    _work(place)
    assert caller.get(run).json["state"] == "undone"
    assert len(place.tasks()) == before


def test_all_means_all_and_every_fault_is_told(place: Installation) -> None:
    caller = Caller(place)
    run = f"{IMPORTS}/{_send(caller, _file(caller, faults=1))}"
    _work(place)

    refused = caller.send("POST", f"{run}/choice", {"act": "all"})

    assert (refused.status, refused.headers["Content-Type"]) == (409, PROBLEM)
    [fault] = caller.get(run).json["faults"]
    assert (fault["row"], fault["column"], fault["shown"]) == (5, "minutes", "tolv")
    assert caller.get(run).json["state"] == "preview"
    assert caller.send("POST", f"{run}/choice", {"act": "cancel"}).status == 200
    assert caller.get(run).json["state"] == "cancelled"


def test_a_form_may_bring_the_file(place: Installation) -> None:
    caller = Caller(place)

    answer = caller.call(
        "POST",
        IMPORTS,
        data={"file": (io.BytesIO(_file(caller)), "lista.csv")},
        content_type="multipart/form-data",
    )

    assert (answer.status, answer.json["file_name"]) == (202, "lista.csv")


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"", "text/csv", 422),
        (b"x" * 20_000_001, "text/csv", 422),
        (b"x" * 21_000_000, "text/csv", 413),
        (b"{}", "application/json", 415),
        (b"", "multipart/form-data; boundary=x", 422),
    ],
    ids=["empty", "too large", "far too large", "JSON", "a form without a file"],
)
def test_what_is_no_file_is_refused(
    place: Installation, content: bytes, kind: str, status: int
) -> None:
    answer = Caller(place).call("POST", IMPORTS, data=content, content_type=kind)

    assert (answer.status, answer.headers["Content-Type"]) == (status, PROBLEM)


def test_an_import_is_its_makers_and_takes_the_right_and_the_scope(place: Installation) -> None:
    caller = Caller(place)
    run = f"{IMPORTS}/{_send(caller, _file(caller))}"

    assert Caller(place, neighbour("support")).get(run).status == 404
    assert Caller(place, "staff").get(run).status == 403
    reader = Caller(place, scope=Scope.READ)
    assert reader.get(run).status == 200
    assert reader.send("POST", f"{run}/choice", {"act": "all"}).status == 403
    assert caller.send("POST", f"{run}/choice", {"act": "perhaps"}).status == 422
