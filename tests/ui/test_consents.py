"""The consent ledger on the tablet: who said what, when, where and in which words."""

from datetime import timedelta

from sync.model.customer import Channel, Consent, ConsentPurpose, ConsentState
from tests.ui.fake import FakeDevice
from tests.ui.harness import Screen, drive
from tests.ui.sample import MISAKI, NOW, SASAKI


def test_the_ledger_is_read_from_the_profile() -> None:
    """Each entry with its words and version, who recorded it, and where it came from; the latest first."""
    device = FakeDevice()
    values = {"customer_id": SASAKI, "channel": Channel.SMS, "purpose": ConsentPurpose.RELATIONSHIP}
    device.cache.put(
        Consent(
            id="one", state=ConsentState.GRANTED, at=NOW - timedelta(days=9), source="registration", recorded_by=MISAKI,
            wording="アオバからSMSでご連絡を受け取ることに同意します。", wording_version="registration/2026-11/ja", **values,
        )
    )  # fmt: skip
    device.cache.put(
        Consent(id="two", state=ConsentState.REFUSED, at=NOW - timedelta(days=1), source="preferences", **values)
    )

    async def steps(screen: Screen) -> None:
        await screen.sign_in()
        await screen.go(f"/customers/{SASAKI}")
        await screen.tap("同意の記録")
        await screen.sees("「アオバからSMSでご連絡を受け取ることに同意します。」")
        await screen.sees("ご登録時 · 記録 高橋(美) · 文言 registration/2026-11/ja")
        await screen.sees("お客様の設定ページ")
        await screen.sees("停止をご希望")

    drive(steps, device)
