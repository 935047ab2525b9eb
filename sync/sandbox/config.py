"""What the processes of one demo share: its ports, its secrets and where its folders are. Kept in DATA/demo.json."""

import secrets
from pathlib import Path
from typing import Self

from pydantic import BaseModel, Field

from sync.errors import BadSetting
from sync.sandbox.fcm_account import FILE, new_key


class Folders:
    """Where a demo keeps what, below its data folder."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.config = data / "demo.json"
        self.clock = data / "clock.json"
        self.server = data / "server"
        self.tablet = data / "tablet"
        self.keys = data / "keys"
        self.fcm_account = self.keys / FILE
        self.world = data / "world"
        self.retailer = data / "retailer"
        self.playbook = self.retailer / "playbook.toml"
        self.control = data / "control"
        self.logs = data / "logs"

    def made(self) -> tuple[Path, ...]:
        """Return the folders that a demo makes and may therefore make anew."""
        return self.server, self.tablet, self.keys, self.world, self.retailer, self.control, self.logs


def _secret() -> str:
    return secrets.token_urlsafe(32)


class DemoConfig(BaseModel):
    """One demo. Secrets are random for every data folder, so that nobody can mistake them for real ones."""

    host: str = "127.0.0.1"
    seed: int = 7
    language: str = "ja"
    tablet_port: int = 8550
    world_port: int = 8551
    server_port: int = 8552
    relay_port: int = 0
    """The tablet reaches the server through here; this is the network that can be cut."""
    smtp_port: int = 0
    inbound_mail_port: int = 0
    generated_on: str = ""
    """The day, ISO in Japan, for which the sample retailer was made; empty while there is none."""
    loaded: bool = False
    """True once the sample retailer is in the server whole."""
    enrolled: bool = False
    """True once the tablet has joined and synced."""
    line_channel_token: str = Field(default_factory=_secret, repr=False)
    line_channel_secret: str = Field(default_factory=lambda: secrets.token_hex(16), repr=False)
    line_basic_id: str = "@kazami"
    twilio_account_sid: str = Field(default_factory=lambda: "AC" + secrets.token_hex(16))
    twilio_auth_token: str = Field(default_factory=lambda: secrets.token_hex(16), repr=False)
    twilio_from: str = "CLIENTELING"
    fcm_key: str = Field(default_factory=new_key, repr=False)
    """RSA, PEM: that of the service account by which the server writes to the app."""
    segment_write_key: str = Field(default_factory=_secret, repr=False)
    server_secret: str = Field(default_factory=_secret, repr=False)
    mail_from: str = "shop@clienteling.example"
    mail_reply_domain: str = "reply.clienteling.example"
    undeliverable_suffix: str = "0000"
    """Numbers that end so never receive a text message: the provider reports error 30003 for them."""

    @property
    def tablet_url(self) -> str:
        return f"http://{self.host}:{self.tablet_port}"

    @property
    def world_url(self) -> str:
        return f"http://{self.host}:{self.world_port}"

    @property
    def server_url(self) -> str:
        return f"http://{self.host}:{self.server_port}"

    @property
    def relay_url(self) -> str:
        return f"http://{self.host}:{self.relay_port}"

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read DATA/demo.json; raise BadSetting where it is not there or not readable as one."""
        try:
            return cls.model_validate_json(path.read_bytes())
        except (OSError, ValueError) as error:
            raise BadSetting(f"{path} is not the demo's own file: {type(error).__name__}", path=str(path)) from error

    def write(self, path: Path) -> None:
        """Keep it, replacing the file in one step; only its owner may read it."""
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_suffix(".new")
        temporary.touch(mode=0o600)
        temporary.write_text(self.model_dump_json(indent=1))
        temporary.replace(path)
