"""The tables of `device.db`, as steps: a device's file is never thrown away, so each version is reached from the last."""

STEPS: tuple[str, ...] = (
    """
    CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
    CREATE TABLE outbox (
        id TEXT PRIMARY KEY,
        seq INTEGER UNIQUE,            -- given when it is released to be pushed; from then on it cannot be recalled
        staff_id TEXT,
        type TEXT NOT NULL,
        customer_id TEXT,
        payload BLOB,                  -- sealed with the device's own key; erased once the server's answer has settled
        device_time TEXT NOT NULL,
        made_at INTEGER NOT NULL,      -- microseconds, this device's time
        not_before INTEGER,            -- microseconds; set while it may be recalled
        state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'refused')),
        reason TEXT,                   -- JSON, as the server gave it
        answered_at INTEGER,
        settled INTEGER NOT NULL DEFAULT 0,   -- the feed has shown the effect, or it was waited for long enough
        dismissed INTEGER NOT NULL DEFAULT 0  -- a person has seen the refusal
    );
    CREATE INDEX outbox_open ON outbox (state, seq) WHERE state = 'waiting';
    CREATE INDEX outbox_unsettled ON outbox (id) WHERE settled = 0;
    CREATE TABLE used_code (digest TEXT PRIMARY KEY, at INTEGER NOT NULL, replayed INTEGER NOT NULL DEFAULT 0)
        WITHOUT ROWID;
    CREATE TABLE pin_counter (
        staff_id TEXT PRIMARY KEY, failures INTEGER NOT NULL, failed_at INTEGER NOT NULL, locked INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE scope_key (
        scope TEXT NOT NULL, version INTEGER NOT NULL, wrapped BLOB NOT NULL, got_at INTEGER NOT NULL,
        PRIMARY KEY (scope, version)
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE pin_counter ADD COLUMN pin TEXT NOT NULL DEFAULT '';  -- which PIN was guessed at, as a digest of its hash
    """,
    """
    -- The server numbers the keys of a scope, since it seals snapshots with them. What this device had counted itself is
    -- the server's first key; the cache of before is pulled anew.
    DELETE FROM scope_key WHERE EXISTS (
        SELECT 1 FROM scope_key AS later WHERE later.scope = scope_key.scope AND later.version > scope_key.version
    );
    UPDATE scope_key SET version = 1;
    """,
    """
    CREATE TABLE browser (
        id TEXT PRIMARY KEY,
        digest TEXT NOT NULL UNIQUE,   -- SHA-256 of its cookie, which is kept nowhere
        name TEXT NOT NULL,            -- what it says it is, e.g. "Chrome, Android"
        state TEXT NOT NULL CHECK (state IN ('waiting', 'admitted', 'revoked')),
        first_seen_at INTEGER NOT NULL,
        last_seen_at INTEGER NOT NULL,
        staff_id TEXT,                 -- who is signed in
        battery INTEGER,
        decided_by TEXT,               -- the manager who let it in or turned it out
        decided_at INTEGER
    ) WITHOUT ROWID;
    """,
    """
    ALTER TABLE outbox ADD COLUMN for_server BLOB;  -- the payload, sealed for the server: what a revoked device leaves there
    ALTER TABLE outbox ADD COLUMN handed_over INTEGER NOT NULL DEFAULT 0;  -- it was left there, for a manager to look at
    """,
    """
    CREATE TABLE draft (id TEXT PRIMARY KEY, sealed BLOB NOT NULL) WITHOUT ROWID;  -- sealed with the device's own key
    """,
)

TABLES = ("meta", "outbox", "used_code", "pin_counter", "scope_key", "browser", "draft")
