"""1,000 malformed posts to a running server: each is answered, nothing dies, and the good events among them are stored."""

import json
import random
from typing import Any

import httpx
from sqlalchemy import Engine

from sync.model.customer import WebActivity
from sync.server.database import reading
from sync.server.ingest import IngestService
from sync.server.repository.records import Records
from tests.integration.ingest.conftest import NOW
from tests.integration.ingest.serving import app, running
from tests.integration.ingest.test_segment_client import AUTHORIZATION

JUNK: list[Any] = [
    None,
    True,
    -1,
    10**40,
    1.5,
    "",
    "x" * 300,
    "x" * 2000,
    "\x00",
    "\ud800",
    "😀",
    [],
    {},
    [[]],
    {"a": {"b": []}},
    "null",
    "0001-01-01T00:00:00+09:00",
    "9999-12-31T23:59:59-12:00",
    "2026-11-22T10:00:00",
    "1e999",
]


def malformed(dice: random.Random, number: int) -> dict[str, Any]:
    """Return an event with one to three fields that are not what they should be."""
    product: dict[str, Any] = {"product_id": "p1", "sku": "p1-M", "price": 1, "quantity": 1}
    order: dict[str, Any] = {"order_id": f"B{number}", "total": 1, "currency": "JPY", "products": [product]}
    traits: dict[str, Any] = {"email": f"b{number}@example.jp", "phone": "090-1234-5678", "member_number": f"B{number}"}
    event: dict[str, Any] = {
        "type": dice.choice(["track", "track", "identify", "alias", "page", "group"]),
        "event": dice.choice(["Order Completed", "Order Refunded", "Product Viewed"]),
        "messageId": f"bad-{number}",
        "userId": f"b{number}",
        "previousId": "x",
        "timestamp": NOW.isoformat(),
        "properties": dice.choice([order, product]),
        "traits": traits,
    }
    for _ in range(dice.randint(1, 3)):
        group = dice.choice([event, event, order, product, traits])
        group[dice.choice(list(group))] = dice.choice(JUNK)
    return event


def test_a_thousand_malformed_posts_are_answered(ingest: IngestService, engine: Engine) -> None:
    """Bodies that are no batch get 4xx with a code; events in a batch their own error; the good event beside each is kept."""
    dice = random.Random(11)
    refused = 0
    with running(app(ingest, lambda: NOW)) as address, httpx.Client(base_url=address, headers=AUTHORIZATION) as client:
        for number in range(1000):
            good = {"type": "track", "event": "Cart Viewed", "userId": "u1", "messageId": f"good-{number}"}
            body = json.dumps({"batch": [malformed(dice, number), good]}).encode()
            if number % 4 == 0:
                body = body[: dice.randrange(len(body))]
            answer = client.post("/v1/batch", content=body)
            if number % 4 == 0:
                refused += 1
                assert (answer.status_code, answer.json()["code"]) == (400, "bad_input")
                continue
            assert answer.status_code == 200
            assert {error["row"] for error in answer.json()["errors"]} <= {1}
            assert all(error["field"] and error["message"] for error in answer.json()["errors"])
    with reading(engine) as conn:
        kept = [each for each in Records(conn).of_kind(WebActivity) if each.event == "cart_viewed"]
    assert len(kept) == 1000 - refused == 750
