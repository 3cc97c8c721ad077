from __future__ import annotations

import uuid
from dataclasses import replace

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from tests import loop, make
from timethief.domain.errors import Invalid, NotAllowed, NotFound
from timethief.domain.masking import MASK, Maskable, masked
from timethief.domain.people import Actor, Role
from timethief.domain.playbook import Practice
from timethief.domain.vocabulary import Action
from timethief.services import masking, playbook, reports, reviews
from timethief.storage import search
from timethief.storage.binding import BOUND_BY
from timethief.storage.database import Database
from timethief.storage.tables import (
    AnonymousMessage,
    AnonymousReport,
    AuditEvent,
    Base,
    Inquiry,
    PlaybookEntry,
    Report,
    Requirement,
    Task,
    TaskEvent,
)

NAME = "Zacharias Qvist"
PAST = {BOUND_BY: "nothing: this is a test of what the database itself refuses"}


class Scene:
    """A task with two reports and an anonymous one, all of which name somebody."""

    def __init__(self, database: Database) -> None:
        self.database = database
        with database.writing_all() as session:
            self.place = make.organisation(session)
            self.support = make.actor(session, self.place, Role.SUPPORT, "Stina")
            self.task = make.task(
                session,
                self.place,
                title=f"Rapport till {NAME}",
                description=f"{NAME.upper()} vill ha den.\nFråga zacharias\nqvist.",
            )
            facts = make.report_facts(self.place, title="Samma", description=f"Åt {NAME}s kansli")
            make.sent(session, make.actor(session, self.place), facts, same_as=self.task)
            anonymous = AnonymousReport(
                organisation_id=self.place.organisation_id,
                released_week="2026-W10",
                title=f"Om {NAME}",
                requester_name=NAME,
                use_answer="unknown",
                status="used",
                shown_status="used",
                task_id=self.task,
            )
            session.add(anonymous)
            session.flush()
            self.anonymous = anonymous.id
            session.add(
                AnonymousMessage(
                    organisation_id=self.place.organisation_id,
                    report_id=anonymous.id,
                    position=1,
                    side="writer",
                    kind="addition",
                    text=f"Det är {NAME} som vill det",
                )
            )
            requirement = Requirement(
                requester_id=session.get_one(Task, self.task).requester_id,
                organisation_id=self.place.organisation_id,
                title="Kvartalsrapport",
                folded_title="kvartalsrapport",
                binding="custom",
            )
            session.add(requirement)
            session.flush()
            session.get_one(Task, self.task).requirement_id = requirement.id
            for about in ({"task_id": self.task}, {"requirement_id": requirement.id}):
                session.add(
                    Inquiry(
                        organisation_id=self.place.organisation_id,
                        asked_at=make.NOW,
                        recipient="",
                        message=f"Hälsa {NAME}",
                        deadline=make.NOW.date(),
                        state="answered",
                        comment=f"Svar från {NAME}",
                        answered_by=NAME,
                        **about,
                    )
                )
            loop.all_of(session, self.support, self.task, f"Sade {NAME}")
            session.add(
                loop.case(
                    self.place.organisation_id,
                    report_id=anonymous.id,
                    routed_reason=f"Åt {NAME}",
                )
            )
            version = session.get_one(Task, self.task).version
            review = replace(make.review(), legal_basis=f"Beslut av {NAME}")
            reviews.store(session, self.support, self.task, review, version, make.key(), make.NOW)

    def mask(
        self,
        kind: Maskable = Maskable.TASK,
        key: int | uuid.UUID = 0,
        part: str = NAME,
        reason: str = "Pekar ut en enskild",
        who: Actor | None = None,
    ) -> int:
        with self.database.writing(self.place.organisation_id) as session:
            return masking.mask(
                session, who or self.support, kind, key or self.task, part, reason, make.NOW
            )

    def everything(self) -> str:
        """All that is stored, as text."""
        with self.database.reading_all() as session:
            return "\n".join(
                repr(tuple(row))
                for table in Base.metadata.sorted_tables
                for row in session.execute(select(table))
            )


