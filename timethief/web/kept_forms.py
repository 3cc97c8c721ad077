"""A form that was sent after the log-in had ended: what was typed goes along through the log-in, and comes back.

It is carried by the pages of the log-in themselves, in a hidden field, so that nothing of it is stored anywhere
and no script is needed. Passwords and tokens never go along.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from flask import request
from werkzeug.datastructures import ImmutableMultiDict

from timethief.web.addresses import local_address

FIELD = "kept_form"
LONGEST = 100_000
"""Characters in all; what is longer is not kept, and the page says so."""
_NEVER = frozenset({FIELD, "csrf_token", "one_time_code"})


@dataclass(frozen=True, slots=True)
class KeptForm:
    """What was typed, and where it was sent.

    `address` is empty, and there are no fields, where it was too much to be kept.
    """

    address: str
    fields: tuple[tuple[str, str], ...]

    @property
    def key(self) -> str:
        """The key of the form, which says whose it is."""
        return next((value for name, value in self.fields if name == "key"), "")

    def text(self) -> str:
        """As it stands in the hidden field."""
        return json.dumps([self.address, self.fields], ensure_ascii=False)


def just_sent() -> KeptForm | None:
    """The form of this request; None where there is nothing to keep of it."""
    if FIELD in request.form:
        return carried()
    fields = tuple(
        (name, value)
        for name, value in request.form.items(multi=True)
        if name not in _NEVER and "password" not in name
    )
    if not any(value for name, value in fields if name != "key"):
        return None
    kept = KeptForm(local_address(request.full_path.rstrip("?"), request.path), fields)
    return kept if len(kept.text()) <= LONGEST else KeptForm("", ())


def carried() -> KeptForm | None:
    """The form that goes along with a step of the log-in, if any."""
    text = request.form.get(FIELD, "")
    if not text or len(text) > LONGEST:
        return None
    try:
        address, fields = json.loads(text)
        pairs = tuple((str(name), str(value)) for name, value in fields)
    except (ValueError, TypeError, RecursionError):
        return None
    if not isinstance(address, str) or local_address(address, "") != address or not address:
        return None
    return KeptForm(address, pairs)


def put_back(kept: KeptForm) -> None:
    """Let the view read what was kept, as though it had just been typed."""
    restored = ImmutableMultiDict([pair for pair in kept.fields if pair[0] not in _NEVER])
    request.__dict__["form"] = restored
