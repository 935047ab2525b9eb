"""DKIM (RFC 6376) by `dkimpy`: who sent a mail, and that nobody changed it."""

from collections.abc import Callable
from pathlib import Path

from sync.errors import BadSetting

Sign = Callable[[bytes], bytes]
"""Takes a whole mail and returns it with its signature in front."""

_SIGNED = (
    "from", "to", "reply-to", "subject", "date", "message-id", "mime-version", "content-type",
    "content-transfer-encoding", "list-unsubscribe", "list-unsubscribe-post", "auto-submitted",
)  # fmt: skip
"""RFC 8058 wants both List-Unsubscribe headers signed: a mail program offers one click only then."""


def signer(key_file: Path, selector: str, domain: str) -> Sign:
    """Return what signs as `domain` with the RSA key in a PEM file.

    The public key is to stand in DNS at `SELECTOR._domainkey.DOMAIN`. Raises BadSetting for a key that cannot be read.
    """
    import dkim  # with all of DNS, which only a house that signs needs

    name = "CLIENTELING_MAIL_DKIM_KEY_FILE"
    try:
        key = key_file.read_bytes()
        dkim.crypto.parse_pem_private_key(key)  # type: ignore[no-untyped-call]
    except OSError as error:
        raise BadSetting(f"{name} is {str(key_file)!r}, which cannot be read: {error.strerror}.") from error
    except dkim.crypto.UnparsableKeyError as error:
        raise BadSetting(f"{name} is {str(key_file)!r}, which is no RSA key in PEM form.") from error

    def sign(raw: bytes) -> bytes:
        there = {line.partition(b":")[0].strip().lower() for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n")}
        headers = [each.encode() for each in _SIGNED if each.encode() in there]
        signature: bytes = dkim.sign(
            raw,
            selector.encode(),
            domain.encode(),
            key,
            canonicalize=(b"relaxed", b"relaxed"),
            include_headers=[*headers, b"from"],  # once more than it is there: another From added later breaks it
        )
        return signature + raw

    return sign
