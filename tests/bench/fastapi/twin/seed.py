"""`python -m twin.seed CATALOGUE`: fills empty stores with a catalogue and an admin."""

import asyncio
import os
import sys
import uuid
from pathlib import Path

import asyncpg
import orjson
import redis.asyncio
import yaml
from argon2 import PasswordHasher

EMAIL, PASSWORD = "admin@example.com", "correct-horse-battery-staple"
# More units than a run sells.
STOCK = 1_000_000
MADE = "2026-01-01T00:00:00Z"
SLICE = 1_000
TABLES = """
CREATE TABLE users (
    id uuid PRIMARY KEY, email text UNIQUE NOT NULL, password text NOT NULL, name text NOT NULL,
    role text NOT NULL, status text NOT NULL DEFAULT 'active', locale text NOT NULL DEFAULT 'en',
    phone text, created_at timestamptz NOT NULL DEFAULT now());
CREATE TABLE sessions (
    id uuid PRIMARY KEY, user_id uuid NOT NULL REFERENCES users, refresh bytea NOT NULL,
    expires_at timestamptz NOT NULL);
CREATE INDEX ON sessions (user_id);
"""
ADMIN = "INSERT INTO users (id, email, password, name, role) VALUES ($1, $2, $3, 'Admin', 'admin')"


def read(path: Path) -> list[dict]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_text(), loader)


def tree(categories: list[dict], parent: str | None = None) -> list[dict]:
    children: dict[str | None, list[dict]] = {}
    for one in categories:
        children.setdefault(one["parent"], []).append(one)

    def below(slug):
        return [{"slug": c["slug"], "name": c["name"], "children": below(c["slug"])} for c in children.get(slug, [])]

    return below(parent)


def document(product: dict) -> bytes:
    fields = ("sku", "name", "description", "price", "category")
    defaults = {"tags": product.get("tags", []), "images": [], "attributes": product.get("attributes", {})}
    times = {"status": "active", "version": 1, "created_at": MADE, "updated_at": MADE}
    return orjson.dumps({**{name: product[name] for name in fields}, **defaults, **times})


async def fill_redis(directory: Path) -> None:
    categories = read(directory / "categories.yaml")
    parents = {one["slug"]: one["parent"] for one in categories}
    client = redis.asyncio.from_url(os.environ["REDIS_URL"])
    await client.set("{inv}:categories", orjson.dumps({"items": tree(categories)}))
    products = [one for path in sorted((directory / "products").glob("*.yaml")) for one in read(path)]
    for first in range(0, len(products), SLICE):
        trip = client.pipeline(transaction=False)
        for product in products[first : first + SLICE]:
            add(trip, product, parents)
        await trip.execute()
    await client.aclose()


def add(trip, product: dict, parents: dict) -> None:
    sku, price = product["sku"], product["price"]["amount"]
    trip.set(f"{{inv}}:product:{sku}", document(product))
    trip.hset(f"{{inv}}:stock:{sku}", mapping={"on_hand": max(STOCK, product.get("stock", 0)), "reserved": 0})
    # A list for each category above the product, and one of all products.
    above, slug = [""], product["category"]
    while slug:
        above.append(slug)
        slug = parents[slug]
    for slug in above:
        trip.zadd(f"{{inv}}:list:price:{slug}", {f"{price:012}:{sku}": 0})
        trip.zadd(f"{{inv}}:list:sku:{slug}", {f":{sku}": 0})


async def fill_postgres() -> None:
    connection = await asyncpg.connect(os.environ["DATABASE_URL"])
    await connection.execute(TABLES)
    hashed = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1).hash(PASSWORD)
    await connection.execute(ADMIN, uuid.uuid4(), EMAIL, hashed)
    await connection.close()


async def main() -> None:
    await asyncio.gather(fill_redis(Path(sys.argv[1])), fill_postgres())


if __name__ == "__main__":
    asyncio.run(main())
