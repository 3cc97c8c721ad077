"""Every page and state that people can come to, as steps of a browser."""

from __future__ import annotations

from tests.browser import account_steps, import_steps, inquiry_steps, people_steps
from tests.browser.decision_places import DECISION_PLACES
from tests.browser.place import Place, Steps, at, everything_open, sent
from tests.browser.watching import Watched


def _first_task(watched: Watched) -> None:
    watched.goto("/inventory?flagged=yes")
    watched.page.locator("#tasks tbody a").first.click()
    watched.page.wait_for_url("**/tasks/*")


def _mask_previewed(watched: Watched) -> None:
    _first_task(watched)
    watched.page.get_by_role("link", name="Maskera ord").click()
    watched.page.get_by_label("Ord att maskera").fill("en")
    watched.page.get_by_role("button", name="Se hur det blir").click()
    watched.page.get_by_role("heading", name="Så kommer det att stå").wait_for()


def _first_requester(watched: Watched) -> None:
    watched.goto("/requesters")
    watched.page.locator("#requesters tbody a").first.click()
    watched.page.wait_for_url("**/requesters/*")


def _similar(watched: Watched) -> None:
    watched.goto("/log")
    watched.page.get_by_label("Vad är det du gör?").press_sequentially("utredningsmall")
    watched.page.get_by_role("button", name="Samma sak").first.wait_for()


def _incomplete(watched: Watched) -> None:
    watched.goto("/log")
    watched.page.get_by_label("Vad är det du gör?").fill("Något som tar tid")
    watched.page.get_by_role("button", name="Skicka", exact=True).last.click()
    watched.page.get_by_role("heading", name="Tack!").wait_for()


def _review_refused(watched: Watched) -> None:
    _first_task(watched)
    watched.page.get_by_label("Möjlig tid").fill("tolv")
    watched.page.get_by_role("button", name="Spara", exact=True).click()
    watched.page.locator("#error-summary").wait_for()


def _previewed(watched: Watched) -> None:
    _first_task(watched)
    watched.page.get_by_label("Möjlig tid").fill("0,5")
    watched.page.get_by_text("Med de här siffrorna:").wait_for()


def _filters_open(watched: Watched) -> None:
    watched.goto("/inventory")
    watched.page.get_by_text("Fler filter och ordning").click()
    watched.page.get_by_label("Orsak").wait_for()


def _files_open(path: str) -> Steps:
    def steps(watched: Watched) -> None:
        watched.goto(path)
        watched.page.locator(".downloads > summary").click()
        watched.page.locator(".downloads-card a").first.wait_for()

    return steps


def _open_data_refused(watched: Watched) -> None:
    watched.goto("/administration/open-data")
    watched.page.get_by_label("Var ni publicerar filen").fill("exempel.se")
    watched.page.get_by_role("button", name="Spara", exact=True).click()
    watched.page.locator("#error-summary").wait_for()


def _told_about_a_name(watched: Watched) -> None:
    watched.goto("/playbook/new")
    watched.page.get_by_label("Vad gjorde ni").fill("Kerstin Holmqvist räknar inte längre")
    watched.page.get_by_label("Hur gjorde ni").fill("Vi slutade.")
    watched.page.get_by_label("Vilken sorts åtgärd").select_option(index=1)
    watched.page.get_by_role("button", name="Spara", exact=True).click()
    watched.page.get_by_role("heading", name="Pekar texten ut någon?").wait_for()


def _overview_of_nothing(watched: Watched) -> None:
    watched.goto("/dashboard?level=eu")
    last = watched.page.locator("#unit option").last.get_attribute("value")
    watched.page.locator("#unit").select_option(last)
    watched.page.get_by_role("button", name="Visa", exact=True).click()
    watched.page.get_by_role("heading", name="Här finns inget att visa ännu").wait_for()


def _first_unit(watched: Watched) -> None:
    watched.goto("/administration/units")
    watched.page.locator(".unit-tree .unit-tree a").first.click()
    watched.page.wait_for_url("**/units/*")


