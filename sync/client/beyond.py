"""What lies beyond this device's own scope and is asked for when it is needed: of it a customer and stock are kept for a day."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from sync.client.cache import Cache
from sync.client.outbox import Outbox
from sync.client.types import Attached, DeviceApi, StockEverywhere
from sync.errors import NotFound, NotSignedIn, Offline, Unavailable
from sync.model.base import Record
from sync.model.own_phone import OwnPhoneLink
from sync.protocol import AccessReport, CustomerHit, CustomerRange


class Beyond:
    """Each call needs the network, but where it says what it falls back on.

    `shop_id` is the shop this device stands in, None where it is not enrolled; `shut` says that it has no key at present;
    `changed` tells the screens.
    """

    def __init__(
        self,
        api: DeviceApi,
        *,
        cache: Cache,
        outbox: Outbox,
        shop_id: Callable[[], str | None],
        shut: Callable[[], bool],
        changed: Callable[[], None],
    ) -> None:
        self._api, self._cache, self._outbox = api, cache, outbox
        self._shop_id, self._shut, self._changed = shop_id, shut, changed

    def search_beyond(self, text: str, limit: int = 20, *, staff_id: str = "") -> Sequence[CustomerHit]:
        """Search customers of the whole retailer for a member of staff. Needs the network: raises Offline, after 3 s at the
        latest, and NotAllowed for whoever may not."""
        self._must_be_open()
        return self._api.search(text, limit, staff_id=staff_id)

    def fetch_customer(self, customer_id: str, *, staff_id: str = "") -> list[Record]:
        """Fetch a customer of another shop, keep her for a day, and return her range.

        Without the network (known after 3 s at the latest) her range is what was fetched before, and
        `cache.fetched_at` says when; raises Offline where she never was. Raises NotFound, and NotAllowed for whoever may not.
        """
        self._must_be_open()
        try:
            self._visit(self._api.customer(customer_id, staff_id=staff_id))
        except Offline:
            if not self._cache.customer_range(customer_id):
                raise
        return self._cache.customer_range(customer_id)

    def fetch_stock(self, product_id: str) -> StockEverywhere:
        """Ask where a product lies in all shops, unless all of it is here, and keep the answer for a day.

        Without the server (known after 3 s at the latest) it is what was asked before, not `current`; Unavailable where it
        never was. Raises NotFound.
        """
        self._must_be_enrolled()
        known = self._cache.stock_everywhere(product_id, self._shop_id())
        if not known.beyond:
            return known
        try:
            answer = self._api.stock(product_id)
        except Unavailable:
            if known.asked_at is None:
                raise
            return replace(known, current=False)
        self._cache.keep_asked_stock(product_id, answer)
        return self._cache.stock_everywhere(product_id, self._shop_id())

    def fetch_attachment(self, attachment_id: str, staff_id: str) -> Attached:
        """Fetch what a customer sent; nothing of it is kept here. Raises Unavailable without the server, and NotFound."""
        self._must_be_open()
        return self._api.attachment(attachment_id, staff_id)

    def fetch_access(self, staff_id: str) -> AccessReport:
        """Ask which access in the shop stands out; nothing of it is kept here. Raises Unavailable without the server, and
        NotAllowed for whoever is no manager of the shop."""
        self._must_be_enrolled()
        return self._api.unusual_access(staff_id)

    def own_phone_link(self, staff_id: str) -> OwnPhoneLink:
        """Have an address made where a new customer registers on her own phone. Raises Unavailable and NotAllowed."""
        self._must_be_enrolled()
        return self._api.own_phone_link(staff_id)

    def line_link(self, customer_id: str, staff_id: str) -> OwnPhoneLink:
        """Have an address made with which a customer links her LINE account. Raises Unavailable, NotAllowed, NotFound and,
        where it is linked or the house has none set up, Conflict."""
        self._must_be_enrolled()
        return self._api.line_link(customer_id, staff_id)

    def reveal(self, customer_id: str, kind: str, record_id: str, staff_id: str) -> dict[str, str]:
        """Ask for what is withheld of a record; nothing of it is kept here. Raises Unavailable, NotAllowed and NotFound."""
        self._must_be_enrolled()
        return self._api.reveal(customer_id, kind, record_id, staff_id)

    def fetch_by_app(self, app_id: str, staff_id: str) -> str:
        """Fetch and keep the customer of an app's id; return her id. Raises what the server said."""
        self._must_be_open()
        return self._visit(self._api.customer_by_app(app_id, staff_id=staff_id))

    def fetch_by_number(self, number: str, staff_id: str) -> str:
        """Fetch and keep the customer of a member number; return her id. Raises what the server said."""
        self._must_be_open()
        hits = [one for one in self._api.search(number, 5, staff_id=staff_id) if one.member_number == number]
        if len(hits) != 1:
            raise NotFound()
        return self._visit(self._api.customer(hits[0].customer_id, staff_id=staff_id))

    def _visit(self, found: CustomerRange) -> str:
        customer_id = next((row.id for row in found.rows if row.kind == "customer" and row.data is not None), None)
        if customer_id is None:
            raise NotFound()
        prepared = self._cache.keep_visiting(customer_id, found)
        self._outbox.settle(self._cache.overlay.refresh(prepared.keys, prepared.customer_ids, None))
        self._changed()
        return customer_id

    def _must_be_enrolled(self) -> None:
        if self._shop_id() is None:
            raise NotSignedIn("This device is not enrolled.")

    def _must_be_open(self) -> None:
        self._must_be_enrolled()
        if self._shut():
            raise Unavailable(
                "Customers stay shut until this device has reached the server again.", reason="lease_over"
            )
