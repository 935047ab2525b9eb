"""What a message must say besides its words (特定電子メール法, Art. 4): who sends it, and how to make it stop.

The law asks for the sender's legal name and an address or URL for opting out in the message; the postal address and the
contact for complaints may stand behind a labelled link, which a text message uses. It covers mail and SMS; in LINE the
account itself says who it is, and blocking it is the way out; a push stands under the name of the app, and the phone and
the app itself stop it.
"""

from sync.errors import BadField
from sync.model.customer import Channel
from sync.model.shop import RetailerSettings, Shop
from sync.policy.naming import house_name


def mail_footer(retailer: RetailerSettings, shop: Shop, language: str, opt_out_url: str) -> str:
    """Return the footer of a mail. Raises BadField where something the law asks for is missing."""
    _complete(retailer, opt_out_url)
    house = house_name(shop, retailer, language)
    phone = f"  {shop.phone}" if shop.phone else ""
    if language == "ja":
        contact, stop = "お問い合わせ", "配信停止・ご連絡方法の変更"
        colon = "："
    else:
        contact, stop, colon = "Questions and complaints", "Unsubscribe or change how we write to you", ": "
    return "\n".join(
        (
            "-- ",
            f"{house}{phone}",
            retailer.legal_name,
            retailer.postal_address,
            f"{contact}{colon}{retailer.contact}",
            f"{stop}{colon}{opt_out_url}",
        )
    )


def sms_footer(retailer: RetailerSettings, language: str, opt_out_url: str) -> str:
    """Return the last line of a text message. Raises BadField where something the law asks for is missing."""
    _complete(retailer, opt_out_url)
    if language == "ja":
        return f"{retailer.legal_name} 配信停止・お問い合わせ {opt_out_url}"
    return f"{retailer.legal_name}. Stop or contact: {opt_out_url}"


def full_text(
    body: str,
    *,
    channel: Channel,
    retailer: RetailerSettings,
    shop: Shop,
    language: str,
    opt_out_url: str,
    products_url: str = "",
) -> str:
    """Return the text as it goes out and as the preview shows it: one function for both, so that they are the same.

    `products_url` leads to the products of the message, with pictures; empty where it has none.
    """
    body = body.replace("\r\n", "\n").strip()
    if products_url and channel is not Channel.APP:  # a tap on a push opens them; an address in it is nothing to read
        body += f"\n\n{'お品のご案内' if language == 'ja' else 'Chosen for you'}\n{products_url}"
    if channel is Channel.EMAIL:
        return f"{body}\n\n{mail_footer(retailer, shop, language, opt_out_url)}\n"
    if channel is Channel.SMS:
        return f"{body}\n{sms_footer(retailer, language, opt_out_url)}"
    return body


def missing(retailer: RetailerSettings, opt_out_url: str) -> str | None:
    """Return the first field that the law asks of a mail or text message and that is empty; None where all is there."""
    values = {
        "legal_name": retailer.legal_name,
        "postal_address": retailer.postal_address,
        "contact": retailer.contact,
        "opt_out_url": opt_out_url,
    }
    return next((field for field, value in values.items() if not value.strip()), None)


def _complete(retailer: RetailerSettings, opt_out_url: str) -> None:
    field = missing(retailer, opt_out_url)
    if field is not None:
        raise BadField(f"A message by mail or SMS needs the {field} of its sender.", field=field)
