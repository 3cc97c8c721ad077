"""Which words to mask, and why."""

from __future__ import annotations

from wtforms import StringField

from timethief.domain.masking import LONGEST
from timethief.i18n import lazy_gettext
from timethief.web.forms.base import BaseForm


class MaskForm(BaseForm):
    """The words as they stand in the text, and the reason."""

    words = StringField(
        lazy_gettext("Words to mask"),
        description=lazy_gettext("Exactly as they stand in the text, such as a name."),
        render_kw={"autocomplete": "off", "maxlength": LONGEST},
    )
    reason = StringField(
        lazy_gettext("Why"),
        description=lazy_gettext("It is kept in the audit trail, so do not write the words here."),
    )
