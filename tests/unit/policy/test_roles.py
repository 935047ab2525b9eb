"""The table of roles: how far somebody reaches, and that nothing is forgotten in it."""

import pytest

from sync.ids import imported_id
from sync.model.commands import COMMAND
from sync.model.shop import Role, Scope, Staff
from sync.policy import roles
from sync.policy.roles import Right
from sync.server.commands.registry import HANDLERS

REGIONS = {"ginza": "east", "ikebukuro": "east", "umeda": "west", "web": ""}


def somebody(role: Role = Role.ASSOCIATE, scope: Scope | None = None, shop: str = "ginza", *helps: str) -> Staff:
    return Staff(
        id=imported_id("staff", "one"), code="one", family_name="高橋", given_name="美咲", role=role, scope=scope,
        shop_id=shop, helps_shop_ids=helps,
    )  # fmt: skip


def shops_of(staff: Staff) -> set[str]:
    return {shop for shop in REGIONS if roles.reaches(staff, shop, REGIONS.__getitem__)}


def test_how_far_a_role_reaches() -> None:
    """The own shop and those where she helps; a stylist and head office everywhere; a region where that is said."""
    assert shops_of(somebody()) == {"ginza"}
    assert shops_of(somebody(Role.ASSOCIATE, None, "ginza", "umeda")) == {"ginza", "umeda"}
    assert shops_of(somebody(Role.MANAGER)) == {"ginza"}
    assert shops_of(somebody(Role.MANAGER, Scope.REGION)) == {"ginza", "ikebukuro"}
    assert shops_of(somebody(Role.STYLIST, None, "web")) == shops_of(somebody(Role.HEAD_OFFICE)) == set(REGIONS)
    assert shops_of(somebody(Role.MANAGER, Scope.REGION, "web")) == {"web"}, "a shop of no region has no neighbours"
    assert shops_of(somebody(Role.STYLIST, Scope.SHOP)) == {"ginza"}, "what is said of the person counts"


def test_every_command_is_in_the_table() -> None:
    """A new command is refused until somebody says who may run it."""
    types = {model["properties"]["type"]["const"] for model in COMMAND.json_schema()["$defs"].values() if "type" in model.get("properties", {}) and "const" in model["properties"]["type"]}  # fmt: skip
    assert types == HANDLERS.keys()
    assert types == roles.COMMANDS.keys()


@pytest.mark.parametrize("role", Role)
def test_every_role_is_in_every_rule(role: Role) -> None:
    """No role falls between the columns."""
    rules = [*roles.COMMANDS.values(), *(one.rule for one in roles.ENDPOINTS.values() if one.rule is not None)]
    assert {type(rule.right(role)) for rule in rules} == {Right}
    assert role in roles.USUAL


def test_a_scope_that_says_nothing_new_is_not_written() -> None:
    """Records of staff kept by earlier versions stay the same, and so do their tags."""
    assert "scope" not in somebody().to_wire()
    assert somebody(Role.MANAGER, Scope.REGION).to_wire()["scope"] == "region"
