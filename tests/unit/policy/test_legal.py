"""What the law wants in a message, and that the preview is what is sent."""

import pytest

from sync.errors import BadField
from sync.model.customer import Channel
from sync.policy.words import full_text, mail_footer, sms_footer
from tests.unit.policy.build import retailer, shop

URL = "https://c.elm.example/c/abc"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_mail_names_its_sender_and_the_way_out(language: str) -> None:
    """Legal name, postal address, contact for complaints, a labelled opt-out URL, and which shop wrote."""
    footer = mail_footer(retailer(), shop(), language, URL)
    for needed in ("株式会社エルム", "〒104-0061 東京都中央区銀座0-0-0", "info@elm.example", URL):
        assert needed in footer
    label = "配信停止" if language == "ja" else "Unsubscribe"
    assert any(line.startswith(label) and line.endswith(URL) for line in footer.splitlines())
    assert footer.splitlines()[0] == "-- "


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_text_message_names_its_sender_and_the_way_out(language: str) -> None:
    """One line with the legal name and the URL behind which opting out and the rest stand; the URL ends it."""
    footer = sms_footer(retailer(), language, URL)
    assert footer.startswith("株式会社エルム")
    assert footer.endswith(f" {URL}")
    assert "\n" not in footer


@pytest.mark.parametrize("field", ["legal_name", "postal_address", "contact"])
def test_an_incomplete_sender_is_refused_by_name(field: str) -> None:
    """Without one of what the law asks for nothing can be written; the error names the field."""
    incomplete = retailer(**{field: " "})
    with pytest.raises(BadField) as caught:
        mail_footer(incomplete, shop(), "ja", URL)
    assert caught.value.params["field"] == field
    with pytest.raises(BadField, match=field):
        sms_footer(incomplete, "ja", URL)
    with pytest.raises(BadField, match="opt_out_url"):
        sms_footer(retailer(), "ja", "")


def test_the_whole_text_by_channel() -> None:
    """Mail and SMS end with their footers, LINE and a push are the text alone; line ends are those of the text."""

    def text(channel: Channel) -> str:
        return full_text(
            "一行目\r\n二行目\n", channel=channel, retailer=retailer(), shop=shop(), language="ja", opt_out_url=URL
        )

    assert text(Channel.LINE) == text(Channel.APP) == "一行目\n二行目"
    assert text(Channel.SMS) == f"一行目\n二行目\n株式会社エルム 配信停止・お問い合わせ {URL}"
    assert text(Channel.EMAIL) == f"一行目\n二行目\n\n{mail_footer(retailer(), shop(), 'ja', URL)}\n"
