"""The form of somebody who is not known: the same questions, and what stands in place of a log-in."""

from __future__ import annotations

from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField

from timethief.domain.anonymity import SETTABLE, IntakeStatus, ReportingMode
from timethief.i18n import gettext, lazy_gettext
from timethief.reports.labels import labels
from timethief.web.forms.base import BaseForm
from timethief.web.forms.log import LogForm


class AnonymousForm(LogForm):
    """The five questions.

    Attributes:
        too_fast: it came faster than anybody writes.
        wait: minutes until the organisation takes more; 0 where it does.
    """

    token = HiddenField()
    website = StringField(
        lazy_gettext("Leave this empty"), render_kw={"autocomplete": "off", "tabindex": "-1"}
    )
    wants_receipt = BooleanField(
        lazy_gettext("Give me a code, so that I can see the answer"), default=True
    )
    too_fast = False
    wait = 0


class ReceiptForm(BaseForm):
    """The code that opens a thread."""

    receipt = StringField(
        lazy_gettext("Your code"),
        description=lazy_gettext("Twenty letters and digits. Small letters and spaces do no harm."),
        render_kw={
            "autocomplete": "off",
            "spellcheck": "false",
            "autocapitalize": "characters",
        },
    )
    typed = HiddenField()


class AdditionForm(BaseForm):
    """Something more to say, from the page of a thread."""

    token = HiddenField()
    text = TextAreaField(
        lazy_gettext("What do you want to add?"),
        description=lazy_gettext("Write nothing that points out you or anybody else."),
    )


class AnswerForm(BaseForm):
    """A reviewer's answer, and how far it has come."""

    text = TextAreaField(
        lazy_gettext("Answer to the writer"),
        description=lazy_gettext(
            "The writer reads it with the code, from the next morning on. Leave it empty to change the status alone."
        ),
    )
    intake_status = RadioField(lazy_gettext("How far has it come?"), validate_choice=False)

    def offer(self, status: IntakeStatus) -> None:
        """Fill in what there is to choose from."""
        words = labels("intake_status")
        offered = (*SETTABLE, status) if status not in SETTABLE else SETTABLE
        self.intake_status.choices = [(each.value, words[each.value]) for each in offered]

    def field_of(self, path: str) -> str:
        """The form's field for a field of the model."""
        return {"status": "intake_status"}.get(path, path)

    def to_status(self) -> IntakeStatus | None:
        """The status; None, with the refusal beside it, where none was chosen."""
        if self.intake_status.data in list(IntakeStatus):
            return IntakeStatus(self.intake_status.data)
        self.say(self.intake_status, gettext("Choose one of the answers."))
        return None


class ReportingForm(BaseForm):
    """How staff may report."""

    mode = RadioField(lazy_gettext("How may staff report?"), validate_choice=False)

    def offer(self) -> None:
        """Fill in what there is to choose from."""
        self.mode.choices = list(labels("reporting_mode").items())

    def to_mode(self) -> ReportingMode | None:
        """The mode; None, with the refusal beside it, where none was chosen."""
        if self.mode.data in list(ReportingMode):
            return ReportingMode(self.mode.data)
        self.say(self.mode, gettext("Choose one of the answers."))
        return None


class SearchForm(BaseForm):
    """A code from a poster, typed by hand."""

    code = StringField(
        lazy_gettext("The code on the poster"),
        description=lazy_gettext("Such as bakimo-retasu."),
        render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"},
    )
