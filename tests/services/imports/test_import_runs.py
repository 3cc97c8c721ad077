from __future__ import annotations

import pytest
from sqlalchemy import select

from tests.services.imports.conftest import ALL_HEADINGS, House, row, table
from timethief.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from timethief.domain.import_runs import MOST_OPEN, ImportState, Likeness
from timethief.domain.people import Role
from timethief.exchange import import_runner
from timethief.queries.import_runs import faults_of, import_runs
from timethief.services.importing import steps as import_steps
from timethief.storage.tables import AuditEvent, Task, User
from timethief.storage.uploads import Progress

THREE = table(*(row(number) for number in range(3)))


def test_a_file_is_read_shown_chosen_and_put_in(house: House) -> None:
    import_id = house.send(THREE, "C:\\Mina\u202e dokument\\lista.csv")
    assert house.run(import_id).state is ImportState.RECEIVED
    house.work()
    shown = house.run(import_id)
    assert (shown.state, shown.rows_total, shown.right, shown.wrong) == (
        *(ImportState.PREVIEW, 3, 3, 0),
    )
    assert (shown.file_name, shown.maker, shown.percent) == ("lista.csv", "Anna", 100)
    assert house.titles() == []

    house.choose(import_id)
    house.work()

    done = house.run(import_id)
    assert (done.state, done.added, done.changed, done.can_undo) == (ImportState.DONE, 3, 0, True)
    assert done.undo_until is not None
    assert done.new_requesters == ("Skolverket",)
    assert len(house.titles()) == 3
    with house.database.reading(house.place.organisation_id) as session:
        acts = session.scalars(select(AuditEvent).where(AuditEvent.act == "tasks_imported")).all()
    assert [(act.user_id, act.after["tasks_added"]) for act in acts] == [(house.actor.user_id, 3)]


def test_every_fault_is_told_with_its_cell_and_the_right_rows_alone_come_in(house: House) -> None:
    wrong = [row(number, minutes="0") for number in range(120)]
    import_id = house.previewed(
        table(row(1), *wrong, row(2, unit="Avdelning 9"), row(3, external_id="a"))
    )

    shown = house.run(import_id)
    with house.database.reading(house.place.organisation_id) as session:
        _, everything = faults_of(session, house.uploads, house.actor, import_id)

    assert (shown.right, shown.wrong, len(shown.faults), len(everything)) == (2, 121, 100, 121)
    first, last = everything[0], everything[-1]
    assert (first.row, first.column, first.shown, first.refusal.reason) == (
        *(3, "minutes", "0", "not_above"),
    )
    assert (last.row, last.column, last.shown) == (123, "unit", "Avdelning 9")
    house.choose(import_id)
    house.work()
    assert house.titles() == ["Fyller i lista 1", "Fyller i lista 3"]


def test_a_reference_that_stands_twice_in_the_file_is_a_fault(house: House) -> None:
    import_id = house.previewed(table(row(1, external_id="a"), row(2, external_id="a")))

    (fault,) = house.run(import_id).faults

    assert (fault.row, fault.refusal.reason, fault.refusal.values) == (
        *(3, "reference_twice", {"row": 2}),
    )


def test_what_looks_like_what_exists_is_told_row_by_row(house: House) -> None:
    house.imported(table(row(1), row(2, external_id="a")))

    import_id = house.previewed(
        table(
            row(9, external_id="a"),
            row(1, title="FYLLER  i lista 1"),
            row(1, unit="Södra"),
            row(3),
            row(3),
        )
    )

    shown = house.run(import_id)
    assert shown.similar == 3
    assert [(each.row, each.likeness, each.other_row) for each in shown.similar_rows] == [
        (2, Likeness.UPDATES, 0),
        (3, Likeness.EXISTS, 0),
        (6, Likeness.TWICE, 5),
    ]


def test_the_same_file_again_changes_nothing_and_is_known(house: House) -> None:
    file = table(row(1, external_id="a"), row(2, external_id="b"))
    first = house.imported(file)
    assert house.run(first).imported_before is None

    second = house.imported(file)

    done = house.run(second)
    assert (done.added, done.changed, done.unchanged) == (0, 0, 2)
    assert done.imported_before == house.run(first).finished_at
    assert len(house.titles()) == 2


