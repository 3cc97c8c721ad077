"""What is wrong, where, and what to do: the sentences for every refusal."""

from __future__ import annotations

from timethief.domain.errors import Invalid
from timethief.i18n import N_, gettext, number

_SENTENCES = {
    "ambiguous": N_("Do you mean %(small)s or %(large)s? Write one of them."),
    "bad_characters": N_("The text holds characters that cannot be read. Write it again."),
    "exactly_one": N_("Say what it is worth in one way only: as a share, in minutes or in kronor."),
    "in_the_future": N_("The day has not come yet. Write today or an earlier day."),
    "key_twice": N_("The key %(key)s stands twice."),
    "more_than_a_year": N_(
        "That is %(hours)s hours a year for each person, more than there are in a year (%(limit)s). Check minutes and "
        "how often."
    ),
    "not_a_choice": N_("Choose one of the answers."),
    "not_a_date": N_("Write the day as 2026-03-01."),
    "not_above": N_("Write a number that is more than %(limit)s."),
    "not_json": N_("This is not valid JSON in UTF-8."),
    "not_whole": N_("Write a whole number, such as 12."),
    "performer_cannot_confirm": N_(
        "Only the one who receives it, or a reviewer, can confirm that it is used."
    ),
    "required": N_("This needs an answer."),
    "not_a_choice_staff_category": N_("Choose a staff category."),
    "required_hourly_cost_sek": N_("Write what an hour costs, such as 450."),
    "required_minutes": N_("Write how many minutes it takes, such as 12."),
    "required_minutes_other": N_("Write how many minutes it takes, such as 12."),
    "required_people": N_("Write how many people do it, such as 30."),
    "required_people_other": N_("Write how many people do it, such as 30."),
    "required_requester": N_("Write who wants it."),
    "required_source": N_("Write where the figure comes from."),
    "required_times": N_("Write about how many times, such as 4."),
    "required_title": N_('Write what you do, such as "Fill in the attendance list on paper".'),
    "too_deep": N_("The JSON is nested more than %(limit)s levels."),
    "too_large": N_("Write a number that is at most %(limit)s."),
    "too_long": N_("The text has %(length)s characters. Shorten it to %(limit)s."),
    "too_small": N_("Write a number that is at least %(limit)s."),
    "unknown_field": N_("There is no such field."),
    "unreadable": N_("Write the number with digits, such as 12 or 12.5."),
    "wrong_kind": N_("This is not the kind of value that the field takes."),
    "wrong_order": N_("The lowest must come first, then the likely, then the highest."),
}


def sentence(refusal: Invalid) -> str:
    """What is wrong with the value and what to do, in the language in use.

    A field may have a sentence of its own for a reason: `required_title`.
    """
    values = {
        name: number(value, 3) if isinstance(value, int | float) else value
        for name, value in refusal.values.items()
    }
    of_the_field = _SENTENCES.get(f"{refusal.reason}_{refusal.field}")
    return gettext(of_the_field or _SENTENCES[refusal.reason], **values)
