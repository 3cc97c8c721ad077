"""The page that leads to everything an administrator manages."""

from __future__ import annotations

from flask.typing import ResponseReturnValue

from timethief.domain.people import Permission
from timethief.services.set_up import set_up_of
from timethief.web import current
from timethief.web.administration import GROUPS, places_for
from timethief.web.gate import requires
from timethief.web.pages import page


@requires(Permission.MANAGE_ORGANISATION)
def index() -> ResponseReturnValue:
    """The places, each with what one does there."""
    places = places_for(current.actor())
    groups = [
        (heading, [place for place in places if place.group == code])
        for code, heading in GROUPS.items()
    ]
    with current.reading() as session:
        done_on = set_up_of(session, current.actor().organisation_id).done_on
    return page(
        "administration/index.html",
        set_up=done_on is None,
        groups=[(name, held) for name, held in groups if held],
    )
