//! Power cuts: visits on real parts, recorded and replayed; and traces that are deliberately wrong, which the judge must not let pass.

use std::path::PathBuf;

use contract::message::{Outcome, WorkingDays};
use hall::ground::TERMINAL;
use hall::journey::tamper;
use hall::powercut::judge::Wrong;
use hall::powercut::record::database;
use hall::powercut::table::Table;
use hall::powercut::trace::{Deed, Files, Story, Trace};
use hall::powercut::{KINDS, Kind};
use kiosk::clock::Now;
use kiosk::crypto::person::{PersonKey, Pseudonym};
use kiosk::events::Event;
use kiosk::journal::Journal;
use kiosk::kept::{Kept, Name, Shelf};
use kiosk::session::{Act, ActBody, ActId, ActKind};

use crate::journeys::hall;

#[test]
fn power_is_cut_at_any_moment_of_any_act() {
    hall(&["powercut"]);
}

#[test]
fn a_disk_that_makes_nothing_durable_loses_nothing() {
    hall(&["powercut", "--control"]);
}

/// On the mains the same visit ends as it should.
#[test]
fn an_act_is_journaled_after_its_effect_and_no_cut_loses_it() {
    hall(&["powercut", "--control", "late"]);
}

const NOW: Now = Now { elapsed_ms: 5, unix_ms: 1_795_000_000_000 };

/// The visit in which a question is left.
fn question() -> Kind {
    Kind::named("question").unwrap()
}

#[test]
fn a_kind_of_act_is_never_cut_off() {
    let cut: Vec<ActKind> = KINDS.iter().take(ActKind::ALL.len()).filter_map(|kind| kind.act).collect();
    assert_eq!(cut, ActKind::ALL);
}

/// A journal whose writes are told from how its files change: each step makes all it wrote durable.
struct Tape {
    folder: PathBuf,
    last: Files,
    deeds: Vec<Deed>,
    /// How many deeds there were before each step's writes became durable.
    syncs: Vec<usize>,
}

impl Tape {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("powercut-{name}-{}", std::process::id()));
        let _from_last_time = std::fs::remove_dir_all(&folder);
        Self { folder, last: Files::new(), deeds: Vec::new(), syncs: Vec::new() }
    }

    fn step(&mut self) {
        let now = database(&self.folder).unwrap();
        let file =
            |name: &str| ["journal.sqlite", "journal.sqlite-wal"].iter().position(|known| *known == name).unwrap();
        let mut written = Vec::new();
        for (name, bytes) in &now {
            let file = file(name);
            let before = self.last.get(name);
            if before.is_none() {
                self.deeds.push(Deed::Create { name: name.clone(), file });
            }
            let before = before.map_or(&[][..], Vec::as_slice);
            for (n, page) in
                bytes.chunks(4096).enumerate().filter(|(n, page)| before.chunks(4096).nth(*n) != Some(*page))
            {
                self.deeds.push(Deed::Write { file, at: n * 4096, bytes: page.to_vec() });
                written.push(file);
            }
        }
        written.dedup();
        self.syncs.push(self.deeds.len());
        let began = self.deeds.len();
        self.deeds.extend(written.into_iter().map(|file| Deed::Sync { file, began }));
        self.last = now;
    }

    fn judged(&self, story: Story) -> Table {
        self.judged_as(&question(), story)
    }

    fn judged_as(&self, kind: &Kind, story: Story) -> Table {
        let trace = Trace { before: Files::new(), deeds: self.deeds.clone(), story };
        Table::of(&trace, kind, &self.folder.join("image")).unwrap()
    }
}

impl Drop for Tape {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}

/// A question is left, as the clerk leaves it, and what was seen outside.
fn left(name: &str) -> (Tape, Story) {
    left_by(name, None)
}