def _list_of_units(rows: str) -> Steps:
    def steps(watched: Watched) -> None:
        watched.goto("/administration/units/import")
        watched.page.get_by_label("Eller klistra in raderna här").fill(rows)
        watched.page.get_by_role("button", name="Se vad som ändras", exact=True).click()
        watched.page.get_by_role("heading", name="Välj en annan lista").wait_for()

    return steps


def _requester_to_change(watched: Watched) -> None:
    watched.goto("/administration/requesters")
    watched.page.locator("#requesters tbody a").first.click()
    watched.page.wait_for_url("**/requesters/*")


def _two_requesters(watched: Watched) -> None:
    _requester_to_change(watched)
    watched.page.get_by_role("link", name="Hitta den andra").click()
    watched.page.get_by_label("Namn").fill("verket")
    watched.page.get_by_role("button", name="Sök", exact=True).click()
    watched.page.get_by_role("link", name="Jämför").first.click()
    watched.page.get_by_role("button", name="Slå ihop dem").wait_for()


def _first_category(watched: Watched) -> None:
    watched.goto("/administration/staff-categories")
    watched.page.locator("#categories tbody a").first.click()
    watched.page.wait_for_url("**/staff-categories/*")


def _policy_previewed(watched: Watched) -> None:
    watched.goto("/administration/policy")
    watched.page.get_by_label("En årsarbetare, per år").fill("1 700")
    watched.page.get_by_role("button", name="Se vad som ändras", exact=True).click()
    watched.page.get_by_role("button", name="Spara som ny version").wait_for()


def _anonymous_refused(watched: Watched) -> None:
    watched.goto("/r/exempel-kod")
    watched.page.wait_for_timeout(3_200)  # so long takes anybody
    watched.page.get_by_role("button", name="Skicka", exact=True).last.click()
    watched.page.locator("#error-summary").wait_for()


def _asked_about_a_name(watched: Watched) -> None:
    watched.goto("/r/exempel-kod")
    watched.page.get_by_label("Vad är det du gör?").fill("Anna vill ha listan")
    watched.page.wait_for_timeout(3_200)
    watched.page.get_by_role("button", name="Skicka", exact=True).last.click()
    watched.page.locator("#persons").wait_for()


def _anonymous_sent(watched: Watched) -> None:
    _asked_about_a_name(watched)
    watched.page.get_by_role("button", name="Skicka som den är").click()
    watched.page.get_by_role("heading", name="Tack!").wait_for()


def _thread(watched: Watched) -> None:
    _anonymous_sent(watched)
    receipt = watched.page.locator("#receipt").inner_text()
    watched.goto("/r/exempel-kod/receipt")
    watched.page.get_by_label("Din kod").fill(receipt)
    watched.page.get_by_role("button", name="Se svaret").click()
    watched.page.get_by_role("heading", name="Ditt inlägg").wait_for()


def _first_of_the_intake(watched: Watched) -> None:
    watched.goto("/intake")
    watched.page.locator(".intake a").first.click()
    watched.page.wait_for_url("**/intake/*")


def _task_of_the_intake(watched: Watched) -> None:
    _first_of_the_intake(watched)
    watched.page.get_by_role("link", name="Komplettera och gör en uppgift").click()
    watched.page.wait_for_url("**/task")


