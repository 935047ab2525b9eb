"""The two servers of W5, each a process: ours whole, or a bare FastAPI endpoint that makes the same inserts and no more.

python -m tests.bench.sync.push_server ours|bare DATABASE_URL DATA_FOLDER PORT
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI
from sqlalchemy import Engine, insert, select, update

from sync import logs, rubbish
from sync.protocol import PushRequest
from sync.server.app import create_app
from sync.server.database import make_engine, transaction
from sync.server.tables import changes, command_log, feed_state, interactions
from sync.server.tables_audit import audit
from sync.settings import ServerSettings
from tests.bench.sync.workload import SHOP


def bare_app(engine: Engine) -> FastAPI:
    """Return an endpoint that takes the same body, and in one transaction a request writes the same rows.

    It looks up the commands that it has answered already, as a replay has to be told, and nothing else: not who sends it,
    whether the customer is there, or what it may do.
    """
    app = FastAPI()
    sqlite = engine.dialect.name == "sqlite"

    @app.post("/v1/sync/push")
    def push(asked: PushRequest) -> dict[str, Any]:
        now = datetime.now(UTC)
        with transaction(engine) as conn:
            ids = [one.id for one in asked.commands]
            known = set(conn.scalars(select(command_log.c.id).where(command_log.c.id.in_(ids))))
            head = conn.scalar(select(feed_state.c.head)) or 0 if sqlite else 0
            fresh = [one for one in asked.commands if one.id not in known]
            for number, one in enumerate(fresh, head + 1):
                note = one.command.model_dump(mode="json") | {"id": one.id}
                customer_id = one.command.customer_id
                conn.execute(
                    insert(interactions).values(
                        id=one.id, customer_id=customer_id, v=1, data=note, shop_id=SHOP, staff_id=one.staff_id, at=now
                    )
                )
                entry = {"scope": f"shop:{SHOP}", "kind": "interaction", "record_id": one.id, "deleted": False}
                place = {"seq": number} if sqlite else {}
                conn.execute(insert(changes).values(**entry, customer_id=customer_id, at=now, **place))
                conn.execute(
                    insert(audit).values(at=now, what="log_interaction", staff_id=one.staff_id, customer_id=customer_id)
                )
                conn.execute(
                    insert(command_log).values(
                        id=one.id,
                        device_id="bare",
                        seq=one.seq,
                        type=one.command.type,
                        body_hash="",
                        outcome={},
                        at=now,
                    )
                )
            if sqlite and fresh:
                conn.execute(update(feed_state).values(head=head + len(fresh)))
        return {"outcomes": [{"id": one, "accepted": True} for one in ids], "server_time": now}

    return app


def main(which: str, url: str, folder: str, port: str) -> None:
    rubbish.look_seldom()  # as our programs do; the bare endpoint may have it too
    if which == "ours":
        settings = ServerSettings(data=Path(folder), embedded_worker=False, port=int(port), database_url=url)
        logs.configure(settings.log_level)  # as `sync.server.serve` does
        app = create_app(settings)
    else:
        app = bare_app(make_engine(url))
    uvicorn.run(app, host="127.0.0.1", port=int(port), log_level="warning", access_log=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