/// The same by somebody.
fn left_by(name: &str, person: Option<Pseudonym>) -> (Tape, Story) {
    let mut tape = Tape::new(name);
    let mut journal = Journal::open(&tape.folder, "0d15ea5e", TERMINAL, NOW).unwrap();
    tape.step();
    let id = ActId { text: format!("{TERMINAL}-0d15ea5e-1"), sequence: 1 };
    let act = Act {
        id,
        visit_token: "0".repeat(32),
        item: "I02".to_owned(),
        person,
        body: ActBody::Question("何时发放".to_owned()),
    };
    journal.begin(&act, 1, None, NOW).unwrap();
    tape.step();
    journal.advance(&act.id.text, "sending").unwrap();
    tape.step();
    let sent = tape.deeds.len();
    journal.settle(&act.id.text, Outcome::Filed, None, None, NOW).unwrap();
    tape.step();
    let told = tape.deeds.len();
    let told = vec![(told, Outcome::Filed)];
    (tape, Story { act: act.id.text, sent: Some(sent), happened: Some(sent), told, ..Story::default() })
}

#[test]
fn a_right_trace_is_called_wrong() {
    let (tape, story) = left("right");
    let table = tape.judged(story);
    assert!(table.wrong.is_empty() && table.images() > 50, "{:?}", table.wrong);
    let outcomes: Vec<&String> = table.boundaries.iter().flat_map(|boundary| boundary.outcomes.keys()).collect();
    assert!(
        ["no row", "unknown", "filed"].iter().all(|outcome| outcomes.iter().any(|found| found == outcome)),
        "{outcomes:?}"
    );
}

#[test]
fn the_intent_is_durable_only_after_the_job_has_gone_out() {
    let (tape, story) = left("late-intent");
    let [_, intent, ..] = tape.syncs[..] else { panic!("no steps") };
    let table = tape.judged(Story { sent: Some(intent), happened: Some(intent), ..story });
    assert!(table.count(Wrong::Lost) > 0 && table.count(Wrong::Doubled) > 0, "{:?}", table.wrong);
}

#[test]
fn the_citizen_is_told_before_the_outcome_is_durable() {
    let (tape, story) = left("early-page");
    let told = vec![(*tape.syncs.last().unwrap(), Outcome::Filed)];
    let table = tape.judged(Story { told, ..story });
    assert!(table.count(Wrong::Lost) > 0 && table.count(Wrong::Doubled) == 0, "{:?}", table.wrong);
}

#[test]
fn the_outcome_is_written_before_it_has_happened() {
    let (tape, story) = left("early-outcome");
    let table = tape.judged(Story { happened: Some(story.told[0].0), ..story });
    assert!(table.count(Wrong::Untrue) > 0 && table.count(Wrong::Lost) == 0, "{:?}", table.wrong);
}

#[test]
fn records_are_on_the_glass_before_the_audit_has_them() {
    let mut tape = Tape::new("records");
    let mut journal = Journal::open(&tape.folder, "0d15ea5e", TERMINAL, NOW).unwrap();
    tape.step();
    journal.note(&[(Event::RecordsShown { visit: 1, item: "Q02".into() }, NOW)]).unwrap();
    tape.step();
    let judged = |shown: &[usize]| {
        let story = Story { shown: shown.to_vec(), ..Story::default() };
        tape.judged_as(&Kind::named("records").unwrap(), story)
    };
    let (early, durable) = (*tape.syncs.last().unwrap(), tape.deeds.len());
    let table = judged(&[durable]);
    assert!(table.wrong.is_empty(), "{:?}", table.wrong);
    assert!(table.boundaries.iter().any(|boundary| boundary.outcomes.contains_key("noted")), "{:?}", table.boundaries);
    // One line does not stand for two tables.
    for shown in [&[early][..], &[durable, durable][..]] {
        let table = judged(shown);
        assert!(table.count(Wrong::Lost) > 0 && table.wrong.len() == 1, "{shown:?}: {:?}", table.wrong);
    }
}

