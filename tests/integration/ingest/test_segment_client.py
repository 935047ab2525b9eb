"""The official Segment client for Python, unmodified, posts to a running server; the records are read back."""

import gzip
import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from segment.analytics import client as official
from sqlalchemy import Engine

from sync.ids import imported_id
from sync.model.customer import BrowseEvent, Customer, Order, WebActivity
from sync.model.outreach import ContactElsewhere, Means, Purpose
from sync.server.database import reading
from sync.server.ingest import IngestService
from sync.server.repository.records import Records
from tests.integration.ingest.conftest import NOW
from tests.integration.ingest.serving import WRITE_KEY, app, running

Client: Any = official.Client
"""Published without annotations."""
AUTHORIZATION = {"Authorization": "Basic " + b64encode(f"{WRITE_KEY}:".encode()).decode()}


@pytest.fixture
def address(ingest: IngestService) -> Iterator[str]:
    with running(app(ingest, lambda: NOW)) as url:
        yield url


def everything(engine: Engine) -> tuple[list[Customer], list[WebActivity], list[Order]]:
    with reading(engine) as conn:
        records = Records(conn, lambda: NOW)
        return records.of_kind(Customer), records.of_kind(WebActivity), records.of_kind(Order)


@pytest.mark.parametrize("gzipped", [False, True])
def test_the_official_client_brings_browsing_and_orders(address: str, engine: Engine, gzipped: bool) -> None:
    """A visit before signing in, the sign-in, looks, a till order and a web order end as one customer's records."""
    problems: list[Any] = []
    client = Client(
        WRITE_KEY, host=address, on_error=lambda error, _: problems.append(error), gzip=gzipped, max_retries=1
    )
    product = {
        "product_id": "p1",
        "sku": "p1-M",
        "category": "dress",
        "price": 32000,
        "quantity": 1,
        "name": "ワンピース",
    }
    at = NOW - timedelta(hours=2)
    client.track(anonymous_id="browser", event="Product Viewed", properties=product, timestamp=at)
    client.page(anonymous_id="browser", name="Home", timestamp=at)
    app = {"device": {"token": "phone:APA91b-1"}}
    client.identify(
        user_id="u1", anonymous_id="browser", traits={"email": "hanako@example.jp"}, context=app, timestamp=at
    )
    client.track(user_id="u1", event="Products Searched", properties={"query": "結婚式"}, timestamp=at)
    client.page(user_id="u1", name="My Page", timestamp=at)
    for number, affiliation in (("W-1", None), ("T-1", "ginza")):
        order = {"order_id": number, "total": 32000, "currency": "JPY", "products": [product], "staff_code": "s1"}
        order |= {"affiliation": affiliation} if affiliation else {}
        client.track(user_id="u1", event="Order Completed", properties=order, timestamp=at)
    call = {"means": "phone", "purpose": "service", "tool": "コールセンター", "text": "お直しのご確認"}
    client.track(user_id="u1", event="Contact Recorded", properties=call, timestamp=at)
    client.shutdown()
    assert problems == []
    (customer,), activities, orders = everything(engine)
    with reading(engine) as conn:
        (contact,) = Records(conn, lambda: NOW).of_kind(ContactElsewhere)
    assert (contact.customer_id, contact.at, contact.text) == (customer.id, at, "お直しのご確認")
    assert customer.app_token == "phone:APA91b-1"
    assert (contact.means, contact.purpose) == (Means.PHONE, Purpose.SERVICE)
    assert {each.customer_id for each in (*activities, *orders)} == {customer.id}
    assert sorted(activity.event for activity in activities) == [
        BrowseEvent.MY_PAGE_VIEWED,
        BrowseEvent.PRODUCT_VIEWED,
        BrowseEvent.PRODUCTS_SEARCHED,
    ]
    assert next(each.query for each in activities if each.query) == "結婚式"
    assert {order.number: order.shop_id for order in orders} == {
        "W-1": imported_id("shop", "web"),
        "T-1": imported_id("shop", "ginza"),
    }
    assert {order.total.amount for order in orders} == {32000}
    assert {order.at for order in orders} == {at}


def test_a_client_with_a_wrong_key_is_told_so(address: str, engine: Engine) -> None:
    """The official client reports the 401 and nothing is stored."""
    problems: list[Any] = []
    client = Client("wrong", host=address, on_error=lambda error, _: problems.append(error), max_retries=0)
    client.track(user_id="u1", event="Cart Viewed", timestamp=NOW)
    client.shutdown()
    assert [problem.status for problem in problems] == [401]
    assert everything(engine)[1] == []


def test_gzip_is_understood_whatever_its_type_says(address: str, engine: Engine) -> None:
    """Some clients send gzip as a form (RudderStack's for Node does)."""
    event = {"type": "track", "event": "Cart Viewed", "userId": "u1", "messageId": "m1", "timestamp": NOW.isoformat()}
    body = gzip.compress(json.dumps({"batch": [event]}).encode())
    headers = {**AUTHORIZATION, "Content-Type": "application/x-www-form-urlencoded"}
    answer = httpx.post(f"{address}/v1/batch", content=body, headers=headers)
    assert (answer.status_code, answer.json()["taken"], answer.json()["success"]) == (200, 1, True)
    assert len(everything(engine)[1]) == 1


def test_good_events_are_taken_and_bad_ones_named(address: str, engine: Engine) -> None:
    """A batch is answered with 200 and what was wrong: its place, the field, and why."""
    good = {"type": "track", "event": "Cart Viewed", "userId": "u1", "messageId": "m1", "timestamp": NOW.isoformat()}
    naive = {**good, "messageId": "m2", "timestamp": "2026-11-22T10:00:00"}
    lost = {**good, "messageId": "m3", "event": "Order Completed"}
    shop = {
        **lost,
        "messageId": "m4",
        "properties": {"order_id": "1", "affiliation": "mars", "products": [{"sku": "p1-M"}]},
    }
    answer = httpx.post(f"{address}/v1/batch", json={"batch": [naive, good, lost, shop]}, headers=AUTHORIZATION).json()
    assert answer["taken"] == 1
    assert [(error["row"], error["field"]) for error in answer["errors"]] == [
        (1, "timestamp"),
        (3, "properties.products"),
        (4, "shop_code"),
    ]
    assert "time zone" in answer["errors"][0]["message"]
    assert len(everything(engine)[1]) == 1


def test_what_is_too_large_is_refused_unread(address: str) -> None:
    """A body past the limit, also one that only unpacks to it, is answered with 413."""
    for body in (b" " * 2_000_000, gzip.compress(b" " * 2_000_000, mtime=0)):
        answer = httpx.post(f"{address}/v1/batch", content=body, headers=AUTHORIZATION)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_the_description_is_complete(address: str) -> None:
    """Every path has its body, its answer and its refusals in the OpenAPI description."""
    paths = httpx.get(f"{address}/openapi.json").json()["paths"]
    assert {f"/v1/{each}" for each in ("batch", "track", "identify", "page", "screen", "alias")} <= set(paths)
    for operations in paths.values():
        operation = operations["post"]
        assert {"200", "400", "401", "413"} <= set(operation["responses"])
        assert operation["requestBody"]["content"]
        assert operation["security"]
