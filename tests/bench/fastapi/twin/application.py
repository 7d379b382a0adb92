"""A service: its stores and its client for peers, opened at the start and closed at the end."""

import asyncio
import os
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import asyncpg
import orjson
import redis.asyncio
from fastapi import FastAPI, Response

from . import problems
from .problems import Problem

LUA = Path(__file__).parent / "lua"
INTERNAL = {"X-Internal-Key": os.environ["INTERNAL_KEY"]}
ATTEMPTS = 3


def answer(body: bytes | dict | list, status: int = 200, headers: dict | None = None) -> Response:
    """Sends bytes unchanged: no response model is checked."""
    content = body if isinstance(body, bytes) else orjson.dumps(body)
    return Response(content, status, headers, "application/json")


def script(name: str):
    """A Lua script: `await run(client, keys, arguments)` is one EVALSHA."""
    registered = redis.asyncio.Redis().register_script((LUA / f"{name}.lua").read_text())

    async def run(client, keys, arguments):
        return await registered(keys=keys, args=arguments, client=client)

    return run


def open_redis() -> redis.asyncio.Redis:
    return redis.asyncio.from_url(os.environ["REDIS_URL"], max_connections=128)


def service(title: str, uses_redis: bool = False, uses_postgres: bool = False, background=None) -> FastAPI:
    """Creates an application; `background` runs beside the requests."""

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        async with AsyncExitStack() as stack:
            connector = aiohttp.TCPConnector(limit=128, keepalive_timeout=60)
            timeout = aiohttp.ClientTimeout(total=5, sock_connect=0.25)
            client = aiohttp.ClientSession(connector=connector, timeout=timeout, headers=INTERNAL)
            app.state.peers = await stack.enter_async_context(client)
            if uses_redis:
                app.state.redis = open_redis()
                stack.push_async_callback(app.state.redis.aclose)
            if uses_postgres:
                pool = asyncpg.create_pool(os.environ["DATABASE_URL"], min_size=4, max_size=10)
                app.state.postgres = await stack.enter_async_context(pool)
            if background:
                task = asyncio.create_task(background(app.state))
                stack.callback(task.cancel)
            yield

    app = FastAPI(title=title, lifespan=lifespan)
    problems.install(app)

    @app.get("/health")
    async def health():
        return answer({"status": "ok"})

    return app


async def ask(state, url: str, body: dict) -> tuple[int, dict]:
    """Returns a peer's status and body. Requests may be repeated without harm."""
    content = orjson.dumps(body)
    for attempt in range(ATTEMPTS):
        try:
            headers = {"Content-Type": "application/json"}
            async with state.peers.post(url, data=content, headers=headers) as got:
                if got.status < 500:
                    return got.status, orjson.loads(await got.read())
        except (aiohttp.ClientError, asyncio.TimeoutError):
            pass
        if attempt + 1 < ATTEMPTS:
            await asyncio.sleep(0.05 * (attempt + 1))
    raise Problem(503, "unavailable", "a service that is needed does not answer")