@pytest.fixture
def scene(database: Database) -> Scene:
    return Scene(database)


@pytest.mark.parametrize("kind", list(Maskable))
def test_the_words_are_gone_from_everything_that_tells_of_the_task(
    scene: Scene, kind: Maskable
) -> None:
    with scene.database.reading_all() as session:
        report = session.scalars(select(Report.id).where(Report.title == "Samma")).one()
        keys: dict[Maskable, int | uuid.UUID] = {
            Maskable.TASK: scene.task,
            Maskable.REPORT: report,
            Maskable.ANONYMOUS_REPORT: scene.anonymous,
        }
    assert "qvist" in scene.everything().casefold()

    scene.mask(kind, keys[kind])

    assert "qvist" not in scene.everything().casefold()
    with scene.database.reading_all() as session:
        task = session.get_one(Task, scene.task)
        assert task.title == f"Rapport till {MASK}"
        assert task.description == f"{MASK} vill ha den.\nFråga {MASK}."
        assert session.get_one(Report, report).description == f"Åt {MASK}s kansli"
        event = session.scalars(select(TaskEvent).where(TaskEvent.kind == "reviewed")).one()
        assert event.after["legal_basis"] == f"Beslut av {MASK}"


def test_nobody_finds_the_task_by_the_words_any_more(scene: Scene) -> None:
    scene.mask()

    with scene.database.reading(scene.place.organisation_id) as session:
        gone = session.scalars(search.matching(session, ("qvist",))).all()
        kept = session.scalars(search.matching(session, ("rapport",))).all()
    assert (gone, kept) == ([], [scene.task])


def test_the_trail_tells_why_and_not_what(scene: Scene) -> None:
    count = scene.mask()

    with scene.database.reading_all() as session:
        line = session.scalars(select(AuditEvent)).one()
    assert (line.act, line.subject) == ("text_masked", "task")
    assert line.user_id == scene.support.user_id
    assert (line.before, line.after) == ({}, {"reason": "Pekar ut en enskild", "texts": count})
    assert count == 30


@pytest.mark.parametrize(
    ("part", "reason", "field", "why"),
    [
        ("Någon annan", "x", "words", "not_in_the_text"),
        ("", "x", "words", "required"),
        ("Q", "x", "words", "too_short"),
        ("a" * 501, "x", "words", "too_long"),
        (NAME, "", "reason", "required"),
        (NAME, f"Det är {NAME.lower()}", "reason", "holds_the_masked"),
        (NAME, "a" * 201, "reason", "too_long"),
    ],
)
def test_what_cannot_be_masked_changes_nothing(
    scene: Scene, part: str, reason: str, field: str, why: str
) -> None:
    before = scene.everything()

    with pytest.raises(Invalid) as refused:
        scene.mask(part=part, reason=reason)

    assert (refused.value.field, refused.value.reason) == (field, why)
    assert scene.everything() == before


def test_a_title_that_would_become_too_long_is_not_cut(database: Database) -> None:
    scene = Scene(database)
    with database.writing_all() as session:
        key = make.task(session, scene.place, title="ab " * 66 + "c")

    with pytest.raises(Invalid, match="mask_too_long"):
        scene.mask(key=key, part="ab")


def test_a_preview_shows_how_it_will_read_and_stores_nothing(scene: Scene) -> None:
    before = scene.everything()
    with scene.database.reading(scene.place.organisation_id) as session:
        shown = masking.masked_texts(session, scene.support, Maskable.TASK, scene.task, NAME)

    assert [text.after for text in shown][:1] == [f"Rapport till {MASK}"]
    assert all("qvist" not in text.after.casefold() for text in shown)
    assert len(shown) == 30
    assert scene.everything() == before