def test_unknown_headings_are_asked_about_once_and_remembered(house: House) -> None:
    rows = (*row(1), "gånger två", "bra att veta"), (*row(2), "", "mer")
    file = table(*rows, headings=(*ALL_HEADINGS, "Egen anteckning", "Förklaring"))
    import_id = house.send(file)
    house.work()
    asked = house.run(import_id)
    assert asked.state is ImportState.COLUMNS
    assert [(each.heading, each.code) for each in asked.unknown] == [
        ("Egen anteckning", None),
        ("Förklaring", None),
    ]
    keys = [each.key for each in asked.unknown]

    house.map_columns(import_id, {keys[0]: "", keys[1]: "description"})
    house.work()
    shown = house.run(import_id)
    again = house.imported(file)

    assert (shown.state, shown.right) == (ImportState.PREVIEW, 2)
    assert [each.code for each in shown.unknown] == ["", "description"]
    assert house.run(again).added == 2
    with house.database.reading(house.place.organisation_id) as session:
        assert set(session.scalars(select(Task.description))) == {"bra att veta", "mer"}


def test_headings_are_told_of_the_file_only_and_each_column_once(house: House) -> None:
    file = table((*row(1), "", ""), headings=(*ALL_HEADINGS, "Ett", "Två"))
    import_id = house.send(file)
    house.work()
    one, two = (each.key for each in house.run(import_id).unknown)

    with pytest.raises(Invalid, match="column_twice"):
        house.map_columns(import_id, {one: "description", two: "description"})
    with pytest.raises(Invalid, match="not_a_choice"):
        house.map_columns(import_id, {"tre": ""})
    assert house.run(import_id).state is ImportState.COLUMNS


def test_a_heading_of_any_length_can_be_told(house: House) -> None:
    long = "\ufdfa" * 300
    import_id = house.send(table((*row(1), "det är så"), headings=(*ALL_HEADINGS, long)))
    house.work()
    (asked,) = house.run(import_id).unknown

    house.map_columns(import_id, {asked.key: "description"})
    house.work()
    house.choose(import_id)
    house.work()

    with house.database.reading(house.place.organisation_id) as session:
        assert session.scalars(select(Task.description)).all() == ["det är så"]


def test_a_required_column_that_no_heading_can_be_refuses_the_file(house: House) -> None:
    import_id = house.send(table(row(1)[1:], headings=ALL_HEADINGS[1:]))

    house.work()

    shown = house.run(import_id)
    assert shown.state is ImportState.REFUSED
    assert [(each.column, each.refusal.reason) for each in shown.faults] == [
        ("title", "column_missing")
    ]


def test_the_second_import_of_an_organisation_waits_and_goes_on_by_itself(house: House) -> None:
    first = house.previewed(THREE)
    second = house.previewed(table(row(7)))
    house.choose(first)
    house.choose(second)
    assert [house.run(each).state for each in (first, second)] == [
        ImportState.IMPORTING,
        ImportState.WAITING,
    ]

    house.work()

    assert [house.run(each).state for each in (first, second)] == [ImportState.DONE] * 2
    assert len(house.titles()) == 4


def test_two_who_work_never_put_in_at_once(house: House) -> None:
    import_id = house.previewed(THREE)
    house.choose(import_id)

    with house.uploads.locked(import_runner.place_of(house.database, house.place.organisation_id)):
        house.work()
        assert house.titles() == []
        assert house.run(import_id).state is ImportState.IMPORTING
    house.work()

    assert len(house.titles()) == 3


def test_choosing_and_cancelling_twice_is_once(house: House) -> None:
    import_id = house.previewed(THREE)
    house.choose(import_id)
    house.choose(import_id)
    house.work()
    house.choose(import_id)
    house.work()
    assert len(house.titles()) == 3
    with pytest.raises(Conflict, match="import_moved_on"):
        house.cancel(import_id)

    other = house.previewed(table(row(7)))
    house.cancel(other)
    house.cancel(other)

    assert house.run(other).state is ImportState.CANCELLED
    assert not house.run(other).kept
    with pytest.raises(Conflict, match="import_moved_on"):
        house.choose(other)


