"""Settings, all from the environment with the prefix `CLIENTELING_` (or a `.env` file)."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from sync.errors import BadSetting

_WEB = r"^(https?://[^\s/?#]+[^\s?#]*)?$"
_MAIL = r"^([^@\s<>]+@[A-Za-z0-9.-]+)?$"
_DOMAIN = r"^[A-Za-z0-9.-]*$"
_COLOUR = r"^(#[0-9A-Fa-f]{6})?$"
_MEANT = {
    _COLOUR: "allowed is a colour such as #7A1F3D",
    _WEB: "allowed is an address such as https://shop.example.jp, without a query",
    _MAIL: "allowed is a mail address such as shop@example.jp",
    _DOMAIN: "allowed is a domain such as reply.example.jp",
}


class _Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CLIENTELING_", env_file=".env", extra="ignore")

    data: Path = Field(default=Path("data"), description="Folder for everything this process keeps.")
    clock_file: Path | None = Field(default=None, description="Only for the demo: a file that shifts the clock.")
    log_level: str = Field(default="INFO", pattern="^(DEBUG|INFO|WARNING|ERROR)$", description="How much is logged.")


class ServerSettings(_Settings):
    """Settings of `clienteling server` and `clienteling worker`."""

    host: str = Field(default="127.0.0.1", description="Address the server listens on.")
    port: int = Field(default=8552, ge=0, le=65535, description="Port the server listens on; 0 takes a free one.")
    database_url: str = Field(
        default="",
        repr=False,
        description="SQLAlchemy URL; empty means an SQLite file below CLIENTELING_DATA.",
    )
    public_url: str = Field(
        default="", pattern=_WEB, description="How customers and providers reach this server, e.g. https://..."
    )
    embedded_worker: bool = Field(
        default=True, description="Run the worker inside the server process (SQLite needs it)."
    )
    workers: int = Field(
        default=1, ge=1, le=64, description="Server processes of this host; more than 1 needs PostgreSQL."
    )
    database_connections: int = Field(
        default=40, ge=4, le=1000, description="Most connections that one process opens to the database."
    )
    metrics_port: int = Field(default=0, ge=0, le=65535, description="Port for Prometheus metrics; 0 gives none.")
    metrics_host: str = Field(default="127.0.0.1", description="Address of the metrics; never a public one.")
    otlp_url: str = Field(
        default="", pattern=_WEB, description="OpenTelemetry collector that traces go to; empty sends none."
    )
    trace_share: float = Field(default=1.0, gt=0, le=1, description="Share of requests that are traced.")
    secret: SecretStr = Field(
        default=SecretStr(""),
        description="Signs links to customers and seals what they send; made and kept where empty.",
    )

    forgotten_file: Path | None = Field(
        default=None,
        description="List of forgotten customers, outside what a backup puts back; empty means a file beside CLIENTELING_DATA.",
    )
    retention: Path | None = Field(
        default=None, description="The house's own retention rules, a TOML file; without one, those that ship."
    )
    scim_token: SecretStr = Field(
        default=SecretStr(""),
        description="Bearer token of the identity provider that makes staff accounts (SCIM); without one there is no SCIM.",
    )

    playbook: Path | None = Field(
        default=None, description="The house's own playbook, a TOML file; without one, that which ships."
    )
    tombstone_days: int = Field(
        default=90,
        ge=1,
        description="Days for which the feed says that a record is gone; a tablet away longer starts over.",
    )

    audit_anchor_file: Path | None = Field(
        default=None,
        description="File that heads of the audit's chain are added to, best on another host; empty means one below"
        " CLIENTELING_DATA, or none where there is a URL.",
    )
    audit_anchor_url: str = Field(
        default="", pattern=_WEB, description="Prefix under which heads are put into an object store (HTTP PUT)."
    )
    audit_anchor_token: SecretStr = Field(
        default=SecretStr(""), description="Bearer token for the object store, where it asks for one."
    )
    audit_anchor_minutes: float = Field(default=10, gt=0, description="How often the worker anchors the audit's chain.")
    lease_hours: float = Field(
        default=72,
        ge=1,
        le=720,
        description="Hours for which a tablet without contact opens its customers; then they stay shut until the next.",
    )

    attachment_mb: int = Field(
        default=10, ge=1, le=50, description="Most megabytes of one picture or file in a reply that is kept."
    )
    attachments_mb: int = Field(
        default=20, ge=1, le=100, description="Most megabytes that are kept of all attachments of one reply together."
    )
    attachment_days: int = Field(
        default=365, ge=1, description="Days for which attachments of replies are kept; then they are removed."
    )

    segment_write_key: SecretStr = Field(default=SecretStr(""), description="Write key that Segment-spec clients send.")

    line_api: str = Field(
        default="https://api.line.me", pattern=_WEB, description="Base URL of the LINE Messaging API."
    )
    line_data_api: str = Field(
        default="https://api-data.line.me", pattern=_WEB, description="Base URL of LINE's content (pictures, files)."
    )
    line_dialog: str = Field(
        default="https://access.line.me", pattern=_WEB, description="Base URL of LINE's account link."
    )
    line_chat: str = Field(
        default="https://line.me/R/oaMessage",
        pattern=_WEB,
        description="Base URL of LINE's address that opens the chat with an account, a text in its field.",
    )
    line_basic_id: str = Field(
        default="",
        pattern=r"^(@[A-Za-z0-9._-]+)?$",
        description="Basic id of the LINE account, e.g. @elm; with it a customer can link her own at the tablet.",
    )
    line_channel_token: SecretStr = Field(default=SecretStr(""), description="Channel access token.")
    line_channel_secret: SecretStr = Field(default=SecretStr(""), description="Channel secret: verifies webhooks.")
    line_per_second: float = Field(default=200, gt=0, description="Most LINE messages a second that a worker sends.")
    line_reserve_percent: float = Field(
        default=10, ge=0, le=100, description="Share of LINE's monthly quota that is kept for service messages."
    )

    twilio_api: str = Field(default="https://api.twilio.com", pattern=_WEB, description="Base URL of Twilio's API.")
    twilio_account_sid: str = Field(default="", description="Account SID.")
    twilio_auth_token: SecretStr = Field(default=SecretStr(""), description="Auth token: signs callbacks too.")
    twilio_from: str = Field(default="", description="Sender id or number of text messages.")
    sms_per_second: float = Field(default=20, gt=0, description="Most text messages a second that a worker sends.")

    app_name: str = Field(
        default="", description="What the house's app is called on a phone; empty means as the brand is."
    )
    fcm_api: str = Field(
        default="https://fcm.googleapis.com", pattern=_WEB, description="Base URL of Firebase Cloud Messaging."
    )
    fcm_account_file: Path | None = Field(
        default=None,
        description="JSON file with the Firebase project's service account key; empty means that no app is written to.",
    )
    push_per_second: float = Field(default=200, gt=0, description="Most pushes a second that a worker sends.")

    smtp_host: str = Field(default="127.0.0.1", description="Mail relay.")
    smtp_port: int = Field(default=25, ge=1, le=65535, description="Mail relay's port.")
    smtp_user: str = Field(default="", description="Mail relay's user, where it asks for one.")
    smtp_password: SecretStr = Field(default=SecretStr(""), description="Mail relay's password.")
    smtp_starttls: bool = Field(
        default=True, description="Encrypt to the mail relay (off only for one on this machine)."
    )
    mail_per_second: float = Field(default=50, gt=0, description="Most mails a second that a worker sends.")
    mail_from: str = Field(default="", pattern=_MAIL, description="Address that mail is sent from.")
    mail_dkim_key_file: Path | None = Field(
        default=None, description="PEM file of the RSA key that signs mail (DKIM); empty signs none."
    )
    mail_dkim_selector: str = Field(
        default="clienteling",
        pattern=r"^[A-Za-z0-9._-]+$",
        description="DKIM selector under which DNS has the public key.",
    )
    mail_inbound_host: str = Field(default="127.0.0.1", description="Address where replies by mail are taken in.")
    mail_inbound_port: int = Field(default=0, ge=0, le=65535, description="Port for replies by mail; 0 takes none.")
    mail_reply_domain: str = Field(
        default="", pattern=_DOMAIN, description="Domain of Reply-To addresses that route here."
    )


class TabletSettings(_Settings):
    """Settings of `clienteling tablet`."""

    host: str = Field(default="127.0.0.1", description="Address the app listens on.")
    port: int = Field(default=8550, ge=0, le=65535, description="Port the app listens on.")
    server_url: str = Field(default="http://127.0.0.1:8552", pattern=_WEB, description="The server to sync with.")
    device_name: str = Field(default="tablet", description="What managers see this device called.")
    serial: str = Field(default="", max_length=80, description="This device's serial number, for codes bound to it.")
    enrol_code: SecretStr = Field(
        default=SecretStr(""), description="One-time code, or all that its QR code says, for the first start."
    )
    new_browsers: str = Field(
        default="manager",
        pattern="^(manager|free)$",
        description="On a shop host, who lets new browsers in after the first: a manager's PIN, or nobody needs to.",
    )
    key_file: Path | None = Field(default=None, description="The device's own key; keep it outside CLIENTELING_DATA.")
    language: str = Field(default="ja", pattern="^(ja|en)$", description="Language of the first screen.")
    brand_colour: str = Field(
        default="",
        pattern=_COLOUR,
        description="The brand's colour, e.g. #7A1F3D: all that can be tapped takes its hue; empty is the house's navy.",
    )
    idle_minutes: int = Field(
        default=2, ge=1, le=15, description="Minutes without a touch after which the screen is covered."
    )
    badge_minutes: int = Field(
        default=15,
        ge=0,
        le=60,
        description="Minutes after the last touch in which the badge uncovers the screen; then it takes the PIN.",
    )
    session_hours: int = Field(
        default=12, ge=1, le=24, description="Hours after which a person has to sign in anew, whatever was done."
    )
    tablet_url: str = Field(
        default="",
        pattern=_WEB,
        description="How browsers reach this app, e.g. https://...; empty means by host and port.",
    )
    oidc_issuer: str = Field(
        default="",
        pattern=_WEB,
        description="The company's identity provider (OpenID Connect) for head office and stylists; empty asks none.",
    )
    oidc_client_id: str = Field(default="", description="This app's client id at the identity provider.")
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""),
        description="This app's secret there; empty for a public client (PKCE is used either way).",
    )
    oidc_scope: str = Field(default="openid profile", description="Scopes that are asked of the identity provider.")
    oidc_claim: str = Field(
        default="preferred_username",
        pattern=r"^[A-Za-z_][\w:/.-]*$",
        description="Claim of the ID token that holds the code of the member of staff.",
    )
    oidc_ask_again: bool = Field(
        default=True,
        description="The identity provider asks for the password at every sign-in, since browsers in shops are shared.",
    )
    oidc_roles: str = Field(
        default="stylist,head_office",
        pattern=r"^(associate|stylist|manager|head_office)(,(associate|stylist|manager|head_office))*$",
        description="Roles that may sign in with the company's account.",
    )
    scan_faces: str = Field(
        default="staff",
        pattern="^(staff|customer)$",
        description="Who sees the screen while it scans: staff, or the customer too (a counter stand with its front camera):"
        " then a scan only says thank you, and what it found waits for the staff's tap.",
    )
    wedge_suffix: str = Field(default="Enter", description="Key that ends a scan of a keyboard-wedge scanner.")


def _allowed(problem: Mapping[str, Any]) -> str:
    """Return what is allowed; a pattern is said in words."""
    if problem["type"] != "string_pattern_mismatch":
        return str(problem["msg"])
    pattern: str = problem["ctx"]["pattern"]
    choices = re.fullmatch(r"\^\(([\w|]+)\)\$", pattern)
    if choices:
        return "allowed are " + ", ".join(choices[1].split("|"))
    return _MEANT.get(pattern, f"allowed is what matches {pattern}")


S = TypeVar("S", bound=_Settings)


def load(cls: type[S], **overrides: Any) -> S:
    """Read settings from the environment; raise BadSetting that names each wrong one, its value and what is allowed."""
    try:
        return cls(**{name: value for name, value in overrides.items() if value is not None})
    except ValidationError as error:
        lines = []
        for problem in error.errors():
            field = str(problem["loc"][0])
            info = cls.model_fields.get(field)
            secret = info is not None and info.annotation is SecretStr
            value = "(secret)" if secret else repr(problem.get("input"))
            meant = f" ({info.description})" if info is not None and info.description else ""
            lines.append(f"CLIENTELING_{field.upper()} is {value}: {_allowed(problem)}.{meant}")
        raise BadSetting("\n".join(lines)) from error
