from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextvars import copy_context
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from timethief import __version__
from timethief.cli import main

TASK: dict[str, Any] = {
    "title": "Skriva rapport \u00e5t f\u00f6rvaltningen",
    "minutes": 30,
    "frequency": {"times": 1, "per": "week"},
    "people": 8,
    "hourly_cost_sek": 600,
}


def run(*arguments: str, given: str | bytes | None = None, **settings: str) -> Result:
    # The command sets the language of its context: here one of its own.
    environment = {f"TIMETHIEF_{name}": value for name, value in settings.items()}
    runner = CliRunner(env=environment)
    return copy_context().run(runner.invoke, main, arguments, input=given)


def program(*arguments: str, given: str = "", **settings: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {f"TIMETHIEF_{name}": value for name, value in settings.items()}
    return subprocess.run(
        [sys.executable, "-m", "timethief", *arguments],
        input=given,
        env=environment,
        text=True,
        capture_output=True,
        check=False,
    )


def the_line(found: Result) -> str:
    assert (found.exit_code, found.stdout) == (1, "")
    assert isinstance(found.exception, SystemExit)
    [line] = found.stderr.splitlines()
    return line.removeprefix("timethief: ")


def test_a_task_in_a_file_is_assessed(tmp_path: Path) -> None:
    file = tmp_path / "task.json"
    file.write_text(json.dumps(TASK), encoding="utf-8")

    found = run("assess", str(file))

    [assessment] = json.loads(found.stdout)
    assert (found.exit_code, found.stderr) == (0, "")
    assert assessment["cost_hours"]["likely"] == pytest.approx(176)
    assert assessment["verdict"] == "probable"


def test_a_list_of_tasks_on_standard_input_is_assessed_in_order() -> None:
    tasks = [TASK | {"minutes": minutes} for minutes in (10, 20, 30)]

    found = run("assess", "-", given=json.dumps(tasks))

    costs = [each["cost_sek"] for each in json.loads(found.stdout)]
    assert costs == pytest.approx([35_200, 70_400, 105_600])


def test_no_tasks_have_no_assessments() -> None:
    found = run("assess", "-", given="[]")

    assert (found.exit_code, json.loads(found.stdout)) == (0, [])


def test_the_tariffs_of_the_registers_are_known() -> None:
    task = {name: value for name, value in TASK.items() if name != "hourly_cost_sek"}

    found = run("assess", "-", given=json.dumps(task | {"staff_category": "nurse"}))

    assert found.exit_code == 0
    assert json.loads(found.stdout)[0]["cost_sek"] > 0


@pytest.mark.parametrize(
    ("given", "line"),
    [
        (json.dumps(TASK | {"minutes": 0}), "task 1.minutes: Write a number that is more than 0."),
        (json.dumps([TASK, TASK | {"people": 1.5}]), "task 2.people: Write a whole number"),
        (json.dumps([TASK, 5]), "task 2: This is not the kind of value"),
        (json.dumps(TASK | {"verdict": "clear"}), "task 1.verdict: There is no such field."),
        (json.dumps(TASK | {"a\nb": 1}), "task 1.a?b: There is no such field."),
        (json.dumps(TASK | {"title": "\ud800"}), "task 1.title: The text holds characters"),
        (json.dumps(TASK | {"\ud800": 1}), "task 1: This is not the kind of value"),
        (json.dumps(TASK | {"minutes": float("nan")}), "This is not valid JSON"),
        ('{"title": 1, "title": 2}', "The key title stands twice."),
        ('{"a\\nb": 1, "a\\nb": 2}', "The key a?b stands twice."),
        ("[" * 50_000, "The JSON is nested more than 20 levels."),
        ("", "This is not valid JSON in UTF-8."),
        (b"\xff\xfe{}", "This is not valid JSON in UTF-8."),
        ("null", "task 1: This is not the kind of value"),
    ],
)
def test_what_cannot_be_assessed_is_told_in_one_line(given: str | bytes, line: str) -> None:
    assert the_line(run("assess", "-", given=given)).startswith(line)


def test_one_bad_task_of_many_stops_them_all() -> None:
    found = run("assess", "-", given=json.dumps([TASK, TASK | {"people": 0}, TASK]))

    assert the_line(found).startswith("task 2.people: ")


def test_a_file_that_is_not_there_is_told_in_one_line() -> None:
    assert the_line(run("assess", "no/such/file.json")).startswith("no/such/file.json: ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["assess"],
        ["assess", "-", "-"],
        ["assess", "--quickly", "-"],
        ["nonsense"],
        ["init", "now"],
        ["serve", "--port", "0"],
        ["serve", "--workers", "many"],
    ],
)
def test_wrong_usage_is_told_as_such(arguments: list[str]) -> None:
    found = run(*arguments)

    assert (found.exit_code, found.stdout) == (2, "")
    assert "Error: " in found.stderr


