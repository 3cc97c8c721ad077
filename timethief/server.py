"""The web server: gunicorn, set up so that nobody has to know how."""

from __future__ import annotations

import gc
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from timethief.app import create_app
from timethief.config import Config
from timethief.web import assets

THREADS = 8


def _settle(_worker: object) -> None:
    """What has been loaded stays: it need not be gone through again each time that memory is tidied."""
    gc.collect()
    gc.freeze()


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn serving one installation."""

    def __init__(self, config: Config, host: str, port: int, workers: int) -> None:
        """Where to listen, and with how many processes."""
        self.settings_given: dict[str, Any] = {
            "bind": f"{host}:{port}",
            "workers": workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "control_socket_disable": True,
            "accesslog": None,
            "loglevel": "warning",
            "graceful_timeout": 30,
            "post_worker_init": _settle,
            "limit_request_field_size": 8190,
            "limit_request_fields": 100,
        }
        self.installation = config
        super().__init__()

    def load_config(self) -> None:
        """Hand the settings over."""
        for name, value in self.settings_given.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application; each worker makes its own, with connections of its own."""
        return create_app(self.installation)


def serve(config: Config, host: str, port: int, workers: int) -> None:
    """Serve until told to stop."""
    assets.compress()
    Server(config, host, port, workers).run()
