"""Which role may do what, and how far: one table, which the server asks and a test compares with what it answers.

    RIGHTS of a command or an endpoint, for each role:  no | own | any
        no    never
        own   for shops within the person's scope, and customers who are in one of them
        any   for every shop and customer of the retailer

What is not in a table is refused. A command's own function may be narrower still (a message is its writer's); it is never
wider. Fields that not every role may see are in `sync.policy.withheld`.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import NamedTuple

from sync.model.shop import Role, Scope, Staff


class Right(StrEnum):
    NO = "no"
    OWN = "own"
    ANY = "any"


class Rule(NamedTuple):
    """What each role may."""

    associate: Right
    stylist: Right
    manager: Right
    head_office: Right
    note: str = ""
    """What the command's own function asks for besides, or why somebody may it everywhere."""

    def right(self, role: Role) -> Right:
        """Return what a role may."""
        return getattr(self, role.value)  # type: ignore[no-any-return]  # a field for each role: a test holds that


_NO, _OWN, _ANY = Right.NO, Right.OWN, Right.ANY


def _all(right: Right, note: str = "") -> Rule:
    return Rule(right, right, right, right, note)


def _managers(note: str = "") -> Rule:
    return Rule(_NO, _NO, _OWN, _OWN, note)


COMMANDS: Mapping[str, Rule] = {
    "record_view": _all(_ANY, "puts a look on record: never refused to anybody"),
    "check_in": _all(_ANY, "whoever comes in is taken in; the shop is one's own"),
    "register_customer": _all(_ANY, "she is nobody's before; the shop is one's own"),
    "log_interaction": _all(_OWN),
    "queue_message": _all(_OWN, "the gate decides besides"),
    "cancel_message": _all(_OWN, "one's own message; a manager any of the shop"),
    "approve_message": _all(_OWN, "what is in one's own name; a manager any of the shop"),
    "return_message": _all(_OWN, "what is in one's own name; a manager any of the shop"),
    "assign_follow_up": _all(_OWN, "take a free one; a manager gives any of the shop"),
    "close_follow_up": _all(_OWN, "one's own or a free one; a manager any of the shop"),
    "put_off_follow_up": _all(_OWN, "one's own or a free one; a manager any of the shop"),
    "join_call": _all(_OWN, "one's own appointment, or one of a shop where one works"),
    "pause_sending": _managers("the own shop"),
    "resume_sending": _managers("the own shop; head office's pauses end on the command line"),
    "stop_contact": _all(_ANY, "her wish to be left in peace is taken wherever she says it"),
    "resume_contact": _all(_OWN, "with her own word; without it a manager, for what staff entered"),
    "reveal_contact": _all(_ANY, "puts a look on record: never refused to anybody"),
    "review_access": _managers("nobody one's own access"),
    "unlock_pin": _managers("somebody else's, who works in one's shop"),
    "take_over_conversation": _managers("to somebody who works in the shop"),
    "open_slip": _all(_OWN, "for somebody who works in the shop"),
    "move_slip": _all(_OWN, "a complaint: whoever sees to it, or a manager of the shop"),
    "assign_slip": _all(_OWN, "a complaint: whoever sees to it, or a manager of the shop"),
    "note_belonging": _all(_OWN),
    "place_hold": _all(_OWN, "the shop that asks is one's own"),
    "move_hold": _all(_OWN, "each step by the shop whose turn it is, where that is one's own"),
    "amend_hold": _all(_OWN, "the shop that asked is one's own"),
    "make_promise": _all(_OWN, "for somebody who works in the shop"),
    "keep_promise": _all(_OWN),
    "pass_promise": _all(_OWN, "to somebody who works in its shop"),
    "withdraw_promise": _all(_OWN, "whose it is, who made it, or a manager of its shop"),
    "change_tray": _all(_OWN),
    "flag_gift": _all(_OWN),
    "note_answer": _all(_OWN),
    "note_companions": _all(_OWN),
    "hand_over_visit": _all(_OWN, "to somebody who works in its shop"),
    "drop_visit_draft": _all(_OWN, "whoever looks after the customer"),
    "close_visit": _all(_OWN),
    "attach_receipt": _all(_OWN),
    "plan_follow_up": _all(_OWN, "the rules of `sync.policy.farewell` decide besides"),
}
"""By a command's type."""


class Door(StrEnum):
    """What somebody has to show who calls an endpoint."""

    OPEN = "open"
    """Nothing: it says nothing of anybody."""
    CODE = "code"
    """The one-time code of an enrolment."""
    DEVICE = "device"
    """A device's signature. What it gets is its shop's, whoever holds it."""
    STAFF = "staff"
    """A device's signature, and who asks; where nobody is named, it is the narrowest role at the device's shop."""
    LINK = "link"
    """A signed or secret link that a customer got."""
    SOURCE = "source"
    """The key or signature of one of the retailer's systems or of a provider."""


class Endpoint(NamedTuple):
    """How an endpoint is guarded; of those for staff, what each role may."""

    door: Door
    rule: Rule | None = None


def _staff(rule: Rule) -> Endpoint:
    return Endpoint(Door.STAFF, rule)


_LOOK_UP = "whoever stands in the shop is served; each look is on record"

