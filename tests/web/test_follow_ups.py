from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import make
from tests.decided import decided, follow_ups
from tests.web.browser import Answer, Browser
from tests.web.conftest import Installation
from timethief.domain.decisions import Outcome
from timethief.domain.identifiers import to_text
from timethief.domain.intake import ReportFacts
from timethief.domain.people import Actor
from timethief.domain.tasks import Frequency
from timethief.domain.vocabulary import Per
from timethief.services.decisions.deciding import carry_out
from timethief.services.people import as_actor
from timethief.storage.tables import (
    AssessmentRow,
    FollowUp,
    Requirement,
    ReturnSign,
    Task,
    User,
)

AGO = datetime.now(UTC) - timedelta(days=100)


def _actor(session: Session, installation: Installation, role: str) -> Actor:
    email = installation.emails[role]
    return as_actor(session.scalars(select(User).where(User.email == email)).one())


def _asked(installation: Installation) -> tuple[str, str]:
    """A question that has been asked of the unit of the staff; its own and the task's place in addresses."""

    def act(session: Session) -> tuple[str, str]:
        support = _actor(session, installation, "support")
        staff = _actor(session, installation, "staff")
        task = session.scalars(
            select(Task).where(
                Task.organisation_id == support.organisation_id,
                Task.unit_id == staff.unit_id,
                Task.binding != "law",
                Task.binding != "agreement",
                Task.status == "reported",
            )
        ).first()
        task_id = _task(session, installation, staff) if task is None else task.id
        first = follow_ups(session, decided(session, support, task_id, now=AGO))[0]
        first.state, first.asked_at = "asked", datetime.now(UTC)
        return to_text(first.id), to_text(task_id)

    found: tuple[str, str] = installation.change(act)
    return found


def _task(session: Session, installation: Installation, staff: Actor) -> int:
    """A task of the person's own unit."""
    requester = next(task.requester_id for task in installation.tasks())
    facts = ReportFacts(
        title="Skriva dagrapport för hand",
        minutes=20.0,
        frequency=Frequency(1.0, Per.WEEK),
        people=12,
        unit_id=staff.unit_id,
        staff_category_id=staff.staff_category_id,
        requester_id=requester,
    )
    made = make.sent(session, staff, facts, AGO)
    assert made.task_id is not None
    return made.task_id


def _row(installation: Installation, key: str) -> FollowUp:
    found: list[FollowUp] = installation.ask(
        lambda session: list(session.scalars(select(FollowUp)))
    )
    return next(row for row in found if to_text(row.id) == key)


def _post(browser: Browser, address: str, **fields: str) -> Answer:
    token = browser.get("/follow-ups").token
    return browser.post(address, {"csrf_token": token, **fields})


def test_the_unit_answers_with_one_press_and_can_undo(installation: Installation) -> None:
    key, task_id = _asked(installation)
    staff = installation.browser("staff")
    assert "Före:" in staff.get("/follow-ups").main.text

    answer = staff.send(staff.get(f"/follow-ups/{key}"), {"answer": "gone"})

    assert answer.location == "/follow-ups"
    assert _row(installation, key).answer == "gone"
    listed = staff.get("/follow-ups").page
    assert "Tack. Ditt svar" in listed.text
    assert "Det har frigjort" in staff.get(f"/tasks/{task_id}").main.text
    assert _post(staff, f"/follow-ups/{key}/take-back/1").status == 302
    assert _row(installation, key).answer is None


def test_less_needs_minutes_and_keeps_what_was_typed(installation: Installation) -> None:
    key, _ = _asked(installation)
    staff = installation.browser("staff")

    answer = staff.send(
        staff.get(f"/follow-ups/{key}"), {"answer": "less", "comment": "Färre fält nu"}
    )

    assert answer.status == 422
    assert answer.errors == ["Skriv hur många minuter det tar nu, till exempel 12."]
    assert "Färre fält nu" in answer.text


def test_figures_that_say_otherwise_are_told_in_words(installation: Installation) -> None:
    key, _ = _asked(installation)
    staff = installation.browser("staff")

    answer = staff.send(staff.get(f"/follow-ups/{key}"), {"answer": "less", "minutes_now": "1 000"})

    assert answer.status == 422
    assert answer.errors
    assert _row(installation, key).answer is None


def test_the_second_of_two_sees_both_answers(installation: Installation) -> None:
    key, _ = _asked(installation)
    one, other = installation.browser("staff"), installation.browser("support")
    seen = other.get(f"/follow-ups/{key}")
    one.send(one.get(f"/follow-ups/{key}"), {"answer": "gone", "comment": "Den är borta"})

    answer = other.send(seen, {"answer": "same", "comment": "Vi gör den än"})

    assert answer.status == 409
    assert "Den är borta" in answer.text
    assert "Vi gör den än" in answer.text
    assert other.send(answer, {}).status == 302
    assert _row(installation, key).answer == "same"


