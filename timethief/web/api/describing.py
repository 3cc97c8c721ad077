"""How a view of the API says what it takes and answers: once, beside the view, and held to it.

    @blueprint.get("/units")
    @requires(Permission.READ_INVENTORY, bearer_only=True)
    @described(Call(Tag.REFERENCE, N_("The units"), Content(UnitList), query=PageQuery))
    def units(query: PageQuery) -> ResponseReturnValue: ...

The parameters of the address are read by the call's model before the view, which gets them as `query` (but where the
call has none). Bodies are read by the view, with `json_body`, since each has a service of its own to read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

from flask import Flask, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import UnsupportedMediaType

from timethief.exchange.api.description import JSON, Call, Nothing, Route
from timethief.exchange.api.queries import read_query
from timethief.exchange.json_text import read_json
from timethief.web import current

View = Callable[..., ResponseReturnValue]


def described(call: Call) -> Callable[[View], View]:
    """Declare what the view takes and answers; stands right under `requires`."""

    def mark(view: View) -> View:
        @wraps(view)
        def answer(*args: Any, **parts: Any) -> ResponseReturnValue:  # noqa: ANN401 - those of the view
            query = read_query(call.query, request.args.items(multi=True))
            if call.query is not Nothing:
                parts["query"] = query
            return view(*args, **parts)

        declared: Any = answer
        declared.call = call
        return answer

    return mark


def json_body() -> Any:  # noqa: ANN401 - any JSON value
    """The JSON value that was sent.

    Raises:
        UnsupportedMediaType: it is not said to be JSON.
        Invalid: it is none.
    """
    if request.mimetype != JSON:
        raise UnsupportedMediaType
    return read_json(request.get_data())


def routes(app: Flask) -> tuple[Route, ...]:
    """Every call that describes itself, by group and address."""
    return tuple(sorted(_routes(app), key=_order))


def _order(route: Route) -> tuple[int, str, str]:
    return list(type(route.call.tag)).index(route.call.tag), route.path, route.method


def _routes(app: Flask) -> Iterator[Route]:
    for rule in app.url_map.iter_rules():
        view: Any = app.view_functions[rule.endpoint]
        if rule.rule.startswith(current.API_PREFIX) and hasattr(view, "call"):
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                yield Route(
                    name=rule.endpoint.rpartition(".")[2],
                    method=method,
                    path=rule.rule.replace("<", "{").replace(">", "}"),
                    parts=tuple(sorted(rule.arguments)),
                    permission=view.permission,
                    call=view.call,
                )
