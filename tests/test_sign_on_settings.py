"""The installation's own provider of log-in, as it is set from the environment."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from timethief.cli import main
from timethief.config import Config, IdentityProvider, WrongSetting, read_config
from timethief.services.access.sign_on_settings import check_installation

ISSUER = "https://id.kommun.se"


def config(folder: Path, **settings: str) -> Config:
    given = {f"TIMETHIEF_{name}": value for name, value in settings.items()}
    return read_config({"TIMETHIEF_INSTANCE": str(folder)} | given)


def test_without_the_three_settings_there_is_no_provider(tmp_path: Path) -> None:
    assert config(tmp_path).identity_provider is None
    assert config(tmp_path, OIDC_ISSUER="", OIDC_CLIENT_ID=" ").identity_provider is None


def test_what_is_set_is_used_and_its_secret_is_not_told(tmp_path: Path) -> None:
    found = config(tmp_path, OIDC_ISSUER=ISSUER, OIDC_CLIENT_ID="we", OIDC_CLIENT_SECRET="hunter2")

    assert found.identity_provider == IdentityProvider(ISSUER, "we", "hunter2")
    assert "hunter2" not in repr(found)


@pytest.mark.parametrize("missing", ["OIDC_ISSUER", "OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"])
def test_one_that_is_missing_is_named(tmp_path: Path, missing: str) -> None:
    given = {"OIDC_ISSUER": ISSUER, "OIDC_CLIENT_ID": "we", "OIDC_CLIENT_SECRET": "hunter2"}

    with pytest.raises(WrongSetting, match=f"^TIMETHIEF_{missing} is missing") as refused:
        config(tmp_path, **given | {missing: ""})

    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(
    ("base_url", "issuer"),
    [
        ("https://tidstjuvar.kommun.se", "http://id.kommun.se"),
        ("https://tidstjuvar.kommun.se", "https://idp-test.inera.se"),
        ("https://tidstjuvar.kommun.se", "https://127.0.0.1:9000"),
        ("https://tidstjuvar.kommun.se", "https://login.microsoftonline.com/common/v2.0"),
        ("http://127.0.0.1:8000", "https://login.microsoftonline.com/common/v2.0"),
        ("http://127.0.0.1:8000", "https://id.kommun.se/?tenant=1"),
    ],
)
def test_a_provider_that_nobody_should_log_in_by_stops_the_start(
    tmp_path: Path, base_url: str, issuer: str
) -> None:
    found = config(
        tmp_path,
        BASE_URL=base_url,
        OIDC_ISSUER=issuer,
        OIDC_CLIENT_ID="we",
        OIDC_CLIENT_SECRET="hunter2",
    )

    with pytest.raises(WrongSetting, match=r"^TIMETHIEF_OIDC_ISSUER cannot be used"):
        check_installation(found)


def test_a_test_provider_will_do_in_development(tmp_path: Path) -> None:
    check_installation(
        config(
            tmp_path,
            OIDC_ISSUER="http://127.0.0.1:9000",
            OIDC_CLIENT_ID="we",
            OIDC_CLIENT_SECRET="x",
        )
    )


def test_serving_stops_with_one_line_that_names_the_setting(tmp_path: Path) -> None:
    settings = {
        "TIMETHIEF_INSTANCE": str(tmp_path),
        "TIMETHIEF_BASE_URL": "https://tidstjuvar.kommun.se",
        "TIMETHIEF_OIDC_ISSUER": "https://idp-test.inera.se",
        "TIMETHIEF_OIDC_CLIENT_ID": "we",
        "TIMETHIEF_OIDC_CLIENT_SECRET": "hunter2",
    }
    runner = CliRunner(env=settings)
    assert runner.invoke(main, ["init"]).exit_code == 0

    result = runner.invoke(main, ["serve", "--port", "8299"])

    assert result.exit_code == 1
    assert result.stderr.startswith("timethief: TIMETHIEF_OIDC_ISSUER cannot be used")
    assert result.stderr.count("\n") == 1
