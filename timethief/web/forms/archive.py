"""What to take out."""

from __future__ import annotations

from wtforms import StringField

from timethief.i18n import lazy_gettext
from timethief.web.forms.base import BaseForm


class RecordForm(BaseForm):
    """A task or a report."""

    record = StringField(
        lazy_gettext("Task or report"),
        description=lazy_gettext("Its address, as you copy it from the page, or its identifier."),
        render_kw={"autocomplete": "off"},
    )
