-- Filled anew from personas.toml at each start: people, their records, their cards. Dropped first, so that an older file gets new columns.
DROP TABLE IF EXISTS persons;
DROP TABLE IF EXISTS contributions;
DROP TABLE IF EXISTS pensions;
DROP TABLE IF EXISTS benefits;
DROP TABLE IF EXISTS cards;
DROP TABLE IF EXISTS sessions; -- of older files, which did not know what had been presented
CREATE TABLE persons (
    person             INTEGER PRIMARY KEY, -- place in personas.toml, from 1
    id_number          TEXT NOT NULL UNIQUE,
    name               TEXT NOT NULL,
    track              TEXT NOT NULL,       -- M, F55, F50
    insured_as         TEXT NOT NULL,       -- employed, flexible, unemployed, pensioner, none
    civil_service      INTEGER NOT NULL,
    phone              TEXT NOT NULL,
    address            TEXT NOT NULL,
    postcode           TEXT NOT NULL,
    employer           TEXT NOT NULL,       -- of the last employment; empty for none
    bank_account       TEXT NOT NULL,       -- where benefits are paid to; empty for none
    unemployment_drawn INTEGER NOT NULL,    -- months
    last_certified     TEXT                 -- ISO day
) STRICT;
CREATE TABLE contributions (
    person       INTEGER NOT NULL,
    insurance    TEXT NOT NULL,    -- aae140
    period       TEXT NOT NULL,    -- yyyymm
    base_fen     INTEGER NOT NULL,
    personal_fen INTEGER NOT NULL, -- what was paid: 0 for arrears
    employer_fen INTEGER NOT NULL,
    status       TEXT NOT NULL,    -- paid, arrears, made_up, transferred
    PRIMARY KEY (person, insurance, period)
) STRICT;
-- What was decided when a pension began; it stays as it was decided.
CREATE TABLE pensions (
    person      INTEGER PRIMARY KEY,
    from_month  TEXT NOT NULL,     -- yyyymm, the first that was paid
    base_fen    INTEGER NOT NULL,  -- 计发基数
    average     TEXT NOT NULL,     -- 平均缴费指数, a decimal
    months      INTEGER NOT NULL,  -- that counted
    balance_fen INTEGER NOT NULL,  -- of the account
    divisor     TEXT NOT NULL,     -- 计发月数, a decimal
    basic_fen   INTEGER NOT NULL,  -- 基础养老金, a month
    account_fen INTEGER NOT NULL   -- 个人账户养老金, a month
) STRICT;
CREATE TABLE benefits (
    person     INTEGER NOT NULL,
    insurance  TEXT NOT NULL,      -- aae140
    period     TEXT NOT NULL,      -- yyyymm
    amount_fen INTEGER NOT NULL,
    PRIMARY KEY (person, insurance, period)
) STRICT;
CREATE TABLE cards (
    card_id TEXT PRIMARY KEY,
    person  INTEGER NOT NULL,
    number  TEXT NOT NULL,         -- 卡号
    state   TEXT NOT NULL,         -- normal, lost, frozen, expired
    issued  TEXT NOT NULL,         -- ISO day
    expires TEXT NOT NULL          -- ISO day
) STRICT;
-- Kept from start to start.
CREATE TABLE IF NOT EXISTS sign_ins (
    session  TEXT PRIMARY KEY,
    visit    TEXT NOT NULL,
    person   INTEGER NOT NULL,
    terminal TEXT NOT NULL,
    evidence TEXT NOT NULL,        -- what was presented: card_pin, e_card, id_code
    at       INTEGER NOT NULL      -- seconds since 1970
) STRICT;
-- Codes of electronic cards, as telephones show them: each for a minute and for one sign-in.
CREATE TABLE IF NOT EXISTS e_cards (
    code   TEXT PRIMARY KEY,
    person INTEGER NOT NULL,
    at     INTEGER NOT NULL        -- seconds since 1970
) STRICT;
-- One-time codes. Wrong guesses are counted in the audit, which a refusal does not undo.
CREATE TABLE IF NOT EXISTS one_time_codes (
    seq    INTEGER PRIMARY KEY AUTOINCREMENT,
    person INTEGER NOT NULL,
    visit  TEXT NOT NULL,
    code   TEXT NOT NULL,
    at     INTEGER NOT NULL        -- seconds since 1970
) STRICT;
-- What a telephone company would have delivered; `agency phone` and the hall read it.
CREATE TABLE IF NOT EXISTS messages (
    seq   INTEGER PRIMARY KEY AUTOINCREMENT,
    phone TEXT NOT NULL,
    text  TEXT NOT NULL,
    at    INTEGER NOT NULL         -- seconds since 1970
) STRICT;
-- What a sign-in opens; none here: everything.
CREATE TABLE IF NOT EXISTS session_items (
    session TEXT NOT NULL,
    item    TEXT NOT NULL,
    PRIMARY KEY (session, item)
) STRICT;
-- Who acts in a session that stands for somebody else, and by which authority.
CREATE TABLE IF NOT EXISTS session_agents (
    session TEXT PRIMARY KEY,
    agent   INTEGER NOT NULL,      -- place in the register
    mandate TEXT NOT NULL          -- number of the authority
) STRICT;
-- What a staff card is to sign for a session and an item; used up by the witness.
CREATE TABLE IF NOT EXISTS witness_challenges (
    session   TEXT NOT NULL,
    item      TEXT NOT NULL,
    challenge TEXT NOT NULL,       -- 16 bytes, hexadecimal
    at        INTEGER NOT NULL,    -- seconds since 1970
    PRIMARY KEY (session, item)
) STRICT;
-- Who of the staff has seen the person of a session.
CREATE TABLE IF NOT EXISTS witnesses (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    session TEXT NOT NULL,
    item    TEXT NOT NULL,
    staff   TEXT NOT NULL,         -- 工号
    at      INTEGER NOT NULL       -- seconds since 1970
) STRICT;
-- Who else had a part in a case: a witness by 工号, an agent by place in the register and number of the authority.
CREATE TABLE IF NOT EXISTS case_parts (
    of_case INTEGER NOT NULL,      -- cases.seq
    part    TEXT NOT NULL,         -- witness, agent
    who     TEXT NOT NULL,
    PRIMARY KEY (of_case, part)
) STRICT;
-- What was printed, for ever as it was: verified against this and not against records that have gone on since.
CREATE TABLE IF NOT EXISTS documents (
    code        TEXT PRIMARY KEY,  -- 验证码
    person      INTEGER NOT NULL,
    request     TEXT NOT NULL,     -- item, version and inputs, to tell a repeat from another request
    issued_on   TEXT NOT NULL,     -- ISO day
    valid_until TEXT NOT NULL,     -- ISO day
    sheets      INTEGER NOT NULL,
    digest      TEXT NOT NULL,     -- of its bytes
    pdf         BLOB NOT NULL,
    UNIQUE (person, request, issued_on)
) STRICT;
-- Every act under which a document was issued. A reprint on the same day is another act with the same code.
CREATE TABLE IF NOT EXISTS issues (
    act         TEXT PRIMARY KEY,
    code        TEXT NOT NULL      -- of the document
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
    result   TEXT NOT NULL,        -- "ok", a problem code, or "broken"
    staff    TEXT NOT NULL DEFAULT '', -- 工号 of a witness
    request  TEXT NOT NULL DEFAULT ''  -- id of the request, of what must not be asked for twice
) STRICT;
CREATE INDEX IF NOT EXISTS audit_of_terminal ON audit (terminal, what, at);
-- Cases: what was filed, and how far it is.
CREATE TABLE IF NOT EXISTS cases (
    seq         INTEGER PRIMARY KEY AUTOINCREMENT,
    number      TEXT NOT NULL UNIQUE, -- 办件编号
    pick_up     TEXT NOT NULL,        -- eight digits; of one open case only
    key         TEXT NOT NULL UNIQUE, -- act id under which it was filed
    person      INTEGER NOT NULL,
    item        TEXT NOT NULL,
    request     TEXT NOT NULL,        -- digest of the body without its session, to tell a repeat from another request
    inputs      TEXT NOT NULL,        -- JSON
    consent     TEXT NOT NULL,        -- digest of the words that were agreed to
    outcome     TEXT NOT NULL,        -- JSON of cases::Outcome: figures, pointer and what changes when it is granted
    stage       TEXT NOT NULL,
    filed       TEXT NOT NULL,        -- ISO days from here on; empty for none
    accepted    TEXT NOT NULL,        -- the limits are counted from it
    due_law     TEXT NOT NULL,
    due_promise TEXT NOT NULL,
    next_on     TEXT NOT NULL,        -- when the stage changes by itself
    ordered     TEXT NOT NULL         -- the last order of the steering file that was carried out
) STRICT;
CREATE INDEX IF NOT EXISTS cases_of_person ON cases (person);
CREATE INDEX IF NOT EXISTS cases_by_pick_up ON cases (pick_up);
CREATE INDEX IF NOT EXISTS cases_by_day ON cases (next_on) WHERE next_on <> '';
-- Every stage a case has been in.
CREATE TABLE IF NOT EXISTS case_stages (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    of_case INTEGER NOT NULL,      -- cases.seq
    stage   TEXT NOT NULL,
    day     TEXT NOT NULL          -- ISO day
) STRICT;
CREATE INDEX IF NOT EXISTS stages_of_case ON case_stages (of_case);
-- What cases have changed. Kept from start to start, and laid over the register that is filled anew.
CREATE TABLE IF NOT EXISTS changes (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    person  INTEGER NOT NULL,
    fact    TEXT NOT NULL,         -- cases::effect::Fact
    value   TEXT NOT NULL,
    day     TEXT NOT NULL,         -- since when, ISO
    of_case INTEGER NOT NULL       -- cases.seq
) STRICT;
CREATE INDEX IF NOT EXISTS changes_of_person ON changes (person, fact);
-- What was said of cases. Nothing of who said it.
CREATE TABLE IF NOT EXISTS evaluations (
    of_case INTEGER PRIMARY KEY,   -- cases.seq
    points INTEGER NOT NULL,       -- 5 the best, 1 the worst
    text   TEXT NOT NULL,
    day    TEXT NOT NULL           -- ISO day
) STRICT;
-- Why not satisfied, where it was said on a terminal's page.
CREATE TABLE IF NOT EXISTS reasons (
    of_case         INTEGER PRIMARY KEY, -- cases.seq
    reason          TEXT NOT NULL,       -- value of a reason in evaluation.toml
    reasons_version INTEGER NOT NULL
) STRICT;
-- How many evaluations terminals have sent: each so many, a questionnaire goes along with the answer.
CREATE TABLE IF NOT EXISTS sample (
    only        INTEGER PRIMARY KEY CHECK (only = 1),
    evaluations INTEGER NOT NULL
) STRICT;
-- Questionnaires handed out today that have not come back. Not of whom nor after which case; without row numbers, which would tell the order.
CREATE TABLE IF NOT EXISTS sheets (
    token    TEXT PRIMARY KEY,
    set_id   TEXT NOT NULL,
    version  INTEGER NOT NULL,
    terminal TEXT NOT NULL,
    day      TEXT NOT NULL         -- ISO day
) STRICT, WITHOUT ROWID;
-- Raw counts of answers (GB/T 19038): no sheet is kept.
CREATE TABLE IF NOT EXISTS answers (
    set_id   TEXT NOT NULL,
    version  INTEGER NOT NULL,
    question TEXT NOT NULL,        -- * for sheets, offered and returned
    option   TEXT NOT NULL,
    terminal TEXT NOT NULL,
    day      TEXT NOT NULL,        -- ISO day
    times    INTEGER NOT NULL,
    PRIMARY KEY (set_id, version, question, option, terminal, day)
) STRICT, WITHOUT ROWID;
-- Notices that were sent (an SMS in a real agency): to whom, about which case.
CREATE TABLE IF NOT EXISTS notices (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,
    phone   TEXT NOT NULL,
    of_case INTEGER NOT NULL,      -- cases.seq
    day     TEXT NOT NULL          -- ISO day
) STRICT;
-- What terminals could not hand over at once, as it came: sealed, but for heads of audits.
CREATE TABLE IF NOT EXISTS parcels (
    terminal  TEXT NOT NULL,
    kind      TEXT NOT NULL,           -- archive, case, draft, evaluation, answers, audit_head, audit_lines
    key       TEXT NOT NULL,
    algorithm TEXT NOT NULL,
    digest    TEXT NOT NULL,           -- sha256: of the content
    content   BLOB NOT NULL,
    refused   TEXT,                    -- why nothing came of what is in it
    at        TEXT NOT NULL,
    PRIMARY KEY (terminal, kind, key)
) STRICT;
-- Questions that no text answers: nobody's name, the words as they were typed, and until when they are answered.
CREATE TABLE IF NOT EXISTS questions (
    number      TEXT NOT NULL UNIQUE,  -- eight digits
    key         TEXT NOT NULL UNIQUE,  -- the terminal's act id
    words       TEXT NOT NULL,
    asked       TEXT NOT NULL,         -- ISO days
    answered_by TEXT NOT NULL
) STRICT;
