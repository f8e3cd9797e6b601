//! Parcels that the agency has refused for good: they stay, and staff decide. What was wrong at the agency has been mended: send again. The
//! agency takes it by another way: save it (sealed as it is) and hand it over. After that it may be dropped. Each is a line of the audit.
//!
//! Called beside a running terminal by `kiosk journal outbox`, never by the terminal itself. Must never send again what somebody has settled.

use contract::message::ParcelKind;
use rusqlite::{Connection, Transaction, params};

use super::acts::{OPEN, place_of};
use super::outbox::{SHOWN, known_kinds};
use super::{Journal, JournalError, text};
use crate::clock::Now;
use crate::events::{By, Event, Name};

/// Why nothing was done with a parcel.
#[derive(Debug, thiserror::Error)]
pub enum ParcelError {
    /// There is none of that name that was refused.
    #[error("no refused parcel {kind} {key} waits here: see kiosk journal outbox")]
    NoParcel {
        /// Its kind.
        kind: &'static str,
        /// Its key.
        key: String,
    },
    /// There is none of that name at all.
    #[error("no parcel {kind} {key} is here: see kiosk journal outbox")]
    NotHere {
        /// As its kind is called in the list.
        kind: String,
        /// As it is called in the list.
        key: String,
    },
    /// Somebody has settled the case otherwise; sent again, it might be filed after all.
    #[error("the case {0} is settled: what a member of staff has entered stands, and it is not sent again")]
    Settled(String),
    /// Nobody knows yet whether the case was filed.
    #[error("nobody has found out whether the case {0} was filed: kiosk journal reconcile first, then drop its parcel")]
    NotFoundOut(String),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

impl From<rusqlite::Error> for ParcelError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Journal(error.into())
    }
}

impl Journal {
    /// How many were refused and stay; with those of a kind that this release does not know and that cannot go.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn refused_parcels(&self) -> Result<u64, JournalError> {
        let unknown = format!("state = 'ready' AND kind NOT IN {}", known_kinds());
        let count = format!("SELECT count(*) FROM outbox WHERE state = 'refused' OR ({unknown})");
        let count: i64 = self.db.query_row(&count, [], |row| row.get(0))?;
        Ok(u64::try_from(count).unwrap_or(0))
    }

    /// Sends a refused parcel again, when the terminal next looks at its books. A case is on its way again then.
    ///
    /// # Errors
    /// [`ParcelError::NoParcel`], [`ParcelError::Settled`], [`ParcelError::Journal`]: nothing was changed.
    pub fn send_again(&mut self, kind: ParcelKind, shown: &str, staff: &By, now: Now) -> Result<(), ParcelError> {
        let teller = self.teller.clone();
        let transaction = self.transaction()?;
        let Parcel { place, key, .. } = refused(&transaction, kind, shown)?;
        if kind == ParcelKind::Case {
            // The refusal has left it unknown; anything else was entered by staff, as was that of an act that is pruned by now.
            let update = "UPDATE acts SET outcome = 'queued', code = NULL, reported = 0 \
                          WHERE sequence = ?1 AND act = ?2 AND outcome = 'unknown'";
            if transaction.execute(update, params![place_of(&key), key])? == 0 {
                return Err(ParcelError::Settled(key));
            }
        }
        transaction.execute("UPDATE outbox SET state = 'ready', refused = NULL WHERE sequence = ?1", [place])?;
        let by = staff.clone();
        teller.add(&transaction, &Event::ParcelSentAgain { kind: kind.as_str(), key: named(kind, &key), by }, now)?;
        Ok(transaction.commit().map_err(JournalError::from)?)
    }

    /// A parcel as it is, by what it is called in the list: sealed, so that the agency alone can open it. In whatever state: of a journal that was
    /// moved away, none goes by itself. And of whatever kind: with one that this release does not know nothing else can be done.
    ///
    /// # Errors
    /// [`ParcelError::NotHere`], [`ParcelError::Journal`].
    pub fn parcel(&self, kind: &str, shown: &str) -> Result<Vec<u8>, ParcelError> {
        let not_here = || ParcelError::NotHere { kind: kind.to_owned(), key: shown.to_owned() };
        let Parcel { place, .. } = find(&self.db, kind, shown)?.ok_or_else(not_here)?;
        Ok(self.db.query_row("SELECT content FROM outbox WHERE sequence = ?1", [place], |row| row.get(0))?)
    }

    /// Forgets a refused parcel, because somebody has taken care of it otherwise.
    ///
    /// # Errors
    /// [`ParcelError::NoParcel`], [`ParcelError::NotFoundOut`], [`ParcelError::Journal`]: nothing was changed.
    pub fn drop_parcel(&mut self, kind: ParcelKind, shown: &str, staff: &By, now: Now) -> Result<(), ParcelError> {
        let teller = self.teller.clone();
        let transaction = self.transaction()?;
        let Parcel { place, key, .. } = refused(&transaction, kind, shown)?;
        if kind == ParcelKind::Case && is_open(&transaction, &key)? {
            return Err(ParcelError::NotFoundOut(key));
        }
        transaction.execute("DELETE FROM outbox WHERE sequence = ?1", [place])?;
        if kind == ParcelKind::Case {
            // Nothing is left that could still file it: what is held for it goes, too. What is filed has its records ready.
            transaction.execute("DELETE FROM outbox WHERE kind = 'archive' AND key = ?1 AND state = 'held'", [&key])?;
        }
        let by = staff.clone();
        teller.add(&transaction, &Event::ParcelDropped { kind: kind.as_str(), key: named(kind, &key), by }, now)?;
        Ok(transaction.commit().map_err(JournalError::from)?)
    }
}

