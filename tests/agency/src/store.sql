-- Filled anew from personas.toml at each start: people, their records, their cards.
CREATE TABLE IF NOT EXISTS persons (
    person    INTEGER PRIMARY KEY, -- place in personas.toml, from 1
    id_number TEXT NOT NULL UNIQUE,
    name      TEXT NOT NULL,
    male      INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS contributions (
    person       INTEGER NOT NULL,
    insurance    TEXT NOT NULL,    -- aae140
    period       TEXT NOT NULL,    -- yyyymm
    base_fen     INTEGER NOT NULL,
    personal_fen INTEGER NOT NULL, -- what was paid: 0 for arrears
    employer_fen INTEGER NOT NULL,
    status       TEXT NOT NULL,    -- paid, arrears, made_up, transferred
    PRIMARY KEY (person, insurance, period)
) STRICT;
CREATE TABLE IF NOT EXISTS cards (
    card_id TEXT PRIMARY KEY,
    person  INTEGER NOT NULL,
    state   TEXT NOT NULL
) STRICT;
-- Kept from start to start.
CREATE TABLE IF NOT EXISTS sessions (
    session  TEXT PRIMARY KEY,
    visit    TEXT NOT NULL,
    person   INTEGER NOT NULL,
    terminal TEXT NOT NULL,
    at       INTEGER NOT NULL      -- seconds since 1970
) STRICT;
CREATE TABLE IF NOT EXISTS documents (
    act         TEXT PRIMARY KEY,
    person      INTEGER NOT NULL,
    request     TEXT NOT NULL,     -- item, version and inputs, to tell a repeat from another request
    code        TEXT NOT NULL UNIQUE,
    issued_at   TEXT NOT NULL,     -- ISO day
    valid_until TEXT NOT NULL,     -- ISO day
    sheets      INTEGER NOT NULL,
    digest      TEXT NOT NULL,
    pdf         BLOB NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS acts (
    act      TEXT PRIMARY KEY,
    visit    TEXT NOT NULL,
    item     TEXT NOT NULL,
    kind     TEXT NOT NULL,
    outcome  TEXT NOT NULL,
    first_at TEXT NOT NULL,
    last_at  TEXT NOT NULL,
    times    INTEGER NOT NULL
) STRICT;
-- One line a call. No name, no ID number, no answer.
CREATE TABLE IF NOT EXISTS audit (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    at       TEXT NOT NULL,
    terminal TEXT NOT NULL,
    visit    TEXT NOT NULL,
    what     TEXT NOT NULL,
    item     TEXT NOT NULL,
    act      TEXT NOT NULL,
    result   TEXT NOT NULL         -- "ok", a problem code, or "broken"
) STRICT;
