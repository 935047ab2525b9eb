"""Customers who stop a channel while it runs, by their mail program's one click, a link, or by blocking the account."""

from datetime import datetime

import httpx
from sqlalchemy import Engine

from sync.clock import Clock
from sync.model.customer import Channel, Consent, ConsentState
from sync.sandbox.config import DemoConfig
from sync.server.database import reading
from sync.server.repository.records import Records
from tests.chaos.delivery.world import customer, opt_out_token


class OptOuts:
    """`since`: by customer and channel, from when on the server has it: it answered, or the ledger shows it."""

    def __init__(self, config: DemoConfig, engine: Engine, clock: Clock, http: httpx.Client) -> None:
        self._config, self._engine, self._clock, self._http = config, engine, clock, http
        self._awaited: set[str] = set()
        self.since: dict[tuple[str, Channel], datetime] = {}

    def stop(self, number: str, channel: Channel) -> None:
        who = customer(int(number))
        if channel is Channel.LINE:
            url = f"{self._config.world_url}/phone/{who.member_number}/line"
            self._http.post(url, json={"blocked": True}).raise_for_status()
            self._awaited.add(who.id)
            return
        token = opt_out_token(self._config.server_secret, who.id, channel)
        click = {"List-Unsubscribe": "One-Click"} if channel is Channel.EMAIL else {"action": "stop_channel"}
        answer = self._http.post(f"{self._config.server_url}/c/{token}", data=click)
        assert answer.status_code in (200, 303), answer.text
        self.since[who.id, channel] = self._clock()

    def look(self) -> bool:
        """Look whose block has reached the ledger; say whether all have."""
        for customer_id in sorted(self._awaited):
            with reading(self._engine) as conn:
                consents = Records(conn).find(Consent, customer_id=customer_id)
            if any(each.state is ConsentState.REFUSED and each.channel is Channel.LINE for each in consents):
                self.since[customer_id, Channel.LINE] = self._clock()
                self._awaited.discard(customer_id)
        return not self._awaited
