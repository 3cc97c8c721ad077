"""Refusals as they are answered: problem documents of RFC 9457."""

from __future__ import annotations

from pydantic import Field

from timethief.exchange.task_documents import Document
from timethief.i18n import N_


class FieldFault(Document):
    """What is wrong with one field."""

    field: str = Field(
        description=N_("The field, with a path for nested ones; empty for the whole."),
        examples=["minutes"],
    )
    reason: str = Field(description=N_("A code that stays the same."), examples=["not_above"])
    detail: str = Field(
        description=N_("What is wrong and what to do, in the language asked for."),
        examples=["Skriv ett tal som är mer än 0."],
    )


class Problem(Document):
    """Why something was not done."""

    type: str = Field(description=N_("Always `about:blank`."), examples=["about:blank"])
    title: str = Field(description=N_("What kind of fault."), examples=["Något behöver rättas"])
    status: int = Field(description=N_("The same as in the answer's head."), examples=[422])
    detail: str = Field(
        description=N_("What is wrong and what to do."),
        examples=["Skriv ett tal som är mer än 0."],
    )
    errors: list[FieldFault] = Field([], description=N_("Each field that needs correcting."))
