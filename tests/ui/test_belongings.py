"""What a customer owns, on the profile: written down in a few words, and a new item laid beside it."""

from sync.model.belonging import Belonging
from sync.model.commands_goods import NoteBelonging
from sync.policy.belongings import piece_id
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import CARDIGAN, GINZA, INOUE, MISAKI, NOW, SASAKI

HERS = f"/customers/{SASAKI}?tab=belongings"


def test_what_was_bought_here_stands_there_with_size_and_colour() -> None:
    """From the purchase and the catalogue, without anybody writing it down."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(HERS)
        await screen.sees("お手持ち 1")
        await screen.sees("サイズ M")
        await screen.sees("色 ネイビー")

    drive(steps, FakeDevice())


def test_a_piece_from_elsewhere_is_added() -> None:
    """A name is enough; without one the screen asks for it."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(HERS)
        await screen.tap("伺った品を加える")
        await screen.tap("保存")
        await screen.sees("お品物をご記入ください")
        await screen.type("お品物", "茶の革鞄")
        await screen.type("お手入れ", "防水スプレー")
        await screen.tap("保存")
        await screen.until(lambda: device.commands(NoteBelonging), "kept")
        [command] = device.commands(NoteBelonging)
        assert (command.name, command.care, command.order_id) == ("茶の革鞄", "防水スプレー", None)
        await screen.sees("お手持ち 2")

    drive(steps, device)


def test_more_about_a_purchase_goes_under_its_own_id() -> None:
    """Two tablets that write about the same piece write about one."""
    device = FakeDevice()

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(HERS)
        await screen.tap("追記する")
        await screen.type("お直し", "袖丈 -2cm")
        await screen.tap("保存")
        await screen.until(lambda: device.commands(NoteBelonging), "kept")
        [command] = device.commands(NoteBelonging)
        assert (command.belonging_id, command.order_id) == (piece_id("ord-1", "v-dress-m"), "ord-1")
        await screen.sees("お直し：袖丈 -2cm")

    drive(steps, device)


def test_a_new_item_lies_beside_what_is_owned() -> None:
    """Both with size and colour; of the new one how many are here."""
    device = FakeDevice()
    device.cache.put(
        Belonging(id="b", customer_id=SASAKI, shop_id=GINZA, staff_id=MISAKI, at=NOW, name="白" * 60, size="11")
    )

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}/beside?product={CARDIGAN}")
        await screen.sees("サマーカーディガン")
        await screen.sees("生成り S")
        await screen.sees("サイズ 11")
        await screen.tap("リネンワンピース")
        await screen.sees("色 ネイビー")

    drive(steps, device)


def test_nothing_known_says_what_to_do() -> None:
    """An empty list says where pieces come from."""

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{INOUE}?tab=belongings")
        await screen.sees("当店でのお買い上げは自動で入ります")

    drive(steps, FakeDevice())
