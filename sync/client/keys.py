"""The device's own secret and signing key: one small file, outside the data folder, made at the first start."""

import base64
import hashlib
import json
import os
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from sync.errors import BadSetting
from sync.sealed.box import agreement_key
from sync.sealed.vault import derive
from sync.settings import TabletSettings


@dataclass(frozen=True, repr=False)
class DeviceKeys:
    """What only this device has. Nothing derived from it ever leaves the device but the public key."""

    secret: bytes
    signing: Ed25519PrivateKey

    @property
    def wrapping_key(self) -> bytes:
        """Wraps the keys that the server gives."""
        return derive(self.secret, "wrap")

    @property
    def own_key(self) -> bytes:
        """Seals what this device keeps of its own: unsent commands and its token."""
        return derive(self.secret, "device")

    @property
    def agreement(self) -> X25519PrivateKey:
        """Opens what the server wraps for this device."""
        return agreement_key(self.signing)

    def public_jwk(self) -> dict[str, str]:
        """Return the public key as a JWK (RFC 8037)."""
        raw = self.signing.public_key().public_bytes_raw()
        return {"kty": "OKP", "crv": "Ed25519", "x": base64.urlsafe_b64encode(raw).rstrip(b"=").decode()}


def key_file(settings: TabletSettings) -> Path:
    """Return where the device's key lies: as set, else in the user's configuration folder, one for each data folder."""
    if settings.key_file is not None:
        return settings.key_file
    name = hashlib.sha256(str(settings.data.resolve()).encode()).hexdigest()[:16]
    return _configuration_folder() / "clienteling" / f"device-{name}.json"


def _configuration_folder() -> Path:
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")


def load_keys(path: Path) -> DeviceKeys:
    """Read the device's keys, making them (mode 0600) where there are none. Raise BadSetting for an unusable file."""
    if not path.exists():
        _make(path)
    try:
        kept = json.loads(path.read_text())
        secret, signing = bytes.fromhex(kept["secret"]), bytes.fromhex(kept["ed25519"])
        if len(secret) != 32:
            raise ValueError("the secret is not 32 bytes long")
        return DeviceKeys(secret=secret, signing=Ed25519PrivateKey.from_private_bytes(signing))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadSetting(
            f"CLIENTELING_KEY_FILE is {str(path)!r}, which is not a device key file: restore it, or move it away and enrol anew."
        ) from error


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = json.dumps({"v": 1, "secret": secrets.token_hex(32), "ed25519": secrets.token_hex(32)})
    temporary = path.with_suffix(".new")
    temporary.unlink(missing_ok=True)
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    temporary.replace(path)
