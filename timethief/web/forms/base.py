"""What every form can do: be read from the request, say what is wrong, keep what was typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Self, TypeVar

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest
from wtforms import Field, Form, HiddenField, SelectMultipleField, StringField
from wtforms.i18n import get_translations
from wtforms.meta import DefaultMeta

from timethief.domain.errors import Invalid
from timethief.domain.numbers import Limits, read_number
from timethief.i18n import language, number
from timethief.reports.refusals import sentence
from timethief.web import current
from timethief.web.form_keys import new_key

Value = TypeVar("Value")
_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
"""As we make them, and as they are stored."""


class BaseForm(Form):
    """A form of ours.

    Attributes:
        key: names this form sent once; the same form sent again is not carried out again.
        conflict: somebody else changed the thing meanwhile.
        status: 200, or 422 (400 where it had stood open too long) after something was refused.
    """

    class Meta(DefaultMeta):
        """How the form library speaks."""

        def get_translations(self, form: Any) -> Any:  # noqa: ANN401 - the library's own type
            """Its own messages, in the language in use."""
            del form
            return get_translations([language()])

    key = HiddenField()
    status = 200
    expired = False
    conflict = False

    @classmethod
    def read(cls, data: dict[str, Any] | None = None) -> Self:
        """The form as sent, or a new one holding `data`.

        Raises:
            BadRequest: a field was sent twice, or under a name that no form of ours has.
        """
        if request.method != "POST":
            return cls.new(data)
        try:
            form = cls(formdata=_with_what_was_meant(request.form))
        except ValueError as error:  # from a name such as "uses-²-worth", where a number stands
            raise BadRequest from error
        for field in form:
            single = not isinstance(field, SelectMultipleField)
            if single and len(request.form.getlist(field.name)) > 1:
                raise BadRequest
        if not _KEY.fullmatch(form.key.data or ""):
            form.key.data = new_key()
        return form

    @classmethod
    def new(cls, data: dict[str, Any] | None = None) -> Self:
        """A form that nobody has filled in, holding `data`, whatever this request sent."""
        form = cls(data=data)
        form.key.data = new_key()
        return form

    def sent(self) -> bool:
        """Whether the form was posted, is well-shaped and may be carried out."""
        if request.method != "POST":
            return False
        if current.form_has_expired():
            self.expired = True
            self.status = 400
            return False
        if not self.validate():
            self.status = 422
            return False
        return True

    def say(self, field: Field, text: str) -> None:
        """Put a refusal beside a field."""
        field.errors = [*field.errors, text]
        self.status = 422

    def refuse(self, refusal: Invalid) -> None:
        """Put the domain's refusal beside the field that it is about."""
        name = self.field_of(refusal.field)
        self.say(self[name], sentence(refusal))

    def field_of(self, path: str) -> str:
        """The form's field for a field of the model; forms whose names differ say which."""
        return path.split(".", maxsplit=1)[0]

    def part(self, field: Field, read: Callable[[], Value]) -> Value | None:
        """What `read` makes of a field; None, with the refusal beside the field, where it refuses."""
        try:
            return read()
        except Invalid as refusal:
            self.say(field, sentence(refusal))
            if refusal.reason == "ambiguous":
                meant: Any = field
                meant.meant = [typed(float(str(refusal.values[way]))) for way in ("small", "large")]
            return None

    def number(
        self, field: StringField, limits: Limits, suffixes: tuple[str, ...] = ()
    ) -> float | None:
        """The number in a field; None where it is empty or, with the refusal beside it, cannot be used."""
        text = field.data or ""
        if not text.strip():
            return None
        return self.part(field, lambda: read_number(text, field.name, limits, suffixes))

    def needed_number(
        self, field: StringField, limits: Limits, suffixes: tuple[str, ...] = ()
    ) -> float | None:
        """The number in a field that must hold one; None, with the refusal beside it, where it does not."""
        if not (field.data or "").strip():
            self.say(field, sentence(Invalid(field.name, "required")))
            return None
        return self.number(field, limits, suffixes)


def typed(value: float | None) -> str:
    """A number as somebody could have written it: read again it is the same, in either language.

    So no comma that could part thousands or decimals, and never just three decimals; empty for none.
    """
    if value is None:
        return ""
    text = number(value, 3)
    if language() == "en":
        text = text.replace(",", "\u00a0")
    point = max(text.find(","), text.find("."))
    return f"{text}0" if point == len(text) - 4 and point >= 0 else text


def _with_what_was_meant(sent: MultiDict[str, str]) -> MultiDict[str, str]:
    """The form as sent, with the reading that was chosen where a number could be read in two ways."""
    field, _, chosen = sent.get("meant", "").partition(":")
    if field not in sent:
        return sent
    answered = MultiDict(sent)
    answered[field] = chosen
    return answered
