"""A function that cases are handed to."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import BooleanField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput

from timethief.domain.cases import FunctionKind
from timethief.domain.errors import Invalid, Invalids, NotFound
from timethief.domain.identifiers import from_text
from timethief.i18n import lazy_gettext
from timethief.queries.cases import FunctionLine, Person
from timethief.reports.labels import labels
from timethief.services.cases.functions import FunctionFacts
from timethief.web.forms.cases import VersionedForm


class FunctionForm(VersionedForm):
    """What a function is, and who works in it."""

    name = StringField(lazy_gettext("Name"), render_kw={"autocomplete": "off"})
    kind = RadioField(lazy_gettext("What is it for?"), validate_choice=False)
    contact = StringField(
        lazy_gettext("How is it reached?"),
        description=lazy_gettext("Such as an e-mail address, a telephone number or a page."),
        render_kw={"autocomplete": "off"},
    )
    letter = TextAreaField(
        lazy_gettext("First lines of the text that is copied to it (optional)"),
        description=lazy_gettext(
            "For a service desk that works outside this service. What was reported stands below it."
        ),
    )
    members = SelectMultipleField(
        lazy_gettext("Who works in it?"),
        description=lazy_gettext(
            "They see what waits for the function, and get one mail a day when a deadline is near."
        ),
        option_widget=CheckboxInput(),
        validate_choice=False,
    )
    active = BooleanField(lazy_gettext("It takes new cases"), default=True)

    @staticmethod
    def of(line: FunctionLine) -> dict[str, object]:
        """What the form holds when a function is opened."""
        return {
            "name": line.name,
            "kind": line.kind,
            "contact": line.contact,
            "letter": line.letter,
            "members": [user_id for user_id, _ in line.members],
            "active": line.active,
            "version": str(line.version),
        }

    def offer(self, people: Sequence[Person], members: Sequence[tuple[str, str]] = ()) -> None:
        """Fill in what there is to choose from: those who handle cases, and whoever is a member already."""
        self.kind.choices = list(labels("function_kind").items())
        offered = {each.id: each.name for each in people} | dict(members)
        self.members.choices = list(offered.items())

    def to_facts(self, *, is_new: bool = False) -> FunctionFacts:
        """The function.

        Raises:
            Invalids: what cannot be used; it stands beside its field.
        """
        if self.kind.data not in list(FunctionKind):
            self.refuse(Invalid("kind", "not_a_choice"))
        members = self.part(self.members, self._members)
        if members is None or self.errors:
            raise Invalids([])
        return FunctionFacts(
            name=self.name.data or "",
            kind=FunctionKind(self.kind.data),
            contact=self.contact.data or "",
            letter=self.letter.data or "",
            active=True if is_new else bool(self.active.data),
            member_ids=members,
        )

    def _members(self) -> frozenset[int]:
        try:
            return frozenset(from_text(each) for each in self.members.data or ())
        except NotFound as error:
            raise Invalid("members", "not_a_choice") from error