@pytest.mark.parametrize("role", [Role.STAFF, Role.LEADERSHIP, Role.ADMIN])
def test_only_reviewers_mask(scene: Scene, role: Role) -> None:
    with scene.database.writing_all() as session:
        who = make.actor(session, scene.place, role)

    with pytest.raises(NotAllowed):
        scene.mask(who=who)


def test_what_another_organisation_has_is_not_found(scene: Scene) -> None:
    with scene.database.writing_all() as session:
        other = make.organisation(session, "annan")
        stranger = make.actor(session, other, Role.SUPPORT)

    with (
        pytest.raises(NotFound),
        scene.database.writing(other.organisation_id) as session,
    ):
        masking.mask(session, stranger, Maskable.TASK, scene.task, NAME, "x", make.NOW)


def test_an_anonymous_report_that_waits_for_its_batch_is_not_found(scene: Scene) -> None:
    with scene.database.writing_all() as session:
        session.get_one(AnonymousReport, scene.anonymous).released_week = None

    with pytest.raises(NotFound):
        scene.mask(Maskable.ANONYMOUS_REPORT, scene.anonymous)


def test_masked_words_stay_masked_when_the_report_is_followed_again(scene: Scene) -> None:
    scene.mask()

    with scene.database.writing_all() as session:
        make.sent(
            session,
            make.actor(session, scene.place),
            make.report_facts(scene.place, title="Till"),
            same_as=scene.task,
        )

    assert "qvist" not in scene.everything().casefold()


def test_the_history_can_be_masked_and_changed_in_no_other_way(scene: Scene) -> None:
    for change in ("""SET "after" = '{}'""", "SET kind = 'x'", "SET user_id = NULL"):
        with (
            pytest.raises(DatabaseError, match=r"only added to|permission denied"),
            scene.database.writing(scene.place.organisation_id) as session,
        ):
            session.execute(
                text(f"UPDATE task_event {change}"),
                execution_options=PAST,
            )


def test_a_report_that_nobody_else_carries_can_be_taken_back_in_a_session_of_its_organisation(
    database: Database,
) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        rut = make.actor(session, place)
    with database.writing(place.organisation_id) as session:
        sent = make.sent(session, rut, make.report_facts(place))
    with database.writing(place.organisation_id) as session:
        reports.withdraw(session, rut, sent.report_id, make.NOW)

    with database.reading_all() as session:
        assert session.scalars(select(Task)).all() == []
        assert session.scalars(select(TaskEvent)).all() == []


@pytest.mark.parametrize(
    ("before", "part", "after"),
    [
        ("Anna och ANNA och annas", "anna", f"{MASK} och {MASK} och {MASK}s"),
        ("a.b (c) a.b", "a.b", f"{MASK} (c) {MASK}"),
        ("axb", "a.b", "axb"),
        ("Åsa\u00a0\n Öberg", "åsa öberg", MASK),
        (r"\d+", r"\d", f"{MASK}+"),
    ],
)
def test_the_part_is_words_and_no_pattern(before: str, part: str, after: str) -> None:
    assert masked(before, part) == after


def test_what_was_told_of_the_task_in_the_playbook_is_masked_and_not_found_by_the_words(
    scene: Scene,
) -> None:
    with scene.database.writing_all() as session:
        task = session.get_one(Task, scene.task)
        told = Practice(task.title, "", f"{NAME} slutade med det.", "", Action.REMOVE)
        entry_id = playbook.add(session, scene.support, told, make.key(), make.NOW)
        other = Practice("Något annat", "", f"{NAME} slutade med det.", "", Action.REMOVE)
        other_id = playbook.add(session, scene.support, other, make.key(), make.NOW)

    scene.mask()

    with scene.database.reading_all() as session:
        entry = session.get_one(PlaybookEntry, entry_id)
        assert entry.done == f"{MASK} slutade med det."
        assert NAME.lower() not in entry.folded_text
        assert NAME in session.get_one(PlaybookEntry, other_id).done
