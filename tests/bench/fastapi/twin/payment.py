"""Payment Service: cards, orders and their history."""

import base64
import binascii
import hashlib
import os
import uuid
from datetime import datetime, timezone
from typing import Annotated, Literal

import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from fastapi import Header, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from . import orders
from .application import answer, script, service
from .callers import Caller
from .lines import Line
from .problems import Problem

KEY = AESGCM(bytes.fromhex(os.environ["CARD_KEY"]))
PAGE = script("orders")
PRIVATE = {"Cache-Control": "no-store"}
BRANDS = {"4": "visa", "5": "mastercard", "3": "amex", "6": "discover"}

app = service("Payment Service", uses_redis=True, background=orders.recover)


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Details(Strict):
    card_number: str = Field(pattern=r"^[0-9]{12,19}$")
    expiry_month: int = Field(ge=1, le=12)
    expiry_year: int = Field(ge=2000, le=2100)
    cvc: str = Field(pattern=r"^[0-9]{3,4}$")


class NewCard(Strict):
    payment_type: Literal["Card"]
    details: Details


class NewOrder(Strict):
    items: list[Line] = Field(min_length=1, max_length=100)
    payment_method_id: uuid.UUID


def now() -> str:
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def cards_of(user: str) -> str:
    return f"{{pay}}:cards:{user}"


@app.post("/payment-methods")
async def save_card(card: NewCard, request: Request, user: Caller):
    details = card.details
    today = datetime.now(timezone.utc)
    if (details.expiry_year, details.expiry_month) < (today.year, today.month):
        raise Problem(422, "validation_error", "the card has expired")
    number, nonce, made = details.card_number, os.urandom(12), str(uuid.uuid4())
    shown = {
        "brand": BRANDS.get(number[0], "unknown"),
        "last4": number[-4:],
        "expiry_month": details.expiry_month,
        "expiry_year": details.expiry_year,
    }
    view = {"id": made, "payment_type": "Card", "details": shown, "created_at": now()}
    sealed = base64.b64encode(nonce + KEY.encrypt(nonce, number.encode(), made.encode())).decode()
    await request.app.state.redis.hset(cards_of(user["user_id"]), made, orjson.dumps({"view": view, "sealed": sealed}))
    return answer(view, 201, PRIVATE)


@app.get("/payment-methods")
async def list_cards(request: Request, user: Caller):
    cards = await request.app.state.redis.hvals(cards_of(user["user_id"]))
    return answer({"items": [orjson.loads(card)["view"] for card in cards], "next_cursor": None}, headers=PRIVATE)


@app.delete("/payment-methods/{card}")
async def delete_card(card: uuid.UUID, request: Request, user: Caller):
    if not await request.app.state.redis.hdel(cards_of(user["user_id"]), str(card)):
        raise Problem(404, "not_found", "there is no such card")
    return answer(b"", 204, PRIVATE)


@app.post("/orders")
async def place_order(
    order: NewOrder,
    request: Request,
    user: Caller,
    idempotency_key: Annotated[str | None, Header(max_length=255)] = None,
):
    if not idempotency_key:
        raise Problem(400, "idempotency_key_required", "an Idempotency-Key is needed")
    owner, items = user["user_id"], [line.model_dump() for line in order.items]
    number = str(uuid.uuid5(uuid.UUID(owner), idempotency_key))
    card = await request.app.state.redis.hget(cards_of(owner), str(order.payment_method_id))
    if card is None:
        raise Problem(404, "payment_method_not_found", "there is no such card")
    saved = orjson.loads(card)
    sealed = base64.b64decode(saved["sealed"])
    last = KEY.decrypt(sealed[:12], sealed[12:], saved["view"]["id"].encode()).decode()
    details = saved["view"]["details"]
    shown = {"id": saved["view"]["id"], "brand": details["brand"], "last4": details["last4"]}
    fingerprint = hashlib.sha256(orjson.dumps([items, str(order.payment_method_id)])).hexdigest()
    body = {"items": items, "payment_method": shown, "declines": last in orders.DECLINED}
    return await orders.place(request.app.state, owner, number, fingerprint, body)


def begin(cursor: str | None) -> bytes:
    if cursor is None:
        return b"+"
    try:
        return b"(" + base64.urlsafe_b64decode(cursor)
    except binascii.Error:
        raise Problem(422, "validation_error", "cursor is not one of this list") from None


@app.get("/orders")
async def list_orders(
    request: Request, user: Caller, limit: Annotated[int, Query(ge=1, le=100)] = 20, cursor: str | None = None
):
    keys = [f"{{pay}}:orders:{user['user_id']}"]
    last, *rows = await PAGE(request.app.state.redis, keys, [begin(cursor), limit])
    items = b",".join(orders.spliced(*rows[at : at + 3]) for at in range(0, len(rows), 3))
    following = b'"' + base64.urlsafe_b64encode(last) + b'"' if last else b"null"
    return answer(b'{"items":[' + items + b'],"next_cursor":' + following + b"}", headers=PRIVATE)
