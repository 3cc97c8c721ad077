"""What those who run the installation see of the clock: the jobs and the mail. No content of any organisation."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from timethief.domain.errors import Conflict
from timethief.domain.identifiers import from_text, to_text
from timethief.domain.mail import MailState
from timethief.domain.people import Permission
from timethief.i18n import gettext, ngettext, number
from timethief.queries import clock as read
from timethief.reports import operation as words
from timethief.services import outbox
from timethief.services.jobs import JOBS, Job, asking
from timethief.web import current
from timethief.web.gate import requires
from timethief.web.pages import page, tell

blueprint = Blueprint("clock", __name__, url_prefix="/operation")


@blueprint.get("/jobs")
@requires(Permission.OPERATE)
def jobs() -> ResponseReturnValue:
    """What each job does, when, and how its last runs went."""
    with current.reading_all() as session:
        shown = [
            (job, isinstance(job, Job), read.days_of(session, job.name, current.today()))
            for job in JOBS
        ]
        seen = read.scheduler_seen(session)
        watched = read.watched(session, current.now())
    return page(
        "operation/jobs.html",
        jobs=shown,
        seen=seen,
        watched=watched,
        words=words,
        now=current.now(),
    )


@blueprint.post("/jobs/<name>/run")
@requires(Permission.OPERATE)
def run(name: str) -> ResponseReturnValue:
    """Ask for a run now."""
    try:
        with current.writing_all() as session:
            asking.ask(session, current.actor(), name, current.now())
    except Conflict:
        tell(
            gettext(
                "It has run today already. A job runs once a day, so that nothing is done twice."
            )
        )
    else:
        tell(gettext("Asked for. The scheduler takes it within half a minute."))
    return redirect(url_for("clock.jobs"))


@blueprint.get("/mail")
@requires(Permission.OPERATE)
def mail() -> ResponseReturnValue:
    """The mail by state, and what has not arrived."""
    with current.reading_all() as session:
        queue = read.queue(session)
        watched = read.watched(session, current.now())
    return page(
        "operation/mail.html",
        queue=queue,
        watched=watched,
        most=read.MOST_MAILS,
        has_server=current.config().mail_server is not None,
        states=[(words.mail_state(each), number(queue.states.get(each, 0))) for each in MailState],
        text_of=to_text,
        words=words,
        now=current.now(),
    )


@blueprint.post("/mail/<mail_id>/retry")
@requires(Permission.OPERATE)
def retry(mail_id: str) -> ResponseReturnValue:
    """Try one mail again now."""
    with current.writing_all() as session:
        outbox.try_again(session, current.actor(), current.now(), from_text(mail_id))
    tell(gettext("It is tried again within a minute."))
    return redirect(url_for("clock.mail"))


@blueprint.post("/mail/retry")
@requires(Permission.OPERATE)
def retry_all() -> ResponseReturnValue:
    """Try all mail again now that has not arrived."""
    with current.writing_all() as session:
        count = outbox.try_again(session, current.actor(), current.now())
    tell(
        ngettext(
            "%(num)s mail is tried again within a minute.",
            "%(num)s mails are tried again within a minute.",
            count,
            num=number(count),
        )
    )
    return redirect(url_for("clock.mail"))
