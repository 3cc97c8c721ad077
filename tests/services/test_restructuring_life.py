from __future__ import annotations

import random
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.queries import naive
from tests.services.restructuring import merged, parted, undone
from timethief.domain.errors import Refusal
from timethief.domain.people import Actor, Role
from timethief.domain.restructuring import Belongs
from timethief.domain.vocabulary import Signal
from timethief.queries.verification import differences
from timethief.services import reports, reviews
from timethief.services.reports import Sent
from timethief.services.restructuring.undoing import refusal
from timethief.storage.database import Database
from timethief.storage.tables import Report, Restructuring, Task
from timethief.storage.uses import signals_of, uses_of

STEPS = 160


@dataclass
class Life:
    """What happens to the tasks of one organisation, by chance that is the same each time."""

    place: make.Place
    anna: Actor
    chance: random.Random
    sent: list[tuple[Actor, Sent]] = field(default_factory=list)
    done: list[int] = field(default_factory=list)
    undone: int = 0

    def live(self, session: Session) -> list[Task]:
        tasks = session.scalars(select(Task).where(Task.merged_into_id.is_(None))).all()
        return sorted(tasks, key=lambda task: (task.title, task.minutes, task.version, task.id))

    def report(self, session: Session) -> None:
        choice = self.chance.choice
        facts = make.report_facts(
            self.place,
            title=choice(("Rapport", "Schema", "Blankett")) + choice("ABC"),
            minutes=choice((5.0, 20.0, 45.5, None)),
            unit_id=choice((self.place.ward, self.place.south)),
            signals=frozenset(self.chance.sample(list(Signal), self.chance.randrange(3))),
        )
        tasks = self.live(session)
        same_as = choice(tasks).id if tasks and self.chance.random() < 0.4 else None
        who = make.actor(session, self.place)
        self.sent.append((who, make.sent(session, who, facts, same_as=same_as)))

    def withdraw(self, session: Session) -> None:
        who, sent = self.chance.choice(self.sent)
        if not session.get_one(Report, sent.report_id).withdrawn:
            reports.withdraw(session, who, sent.report_id, make.NOW)

    def review(self, session: Session) -> None:
        task = self.chance.choice(self.live(session))
        review = make.review(minutes=self.chance.choice((12.0, 50.0)))
        reviews.store(session, self.anna, task.id, review, task.version, make.key(), make.NOW)

    def merge(self, session: Session) -> None:
        tasks = self.live(session)
        chosen = self.chance.sample(tasks, min(len(tasks), self.chance.randrange(2, 4)))
        kept, *others = (task.id for task in chosen)
        self.done.append(
            merged(session, self.anna, kept, *others, unit_id=self.chance.choice(chosen).unit_id)
        )

    def split(self, session: Session) -> None:
        task = self.chance.choice(self.live(session))
        uses = tuple(
            self.chance.choice(list(Belongs)) for _ in uses_of(session, [task.id])[task.id]
        )
        signals = frozenset(list(signals_of(session, [task.id])[task.id])[:1])
        made, _ = parted(
            session, self.anna, task.id, minutes=task.minutes / 3, uses=uses, signals=signals
        )
        self.done.append(made)

    def undo(self, session: Session) -> None:
        row = session.get(Restructuring, self.chance.choice(self.done[-3:]))
        if row is not None and refusal(session, self.anna, row.id, make.NOW) is None:
            undone(session, self.anna, row.id)
            self.undone += 1


def test_whatever_is_merged_split_and_undone_the_totals_are_the_sums_of_the_tasks(
    database: Database,
) -> None:
    with database.writing_all() as session:
        place = make.organisation(session)
        anna = make.actor(session, place, Role.SUPPORT, "Anna")
    life = Life(place, anna, random.Random(7))  # noqa: S311 - chance that can be repeated
    with database.writing(place.organisation_id) as session:
        for _ in range(8):
            life.report(session)
        life.merge(session)

    for step in range(STEPS):
        actions = [life.report, life.report, life.withdraw, life.review, life.merge, life.split]
        actions += [life.undo, life.undo]
        try:
            with database.writing(place.organisation_id) as session:
                life.chance.choice(actions)(session)
        except Refusal:
            continue  # such as a split of what has been merged since
        if step % 20 == 0:
            _check(database, place)

    _check(database, place)
    assert life.undone > 5


def _check(database: Database, place: make.Place) -> None:
    with database.reading_all() as session:
        assert list(differences(session)) == []
        sums = naive.totals(session, place.organisation_id)
        assert naive.kept(session, place.organisation_id) == sums
        live = set(session.scalars(select(Task.id).where(Task.merged_into_id.is_(None))))
        carried = set(session.scalars(select(Report.task_id).where(Report.task_id.is_not(None))))
        assert carried <= live
