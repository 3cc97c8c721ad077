from __future__ import annotations

import re
import time
import uuid
from urllib.parse import quote

import pytest
from werkzeug.datastructures import MultiDict

from tests.web.browser import Answer, Browser, Change
from tests.web.conftest import Installation
from tests.web.markup import Element
from timethief.domain.identifiers import to_text
from timethief.storage.tables import Report, Requester, SentForm, Task, TaskEvent

TELLING = re.compile(
    r"Traceback|File \"|/work/|site-packages|sqlalchemy|sqlite3|psycopg|SELECT |INSERT |Error\b"
)
SOON = 20.0
"""Seconds: not a promise of speed, but nothing may hang even on a machine that is busy otherwise."""
NUMBERS = (
    *(
        "NaN",
        "nan",
        "+Infinity",
        "-inf",
        "1e309",
        "1e-400",
        "1e3",
        "1_000",
        "0x10",
        "\uff11\uff12",
        "٣",
    ),
    *("9" * 5_000, "9223372036854775808", "99999999999", "-0,1", "1.0000001", "1,5,2", "12 st st"),
    *("1/2", "\u066b", "--1", "0", " ", "\x00", "1\x002", "\u202e21", "=1+1", "5\n5"),
)
TEXTS = (
    *("\x00", "a\x00b", "a" * 5_000, "\u202e" * 30, "\u200d" * 300, "a\u0301" * 60, "ﷺ" * 200),
    *("\x07\x0b\x0c\x1b[2J", "\r\nSet-Cookie: a=b", "' OR 1=1--", "{{7*7}}", "${7*7}", "%s%n%(x)s"),
    *(
        "=1+1",
        "@SUM(A1)",
        "../../etc/passwd",
        "😀👩‍👩‍👧",
        "\ufffe\uffff",
        "(" * 3_000,
        "\ud7ff\ue000",
    ),
)
CHOICES = ("x", "", "\x00", "a" * 5_000, "0" * 12, "u" * 12, "null", "[]", "ä" * 12, "'", "-1")
LOG_NUMBERS = ("minutes_other", "times", "people_other", "achievable_minutes")
LOG_TEXTS = ("title", "description", "requester_other", "key", "csrf_token")
LOG_CHOICES = (
    *("minutes", "frequency", "people", "requester", "use", "worth", "signals", "unit"),
    *("staff_category", "same_as", "same", "look_up", "meant"),
)
REVIEW_NUMBERS = (
    *("minutes", "minutes_low", "minutes_high", "times", "people", "people_low", "people_high"),
    *("achievable_minutes", "sufficient_times", "duplicate_percent", "rule_based"),
    *("digital_input", "exceptions", "systems", "uses-0-worth", "version"),
)
REVIEW_CHOICES = (
    *("per", "binding", "sufficient_per", "other_staff_category", "uses-0-beneficiary", "key"),
    *("uses-0-purpose", "uses-0-in_use", "uses-0-worth_kind", "uses-0-worth_range", "legal_basis"),
)
TARIFF_FIELDS = ("staff_category", "hourly_cost_sek", "valid_from", "source", "key", "meant")
LOG: dict[str, Change] = {
    "title": "Fientlig",
    "frequency": "several_a_day",
    "times": "2",
    "people": "other",
    "people_other": "2",
    "minutes": "other",
    "minutes_other": "5",
}
INVENTORY = (
    *("unit", "requester", "requirement", "staff_category", "level", "verdict", "flagged"),
    *("cause", "recommended", "signal", "status", "q", "sort", "cursor", "language"),
)
PATHS = ("/tasks/{}", "/requesters/{}", "/log/sent/{}", "/log/sent/{}/change", "/static/{}", "/{}")
ENDS = (
    *("0", "-1", "1e5", "null", "..%2F1", "%2e%2e", "a" * 5_000, "%00", "a%CC%8A", "%C3%A5", "%ff"),
    *("%ED%A0%80", "%zz", "%", "..%5C..%5Cboot.ini", "%0D%0AX:1", "'", "%3Cscript%3E", "0" * 12),
)
PAYLOADS = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    '"><script>alert(1)</script>',
    "'><script>alert(1)</script>",
    '" autofocus onfocus="alert(1)',
    "' onmouseover='alert(1)",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "</option></select><script>alert(1)</script>",
    "<a href=javascript:alert(1)>x</a>",
    "<iframe src=//evil.invalid></iframe>",
    "<b>fet</b><i>x</i><br><sup>2</sup>",
    "<!--<script>-->",
    "<style>*{display:none}</style>",
    "<base href=//evil.invalid/>",
    "<meta http-equiv=refresh content=0;url=//evil.invalid>",
    "{{7*7}}{% raw %}${7*7}#{7*7}",
    "%(title)s %s &lt;b&gt; &amp;",
    "<math><mi//xlink:href='data:x,<script>alert(1)</script>'>",
)


