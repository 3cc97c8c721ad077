"""Carrying out what a form asks for, with every refusal told on the form."""

from __future__ import annotations

from collections.abc import Callable

from timethief.domain.errors import Conflict, Invalid, Invalids
from timethief.web.forms.base import BaseForm


def carry_out(form: BaseForm, act: Callable[[], object]) -> bool:
    """Whether it was done; else what is wrong stands beside the fields, or the form says that it met another's change."""
    try:
        act()
    except Invalid as refusal:
        form.refuse(refusal)
    except Invalids as refused:
        form.status = 422
        for each in refused.refusals:
            form.refuse(each)
    except Conflict:
        form.conflict = True
        form.status = 409
    else:
        return True
    return False
