"""What is done by the clock: the jobs, and how they are run once each."""

from timethief.services.jobs.job import AnyJob, Counters, InstallationJob, Job
from timethief.services.jobs.table import JOBS
from timethief.services.surroundings import Surroundings

__all__ = ["JOBS", "AnyJob", "Counters", "InstallationJob", "Job", "Surroundings"]
