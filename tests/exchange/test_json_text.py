from __future__ import annotations

import pytest

from timethief.domain.errors import Invalid
from timethief.exchange.json_text import DEEPEST, read_json


def refusal(body: bytes) -> Invalid:
    with pytest.raises(Invalid) as refused:
        read_json(body)
    assert refused.value.field == ""
    return refused.value


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": [1, 2.5, null, true, "\xc3\xa5"]}', {"a": [1, 2.5, None, True, "\u00e5"]}),
        (b" 5 ", 5),
        (b'"\\u00e5"', "\u00e5"),
        (b"[]", []),
        (b'{"a": {"b": 1}, "c": {"b": 2}}', {"a": {"b": 1}, "c": {"b": 2}}),
    ],
)
def test_json_is_read(body: bytes, value: object) -> None:
    assert read_json(body) == value


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b" ", b"{", b"{'a': 1}", b'{"a": 1,}', b"[1, 2", b"nothing", b'{"a": 1} x'),
        *(b"NaN", b'{"a": NaN}', b"Infinity", b"[-Infinity]", b"nan", b"+1", b"01", b"0x10"),
        *(b"1_000", b".5", b'"a\nb"', b'"\\x41"', b"\xff\xfe", b'"\xe5"', b"\xef\xbb\xbf{}"),
        *(b'{"a": 1}'.replace(b"1", b"1" * 5_000), "{}".encode("utf-16")),
    ],
)
def test_what_is_not_json_in_utf8_is_refused(body: bytes) -> None:
    assert refusal(body).reason == "not_json"


@pytest.mark.parametrize(
    "body", [b'{"minutes": 5, "minutes": 999}', b'[{"b": {"minutes": 1, "minutes": 1}}]']
)
def test_a_key_that_stands_twice_is_refused_by_name(body: bytes) -> None:
    found = refusal(body)

    assert (found.reason, found.values) == ("key_twice", {"key": "minutes"})


def test_a_key_is_told_again_on_one_short_line() -> None:
    key = '"a\\n\\ud800' + "b" * 1_000 + '"'

    found = refusal(f"{{{key}: 1, {key}: 2}}".encode())

    assert found.values == {"key": "a??" + "b" * 97}


@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_json_may_be_nested_only_so_deep(opening: bytes, closing: bytes) -> None:
    deepest = DEEPEST - 1

    assert read_json(opening * deepest + b"1" + closing * deepest)
    assert refusal(opening * DEEPEST + b"1" + closing * DEEPEST).reason == "too_deep"


@pytest.mark.parametrize("body", [b"[" * 100_000, b'{"a":' * 100_000, b"[" * 900 + b"]" * 900])
def test_endless_nesting_is_refused_without_a_fall(body: bytes) -> None:
    found = refusal(body)

    assert (found.reason, found.values) == ("too_deep", {"limit": DEEPEST})


def test_wide_json_is_not_deep() -> None:
    assert len(read_json(b"[" + b"[1]," * 10_000 + b"[1]]")) == 10_001