/// One that the list shows.
struct Parcel {
    place: i64,
    key: String,
    state: String,
}

/// The parcel that is called so in the list. A key may have rotted, and is compared as it is shown.
fn find(db: &Connection, kind: &str, shown: &str) -> Result<Option<Parcel>, rusqlite::Error> {
    let mut query = db.prepare(&format!("SELECT sequence, key, state, {SHOWN} FROM outbox WHERE kind = ?1"))?;
    let mut rows = query.query([kind])?;
    while let Some(row) = rows.next()? {
        if text(row, 3)? == shown {
            return Ok(Some(Parcel { place: row.get(0)?, key: text(row, 1)?, state: text(row, 2)? }));
        }
    }
    Ok(None)
}

/// The same of those that were refused.
fn refused(db: &Connection, kind: ParcelKind, shown: &str) -> Result<Parcel, ParcelError> {
    let found = find(db, kind.as_str(), shown)?.filter(|parcel| parcel.state == "refused");
    found.ok_or_else(|| ParcelError::NoParcel { kind: kind.as_str(), key: shown.to_owned() })
}

/// Whether nobody has found out yet how the act of a case's parcel ended. One that is no longer here was settled before it was pruned; or the
/// key has rotted, and the act, which nothing is on its way for any more, is to be found out by itself.
fn is_open(transaction: &Transaction<'_>, key: &str) -> Result<bool, rusqlite::Error> {
    let open = format!("SELECT 1 FROM acts WHERE sequence = ?1 AND act = ?2 AND {OPEN}");
    transaction.prepare(&open)?.exists(params![place_of(key), key])
}

