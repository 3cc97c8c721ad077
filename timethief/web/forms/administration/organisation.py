"""What an organisation is called, speaks and calls those it is there for."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, RadioField, SelectField, StringField

from timethief.domain.errors import Invalid, Invalids
from timethief.domain.tasks import read_text
from timethief.domain.vocabulary import ClientWord, OrganisationKind
from timethief.i18n import lazy_gettext
from timethief.reports.labels import labels
from timethief.services.organisation_settings import (
    LONGEST_NAME,
    SMALLEST_COUNTS,
    OrganisationFacts,
)
from timethief.web.forms.base import BaseForm

LANGUAGE_NAMES = {"sv": "Svenska", "en": "English"}


class OrganisationForm(BaseForm):
    """The organisation as it stands."""

    name = StringField(
        lazy_gettext("The organisation's name"),
        description=lazy_gettext("It stands on every page."),
        render_kw={"autocomplete": "organization"},
    )
    kind = SelectField(lazy_gettext("Kind of organisation"), validate_choice=False)
    language = SelectField(
        lazy_gettext("Language"),
        description=lazy_gettext("For pages and mails until somebody has chosen one."),
        validate_choice=False,
    )
    client_word = RadioField(
        lazy_gettext("What do you call those you are there for?"),
        description=lazy_gettext("The word stands in the form where tasks are logged."),
        validate_choice=False,
    )
    smallest_count = StringField(
        lazy_gettext("Fewest reports behind a figure"),
        description=lazy_gettext(
            "Figures about how many reported are shown from so many on. Never below 5; 7 is wise where people report anonymously."
        ),
    )
    seen = HiddenField()

    def offer(self) -> None:
        """Fill in what there is to choose from."""
        self.kind.choices = list(labels("organisation_kind").items())
        self.language.choices = list(LANGUAGE_NAMES.items())
        self.client_word.choices = list(labels("client_word").items())

    def to_facts(self) -> OrganisationFacts:
        """The organisation as it was written.

        Raises:
            Invalids: answers that cannot be used; each stands beside its field.
        """
        name = self.part(
            self.name, lambda: read_text(self.name.data or "", "name", LONGEST_NAME, required=True)
        )
        kind = self.part(self.kind, lambda: _chosen(OrganisationKind, self.kind))
        word = self.part(self.client_word, lambda: _chosen(ClientWord, self.client_word))
        count = self.needed_number(self.smallest_count, SMALLEST_COUNTS)
        if name is None or kind is None or word is None or count is None:
            raise Invalids([])
        return OrganisationFacts(name, kind, self.language.data or "", word, int(count))


def _chosen(codes: Any, field: Any) -> Any:  # noqa: ANN401 - any closed list, any field
    try:
        return codes(field.data or "")
    except ValueError as error:
        raise Invalid(field.name, "not_a_choice") from error


def told_of(facts: OrganisationFacts) -> dict[str, Any]:
    """An organisation as the form holds it."""
    return {
        "name": facts.name,
        "kind": facts.kind.value,
        "language": facts.language,
        "client_word": facts.client_word.value,
        "smallest_count": str(facts.smallest_count),
    }
