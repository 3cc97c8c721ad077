from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from timethief.config import Config, WrongSetting, read_config
from timethief.i18n import LANGUAGES

SECRET = "s" * 32


def config(folder: Path, **settings: str) -> Config:
    given = {f"TIMETHIEF_{name}": value for name, value in settings.items()}
    return read_config({"TIMETHIEF_INSTANCE": str(folder)} | given)


def test_nothing_needs_to_be_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    found = read_config({})

    assert found.instance == tmp_path / "instance"
    assert found.instance.is_dir()
    assert found.database_url == f"sqlite:///{tmp_path}/instance/timethief.sqlite3"
    assert (found.base_url, found.secure) == ("http://127.0.0.1:8000", False)
    assert found.locale == "sv"


def test_what_is_set_is_used(tmp_path: Path) -> None:
    found = config(
        tmp_path,
        DATABASE_URL="postgresql://u:p@db.example:5432/timethief",
        SECRET_KEY=SECRET,
        BASE_URL="https://tidstjuvar.kommun.se/",
        LOCALE="en",
    )

    assert found == Config(
        instance=tmp_path,
        database_url="postgresql://u:p@db.example:5432/timethief",
        secret_key=SECRET,
        base_url="https://tidstjuvar.kommun.se",
        locale="en",
    )
    assert found.secure


def test_the_environment_is_read_where_nothing_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIMETHIEF_INSTANCE", str(tmp_path / "mine"))

    assert read_config().instance == tmp_path / "mine"


@pytest.mark.parametrize("name", ["INSTANCE", "DATABASE_URL", "BASE_URL", "LOCALE"])
def test_an_empty_setting_is_as_good_as_none(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    assert config(Path("instance"), **{name: ""}).instance == tmp_path / "instance"


@pytest.mark.parametrize(
    "url",
    [
        *("sqlite:////srv/t.sqlite3", "sqlite:///t.sqlite3", "postgresql://h/d"),
        *("postgresql://", "postgresql:///d", "postgresql+psycopg://u@h/d"),
        *("postgresql://u:p#?/w@h:5432/d?sslmode=require", "postgresql://u:@/d?host=/run/pg"),
        *("postgresql://u:p@[::1]:5432/d", "postgresql://h"),
    ],
)
def test_a_database_is_sqlite_or_postgresql(url: str, tmp_path: Path) -> None:
    assert config(tmp_path, DATABASE_URL=url).database_url == url


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "s" * 31),
        ("DATABASE_URL", "mysql://u:p@h/d"),
        ("DATABASE_URL", "timethief.sqlite3"),
        ("DATABASE_URL", "sqlite:t.sqlite3"),
        ("DATABASE_URL", "postgres://u:p@h/d"),
        ("DATABASE_URL", "postgresql://u:p@h:port/d"),
        ("DATABASE_URL", "postgresql://u:p@h:123456/d"),
        ("DATABASE_URL", "postgresql://u:p@[::1/d"),
        ("BASE_URL", "tidstjuvar.kommun.se"),
        ("BASE_URL", "ftp://tidstjuvar.kommun.se"),
        ("BASE_URL", "https://"),
        ("BASE_URL", "https://[::1"),
        ("BASE_URL", "https://h:port"),
        ("BASE_URL", "https://h:99999"),
        ("LOCALE", "de"),
        ("LOCALE", "SV"),
    ],
)
def test_a_wrong_setting_names_itself_in_one_line(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(WrongSetting) as refused:
        config(tmp_path, **{name: value})

    message = str(refused.value)
    assert message.startswith(f"TIMETHIEF_{name}")
    assert "\n" not in message


def test_a_wrong_setting_does_not_tell_its_secret(tmp_path: Path) -> None:
    with pytest.raises(WrongSetting) as key:
        config(tmp_path, SECRET_KEY="hunter2")
    with pytest.raises(WrongSetting) as address:
        config(tmp_path, DATABASE_URL="postgresql://u:hunter2@h:port/d")

    assert "hunter2" not in str(key.value) + str(address.value)


def test_an_instance_that_is_a_file_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "instance").write_text("")

    with pytest.raises(WrongSetting, match=r"^TIMETHIEF_INSTANCE"):
        config(tmp_path / "instance")


def test_the_instance_is_for_the_owner_alone(tmp_path: Path) -> None:
    found = config(tmp_path / "a" / "b")

    assert stat.S_IMODE(found.instance.stat().st_mode) == 0o700


def test_a_secret_key_is_made_once_and_kept(tmp_path: Path) -> None:
    first, second = config(tmp_path).secret_key, config(tmp_path).secret_key

    assert first == second
    assert len(first) >= 32
    assert [file.name for file in tmp_path.iterdir()] == ["secret_key"]
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


def test_each_instance_has_a_secret_key_of_its_own(tmp_path: Path) -> None:
    keys = {config(tmp_path / name).secret_key for name in ("one", "two")}

    assert len(keys) == 2


def test_all_who_start_at_once_read_the_same_whole_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        keys = set(pool.map(lambda _: config(tmp_path).secret_key, range(64)))

    assert len(keys) == 1
    assert len(keys.pop()) >= 32


@pytest.mark.parametrize("kept", ["", " \n", "short"])
def test_a_key_file_without_a_key_stops_the_start(kept: str, tmp_path: Path) -> None:
    (tmp_path / "secret_key").write_text(kept)

    with pytest.raises(WrongSetting, match=r"^TIMETHIEF_SECRET_KEY"):
        config(tmp_path)


def test_a_key_that_is_set_needs_no_file(tmp_path: Path) -> None:
    config(tmp_path, SECRET_KEY=SECRET)

    assert list(tmp_path.iterdir()) == []


def test_a_key_file_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "secret_key").mkdir()

    with pytest.raises(WrongSetting, match=r"^TIMETHIEF_INSTANCE"):
        config(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may write anywhere")
def test_an_instance_that_cannot_be_written_is_refused_by_name(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(WrongSetting, match=r"^TIMETHIEF_INSTANCE"):
        config(tmp_path)


def test_the_languages_are_those_that_there_are_texts_in(tmp_path: Path) -> None:
    assert {config(tmp_path, LOCALE=code).locale for code in LANGUAGES} == set(LANGUAGES)
