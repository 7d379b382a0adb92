"""The order protocol in its simple form: reserve, authorize; confirm, capture. A durable state
between the steps lets another process continue after a crash."""

import asyncio
import logging
import os
import time

import orjson
import redis

from .application import answer, ask, script
from .problems import Problem

CREATE, ADVANCE, GATEWAY = (script(name) for name in ("create", "advance", "gateway"))
CLAIM = script("claim")
# The sandbox's cards that decline.
DECLINED = {"4000000000000002", "4000000000009995", "4000000000000069", "4000000000000341"}
LOG = logging.getLogger("twin")
LEASE_MS = 10_000
RECOVER_SECONDS = 2.0
# Crockford's base 32, for the numbers of orders.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
OPEN = b'{"status":"'
SHOWN = {"completed": b"completed", "cancelled": b"cancelled"}


def order_key(number: str) -> str:
    return f"{{pay}}:order:{number}"


def spliced(state: bytes, view: bytes, updated: bytes) -> bytes:
    """Returns an order as clients see it: the fields that change, then the fixed part of the view."""
    status = SHOWN.get(state.decode(), b"pending")
    return OPEN + status + b'","updated_at":"' + moment(int(updated)).encode() + b'",' + view[1:]


def short(number: str) -> str:
    """Returns the number of an order for people: the first 40 bits of its id."""
    bits = int(number.replace("-", "")[:10], 16)
    letters = "".join(LETTERS[bits >> place & 31] for place in range(35, -1, -5))
    return f"{letters[:4]}-{letters[4:]}"


def moment(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest:03}Z"


def shown(number: str, body: dict, lines: list, created: int) -> bytes:
    """Returns the part of the view that does not change after the order is priced."""
    amount = sum(line["unit_price"]["amount"] * line["quantity"] for line in lines)
    currency = lines[0]["unit_price"]["currency"] if lines else "USD"
    for line in lines:
        line["line_total"] = {"amount": line["unit_price"]["amount"] * line["quantity"], "currency": currency}
    view = {
        "id": number,
        "number": short(number),
        "items": lines,
        "total": {"amount": amount, "currency": currency},
        "payment_method": body["payment_method"],
        "refunded": {"amount": 0, "currency": currency},
        "failure": None,
        "shipping_address": None,
        "created_at": moment(created),
    }
    return orjson.dumps(view)


async def place(state, owner: str, number: str, fingerprint: str, body: dict):
    """Creates the order or finds it, drives it, and returns it."""
    keys = [order_key(number), "{pay}:work", f"{{pay}}:orders:{owner}"]
    arguments = [number, owner, fingerprint, orjson.dumps(body), LEASE_MS]
    outcome, created = await CREATE(state.redis, keys, arguments)
    if outcome == b"other":
        raise Problem(422, "idempotency_key_reused", "this Idempotency-Key belongs to another order")
    if outcome == b"repeat":
        return await replayed(state, number)
    return await drive(state, number, body, "accepted", 1, int(created), b"{}")


async def replayed(state, number: str):
    at, view, updated, code = await state.redis.hmget(order_key(number), "state", "view", "updated", "code")
    if at == b"cancelled":
        raise refusal(number, code.decode())
    return answer(spliced(at, view, updated), 201 if at == b"completed" else 202)


def refusal(number: str, code: str) -> Problem:
    status = {"payment_declined": 402, "unknown_sku": 422}.get(code, 409)
    return Problem(status, code, "the order was refused", order_id=number)


async def drive(state, number: str, body: dict, at: str, version: int, created: int, view: bytes):
    """Takes the order from state to state until it has ended. Each step may be repeated."""
    inventory = f"{os.environ['INVENTORY_SERVICE_URL']}/internal/reservations"

    async def advance(to: str, entry: str, *fields):
        nonlocal at, version
        keys = [order_key(number), "{pay}:work", f"{{pay}}:ledger:{number}"]
        moved = await ADVANCE(state.redis, keys, [number, version, at, to, LEASE_MS, entry, *fields])
        if not moved:
            raise Problem(409, "request_in_progress", "another process drives this order")
        at, version = to, version + 1
        return moved

    async def gateway(step: str, amount: int):
        return await GATEWAY(state.redis, [f"{{gw}}:{number}"], [step, amount])

    async def cancel(code: str):
        await ask(state, f"{inventory}/{number}/release", {})
        await gateway("void", 0)
        await advance("cancelled", "void", "code", code)
        return refusal(number, code)

    if at == "accepted":
        status, got = await ask(state, inventory, {"order_id": number, "items": body["items"]})
        if status != 201:
            raise await cancel(got["code"])
        view = shown(number, body, got["items"], created)
        amount = orjson.loads(view)["total"]["amount"]
        if body["declines"] or await gateway("authorize", amount) != b"authorized":
            raise await cancel("payment_declined")
        # Written before the stock is confirmed: from here on no deadline cancels the order.
        await advance("authorized", "authorization", "view", view)
    if at == "authorized":
        _, got = await ask(state, f"{inventory}/{number}/confirm", {})
        if got.get("status") != "confirmed":
            raise await cancel("reservation_closed")
        if await gateway("capture", 0) != b"captured":
            raise Problem(503, "unavailable", "the gateway does not capture")
        updated = await advance("completed", "capture")
        return answer(spliced(b"completed", view, updated), 201, {"Cache-Control": "no-store"})
    return await replayed(state, number)


async def recover(state):
    """Drives orders that a crash has left behind, after their lease has expired."""
    while True:
        await asyncio.sleep(RECOVER_SECONDS)
        try:
            for number in await CLAIM(state.redis, ["{pay}:work"], [LEASE_MS, 20]):
                await resume(state, number.decode())
        except (redis.RedisError, Problem) as error:
            LOG.warning("recovery failed; will retry: %s", error)


async def resume(state, number: str):
    names = ("body", "state", "version", "created", "view")
    body, at, version, created, view = await state.redis.hmget(order_key(number), *names)
    await drive(state, number, orjson.loads(body), at.decode(), int(version), int(created), view)
