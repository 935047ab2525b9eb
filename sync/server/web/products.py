"""`/p/{token}`: the products of one message, with pictures and prices, whom they are from, and the way to the web shop.

No cookie and no script: the token alone says which message it is. That it was opened is kept once, as a moment on the
message, and nothing of the visit besides. Programs that look at links before people do may be the ones who opened it.
"""

from typing import Annotated, Any

from fastapi import APIRouter, Header, Path, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Engine

from sync.clock import Clock
from sync.model.catalogue import Money, Product, Variant
from sync.model.customer import Customer
from sync.model.outreach import Message
from sync.model.shop import RetailerSettings, Shop, Staff
from sync.policy.naming import colleagues_in, house_name, shop_name, work_name
from sync.policy.template_facts import product_name
from sync.server.database import retrying, transaction
from sync.server.repository import customer_links, scopes
from sync.server.repository.records import Records
from sync.server.web.page import page
from sync.server.web.words import Words, language_of, words_for

Token = Annotated[str, Path(min_length=1, max_length=200, description="From the link in a message.")]
Languages = Annotated[str, Header(alias="Accept-Language", max_length=500)]
_HTML: dict[int | str, dict[str, Any]] = {
    404: {"description": "No such link, or it has expired: a page that says so.", "content": {"text/html": {}}},
}


def router(engine: Engine, clock: Clock) -> APIRouter:
    """Return the route of `/p/{token}`."""
    routes = APIRouter()

    @routes.get("/p/{token}", response_class=HTMLResponse, responses=_HTML)
    def show(token: Token, accept_language: Languages = "") -> Response:
        """Show the products that a member of staff chose for the customer."""
        return retrying(lambda: _show(engine, clock, token, language_of(accept_language)))

    return routes


def _show(engine: Engine, clock: Clock, token: str, language: str) -> Response:
    with transaction(engine) as conn:
        records = Records(conn, clock)
        message = _opened(records, clock, token)
        customer = records.get(Customer, message.customer_id) if message else None
        shop = records.get(Shop, message.shop_id) if message else None
        retailer = records.get(RetailerSettings, "retailer")
        if message is None or customer is None or shop is None or retailer is None:
            return page("plain", words_for(language), status=404, name="missing", hint=True, house="", retailer=None)
        staff = records.get(Staff, message.staff_id) if message.staff_id else None
        colleagues = colleagues_in(shop.id, records.of_kind(Staff)) if staff else ()
        words = words_for(customer.language)
        found = records.get_many(Product, message.product_ids)
        shown = [_shown(records, found[one], words) for one in message.product_ids if one in found]
    lang = words("page.lang")
    place = shop_name(shop, lang)
    person = work_name(staff, lang, colleagues) if staff else ""
    return page(
        "products",
        words,
        pictures=True,
        house=house_name(shop, retailer, lang),
        retailer=retailer,
        sender=words("products.from_person", person=person, shop=place)
        if person
        else words("products.from_shop", shop=place),
        products=shown,
        web_shop=retailer.home_page if retailer.home_page.startswith("https://") else "",
    )


def _opened(records: Records, clock: Clock, token: str) -> Message | None:
    """Return the message of a token, noting that its link was opened."""
    link = customer_links.find(records.conn, "products", token, clock())
    if link is None or link.message_id is None:
        return None
    scopes.lock_customers(records.conn, [link.customer_id])
    message = records.get(Message, link.message_id)
    if message is None or message.opened_at is not None:
        return message
    message = message.model_copy(update={"opened_at": clock()})
    records.put(message)
    return message


def _shown(records: Records, product: Product, words: Words) -> dict[str, str]:
    prices = [variant.price for variant in records.find(Variant, product_id=product.id)]
    lowest = min(prices, key=lambda price: price.amount, default=None)
    said = _money(lowest) if lowest else ""
    varies = lowest is not None and any(price.amount != lowest.amount for price in prices)
    image = product.image
    return {
        "name": product_name(product, words("page.lang")),
        "price": words("products.price_from", price=said) if varies else said,
        "image": image if image.startswith("https://") or not image else f"/media/{image}",
    }


def _money(price: Money) -> str:
    return f"¥{price.amount:,}" if price.currency == "JPY" else f"{price.amount / 100:,.2f} {price.currency}"
