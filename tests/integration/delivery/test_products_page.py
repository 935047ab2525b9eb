"""The page to which the products of a message lead."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from sync.delivery.compose import Composer
from sync.model.catalogue import Money, Product, Variant
from sync.model.customer import Channel
from sync.model.outreach import Message
from sync.server.repository.delivery import Delivery
from sync.server.web.pages import router
from tests.integration.delivery.house import MovableClock, get, message, put

COAT = Product(id="coat", code="C", name="ウールコート<b>", category="coat", image="coat.webp")
SHOES = Product(id="shoes", code="S", name="パンプス", category="shoes")
VARIANTS = [
    Variant(id="c-s", product_id="coat", sku="C-S", price=Money(amount=78000)),
    Variant(id="c-m", product_id="coat", sku="C-M", price=Money(amount=82000)),
    Variant(id="s-1", product_id="shoes", sku="S-1", price=Money(amount=32000)),
]


@pytest.fixture
def browser(engine: Engine, clock: MovableClock) -> Iterator[TestClient]:
    app = FastAPI()
    app.include_router(router(engine, clock, "s" * 32))
    with TestClient(app) as client:
        yield client


@pytest.fixture
def sent(store: Delivery, engine: Engine, clock: MovableClock) -> tuple[Message, str, str]:
    """(message, its text as it goes out, path of the link) of a LINE message with two products."""
    line = message(Channel.LINE).model_copy(update={"product_ids": ("coat", "shoes")})
    put(engine, clock, COAT, SHOES, *VARIANTS, line)
    claimed = store.claim(line.id)
    assert claimed is not None
    out = Composer(public_url="https://c.elm.example", mail_reply_domain="")(claimed, "key")
    return line, out.body, f"/p/{claimed.products_token}"


def test_the_message_carries_the_link_and_the_page_shows_what_was_chosen(
    browser: TestClient, sent: tuple[Message, str, str]
) -> None:
    """Products in their order with picture and price, whom they are from, and text that stays text."""
    _message, body, path = sent
    assert body.endswith(f"お品のご案内\nhttps://c.elm.example{path}")
    answer = browser.get(path)
    assert answer.status_code == 200
    text = answer.text
    assert text.index("ウールコート&lt;b&gt;") < text.index("パンプス")
    for said in ("¥78,000から", "¥32,000", 'src="/media/coat.webp"', "より、ご案内申し上げます", "株式会社エルム"):
        assert said in text


def test_no_cookie_and_nothing_of_the_visit(
    browser: TestClient, sent: tuple[Message, str, str], engine: Engine, clock: MovableClock
) -> None:
    """It works without cookies and sets none; the message keeps the first moment, and a second visit changes nothing."""
    line, _body, path = sent
    assert get(engine, line.id).opened_at is None
    answer = browser.get(path)
    assert "set-cookie" not in answer.headers
    assert "<script" not in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "img-src 'self' https:" in answer.headers["content-security-policy"]
    first = get(engine, line.id)
    assert first.opened_at == clock()
    browser.get(path)
    assert get(engine, line.id) == first


def test_a_link_that_is_none_shows_nothing(browser: TestClient, sent: tuple[Message, str, str]) -> None:
    """A token of another kind, a wrong one, and a message without products lead nowhere."""
    assert browser.get("/p/" + "a" * 26).status_code == 404
    assert browser.get(sent[2].replace("/p/", "/c/")).status_code == 404


def test_a_message_without_products_has_no_link(store: Delivery, engine: Engine, clock: MovableClock) -> None:
    """Nothing is added to the words of the others."""
    plain = message(Channel.LINE)
    put(engine, clock, plain)
    claimed = store.claim(plain.id)
    assert claimed is not None
    assert claimed.products_token == ""
    assert "/p/" not in Composer(public_url="https://c.elm.example", mail_reply_domain="")(claimed, "key").body