def _is_calm(answer: Answer, began: float) -> bool:
    """Refused or done, in bounded time, and nothing told of the inside."""
    assert answer.status < 500, answer.text[:500]
    assert not TELLING.search(answer.text), TELLING.search(answer.text)
    assert time.monotonic() - began < SOON
    return True


def _counts(installation: Installation) -> list[int]:
    return [installation.count(table) for table in (Report, Task, Requester, SentForm, TaskEvent)]


def _sent_again(fields: dict[str, Change], changes: dict[str, Change]) -> dict[str, Change]:
    """The form as if it had been opened anew."""
    return fields | {"key": uuid.uuid4().hex} | changes


@pytest.mark.parametrize("names", [(name,) for name in LOG_TEXTS] + [LOG_NUMBERS])
def test_a_field_of_the_log_takes_any_text_calmly(
    standing: Installation, names: tuple[str, ...]
) -> None:
    staff = standing.of("staff")
    fields = staff.fill(staff.get("/log"), LOG, "log-form")

    for value in NUMBERS if names is LOG_NUMBERS else TEXTS:
        before, began = _counts(standing), time.monotonic()
        answer = staff.post("/log", _sent_again(fields, dict.fromkeys(names, value)))

        assert _is_calm(answer, began)
        assert answer.status == 302 or _counts(standing) == before, value


@pytest.mark.parametrize("name", LOG_CHOICES)
def test_a_choice_of_the_log_takes_anything_calmly(lasting: Installation, name: str) -> None:
    staff = lasting.of("staff")
    fields = staff.fill(staff.get("/log"), LOG, "log-form")

    for value in CHOICES:
        before, began = _counts(lasting), time.monotonic()
        answer = staff.post("/log", _sent_again(fields, {name: value}))

        assert _is_calm(answer, began)
        assert answer.status == 302 or _counts(lasting) == before, value


@pytest.mark.parametrize(
    ("names", "values"),
    [(REVIEW_NUMBERS, NUMBERS)] + [((name,), CHOICES) for name in REVIEW_CHOICES],
)
def test_the_review_takes_anything_calmly(
    lasting: Installation, names: tuple[str, ...], values: tuple[str, ...]
) -> None:
    support, address = lasting.of("support"), f"/tasks/{lasting.task_id}"
    fields = support.fill(support.get(address), {"preview": "1"}, "review-form")
    before = lasting.stored()

    for value in values:
        began = time.monotonic()
        answer = support.post(f"{address}/review", fields | dict.fromkeys(names, value))

        assert _is_calm(answer, began), value
    assert lasting.stored() == before


@pytest.mark.parametrize("name", ["key", "legal_basis"])
def test_a_review_that_is_saved_takes_any_text_calmly(standing: Installation, name: str) -> None:
    support, address = standing.of("support"), f"/tasks/{standing.task_id}"

    for value in TEXTS:
        before, began = _counts(standing), time.monotonic()
        answer = support.send(support.get(address), {name: value}, "review-form")

        assert _is_calm(answer, began), value
        assert answer.status == 302 or _counts(standing) == before, value


@pytest.mark.parametrize("name", TARIFF_FIELDS)
def test_a_field_of_the_tariffs_takes_anything_calmly(standing: Installation, name: str) -> None:
    admin = standing.of("admin")
    # Without a day nothing can be stored, whatever the field at hand says.
    fields = admin.fill(admin.get("/tariffs"), {"valid_from": "", "source": "x"})
    before = standing.stored()

    for value in NUMBERS if name == "hourly_cost_sek" else TEXTS:
        began = time.monotonic()
        answer = admin.post("/tariffs", fields | {name: value})

        assert _is_calm(answer, began), value
        assert answer.status >= 400, value
    assert standing.stored() == before


def test_an_address_to_log_in_with_takes_anything_calmly(standing: Installation) -> None:
    stranger = standing.browser()
    page = stranger.get("/login")

    for value in TEXTS:
        began = time.monotonic()

        assert _is_calm(stranger.send(page, {"email": value, "password": "x"}), began), value


@pytest.mark.parametrize("name", ["password", "csrf_token"])
def test_a_field_of_the_log_in_takes_anything_calmly(lasting: Installation, name: str) -> None:
    stranger = lasting.browser()
    page = stranger.get("/login")

    for number, value in enumerate(TEXTS):
        told: dict[str, Change] = {"email": f"{number}@exempel.invalid", "password": "x"}
        began = time.monotonic()

        assert _is_calm(stranger.send(page, told | {name: value}), began), value


