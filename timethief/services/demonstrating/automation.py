"""Tasks of the demonstration for which the questions before automation are answered, wholly or in part."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from timethief.domain.automation_gate import GateAnswerKind, GateQuestion, NewAnswer
from timethief.domain.people import Role
from timethief.services.automation_gate import answer, state_check
from timethief.services.people import as_actor
from timethief.storage.tables import Task, User

_DONE, _NOT, _NONE = (
    GateAnswerKind.DONE,
    GateAnswerKind.NOT_POSSIBLE,
    GateAnswerKind.NOT_RELEVANT,
)
_Told = tuple[tuple[GateAnswerKind, str], ...]
_ANSWERS: dict[str, tuple[_Told, str]] = {
    "Föra över siffror från e-ansökan till beräkningen": (
        (
            (_NOT, "Utan siffrorna går det inte att räkna ut vad hushållet har rätt till."),
            (_NOT, "Varje hushåll söker på nytt varje månad."),
            (_NOT, "Uppgifterna finns redan i e-ansökan. Det är avskriften som är tidstjuven."),
            (_DONE, "Vi har tagit bort de fält som ingen använde."),
            (_NONE, "Den som beräknar behöver se siffrorna ändå."),
        ),
        "Handläggaren går igenom beräkningen före beslutet.",
    ),
    "Lägga in vab åt medarbetarna": (
        (
            (_NOT, "Lönen blir fel om frånvaron inte registreras."),
            (_NOT, "Varje frånvaro måste registreras samma dag."),
            (_NOT, "Vi får inte hämta uppgifterna från Försäkringskassan."),
            (_DONE, "Medarbetaren anmäler nu i ett formulär i stället för per sms."),
            (_NOT, "Skolans administratörer har inte tillgång till lönesystemet."),
        ),
        "Rektorn godkänner frånvaron en gång i veckan.",
    ),
    "Handlägga skolskjutsansökningar": (
        (
            (_NOT, "Skollagen ger rätt till skolskjuts, så varje ansökan måste prövas."),
            (_DONE, "Beslutet gäller nu hela grundskolan så länge ingen flyttar."),
            (_NONE, "Uppgifterna registreras bara en gång."),
            (_DONE, "Blanketten frågar inte längre efter det som finns i folkbokföringen."),
            (_NOT, "Administratörerna gör det redan."),
        ),
        "En handläggare prövar ansökningar om växelvis boende och särskilda skäl.",
    ),
    "Lägga om dagens turer när någon är borta": (
        (
            (_NOT, "Den som väntar på hjälp måste få besök av någon annan."),
            (_NOT, "Det beror på hur många som är borta."),
        ),
        "",
    ),
}
"""By the title of the task: what was answered, in the order of the questions, and what a person still looks at."""


def demonstrate(session: Session, organisation_id: int, now: datetime) -> None:
    """Answer the questions as the demonstration's developer would."""
    developer = session.scalars(
        select(User).where(User.organisation_id == organisation_id, User.role == Role.SUPPORT.value)
    ).first()
    if developer is None:
        return
    actor = as_actor(developer)
    for title, (answers, human_check) in _ANSWERS.items():
        task_id = session.scalars(
            select(Task.id).where(Task.organisation_id == organisation_id, Task.title == title)
        ).one()
        for question, (kind, reason) in zip(GateQuestion, answers, strict=False):
            key = f"gate-{task_id}-{question}"
            answer(session, actor, task_id, NewAnswer(question, kind, reason), None, key, now)
        if human_check:
            state_check(session, actor, task_id, human_check, "", f"gate-{task_id}", now)
