from __future__ import annotations

import pytest

from timethief.services.anonymous.sealing import Unsealable, seal, unseal

KEY = "a key of the installation, long enough"


def test_what_is_sealed_can_be_had_back_and_does_not_show() -> None:
    sealed = seal(KEY, "secret", "klienthemlighet å")

    assert unseal(KEY, "secret", sealed) == "klienthemlighet å"
    assert "klienthemlighet" not in sealed
    assert seal(KEY, "secret", "klienthemlighet å") != sealed


@pytest.mark.parametrize(
    ("key", "purpose", "change"),
    [(KEY + "x", "secret", ""), (KEY, "other", ""), (KEY, "secret", "x")],
)
def test_with_another_key_or_for_another_purpose_it_stays_shut(
    key: str, purpose: str, change: str
) -> None:
    sealed = seal(KEY, "secret", "klienthemlighet")

    with pytest.raises(Unsealable):
        unseal(key, purpose, change + sealed)
