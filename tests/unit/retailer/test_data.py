"""The sample retailer's data hold together: codes, names, addresses, references, consents, ranks."""

import re
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import phonenumbers
import pytest

from sync.policy.membership import check_code, make_code, parse_code
from sync.sandbox.keys import customer_key, public_key_hex
from sync.sandbox.retailer import names
from sync.sandbox.retailer.catalogue import check_digit
from sync.sandbox.retailer.orders import RANKS
from sync.sandbox.retailer.world import World

Rows = Any
Bodies = list[tuple[bytes, list[dict[str, Any]]]]
KATAKANA = re.compile(r"[ァ-ヶー・]+")


@pytest.mark.parametrize(("twelve", "digit"), [("400638133393", "1"), ("490123456789", "4"), ("210000000000", "5")])
def test_check_digits_are_those_of_gs1(twelve: str, digit: str) -> None:
    """The digits agree with codes worked out by hand."""
    assert check_digit(twelve) == digit


def test_jan_codes_are_in_store_codes_and_unique(rows: Rows) -> None:
    """No code can be that of somebody's product: prefix 21 is for use inside one company."""
    codes = [row["jan"] for row in rows("variants")]
    assert len(set(codes)) == 2000
    assert all(code.startswith("21") and code[-1] == check_digit(code[:12]) for code in codes)


def test_readings_are_katakana(rows: Rows) -> None:
    """Every list of names, every customer and every member of staff has a reading in katakana."""
    listed = [kana for _, kana, _ in names.FAMILY] + [kana for _, kana in names.WOMEN + names.MEN]
    listed += [kana for row in names.ABROAD for kana in row[2:]]
    written = [
        row[key] for name in ("customers", "staff") for row in rows(name) for key in ("family_kana", "given_kana")
    ]
    assert [kana for kana in listed + written if not KATAKANA.fullmatch(kana)] == []


def test_lists_of_names_hold_no_name_twice() -> None:
    """A name has one reading in the lists, and there are enough of them."""
    for listed, least in ((names.FAMILY, 120), (names.WOMEN + names.MEN, 155)):
        assert len({row[0] for row in listed}) == len(listed) >= least


def test_names_that_are_hard_to_write_occur(rows: Rows) -> None:
    """Variant kanji, one outside the basic plane, and names in Latin, Hangul and Chinese with English as language."""
    customers = rows("customers")
    families = Counter(row["family_name"] for row in customers)
    assert all(families[name] for name in ("髙橋", "山﨑", "渡邊"))
    assert any(families[name] for name in ("𠮷野", "𠮷田"))
    abroad = "".join(row["family_name"] for row in customers if row["language"] == "en")
    assert 40 < sum(row["language"] == "en" for row in customers) < 90
    assert re.search("[A-Za-z]", abroad)
    assert re.search("[가-힣]", abroad)
    assert re.search("[王李張陳]", abroad)


def test_addresses_are_nobodys_and_no_two_customers_share_one(rows: Rows) -> None:
    """Telephones are valid Japanese mobile numbers, mail goes to example domains, LINE ids are U and 32 digits; only a
    web account shares the telephone of its owner's card."""
    cards = [row for row in rows("customers") if row["member_number"]]
    accounts = [row for row in rows("customers") if not row["member_number"]]
    for key in ("member_number", "user_id", "phone", "email", "line_user_id"):
        values = [row[key] for row in cards if row[key]]
        assert len(set(values)) == len(values)
    phones = [row["phone"] for row in cards if row["phone"]]
    for phone in phones:
        number = phonenumbers.parse(phone, "JP")
        assert phonenumbers.number_type(number) == phonenumbers.PhoneNumberType.MOBILE
    assert 10 <= sum(phone.endswith("0000") for phone in phones) <= 30
    mails = [row["email"] for row in cards + accounts if row["email"]]
    assert all(re.fullmatch(r"[a-z0-9._-]+@(mail\.)?example\.(jp|com)", mail) for mail in mails)
    lines = [row["line_user_id"] for row in cards if row["line_user_id"]]
    assert all(re.fullmatch("U[0-9a-f]{32}", line) for line in lines)
    assert 0.55 < len(lines) / len(cards) < 0.65
    assert len(accounts) >= 4
    assert {row["phone"] for row in accounts} <= set(phones)
    assert not {row["email"] for row in accounts} & {row["email"] for row in cards}


def test_what_is_referred_to_exists(rows: Rows, bodies: Bodies) -> None:
    """Shops, staff, products, variants and customers of every file and event are among those that are imported."""
    shops = {row["code"] for row in rows("shops")}
    staff = {row["code"] for row in rows("staff")}
    products = {row["code"] for row in rows("products")}
    skus = {row["sku"]: row["product_code"] for row in rows("variants")}
    members = {row["member_number"] for row in rows("customers") if row["member_number"]}
    users = {row["user_id"] for row in rows("customers")}
    assert set(skus.values()) == products
    for name in ("stock", "shifts", "appointments", "visits", "interactions", "messages", "contacts", "consents"):
        for row in rows(name):
            assert row.get("shop_code", "ginza") in shops
            assert row.get("staff_code", "") in staff | {""}
            assert row.get("sku", next(iter(skus))) in skus
            assert row.get("member_number", next(iter(members))) in members
            assert set(row.get("product_codes", "").split("|")) <= products | {""}
    for _, batch in bodies:
        for event in batch:
            properties = event.get("properties", {})
            assert event.get("userId", next(iter(users))) in users
            assert properties.get("affiliation", "web") in shops
            assert properties.get("staff_code", "G01") in staff
            for piece in properties.get("products", [properties] if "sku" in properties else []):
                assert skus[piece["sku"]] == piece["product_id"]


