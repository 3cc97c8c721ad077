"""Bodies that say they are JSON and are none, or none that should be read."""

from __future__ import annotations

BODIES = {
    "nothing": b"",
    "null": b"null",
    "a list": b"[]",
    "a text": b'"task"',
    "a comma too many": b'{"title": "x",}',
    "NaN": b'{"title": "x", "minutes": NaN}',
    "infinity": b'{"title": "x", "minutes": -Infinity}',
    "a key twice": b'{"title": "x", "title": "y"}',
    "a mark before": b"\xef\xbb\xbf{}",
    "UTF-16": '{"title": "x"}'.encode("utf-16"),
    "no text": b'{"title": "\xff\xfe"}',
    "100,000 deep": b"[" * 100_000,
    "100,000 deep and closed": b"[" * 100_000 + b"]" * 100_000,
    "100,000 deep objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "21 deep": b'{"title":' + b"[" * 20 + b"]" * 20 + b"}",
    "5,000 digits": b'{"minutes": ' + b"9" * 5_000 + b"}",
    "1 MB of spaces": b" " * 999_999,
    "a long key": b'{"' + b"k" * 900_000 + b'": 1}',
}
