"""Inventory Service: products as ready JSON in Redis, stock beside them, reservations in Lua."""

import base64
import binascii
from typing import Annotated

import orjson
from fastapi import Depends, Query, Request
from pydantic import BaseModel, Field

from .application import answer, script, service
from .callers import Caller, peer
from .lines import Line
from .problems import Problem

HOLD_MS = 120_000
LIST, RESERVE, CONFIRM, RELEASE = (script(name) for name in ("list", "reserve", "confirm", "release"))
HEADERS = {"Cache-Control": "private, max-age=0"}

app = service("Inventory Service", uses_redis=True)


class Reservation(BaseModel):
    order_id: str
    items: list[Line] = Field(min_length=1, max_length=100)


def product_json(document: bytes, on_hand: bytes, reserved: bytes) -> bytes:
    """Returns a stored product with its stock spliced in."""
    return document[:-1] + b',"available":%d}' % (int(on_hand) - int(reserved))


@app.get("/products/{sku}")
async def product(sku: str, request: Request, _caller: Caller):
    trip = request.app.state.redis.pipeline(transaction=False)
    trip.get(f"{{inv}}:product:{sku}")
    trip.hmget(f"{{inv}}:stock:{sku}", "on_hand", "reserved")
    document, stock = await trip.execute()
    if document is None:
        raise Problem(404, "not_found", "there is no such product")
    return answer(product_json(document, *stock), headers=HEADERS)


def place(cursor: str | None) -> bytes:
    """Returns the start of a page, for ZRANGE by lexical order."""
    if cursor is None:
        return b"-"
    try:
        return b"(" + base64.urlsafe_b64decode(cursor)
    except binascii.Error:
        raise Problem(422, "validation_error", "cursor is not one of this list") from None


@app.get("/products")
async def products(
    request: Request,
    _caller: Caller,
    category: Annotated[str | None, Query(max_length=64)] = None,
    sort: Annotated[str, Query(pattern="^(price|sku)$")] = "sku",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: str | None = None,
):
    index = f"{{inv}}:list:{sort}:{category or ''}"
    last, *rows = await LIST(request.app.state.redis, [index], [place(cursor), limit])
    items = b",".join(product_json(*rows[at : at + 3]) for at in range(0, len(rows), 3))
    following = b'"' + base64.urlsafe_b64encode(last) + b'"' if last else b"null"
    return answer(b'{"items":[' + items + b'],"next_cursor":' + following + b"}", headers=HEADERS)


@app.get("/categories")
async def categories(request: Request, _caller: Caller):
    return answer(await request.app.state.redis.get("{inv}:categories"), headers=HEADERS)


@app.post("/internal/reservations", dependencies=[Depends(peer)])
async def reserve(reservation: Reservation, request: Request):
    order, wanted = reservation.order_id, {}
    for line in reservation.items:
        wanted[line.sku] = wanted.get(line.sku, 0) + line.quantity
    keys = [f"{{inv}}:reservation:{order}", "{inv}:due", "{inv}:journal"]
    for sku in wanted:
        keys += [f"{{inv}}:stock:{sku}", f"{{inv}}:product:{sku}"]
    lines = orjson.dumps(list(wanted.items()))
    arguments = [order, HOLD_MS, lines, *wanted.values()]
    outcome, *rest = await RESERVE(request.app.state.redis, keys, arguments)
    if outcome == b"unknown":
        raise Problem(404, "unknown_sku", "a SKU is not known")
    if outcome == b"short":
        raise Problem(409, "insufficient_stock", "there is not enough stock")
    if outcome == b"closed":
        raise Problem(410, "reservation_closed", "the reservation has ended")
    named = [(sku, wanted[sku], orjson.loads(document)) for sku, document in zip(wanted, rest)]
    facts = [{"sku": sku, "quantity": n, "name": it["name"], "unit_price": it["price"]} for sku, n, it in named]
    return answer({"status": "held", "items": facts}, 201)


async def settle(run, order: str, request: Request):
    keys = [f"{{inv}}:reservation:{order}", "{inv}:due", "{inv}:journal"]
    status = await run(request.app.state.redis, keys, [order])
    return answer({"status": status.decode()})


@app.post("/internal/reservations/{order}/confirm", dependencies=[Depends(peer)])
async def confirm(order: str, request: Request):
    return await settle(CONFIRM, order, request)


@app.post("/internal/reservations/{order}/release", dependencies=[Depends(peer)])
async def release(order: str, request: Request):
    return await settle(RELEASE, order, request)