def test_what_is_cancelled_while_it_is_read_stays_cancelled_and_leaves_no_file(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    import_id = house.send(THREE)
    is_still = import_steps.is_still

    def cancelled_first(*given: object) -> bool:
        house.cancel(import_id)
        return is_still(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(import_runner, "_TELL_EVERY", 0.0)
    monkeypatch.setattr(import_steps, "is_still", cancelled_first)

    house.work()

    assert house.run(import_id).state is ImportState.CANCELLED
    assert [file.name for file in house.uploads.folder.iterdir() if "lock" not in file.name] == []


def test_nothing_right_is_nothing_to_choose(house: House) -> None:
    import_id = house.previewed(table(row(1, minutes="-1")))

    with pytest.raises(Conflict, match="import_nothing_right"):
        house.choose(import_id)


def test_a_preview_lasts_a_day(house: House) -> None:
    import_id = house.previewed(THREE)
    house.later(hours=24)

    with pytest.raises(Conflict, match="import_expired"):
        house.choose(import_id)
    assert house.titles() == []


def test_before_it_is_done_an_import_is_its_makers_alone(house: House) -> None:
    colleague = house.person(Role.ADMIN, "Bo")
    stranger = house.stranger()
    import_id = house.previewed(THREE)

    for other in (colleague, stranger):
        for act in (house.run, house.choose, house.cancel, house.undo):
            with pytest.raises(NotFound):
                act(import_id, other)
        with pytest.raises(NotFound):
            house.map_columns(import_id, {}, other)
    house.choose(import_id)
    house.work()

    assert house.run(import_id, colleague).added == 3
    with pytest.raises(NotFound):
        house.run(import_id, stranger)
    with pytest.raises(NotFound):
        house.undo(import_id, stranger)
    assert len(house.titles()) == 3


@pytest.mark.parametrize("role", [Role.STAFF, Role.LEADERSHIP, Role.OPERATOR])
def test_who_may_not_import_may_do_nothing(house: House, role: Role) -> None:
    import_id = house.previewed(THREE)
    other = house.person(role, "Ulf")

    for act in (house.run, house.choose, house.cancel, house.undo):
        with pytest.raises(NotAllowed):
            act(import_id, other)
    with pytest.raises(NotAllowed):
        house.send(THREE, by=other)


def test_who_has_lost_the_right_meanwhile_puts_nothing_in(house: House) -> None:
    import_id = house.previewed(THREE)
    house.choose(import_id)
    with house.database.writing(house.place.organisation_id) as session:
        session.get_one(User, house.actor.user_id).role = Role.STAFF.value

    house.work()

    row_ = house.stands(import_id)
    assert (row_.state, row_.refusal["reason"]) == ("failed", "import_not_allowed")
    assert house.titles() == []


def test_so_many_files_may_wait_and_no_more(house: House) -> None:
    for _ in range(MOST_OPEN):
        house.send(b"x")

    with pytest.raises(Invalid, match="imports_open"):
        house.send(b"x")

    house.work()
    house.send(b"x")


def test_the_list_holds_ones_own_and_what_is_done_the_newest_first(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("timethief.queries.import_runs.PAGE", 2)
    colleague = house.person(Role.ADMIN, "Bo")
    ids = []
    for _ in range(3):
        ids.append(house.send(b"x"))
        house.later(seconds=1)
    house.send(b"x", by=colleague)

    with house.database.reading(house.place.organisation_id) as session:
        first = import_runs(session, house.uploads, house.actor, None, house.now)
        second = import_runs(session, house.uploads, house.actor, first.older, house.now)

    shown = [each.made_at for each in (*first.runs, *second.runs)]
    assert shown == sorted((house.stands(each).made_at for each in ids), reverse=True)
    assert second.older is None


def test_progress_never_falls_within_a_state(house: House) -> None:
    import_id = house.send(THREE)
    uploads = house.uploads

    uploads.tell(import_id, Progress("received", 50, 40))
    uploads.tell(import_id, Progress("received", 10, 20))
    assert (house.run(import_id).percent, house.run(import_id).rows_done) == (40, 50)

    uploads.tell(import_id, Progress("reading", 1, 2))
    assert house.run(import_id).percent == 0
    assert uploads.progress(import_id) == Progress("reading", 1, 2)


def test_undone_within_thirty_days_nothing_is_left(house: House) -> None:
    import_id = house.imported(THREE)
    colleague = house.person(Role.ADMIN, "Bo")
    house.later(days=29)

    house.undo(import_id, colleague)
    house.undo(import_id, colleague)
    house.work()

    assert house.run(import_id).state is ImportState.UNDONE
    assert house.titles() == []
    with house.database.reading(house.place.organisation_id) as session:
        acts = session.scalars(select(AuditEvent).where(AuditEvent.act == "import_undone")).all()
    assert [act.user_id for act in acts] == [colleague.user_id]


def test_after_thirty_days_an_import_stays(house: House) -> None:
    import_id = house.imported(THREE)
    house.later(days=31)

    with pytest.raises(Conflict, match="import_undo_over"):
        house.undo(import_id)
    assert not house.run(import_id).can_undo