@pytest.mark.parametrize("command", [[], ["assess"], ["init"], ["demo"], ["serve"], ["verify"]])
def test_every_command_explains_itself(command: list[str]) -> None:
    found = run(*command, "--help")

    assert found.exit_code == 0
    assert "Usage: " in found.stdout


def test_the_version_is_told() -> None:
    assert __version__ in run("--version").stdout


def test_a_database_is_made_once_and_agrees_with_itself(tmp_path: Path) -> None:
    for _ in range(2):
        made = run("init", INSTANCE=str(tmp_path))
        assert (made.exit_code, made.stderr) == (0, "")

    found = run("verify", INSTANCE=str(tmp_path))

    assert (found.exit_code, found.stdout) == (0, "Everything agrees.\n")
    assert (tmp_path / "timethief.sqlite3").exists()


@pytest.mark.parametrize("command", ["verify", "demo", "serve"])
def test_without_a_database_the_way_to_one_is_told(command: str, tmp_path: Path) -> None:
    line = the_line(run(command, INSTANCE=str(tmp_path)))

    assert line.endswith("run: python -m timethief init")


@pytest.mark.parametrize("command", ["init", "demo", "serve", "verify"])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://u:p@h/d"),
        ("DATABASE_URL", "postgresql://u:p@h:port/d"),
        ("BASE_URL", "http://[::1"),
        ("SECRET_KEY", "short"),
        ("LOCALE", "de"),
    ],
)
def test_a_wrong_setting_stops_the_start_and_is_named(
    command: str, name: str, value: str, tmp_path: Path
) -> None:
    line = the_line(run(command, INSTANCE=str(tmp_path), **{name: value}))

    assert line.startswith(f"TIMETHIEF_{name}")


def test_a_database_that_cannot_be_reached_is_told_in_one_line(tmp_path: Path) -> None:
    address = "postgresql://u:secret@127.0.0.1:1/d"

    line = the_line(run("init", INSTANCE=str(tmp_path), DATABASE_URL=address))

    assert line.startswith("database: ")
    assert "secret" not in line


def test_a_file_that_is_no_database_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "timethief.sqlite3").write_bytes(b"not a database" * 1_000)

    assert the_line(run("verify", INSTANCE=str(tmp_path))).startswith("database: ")


def test_assess_needs_no_database_and_no_settings() -> None:
    found = run("assess", "-", given=json.dumps(TASK), DATABASE_URL="mysql://u:p@h/d")

    assert found.exit_code == 0


def test_the_program_answers_in_utf8() -> None:
    found = program("assess", "-", given=json.dumps(TASK, ensure_ascii=False))

    assert (found.returncode, found.stderr) == (0, "")
    assert "\u00e5r" in json.loads(found.stdout)[0]["explanation"]["sv"]


def test_the_program_refuses_in_one_line_without_a_traceback() -> None:
    found = program("assess", "-", given='{"title": NaN}')

    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr == "timethief: This is not valid JSON in UTF-8.\n"


def test_the_program_tells_wrong_usage() -> None:
    found = program("assess")

    assert found.returncode == 2
    assert "Traceback" not in found.stderr


def test_a_job_is_run_by_its_name_once_a_day(tmp_path: Path) -> None:
    run("init", INSTANCE=str(tmp_path))

    told = [run("job", "run", "check_database", INSTANCE=str(tmp_path)) for _ in range(2)]

    assert [each.exit_code for each in told] == [0, 0]
    assert told[0].stdout.startswith("check_database: tables ")
    assert told[1].stdout.startswith("check_database: has run already")


def test_a_job_that_there_is_not_is_wrong_usage(tmp_path: Path) -> None:
    found = run("job", "run", "nonsense", INSTANCE=str(tmp_path))

    assert found.exit_code == 2
    assert "send_mail" in found.stderr


def test_the_scheduler_ends_when_it_is_told_to_and_gives_the_lead_up(tmp_path: Path) -> None:
    run("init", INSTANCE=str(tmp_path))
    environment = os.environ | {"TIMETHIEF_INSTANCE": str(tmp_path)}
    command = [sys.executable, "-m", "timethief", "scheduler"]
    for _ in range(2):
        with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as led:
            assert led.stderr is not None
            assert led.stderr.readline() == "scheduler: leads\n"
            led.send_signal(signal.SIGTERM)
            assert led.communicate(timeout=30)[1] == "scheduler: stopped\n"
        assert led.returncode == 0
