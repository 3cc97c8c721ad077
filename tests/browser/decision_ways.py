"""The way to the pages of the decision loop: intake, queue, decisions, gate, follow-ups."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from tests.browser.account_steps import STAFF
from tests.browser.place import Steps
from tests.browser.serving import INSTANCES
from tests.browser.watching import Watched
from timethief.domain.mail import MailKind
from timethief.services.mail_preferences import Unsubscribed, address_of
from timethief.storage.tables import User

_STOPPED = "Skriva uppföljningsrapport från enheten"
"""What the demonstration has stopped, and carried out."""
_KEEP = "Behåll: motiverad administration"


def followed(path: str, selector: str, last: str = "") -> Steps:
    """Go to a page and follow the first link of a kind there, and then one by its words."""

    def steps(watched: Watched) -> None:
        watched.goto(path)
        href = watched.page.locator(selector).first.get_attribute("href")
        watched.goto(href or "")
        if last:
            watched.page.get_by_role("link", name=last, exact=True).first.click()
            watched.page.wait_for_load_state()

    return steps


def refused(steps: Steps, button: str) -> Steps:
    """Send the form of a page as it stands, which is not enough."""

    def sent(watched: Watched) -> None:
        steps(watched)
        watched.page.get_by_role("button", name=button, exact=True).click()
        watched.page.locator("#error-summary").wait_for()

    return sent


report = "/intake", ".intake a[href^='/intake/']"
asked_task = "/intake", ".intake a[href^='/tasks/']"
reviewed = "/inventory?status=in_review", "#tasks tbody a[href^='/tasks/']"
raised = "/decisions?outcome=raise", "#decision-table tbody a"
tried = "/decisions?outcome=trial", "#decision-table tbody a"


def handed_on(way: str) -> Steps:
    """A report is handed on in one of the ways."""

    def steps(watched: Watched) -> None:
        followed(*report, "Lämna vidare")(watched)
        href = watched.page.locator(f"a[href$='way={way}']").get_attribute("href")
        watched.goto(href or "")

    return steps


def _reviewed(watched: Watched) -> list[str]:
    """Tasks that are looked at and that nothing is decided of."""
    watched.goto("/inventory?status=in_review")
    links = watched.page.locator("#tasks tbody a[href^='/tasks/']")
    found: list[str] = links.evaluate_all("all => all.map((a) => a.getAttribute('href'))")
    return found


def deciding(outcome: str = "") -> Steps:
    """The form of a decision, with an outcome chosen."""

    def steps(watched: Watched) -> None:
        # Kept tasks leave the list: they are taken from its end. What law asks for cannot be put on trial.
        task = _reviewed(watched)[-1 if outcome in ("", _KEEP) else 0]
        watched.goto(f"{task}/decide")
        if outcome:
            watched.page.get_by_role("radio", name=outcome, exact=True).check()

    return steps


def decided_meanwhile(watched: Watched) -> None:
    """Somebody else decides of the task while the form is open."""
    deciding(_KEEP)(watched)
    watched.page.get_by_label("Varför?").fill("Den behövs för patientsäkerheten.")
    other = watched.page.context.new_page()
    other.goto(watched.page.url)
    other.get_by_role("radio", name=_KEEP, exact=True).check()
    other.get_by_label("Varför?").fill("Här lär vi av varandra.")
    other.get_by_role("button", name="Besluta", exact=True).click()
    other.get_by_role("status").first.wait_for()
    other.close()
    watched.page.get_by_role("button", name="Besluta", exact=True).click()
    watched.page.get_by_text("Det här beslutades:").wait_for()


def stating(watched: Watched) -> None:
    """The form for an opinion of the task that is on trial."""
    followed(*tried, "Till uppgiften")(watched)
    watched.page.get_by_role("link", name="Säg vad du tycker", exact=True).first.click()
    watched.page.wait_for_url("**/opinion")


def merging(watched: Watched) -> None:
    """Two tasks side by side."""
    first, second, *_more = (path.rpartition("/")[2] for path in _reviewed(watched))
    watched.goto(f"/restructuring/merge?task={first}&task={second}")


def merging_one(watched: Watched) -> None:
    """One task, and those with a name much like it."""
    watched.goto(f"/restructuring/merge?task={_reviewed(watched)[0].rpartition('/')[2]}")


def split_form(watched: Watched) -> None:
    """The form for a part of a task."""
    watched.goto(f"/restructuring/split/{_reviewed(watched)[0].rpartition('/')[2]}")


def splitting(watched: Watched) -> None:
    """A part of a task, with the figures that both would come to."""
    split_form(watched)
    watched.page.get_by_label("Vad heter delen?").fill("Skriva av siffrorna en gång till")
    watched.page.get_by_label("Hur många minuter tar delen varje gång?").fill("5")
    watched.page.get_by_role("button", name="Visa hur de två skulle bli").click()
    watched.page.get_by_role("button", name="Dela upp", exact=True).wait_for()


def keys_listed(watched: Watched) -> None:
    """The list of keyboard shortcuts is open."""
    watched.goto("/queue")
    watched.page.keyboard.press("?")
    watched.page.get_by_role("dialog", name="Kortkommandon").wait_for()


def keeping(watched: Watched) -> None:
    """The field for why a task is kept is open, and one is marked."""
    watched.goto("/queue?group=new")
    row = watched.page.locator(".queue-row").first
    row.get_by_role("checkbox").check()
    row.locator(".queue-keep > summary").click()
    row.get_by_label("Varför är den värd sin tid?", exact=False).wait_for()


def taken(watched: Watched) -> None:
    """A task has just been taken, and can be given back."""
    watched.goto("/queue?group=new")
    watched.page.locator(".queue-row").last.locator("button[value=take]").click()
    watched.page.get_by_role("button", name="Ångra").wait_for()


def filters_open(watched: Watched) -> None:
    """The filters of the queue."""
    watched.goto("/queue")
    watched.page.get_by_text("Fler filter", exact=True).click()
    watched.page.get_by_label("Orsak").wait_for()


def answering(part: str = "") -> Steps:
    """The questions before a task may be automated, of one on the list."""

    def steps(watched: Watched) -> None:
        watched.goto("/automation")
        href = watched.page.locator("#automation tbody a").first.get_attribute("href")
        watched.goto(f"{href}/gate{part}")

    return steps


def gate_of_any(watched: Watched) -> None:
    """The questions of a task that nobody has answered for."""
    watched.goto(f"{_reviewed(watched)[-1]}/gate")


def question(watched: Watched) -> None:
    """What became of what was stopped, whether it has been answered or not."""
    watched.goto("/follow-ups")
    watched.page.locator("main h3 a[href^='/follow-ups/']", has_text=_STOPPED).first.click()
    watched.page.locator("#follow-up").wait_for()


def question_refused(watched: Watched) -> None:
    """It takes less time, but it is not said how much."""
    question(watched)
    watched.page.get_by_role("radio", name="Mindre", exact=True).check()
    watched.page.get_by_label("Varje gång nu").fill("tolv")
    watched.page.get_by_role("button", name="Skicka", exact=True).click()
    watched.page.locator("#error-summary").wait_for()


def answered(watched: Watched) -> None:
    """A unit has said what came of a decision; said again where it has been said before."""
    question(watched)
    watched.page.get_by_role("radio", name="Mindre", exact=True).check()
    watched.page.get_by_label("Varje gång nu").fill("30")
    watched.page.get_by_role("button", name="Skicka", exact=True).click()
    watched.page.get_by_role("heading", name="Vad det ledde till").wait_for()


def came_back(watched: Watched) -> None:
    """The receipt of a report about something that was stopped."""
    watched.goto("/log")
    watched.page.get_by_label("Vad är det du gör?").fill(_STOPPED)
    watched.page.get_by_role("button", name="Skicka", exact=True).last.click()
    watched.page.get_by_text("Har den kommit tillbaka hos er?").first.wait_for()


def sign_of_return(watched: Watched) -> None:
    """Reviewers see that something may have come back."""
    came_back(watched)
    watched.goto("/follow-ups")
    watched.page.get_by_role("heading", name="Har det kommit tillbaka?").wait_for()


def unsubscribing(watched: Watched) -> None:
    """The link in the foot of a letter."""
    instance = INSTANCES[watched.base]
    key = (instance / "secret_key").read_text(encoding="utf-8").strip()
    engine = create_engine(f"sqlite:///{instance / 'timethief.sqlite3'}")
    with Session(engine) as session:
        user = session.scalars(select(User).where(User.email == STAFF)).one()
        of = Unsubscribed(user.organisation_id, user.id, MailKind.DECISION)
    engine.dispose()
    watched.goto(address_of("", key, of, datetime.now(UTC)))


def unsubscribed(watched: Watched) -> None:
    """No more letters of the kind."""
    unsubscribing(watched)
    ended = watched.page.get_by_role("heading", name="Du får inga fler sådana mejl")
    if not ended.is_visible():
        watched.page.locator("main form button").click()
    ended.wait_for()
