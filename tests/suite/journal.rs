//! The journal's file on a disk that breaks: junk in any page of it.

use contract::message::Outcome;
use hal::receipt::Receipt;
use hall::ground::TERMINAL;
use hall::journey::tamper;
use kiosk::clock::Now;
use kiosk::crypto::person::PersonKey;
use kiosk::journal::outbox::Content;
use kiosk::journal::{AT_MOST, Journal, JournalError};
use kiosk::session::{Act, ActBody, ActId};

const NOW: Now = Now { elapsed_ms: 5, unix_ms: 1_795_000_000_000 };
const PAGE_BYTES: usize = 4096;
const ACTS: u64 = 60;

fn act(sequence: u64) -> Act {
    question("0d15ea5e", sequence)
}

/// A question that somebody leaves, of a journal with that epoch.
pub(crate) fn question(epoch: &str, sequence: u64) -> Act {
    let id = ActId { text: format!("{TERMINAL}-{epoch}-{sequence}"), sequence };
    Act {
        id,
        visit_token: "0".repeat(32),
        item: "I02".to_owned(),
        person: None,
        body: ActBody::Question("何时发放".to_owned()),
    }
}

#[test]
fn junk_in_a_page_of_the_journal_is_served_with() {
    let folder = std::env::temp_dir().join(format!("journal-junk-{}", std::process::id()));
    let _from_last_time = std::fs::remove_dir_all(&folder);
    let mut journal = Journal::open(&folder, "0d15ea5e", TERMINAL, NOW).unwrap();
    for sequence in 1..=ACTS {
        journal.begin(&act(sequence), sequence, None, NOW).unwrap();
        journal.settle(&act(sequence).id.text, Outcome::Filed, None, None, NOW).unwrap();
    }
    let rows = journal.rows().unwrap();
    drop(journal);
    let file = folder.join("journal.sqlite");
    let whole = std::fs::read(&file).unwrap();
    let pages = whole.len() / PAGE_BYTES;
    assert!(pages > 10, "{pages} pages are too few to tell anything");
    for page in 0..pages {
        let mut damaged = whole.clone();
        damaged[page * PAGE_BYTES..(page + 1) * PAGE_BYTES].fill(0xA5);
        std::fs::write(&file, &damaged).unwrap();
        match Journal::open(&folder, "ffffffff", TERMINAL, NOW) {
            Err(JournalError::Open { file: named, remedy, .. }) => {
                assert!(named.ends_with("journal.sqlite") && remedy.contains("keep them"), "{named}: {remedy}");
            }
            Err(other) => panic!("page {page}: {other}"),
            Ok(journal) => {
                panic!("page {page}: it starts, with {} of {} rows", journal.rows().unwrap().len(), rows.len())
            }
        }
        assert!(std::fs::read(&file).unwrap() == damaged, "page {page}: somebody has changed what was left");
        assert!(Journal::enter(&folder, TERMINAL, NOW).is_err(), "page {page}: staff write into it");
        assert!(std::fs::read(&file).unwrap() == damaged, "page {page}: staff have changed what was left");
        for beside in ["journal.sqlite-wal", "journal.sqlite-shm"] {
            let _there_may_be_none = std::fs::remove_file(folder.join(beside));
        }
    }
    std::fs::write(&file, &whole).unwrap();
    assert_eq!(Journal::open(&folder, "ffffffff", TERMINAL, NOW).unwrap().rows().unwrap(), rows);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_hundred_outcomes_that_are_refused_hide_the_next() {
    let folder = std::env::temp_dir().join(format!("journal-hundred-{}", std::process::id()));
    let _from_last_time = std::fs::remove_dir_all(&folder);
    let mut journal = Journal::open(&folder, "0d15ea5e", TERMINAL, NOW).unwrap();
    let acts = AT_MOST as u64 + 1;
    for sequence in 1..=acts {
        journal.begin(&act(sequence), sequence, None, NOW).unwrap();
        journal.settle(&act(sequence).id.text, Outcome::Filed, None, None, NOW).unwrap();
    }
    let first = journal.unreported(0).unwrap();
    assert_eq!(first.len(), AT_MOST);
    let next = journal.unreported(first.last().unwrap().sequence).unwrap();
    assert_eq!(next.iter().map(|row| row.act.clone()).collect::<Vec<_>>(), [act(acts).id.text]);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_journal_that_begins_anew_sends_its_head_under_the_name_of_the_old_ones() {
    for epoch in ["0d15ea5e", "5f3a9c21"] {
        let folder = std::env::temp_dir().join(format!("journal-head-{epoch}-{}", std::process::id()));
        let _from_last_time = std::fs::remove_dir_all(&folder);
        let mut journal = Journal::open(&folder, epoch, TERMINAL, NOW).unwrap();
        let head = Content { algorithm: "ed25519", bytes: epoch.into(), recipient: None };
        journal.post_head(NOW.date(), 1, &head, NOW).unwrap();
        let key = journal.next_parcel(0).unwrap().unwrap().key;
        assert_eq!(key, format!("head-{epoch}-{}", NOW.date()));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

#[test]
fn a_clock_that_was_ahead_hides_an_act_from_staff() {
    let folder = std::env::temp_dir().join(format!("journal-ahead-{}", std::process::id()));
    let _from_last_time = std::fs::remove_dir_all(&folder);
    const DAY_MS: i64 = 24 * 3_600_000;
    let days = |days: i64| Now { unix_ms: NOW.unix_ms + days * DAY_MS, ..NOW };
    let mut journal = Journal::open(&folder, "0d15ea5e", TERMINAL, NOW).unwrap();
    for (sequence, begun) in [(1, days(90)), (2, days(0)), (3, days(-2))] {
        journal.begin(&act(sequence), sequence, None, begun).unwrap();
        journal.settle(&act(sequence).id.text, Outcome::Unknown, None, None, begun).unwrap();
    }
    assert_eq!(journal.unknown_for(DAY_MS, days(0)).unwrap(), 2);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_slip_of_another_visit_makes_the_next_one_a_copy() {
    let folder = std::env::temp_dir().join(format!("journal-copy-{}", std::process::id()));
    let _from_last_time = std::fs::remove_dir_all(&folder);
    let mut journal = Journal::open(&folder, "0d15ea5e", TERMINAL, NOW).unwrap();
    let slip = || ActBody::Slip(Receipt::default());
    let mut copy = |sequence: u64, visit: &str, item: &str, body: ActBody, outcome: Outcome| {
        // The first visit has a second token for what is in nobody's name.
        let number = match visit {
            "a" | "0" => 1,
            "b" => 2,
            _ => 3,
        };
        let act = Act { visit_token: visit.repeat(32), item: item.to_owned(), body, ..act(sequence) };
        journal.begin(&act, number, None, NOW).unwrap();
        journal.settle(&act.id.text, outcome, None, None, NOW).unwrap();
        journal.row(&act.id.text).unwrap().unwrap().copy
    };
    assert_eq!(copy(1, "a", "Q02", slip(), Outcome::NotPrinted), 1, "nothing stands there");
    assert_eq!(copy(2, "a", "Q02", slip(), Outcome::Printed), 1, "the first was not printed");
    assert_eq!(copy(3, "a", "Q01", slip(), Outcome::Printed), 1, "another item");
    assert_eq!(copy(4, "a", "Q02", ActBody::Question("何时发放".to_owned()), Outcome::Filed), 1, "another kind");
    assert_eq!(copy(5, "a", "Q02", slip(), Outcome::Unknown), 2);
    assert_eq!(copy(6, "0", "F18", slip(), Outcome::Printed), 1, "in nobody's name");
    assert_eq!(
        copy(7, "a", "Q02", slip(), Outcome::Printed),
        3,
        "one that may have come out counts, whatever stands between"
    );
    assert_eq!(copy(8, "b", "Q02", slip(), Outcome::Printed), 1, "another visit");
    assert_eq!(copy(9, "b", "Q02", slip(), Outcome::Printed), 2);
    assert_eq!(copy(10, "c", "Q02", slip(), Outcome::Printed), 1, "a third visit");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_principals_first_slip_counts_as_a_copy_of_the_agents_own() {
    let folder = std::env::temp_dir().join(format!("journal-principal-{}", std::process::id()));
    let _from_last_time = std::fs::remove_dir_all(&folder);
    let mut journal = Journal::open(&folder, "0d15ea5e", TERMINAL, NOW).unwrap();
    let mut copy = |sequence: u64, id_number: &str| {
        let person = Some(PersonKey::new(&[7; 32]).of(id_number));
        let act = Act { person, body: ActBody::Slip(Receipt::default()), ..act(sequence) };
        journal.begin(&act, 1, None, NOW).unwrap();
        journal.settle(&act.id.text, Outcome::Printed, None, None, NOW).unwrap();
        journal.row(&act.id.text).unwrap().unwrap().copy
    };
    let [agent, principal] = ["190001196705120015", "19000119830225005X"];
    assert_eq!([copy(1, agent), copy(2, agent), copy(3, principal), copy(4, principal)], [1, 2, 1, 2]);
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn records_of_a_complaint_without_a_name_tell_whose_visit_it_was() {
    let folder = std::env::temp_dir().join(format!("journal-nameless-{}", std::process::id()));
    let _from_last_time = std::fs::remove_dir_all(&folder);
    let mut journal = Journal::open(&folder, "0d15ea5e", TERMINAL, NOW).unwrap();
    // One visit files in its person's name, and then without.
    let person = Some(PersonKey::new(&[7; 32]).of("190001196705120015"));
    for (act, told) in [(Act { person, ..act(1) }, " visit=31"), (act(2), " visit=0")] {
        journal.begin(&act, 31, None, NOW).unwrap();
        let lines = journal.lines_of(&act.id.text).unwrap();
        assert!(lines.len() == 1 && lines[0].ends_with(told), "{lines:?}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn two_terminals_run_on_one_folder() {
    let folder = std::env::temp_dir().join(format!("journal-two-{}", std::process::id()));
    let _from_last_time = std::fs::remove_dir_all(&folder);
    let mut journal = Journal::open(&folder, "0d15ea5e", TERMINAL, NOW).unwrap();
    journal.begin(&act(1), 1, None, NOW).unwrap();
    let Err(second) = Journal::open(&folder, "ffffffff", TERMINAL, NOW) else { panic!("it starts") };
    assert!(second.to_string().contains("end that first"), "{second}");
    // What it stands before is its own to do; and staff may look and write beside it.
    assert_eq!(Journal::look(&folder).unwrap().rows().unwrap()[0].outcome, None, "the second has settled it");
    drop(Journal::enter(&folder, TERMINAL, NOW).unwrap());
    journal.advance(&act(1).id.text, "sending").unwrap();
    drop(journal);
    drop(Journal::open(&folder, "ffffffff", TERMINAL, NOW).unwrap());
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_second_day_has_no_head_of_its_own_or_one_day_has_two() {
    let folder = std::env::temp_dir().join(format!("journal-heads-{}", std::process::id()));
    let _from_last_time = std::fs::remove_dir_all(&folder);
    let mut journal = Journal::open(&folder, "0d15ea5e", TERMINAL, NOW).unwrap();
    let head = Content { algorithm: "ed25519", bytes: b"head".to_vec(), recipient: None };
    let tomorrow = Now { unix_ms: NOW.unix_ms + 24 * 3_600_000, ..NOW };
    for now in [NOW, tomorrow] {
        assert!(!journal.head_on(now.date()).unwrap().1, "{}: it counts as sent", now.date());
        journal.post_head(now.date(), 1, &head, now).unwrap();
        assert!(journal.head_on(now.date()).unwrap().1, "{}: it does not count as sent", now.date());
        assert!(journal.post_head(now.date(), 2, &head, now).is_err(), "{}: a second one", now.date());
    }
    let keys: Vec<String> = journal.parcels().unwrap().into_iter().map(|[_, key, ..]| key).collect();
    assert_eq!(keys, [NOW, tomorrow].map(|now| format!("head-0d15ea5e-{}", now.date())));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn an_act_goes_on_that_somebody_has_settled_meanwhile() {
    let folder = std::env::temp_dir().join(format!("journal-goes-on-{}", std::process::id()));
    let _from_last_time = std::fs::remove_dir_all(&folder);
    let mut journal = Journal::open(&folder, "0d15ea5e", TERMINAL, NOW).unwrap();
    journal.begin(&act(1), 1, None, NOW).unwrap();
    journal.beside().unwrap().settle(&act(1).id.text, Outcome::NotFiled, None, None, NOW).unwrap();
    let goes_on = journal.advance(&act(1).id.text, "sending");
    assert!(matches!(goes_on, Err(JournalError::NotOpen(_))), "{goes_on:?}");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn one_row_that_rots_hides_all_acts() {
    let folder = std::env::temp_dir().join(format!("journal-rots-{}", std::process::id()));
    let _from_last_time = std::fs::remove_dir_all(&folder);
    let mut journal = Journal::open(&folder, "0d15ea5e", TERMINAL, NOW).unwrap();
    for sequence in 1..=2 {
        journal.begin(&act(sequence), sequence, None, NOW).unwrap();
        journal.settle(&act(sequence).id.text, Outcome::Filed, None, None, NOW).unwrap();
    }
    for rots in ["visit = CAST(x'ff' AS TEXT)", "item = x'ff'", "code = x'ff'"] {
        tamper(&folder.join("journal.sqlite"), &format!("UPDATE acts SET {rots} WHERE sequence = 1")).unwrap();
        assert_eq!((journal.rows().unwrap().len(), journal.unreported(0).unwrap().len()), (2, 2), "{rots}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
