from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import make
from tests.queries import naive
from timethief.domain.intake import ReportFacts, RequesterName, UseAnswer
from timethief.domain.people import Actor, Role
from timethief.domain.ranges import Range
from timethief.domain.tasks import Automation, Frequency, Use, Worth
from timethief.domain.vocabulary import Beneficiary, Binding, InUse, Level, Per, Purpose, Signal
from timethief.queries.verification import differences
from timethief.services import reports, reviews
from timethief.services.reports import Sent
from timethief.services.staff_categories import NewTariff, adopt_tariff
from timethief.storage.database import Database
from timethief.storage.tables import Report, Task

STEPS = 150


@dataclass
class Life:
    """What happens to one organisation, by chance that is the same each time."""

    place: make.Place
    people: list[Actor]
    anna: Actor
    stina: Actor
    chance: random.Random
    sent: list[tuple[Actor, Sent]] = field(default_factory=list)

    def facts(self) -> ReportFacts:
        choice, place = self.chance.choice, self.place
        named = choice((place.requester, place.state, None))
        return make.report_facts(
            place,
            title=choice(("Rapport", "Schema", "Blankett")),
            minutes=choice((5.0, 20.0, 45.5, 240.0, None)),
            frequency=Frequency(choice((0.5, 1.0, 3.0)), choice((Per.WEEK, Per.MONTH, Per.YEAR))),
            people=choice((1, 2, Range(2, 3, 5), Range(6, 11, 20))),
            unit_id=choice((place.top, place.north, place.ward, place.south)),
            staff_category_id=choice((place.nurse, place.all_staff, None)),
            requester_id=named,
            requester=None if named else RequesterName(choice("ABC"), choice(list(Level))),
            use=choice(list(UseAnswer)),
            achievable_minutes=choice((None, 2.0)),
            signals=frozenset(self.chance.sample(list(Signal), self.chance.randrange(3))),
        )

    def submit(self, session: Session) -> None:
        who = self.chance.choice(self.people)
        self.sent.append((who, make.sent(session, who, self.facts())))

    def join(self, session: Session) -> None:
        who, task = self.chance.choice(self.people), self.task(session)
        if task is not None:
            self.sent.append((who, make.sent(session, who, self.facts(), same_as=task.id)))

    def change(self, session: Session) -> None:
        who, sent = self.chance.choice(self.sent)
        if not session.get_one(Report, sent.report_id).withdrawn:
            reports.change(session, who, sent.report_id, self.facts(), make.NOW)

    def withdraw(self, session: Session) -> None:
        who, sent = self.chance.choice(self.sent)
        if not session.get_one(Report, sent.report_id).withdrawn:
            reports.withdraw(session, who, sent.report_id, make.NOW)

    def review(self, session: Session) -> None:
        task, choice = self.task(session), self.chance.choice
        if task is None:
            return
        uses = [
            Use(choice(list(Beneficiary)), choice(list(Purpose)), choice(list(InUse)), worth)
            for worth in (Worth(share=0.4), Worth(minutes=3.0), Worth(sek_per_year=5_000.0))
        ]
        review = make.review(
            minutes=choice((10.0, Range(5, 10, 30))),
            binding=choice(list(Binding)),
            duplicate_share=choice((0.0, 0.4)),
            automation=choice((None, Automation(0.9, 0.9, 0.1))),
            other_staff_category_id=choice((None, self.place.all_staff)),
            uses=tuple(uses[: self.chance.randrange(4)]),
        )
        reviews.store(session, self.anna, task.id, review, task.version, make.key(), make.NOW)

    def adopt(self, session: Session) -> None:
        category = self.chance.choice((self.place.nurse, self.place.all_staff))
        cost = float(self.chance.randrange(300, 900))
        tariff = NewTariff(category, make.TODAY, cost, "Avtal")
        adopt_tariff(session, self.stina, tariff, make.TODAY, make.NOW)

    def task(self, session: Session) -> Task | None:
        mine = Task.organisation_id == self.place.organisation_id
        tasks = session.scalars(select(Task).where(mine).order_by(Task.logged_on)).all()
        by_age = sorted(tasks, key=lambda task: (task.title, task.minutes, task.version, task.id))
        return self.chance.choice(by_age) if by_age else None


def _begin(session: Session, code: str, seed: int) -> Life:
    place = make.organisation(session, code)
    return Life(
        place,
        [make.actor(session, place) for _ in range(4)],
        make.actor(session, place, Role.SUPPORT),
        make.actor(session, place, Role.ADMIN),
        random.Random(seed),  # noqa: S311 - chance that can be repeated
    )


def test_whatever_happens_the_totals_are_the_sums_of_the_tasks(database: Database) -> None:
    with database.writing_all() as session:
        lives = [_begin(session, "one", 1), _begin(session, "two", 2)]
        for life in lives:
            life.submit(session)

    for step in range(STEPS):
        life = lives[step % 3 == 0]
        actions: list[Callable[[Session], None]] = [life.submit, life.join, life.change]
        actions += [life.submit, life.join, life.withdraw, life.review, life.adopt]
        with database.writing_all() as session:
            life.chance.choice(actions)(session)

    with database.reading_all() as session:
        assert list(differences(session)) == []
        for life in lives:
            sums = naive.totals(session, life.place.organisation_id)
            assert naive.kept(session, life.place.organisation_id) == sums
            assert sums[0, "", "all", ""].tasks > 5
