"""A requester of the organisation's own, and the names it goes by."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput

from timethief.domain.errors import Invalid, NotFound
from timethief.domain.identifiers import from_text
from timethief.domain.vocabulary import Level
from timethief.i18n import lazy_gettext
from timethief.reports.labels import labels
from timethief.services.requester_merging import RequesterFacts
from timethief.web.forms.base import BaseForm


class RequesterForm(BaseForm):
    """A requester as it stands. Of one of the registers only the other names are asked for."""

    name = StringField(lazy_gettext("Name"), render_kw={"autocomplete": "off"})
    level = SelectField(lazy_gettext("Level of requester"), validate_choice=False)
    verified = BooleanField(
        lazy_gettext("The name is right"),
        description=lazy_gettext("Somebody has checked that it exists and is called so."),
        widget=CheckboxInput(),
    )
    aliases = TextAreaField(
        lazy_gettext("Also called"),
        description=lazy_gettext(
            "One name on each line: short forms, former names. Who writes one of them means this requester."
        ),
    )
    seen = HiddenField()

    def offer(self) -> None:
        """Fill in what there is to choose from."""
        self.level.choices = list(labels("level").items())

    def to_facts(self) -> RequesterFacts:
        """The requester as it was written.

        Raises:
            Invalid: a level that there is not.
        """
        try:
            level = Level(self.level.data or Level.OTHER.value)
        except ValueError as error:
            raise Invalid("level", "not_a_choice") from error
        return RequesterFacts(
            name=self.name.data or "",
            level=level,
            verified=bool(self.verified.data),
            aliases=tuple((self.aliases.data or "").splitlines()),
        )


class MergeForm(BaseForm):
    """Which requester another one is."""

    kept = HiddenField()

    def to_kept(self) -> int:
        """The requester that is kept.

        Raises:
            Invalid: there is none of that identifier.
        """
        try:
            return from_text(self.kept.data or "")
        except NotFound as refusal:
            raise Invalid("kept", "not_a_choice") from refusal
