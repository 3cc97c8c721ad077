"""Points in the code where tests let the process die, so that dying there is repeatable and no matter of luck."""

from __future__ import annotations

import os
import signal

_SETTING = "TIMETHIEF_TEST_CRASH_POINT"


def crash_point(name: str) -> None:
    """Die here without any clean-up if a test asks for it; else nothing."""
    if os.environ.get(_SETTING) == name:
        os.kill(os.getpid(), signal.SIGKILL)
