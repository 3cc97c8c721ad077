"""Every job, in one table."""

from __future__ import annotations

from datetime import time

from timethief.services.anonymous.release import release
from timethief.services.asking.answers import carry_out_waiting
from timethief.services.asking.inquiries import remind_requesters
from timethief.services.importing.runner import see_to_imports
from timethief.services.jobs import own
from timethief.services.jobs.job import AnyJob, InstallationJob, Job
from timethief.services.published_figures import publish
from timethief.services.retention import run as weed
from timethief.services.staff_categories import assess_changed_tariffs

JOBS: tuple[AnyJob, ...] = (
    InstallationJob("send_mail", None, own.send_mail),
    InstallationJob("imports", None, see_to_imports),
    InstallationJob("carry_out_answers", None, carry_out_waiting),
    Job("assess_changed_tariffs", time(0, 30), assess_changed_tariffs),
    InstallationJob("tidy", time(3, 30), own.tidy),
    InstallationJob("check_database", time(4, 0), own.check_database),
    Job("retention", time(4, 30), weed),
    Job("release_anonymous_reports", time(5, 30), release),
    Job("publish_figures", time(6, 0), publish),
    InstallationJob("remind_requesters", time(7, 0), remind_requesters),
)
"""In the order in which they run when several are due. Each has its words in `timethief.reports.operation`."""
