"""The demo's service account: a key of its own for every data folder, in a file as Google gives one out."""

import json
from functools import cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

PROJECT = "clienteling-demo"
CLIENT_EMAIL = f"push@{PROJECT}.iam.gserviceaccount.example"
FILE = "fcm.json"


@cache
def new_key() -> str:
    """Return an RSA key in PEM; the same within one process, which makes one demo."""
    key = generate_private_key(public_exponent=65537, key_size=2048)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def public_half(pem: str) -> RSAPublicKey:
    """Return the public half of a key in PEM."""
    key = load_pem_private_key(pem.encode(), None)
    assert isinstance(key, RSAPrivateKey)
    return key.public_key()


def token_uri(world_url: str) -> str:
    """Return where the account gets its access tokens in the outside world at this address."""
    return f"{world_url}/fcm/token"


def write_account(path: Path, pem: str, world_url: str) -> None:
    """Write the account's file; only its owner may read it."""
    account = {
        "type": "service_account",
        "project_id": PROJECT,
        "private_key_id": "demo",
        "private_key": pem,
        "client_email": CLIENT_EMAIL,
        "token_uri": token_uri(world_url),
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(json.dumps(account, indent=1))