@pytest.mark.parametrize("name", ["q", "cursor"])
def test_a_word_of_an_address_takes_any_text_calmly(standing: Installation, name: str) -> None:
    staff = standing.of("staff")

    for value in (*TEXTS, *NUMBERS):
        began = time.monotonic()
        answer = staff.get("/inventory", query_string={name: value})

        assert _is_calm(answer, began), value


@pytest.mark.parametrize("name", INVENTORY)
def test_a_choice_in_an_address_takes_anything_calmly(lasting: Installation, name: str) -> None:
    staff = lasting.of("staff")

    for value in CHOICES:
        began = time.monotonic()
        answer = staff.get("/inventory", query_string={name: value})

        assert _is_calm(answer, began), value


@pytest.mark.parametrize(
    "value", ["a1.", "b-1.", ".", "a.", "a1.x", "a" + "9" * 5_000 + ".0", "b1_0.0"]
)
def test_a_cursor_that_is_none_is_told_so(standing: Installation, value: str) -> None:
    answer = standing.of("staff").get("/inventory", query_string={"cursor": value})

    assert answer.status == 422


def test_a_cursor_of_another_list_tells_nothing_of_it(standing: Installation) -> None:
    cursor = f"a{2**62}.{to_text(standing.foreign.id)}"

    answer = standing.of("staff").get("/inventory", query_string={"cursor": cursor})

    assert answer.status == 200
    assert "Grannens" not in answer.text


@pytest.mark.parametrize("path", PATHS)
def test_an_address_that_is_none_is_not_found(lasting: Installation, path: str) -> None:
    support = lasting.of("support")

    for end in ENDS:
        began = time.monotonic()
        answer = support.open("GET", path.format(end))

        assert _is_calm(answer, began), end
        assert answer.status in (302, 308, 400, 404), end


@pytest.mark.parametrize("body", [b"title=%FF%FE", b"title=\xff\xfe", b"%ED%A0%80=x", b"title=%C3"])
def test_bytes_that_are_no_text_are_refused(lasting: Installation, body: bytes) -> None:
    staff = lasting.of("staff")
    token = quote(staff.get("/log").token).encode()

    answer = staff.open(
        "POST",
        "/log",
        data=body + b"&csrf_token=" + token,
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status == 400


def test_bytes_that_are_no_text_are_refused_in_the_other_kind_of_form(
    lasting: Installation,
) -> None:
    staff = lasting.of("staff")
    before = lasting.stored()
    part = b'--x\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
    token = staff.get("/log").token.encode()

    answer = staff.open(
        "POST",
        "/log",
        data=part % (b"title", b"\xff\xfe") + part % (b"csrf_token", token) + b"--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )

    assert answer.status == 400
    assert lasting.stored() == before


@pytest.mark.parametrize("query", ["q=%ff", "%ff=q", "q=%ED%A0%80", "unit=%C3"])
def test_bytes_that_are_no_text_are_refused_in_an_address(
    lasting: Installation, query: str
) -> None:
    answer = lasting.of("staff").get(f"/inventory?{query}")

    assert answer.status == 400


@pytest.mark.parametrize("name", ["title", "minutes_other", "unit", "key", "same_as"])
def test_a_field_sent_twice_is_refused(lasting: Installation, name: str) -> None:
    staff = lasting.of("staff")
    before = lasting.stored()

    answer = staff.send(staff.get("/log"), LOG | {name: ["5", "999"]}, "log-form")

    assert answer.status == 400
    assert lasting.stored() == before


@pytest.mark.parametrize(("count", "status"), [(150, 422), (300, 413), (60_000, 413)])
def test_a_form_has_so_many_fields_and_no_more(
    lasting: Installation, count: int, status: int
) -> None:
    staff = lasting.of("staff")
    more: dict[str, Change] = {f"x{number}": "1" for number in range(count)}
    began = time.monotonic()

    answer = staff.send(staff.get("/log"), more, "log-form")

    assert answer.status == status
    assert _is_calm(answer, began)


@pytest.mark.parametrize("address", ["/log", "/login", "/tariffs", "/logout", "/log/similar"])
def test_twenty_megabytes_are_too_much(lasting: Installation, address: str) -> None:
    began = time.monotonic()

    answer = lasting.of("admin").open("POST", address, data={"title": "a" * 20_000_000})

    assert answer.status == 413
    assert _is_calm(answer, began)
    assert answer.page.one("html")["lang"] == "sv"
    assert answer.heading != ""


def test_a_form_of_many_parts_is_too_much(lasting: Installation) -> None:
    parts = MultiDict([(f"x{number}", "1") for number in range(1_200)])

    answer = lasting.of("staff").open(
        "POST", "/log", data=parts, content_type="multipart/form-data; boundary=x"
    )

    assert answer.status in (400, 413)


@pytest.mark.parametrize("header", ["X-HTTP-Method-Override", "X-Method-Override"])
def test_a_method_in_a_header_is_passed_over(lasting: Installation, header: str) -> None:
    answer = lasting.of("staff").get("/about?_method=DELETE", headers={header: "DELETE"})

    assert answer.status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Host": "evil.invalid", "X-Forwarded-Proto": "https"},
        {"X-Forwarded-For": "<script>" + ", 1.2.3.4" * 200},
        {"Accept-Language": "xx-XX," * 1_000},
        {"Accept": "image/webp"},
        {"Range": "bytes=" + "0-," * 1_000},
        {"Cookie": "; ".join(f"c{n}=x" for n in range(101))},
        {"If-None-Match": "*"},
        {"Referer": "javascript:alert(1)"},
    ],
)
def test_headers_change_nothing(lasting: Installation, headers: dict[str, str]) -> None:
    answer = lasting.browser().get("/login", headers=headers)

    assert answer.status == 200
    assert answer.page.one("html")["lang"] == "sv"
    assert "evil.invalid" not in answer.text
    assert "1.2.3.4" not in answer.text


