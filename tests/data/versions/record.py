"""Writes what a release leaves on a tablet and says over the wire, for `tests/integration/client/test_versions.py`.

    python tests/data/versions/record.py tests/data/versions/0.1.0       (with the code of that release on PYTHONPATH)

Everything in it is of the sample people of the tests.
"""

import json
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from fastapi.testclient import TestClient

from sync.identity.match import IdentityResolver
from sync.model.commands import CheckIn, LogInteraction, RegisterCustomer
from sync.policy.playbook import load_playbook
from sync.server.core import Core
from sync.server.database import make_engine
from sync.server.http import web_app
from sync.server.migrate import migrate
from tests.integration.server.devices import HttpDevice, Key, enrolled
from tests.integration.server.people import GINZA, MISAKI, NOON, YUMI, MovableClock, open_shop
from tests.unit.client.build import message, note, world
from tests.unit.client.fake import SHOP

FILES = {"data/cache.db": "cache.db", "data/device.db": "device.db", "keys/device.json": "device.json"}


def tablet(out: Path) -> None:
    """Keep the files of a tablet that went offline with work of every age: answered, unsent, held."""
    with TemporaryDirectory() as folder, world(Path(folder)) as made:
        made.client.submit(note(1), "staff-1")
        assert made.client.sync_once().error is None
        made.server.down = True
        made.clock.advance(minutes=5)
        visit = CheckIn(visit_id="visit-9", customer_id="customer-1", shop_id=SHOP, source="staff")
        newcomer = RegisterCustomer(customer_id="new-1", shop_id=SHOP, family_name="新垣", phone="090-5555-6666")
        for command in (visit, newcomer, note(2), note(3, customer_id="new-1"), message(1)):
            made.client.submit(command, "staff-1")
        made.client.submit(note(4), "staff-2", hold_seconds=10)
        made.client.sync_once()
        made.client.close()
        for source, name in FILES.items():
            shutil.copy(Path(folder) / source, out / name)


def wire(out: Path) -> None:
    """Keep requests and what the server of that release answered."""
    clock = MovableClock()
    with TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/server.db")
        migrate(engine)
        open_shop(engine, clock)
        app = web_app(Core.of(engine, clock, Path(folder), load_playbook(), IdentityResolver()))
        with TestClient(app, base_url="http://server.test") as http:
            key = Key()
            device = HttpDevice(http, clock, enrolled(engine, clock, key), key)
            talk: list[dict[str, Any]] = []

            def ask(method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
                answer = device.call(method, path, **({"json": body} if body is not None else {}))
                assert answer.status_code == 200, answer.text
                talk.append({"method": method, "path": path, "body": body, "answer": answer.json()})
                found: dict[str, Any] = answer.json()
                return found

            first = ask("POST", "/v1/sync/pull", {"epoch": None, "cursor": 0, "limit": 5})
            rest = ask("POST", "/v1/sync/pull", {"epoch": first["epoch"], "cursor": first["cursor"], "limit": 2000})
            said = LogInteraction(interaction_id="note-1", customer_id=YUMI.id, shop_id=GINZA.id, text="紺がお好き")
            envelope = {
                "id": "command-1",
                "seq": 1,
                "staff_id": MISAKI.id,
                "device_time": NOON.isoformat(),
                "command": said.model_dump(mode="json"),
            }
            ask("POST", "/v1/sync/push", {"commands": [envelope]})
            ask("POST", "/v1/sync/pull", {"epoch": rest["epoch"], "cursor": rest["cursor"], "limit": 2000})
            ask("GET", f"/v1/customers/{YUMI.id}")
            ask("GET", "/v1/customers?q=佐藤")
        engine.dispose()
    (out / "wire.json").write_text(json.dumps(talk, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.mkdir(parents=True, exist_ok=True)
    tablet(target)
    wire(target)
