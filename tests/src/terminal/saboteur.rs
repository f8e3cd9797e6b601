//! Performers as they must not be, made from the right one: while an act stands at a boundary, they change behind its back what the journal
//! says. For tests that show that the matrix of crashes finds them.

use std::path::{Path, PathBuf};

use kiosk::audit::{Algorithm, Head, Line};
use kiosk::session::{ActKind, Boundary};
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use crate::journey::crash::good_outcome;

/// One of them, and the journal it works on.
pub(super) struct Saboteur {
    manner: Manner,
    journal: PathBuf,
}

enum Manner {
    /// Journals an act when it has been performed.
    Late,
    /// Journals the outcome before an act is performed.
    Early,
}

/// Takes the intent out of the journal, and its line where it still is the last of the audit.
const HIDE: &str = "BEGIN IMMEDIATE;
    DROP TABLE IF EXISTS hidden_acts;
    DROP TABLE IF EXISTS hidden_audit;
    CREATE TABLE hidden_acts AS SELECT * FROM acts WHERE outcome IS NULL;
    DELETE FROM acts WHERE outcome IS NULL;
    CREATE TABLE hidden_audit AS SELECT * FROM audit WHERE text LIKE '% event=act_begun %'
        AND sequence = (SELECT max(sequence) FROM audit);
    DELETE FROM audit WHERE sequence IN (SELECT sequence FROM hidden_audit);
    COMMIT;";

/// Puts both back; the line at the end of the chain, for another may have taken its place meanwhile.
fn show(journal: &mut Connection) -> rusqlite::Result<()> {
    let transaction = journal.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute("INSERT INTO acts SELECT * FROM hidden_acts", [])?;
    transaction.execute("DELETE FROM hidden_acts", [])?;
    let hidden = "SELECT text FROM hidden_audit";
    let hidden: Option<String> = transaction.query_row(hidden, [], |row| row.get(0)).optional()?;
    if let Some((_, told)) = hidden.as_deref().and_then(|text| text.split_once(' ')) {
        append(&transaction, told)?;
    }
    transaction.execute("DELETE FROM hidden_audit", [])?;
    transaction.commit()
}

/// One more line of the audit, as if it had been told now.
fn append(journal: &Connection, told: &str) -> rusqlite::Result<()> {
    let last = "SELECT sequence, digest FROM audit ORDER BY sequence DESC LIMIT 1";
    let head = journal.query_row(last, [], |row| Ok(Head { sequence: row.get(0)?, digest: row.get(1)? }))?;
    let line = Line::after(&head, Algorithm::Sha256, told);
    let add = "INSERT INTO audit (sequence, text, digest) VALUES (?1, ?2, ?3)";
    journal.execute(add, params![line.sequence, line.text, line.digest]).map(drop)
}

impl Saboteur {
    /// What they are called.
    pub(super) const NAMES: [&str; 2] = ["late", "early"];

    pub(super) fn new(name: &str, folder: &Path) -> Result<Self, String> {
        let manner = match name {
            "late" => Manner::Late,
            "early" => Manner::Early,
            _ => return Err(format!("{name}: no such saboteur; there are {}", Self::NAMES.join(", "))),
        };
        Ok(Self { manner, journal: folder.join("journal.sqlite") })
    }

    /// Before the power may go.
    pub(super) fn arrives(&self, kind: ActKind, boundary: Boundary) -> Result<(), String> {
        match (&self.manner, boundary) {
            (Manner::Late, boundary) if is_underway(boundary) || boundary == Boundary::Sending => {
                self.run(|journal| journal.execute_batch(HIDE))
            }
            (Manner::Early, Boundary::Sending) => self.run(|journal| claim(journal, good_outcome(kind).as_str())),
            _ => Ok(()),
        }
    }

    /// When it has not gone. On the way to its consequence the right one looks for its act, and would stop without it.
    pub(super) fn leaves(&self, boundary: Boundary) -> Result<(), String> {
        match (&self.manner, boundary) {
            (Manner::Late, boundary) if is_underway(boundary) || boundary == Boundary::Performed => self.run(show),
            _ => Ok(()),
        }
    }

    fn run(&self, work: impl Fn(&mut Connection) -> rusqlite::Result<()>) -> Result<(), String> {
        let mut journal = Connection::open(&self.journal).map_err(|error| error.to_string())?;
        work(&mut journal).map_err(|error| format!("the saboteur cannot work: {error}"))
    }
}

/// Between the intent and what goes out.
const fn is_underway(boundary: Boundary) -> bool {
    matches!(boundary, Boundary::Intended | Boundary::Drawn | Boundary::Issued)
}

/// Writes an outcome and its line of the audit, as the clerk does, only too early.
fn claim(journal: &mut Connection, outcome: &str) -> rusqlite::Result<()> {
    let transaction = journal.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let begun = "SELECT text FROM audit WHERE text LIKE '% event=act_begun %' ORDER BY sequence DESC LIMIT 1";
    let begun: String = transaction.query_row(begun, [], |row| row.get(0))?;
    let open = "SELECT act FROM acts WHERE outcome IS NULL";
    let act: String = transaction.query_row(open, [], |row| row.get(0))?;
    // What stands in every line of this run, and then the event.
    let (told, _) = begun.split_once(" event=").unwrap_or_default();
    let (_, told) = told.split_once(' ').unwrap_or_default();
    append(&transaction, &format!("{told} event=act_ended act={act} outcome={outcome}"))?;
    let settle = "UPDATE acts SET phase = 'settled', outcome = ?2, settled_ms = begun_ms WHERE act = ?1";
    transaction.execute(settle, params![act, outcome])?;
    transaction.commit()
}