def _everything_that_was_written(page: Element) -> set[str]:
    """Names of the elements and attributes by which text could have become more than text."""
    strange = {"img", "iframe", "base", "math", "style", "object", "embed", "sup"}
    found = {each.tag for each in page.within if each.tag in strange}
    handlers = {n for each in page.within for n in each.attributes if n.startswith("on")}
    scripts = {"inline" for each in page.all("script") if not each.get("src") or each.children}
    refresh = {"refresh" for each in page.all("meta") if each.get("http-equiv")}
    return found | handlers | scripts | refresh


def _link(answer: Answer, part: str) -> str:
    return next(link["href"] for link in answer.main.all("a") if part in link["href"])


@pytest.mark.parametrize("payload", PAYLOADS)
def test_mark_up_is_shown_as_it_was_typed(lasting: Installation, payload: str) -> None:
    staff, support = lasting.of("staff"), lasting.of("support")
    told = LOG | dict.fromkeys(("title", "description", "requester_other"), payload)
    receipt = staff.follow(staff.send(staff.get("/log"), told, "log-form"))
    task = receipt.main.one("a", class_="ds-button", data_variant="primary")["href"]
    requester = _link(staff.get(task), "/requesters/")
    query = {"query_string": {"q": payload}}

    pages: list[Answer] = [
        receipt,
        staff.get(f"{receipt.address}/change"),
        staff.get("/log/mine"),
        staff.get(task),
        support.get(task),
        staff.get("/inventory?sort=newest"),
        staff.get("/inventory", **query),
        staff.get("/requesters", **query),
        staff.get(requester),
        staff.get("/dashboard"),
        staff.press(staff.get("/log"), "look_up", {"title": payload}),
        staff.send(staff.get("/log"), told | {"minutes_other": payload}, "log-form"),
    ]

    assert [(a.address, bad) for a in pages if (bad := _everything_that_was_written(a.page))] == []
    assert [a.address for a in pages[3:6] if " ".join(payload.split()) not in a.main.text] == []


@pytest.mark.parametrize("payload", PAYLOADS)
def test_mark_up_in_an_address_is_shown_as_it_was_typed(
    lasting: Installation, payload: str
) -> None:
    staff = lasting.of("staff")
    places = (
        *(("/inventory", "q"), ("/inventory", "unit"), ("/inventory", payload)),
        *(("/requesters", "q"), ("/dashboard", "level"), ("/login", "next"), ("/login", payload)),
    )

    pages = [staff.get(place, query_string={name: payload}) for place, name in places]

    assert {page.status for page in pages} <= {200, 404, 422}
    assert [(p.address, bad) for p in pages if (bad := _everything_that_was_written(p.page))] == []


def test_the_secret_of_the_installation_is_on_no_page(lasting: Installation) -> None:
    secret = str(lasting.app.config["SECRET_KEY"])

    pages: list[Answer] = [
        lasting.of("admin").get(place) for place in ("/about", "/login", "/tariffs", "/nowhere")
    ]

    assert [page.address for page in pages if secret in page.text] == []


def test_a_stranger_gets_nothing_by_way_of_another_case(lasting: Installation) -> None:
    stranger: Browser = lasting.browser()

    answers = [stranger.get(a) for a in ("/ABOUT", "//about", "/about/", "/./about", "/about%20")]

    assert {answer.status for answer in answers} <= {302, 308, 404}
