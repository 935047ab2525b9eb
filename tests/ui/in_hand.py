"""What a shop has in hand on a working day, for pictures: slips, promises, holds, and a customer who came back after a letter."""

from datetime import date, timedelta

from sync.model.base import Record
from sync.model.customer import Channel, Visit
from sync.model.holds import Hold, HoldState, HoldWay
from sync.model.outreach import Cause, Message, MessageState, Purpose
from sync.model.promise import Promise, Promised
from sync.model.slip import Slip, SlipKind, SlipState
from tests.ui.sample import GINZA, INOUE, ISHIDA, KOBAYASHI, MINORU, MISAKI, NOW, OMOTE, SASAKI, SUZUKI, WATANABE

TODAY = date(2026, 11, 20)


def in_hand() -> list[Record]:
    """Something of each kind and of most states, of oneself and of colleagues."""
    return [*_slips(), *_promises(), *_holds(), *_came_back()]


def _slips() -> list[Record]:
    def slip(number: int, kind: SlipKind, days: int, customer: str, owner: str, **more: object) -> Slip:
        return Slip.model_validate(
            {
                "id": f"in-hand-slip-{number}", "customer_id": customer, "shop_id": GINZA, "slip_kind": kind,
                "owner_id": owner, "at": NOW - timedelta(days=3), "due_on": TODAY + timedelta(days=days), **more,
            }
        )  # fmt: skip

    return [
        slip(1, SlipKind.ALTERATION, -2, SASAKI, MISAKI, item="紺のリネンワンピース", text="袖丈 −2cm、裾 −1cm"),
        slip(2, SlipKind.COMPLAINT, 0, WATANABE, MINORU),
        slip(3, SlipKind.SPECIAL_ORDER, 4, INOUE, SUZUKI, item="サマーカーディガン 生成り S", state=SlipState.UNDER_WAY),
        slip(4, SlipKind.RETURN, 1, KOBAYASHI, MISAKI, item="リネンワンピース", state=SlipState.READY),
    ]  # fmt: skip


def _promises() -> list[Record]:
    def promise(number: int, customer: str, what: Promised, days: int, owner: str, text: str = "") -> Promise:
        return Promise(
            id=f"in-hand-promise-{number}", customer_id=customer, shop_id=GINZA, what=what, text=text, owner_id=owner,
            due_on=TODAY + timedelta(days=days), made_by=owner, at=NOW - timedelta(days=4),
        )  # fmt: skip

    return [
        promise(1, SASAKI, Promised.ARRIVAL, -1, MISAKI, "紺のM"),
        promise(2, INOUE, Promised.PHOTO, 0, MISAKI),
        promise(3, ISHIDA, Promised.FIND_OUT, 3, MISAKI, "お手入れの方法"),
        promise(4, KOBAYASHI, Promised.PREPARE, -2, SUZUKI, "春物のコート"),
    ]


def _holds() -> list[Record]:
    def hold(
        number: int, way: HoldWay, state: HoldState, customer: str | None, lies: str, wanted: str, days: float
    ) -> Hold:
        return Hold(
            id=f"in-hand-hold-{number}", variant_id="v-dress-m" if number % 2 else "v-card-s", shop_id=lies,
            for_shop_id=wanted, for_customer_id=customer, way=way, state=state, by=MISAKI, at=NOW - timedelta(days=1),
            until=NOW + timedelta(days=days), state_at=NOW - timedelta(hours=20),
        )  # fmt: skip

    return [
        hold(1, HoldWay.KEEP, HoldState.HELD, SASAKI, GINZA, GINZA, 0.2),
        hold(2, HoldWay.SEND, HoldState.ASKED, INOUE, OMOTE, GINZA, 5),
        hold(3, HoldWay.SEND, HoldState.ASKED, None, GINZA, OMOTE, 3),
        hold(4, HoldWay.HOME, HoldState.SENT, KOBAYASHI, OMOTE, GINZA, 4),
        hold(5, HoldWay.KEEP, HoldState.RELEASED, None, GINZA, GINZA, 1),
    ]


def _came_back() -> list[Record]:
    """Inoue came a day ago after a letter in Misaki's name, written by Minoru, and Suzuki received her."""
    at = NOW - timedelta(days=4)
    return [
        Message(
            id="in-hand-letter", customer_id=INOUE, channel=Channel.LINE, cause=Cause.AFTER_PURCHASE,
            purpose=Purpose.RELATIONSHIP, shop_id=GINZA, staff_id=MISAKI, written_by=MINORU,
            state=MessageState.DELIVERED, body="お直しの仕上がりはいかがでしょうか", at=at, sent_at=at, state_at=at,
        ),
        Visit(id="in-hand-visit", customer_id=INOUE, shop_id=GINZA, staff_id=SUZUKI, at=NOW - timedelta(days=1, hours=2)),
    ]  # fmt: skip
