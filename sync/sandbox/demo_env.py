"""The environment in which the demo's server and tablet run: the same settings that a real installation has."""

from collections.abc import Mapping
from pathlib import Path

from sync.sandbox.config import DemoConfig, Folders


def _without_ours(outer: Mapping[str, str]) -> dict[str, str]:
    """Leave out settings of the reader's own installation: the demo must not touch that."""
    kept = {name: value for name, value in outer.items() if not name.upper().startswith("CLIENTELING_")}
    return {**kept, "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}


def _prefixed(settings: Mapping[str, object]) -> dict[str, str]:
    return {f"CLIENTELING_{name.upper()}": str(value) for name, value in settings.items()}


def server_env(config: DemoConfig, folders: Folders, outer: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of `clienteling server`, `import` and `admin`."""
    settings = {
        "data": _absolute(folders.server),
        "clock_file": _absolute(folders.clock),
        "host": config.host,
        "port": config.server_port,
        "database_url": "",
        "public_url": config.server_url,
        "embedded_worker": "true",
        "secret": config.server_secret,
        "segment_write_key": config.segment_write_key,
        "line_api": f"{config.world_url}/line",
        "line_data_api": f"{config.world_url}/line",
        "line_dialog": f"{config.world_url}/line",
        "line_chat": f"{config.world_url}/line/R/oaMessage",
        "line_basic_id": config.line_basic_id,
        "line_channel_token": config.line_channel_token,
        "line_channel_secret": config.line_channel_secret,
        "twilio_api": f"{config.world_url}/twilio",
        "twilio_account_sid": config.twilio_account_sid,
        "twilio_auth_token": config.twilio_auth_token,
        "twilio_from": config.twilio_from,
        "fcm_api": f"{config.world_url}/fcm",
        "smtp_host": config.host,
        "smtp_port": config.smtp_port,
        "smtp_user": "",
        "smtp_password": "",  # nosec B105
        "smtp_starttls": "false",
        "mail_from": config.mail_from,
        "mail_inbound_host": config.host,
        "mail_inbound_port": config.inbound_mail_port,
        "mail_reply_domain": config.mail_reply_domain,
    }
    if folders.fcm_account.is_file():
        settings["fcm_account_file"] = _absolute(folders.fcm_account)
    if folders.playbook.is_file():
        settings["playbook"] = _absolute(folders.playbook)
    return _without_ours(outer) | _prefixed(settings)


def tablet_env(config: DemoConfig, folders: Folders, outer: Mapping[str, str], enrol_code: str = "") -> dict[str, str]:
    """Return the environment of `clienteling tablet`; it reaches the server through the relay only."""
    settings = {
        "data": _absolute(folders.tablet),
        "clock_file": _absolute(folders.clock),
        "host": config.host,
        "port": config.tablet_port,
        "server_url": config.relay_url,
        "device_name": "demo",
        "enrol_code": enrol_code,
        "key_file": _absolute(folders.keys / "device.key"),
        "language": config.language,
        "new_browsers": "free",  # whoever tries it opens many
    }
    return _without_ours(outer) | _prefixed(settings)


def world_env(outer: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the outside world, which reads DATA/demo.json for all else."""
    return _without_ours(outer)


def _absolute(path: Path) -> Path:
    return path.resolve()
