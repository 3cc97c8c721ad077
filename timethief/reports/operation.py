"""The words of the operators' pages: jobs, what they counted, what went wrong with mail, and how long things took."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from timethief.domain.mail import MailState
from timethief.i18n import N_, gettext, ngettext, number

_JOBS = {
    "send_mail": (
        N_("Send mail"),
        N_("Hands the mail that waits to the mail server."),
    ),
    "imports": (
        N_("Imports"),
        N_("Goes on with imports that were broken off, and removes files that have had their day."),
    ),
    "tidy": (
        N_("Tidy up"),
        N_("Removes log-ins that have ended and old lines of this page."),
    ),
    "check_database": (
        N_("Check the database"),
        N_("Goes through the database and fails if anything in it is damaged."),
    ),
    "retention": (
        N_("Weed"),
        N_("Removes what has had its time, by the rules and decisions of each organisation."),
    ),
    "release_anonymous_reports": (
        N_("Show anonymous reports"),
        N_("Shows reviewers what has been written without a log-in, in random order."),
    ),
    "assess_changed_tariffs": (
        N_("Assess by new tariffs"),
        N_("Assesses every task anew on the day when a tariff comes into force."),
    ),
    "carry_out_answers": (
        N_("Carry out answers"),
        N_("States on every task of a requirement what its requester has answered."),
    ),
    "follow_ups": (
        N_("Did it happen?"),
        N_(
            "Asks units three and twelve months after a decision what came of it, and reminds them once."
        ),
    ),
    "review_dates": (
        N_("Review dates"),
        N_(
            "Keeps the review dates of internal rules, and reminds 90, 30 and 0 days before something comes to its date."
        ),
    ),
    "tell_of_decisions": (
        N_("Tell of decisions"),
        N_("Tells those who wrote what was decided, where they are many."),
    ),
    "end_trials": (
        N_("End trials"),
        N_("Opens the cases of trials that are over, and mails those who decided."),
    ),
    "remind_requesters": (
        N_("Remind requesters"),
        N_("Mails once more to those who have been asked and have not answered."),
    ),
    "own_time": (
        N_("What the service takes"),
        N_("Puts into the inventory what the service itself has taken in twelve months."),
    ),
    "monthly_digest": (
        N_("Monthly letter"),
        N_("Writes to leadership, and to others who want it, on the third of each month."),
    ),
    "open_cases": (
        N_("Cases of what waits"),
        N_("Gives each report that waits without a case somebody who sees to it, and a deadline."),
    ),
    "deadlines": (
        N_("Deadlines"),
        N_("Mails functions once a day when those who wrote shall soon have had an answer."),
    ),
    "answers": (
        N_("Tell of answers"),
        N_("Mails those who have been answered the day before: how many answers, and where."),
    ),
    "publish_figures": (
        N_("Publish figures"),
        N_("Publishes what the anonymous reports of a closed month come to, once for each month."),
    ),
}
"""Name of each job, and what it does."""

_COUNTERS = {
    "assessed": N_("tasks assessed: %(num)s"),
    "sent": N_("sent: %(num)s"),
    "failed": N_("failed: %(num)s"),
    "given_up": N_("given up: %(num)s"),
    "dropped": N_("no longer wanted: %(num)s"),
    "waiting": N_("waiting: %(num)s"),
    "imports": N_("imports taken up again: %(num)s"),
    "previews": N_("previews that nobody chose from: %(num)s"),
    "uploads": N_("files removed: %(num)s"),
    "undos": N_("imports that can no longer be undone: %(num)s"),
    "log_ins": N_("log-ins removed: %(num)s"),
    "runs": N_("old lines removed: %(num)s"),
    "api_requests": N_("keys of the API removed: %(num)s"),
    "tables": N_("whole tables: %(num)s"),
    "months": N_("months published: %(num)s"),
    "tasks": N_("tasks: %(num)s"),
    "letters": N_("monthly letters: %(num)s"),
    "opened": N_("cases opened: %(num)s"),
    "mailed": N_("people mailed: %(num)s"),
    "reminded": N_("reminded: %(num)s"),
    "told": N_("decisions told of: %(num)s"),
    "ended": N_("trials that are over: %(num)s"),
    "asked": N_("questions: %(num)s"),
    "dated": N_("rules with a new date: %(num)s"),
}
"""What a job counts."""

_RUN_STATES = {
    "waiting": N_("Asked for"),
    "running": N_("Running"),
    "done": N_("Finished"),
    "failed": N_("Failed"),
}
_MAIL_KINDS = {
    "invitation": N_("Invitation"),
    "account": N_("About an account"),
    "notice": N_("Notice"),
    "inquiry": N_("Question to a requester"),
    "case": N_("A case that waits"),
    "decision": N_("What was decided"),
    "follow_up": N_("Did it happen?"),
    "review_date": N_("Time to look again"),
    "digest": N_("Monthly letter"),
}
_MAIL_STATES = {
    MailState.WAITING: N_("Waiting"),
    MailState.LEASED: N_("Being sent"),
    MailState.SENT: N_("Sent"),
    MailState.GIVEN_UP: N_("Given up"),
    MailState.IN_DIGEST: N_("Counted for the next monthly letter"),
    MailState.TOLD: N_("Counted in a monthly letter"),
    MailState.DROPPED: N_("Not sent: the account is closed"),
}
_MAIL_ERRORS = {
    "unreachable": N_("The mail server does not answer"),
    "log_in_refused": N_("The mail server refused our log-in"),
    "not_secure": N_("The mail server could not be reached securely"),
    "server_busy": N_("The mail server was too busy"),
    "sender_refused": N_("The mail server refused our sender address"),
    "recipient_refused": N_("The mail server refused the recipient"),
    "mail_refused": N_("The mail server refused the mail"),
    "too_slow": N_("The mail server took too long"),
    "broken_off": N_("The mail server broke off"),
    "no_address": N_("The address is not valid"),
}


def job_title(name: str) -> str:
    """Name of a job in words."""
    return gettext(_JOBS[name][0]) if name in _JOBS else name


def job_sentence(name: str) -> str:
    """What a job does."""
    return gettext(_JOBS[name][1]) if name in _JOBS else ""


def job_times(at: time | None, *, for_each: bool) -> str:
    """When a job runs, and for whom."""
    if at is None:
        return gettext("Every minute.")
    values = {"time": f"{at:%H.%M}"}
    if for_each:
        return gettext("Every day at %(time)s, once for each organisation.", **values)
    return gettext("Every day at %(time)s.", **values)


def counted(counters: Mapping[str, int]) -> str:
    """What a run did, in words; empty where it did nothing."""
    return ", ".join(_counted(name, count) for name, count in counters.items() if count)


def _counted(name: str, count: int) -> str:
    if name not in _COUNTERS:
        return f"{name}: {number(count)}"
    return gettext(_COUNTERS[name], num=number(count))


def run_state(state: str) -> str:
    """How a run stands."""
    return gettext(_RUN_STATES[state])


def mail_kind(kind: str) -> str:
    """What a mail is about."""
    return gettext(_MAIL_KINDS[kind])


def mail_state(state: MailState) -> str:
    """Where a mail is."""
    return gettext(_MAIL_STATES[state])


def mail_error(kind: str | None, answer: int | None) -> str:
    """What went wrong with a mail the last time; empty where nothing did."""
    if kind is None:
        return ""
    words = gettext(_MAIL_ERRORS[kind])
    return f"{words} ({answer})" if answer is not None else words


def duration(value: timedelta) -> str:
    """How long something took, roughly."""
    days, hours, minutes = (
        int(value / step) for step in (timedelta(days=1), timedelta(hours=1), timedelta(minutes=1))
    )
    if days:
        return ngettext("%(num)s day", "%(num)s days", days, num=number(days))
    if hours:
        return ngettext("%(num)s hour", "%(num)s hours", hours, num=number(hours))
    if minutes:
        return ngettext("%(num)s minute", "%(num)s minutes", minutes, num=number(minutes))
    seconds = int(value.total_seconds())
    if seconds:
        return ngettext("%(num)s second", "%(num)s seconds", seconds, num=number(seconds))
    return gettext("less than a second")


def age(since: datetime, now: datetime) -> str:
    """How long ago something was, roughly."""
    passed = now - since
    if passed < timedelta(minutes=1):
        return gettext("just now")
    return gettext("%(duration)s ago", duration=duration(passed))