/// Its key, as it may stand in the audit: a draft's is the number under which a window opens it.
fn named(kind: ParcelKind, key: &str) -> Name {
    Name::from(if kind == ParcelKind::Draft { "-" } else { key })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use contract::message::Outcome;
    use contract::problem::ProblemCode;

    use super::*;
    use crate::crypto::seal::Recipient;
    use crate::journal::outbox::Content;
    use crate::journal::tool;
    use crate::session::{Act, ActBody, ActId};

    const NOW: Now = Now { elapsed_ms: 5, unix_ms: 1_795_000_000_000 };
    const KEY: &str = "t-1-e-1";

    fn journal(name: &str) -> (Journal, std::path::PathBuf) {
        let folder = std::env::temp_dir().join(format!("refused-{name}-{}", std::process::id()));
        let _from_last_time = std::fs::remove_dir_all(&folder);
        (Journal::open(&folder, "e", "t-1", NOW).unwrap(), folder)
    }

    fn content(bytes: &[u8]) -> Content {
        Content { algorithm: "age-x25519", bytes: bytes.to_vec(), recipient: Some("sha256:of a key".to_owned()) }
    }

    fn act() -> Act {
        Act {
            id: ActId { text: KEY.to_owned(), sequence: 1 },
            visit_token: "0".repeat(32),
            item: "F18".to_owned(),
            person: None,
            body: ActBody::Question(String::new()),
        }
    }

    /// A case that was queued, and refused when it was delivered.
    fn refused_case(journal: &mut Journal) {
        let content = content(b"sealed");
        journal.begin(&act(), 1, Some(&content), NOW).unwrap();
        journal.settle(KEY, Outcome::Queued, None, Some((ParcelKind::Case, &content)), NOW).unwrap();
        let waiting = journal.next_parcel(0).unwrap().unwrap();
        assert!(journal.refused(&waiting, ProblemCode::BadRequest.as_str(), NOW).unwrap().is_some());
    }

    fn staff() -> By {
        By::Staff(Name::from("A017"))
    }

    #[test]
    fn a_refused_parcel_stays_for_ever_or_goes_though_somebody_has_settled_its_case() {
        let (mut journal, folder) = journal("again");
        refused_case(&mut journal);
        assert!(journal.next_parcel(0).unwrap().is_none() && journal.refused_parcels().unwrap() == 1);
        assert_eq!(journal.parcel("case", KEY).unwrap(), b"sealed");
        journal.send_again(ParcelKind::Case, KEY, &staff(), NOW).unwrap();
        assert_eq!(journal.row(KEY).unwrap().unwrap().outcome.as_deref(), Some("queued"));
        let waiting = journal.next_parcel(0).unwrap().unwrap();
        assert!(matches!(journal.send_again(ParcelKind::Case, KEY, &staff(), NOW), Err(ParcelError::NoParcel { .. })));
        // Refused once more; a window files it, and says so.
        journal.refused(&waiting, "bad_request", NOW).unwrap();
        journal.resolve(KEY, Outcome::NotFiled, None, &staff(), NOW).unwrap();
        assert!(matches!(journal.send_again(ParcelKind::Case, KEY, &staff(), NOW), Err(ParcelError::Settled(_))));
        assert!(journal.next_parcel(0).unwrap().is_none(), "it is filed twice");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_refused_case_that_is_a_day_old_is_said_to_go_by_itself() {
        let (mut journal, folder) = journal("day");
        refused_case(&mut journal);
        journal.db.execute("UPDATE acts SET kind = 'case'", []).unwrap();
        let late = Now { unix_ms: NOW.unix_ms + 25 * 3_600_000, ..NOW };
        // What staff see is the refusal, and not an end that somebody has to find out.
        assert_eq!((tool::overdue(&journal, late).unwrap(), journal.refused_parcels().unwrap()), (0, 1));
        let listed = tool::to_find_out(&journal).unwrap().concat();
        assert!(listed.contains(KEY) && !listed.contains("by itself"), "{listed}");
        assert!(listed.contains("kiosk journal outbox send-again"), "{listed}");
        journal.send_again(ParcelKind::Case, KEY, &staff(), late).unwrap();
        assert!(journal.next_parcel(0).unwrap().is_some());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn the_list_shows_a_number_with_which_a_window_opens_a_draft() {
        let (mut journal, folder) = journal("shown");
        journal.post(ParcelKind::Draft, "12345678", &content(b""), NOW).unwrap();
        let [[_, shown, ..]] = &journal.parcels().unwrap()[..] else { panic!("not one parcel") };
        assert!(!shown.contains("12345678"), "{shown}");
        // Nor does the error of whoever asks for one that goes by itself.
        let goes = journal.drop_parcel(ParcelKind::Draft, shown, &staff(), NOW).unwrap_err().to_string();
        assert!(goes.contains(shown) && !goes.contains("12345678"), "{goes}");
        let waiting = journal.next_parcel(0).unwrap().unwrap();
        journal.refused(&waiting, "bad_request", NOW).unwrap();
        assert!(journal.drop_parcel(ParcelKind::Draft, "12345678", &staff(), NOW).is_err(), "its number is a name");
        journal.drop_parcel(ParcelKind::Draft, shown, &staff(), NOW).unwrap();
        assert!(journal.parcels().unwrap().is_empty());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_case_is_dropped_of_which_nobody_knows_whether_it_was_filed() {
        let (mut journal, folder) = journal("drop");
        refused_case(&mut journal);
        assert!(matches!(journal.drop_parcel(ParcelKind::Case, KEY, &staff(), NOW), Err(ParcelError::NotFoundOut(_))));
        assert_eq!(journal.refused_parcels().unwrap(), 1);
        journal.resolve(KEY, Outcome::NotFiled, None, &staff(), NOW).unwrap();
        journal.drop_parcel(ParcelKind::Case, KEY, &staff(), NOW).unwrap();
        assert_eq!(
            (journal.refused_parcels().unwrap(), journal.waiting().unwrap()),
            (0, 0),
            "records keep a place for ever"
        );
        let mut told = String::new();
        journal.moment().unwrap().lines(1, |line| told.push_str(&line.text)).unwrap();
        assert!(told.contains("event=parcel_dropped kind=case key=t-1-e-1 by=A017"), "{told}");
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_refused_case_whose_act_is_pruned_can_never_be_dropped() {
        let (mut journal, folder) = journal("pruned");
        refused_case(&mut journal);
        journal.resolve(KEY, Outcome::NotFiled, None, &staff(), NOW).unwrap();
        journal.spoil("DELETE FROM acts");
        assert!(matches!(journal.send_again(ParcelKind::Case, KEY, &staff(), NOW), Err(ParcelError::Settled(_))));
        assert_eq!(journal.refused_parcels().unwrap(), 1, "it is filed twice");
        journal.drop_parcel(ParcelKind::Case, KEY, &staff(), NOW).unwrap();
        assert_eq!(journal.refused_parcels().unwrap(), 0);
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn an_act_whose_id_has_rotted_keeps_the_terminal_from_starting_or_its_end_from_being_entered() {
        let (mut journal, folder) = journal("rotten");
        journal.begin(&act(), 1, None, NOW).unwrap();
        journal.advance(KEY, "sending").unwrap();
        journal.spoil("UPDATE acts SET act = CAST(x'742dff' AS TEXT)");
        drop(journal);
        let mut journal = Journal::open(&folder, "e", "t-1", NOW).unwrap();
        let row = journal.rows().unwrap().remove(0);
        assert_eq!(row.outcome.as_deref(), Some("unknown"));
        tool::enter(&mut journal, &row.act, Outcome::NotFiled, &staff(), NOW).unwrap();
        assert_eq!(journal.rows().unwrap().remove(0).outcome.as_deref(), Some("not_filed"));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_case_that_is_filed_after_all_is_without_its_records() {
        let (mut journal, folder) = journal("records");
        refused_case(&mut journal);
        journal.send_again(ParcelKind::Case, KEY, &staff(), NOW).unwrap();
        let case = journal.next_parcel(0).unwrap().unwrap();
        journal.resolve(KEY, Outcome::Filed, None, &By::Agency, NOW).unwrap();
        journal.delivered(case.sequence).unwrap();
        let records = journal.next_parcel(0).unwrap().unwrap();
        assert_eq!((records.kind, records.key.as_str()), (ParcelKind::Archive, KEY));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn records_of_a_retired_key_are_sent_as_if_the_new_one_opened_them() {
        let (mut journal, folder) = journal("retired");
        // Of `age-keygen`; its other half was thrown away.
        let retired = Recipient::parse("age1tvtja49h2pt0alqafeg074hgnmhj7ehjx002slv7d2srgzcdxqfse0y9x0").unwrap();
        let records = Content::sealed(&retired, b"records").unwrap();
        journal.post(ParcelKind::Archive, KEY, &records, NOW).unwrap();
        let waiting = journal.next_parcel(0).unwrap().unwrap();
        journal.refused(&waiting, ProblemCode::BadRequest.as_str(), NOW).unwrap();
        drop(journal);
        // The next start knows the new key only.
        let mut journal = Journal::open(&folder, "e", "t-1", NOW).unwrap();
        assert_eq!(journal.refused_parcels().unwrap(), 1, "what nobody could open is forgotten");
        journal.send_again(ParcelKind::Archive, KEY, &staff(), NOW).unwrap();
        let again = journal.next_parcel(0).unwrap().unwrap();
        assert_eq!((again.recipient.as_deref(), again.content), (Some(retired.digest()), records.bytes));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_file_of_an_earlier_release_keeps_nothing_more() {
        let (journal, folder) = journal("older");
        journal.db.execute_batch("ALTER TABLE outbox DROP COLUMN recipient").unwrap();
        drop(journal);
        let mut journal = Journal::open(&folder, "e", "t-1", NOW).unwrap();
        journal.post(ParcelKind::Evaluation, "ab", &content(b"sealed"), NOW).unwrap();
        assert!(journal.next_parcel(0).unwrap().unwrap().recipient.is_some());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_still_goes_by_itself_is_dropped() {
        let (mut journal, folder) = journal("waits");
        let content = content(b"sealed");
        journal.post(ParcelKind::Evaluation, "ab", &content, NOW).unwrap();
        let dropped = journal.drop_parcel(ParcelKind::Evaluation, "ab", &staff(), NOW);
        assert!(matches!(dropped, Err(ParcelError::NoParcel { .. })));
        assert!(journal.next_parcel(0).unwrap().is_some());
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn what_was_to_go_from_a_journal_that_was_moved_away_is_lost() {
        let (mut journal, folder) = journal("aside");
        let (case, records) = (content(b"sealed case"), content(b"sealed records"));
        journal.begin(&act(), 1, Some(&records), NOW).unwrap();
        journal.settle(KEY, Outcome::Queued, None, Some((ParcelKind::Case, &case)), NOW).unwrap();
        journal.post(ParcelKind::Draft, "12345678", &content(b"sealed draft"), NOW).unwrap();
        drop(journal);
        let aside = folder.join("aside");
        std::fs::create_dir(&aside).unwrap();
        std::fs::rename(folder.join("journal.sqlite"), aside.join("journal.sqlite")).unwrap();
        let journal = Journal::look(&aside).unwrap();
        for [kind, shown, ..] in journal.parcels().unwrap() {
            let saved = journal.parcel(&kind, &shown).unwrap();
            assert!(saved.starts_with(b"sealed "), "{kind} {shown}");
        }
        assert_eq!(journal.parcel("case", KEY).unwrap(), case.bytes);
        assert!(matches!(journal.parcel("case", "t-1-e-2"), Err(ParcelError::NotHere { .. })));
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_kind_that_a_later_release_has_left_holds_up_all_others() {
        let (mut journal, folder) = journal("kinds");
        journal.post(ParcelKind::Archive, "later", &content(b"sealed"), NOW).unwrap();
        journal.spoil("UPDATE outbox SET kind = 'postcard'");
        journal.post(ParcelKind::Evaluation, "ab", &content(b"sealed"), NOW).unwrap();
        let waiting = journal.next_parcel(0).unwrap().unwrap();
        assert_eq!((waiting.kind, journal.refused_parcels().unwrap()), (ParcelKind::Evaluation, 1), "nobody is told");
        let [[.., reason], _] = &journal.parcels().unwrap()[..] else { panic!("not two parcels") };
        assert_eq!(reason, "unknown_kind");
        assert_eq!(journal.parcel("postcard", "later").unwrap(), b"sealed", "it cannot be handed over by hand");
        journal.delivered(waiting.sequence).unwrap();
        assert!(journal.next_parcel(0).unwrap().is_none());
        // The release that knows it is back.
        journal.spoil("UPDATE outbox SET kind = 'archive'");
        assert_eq!(journal.next_parcel(0).unwrap().unwrap().key, "later");
        assert_eq!(journal.refused_parcels().unwrap(), 0);
        std::fs::remove_dir_all(folder).unwrap();
    }
}
