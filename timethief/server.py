"""The web server: gunicorn, set up so that nobody has to know how."""

from __future__ import annotations

import gc
import json
import logging
import traceback
from datetime import UTC, datetime
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger

from timethief.app import create_app
from timethief.config import Config
from timethief.services.access.sign_on_settings import check_installation
from timethief.web import assets

THREADS = 8


def _settle(_worker: object) -> None:
    """What has been loaded stays: it need not be gone through again each time that memory is tidied."""
    gc.collect()
    gc.freeze()


class _Line(logging.Formatter):
    """One line of JSON for each thing noted: what and where, never an address, a query string or anything sent."""

    def format(self, record: logging.LogRecord) -> str:
        """The line; of the values in a message only numbers are told."""
        template = str(record.msg)
        arguments = record.args if isinstance(record.args, tuple) else ()
        if template.startswith("Invalid request from"):
            told = "a request could not be read"
        elif record.args and all(isinstance(each, int) for each in arguments):
            told = record.getMessage()
        else:
            told = template.replace("\n", " ")
        line: dict[str, object] = {"event": told, "level": record.levelname.lower()}
        if record.exc_info and record.exc_info[0] is not None:
            kind, _, trace = record.exc_info
            line["kind"] = kind.__qualname__
            line["where"] = [
                f"{frame.filename}:{frame.lineno} {frame.name}"
                for frame in traceback.extract_tb(trace)
            ]
        moment = datetime.fromtimestamp(record.created, UTC)
        return json.dumps(line | {"timestamp": moment.isoformat()})


class Notes(Logger):  # type: ignore[misc]
    """What gunicorn notes, in our lines. Of who asks for what it notes nothing at all."""

    def setup(self, cfg: Any) -> None:  # noqa: ANN401 - the library's own type
        """Give its messages our form."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(_Line())

    def access(self, *_: object, **__: object) -> None:
        """Nothing."""


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
            "logger_class": Notes,
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
    """Serve until told to stop.

    Raises:
        WrongSetting: the installation's provider of log-in is one that nobody should log in by.
    """
    check_installation(config)
    assets.compress()
    Server(config, host, port, workers).run()
