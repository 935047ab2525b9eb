"""From a claimed message to what a channel sends: names, addresses, links, and the whole text.

The text comes from `sync.policy.legal.full_text`, the function the tablet's preview uses, so what staff saw is what goes.
"""

from sync.model.customer import Channel
from sync.policy.legal import full_text
from sync.policy.naming import app_title, line_name, mail_account, work_name
from sync.ports import Claimed, Outgoing


class Composer:
    """Knows how customers and providers reach this server. `public_url` has no slash at its end."""

    def __init__(self, *, public_url: str, mail_reply_domain: str) -> None:
        self._public_url, self._reply_domain = public_url.rstrip("/"), mail_reply_domain

    def __call__(self, claimed: Claimed, idempotency_key: str) -> Outgoing:
        """Return the message as its channel sends it. Raises BadField where its legal footer is not complete."""
        message, language = claimed.message, claimed.language
        opt_out_url = f"{self._public_url}/c/{claimed.opt_out_token}"
        products_url = f"{self._public_url}/p/{claimed.products_token}" if claimed.products_token else ""
        name, account = self._names(claimed)
        mail = message.channel is Channel.EMAIL
        return Outgoing(
            message_id=message.id,
            idempotency_key=idempotency_key,
            to=claimed.to,
            sender_name=name,
            account=account,
            subject=message.subject,
            body=full_text(
                message.body,
                channel=message.channel,
                retailer=claimed.retailer,
                shop=claimed.shop,
                language=language,
                opt_out_url=opt_out_url,
                products_url=products_url,
            ),
            reply_to=f"reply+{claimed.reply_token}@{self._reply_domain}" if mail and self._reply_domain else "",
            opt_out_url=opt_out_url,
            status_url=f"{self._public_url}/webhooks/twilio/status?message={message.id}",
            link=products_url,
        )

    def _names(self, claimed: Claimed) -> tuple[str, str]:
        """Return the person's name, for the shop's messages that of the house or none, and what stands behind it.

        A mail's sender is "NAME / COMPANY SHOP", the company by its legal name (特定電子メール法, Art. 4); in LINE the
        name carries the shop and the account stands behind it by itself, as the app does behind a push.
        """
        staff, shop, retailer, language = claimed.staff, claimed.shop, claimed.retailer, claimed.language
        if claimed.message.channel is Channel.EMAIL:
            name = work_name(staff, language, claimed.colleagues) if staff else ""
            return name, mail_account(shop, retailer, language)
        if claimed.message.channel is Channel.APP:
            return app_title(staff, shop, retailer, language, claimed.colleagues), retailer.app_name
        name = line_name(staff, shop, retailer, language, claimed.colleagues)
        return name, retailer.line_account or retailer.brand
