"""Which screen stands behind which address. One row per screen; screens are imported when first opened."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from urllib.parse import parse_qsl, urlencode

import flet as ft

Screen = Callable[..., ft.Control]


@dataclass(frozen=True)
class Route:
    """A pattern such as `/customers/{customer_id}`; its parts in braces become the screen's keyword arguments.

    `target` is `module:function` below `clienteling.ui.screens`. `rail` is the rail item that is lit.
    """

    pattern: str
    target: str
    rail: str = ""

    def match(self, path: str) -> dict[str, str] | None:
        found = _compiled(self.pattern).fullmatch(path)
        return found.groupdict() if found else None

    def screen(self) -> Screen:
        module, _, name = self.target.partition(":")
        made: Screen = getattr(import_module(f"clienteling.ui.screens.{module}"), name)
        return made


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern))


ROUTES: tuple[Route, ...] = (
    Route("/", "home:Home", "home"),
    Route("/scan", "scan:Scan", "customers"),
    Route("/search", "search:Search", "customers"),
    Route("/practice", "lesson:Lesson", "me"),
    Route("/register", "register:Register", "customers"),
    Route("/register/phone", "register_phone:RegisterOnPhone", "customers"),
    Route("/customers/{customer_id}", "profile:Profile", "customers"),
    Route("/customers/{customer_id}/note", "note:Note", "customers"),
    Route("/customers/{customer_id}/message", "compose:Compose", "customers"),
    Route("/customers/{customer_id}/contact", "contact_stop:ContactStop", "customers"),
    Route("/customers/{customer_id}/timeline", "timeline:Timeline", "customers"),
    Route("/customers/{customer_id}/belonging", "belonging:BelongingForm", "customers"),
    Route("/customers/{customer_id}/beside", "beside:Beside", "customers"),
    Route("/customers/{customer_id}/way", "relationship:Relationship", "customers"),
    Route("/customers/{customer_id}/slip", "slip_new:NewSlip", "customers"),
    Route("/customers/{customer_id}/line", "line_link:LinkLine", "customers"),
    Route("/customers/{customer_id}/consents", "consents:Consents", "customers"),
    Route("/me", "me:Me", "me"),
    Route("/slips", "slips:SlipList", "home"),
    Route("/products", "products:Products", "customers"),
    Route("/products/{product_id}", "stock:Stock", "customers"),
    Route("/holds", "holds:Holds", "holds"),
    Route("/customers/{customer_id}/promises", "promises:CustomerPromises", "customers"),
    Route("/customers/{customer_id}/visit", "visit:VisitPage", "customers"),
    Route("/promises", "promises:PromiseBook", "home"),
    Route("/results", "results:MyResults", "home"),
    Route("/sync", "sync_state:SyncState", ""),
    Route("/access", "access:UnusualAccess", ""),
    Route("/fleet", "fleet:FleetPage", ""),
    Route("/fleet/add", "fleet_add:AddDevice", ""),
    Route("/fleet/quarantine/{device_id}", "quarantine:QuarantinePage", ""),
    Route("/queue", "queue:Queue", "queue"),
    Route("/appointments", "appointments:Appointments", "appointments"),
    Route("/appointments/{appointment_id}", "consult:Consult", "appointments"),
)


def is_origin(address: str) -> bool:
    """Say whether one goes back here from a customer: lists and the scan screen are, her own screens and forms are not."""
    return not address.startswith(("/customers/", "/register", "/appointments/"))


def stock_route(product_id: str, *, variant: str = "", customer: str = "") -> str:
    """Return where the stock of an item is; `customer` is whom it may be for."""
    query = urlencode({name: value for name, value in (("variant", variant), ("customer", customer)) if value})
    return f"/products/{product_id}" + (f"?{query}" if query else "")


def message_route(customer_id: str, *, cause: str = "", follow_up: str = "", message: str = "") -> str:
    """Return where a message to a customer is written: for a cause, for a follow-up, or anew what was sent back."""
    given = {"cause": cause, "follow_up": follow_up, "message": message}
    query = urlencode({name: value for name, value in given.items() if value})
    return f"/customers/{customer_id}/message" + (f"?{query}" if query else "")


def resolve(address: str) -> tuple[Route, Mapping[str, str]]:
    """Return the route of an address and its parameters; an unknown address leads home.

    A query string (`?follow_up=...`) adds to the parameters.
    """
    path, _, query = address.partition("?")
    extra = dict(parse_qsl(query))
    for route in ROUTES:
        found = route.match(path.rstrip("/") or "/")
        if found is not None:
            return route, {**extra, **found}
    return ROUTES[0], {}
