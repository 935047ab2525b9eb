"""The channels that messages go by, as the settings describe them."""

from sync.clock import Clock
from sync.delivery import attached
from sync.delivery.base import Channels
from sync.delivery.email import EmailChannel
from sync.delivery.google_account import read_account
from sync.delivery.line import LineChannel
from sync.delivery.mail_signing import Sign, signer
from sync.delivery.push import PushChannel
from sync.delivery.sms import SmsChannel
from sync.model.customer import Channel
from sync.settings import ServerSettings


def make_channels(settings: ServerSettings, clock: Clock) -> Channels:
    """Return the channels as the settings describe them."""
    return {
        Channel.LINE: LineChannel(
            api=settings.line_api,
            token=settings.line_channel_token.get_secret_value(),
            secret=settings.line_channel_secret.get_secret_value(),
            data_api=settings.line_data_api,
        ),
        Channel.SMS: SmsChannel(
            api=settings.twilio_api,
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token.get_secret_value(),
            sender=settings.twilio_from,
        ),
        Channel.EMAIL: EmailChannel(
            host=settings.smtp_host,
            port=settings.smtp_port,
            mail_from=settings.mail_from,
            clock=clock,
            user=settings.smtp_user,
            password=settings.smtp_password.get_secret_value(),
            starttls=settings.smtp_starttls,
            sign=_sign(settings),
            limits=attachment_limits(settings),
        ),
        Channel.APP: PushChannel(
            api=settings.fcm_api,
            account=read_account(settings.fcm_account_file) if settings.fcm_account_file is not None else None,
            clock=clock,
        ),
    }


def attachment_limits(settings: ServerSettings) -> attached.Limits:
    """Return how large what comes with a reply may be."""
    each, together = settings.attachment_mb, settings.attachments_mb
    return attached.Limits(each * attached.MEGABYTE, together * attached.MEGABYTE)


def _sign(settings: ServerSettings) -> Sign | None:
    if settings.mail_dkim_key_file is None:
        return None
    return signer(settings.mail_dkim_key_file, settings.mail_dkim_selector, settings.mail_from.rpartition("@")[2])
