from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import timethief

PACKAGE = Path(timethief.__file__).parent
LONGEST = 400
FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef

# Which library may be imported where. What stands here for one module is let in for that module alone.
ROOMS = {
    "alembic": ["storage"],
    "apscheduler": ["services.jobs.scheduler"],
    "argon2": ["services"],
    "authlib": ["web.identity_provider"],
    "babel": ["i18n"],
    "click": ["cli"],
    "cryptography": ["services.anonymous.sealing"],
    "css_inline": ["services.mail.letters"],
    "defusedxml": ["exchange"],
    "flask": ["app", "server", "web"],
    "flask_limiter": ["web.limits"],
    "flask_wtf": ["web.gate", "web.pages"],
    "gunicorn": ["server"],
    "joserfc": ["web.identity_provider"],
    "jinja2": ["services.mail.letters"],
    "markupsafe": ["reports.figures"],
    "openpyxl": ["exchange"],
    "pydantic": ["exchange"],
    "pyotp": ["services.access.second_factor"],
    "python_calamine": ["exchange.sheets.files"],
    "requests": ["web.identity_provider"],
    "secure": ["web.headers"],
    "segno": ["web.pictures"],
    "snowballstemmer": ["storage"],
    "sqlalchemy": [
        *("storage", "services", "queries", "cli"),
        *("web.current", "web.errors", "web.routes.health", "web.routes.log"),
        *("web.downloads", "web.handed_over", "web.large_downloads", "web.routes.account"),
        *("web.task_files", "web.routes.imports"),
        *("web.routes.audit", "web.routes.cases", "web.task_parts", "web.queue_page"),
        "web.forms.timed",
    ],
    "stdnum": ["services.personal_data"],
    "structlog": ["services.jobs", "web.errors", "web.routes.sign_on"],
    "werkzeug": ["web"],
    "whitenoise": ["web.assets"],
    "wtforms": ["web.forms", "web.tries"],
}
LONG = {"storage.migrations.versions.0001_the_first_tables"}


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text(encoding="utf-8"))


def room(file: Path) -> str:
    return ".".join(file.relative_to(PACKAGE).with_suffix("").parts)


def imported(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Import):
            yield from (name.name for name in each.names)
        elif isinstance(each, ast.ImportFrom):
            yield "." * each.level + (each.module or "")


def is_within(name: str, rooms: list[str]) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in rooms)


FILES = sorted(PACKAGE.rglob("*.py"))
of_every_file = pytest.mark.parametrize("file", FILES, ids=room)


@of_every_file
def test_a_library_is_imported_only_where_it_belongs(file: Path) -> None:
    libraries = {name.split(".", maxsplit=1)[0] for name in imported(tree(file))}

    foreign = libraries - sys.stdlib_module_names - {"timethief"}

    assert {name for name in foreign if not is_within(room(file), ROOMS.get(name, []))} == set()


@of_every_file
def test_the_domain_knows_nothing_but_itself(file: Path) -> None:
    own = {name for name in imported(tree(file)) if name.startswith("timethief")}

    assert not is_within(room(file), ["domain"]) or all(
        is_within(name, ["timethief.domain"]) for name in own
    )


@of_every_file
def test_imports_are_whole_and_stand_at_the_top(file: Path) -> None:
    functions = [node for node in ast.walk(tree(file)) if isinstance(node, FUNCTIONS)]

    assert not any(name.startswith(".") for name in imported(tree(file)))
    assert [node.name for node in functions if list(imported(node))] == []


@of_every_file
def test_a_module_says_what_it_is_for(file: Path) -> None:
    assert ast.get_docstring(tree(file))


@of_every_file
def test_a_module_can_be_read_at_one_sitting(file: Path) -> None:
    lines = file.read_text(encoding="utf-8").splitlines()

    assert len(lines) <= LONGEST or room(file) in LONG


def test_no_library_is_let_in_where_nobody_uses_it() -> None:
    used = {(name.split(".", maxsplit=1)[0], room(f)) for f in FILES for name in imported(tree(f))}

    for library, rooms in ROOMS.items():
        for each in rooms:
            assert any(lib == library and is_within(name, [each]) for lib, name in used), library
