"""DKIM, verified by the library against the public key, over the bytes that crossed the wire."""

import base64
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from sync.delivery.email import EmailChannel
from sync.delivery.mail_signing import signer
from sync.errors import BadSetting
from sync.model.outreach import MessageState
from sync.ports import Acknowledgement
from tests.conformance.channels.sides import FROM, NOON
from tests.conformance.channels.test_requests import LETTER, Relay, relay

__all__ = ["relay"]


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


@pytest.fixture
def key_file(key: rsa.RSAPrivateKey, tmp_path: Path) -> Path:
    path = tmp_path / "dkim.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.TraditionalOpenSSL,
            serialization.NoEncryption(),
        )
    )
    return path


def holds(raw: bytes, key: rsa.RSAPrivateKey) -> bool:
    """Verify as a mail server does, with the record that DNS would give."""
    public = key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)

    def dns(name: bytes, timeout: int = 5) -> bytes:
        return record if name == b"shop1._domainkey.elm.example." else b""

    return bool(dkim.verify(raw, dnsfunc=dns))  # type: ignore[no-untyped-call]


def channel(port: int, key_file: Path) -> EmailChannel:
    return EmailChannel(
        host="127.0.0.1",
        port=port,
        mail_from=FROM,
        clock=lambda: NOON,
        starttls=False,
        sign=signer(key_file, "shop1", "elm.example"),
        timeout=5,
    )


def test_the_signature_holds(relay: tuple[Relay, int], key: rsa.RSAPrivateKey, key_file: Path) -> None:
    """It covers both List-Unsubscribe headers, as one click asks for (RFC 8058); a changed word, link or sender breaks it."""
    handler, port = relay
    assert channel(port, key_file).send(LETTER).state is MessageState.SENT
    raw = handler.got[0].original_content
    assert isinstance(raw, bytes)
    assert holds(raw, key)
    signature = raw.partition(b"\r\nFrom:")[0].lower()
    for name in (b"list-unsubscribe", b"list-unsubscribe-post", b"from", b"reply-to", b"subject"):
        assert name in signature
    assert not holds(raw.replace(b"/c/aaaa", b"/c/aaab"), key)
    assert not holds(raw.replace(b"reply+abc", b"reply+abd"), key)
    assert not holds(b"From: other@elm.example\r\n" + raw, key)
    head, _, body = raw.partition(b"\r\n\r\n")
    assert not holds(head + b"\r\n\r\n" + base64.b64encode(b"other words") + b"\r\n" + body, key)


def test_what_is_said_at_once_is_signed_and_says_that_a_program_wrote_it(
    relay: tuple[Relay, int], key: rsa.RSAPrivateKey, key_file: Path
) -> None:
    """It goes to her own address with an empty envelope sender, so that no program answers; without one, to nobody."""
    handler, port = relay
    mail = channel(port, key_file)
    assert mail.acknowledge(Acknowledgement(text="停止いたしました。", subject="ご連絡の設定", to="hana@example.jp"))
    assert not mail.acknowledge(Acknowledgement(text="停止いたしました。"))
    [envelope] = handler.got
    assert (envelope.mail_from, envelope.rcpt_tos) == ("<>", ["hana@example.jp"])
    raw = envelope.original_content
    assert isinstance(raw, bytes)
    assert b"\r\nAuto-Submitted: auto-replied\r\n" in raw
    assert holds(raw, key)


def test_a_key_that_is_none_is_named_at_the_start(tmp_path: Path) -> None:
    """The worker does not begin to send unsigned."""
    nothing, wrong = tmp_path / "nothing.pem", tmp_path / "wrong.pem"
    wrong.write_text("hello")
    for path in (nothing, wrong):
        with pytest.raises(BadSetting, match="CLIENTELING_MAIL_DKIM_KEY_FILE"):
            signer(path, "shop1", "elm.example")
