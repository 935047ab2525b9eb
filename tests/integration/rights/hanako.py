"""Hanako, of whom everything is held, and the world that holds it."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic import SecretStr
from sqlalchemy import Engine, event, insert, inspect, literal_column, select, table

from sync.identity.match import IdentityResolver
from sync.model.base import Record
from sync.model.belonging import Belonging
from sync.model.commands import LogInteraction
from sync.model.customer import (
    Appointment,
    AppointmentKind,
    BrowseEvent,
    Channel,
    Consent,
    ConsentPurpose,
    ConsentState,
    Customer,
    Interaction,
    MembershipKey,
    Visit,
    VisitDraft,
    WebActivity,
)
from sync.model.outreach import (
    Attachment,
    AttachmentState,
    Cause,
    ContactElsewhere,
    Direction,
    FollowUp,
    Means,
    Message,
    MessageState,
    Purpose,
    Reason,
)
from sync.model.promise import Promise, Promised
from sync.model.slip import Slip, SlipKind, SlipState, SlipStep
from sync.model.source import AnyFact, BrowseFact, CustomerFact, CustomerRef
from sync.ports import IngestReport
from sync.server import feed
from sync.server.database import transaction
from sync.server.forget import Forgetting
from sync.server.ingest import IngestService
from sync.server.repository import customer_links, forgotten, identity
from sync.server.repository.attachments import vault_of
from sync.server.rights import forgetting
from sync.server.setup import secret_of
from sync.server.snapshot import SnapshotStore
from sync.server.tables_edges import attachments, attempts
from sync.settings import ServerSettings
from tests.integration.server.devices import Device
from tests.integration.server.people import GINZA, MISAKI, NOON, MovableClock, open_shop, write
from tests.integration.server.test_scopes import order

PICTURE = b"\xff\xd8\xff the picture that she sent"
SECRETS = (
    "鬼龍院", "花子", "キリュウイン", "ハナコ", "9087654321", "hanako.kiryuin", "U0123456789abcdef", "M-777001",
    "紺のウールがお好き", "お直しの件", "袖丈をお気にされ", "web-user-777", "push-token-777",
)  # fmt: skip
"""What must be found nowhere once she is forgotten: names, kana, telephone, mail, ids elsewhere, words by and about her."""
BY_HER_OWN_WORDS = "お直しの件、ありがとうございます"


def id_at(moment: datetime) -> str:
    """Return a UUIDv7 made at a moment."""
    return str(UUID(int=(int(moment.timestamp() * 1000) << 80) | (7 << 76) | (2 << 62) | 777))


def hanako(customer_id: str) -> Customer:
    return Customer.model_validate(
        {
            "id": customer_id, "member_number": "M-777001", "family_name": "鬼龍院", "given_name": "花子",
            "family_kana": "キリュウイン", "given_kana": "ハナコ", "phone": "+819087654321",
            "email": "hanako.kiryuin@example.jp", "line_user_id": "U0123456789abcdef", "home_shop_id": GINZA.id,
            "app_token": "push-token-777", "likes": ["紺のウールがお好き"], "aliases": [f"before-{customer_id}"[:64]],
            "from_another_system": {"nickname": "花子さん"},
        }
    )  # fmt: skip


def belongings(hers: str) -> list[Record]:
    """Return a record of each kind."""
    message = {
        "customer_id": hers, "channel": Channel.LINE, "cause": Cause.REPLY, "purpose": Purpose.REPLY,
        "shop_id": GINZA.id, "at": NOON, "state_at": NOON,
    }  # fmt: skip
    kept = Attachment(id="attached-1", what="image", state=AttachmentState.KEPT, media_type="image/jpeg", size=30)
    return [
        MembershipKey(id="00000000000000777a", customer_id=hers, public_key="ab" * 32),
        Consent(
            id="c-1", customer_id=hers, channel=Channel.EMAIL, purpose=ConsentPurpose.RELATIONSHIP,
            state=ConsentState.GRANTED, at=NOON, source="import", wording="鬼龍院様のご希望",
        ),
        order("777-1", GINZA.id, hers),
        order("777-2", GINZA.id, hers).model_copy(update={"id": "order-old", "at": NOON - timedelta(days=4000)}),
        WebActivity(id="w-1", customer_id=hers, at=NOON, event=BrowseEvent.PRODUCTS_SEARCHED, query="花子 ドレス"),
        Promise(
            id="p-1", customer_id=hers, shop_id=GINZA.id, what=Promised.PHOTO, text="紺のウールがお好き",
            due_on=NOON.date(), owner_id=MISAKI.id, made_by=MISAKI.id, at=NOON,
        ),
        Slip(
            id="s-1", customer_id=hers, shop_id=GINZA.id, slip_kind=SlipKind.ALTERATION, owner_id=MISAKI.id, at=NOON,
            due_on=NOON.date(), text="お直しの件", steps=(SlipStep(state=SlipState.RECEIVED, at=NOON, by=MISAKI.id),),
        ),
        Belonging(
            id="b-1", customer_id=hers, shop_id=GINZA.id, staff_id=MISAKI.id, at=NOON, name="紺のウールのコート",
        ),
        Visit(
            id="v-1", customer_id=hers, shop_id=GINZA.id, at=NOON, handed_by=MISAKI.id,
            draft=VisitDraft(text="袖丈をお気にされ", begun_by=MISAKI.id),
        ),
        Appointment(
            id="a-1", customer_id=hers, shop_id=GINZA.id, appointment_kind=AppointmentKind.STORE, at=NOON,
            booked_at=NOON, subject="お直しの件",
        ),
        Interaction(id="i-1", customer_id=hers, shop_id=GINZA.id, staff_id=MISAKI.id, at=NOON, text="紺のウールがお好き"),
        Message.model_validate(
            message | {"id": "m-in", "direction": Direction.IN, "state": MessageState.RECEIVED,
                       "body": BY_HER_OWN_WORDS, "attachments": (kept,)}
        ),
        Message.model_validate(message | {"id": "m-out", "state": MessageState.SENT, "body": "鬼龍院様、お待ちしております"}),
        ContactElsewhere(
            id="k-1", customer_id=hers, at=NOON, means=Means.LETTER, purpose=Purpose.CAMPAIGN, tool="DM", text="花子様"
        ),
        FollowUp(
            id="f-1", customer_id=hers, shop_id=GINZA.id, cause=Cause.AFTER_VISIT,
            evidence=Reason(code="visited", params={"words": "お直しの件"}), due_at=NOON, created_at=NOON,
        ),
    ]  # fmt: skip


class World:
    """A retailer, Hanako, and a tablet of Ginza that has pulled her."""

    def __init__(self, engine: Engine, folder: Path, data: Path | None = None) -> None:
        self.engine, self.clock = engine, MovableClock()
        if (
            engine.dialect.name == "sqlite"
        ):  # some systems' SQLite overwrites what is deleted by itself, others' does not
            event.listen(engine, "connect", lambda conn, _: conn.execute("PRAGMA secure_delete = OFF"))
            engine.dispose()
        self.settings = ServerSettings(
            _env_file=None, data=data or folder / "server", secret=SecretStr("the-secret-of-the-test"),
            database_url=engine.url.render_as_string(hide_password=False),
        )  # fmt: skip
        self.settings.data.mkdir(exist_ok=True)
        self.snapshots = SnapshotStore(
            engine, self.clock, self.settings.data / "snapshots", start=lambda work: work(), smallest=1
        )
        open_shop(engine, self.clock)
        self.hers = id_at(NOON - timedelta(days=30))
        write(engine, self.clock, hanako(self.hers), *belongings(self.hers))
        self._edges()
        self.tablet = Device(engine, self.clock)
        self.tablet.pull()
        note = LogInteraction(
            interaction_id="i-2", customer_id=self.hers, shop_id=GINZA.id, text="紺のウールがお好き、お直しの件"
        )
        assert self.tablet.do(note, MISAKI.id).accepted
        self.tablet.pull()
        self.scope = feed.shop_scope(GINZA.id)
        self.snapshots.ask(self.scope)
        if engine.dialect.name == "sqlite":  # into the file itself, as on any longer day
            raw = engine.raw_connection()
            raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            raw.close()

    @property
    def forgetting(self) -> Forgetting:
        return forgetting(self.settings, self.engine, self.clock, self.snapshots)

    def ingest(self, *facts: AnyFact) -> IngestReport:
        key = forgotten.key_of(secret_of(self.settings))
        service = IngestService(self.engine, self.clock, IdentityResolver(), forgotten_key=key)
        return service.apply(list(enumerate(facts, 1)))

    def close(self) -> None:
        self.snapshots.close()

    def _edges(self) -> None:
        """Everything beside her records: names elsewhere, what she sent, links, attempts, what an app of hers did."""
        with transaction(self.engine) as conn:
            assert identity.link(conn, "member_number", "M-777001", self.hers)
        named = CustomerRef(member_number="M-777001", user_id="web-user-777", email="hanako.kiryuin@example.jp")
        assert self.ingest(CustomerFact(ref=named, family_name="鬼龍院", app_token="push-token-777")).errors == ()
        stray = BrowseFact(
            ref=CustomerRef(anonymous_id="browser-of-a-visitor"), at=NOON, event=BrowseEvent.PRODUCTS_SEARCHED,
            query="hanako.kiryuin@example.jp", source="test", source_id="stray-1",
        )  # fmt: skip
        self.ingest(stray)
        vault = vault_of(secret_of(self.settings))
        with transaction(self.engine) as conn:
            conn.execute(
                insert(attachments).values(
                    id="attached-1", message_id="m-in", channel="line", remote_id="r", tries=1, at=NOON, due_at=None,
                    content=vault.seal("attachment", "attached-1", PICTURE), media_type="image/jpeg",
                )
            )  # fmt: skip
            conn.execute(
                insert(attempts).values(
                    id="t-1", message_id="m-out", number=1, channel="line", started_at=NOON, state="sent",
                    provider_id="p-1", reason={"code": "x", "params": {"said": "鬼龍院"}},
                )
            )  # fmt: skip
            token = customer_links.token_for("s", "opt_out", self.hers, "line")
            customer_links.keep(conn, token, "opt_out", customer_id=self.hers, channel=Channel.LINE, at=NOON)
            token = customer_links.token_for("s", "products", self.hers, "m-out")
            customer_links.keep(conn, token, "products", customer_id=self.hers, channel=Channel.LINE, at=NOON)

    def columns(self) -> list[str]:
        """Return every value of every column of every table as text: what a query can find."""
        found: list[str] = []
        with self.engine.connect() as conn:
            for schema in (None, "dbos") if self.engine.dialect.name == "postgresql" else (None,):
                for name in inspect(conn).get_table_names(schema=schema):
                    row = table(name, schema=schema)
                    columns = [each["name"] for each in inspect(conn).get_columns(name, schema=schema)]
                    values_of: list[Any] = [literal_column(f'"{each}"') for each in columns]
                    found += [
                        f"{name}.{column}: {value}"
                        for values in conn.execute(select(*values_of).select_from(row))
                        for column, value in zip(columns, values, strict=True)
                        if value is not None
                    ]
        return found

    def places(self, words: tuple[str, ...] = SECRETS) -> list[str]:
        """Return where any of the words is found: columns of the database, and files below and beside the data folder."""
        ascii_too = [*words, *(json.dumps(each)[1:-1] for each in words)]
        found = [each for each in self.columns() if any(word in each for word in ascii_too)]
        for path in sorted(self.settings.data.parent.rglob("*")):
            data = path.read_bytes() if path.is_file() else b""
            found += [f"{path}: {word}" for word in words if word.encode() in data or word.encode("utf-16-le") in data]
        return found
