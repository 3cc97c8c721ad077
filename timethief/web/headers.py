"""What every answer says to the browser: nothing from outside, nothing kept, nothing framed."""

from __future__ import annotations

from flask import Flask, Response
from secure import (
    CacheControl,
    ContentSecurityPolicy,
    CrossOriginOpenerPolicy,
    CrossOriginResourcePolicy,
    CustomHeader,
    PermissionsPolicy,
    ReferrerPolicy,
    Secure,
    StrictTransportSecurity,
    XContentTypeOptions,
    XFrameOptions,
)

_SELF = "'self'"
_NONE = "'none'"


def headers(*, https: bool) -> dict[str, str]:
    """Name and value of every header."""
    policy = (
        ContentSecurityPolicy()
        .default_src(_NONE)
        .script_src(_SELF)
        .style_src(_SELF)
        .img_src(_SELF, "data:")
        .font_src(_SELF)
        .connect_src(_SELF)
        .form_action(_SELF)
        .base_uri(_NONE)
        .frame_ancestors(_NONE)
    )
    nothing = PermissionsPolicy().camera("()").geolocation("()").microphone("()").payment("()")
    built = Secure(
        cache=CacheControl().no_store(),
        coop=CrossOriginOpenerPolicy().same_origin(),
        corp=CrossOriginResourcePolicy().same_origin(),
        csp=policy,
        custom=[CustomHeader("Vary", "Cookie")],
        hsts=StrictTransportSecurity().max_age(31_536_000) if https else None,
        permissions=nothing,
        referrer=ReferrerPolicy().same_origin(),
        xcto=XContentTypeOptions().nosniff(),
        xfo=XFrameOptions().deny(),
    )
    return dict(built.headers)


def install(app: Flask, *, https: bool) -> None:
    """Set the headers on every answer, whatever its status."""
    fixed = headers(https=https)

    def add(response: Response) -> Response:
        for name, value in fixed.items():
            response.headers.setdefault(name, value)
        return response

    app.after_request(add)
