"""The places of the page `/administration`: each builder of an administration page adds its own line here."""

from __future__ import annotations

from dataclasses import dataclass

from timethief.domain.people import Actor, Permission
from timethief.i18n import N_

LANDING = "administration.index"
"""Endpoint of the page that lists the places."""


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the administration.

    Attributes:
        label: name of the page, in English; translated where it is shown.
        sentence: what one does there, in one sentence.
        endpoint: of the page, as Flask names it.
        permission: who sees the place; the same that opens the page.
        group: heading that the place stands under: a key of `GROUPS`.
    """

    label: str
    sentence: str
    endpoint: str
    permission: Permission
    group: str = "organisation"


GROUPS = {
    "organisation": N_("The organisation"),
    "people": N_("People and log-in"),
    "figures": N_("What the figures rest on"),
    "traces": N_("Privacy and traces"),
}
"""Headings of the page, in the order they stand."""

PLACES: tuple[Place, ...] = (
    Place(
        N_("People and roles"),
        N_("Who may log in, what each may do, invitations and tokens."),
        "people.index",
        Permission.MANAGE_PEOPLE,
        "people",
    ),
    Place(
        N_("Units"),
        N_(
            "The parts of the organisation, how many work in each, and reading them in from a spreadsheet."
        ),
        "administration.units.index",
        Permission.MANAGE_ORGANISATION,
    ),
    Place(
        N_("Import tasks"),
        N_("Put a whole spreadsheet into the inventory, and take it out again."),
        "imports.index",
        Permission.IMPORT_TASKS,
    ),
    Place(
        N_("Name, words and language"),
        N_("What the organisation is called, and what it calls those it is there for."),
        "administration.organisation.index",
        Permission.MANAGE_ORGANISATION,
    ),
    Place(
        N_("Requesters"),
        N_("Put names right, add short forms, and make one of two that are the same."),
        "administration.requesters.index",
        Permission.MANAGE_ORGANISATION,
    ),
    Place(
        N_("Functions"),
        N_("Service desks, support functions and higher instances that cases are handed to."),
        "administration.functions.index",
        Permission.MANAGE_ORGANISATION,
    ),
    Place(
        N_("Staff categories"),
        N_("Who does the work, and what each is called."),
        "administration.staff_categories.index",
        Permission.MANAGE_TARIFFS,
        "figures",
    ),
    Place(
        N_("Tariffs"),
        N_("What an hour of each staff category costs, now and from a coming day."),
        "tariffs.index",
        Permission.MANAGE_TARIFFS,
        "figures",
    ),
    Place(
        N_("How tasks are assessed"),
        N_("The numbers behind every verdict; you see what changes before you save."),
        "administration.policy.index",
        Permission.MANAGE_ORGANISATION,
        "figures",
    ),
    Place(
        N_("Audit trail"),
        N_("What was decided and changed, by whom and when."),
        "audit.trail",
        Permission.READ_TRACES,
        "traces",
    ),
    Place(
        N_("Log-in with accounts at work"),
        N_("Which log-in service people use, and what their groups there give here."),
        "sign_on_administration.index",
        Permission.MANAGE_PEOPLE,
        "people",
    ),
    Place(
        N_("How staff may report"),
        N_("With or without a log-in, the code, and the poster that leads to the form."),
        "reporting.index",
        Permission.MANAGE_ORGANISATION,
    ),
    Place(
        N_("Keeping and weeding"),
        N_("How long things are kept, by which decision, and what has been weeded."),
        "retention.index",
        Permission.MANAGE_ORGANISATION,
        "traces",
    ),
    Place(
        N_("Take out data"),
        N_("Everything you own in open formats, or one record for somebody who asks."),
        "archive.index",
        Permission.READ_TRACES,
        "traces",
    ),
    Place(
        N_("Open data"),
        N_("What of your figures may be open to all; you see it before anybody uses it."),
        "open_data.index",
        Permission.MANAGE_ORGANISATION,
        "traces",
    ),
    Place(
        N_("Privacy and accessibility"),
        N_("What the open pages say of you: contacts, and how accessible the service is."),
        "statements.edit",
        Permission.MANAGE_ORGANISATION,
        "traces",
    ),
)
"""In the order they are shown, within their groups."""


def places_for(actor: Actor | None) -> tuple[Place, ...]:
    """The places that the person may open."""
    return () if actor is None else tuple(each for each in PLACES if actor.may(each.permission))


def place_of(word: str) -> Place | None:
    """The first place whose endpoint names the word, where that part is installed."""
    return next((place for place in PLACES if word in place.endpoint), None)