/// A calendar is kept beside the journal: made durable before it gets its name, or not.
fn calendar(tape: &mut Tape, durable: bool) {
    let kept = "calendar.kept";
    let (holidays, make_up_days, opening_hours) = (Vec::new(), Vec::new(), Vec::new());
    let what = WorkingDays { year: 2026, source: "公告".to_owned(), holidays, make_up_days, opening_hours };
    let from = "https://localhost".to_owned();
    let folder = tape.folder.join("shelf");
    std::fs::create_dir_all(&folder).unwrap();
    let said = Kept { from: from.clone(), tag: String::new(), unix_ms: NOW.unix_ms, what };
    Shelf::at(&folder, &from, 10_000).keep(Name::Calendar, &said).unwrap();
    let bytes = std::fs::read(folder.join(kept)).unwrap();
    written_whole(tape, kept, bytes, durable);
}

/// A file is written under another name, made durable or not, and gets its own.
fn written_whole(tape: &mut Tape, name: &str, bytes: Vec<u8>, durable: bool) {
    let (file, new) = (50, format!("{name}.new"));
    tape.deeds.push(Deed::Create { name: new.clone(), file });
    tape.deeds.push(Deed::Write { file, at: 0, bytes });
    if durable {
        tape.deeds.push(Deed::Sync { file, began: tape.deeds.len() });
    }
    tape.deeds.push(Deed::Rename { from: new, to: name.to_owned() });
    tape.deeds.push(Deed::SyncFolder { began: tape.deeds.len() });
}

#[test]
fn what_is_kept_of_the_agency_is_half_a_file() {
    let (mut tape, story) = left("kept");
    calendar(&mut tape, true);
    let table = tape.judged(story);
    assert!(table.wrong.is_empty(), "{:?}", table.wrong);
    let (mut tape, story) = left("kept-early");
    calendar(&mut tape, false);
    let table = tape.judged(story);
    assert!(table.count(Wrong::Unreadable) > 0, "{:?}", table.wrong);
}

#[test]
fn the_key_of_persons_is_half_a_file() {
    for (name, durable) in [("key", true), ("key-early", false)] {
        let (mut tape, story) = left(name);
        written_whole(&mut tape, "person.key", vec![7; 32], durable);
        let table = tape.judged(story);
        assert_eq!(table.wrong.is_empty(), durable, "{:?}", table.wrong);
        assert_eq!(table.count(Wrong::Unreadable) > 0, !durable, "{:?}", table.wrong);
    }
}

#[test]
fn a_person_stands_in_the_journal_under_a_key_that_is_gone() {
    let (tape, story) = left_by("key-gone", Some(PersonKey::new(&[7; 32]).of("190001196705120015")));
    let table = tape.judged(story);
    assert!(table.count(Wrong::Lost) > 0 && table.wrong.len() == 1, "{:?}", table.wrong);
}

/// What lies in a terminal's folder, judged as it is.
fn lying(tape: &Tape, story: Story) -> Table {
    let before = database(&tape.folder).unwrap();
    let trace = Trace {
        before,
        deeds: Vec::new(),
        story: Story { sent: Some(0), happened: Some(0), told: vec![(0, Outcome::Filed)], ..story },
    };
    // Seen a moment before the cut.
    let trace = Trace { deeds: vec![Deed::SyncFolder { began: 0 }], ..trace };
    Table::of(&trace, &question(), &tape.folder.join("image")).unwrap()
}

#[test]
fn a_row_denies_what_has_happened_or_the_audit_tells_otherwise() {
    let (tape, story) = left("denied");
    let file = tape.folder.join("journal.sqlite");
    tamper(&file, "UPDATE acts SET outcome = 'not_filed'").unwrap();
    let table = lying(&tape, story);
    assert!([Wrong::Untrue, Wrong::Audit].iter().all(|wrong| table.count(*wrong) > 0), "{:?}", table.wrong);
}

#[test]
fn the_file_is_no_database() {
    let (tape, story) = left("no-database");
    let _no_log = std::fs::remove_file(tape.folder.join("journal.sqlite-wal"));
    std::fs::write(tape.folder.join("journal.sqlite"), [b'x'; 8192]).unwrap();
    assert!(lying(&tape, story).count(Wrong::Unreadable) > 0);
}
