"""Forms that ask their writer about what may point somebody out, before anything is sent."""

from __future__ import annotations

from flask import request

from timethief.services.personal_data import PersonalData, personal_data_in
from timethief.web.forms.base import BaseForm


class AsksAboutPersons(BaseForm):
    """A form with texts that others read.

    Attributes:
        personal_data: what may point somebody out, and has to be asked about.
    """

    personal_data: PersonalData | None = None

    def asks_about_persons(self, *texts: str) -> bool:
        """Whether the writer is to be asked about what may point somebody out, and has not been yet."""
        if "as_it_is" in request.form:
            return False
        found = personal_data_in(texts)
        if found:
            self.personal_data, self.status = found, 422
        return bool(found)