def test_totals_are_those_of_the_lines(bodies: Bodies) -> None:
    """An order's total is the sum of its lines, and staff sold in shops only."""
    for _, batch in bodies:
        for event in batch:
            if event.get("event") == "Order Completed":
                bought = event["properties"]
                assert bought["total"] == sum(piece["price"] * piece["quantity"] for piece in bought["products"]) > 0
                assert ("staff_code" in bought) == (bought["affiliation"] != "web")


def test_ranks_and_points_follow_from_purchases(world: World) -> None:
    """A rank is that of what was spent; points are at most one for 100 yen."""
    spent: Counter[str] = Counter()
    for order in world.orders:
        if not order.refunded:
            spent[order.customer.user_id] += order.total
    for customer in world.customers:
        total = spent[customer.user_id]
        assert customer.rank == next(rank for rank, least in RANKS if total >= least)
        assert 0 <= customer.points <= total // 100
    assert Counter(customer.rank for customer in world.customers).keys() == {rank for rank, _ in RANKS}


def test_nobody_was_written_to_without_consent(world: World) -> None:
    """Past relationship and campaign messages went out on channels that were granted then, to addresses that exist."""
    granted = {(c.customer.user_id, c.channel, c.purpose) for c in world.consents if c.state == "granted"}
    for letter in world.letters:
        address = {"line": letter.customer.line, "sms": letter.customer.phone, "email": letter.customer.email}
        assert address[letter.channel]
        if letter.direction == "out" and letter.cause not in ("reply", "alteration_ready"):
            purpose = "campaign" if letter.cause == "campaign" else "relationship"
            assert (letter.customer.user_id, letter.channel, purpose) in granted


def test_about_one_in_seven_refused_and_most_share_their_online_history(world: World) -> None:
    """The ledger has the shares that the demo promises."""
    asked = [c for c in world.consents if c.purpose == "relationship"]
    assert 0.1 < sum(c.state == "refused" for c in asked) / len(asked) < 0.2
    history = [c for c in world.consents if c.purpose == "online_history" and c.state == "granted"]
    assert 0.65 < len(history) / 3000 < 0.75


def test_staff_share_names_draft_only_and_help_out(rows: Rows) -> None:
    """Two Takahashi at Ginza, part-timers who may only draft, a helper who works at Ginza today, PINs of six digits."""
    staff = rows("staff")
    ginza = [row["family_name"] + row["given_name"] for row in staff if row["shop_code"] == "ginza"]
    assert {"髙橋美咲", "高橋健"} <= set(ginza)
    assert sum(row["may_send"] == "false" for row in staff) == 2
    assert all(re.fullmatch(r"\d{6}", row["pin"]) for row in staff)
    assert len({row["pin"] for row in staff}) == 15
    helper = next(row for row in staff if row["helps_shop_codes"] == "ginza")
    today = {row["staff_code"]: row["shop_code"] for row in rows("shifts") if row["starts_at"].startswith("2026-11-22")}
    assert today[helper["code"]] == "ginza" != helper["shop_code"]
    assert {row["code"] for row in staff if row["shop_code"] == "ginza"} <= today.keys()


def test_shifts_cover_the_past_week_and_the_next_two(rows: Rows) -> None:
    """Everybody works some days and nobody every day; nobody works twice on one day."""
    days = Counter((row["staff_code"], row["starts_at"][:10]) for row in rows("shifts"))
    assert max(days.values()) == 1
    worked = Counter(code for code, _ in days)
    assert len(worked) == 15
    assert all(8 <= count <= 18 for count in worked.values())
    assert (min(day for _, day in days), max(day for _, day in days)) == ("2026-11-15", "2026-12-06")


def test_phones_and_files_derive_the_same_keys(rows: Rows) -> None:
    """A code signed with the key that a phone derives is valid under the public key that the files gave out."""
    world_seed, retailer = 11, int(rows("retailer")[0]["number"])
    row = next(row for row in rows("customers") if row["member_number"])
    app, key = customer_key(world_seed, row["member_number"])
    assert (app, public_key_hex(key)) == (row["app_id"], row["app_public_key"])
    now = datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
    code = parse_code(make_code(key, retailer, app, now))
    assert check_code(code, retailer=retailer, public_key=row["app_public_key"], now=now) == "valid"
    assert len({customer_key(seed, number)[0] for seed in (1, 2) for number in ("1", "2")}) == 4
