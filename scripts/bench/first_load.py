"""Bytes that a browser fetches when somebody opens the form for logging for the first time.

    .venv/bin/python -m scripts.bench.first_load FOLDER

The page and everything that it names, compressed where the server does so. A deployment behind a proxy that
compresses pages too comes lower; `in all, pages compressed by a proxy` tells what that would be.
"""

from __future__ import annotations

import argparse
import gzip
import re
from pathlib import Path

from scripts.bench.measure import STAFF, Client, against, serving

GOAL = 100_000
_NAMED = re.compile(r'(?:src|href)="(/static/[^"]+)"')
_NAMED_BY_STYLE = re.compile(r"""url\(["']?(/static/[^"')]+)["']?\)""")


def main() -> None:
    """Fetch and add up."""
    parser = argparse.ArgumentParser(description="Weight of the form for logging.")
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder.absolute()
    sizes: dict[str, int] = {}
    with serving(folder, workers=1) as server:
        client = Client(server.port)
        client.log_in(STAFF)
        asked = {"Accept-Encoding": "gzip, br"}
        page = client.get("/log", asked)
        packed = page.headers.get("Content-Encoding") == "gzip"
        text = (gzip.decompress(page.body) if packed else page.body).decode()
        sizes["/log"] = len(page.body)
        waiting = sorted(set(_NAMED.findall(text)))
        while waiting:
            path = waiting.pop(0)
            answer = client.get(path, asked)
            sizes[path] = len(answer.body)
            kind = answer.headers.get("Content-Encoding", "not compressed")
            print(f"{len(answer.body):>9,}  {answer.status}  {kind:<15} {path}")
            if path.partition("?")[0].endswith(".css"):
                style = client.get(path).body.decode()
                waiting += [each for each in _NAMED_BY_STYLE.findall(style) if each not in sizes]
    kind = page.headers.get("Content-Encoding", "not compressed")
    print(f"{sizes['/log']:>9,}  {page.status}  {kind:<15} /log")
    whole = sum(sizes.values())
    print(f"{whole:>9,}  in all  {against(whole, GOAL)}")
    if not packed:
        smaller = whole - sizes["/log"] + len(gzip.compress(page.body))
        print(f"{smaller:>9,}  in all, pages compressed by a proxy  {against(smaller, GOAL)}")


if __name__ == "__main__":
    main()