PLACES = (
    Place("log-in", None, at("/login")),
    Place("log-in refused", None, sent("/login", "Logga in")),
    Place("log-in, text kept", "staff", account_steps.log_in_too_late),
    Place("log-in, whose text", "staff", account_steps.asked_whose),
    Place("log-in, second step", None, account_steps.half_open),
    Place("own account", "staff", at("/account")),
    Place("own account refused", "admin", sent("/account", "Byt lösenord")),
    Place("second step set up", "staff", account_steps.set_up),
    Place("second step, recovery codes", None, account_steps.recovery_codes),
    Place("second step turned off", None, account_steps.turn_off),
    Place("log", "staff", at("/log")),
    Place("log, text kept", "staff", account_steps.form_again),
    Place("log, all open", "staff", everything_open(at("/log"))),
    Place("log refused", "staff", sent("/log", "Skicka")),
    Place("log, similar tasks", "staff", _similar),
    Place("receipt of an incomplete report", "staff", _incomplete),
    Place("own reports", "staff", at("/log/mine")),
    Place("own reports, none", "leadership", at("/log/mine")),
    Place("inventory", "staff", at("/inventory")),
    Place("inventory, all filters open", "support", _filters_open),
    Place("all filters", "staff", at("/inventory/filters?verdict=clear")),
    Place(
        "inventory, filtered", "leadership", at("/inventory?verdict=clear&level=state&sort=cost")
    ),
    Place("inventory, nothing found", "staff", at("/inventory?q=xyzzy")),
    Place("imports", "support", at("/imports")),
    Place("imports, no file", "admin", import_steps.no_file),
    Place("import, columns", "support", import_steps.columns),
    Place("import, preview", "support", everything_open(import_steps.previewed)),
    Place("import refused", "admin", import_steps.refused),
    Place("import cancelled", "support", import_steps.cancelled),
    Place("import done", "admin", import_steps.done),
    Place("import to be undone", "support", import_steps.asked_to_undo),
    Place("task", "staff", _first_task),
    Place("task, reviewer", "support", everything_open(_first_task)),
    Place("task, review refused", "support", _review_refused),
    Place("task, review tried", "support", _previewed),
    Place("overview", "leadership", at("/dashboard")),
    Place("overview, all open", "leadership", everything_open(at("/dashboard"))),
    Place("overview of nothing", "leadership", _overview_of_nothing),
    Place("inventory, files to take out", "staff", _files_open("/inventory")),
    Place("overview, files to take out", "leadership", _files_open("/dashboard")),
    Place("requesters, files to take out", "leadership", _files_open("/requesters")),
    Place("open data", "admin", everything_open(at("/administration/open-data"))),
    Place("open data, leadership", "leadership", at("/administration/open-data")),
    Place("open data refused", "admin", _open_data_refused),
    Place("requesters", "leadership", at("/requesters")),
    Place("requesters, none found", "leadership", at("/requesters?q=xyzzy")),
    Place("requester", "leadership", _first_requester),
    Place("about", "staff", at("/about")),
    Place("api guide", None, at("/about/api")),
    Place("api guide, all open", "support", everything_open(at("/about/api"))),
    Place("administration", "admin", at("/administration")),
    Place("units", "admin", everything_open(at("/administration/units"))),
    Place("units, none found", "admin", at("/administration/units?q=xyzzy")),
    Place("unit", "admin", _first_unit),
    Place("unit refused", "admin", sent("/administration/units/new", "Spara")),
    Place("list of units", "admin", at("/administration/units/import")),
    Place("list of units, shown", "admin", _list_of_units("Nya norra; 12\nNya södra; 9")),
    Place("list of units, faulty", "admin", _list_of_units("Namn;Antal\nNya norra;tolv\n;3")),
    Place("organisation", "admin", at("/administration/organisation")),
    Place("requesters to change", "admin", at("/administration/requesters")),
    Place("registers", "admin", at("/administration/requesters?registers=yes")),
    Place("requester to change", "admin", _requester_to_change),
    Place("two requesters", "admin", _two_requesters),
    Place("staff categories", "admin", at("/administration/staff-categories")),
    Place("staff category", "admin", _first_category),
    Place("policy", "admin", at("/administration/policy")),
    Place("policy tried", "admin", everything_open(_policy_previewed)),
    Place("set-up, organisation", "admin", at("/administration/set-up/organisation")),
    Place("set-up, units", "admin", everything_open(at("/administration/set-up/units"))),
    Place("set-up, reporting", "admin", at("/administration/set-up/reporting")),
    Place("set-up, people", "admin", at("/administration/set-up/people")),
    Place("set-up, done", "admin", at("/administration/set-up/done")),
    Place("tariffs", "admin", at("/tariffs")),
    Place("tariffs refused", "admin", sent("/tariffs", "Spara")),
    Place("find the organisation's log-in", None, at("/sign-on")),
    Place("find the organisation's log-in refused", None, sent("/sign-on", "Fortsätt")),
    Place("log-in that has to begin again", None, at("/sign-on/choose")),
    Place("log-in by a provider", "admin", at("/administration/sign-on")),
    Place("log-in by a provider refused", "admin", sent("/administration/sign-on", "Spara")),
    Place("anonymous form", None, everything_open(at("/r/exempel-kod"))),
    Place("anonymous form refused", None, _anonymous_refused),
    Place("anonymous form, a name in it", None, _asked_about_a_name),
    Place("anonymous report sent", None, _anonymous_sent),
    Place("code of a poster", None, at("/r/")),
    Place("code of a receipt", None, at("/r/exempel-kod/receipt")),
    Place("thread of a receipt", None, everything_open(_thread)),
    Place("code that leads nowhere", None, at("/r/annan-kod")),
    Place("intake", "support", at("/intake")),
    Place("anonymous report", "support", _first_of_the_intake),
    Place("anonymous report becomes a task", "support", _task_of_the_intake),
    Place("how staff report", "admin", everything_open(at("/administration/reporting"))),
    Place("poster", "admin", at("/administration/reporting/poster")),
    Place("audit trail", "admin", at("/administration/trail")),
    Place("audit trail, nothing found", "admin", at("/administration/trail?last=2001-01-01")),
    Place("keeping and weeding", "admin", at("/administration/retention")),
    Place("rule for keeping", "admin", at("/administration/retention/rules/tasks")),
    Place("hold back refused", "admin", sent("/administration/retention/hold", "Spara")),
    Place("what others did", "staff", at("/playbook")),
    Place("what others did, found none", "support", at("/playbook?q=qqqq")),
    Place("tell what we did", "support", at("/playbook/new")),
    Place("tell what we did, a name in it", "support", _told_about_a_name),
    Place("tell what we did refused", "support", sent("/playbook/new", "Spara")),
    Place("take out data", "admin", everything_open(at("/administration/archive"))),
    Place("take out data refused", "admin", sent("/administration/archive", "Ta ut handlingen")),
    Place("statements", "admin", at("/administration/statements")),
    Place("mask words", "support", _mask_previewed),
    Place("ask the requester", "support", inquiry_steps.asking),
    Place("ask the requester refused", "support", inquiry_steps.asking_refused),
    Place("question to a requester", "support", inquiry_steps.asked),
    Place("questions to requesters", "support", at("/inquiries")),
    Place("questions of a requester", "support", inquiry_steps.opened),
    Place("questions of a requester refused", "support", inquiry_steps.answer_refused),
    Place("questions of a requester, a name in it", "support", inquiry_steps.asked_about_a_name),
    Place("questions of a requester answered", "support", inquiry_steps.answered),
    Place("questions of a requester closed", "support", inquiry_steps.taken_back),
    Place("privacy", None, at("/privacy")),
    Place("what is stored", None, everything_open(at("/privacy/stored"))),
    Place("accessibility statement", "admin", at("/accessibility")),
    Place("privacy, anonymous", None, at("/r/exempel-kod/privacy")),
    Place("forgotten password", None, at("/login/forgotten")),
    Place("people", "admin", at("/administration/people")),
    Place("people, nobody found", "admin", at("/administration/people?q=xyzzy")),
    Place("person", "admin", people_steps.person),
    Place("invite refused", "admin", sent("/administration/people/invite", "Bjud in")),
    Place("invite somebody alike", "admin", people_steps.somebody_alike),
    Place("invited", "admin", people_steps.invited),
    Place("invitation", "admin", people_steps.invitation),
    Place("own tokens refused", "staff", sent("/account/tokens", "Skapa nyckeln")),
    Place("own token made", "staff", people_steps.token_made),
    Place("tokens of everybody", "admin", at("/administration/people/tokens")),
    Place("operation", "operator", at("/operation")),
    Place("jobs", "operator", everything_open(at("/operation/jobs"))),
    Place("mail", "operator", at("/operation/mail")),
    Place("log-in by the installation's provider", "operator", at("/operation/sign-on")),
    Place("let an organisation in", "operator", at("/operation/organisations/add")),
    Place(
        "let an organisation in, refused",
        "operator",
        sent("/operation/organisations/add", "Lägg till"),
    ),
    *DECISION_PLACES,
    Place("not found", "staff", at("/tasks/zzzzzzzzzzzz")),
    Place("not allowed", "staff", at("/tariffs")),
)