def test_nonsense_is_refused_without_a_fault(installation: Installation) -> None:
    key, _ = _asked(installation)
    staff = installation.browser("staff")
    page = staff.get(f"/follow-ups/{key}")
    for told in (
        {"answer": "nothing"},
        {"answer": ""},
        {"answer": "less", "minutes_now": "NaN"},
        {"answer": "less", "minutes_now": "5", "times_now": "3"},
        {"answer": "less", "minutes_now": "5", "per_now": "aeon"},
        {"answer": "gone", "minutes_before": "-1"},
        {"answer": "gone", "comment": "x" * 1_001},
    ):
        assert staff.send(page, told).status == 422, told
    assert staff.send(page, {"answer": "gone", "version": "²"}).status == 409
    assert staff.get("/follow-ups?after=nonsense").status == 422
    assert _row(installation, key).answer is None


def test_another_unit_finds_no_question(installation: Installation) -> None:
    key, _ = _asked(installation)
    installation.change(
        lambda session: session.execute(
            update(User).where(User.email == installation.emails["admin"]).values(unit_id=None)
        )
    )

    assert installation.browser("admin").get(f"/follow-ups/{key}").status == 404


def test_a_report_like_a_stopped_task_is_told_on_its_receipt_and_to_support(
    installation: Installation,
) -> None:
    key, _ = _asked(installation)

    def stop(session: Session) -> str:
        row = session.scalars(select(FollowUp)).all()
        found = next(each for each in row if to_text(each.id) == key)
        support = _actor(session, installation, "support")
        carry_out(session, support, found.decision_id, AGO)
        return session.get_one(Task, found.task_id).title

    title = installation.change(stop)
    staff, support = installation.browser("staff"), installation.browser("support")

    sent = staff.send(staff.get("/log"), {"title": title})
    assert "Har den kommit tillbaka hos er?" in staff.follow(sent).main.text
    page = support.get("/follow-ups")
    assert "Har det kommit tillbaka?" in page.main.text
    sign = installation.ask(
        lambda session: session.scalars(
            select(ReturnSign)
            .join(Task, Task.id == ReturnSign.task_id)
            .where(Task.title == title, ReturnSign.state == "open")
        ).one()
    )
    address = f"/follow-ups/returns/{to_text(sign.id)}"
    assert _post(support, address, state="came_back").status == 302
    assert "har kommit tillbaka" in support.get(f"/tasks/{to_text(sign.task_id)}").main.text
    assert _post(support, f"{address}/reopen").status == 302
    assert _post(support, address, state="nonsense").status == 422
    assert _post(staff, address, state="came_back").status == 403


def test_what_is_still_needed_is_said_with_a_reason(installation: Installation) -> None:
    task_id = installation.task_id
    installation.change(
        lambda session: session.execute(
            update(AssessmentRow).values(review_on=datetime.now(UTC).date() - timedelta(days=3))
        )
    )
    support = installation.browser("support")
    listed = support.get("/review-dates")
    assert "Passerade" in listed.main.text
    address = f"/review-dates/tasks/{task_id}"
    assert support.send(support.get(address), {"reason": " "}).status == 422

    answer = support.send(support.get(address), {"reason": "Används i bokslutet"})

    assert answer.location == f"/tasks/{task_id}"
    shown = support.follow(answer)
    assert "Används i bokslutet" in shown.text
    assert _post(support, f"{address}/undo").status == 302
    assert installation.browser("staff").get(address).status == 403
    assert installation.browser("staff").get("/review-dates").status == 200
    assert support.get("/review-dates?after=nonsense").status == 422
    assert support.get("/review-dates?rules_after=1_x").status == 422


def test_a_rule_past_its_date_may_lapse(installation: Installation) -> None:
    def add(session: Session) -> str:
        support = _actor(session, installation, "support")
        task = session.scalars(
            select(Task).where(Task.organisation_id == support.organisation_id)
        ).first()
        assert task is not None
        rule = Requirement(
            organisation_id=support.organisation_id,
            requester_id=task.requester_id,
            title="Rutin för signering",
            folded_title="rutin för signering",
            binding="internal_rule",
            added_on=datetime.now(UTC).date() - timedelta(days=400),
            review_on=datetime.now(UTC).date() - timedelta(days=35),
        )
        session.add(rule)
        session.flush()
        return to_text(rule.id)

    key = installation.change(add)
    support = installation.browser("support")
    assert "Rutin för signering" in support.get("/review-dates").main.text
    address = f"/review-dates/rules/{key}"

    answer = support.send(support.get(address), {"reason": "Revisorn kräver den"})

    assert answer.location == "/review-dates"
    support.get("/review-dates")  # says what was done, with its name
    assert "Rutin för signering" not in support.get("/review-dates").main.text
    assert _post(support, f"{address}/undo").status == 302
    support.get("/review-dates")
    assert "Rutin för signering" in support.get("/review-dates").main.text


def test_keep_is_not_asked_about(installation: Installation) -> None:
    def keep(session: Session) -> int:
        support = _actor(session, installation, "support")
        task = session.scalars(
            select(Task).where(
                Task.organisation_id == support.organisation_id, Task.status == "reported"
            )
        ).first()
        assert task is not None
        return len(follow_ups(session, decided(session, support, task.id, Outcome.KEEP)))

    assert installation.change(keep) == 0
