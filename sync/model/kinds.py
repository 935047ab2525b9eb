"""The kinds of records that travel, by name."""

from sync.model.base import Record
from sync.model.belonging import Belonging
from sync.model.catalogue import Product, StockLevel, Variant
from sync.model.customer import (
    Appointment,
    Consent,
    Customer,
    Interaction,
    MembershipKey,
    Order,
    Visit,
    WebActivity,
)
from sync.model.holds import Hold
from sync.model.outreach import ContactElsewhere, FollowUp, Message
from sync.model.promise import Promise
from sync.model.shop import Pause, RetailerSettings, Shift, Shop, Staff, StaffPin
from sync.model.slip import Slip

RECORD_TYPES: dict[str, type[Record]] = {
    cls.kind: cls
    for cls in (
        RetailerSettings,
        Shop,
        Staff,
        StaffPin,
        Shift,
        Pause,
        Product,
        Variant,
        StockLevel,
        Hold,
        Customer,
        MembershipKey,
        Consent,
        Order,
        WebActivity,
        Visit,
        Appointment,
        Interaction,
        Message,
        ContactElsewhere,
        FollowUp,
        Slip,
        Belonging,
        Promise,
    )
}

CUSTOMER_KINDS: tuple[str, ...] = (
    "customer",
    "membership_key",
    "consent",
    "order",
    "web_activity",
    "visit",
    "appointment",
    "interaction",
    "message",
    "contact",
    "follow_up",
    "slip",
    "belonging",
    "promise",
)
"""The kinds that make up one customer's contiguous range."""
