"""Every job, in one table."""

from __future__ import annotations

from datetime import time

from timethief.services.anonymous.release import release
from timethief.services.asking.answers import carry_out_waiting
from timethief.services.asking.inquiries import remind_requesters
from timethief.services.cases.opening import open_waiting
from timethief.services.cases.reminding import remind_of_deadlines, tell_of_answers
from timethief.services.decisions.telling import tell_waiting
from timethief.services.decisions.trials import end_trials
from timethief.services.digest import send_digests
from timethief.services.following_up.asking import ask_units
from timethief.services.following_up.review_dates import see_to_review_dates
from timethief.services.importing.runner import see_to_imports
from timethief.services.jobs import own
from timethief.services.jobs.job import AnyJob, InstallationJob, Job
from timethief.services.own_time import keep_own_task
from timethief.services.published_figures import publish
from timethief.services.retention import run as weed
from timethief.services.staff_categories import assess_changed_tariffs

JOBS: tuple[AnyJob, ...] = (
    InstallationJob("send_mail", None, own.send_mail),
    InstallationJob("imports", None, see_to_imports),
    InstallationJob("carry_out_answers", None, carry_out_waiting),
    InstallationJob("tell_of_decisions", None, tell_waiting),
    Job("assess_changed_tariffs", time(0, 30), assess_changed_tariffs),
    InstallationJob("tidy", time(3, 30), own.tidy),
    InstallationJob("check_database", time(4, 0), own.check_database),
    Job("retention", time(4, 30), weed),
    Job("release_anonymous_reports", time(5, 30), release),
    Job("open_cases", time(5, 45), open_waiting),
    Job("publish_figures", time(6, 0), publish),
    Job("own_time", time(6, 30), keep_own_task),
    InstallationJob("end_trials", time(6, 15), end_trials),
    InstallationJob("remind_requesters", time(7, 0), remind_requesters),
    InstallationJob("deadlines", time(7, 5), remind_of_deadlines),
    InstallationJob("answers", time(7, 6), tell_of_answers),
    InstallationJob("monthly_digest", time(7, 30), send_digests),
    InstallationJob("follow_ups", time(7, 10), ask_units),
    InstallationJob("review_dates", time(7, 20), see_to_review_dates),
)
"""In the order in which they run when several are due. Each has its words in `timethief.reports.operation`."""
