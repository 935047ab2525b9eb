"""The key of a service account, as it is read from its file."""

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from sync.delivery.google_account import read_account
from sync.errors import BadSetting
from sync.sandbox.fcm_account import PROJECT, new_key, write_account


def test_a_key_as_google_gives_it_out(tmp_path: Path) -> None:
    """Project, address and key are read; the key shows in no representation, and only its owner may read the file."""
    path = tmp_path / "fcm.json"
    write_account(path, new_key(), "http://world")
    account = read_account(path)
    assert (account.project_id, account.token_uri) == (PROJECT, "http://world/fcm/token")
    assert "PRIVATE KEY" not in repr(account)
    assert path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (None, "cannot be read"),
        ({"token_uri": ""}, "token_uri"),
        ({"private_key": "-----BEGIN PRIVATE KEY-----\nsecret\n-----END PRIVATE KEY-----"}, "not an RSA key in PEM"),
        ({"private_key": "elliptic"}, "is not RSA"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, change: dict[str, str] | None, said: str) -> None:
    """The setting and the file are named, nothing of the key is."""
    path = tmp_path / "fcm.json"
    if change is not None:
        write_account(path, new_key(), "http://world")
        if change.get("private_key") == "elliptic":
            key = generate_private_key(SECP256R1())
            change = {"private_key": key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()}
        path.write_text(json.dumps(json.loads(path.read_text()) | change))
    with pytest.raises(BadSetting) as refused:
        read_account(path)
    assert said in str(refused.value)
    assert "CLIENTELING_FCM_ACCOUNT_FILE" in str(refused.value)
    assert "secret" not in str(refused.value)
