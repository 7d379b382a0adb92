"""User Service: Argon2id in threads, HS256 tokens, sessions in Postgres."""

import asyncio
import hashlib
import os
import secrets
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

import jwt
from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from fastapi import Depends, Header, Request
from pydantic import BaseModel, ConfigDict, Field

from .application import answer, service
from .callers import bearer, peer
from .problems import Problem

SECRET = os.environ["JWT_SECRET"]
SECONDS = 900
NAMES = {"iss": "estore-user", "aud": "estore"}
# The parameters of the store. The library releases the interpreter, so threads hash in parallel.
HASHER = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
THREADS = ThreadPoolExecutor(os.cpu_count())
# Verified if there is no account, so that both cases take the same time.
NOBODY = HASHER.hash("a password that nobody has")

ACCOUNT = "SELECT id, password, role FROM users WHERE email = $1 AND status = 'active'"
BEGIN = "INSERT INTO sessions (id, user_id, refresh, expires_at) VALUES ($1, $2, $3, now() + interval '30 days')"
SESSION = """SELECT u.*, s.id AS session
    FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.id = $1
    AND s.expires_at > now() AND u.status = 'active'"""

PROFILE = ("email", "name", "role", "status", "locale", "phone", "created_at")

app = service("User Service", uses_postgres=True)


class Credentials(BaseModel):
    model_config = ConfigDict(extra="forbid")
    email: str = Field(max_length=254)
    password: str = Field(max_length=128)


class Question(BaseModel):
    token: str


def is_right(hashed: str, password: str) -> bool:
    try:
        return HASHER.verify(hashed, password)
    except VerifyMismatchError:
        return False


@app.post("/login")
async def login(credentials: Credentials, request: Request):
    postgres = request.app.state.postgres
    account = await postgres.fetchrow(ACCOUNT, credentials.email.strip().lower())
    hashed = account["password"] if account else NOBODY
    loop = asyncio.get_running_loop()
    right = await loop.run_in_executor(THREADS, is_right, hashed, credentials.password)
    if not (account and right):
        raise Problem(401, "invalid_credentials", "the email or the password is wrong")
    session, refresh, now = uuid.uuid4(), secrets.token_urlsafe(32), int(time.time())
    await postgres.execute(BEGIN, session, account["id"], hashlib.sha256(refresh.encode()).digest())
    claims = {"sub": str(account["id"]), "sid": str(session), "role": account["role"], "jti": str(uuid.uuid4())}
    access = jwt.encode({**NAMES, **claims, "iat": now, "exp": now + SECONDS}, SECRET, "HS256")
    tokens = {"access_token": access, "refresh_token": refresh, "token_type": "Bearer", "expires_in": SECONDS}
    return answer(tokens, headers={"Cache-Control": "no-store"})


async def session_of(request: Request, token: str):
    """Returns the session's user and the token's end; none if either is invalid."""
    try:
        claims = jwt.decode(token, SECRET, ["HS256"], audience=NAMES["aud"], issuer=NAMES["iss"])
    except jwt.PyJWTError:
        return None, 0
    return await request.app.state.postgres.fetchrow(SESSION, uuid.UUID(claims["sid"])), claims["exp"]


@app.get("/me")
async def me(request: Request, authorization: Annotated[str | None, Header()] = None):
    user, _ = await session_of(request, bearer(authorization))
    if user is None:
        raise Problem(401, "invalid_token", "the token is not valid")
    profile = {name: user[name] for name in PROFILE}
    body = {"id": str(user["id"]), "email_verified": True, "shipping_address": None, **profile}
    return answer(body, headers={"Cache-Control": "no-store"})


@app.post("/internal/introspect", dependencies=[Depends(peer)])
async def introspect(question: Question, request: Request):
    user, ends = await session_of(request, question.token)
    if user is None:
        return answer({"active": False})
    facts = {name: user[name] for name in ("email", "role")}
    ids = {"user_id": str(user["id"]), "session_id": str(user["session"])}
    return answer({"active": True, "email_verified": True, "expires_at": ends, **ids, **facts})
