"""An identity provider of our own, on a real port: it keeps the standard, or commits one fault on demand."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlencode

from flask import Flask, Response, jsonify, redirect, request
from joserfc import jws
from joserfc.jwk import KeySet, RSAKey
from werkzeug.serving import BaseWSGIServer, make_server

CLIENT_ID = "timethief-of-the-tests"
CLIENT_SECRET = "SECRET-OF-THE-CLIENT-7f3a"
OTHER_CLIENT = "somebody-else"

Claims = dict[str, Any]


def _past(claims: Claims, provider: Provider) -> Claims:
    del provider
    return claims | {"exp": claims["exp"] - 7200, "iat": claims["iat"] - 7200}


def _ahead(claims: Claims, provider: Provider) -> Claims:
    del provider
    return claims | {"exp": claims["exp"] + 600, "iat": claims["iat"] + 600}


def _without_nonce(claims: Claims, provider: Provider) -> Claims:
    del provider
    return {name: value for name, value in claims.items() if name != "nonce"}


def _with(**more: Any) -> Callable[[Claims, Provider], Claims]:  # noqa: ANN401 - any claim
    return lambda claims, _provider: claims | more


FAULTY_CLAIMS: dict[str, Callable[[Claims, Provider], Claims]] = {
    "wrong iss": _with(iss="https://id.elsewhere.se"),
    "aud of another": _with(aud=OTHER_CLIENT),
    "aud list": _with(aud=[CLIENT_ID, OTHER_CLIENT]),
    "aud list, azp ours": _with(aud=[OTHER_CLIENT], azp=CLIENT_ID),
    "azp of another": _with(azp=OTHER_CLIENT),
    "exp in the past": _past,
    "no exp": lambda claims, _: {n: v for n, v in claims.items() if n != "exp"},
    "nonce missing": _without_nonce,
    "nonce reused": lambda claims, provider: claims | {"nonce": provider.nonces[0]},
    "huge claim": _with(groups=["x" * 200_000]),
    "deep claim": _with(groups=json.loads("[" * 50 + "]" * 50)),
    "NaN claim": _with(exp=float("nan")),
    "infinite claim": _with(exp=float("inf")),
    "NaN deep inside": _with(address={"floors": [float("nan")]}),
    "exp as text": _with(exp="4102444800"),
    "clock +10 min": _ahead,
    "no sub": _with(sub=""),
    "sub as number": _with(sub=12),
    "long sub": _with(sub="s" * 300),
    "unverified e-mail": _with(email_verified=False),
}


class Provider:
    """One provider; `claims` is what it says of whoever logs in, `fault` what it does wrong."""

    def __init__(self) -> None:
        self.fault = ""
        self.claims: Claims = {"sub": "anna-1", "name": "Anna Öberg", "email": "anna@kommun.se"}
        self.more: Claims = {}
        self.nonces: list[str] = []
        self.challenges: list[str | None] = []
        self.asked: list[str] = []
        self.key = _new_key()
        self.published: list[Any] = [self.key]
        self.stopping = threading.Event()
        self._codes: dict[str, dict[str, Any]] = {}
        self._tokens: set[str] = set()
        self._server: BaseWSGIServer | None = None
        self.port = 0
        self.app = self._app()

    @property
    def issuer(self) -> str:
        """Its name."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen, on the same port as before."""
        self.stopping.clear()
        self._server = make_server("127.0.0.1", self.port, self.app, threaded=True)
        self.port = self._server.port
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Be down."""
        self.stopping.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def rotate_keys(self) -> None:
        """Sign with a new key, and no longer own up to the old one."""
        self.key = _new_key()
        self.published = [self.key]

    def _app(self) -> Flask:
        app = Flask("provider")
        app.before_request(self._note)
        app.add_url_rule("/.well-known/openid-configuration", view_func=self._configuration)
        app.add_url_rule("/keys", view_func=self._keys)
        app.add_url_rule("/authorize", view_func=self._authorize)
        app.add_url_rule("/token", view_func=self._token, methods=["POST"])
        app.add_url_rule("/person", view_func=self._person)
        return app

    def _note(self) -> Response | None:
        self.asked.append(request.path)
        if self.fault == f"slow {request.path}":
            self.stopping.wait(60)
        if self.fault == f"drip {request.path}":
            return Response(self._drip(), mimetype="application/json")
        if self.fault == f"html {request.path}":
            return Response("<!doctype html><h1>Sorry</h1>", mimetype="text/html")
        if self.fault == f"large {request.path}":
            return Response("[" + " " * 2_000_000 + "]", mimetype="application/json")
        if self.fault == f"redirect {request.path}":
            return Response("", 302, {"Location": "http://127.0.0.1:9/secret"})
        return None

    def _drip(self) -> Iterator[str]:
        while not self.stopping.wait(0.2):
            yield " "

    def _configuration(self) -> Response:
        told = {
            "issuer": self.issuer if self.fault != "calls itself something else" else "http://id",
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/person",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            # What a client that takes everything over would be harmed by.
            "verify": False,
            "proxies": {"http": "http://127.0.0.1:9"},
        }
        if self.fault == "token endpoint elsewhere":
            told["token_endpoint"] = "http://169.254.169.254/latest/meta-data"
        return jsonify(told)

    def _keys(self) -> Response:
        return jsonify(KeySet(self.published).as_dict(private=False))

    def _authorize(self) -> Any:  # noqa: ANN401 - a view
        asked = request.args
        assert asked["response_type"] == "code"
        code = secrets.token_urlsafe(16)
        client = OTHER_CLIENT if self.fault.startswith("another client's code") else CLIENT_ID
        self._codes[code] = {
            "client": client,
            "redirect_uri": asked["redirect_uri"],
            "challenge": asked.get("code_challenge"),
            "nonce": asked.get("nonce"),
        }
        self.challenges.append(asked.get("code_challenge_method"))
        self.nonces.append(asked["nonce"])
        if self.fault == "person says no":
            back = {"error": "access_denied", "error_description": "<b>MARKER-9c1e</b>"}
        else:
            back = {"code": code}
        state = "of-somebody-else" if self.fault == "state mismatch" else asked["state"]
        return redirect(f"{asked['redirect_uri']}?{urlencode(back | {'state': state})}")

    def _token(self) -> Any:  # noqa: ANN401 - a view
        sent = request.form
        held = self._codes.pop(sent["code"], None)
        who = request.authorization
        if not who or (who.username, who.password) != (CLIENT_ID, CLIENT_SECRET):
            return jsonify(error="invalid_client"), 401
        if held is None or held["redirect_uri"] != sent["redirect_uri"]:
            return jsonify(error="invalid_grant"), 400
        if held["client"] != CLIENT_ID and self.fault != "another client's code, let through":
            return jsonify(error="invalid_grant"), 400
        digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != held["challenge"]:
            return jsonify(error="invalid_grant"), 400
        access_token = secrets.token_urlsafe(16)
        self._tokens.add(access_token)
        answer = {"access_token": access_token, "token_type": "Bearer", "expires_in": 60}
        if self.fault != "no answer about the person":
            answer["id_token"] = self._id_token(held)
        return jsonify(answer)

    def _id_token(self, held: dict[str, Any]) -> str:
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": held["client"],
            "iat": now,
            "exp": now + 300,
            "nonce": held["nonce"],
        } | self.claims
        if self.fault in FAULTY_CLAIMS:
            claims = FAULTY_CLAIMS[self.fault](claims, self)
        return self._signed(json.dumps(claims).encode())

    def _signed(self, payload: bytes) -> str:
        header: dict[str, Any] = {"alg": "RS256", "kid": self.key.kid}
        if self.fault == "alg none":
            return f"{_encoded(json.dumps(header | {'alg': 'none'}).encode())}.{_encoded(payload)}."
        if self.fault == "HS256 with the public key":
            # By hand: the library itself refuses to sign so.
            head = _encoded(json.dumps(header | {"alg": "HS256"}).encode())
            signed = f"{head}.{_encoded(payload)}"
            by = hmac.digest(self.key.as_pem(private=False), signed.encode(), "sha256")
            return f"{signed}.{_encoded(by)}"
        key = _new_key(self.key.kid) if self.fault == "signed by another" else self.key
        return jws.serialize_compact(header, payload, key)

    def _person(self) -> Any:  # noqa: ANN401 - a view
        given = (request.headers.get("Authorization") or "").removeprefix("Bearer ")
        if given not in self._tokens:
            return jsonify(error="invalid_token"), 401
        subject = "somebody-else" if self.fault == "page of another" else self.claims["sub"]
        return jsonify({"sub": subject} | self.more)


def _new_key(kid: str | None = None) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid or secrets.token_hex(4)})


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@contextmanager
def running() -> Iterator[Provider]:
    """A provider that listens while the block lasts."""
    provider = Provider()
    provider.start()
    try:
        yield provider
    finally:
        provider.stop()
