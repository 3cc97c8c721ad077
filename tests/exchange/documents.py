from __future__ import annotations

from typing import Any

JSON = dict[str, Any]


def task(**changes: object) -> JSON:
    plain: JSON = {
        "title": "Skriva rapport",
        "minutes": 30,
        "frequency": {"times": 1, "per": "week"},
        "people": 8,
        "hourly_cost_sek": 600,
    }
    return {name: value for name, value in (plain | changes).items() if value is not ...}


def use(**worth: object) -> JSON:
    return {
        "beneficiary": "citizen",
        "purpose": "safety",
        "in_use": "confirmed",
        "worth": worth or {"share": 1},
    }
