"""What a job of the installation works with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from timethief.config import Config
from timethief.storage.database import Database


def _never() -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Database and settings of the installation.

    Attributes:
        stopping: whether the process is to end, so that a long job should end early and go on another time.
        write_digest: what the monthly letter says (`timethief.services.digest.Write`): words are made above services.
    """

    database: Database
    config: Config
    stopping: Callable[[], bool] = _never
    write_digest: Callable[..., tuple[str, str]] | None = None
