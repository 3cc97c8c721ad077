from __future__ import annotations

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from timethief.config import Config, MailServer, WrongSetting, read_config
from timethief.i18n import LANGUAGES
from timethief.storage.database import Database
from timethief.storage.schema import migrate

SECRET = "of the tests, and long enough: 32"
SALT = "salt of the tests, and long enough"


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
        RECEIPT_SALT=SALT,
    )

    assert found == Config(
        instance=tmp_path,
        database_url="postgresql://u:p@db.example:5432/timethief",
        secret_key=SECRET,
        base_url="https://tidstjuvar.kommun.se",
        locale="en",
        mail_from="timethief@tidstjuvar.kommun.se",
        receipt_salt=SALT,
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
    assert {file.name for file in tmp_path.iterdir()} == {"secret_key", "receipt_salt"}
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
    config(tmp_path, SECRET_KEY=SECRET, RECEIPT_SALT=SALT)

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


PRODUCTION = {"BASE_URL": "https://tidstjuvar.kommun.se", "SECRET_KEY": SECRET}


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [
        ("SECRET_KEY", "kort", "at least 32 characters"),
        ("SECRET_KEY", "s" * 64, "can be guessed"),
        ("SECRET_KEY", "1234" * 16, "can be guessed"),
        ("RECEIPT_SALT", "a" * 40, "can be guessed"),
        ("DEBUG", "1", "take it away"),
        ("DEBUG", "true", "take it away"),
    ],
)
def test_in_production_what_is_only_good_for_trying_out_stops_the_start(
    name: str, value: str, told: str, tmp_path: Path
) -> None:
    with pytest.raises(WrongSetting, match=f"^TIMETHIEF_{name}") as refused:
        config(tmp_path / "i", **(PRODUCTION | {name: value}))

    assert told in str(refused.value)
    assert value not in str(refused.value).replace("TIMETHIEF_", "") or len(value) < 5


def test_in_production_the_debugger_of_the_framework_stops_the_start(tmp_path: Path) -> None:
    given = {f"TIMETHIEF_{name}": value for name, value in PRODUCTION.items()}
    with pytest.raises(WrongSetting, match=r"^FLASK_DEBUG"):
        read_config(given | {"TIMETHIEF_INSTANCE": str(tmp_path / "i"), "FLASK_DEBUG": "1"})


@pytest.mark.parametrize(
    ("file", "rights"),
    [
        (".", 0o755),
        (".", 0o770),
        ("secret_key", 0o640),
        ("secret_key", 0o604),
        ("receipt_salt", 0o644),
        ("timethief.sqlite3", 0o644),
        ("timethief.sqlite3", 0o660),
    ],
)
def test_in_production_files_that_others_can_get_at_stop_the_start(
    file: str, rights: int, tmp_path: Path
) -> None:
    settings = {"BASE_URL": PRODUCTION["BASE_URL"]}
    instance = config(tmp_path / "i", **settings).instance
    (instance / "timethief.sqlite3").touch(mode=0o600)
    assert config(instance, **settings).secure
    (instance / file).chmod(rights)

    with pytest.raises(WrongSetting, match=r"^TIMETHIEF_INSTANCE.*chmod") as refused:
        config(instance, **settings)

    (instance / file).chmod(0o700)
    assert str((instance / file).resolve()) in str(refused.value)
    assert config(instance, BASE_URL="http://localhost").instance == instance


def test_a_database_of_its_own_place_is_looked_at_too(tmp_path: Path) -> None:
    file = tmp_path / "elsewhere.sqlite3"
    file.touch()
    file.chmod(0o644)

    with pytest.raises(WrongSetting, match="chmod 600"):
        config(tmp_path / "i", **PRODUCTION, DATABASE_URL=f"sqlite:///{file}?timeout=5")


def test_a_new_database_is_for_its_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "new.sqlite3"
    database = Database(f"sqlite:///{file}")
    migrate(database)

    rights = {each.name: stat.S_IMODE(each.stat().st_mode) for each in tmp_path.glob("new*")}
    database.close()

    assert rights["new.sqlite3"] == 0o600
    assert set(rights.values()) == {0o600}


def test_how_long_a_log_in_lasts_can_be_set(tmp_path: Path) -> None:
    usual = config(tmp_path)
    other = config(tmp_path, SESSION_IDLE_MINUTES="60", SESSION_HOURS="8")

    assert (usual.session_idle, usual.session_length) == (
        timedelta(minutes=30),
        timedelta(hours=12),
    )
    assert (other.session_idle, other.session_length) == (timedelta(hours=1), timedelta(hours=8))


@pytest.mark.parametrize("name", ["SESSION_IDLE_MINUTES", "SESSION_HOURS"])
@pytest.mark.parametrize(
    "value", ["0", "-1", "1.5", "en", "1e3", "\u0663\u0660", "999999999", "5 "]
)
def test_a_time_that_cannot_be_is_refused_by_name(name: str, value: str, tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match=f"^TIMETHIEF_{name}"):
        config(tmp_path, **{name: value})


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp://localhost", MailServer("smtp", "localhost", 25)),
        ("smtps://a%40b:p%2Fw%3A@mail.se", MailServer("smtps", "mail.se", 465, "a@b", "p/w:")),
        ("smtp+starttls://u:p@mail.se", MailServer("smtp+starttls", "mail.se", 587, "u", "p")),
        ("smtp+starttls://mail.se:2525", MailServer("smtp+starttls", "mail.se", 2525)),
        ("", None),
    ],
)
def test_the_mail_server_is_read_from_one_address(
    url: str, server: MailServer | None, tmp_path: Path
) -> None:
    assert config(tmp_path, SMTP_URL=url).mail_server == server


@pytest.mark.parametrize(
    "url",
    [
        "mail.se",
        "http://mail.se",
        "smtp://",
        "smtp://h:99999",
        "smtp://u@h",
        "smtp://h/path",
        "smtp://[h",
    ],
)
def test_an_address_of_no_mail_server_stops_the_start(url: str, tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match=r"^TIMETHIEF_SMTP_URL"):
        config(tmp_path, SMTP_URL=url)


@pytest.mark.parametrize(
    "address", ["a@b\r\nBcc: c@d", "kommunen", "a b@c.se", "<a@b.se>", "a@b.se,c@d.se"]
)
def test_a_sender_that_is_no_address_stops_the_start(address: str, tmp_path: Path) -> None:
    with pytest.raises(WrongSetting, match=r"^TIMETHIEF_MAIL_FROM"):
        config(tmp_path, MAIL_FROM=address)


def test_the_password_of_the_mail_server_is_not_shown(tmp_path: Path) -> None:
    assert "hemligt" not in repr(config(tmp_path, SMTP_URL="smtps://u:hemligt@h").mail_server)