ENDPOINTS: Mapping[str, Endpoint] = {
    "GET /healthz": Endpoint(Door.OPEN),
    "GET /readyz": Endpoint(Door.OPEN),
    "GET /media/{path:path}": Endpoint(Door.OPEN),
    "POST /v1/enrol": Endpoint(Door.CODE),
    "POST /v1/sync/pull": Endpoint(Door.DEVICE),
    "POST /v1/sync/push": Endpoint(Door.DEVICE),
    "GET /v1/sync/ground": Endpoint(Door.DEVICE),
    "GET /v1/sync/snapshot": Endpoint(Door.DEVICE),
    "GET /v1/sync/snapshots/{name}": Endpoint(Door.DEVICE),
    "GET /v1/sync/events": Endpoint(Door.DEVICE),
    "GET /v1/products/{product_id}/stock": Endpoint(Door.DEVICE),
    "GET /v1/customers": _staff(_all(_ANY, _LOOK_UP)),
    "GET /v1/customers/{customer_id}": _staff(_all(_ANY, _LOOK_UP)),
    "GET /v1/members/{app_id}": _staff(_all(_ANY, _LOOK_UP)),
    "GET /v1/attachments/{attachment_id}": _staff(_all(_OWN)),
    "POST /v1/invitations": _staff(_all(_ANY, "for the shop of the device")),
    "POST /v1/customers/{customer_id}/line": _staff(_all(_OWN)),
    "POST /v1/customers/{customer_id}/reveal": _staff(_all(_OWN, "each field has its own roles, see below")),
    "GET /v1/access/unusual": _staff(_managers("the devices of one's shop")),
    "GET /v1/fleet": _staff(_managers("the devices of one's shop")),
    "POST /v1/fleet/codes": _staff(_managers("for one's shop")),
    "POST /v1/fleet/{device_id}/revoke": _staff(_managers("the devices of one's shop")),
    "GET /v1/fleet/quarantine/{device_id}": _staff(_managers("the devices of one's shop")),
    "POST /v1/fleet/quarantine/{device_id}/{command_id}": _staff(_managers("the devices of one's shop")),
    "GET /v1/sync/lease": Endpoint(Door.DEVICE),
    "POST /v1/quarantine": Endpoint(Door.DEVICE),
    "GET /openapi.json": Endpoint(Door.OPEN),
    "POST /v1/batch": Endpoint(Door.SOURCE),
    "POST /v1/import": Endpoint(Door.SOURCE),
    "POST /v1/track": Endpoint(Door.SOURCE),
    "POST /v1/identify": Endpoint(Door.SOURCE),
    "POST /v1/page": Endpoint(Door.SOURCE),
    "POST /v1/screen": Endpoint(Door.SOURCE),
    "POST /v1/alias": Endpoint(Door.SOURCE),
    "POST /v1/group": Endpoint(Door.SOURCE),
    "GET /scim/v2/ServiceProviderConfig": Endpoint(Door.SOURCE),
    "GET /scim/v2/Users": Endpoint(Door.SOURCE),
    "POST /scim/v2/Users": Endpoint(Door.SOURCE),
    "GET /scim/v2/Users/{user_id}": Endpoint(Door.SOURCE),
    "PUT /scim/v2/Users/{user_id}": Endpoint(Door.SOURCE),
    "PATCH /scim/v2/Users/{user_id}": Endpoint(Door.SOURCE),
    "DELETE /scim/v2/Users/{user_id}": Endpoint(Door.SOURCE),
    "POST /webhooks/line": Endpoint(Door.SOURCE),
    "POST /webhooks/twilio/status": Endpoint(Door.SOURCE),
    "GET /c/{token}": Endpoint(Door.LINK),
    "POST /c/{token}": Endpoint(Door.LINK),
    "GET /call/{token}": Endpoint(Door.LINK),
    "POST /call/{token}/join": Endpoint(Door.LINK),
    "POST /call/{token}/leave": Endpoint(Door.LINK),
    "GET /p/{token}": Endpoint(Door.LINK),
    "GET /join/{token}": Endpoint(Door.LINK),
    "POST /join/{token}": Endpoint(Door.LINK),
    "GET /line/{nonce}": Endpoint(Door.LINK),
}
"""By method and path as the route is written."""

USUAL: Mapping[Role, Scope] = {
    Role.ASSOCIATE: Scope.SHOP,
    Role.STYLIST: Scope.COMPANY,
    Role.MANAGER: Scope.SHOP,
    Role.HEAD_OFFICE: Scope.COMPANY,
}
"""How far a role reaches where nothing else is said of the person."""


def scope_of(staff: Staff) -> Scope:
    """Return how far somebody's role reaches."""
    return staff.scope or USUAL[staff.role]


def reaches(staff: Staff, shop_id: str, region_of: Callable[[str], str]) -> bool:
    """Return whether a shop is within somebody's scope; `region_of` gives the region of a shop by id, "" for none."""
    scope = scope_of(staff)
    if scope is Scope.COMPANY or shop_id in (staff.shop_id, *staff.helps_shop_ids):
        return True
    if scope is Scope.SHOP:
        return False
    own = region_of(staff.shop_id)
    return own != "" and own == region_of(shop_id)


def leads(staff: Staff) -> bool:
    """Return whether somebody has a manager's say where the scope reaches."""
    return staff.role in (Role.MANAGER, Role.HEAD_OFFICE)
