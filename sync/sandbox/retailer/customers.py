"""Three thousand customers: who they are, where they belong, how they are reached and what they consented to."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from sync.sandbox.keys import app_token, customer_key, public_key_hex
from sync.sandbox.retailer.catalogue_words import SHOES
from sync.sandbox.retailer.names import Name, draw_name
from sync.sandbox.retailer.organisation import ON_THE_FLOOR, SHOPS
from sync.sandbox.retailer.world import WEB, Consent, Customer, World, moment

CUSTOMERS = 3000
HISTORY_DAYS = 730
"""How far back orders go."""

_ORDERS = ((0, 5), (1, 37), (2, 20), (3, 13), (4, 8), (5, 5), (7, 5), (10, 4), (14, 2), (20, 1))
"""How many orders in two years, and how many customers in a hundred have so many."""

LIKES = (
    "リネン", "シルク", "カシミヤ", "ネイビー", "モノトーン", "アースカラー", "淡い色", "きれいめ", "ゆったり", "無地", "柄もの", "ワンピース派", "パンツ派", "かかとの低い靴", "小さめのバッグ", "長く着られるもの", "軽いもの", "洗えるもの",
)  # fmt: skip
DISLIKES = (
    "ウール", "ちくちくする素材", "丈の短いもの", "体の線が出るもの", "ハイヒール", "明るい色", "大きな柄", "重いもの", "試着を急かされること",
)  # fmt: skip

WORDING = {
    "relationship": "担当スタッフからのご連絡を受け取ります。",
    "campaign": "新作やご優待のお知らせを受け取ります。",
    "online_history": "接客のため、オンラインストアでご覧の商品をスタッフが確認することに同意します。",
    "all": "KAZAMIからのご連絡を受け取りません。",
}
WORDING_VERSION = "2024-10"


class Addresses:
    """Hands out telephone numbers, mail addresses and LINE ids that no two customers share."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._taken: set[str] = set()

    def phone(self, *, fails: bool = False) -> str:
        """Return a Japanese mobile number in E.164; the text-message stand-in refuses those that end in 0000."""
        while True:
            prefix = self._random.choices(("90", "80", "70"), (5, 4, 2))[0]
            head = self._random.randint(1000, 9999)
            tail = 0 if fails else self._random.randint(1, 9999)
            number = f"+81{prefix}{head}{tail:04d}"
            if number not in self._taken:
                self._taken.add(number)
                return number

    def email(self, family: str, given: str) -> str:
        """Return an address made of a name in Latin letters, under a domain that RFC 2606 or JPRS keeps for examples."""
        while True:
            local = self._random.choice(
                (
                    f"{given}.{family}",
                    f"{family}.{given}",
                    f"{given}{self._random.randint(1, 99)}",
                    f"{given}_{family[0]}",
                )
            )
            if local in self._taken:
                local += str(self._random.randint(10, 9999))
            if local not in self._taken:
                self._taken.add(local)
                return f"{local}@{self._random.choice(('example.jp', 'example.com', 'mail.example.jp'))}"

    def line(self) -> str:
        """Return a LINE user id: U and 32 hexadecimal digits."""
        return f"U{self._random.getrandbits(128):032x}"


def make_customers(world: World) -> Addresses:
    """Fill the world's customers; return the addresses, for cases that need more of them."""
    random = world.random("customers")
    addresses = Addresses(world.random("addresses"))
    number = 10_020_000
    for index in range(CUSTOMERS):
        number += random.randint(3, 41)
        world.customers.append(_customer(world, random, addresses, str(number), index))
    return addresses


def _customer(world: World, random: Random, addresses: Addresses, number: str, index: int) -> Customer:
    name: Name = draw_name(random)
    home = random.choices([shop.code for shop in SHOPS], [shop.weight for shop in SHOPS])[0]
    shops_online = home == WEB or random.random() < 0.45
    orders = random.choices([many for many, _ in _ORDERS], [weight for _, weight in _ORDERS])[0]
    if random.random() < 0.45 or orders >= 10:
        joined = world.today - timedelta(days=random.randint(HISTORY_DAYS, 2900))
    else:
        joined = world.today - timedelta(days=random.randint(1, HISTORY_DAYS - 1))
    channels = _channels(random, addresses, name, shops_online, fails=index % 210 == 57)
    staff = ON_THE_FLOOR[home]
    born = date(1960, 1, 1) + timedelta(days=random.randint(0, 16000))
    return Customer(
        number=number,
        user_id=f"kz{random.getrandbits(40):010x}",
        family=name.family,
        given=name.given,
        family_kana=name.family_kana,
        given_kana=name.given_kana,
        language=name.language,
        phone=channels["sms"],
        email=channels["email"],
        line=channels["line"],
        birthday=f"{born:%m-%d}" if random.random() < 0.62 else "",
        joined=joined,
        home=home,
        charge=random.choice(staff) if staff and orders >= 2 and random.random() < 0.7 else "",
        preferred=_preferred(random, channels),
        pace=random.choices(("", "active", "modest", "quiet"), (52, 12, 30, 6))[0],
        sizes=draw_sizes(random) if random.random() < 0.7 else {},
        likes=tuple(random.sample(LIKES, random.choice((0, 0, 1, 2, 2, 3)))),
        dislikes=tuple(random.sample(DISLIKES, random.choice((0, 0, 0, 1)))),
        orders=orders,
        shops_online=shops_online,
    )


