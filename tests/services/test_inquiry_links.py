from __future__ import annotations

import base64

import pytest

from timethief.domain.errors import NotFound
from timethief.domain.identifiers import new_identifier
from timethief.services.asking.links import address_of, read_token, token_of

KEY = "a key of ours"
OURS = token_of(KEY, 17, 2**60 - 1)


def test_the_link_says_which_question_of_which_organisation() -> None:
    for _ in range(200):
        organisation_id, inquiry_id = new_identifier(), new_identifier()
        token = token_of(KEY, organisation_id, inquiry_id)

        assert read_token(KEY, token) == (organisation_id, inquiry_id)


def test_it_is_the_same_each_time_and_made_from_the_settings() -> None:
    assert (
        address_of("https://a.example", KEY, 17, 2**60 - 1) == f"https://a.example/answers/{OURS}"
    )


@pytest.mark.parametrize("place", range(len(OURS)))
def test_no_letter_of_it_can_be_another(place: int) -> None:
    for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_":
        altered = OURS[:place] + letter + OURS[place + 1 :]
        if altered != OURS:
            with pytest.raises(NotFound):
                read_token(KEY, altered)


@pytest.mark.parametrize(
    "token",
    [
        *("", "x", "=", OURS[:-1], f"{OURS}A", f"{OURS}=", f" {OURS}", f"{OURS}\n", "å" * 43),
        base64.urlsafe_b64encode(bytes(32)).decode().rstrip("="),
        base64.b64encode(b"\xff" * 32).decode().rstrip("="),
        "A" * 10_000,
    ],
)
def test_what_we_have_not_made_leads_nowhere(token: str) -> None:
    with pytest.raises(NotFound):
        read_token(KEY, token)


def test_a_link_of_another_installation_leads_nowhere() -> None:
    with pytest.raises(NotFound):
        read_token("a key of theirs", OURS)
