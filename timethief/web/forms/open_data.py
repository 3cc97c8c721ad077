"""What an organisation says of its open data."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, RadioField, StringField

from timethief.domain.open_data import Licence, OpenDataFacts
from timethief.i18n import lazy_gettext
from timethief.reports.labels import labels
from timethief.web.forms.base import BaseForm


class OpenDataForm(BaseForm):
    """The facts that a description of the data needs."""

    contact = StringField(
        lazy_gettext("Whom to ask"),
        description=lazy_gettext("A function, such as the registry. Not a person."),
        render_kw={"autocomplete": "off"},
    )
    email = StringField(
        lazy_gettext("E-mail address of the function"), render_kw={"autocomplete": "off"}
    )
    address = StringField(
        lazy_gettext("Where you publish the file"),
        description=lazy_gettext("The whole web address on your own site."),
        render_kw={"autocomplete": "off", "inputmode": "url"},
    )
    licence = RadioField(
        lazy_gettext("Licence"),
        description=lazy_gettext("You choose. Sweden's data portal recommends CC0."),
        validate_choice=False,
    )
    seen = HiddenField()

    def offer(self) -> None:
        """Fill in what there is to choose from."""
        self.licence.choices = list(labels("licence").items())

    def to_facts(self) -> OpenDataFacts:
        """The facts as they were written; a licence that is none counts as not chosen."""
        licence = self.licence.data
        return OpenDataFacts(
            self.contact.data or "",
            self.email.data or "",
            self.address.data or "",
            Licence(licence) if licence in set(Licence) else None,
        )

    @staticmethod
    def of(facts: OpenDataFacts) -> dict[str, Any]:
        """The facts as the form holds them."""
        return {
            "contact": facts.contact,
            "email": facts.email,
            "address": facts.address,
            "licence": facts.licence.value if facts.licence else None,
        }
