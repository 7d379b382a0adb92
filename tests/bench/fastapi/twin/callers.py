"""Callers: the User Service checks each token, and its answer is cached for five seconds."""

import asyncio
import hmac
import os
import time
from typing import Annotated

from fastapi import Depends, Header, Request

from .application import INTERNAL, ask
from .problems import Problem

KEPT = 5.0
MOST = 10_000
# An entry for each token: the time until which it counts, and the answer or the wait for it.
known: dict[str, tuple[float, asyncio.Future]] = {}


def bearer(authorization: str | None) -> str:
    if not authorization or not authorization.startswith("Bearer "):
        raise Problem(401, "missing_token", "a bearer token is needed")
    return authorization[7:]


async def caller(request: Request, authorization: Annotated[str | None, Header()] = None) -> dict:
    token, now = bearer(authorization), time.monotonic()
    found = known.get(token)
    if found is None or found[0] < now:
        if len(known) >= MOST:
            known.clear()
        url = f"{os.environ['USER_SERVICE_URL']}/internal/introspect"
        # One request to the User Service serves all requests that wait for the same token.
        asked = asyncio.ensure_future(ask(request.app.state, url, {"token": token}))
        found = known[token] = (now + KEPT, asked)
    try:
        _, user = await asyncio.shield(found[1])
    except Problem:
        known.pop(token, None)
        raise
    if not user["active"]:
        known.pop(token, None)
        raise Problem(401, "invalid_token", "the token is not valid")
    return user


async def peer(x_internal_key: Annotated[str | None, Header()] = None) -> None:
    if not hmac.compare_digest(x_internal_key or "", INTERNAL["X-Internal-Key"]):
        raise Problem(403, "forbidden", "for services only")


Caller = Annotated[dict, Depends(caller)]
