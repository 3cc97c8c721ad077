"""How long 100,000 assessments take in one process.

.venv/bin/python -m scripts.bench.assess [TASKS]
"""

# ruff: noqa: S311 - seeded, and no secrets

from __future__ import annotations

import argparse
import random
import time
from typing import Any

from scripts.bench.measure import against
from timethief.domain.assessment import assess
from timethief.domain.policy import DEFAULT_POLICY
from timethief.domain.vocabulary import Beneficiary, Binding, InUse, Per, Purpose
from timethief.exchange.assessment_documents import assessed, assessment_document
from timethief.exchange.task_documents import read_task
from timethief.services.registers import default_tariffs

GOAL_SECONDS = 10
WITH_EXPLANATIONS = 5_000
"""Tasks that are also explained, in every language; told beside, since it is not what the goal is about."""


def task(chance: random.Random, categories: list[str]) -> dict[str, Any]:
    """A task as the API takes it."""
    minutes = chance.choice((2, 5, 10, 20, 45))
    return {
        "title": "Dokumentera blodtryck i två system",
        "minutes": chance.choice((minutes, {"low": 1, "likely": minutes, "high": 2 * minutes})),
        "frequency": {"times": chance.choice((1, 2, 5)), "per": chance.choice(list(Per)).value},
        "people": chance.choice((1, 3, 20, 140)),
        "staff_category": chance.choice(categories),
        "binding": chance.choice(list(Binding)).value,
        "uses": [
            {
                "beneficiary": chance.choice(list(Beneficiary)).value,
                "purpose": chance.choice(list(Purpose)).value,
                "in_use": chance.choice(list(InUse)).value,
                "worth": {"share": chance.choice((0, 0.5, 1.25, 2))},
            }
            for _ in range(chance.choice((0, 1, 1, 2)))
        ],
        "achievable_minutes": chance.choice((None, 1)),
        "duplicate_share": chance.choice((0, 0, 0.5)),
        "automation": chance.choice(
            (None, None, {"rule_based": 0.9, "digital_input": 0.8, "exceptions": 0.1})
        ),
    }


def main() -> None:
    """Measure reading, assessing and writing by themselves."""
    parser = argparse.ArgumentParser(description="Assess many tasks in one process.")
    parser.add_argument("tasks", type=int, nargs="?", default=100_000)
    count = parser.parse_args().tasks
    tariffs = default_tariffs()
    chance = random.Random(1)
    given = [task(chance, sorted(tariffs)) for _ in range(count)]

    begun = time.perf_counter()
    facts = [read_task(each, DEFAULT_POLICY, tariffs) for each in given]
    read = time.perf_counter()
    found = [assess(each, DEFAULT_POLICY) for each in facts]
    done = time.perf_counter()
    for each in found:
        assessment_document(each)
    written = time.perf_counter()
    print(f"{count:,} tasks")
    print(f"read and checked    {read - begun:6.1f} s")
    print(f"assessed            {done - read:6.1f} s   {against(done - read, GOAL_SECONDS)}")
    print(f"as documents        {written - done:6.1f} s")
    whole = written - begun
    print(f"all three           {whole:6.1f} s   {against(whole, GOAL_SECONDS)}")
    few = facts[:WITH_EXPLANATIONS]
    begun = time.perf_counter()
    for known in few:
        assessed(known, DEFAULT_POLICY)
    took = (time.perf_counter() - begun) * count / len(few)
    print(f"with explanations   {took:6.1f} s   (from {len(few):,} of them)")


if __name__ == "__main__":
    main()