def _channels(random: Random, addresses: Addresses, name: Name, shops_online: bool, fails: bool) -> dict[str, str]:
    line = addresses.line() if random.random() < 0.6 else ""
    phone = addresses.phone(fails=fails) if fails or random.random() < 0.88 else ""
    wants_mail = shops_online or random.random() < 0.55 or not (line or phone)
    email = addresses.email(*name.latin) if wants_mail else ""
    return {"line": line, "sms": phone, "email": email}


def _preferred(random: Random, channels: dict[str, str]) -> str:
    has = [channel for channel, address in channels.items() if address]
    if random.random() < 0.35:
        return ""
    return random.choices(has, [{"line": 6, "email": 3, "sms": 1}[channel] for channel in has])[0]


def draw_sizes(random: Random) -> dict[str, str]:
    tops = random.choices(("S", "M", "L"), (3, 5, 2))[0]
    bottoms = tops if random.random() < 0.75 else random.choice(("S", "M", "L"))
    sizes = {"tops": tops, "bottoms": bottoms}
    if random.random() < 0.7:
        sizes["shoes"] = random.choices(SHOES, (1, 3, 4, 3, 1))[0]
    return sizes


def make_consents(world: World) -> None:
    """Fill the ledger: asked at joining, mostly granted; about one in seven refused. Cases tell their own."""
    random = world.random("consents")
    for customer in world.customers:
        if not customer.told and customer.number:
            world.consents.extend(_asked(random, customer))


def _asked(random: Random, customer: Customer) -> Iterator[Consent]:
    at = moment(customer.joined, random.randint(11, 19), random.randint(0, 59))
    reached = {"line": customer.line, "sms": customer.phone, "email": customer.email}
    for channel, address in reached.items():
        if not address or random.random() < 0.12:
            continue
        keeps_away = random.random() < 0.15
        yield Consent(customer, channel, "relationship", "refused" if keeps_away else "granted", at)
        if random.random() < 0.8:
            declines = keeps_away or random.random() < 0.18
            yield Consent(customer, channel, "campaign", "refused" if declines else "granted", at)
    if random.random() < 0.85:
        yield Consent(customer, "", "online_history", "granted" if random.random() < 0.82 else "refused", at)


def make_apps(world: World) -> None:
    """Give one ordinary customer in nine notifications of the app, most of them with her consent, some as what she likes
    best; and the one whose shoes are due again. Drawn after all else and from a source of its own: nobody's history is
    another one for it."""
    random = world.random("apps")
    (fan,) = (case.customer for case in world.cases if case.code == "due_again" and case.listed)
    for customer in world.customers:
        likes = customer is fan
        if not likes and (customer.told or not customer.number or random.random() >= 1 / 9):
            continue
        likes = likes or random.random() < 0.3
        customer.app_token = app_token(world.seed, customer.number)
        customer.preferred = "app" if likes else customer.preferred
        at = moment(customer.joined, random.randint(11, 19), random.randint(0, 59))
        for purpose, declining in (("relationship", 0.15), ("campaign", 0.3)):
            declines = not likes and random.random() < declining
            world.consents.append(Consent(customer, "app", purpose, "refused" if declines else "granted", at))


def everything_granted(world: World, customer: Customer) -> None:
    """Record that she granted every purpose on every channel she has, and her online history, when she joined."""
    at = moment(customer.joined, 14, 10)
    for channel, address in (("line", customer.line), ("sms", customer.phone), ("email", customer.email)):
        if address:
            world.consents += [
                Consent(customer, channel, purpose, "granted", at) for purpose in ("relationship", "campaign")
            ]
    world.consents.append(Consent(customer, "", "online_history", "granted", at))


def domestic(phone: str) -> str:
    """Return an E.164 number of Japan as it is written there, 090-1234-5678; this is how tills export it."""
    if not phone.startswith("+81"):
        return phone
    return f"0{phone[3:5]}-{phone[5:9]}-{phone[9:]}"


def customer_rows(world: World) -> list[dict[str, Any]]:
    """Return the rows of customers.csv. Every member has an app whose key is derived from her number.

    Web accounts come first, so that what a card says of its holder stands where both speak of one person.
    """
    rows: list[dict[str, Any]] = []
    for customer in sorted(world.customers, key=lambda customer: bool(customer.number)):
        row: dict[str, Any] = {
            "member_number": customer.number,
            "user_id": customer.user_id,
            "line_user_id": customer.line,
            "app_token": customer.app_token,
            "family_name": customer.family,
            "given_name": customer.given,
            "family_kana": customer.family_kana,
            "given_kana": customer.given_kana,
            "phone": domestic(customer.phone),
            "email": customer.email,
            "language": customer.language,
        }
        if customer.number:
            app, key = customer_key(world.seed, customer.number)
            row |= {
                "birthday": customer.birthday,
                "anniversary": customer.anniversary,
                "rank": customer.rank,
                "points": customer.points,
                "points_expire_on": customer.points_expire_on,
                "member_since": customer.joined,
                "home_shop_code": customer.home,
                "person_in_charge_code": customer.charge,
                "preferred_channel": customer.preferred,
                "pace": customer.pace,
                "sizes": customer.sizes,
                "likes": customer.likes,
                "dislikes": customer.dislikes,
                "app_id": app,
                "app_public_key": public_key_hex(key),
            }
        rows.append(row)
    return rows


def consent_rows(world: World) -> list[dict[str, Any]]:
    """Return the rows of consents.csv."""
    return [
        {
            "member_number": consent.customer.number,
            "channel": consent.channel,
            "purpose": consent.purpose,
            "state": consent.state,
            "at": consent.at,
            "wording": WORDING[consent.purpose],
            "wording_version": WORDING_VERSION,
        }
        for consent in world.consents
    ]
