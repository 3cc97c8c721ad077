from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from timethief.domain.numbers import Limits
from timethief.domain.ranges import Range
from timethief.domain.tasks import Automation, Frequency, TaskFacts, Use, Worth
from timethief.domain.vocabulary import Beneficiary, Binding, InUse, Per, Purpose

LAW = settings(max_examples=100, derandomize=True, deadline=None)

SHARES = st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0]) | st.floats(0, 1_000)
PARTS = st.sampled_from([0.0, 0.5, 1.0]) | st.floats(0, 1)
MINUTES = st.sampled_from([1.0, 5.0, 30.0, 480.0]) | st.floats(0.001, 1_440)
HOURLY_COSTS = st.sampled_from([330.0, 420.0, 600.0]) | st.floats(1, 100_000)
FREQUENCIES = st.builds(
    Frequency,
    st.sampled_from([0.5, 1.0, 2.0, 50.0]) | st.floats(0.001, 1_000),
    st.sampled_from(Per),
)
PEOPLE = st.integers(1, 10_000)


def ranges(numbers: SearchStrategy[float]) -> SearchStrategy[Range]:
    return st.lists(numbers, min_size=3, max_size=3).map(lambda three: Range(*sorted(three)))


def within(limits: Limits) -> SearchStrategy[float]:
    return st.floats(limits.least or 0, limits.most)


WORTHS = st.one_of(
    SHARES.map(lambda share: Worth(share=share)),
    st.floats(0, 10_000).map(lambda minutes: Worth(minutes=minutes)),
    ranges(st.floats(0, 10_000)).map(lambda minutes: Worth(minutes=minutes)),
    st.floats(0, 1e12).map(lambda sek: Worth(sek_per_year=sek)),
)
USES = st.builds(
    Use,
    st.sampled_from(Beneficiary),
    st.sampled_from(Purpose),
    st.sampled_from(InUse),
    WORTHS,
)
AUTOMATIONS = st.builds(
    Automation, PARTS, PARTS, PARTS, st.booleans(), st.integers(1, 50), st.booleans()
)
TASKS = st.builds(
    TaskFacts,
    minutes=MINUTES | ranges(MINUTES),
    frequency=FREQUENCIES,
    people=PEOPLE | ranges(PEOPLE),
    hourly_cost_sek=HOURLY_COSTS,
    binding=st.sampled_from(Binding),
    uses=st.lists(USES, max_size=3).map(tuple),
    achievable_minutes=st.none() | st.just(0.0) | MINUTES,
    sufficient_frequency=st.none() | FREQUENCIES,
    other_hourly_cost_sek=st.none() | HOURLY_COSTS,
    duplicate_share=PARTS,
    automation=st.none() | AUTOMATIONS,
)
"""Tasks of every kind that the limits let through."""

_TIDY_USES = st.builds(
    Use,
    st.sampled_from(Beneficiary),
    st.sampled_from(Purpose),
    st.sampled_from(InUse),
    st.sampled_from([0.0, 0.25, 0.5, 1.0, 2.0]).map(lambda share: Worth(share=share))
    | st.integers(0, 240).map(lambda minutes: Worth(minutes=minutes)),
)
WITHOUT_KRONOR_OR_ONE_OFF_HOURS = st.builds(
    TaskFacts,
    minutes=st.integers(1, 240),
    frequency=st.builds(Frequency, st.integers(1, 50), st.sampled_from(Per)),
    people=st.integers(1, 100),
    hourly_cost_sek=st.integers(200, 900),
    binding=st.sampled_from(Binding),
    uses=st.lists(_TIDY_USES, max_size=3).map(tuple),
    achievable_minutes=st.none() | st.integers(0, 240),
    sufficient_frequency=st.none() | st.builds(Frequency, st.integers(1, 50), st.just(Per.YEAR)),
    other_hourly_cost_sek=st.none() | st.integers(200, 900),
)
"""Tasks in numbers that people write, whose every hour comes from minutes."""
