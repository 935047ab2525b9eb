"""What follows from the settings, the same for the server and the worker: where the database is, the secret, the address."""

import os
import re
import secrets
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from sync.clock import Clock, OffsetFileClock, system_clock
from sync.errors import BadSetting
from sync.model.shop import LineQuota, RetailerSettings
from sync.policy.quota import Quota, reserve
from sync.server.database import make_engine, reading, transaction
from sync.server.repository.records import Records
from sync.settings import ServerSettings

QUOTA_TOLD_EVERY = timedelta(hours=1)
"""How often tablets hear of LINE's quota while it is used: every word of it is a change for all of them."""
_DATABASES = (
    "allowed are sqlite:////a/file.db and postgresql://user:password@host/database; "
    "empty means an SQLite file below CLIENTELING_DATA."
)
_PASSWORD = re.compile(r"(://[^:/@]*:)[^@]*@")


def database_url(settings: ServerSettings) -> str:
    """Return the SQLAlchemy URL of the database; without a setting, an SQLite file in the data folder."""
    return settings.database_url or f"sqlite:///{(settings.data / 'clienteling.db').resolve()}"


def open_database(settings: ServerSettings) -> Engine:
    """Return an engine over the database, once it has answered.

    Raises BadSetting for an address that is none or of a kind that is not spoken here, and where nothing answers there:
    whoever starts a process reads which setting to look at.
    """
    url = database_url(settings)
    shown = _PASSWORD.sub(r"\1***@", url)
    try:
        parsed = make_url(url)
        fits = parsed.get_backend_name() in ("postgresql", "postgres") or (
            parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:")
        )
    except (ArgumentError, ValueError):
        fits = False
    if not fits:
        raise BadSetting(f"CLIENTELING_DATABASE_URL is {shown!r}: {_DATABASES}")
    try:
        engine = make_engine(url, pool_size=settings.database_connections // 2)
        with engine.connect():
            return engine
    except (SQLAlchemyError, OSError) as error:
        first = str(getattr(error, "orig", None) or error).partition("\n")[0]
        name = "CLIENTELING_DATABASE_URL" if settings.database_url else "CLIENTELING_DATA"
        raise BadSetting(f"The database {shown} of {name} cannot be opened: {first}") from error


def clock_of(settings: ServerSettings) -> Clock:
    """Return the machine's clock, or in a demo the shared movable one."""
    return OffsetFileClock(settings.clock_file) if settings.clock_file is not None else system_clock


def public_url(settings: ServerSettings) -> str:
    """Return how customers and providers reach this server, without a slash at the end."""
    return (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")


def call_url(settings: ServerSettings, token: str) -> str:
    """Return the customer's link to the room of a video appointment."""
    return f"{public_url(settings)}/call/{token}"


def app_name(settings: ServerSettings) -> str | None:
    """Return what the house's app is called, an empty text for as the brand is; None where no app is written to."""
    return settings.app_name.strip() if settings.fcm_account_file is not None else None


def announce(engine: Engine, clock: Clock, url: str, playbook: str, app: str | None = None) -> None:
    """Tell the tablets how customers reach this server (their links to calls begin so), by which playbook it judges, and
    the name of the house's app (see `app_name`)."""

    def told(retailer: RetailerSettings) -> dict[str, str]:
        name = "" if app is None else app or retailer.brand
        return {"public_url": url, "playbook": playbook, "app_name": name}

    def differs(retailer: RetailerSettings | None) -> bool:
        return retailer is not None and any(getattr(retailer, key) != said for key, said in told(retailer).items())

    with reading(engine) as conn:
        if not differs(Records(conn, clock).get(RetailerSettings, "retailer")):
            return
    with transaction(engine) as conn:
        records = Records(conn, clock)
        retailer = records.get(RetailerSettings, "retailer", lock=True)
        if retailer is not None and differs(retailer):
            records.put(retailer.model_copy(update=told(retailer)))


def announce_quota(engine: Engine, clock: Clock, quota: Quota, percent: float) -> bool:
    """Tell the tablets how much of LINE's month is left, at most once an hour; return whether it was told."""
    now = clock()
    kept = reserve(quota.limit, percent) if quota.limit is not None else 0
    told = LineQuota(limit=quota.limit, used=quota.used, kept=kept, at=now)

    def news(retailer: RetailerSettings | None) -> bool:
        before = retailer.line_quota if retailer is not None else None
        if before is None:
            return retailer is not None
        same = before.model_copy(update={"at": now}) == told
        return not same and abs(now - before.at) >= QUOTA_TOLD_EVERY

    with reading(engine) as conn:
        if not news(Records(conn, clock).get(RetailerSettings, "retailer")):
            return False
    with transaction(engine) as conn:
        records = Records(conn, clock)
        retailer = records.get(RetailerSettings, "retailer", lock=True)
        if retailer is not None and news(retailer):
            records.put(retailer.model_copy(update={"line_quota": told}))
            return True
    return False


def secret_of(settings: ServerSettings) -> str:
    """Return the secret that signs links to customers: the setting, else one made once and kept in the data folder.

    Processes that share a database on several machines must be given the same setting.
    """
    given = settings.secret.get_secret_value()
    return given or _kept(settings.data / "secret")


def _kept(path: Path) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
    try:
        os.link(temporary, path)  # fails where another process was first, whose secret then counts
    except FileExistsError:
        pass
    finally:
        temporary.unlink()
    return path.read_text().strip()
