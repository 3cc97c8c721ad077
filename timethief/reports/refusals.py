"""What is wrong, where, and what to do: the sentences for every refusal."""

from __future__ import annotations

from datetime import date

from timethief.domain.errors import Invalid
from timethief.i18n import N_, day, gettext, number

_SENTENCES = {
    "unanswered": N_("Choose one of the answers."),
    "before_decision": N_(
        "It was decided later than that. Write the day of the decision or a later one."
    ),
    "closed_bound": N_("Law or agreement obliges us. Raise it first with the one who asks for it."),
    "closed_gate": N_("First answer the questions under Before we automate."),
    "closed_judgement": N_(
        "It takes human judgement about a person. That is not left to a program."
    ),
    "closed_no_requirement": N_("The task answers no requirement of our own list."),
    "more_than_expected": N_(
        "That is more hours than are expected to be freed (%(limit)s). Lower one of them."
    ),
    "not_with_outcome": N_("This does not go with that decision. Leave it out."),
    "required_outcome": N_("Choose what you decide."),
    "required_raised_with": N_("Write who you raise it with."),
    "required_to_whom": N_("Write who you raise it with."),
    "required_trial_weeks": N_("Write for how many weeks, such as 8."),
    "required_watched": N_("Write what you watch meanwhile, so that you can tell how it went."),
    "required_carried_out_on": N_("Write the day when it was done."),
    "required_stance": N_("Choose one of the answers."),
    "unanswered_used": N_("Say if it is used. Don't know is an answer too."),
    "unanswered_beneficiary": N_("Say who benefits the most."),
    "unanswered_purpose": N_("Say what it is used for, above all."),
    "unanswered_relevant": N_("Say if it is relevant and right. Don't know is an answer too."),
    "unanswered_worth": N_("Say if it is worth the time. Don't know is an answer too."),
    "already_asked": N_(
        "The same question waits for an answer already. Remind them, or take it back first."
    ),
    "asked_too_often": N_(
        "Your organisation has mailed %(limit)s questions in a day, and no more are sent. Leave the field empty and "
        "hand over the link yourself."
    ),
    "function_taken": N_("There is a function of that name already. Choose another name."),
    "function_closed": N_("%(name)s takes no new cases any more. Choose another function."),
    "may_not_decide": N_("This person may not decide for that unit. Choose another one."),
    "no_answer_yet": N_("Those who wrote have had no answer yet. Write one before you close it."),
    "day_too_early": N_("Give them more time: %(first)s at the earliest."),
    "day_too_late": N_("Choose a day that is nearer: %(last)s at the latest."),
    "none_chosen": N_("Mark at least one task first."),
    "too_many_at_once": N_("At most %(limit)s at once. Take away some of the marks."),
    "required_keep_reason": N_("Write in a few words why it is worth its time."),
    "required_function": N_("Choose a function first."),
    "ambiguous": N_("Do you mean %(small)s or %(large)s? Write one of them."),
    "bad_characters": N_("The text holds characters that cannot be read. Write it again."),
    "column_missing": N_("The column is missing. It must be in the file."),
    "column_twice": N_("The column stands twice. Keep one of them."),
    "date_in_cell": N_("The cell holds a date. Write it as text or as a number."),
    "error_value": N_("The cell holds an error from a formula. Correct it in the spreadsheet."),
    "formula_without_result": N_(
        "The formula has no result. Open the file in a spreadsheet program and save it again."
    ),
    "name_of_another": N_("%(name)s is a requester of its own. Merge the two instead."),
    "named_twice": N_("Two have this name. Write the code instead."),
    "not_yes_or_no": N_("Write yes or no."),
    "range_incomplete": N_("Write both the lowest and the highest, or neither."),
    "reference_twice": N_("The same reference stands in row %(row)s."),
    "unknown_other_staff_category": N_(
        "There is no such staff category. Choose one from the list."
    ),
    "unknown_staff_category": N_("There is no such staff category. Choose one from the list."),
    "unknown_unit": N_("There is no such unit. Write its name or code as in the list of units."),
    "exactly_one": N_("Say what it is worth in one way only: as a share, in minutes or in kronor."),
    "earlier_question_first": N_("Answer the question above first."),
    "takes_judgement": N_(
        "The work takes human judgement about a person, so it is not offered for automation."
    ),
    "required_human_check": N_("Write what a person would still look at."),
    "holds_receipt": N_(
        "Your code, or something that looks like one, stands in the text. Take it away: only you should have it."
    ),
    "holds_the_masked": N_(
        "The reason holds the words that shall be masked. Write it without them."
    ),
    "in_the_future": N_("The day has not come yet. Write today or an earlier day."),
    "key_of_another_body": N_(
        "This key has been sent with something else. Take a new key for each thing that you send."
    ),
    "key_twice": N_("The key %(key)s stands twice."),
    "mask_too_long": N_(
        "The part stands so often that the text would become too long. Write a longer part."
    ),
    "more_than_a_year": N_(
        "That is %(hours)s hours a year for each person, more than there are in a year (%(limit)s). Check minutes and "
        "how often."
    ),
    "not_a_choice": N_("Choose one of the answers."),
    "not_a_date": N_("Write the day as 2026-03-01."),
    "not_a_web_address": N_("Write the whole address, such as https://kommun.se/visselblasning."),
    "not_less": N_(
        "With these figures it takes as long as before, or longer. Check them, or choose another answer."
    ),
    "not_more": N_(
        "With these figures it takes no longer than before. Check them, or choose another answer."
    ),
    "required_minutes_now": N_("Write how many minutes it takes now, such as 12."),
    "unanswered_answer": N_("Say how long it takes now. Don't know is an answer too."),
    "unanswered_per_now": N_("Say how often it is done now."),
    "not_above": N_("Write a number that is more than %(limit)s."),
    "not_set_here": N_("This cannot be set here. Leave it out."),
    "only_a_reviewer": N_("Only a reviewer can fill this in. Leave it out."),
    "not_in_the_text": N_("The part does not stand in the text. Copy it from there."),
    "not_json": N_("This is not valid JSON in UTF-8."),
    "not_whole": N_("Write a whole number, such as 12."),
    "no_such_thing": N_("There is no such thing. Copy its address or its identifier."),
    "only_whole_kind": N_("Of this kind only all can be held. Leave the field empty."),
    "password_about_you": N_(
        "The password is too close to your name, your address or your organisation. Take other words."
    ),
    "password_common": N_(
        "Many people use that password, and it is tried first. Take several words of your own."
    ),
    "password_too_long": N_("The password is longer than %(limit)s bytes. Shorten it."),
    "password_too_short": N_(
        "Take a password of at least %(limit)s characters. Several words in a row are fine."
    ),
    "performer_cannot_confirm": N_(
        "Only the one who receives it, or a reviewer, can confirm that it is used."
    ),
    "required": N_("This needs an answer."),
    "not_a_choice_staff_category": N_("Choose a staff category."),
    "required_admin_email": N_("Write the e-mail address, such as anna.berg@kommun.se."),
    "required_decided_on": N_("Write the day of the decision."),
    "required_decision": N_("Write the number of the decision, such as Dnr 2026/123 § 4."),
    "required_practice_title": N_('Write what you did, such as "Stopped the weekly report".'),
    "required_practice_done": N_("Write how you did it."),
    "required_record": N_("Write which task or report it is about."),
    "required_hourly_cost_sek": N_("Write what an hour costs, such as 450."),
    "required_one_time_code": N_("Write the code."),
    "required_minutes": N_("Write how many minutes it takes, such as 12."),
    "required_minutes_other": N_("Write how many minutes it takes, such as 12."),
    "required_people": N_("Write how many people do it, such as 30."),
    "required_people_other": N_("Write how many people do it, such as 30."),
    "required_requester": N_("Write who wants it."),
    "required_source": N_("Write where the figure comes from."),
    "required_times": N_("Write about how many times, such as 4."),
    "required_title": N_('Write what you do, such as "Fill in the attendance list on paper".'),
    "required_text": N_("Write what you want to say."),
    "too_deep": N_("The JSON is nested more than %(limit)s levels."),
    "too_large": N_("Write a number that is at most %(limit)s."),
    "too_long": N_("The text has %(length)s characters. Shorten it to %(limit)s."),
    "too_many_items": N_("There are more than %(limit)s. Keep the most important."),
    "too_many_messages": N_("The thread is full. Send a new report if there is more to tell."),
    "too_short": N_("Write at least %(limit)s characters."),
    "too_small": N_("Write a number that is at least %(limit)s."),
    "has_account": N_("This address already has an account here. Look for it among the people."),
    "has_ended_account": N_(
        "This address has an account here that was ended. Open it among former members and restore it."
    ),
    "has_passed": N_("The day has passed. Write a later one."),
    "not_a_code": N_("Write letters and digits without spaces, such as storkommun."),
    "not_an_address": N_("Write the e-mail address as anna.berg@kommun.se."),
    "required_email": N_("Write the e-mail address, such as anna.berg@kommun.se."),
    "required_name": N_("Write a name."),
    "reserved": N_("This code is kept for those who run the installation. Choose another one."),
    "several_lines": N_("Write it on one line."),
    "taken": N_("Another organisation has this code. Choose another one."),
    "too_far_away": N_("Choose a day within a year."),
    "too_many_tokens": N_("You have %(limit)s tokens. Revoke one that is not used any more."),
    "unknown_field": N_("There is no such field."),
    "unreadable": N_("Write the number with digits, such as 12 or 12.5."),
    "wrong_code": N_(
        "The code is not right, or has been used. Wait for the next one and write that."
    ),
    "wrong_kind": N_("This is not the kind of value that the field takes."),
    "wrong_order": N_("The lowest must come first, then the likely, then the highest."),
    "wrong_password": N_("That is not your present password."),
    "below_itself": N_("A unit cannot belong to itself, or to a unit below it. Choose another."),
    "category_taken": N_("There is a staff category of that name already. Choose another name."),
    "code_taken": N_("Another unit has that code. Choose another code."),
    "file_column_twice": N_("Two columns have the same heading. Take one of them away."),
    "file_damaged": N_(
        "The file is damaged, or holds more than a list. Save it anew from your spreadsheet program."
    ),
    "file_empty": N_("There are no rows in it."),
    "file_forbidden": N_(
        "The file holds parts that we do not open. Save it anew as a plain .xlsx or .csv."
    ),
    "file_locked": N_("The file is locked by a password. Take the password away and save again."),
    "file_no_headings": N_(
        "No row has headings that are known. Use the headings of the template, in one of the first ten rows."
    ),
    "file_no_rows": N_("There are headings but no rows under them."),
    "file_only_example": N_(
        "Only the example of the template stands in it. Write your tasks in the rows under it."
    ),
    "file_no_workbook": N_(
        "This is no spreadsheet. Save it as an Excel workbook (.xlsx) or as CSV."
    ),
    "file_too_much": N_(
        "The file unpacks to too much, or takes too long to read. Divide the list."
    ),
    "file_two_sheets": N_(
        "Two sheets look like lists of tasks: %(sheets)s. Keep one of them in the file."
    ),
    "file_unreadable_at": N_(
        "The file cannot be read from line %(row)s on: a quotation mark is open, or a text is too long."
    ),
    "file_no_name": N_("No column is called Name. Use the headings of the template."),
    "file_old": N_(
        "The file has a format from before 2007, or a password. Save it as .xlsx without a password."
    ),
    "file_too_large": N_(
        "The file is larger than %(limit)s kB. Take away sheets and pictures, or divide it."
    ),
    "file_too_many_rows": N_("There are more than %(limit)s rows. Divide the list."),
    "file_too_wide": N_("Row %(row)s has too many columns, or too long a text. Use the template."),
    "file_unreadable": N_(
        "The text of the file cannot be read. Save it as .xlsx, or as .csv in UTF-8."
    ),
    "list_has_faults": N_("The list cannot be read in as it is. Look through it again."),
    "merged": N_("It has been merged into another. Choose that one."),
    "merged_with_itself": N_("A task stands twice. It cannot be merged with itself."),
    "kept_by_the_service": N_(
        "This task stands for the service itself and is kept by it. It cannot be merged or split."
    ),
    "too_few_tasks": N_("Choose at least two tasks."),
    "too_many_tasks": N_("At most %(limit)s tasks can be merged at once."),
    "required_of_merged_unit": N_(
        "The tasks are of several units, and a task counts in one. Choose which."
    ),
    "required_of_merged": N_("Choose which of the tasks stays."),
    "not_less_than_whole": N_(
        "The part must take less than the whole, which takes %(limit)s minutes."
    ),
    "same_title": N_("The part needs a name of its own."),
    "name_taken": N_(
        "There is a unit of that name in the same place already. Choose another name."
    ),
    "no_file": N_("Choose a file."),
    "import_broken_off": N_(
        "The work was broken off several times, so we stopped. Try a smaller file, or tell those who run the service."
    ),
    "import_decided_on": N_("Some of what came in has been worked on since."),
    "import_failed": N_("Something went wrong with us. Tell those who run the service."),
    "import_not_allowed": N_("Whoever chose it may no longer import."),
    "imports_open": N_(
        "%(limit)s files of your organisation wait for a choice. Finish or cancel one of them first."
    ),
    "no_list": N_("Choose a file, or paste some rows."),
    "no_number_differs": N_("No number differs from those in force."),
    "no_such_sector": N_("There is no sector called %(name)s."),
    "no_such_unit": N_("There is no unit called %(name)s, neither here nor in the list."),
    "requester_taken": N_(
        "There is a requester of that name at that level already. Merge the two instead."
    ),
    "required_name_sv": N_("Write a name."),
    "required_reason": N_("Write why, so that others can follow it."),
    "several_units": N_("Several units are called %(name)s. Write the code of the one you mean."),
    "not_combined": N_(
        "Totals with a condition on %(given)s are kept by: %(allowed)s. Choose one of them, or leave the condition out."
    ),
    "not_kept": N_("Totals are not kept by this condition. Leave it out."),
    "several_conditions": N_(
        "Totals are not kept for the conditions %(given)s together. Keep one of them; unit and level go with any."
    ),
    "stands_twice": N_("It stands in row %(line)s too. Take one of them away."),
    "the_same": N_("It is the same requester. Choose another one."),
    "too_far_ahead": N_("That is too far ahead. Write %(limit)s or an earlier day."),
    "too_many_levels": N_("A unit can have at most %(limit)s levels, itself included."),
    "too_many_names": N_("That is more than %(limit)s names. Keep those that are used."),
    "too_many_units": N_("There can be at most %(limit)s units."),
    "gives_nothing": N_("Choose a role or a unit: a rule must give something."),
    "many_tenants": N_(
        "This address is for the whole world. Write your own tenant's address, with its number in it."
    ),
    "no_such_organisation": N_("Choose one of the organisations."),
    "not_a_claim": N_(
        "Line %(line)s cannot be read. Write it as name: value, such as groups: nurses."
    ),
    "not_an_address_issuer": N_(
        "Write the whole address, such as https://id.kommun.se, without a question mark in it."
    ),
    "not_https": N_("Write an address that begins with https."),
    "rule_exists": N_("This claim with this value is here already. Remove that line first."),
    "test_provider": N_("This is a log-in service for tests. Write the address of the real one."),
    "too_many_rules": N_("There are %(limit)s rules already. Remove some that nobody needs."),
    "required_claim": N_("Write the name of the claim, such as groups."),
    "required_claims": N_("Write at least one line, such as groups: nurses."),
    "required_client_id": N_("Write the name that the log-in service has given us."),
    "required_client_secret": N_("Write the client secret that the log-in service has given us."),
    "required_issuer": N_("Write the address of the log-in service, such as https://id.kommun.se."),
    "required_organisation": N_("Write the code of your organisation."),
    "required_value": N_("Write the value, such as nurses."),
}


def sentence(refusal: Invalid) -> str:
    """What is wrong with the value and what to do, in the language in use.

    A field may have a sentence of its own for a reason: `required_title`.
    """
    values = {name: _shown(value) for name, value in refusal.values.items()}
    of_the_field = _SENTENCES.get(f"{refusal.reason}_{refusal.field}")
    return gettext(of_the_field or _SENTENCES[refusal.reason], **values)


def _shown(value: object) -> object:
    if isinstance(value, date):
        return day(value)
    return number(value, 3) if isinstance(value, int | float) else value
