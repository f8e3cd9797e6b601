//! The audit on disk: somebody changes, removes or reorders lines with a database tool, and it shows, and where; judged also by a script that
//! uses nothing of ours.

use std::path::{Path, PathBuf};
use std::process::Command;

use contract::message::Outcome;
use hal::Code;
use hall::ground::beside_us;
use hall::journey::tamper;
use hall::people::home;
use hall::sim::{Deed, Sim, What};
use kiosk::audit::tool::{Start, export, verify, verify_export};
use kiosk::audit::{Algorithm, Broken, Head, Line};
use kiosk::clock::Now;
use kiosk::events::{By, Event, Name, VisitEnd};
use kiosk::journal::Journal;
use kiosk::session::{Completion, Device, Effect, Input};
use ui::{Intent, Page};

/// A folder of this test's own, gone with it.
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("audit-{name}-{}", std::process::id()));
        let _from_last_time = std::fs::remove_dir_all(&folder);
        Self(folder)
    }

    pub(crate) fn write(&self, name: &str, text: &str) -> PathBuf {
        let file = self.0.join(name);
        std::fs::write(&file, text).unwrap();
        file
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

const NOW: Now = Now { elapsed_ms: 5, unix_ms: 1_795_000_000_000 };

/// A terminal that has seen three visits.
fn kept(folder: &Path) -> Journal {
    let mut journal = Journal::open(folder, "00000000", "t-0301", NOW).unwrap();
    for visit in 1..=3 {
        let opened = Event::VisitOpened { visit };
        let page = Event::PageShown { page: "home" };
        let ended = Event::VisitEnded { visit, why: VisitEnd::Left };
        journal.note(&[(opened, NOW), (page, NOW), (ended, NOW)]).unwrap();
    }
    journal
}

fn exported(folder: &Path, from: i64) -> String {
    let mut text = String::new();
    export(folder, Start::Line(from), |line| text.push_str(&format!("{line}\n"))).unwrap();
    text
}

/// What the script says of an export.
pub(crate) fn script(file: &Path) -> (bool, String) {
    let script = home().join("../deploy/verify-audit");
    let output = Command::new(script).arg(file).output().unwrap();
    (output.status.success(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn a_line_does_not_say_who_did_it_where_or_when() {
    let folder = Folder::new("line");
    let later = Now { elapsed_ms: 61_005, unix_ms: 1_795_000_061_000 };
    let act = || Name::from("t-0301-00000000-17");
    let ended = |by| Event::ActEnded { act: act(), by, outcome: Outcome::Printed };
    let mut journal = Journal::open(&folder.0, "00000000", "t-0301", NOW).unwrap();
    let begun = Event::ActBegun { act: act(), kind: "slip", item: "Q02".into(), visit: 7 };
    journal.note(&[(begun, NOW), (ended(By::Printer), later)]).unwrap();
    // Beside it, somebody of the staff: a run of its own, whose time is no other's.
    let mut beside = Journal::enter(&folder.0, "t-0301", NOW).unwrap();
    beside.note(&[(ended(By::staff("A0031").unwrap()), NOW)]).unwrap();
    let mut lines = Vec::new();
    beside.moment().unwrap().lines(1, |line| lines.push(line.text)).unwrap();
    assert_eq!(
        lines,
        [
            "seq=1 run=1 elapsed_ms=5 unix_ms=1795000000000 terminal=t-0301 actor=citizen \
             event=act_begun act=t-0301-00000000-17 kind=slip item=Q02 visit=7",
            "seq=2 run=1 elapsed_ms=61005 unix_ms=1795000061000 terminal=t-0301 actor=terminal \
             event=act_ended act=t-0301-00000000-17 by=printer outcome=printed",
            "seq=3 run=2 elapsed_ms=5 unix_ms=1795000000000 terminal=t-0301 actor=staff \
             event=act_ended act=t-0301-00000000-17 by=A0031 outcome=printed",
        ]
    );
}

#[test]
fn a_line_is_changed_removed_or_put_elsewhere_on_disk() {
    let folder = Folder::new("tampered");
    drop(kept(&folder.0));
    let (head, wrong) = verify(&folder.0, None).unwrap();
    assert_eq!(
        (head.sequence, wrong),
        (6, vec![]),
        "what the log alone keeps is in the audit, or something is missing"
    );
    let spoilt = |sql: &str| {
        let folder = Folder::new("spoilt");
        drop(kept(&folder.0));
        tamper(&folder.0.join("journal.sqlite"), sql).unwrap();
        let by_us = verify(&folder.0, Some(head.clone())).unwrap().1;
        let (good, said) = script(&folder.write("export", &exported(&folder.0, 1)));
        assert!(!good || by_us == [Broken::Missing { from: 6, to: 6 }], "the script finds nothing wrong: {said}");
        by_us
    };
    assert_eq!(
        spoilt("UPDATE audit SET text = replace(text, 'why=left', 'why=idle') WHERE sequence = 4"),
        [Broken::Changed { sequence: 4 }]
    );
    // A bit flips, or somebody writes what is no text.
    let rots = "UPDATE audit SET text = CAST(CAST(text AS BLOB) || x'ff' AS TEXT) WHERE sequence = 4";
    assert_eq!(spoilt(rots), [Broken::Changed { sequence: 4 }]);
    for none in ["CAST(x'ff' AS TEXT)", "x'ff'"] {
        let text = spoilt(&format!("UPDATE audit SET text = {none} WHERE sequence = 4"));
        assert_eq!(text, [Broken::Misplaced { sequence: 4 }]);
        let digest = spoilt(&format!("UPDATE audit SET digest = {none} WHERE sequence = 4"));
        assert_eq!(digest, [Broken::Algorithm { sequence: 4 }, Broken::Changed { sequence: 5 }]);
    }
    assert_eq!(spoilt("DELETE FROM audit WHERE sequence = 3"), [Broken::Missing { from: 3, to: 3 }]);
    assert_eq!(spoilt("DELETE FROM audit WHERE sequence = 6"), [Broken::Missing { from: 6, to: 6 }]);
    let swapped = spoilt(
        "UPDATE audit SET (text, digest) = (SELECT text, digest FROM audit AS other WHERE other.sequence = 7 - audit.sequence) \
         WHERE sequence IN (3, 4)",
    );
    assert_eq!(swapped.first(), Some(&Broken::Misplaced { sequence: 3 }));
}

#[test]
fn a_changed_line_is_verified_without_a_word_or_with_success() {
    let folder = Folder::new("command");
    drop(kept(&folder.0));
    let example = std::fs::read_to_string(home().join("../deploy/site.toml")).unwrap();
    let there = format!("\"{}\"", folder.0.display());
    let site = folder.write("site.toml", &example.replace("\"/var/lib/kiosk\"", &there));
    let verify = || {
        let mut kiosk = Command::new(beside_us("kiosk").unwrap());
        let ended = kiosk.args(["audit", "verify", "--site"]).arg(&site).output().unwrap();
        (ended.status.code(), String::from_utf8(ended.stdout).unwrap())
    };
    let (code, said) = verify();
    assert!(code == Some(0) && said.starts_with("ok up to line 6, nothing wrong\nhead 6:sha256:"), "{code:?}: {said}");
    let changed = "UPDATE audit SET text = replace(text, 'why=left', 'why=idle') WHERE sequence = 4";
    tamper(&folder.0.join("journal.sqlite"), changed).unwrap();
    let said = "line 4 was changed, or the digest of the line before it\n1 thing(s) wrong\n";
    assert_eq!(verify(), (Some(1), said.to_owned()));
}

#[test]
fn an_export_is_verified_only_by_whoever_wrote_it() {
    let folder = Folder::new("export");
    let journal = kept(&folder.0);
    let whole = folder.write("whole", &exported(&folder.0, 1));
    let tail = folder.write("tail", &exported(&folder.0, 4));
    let (head, wrong) = verify_export(&whole, None).unwrap();
    assert!(wrong.is_empty(), "{wrong:?}");
    assert_eq!(verify_export(&tail, Some(head.clone())).unwrap(), (head.clone(), vec![]));
    let told = format!("ok: head {}:{}\n", head.sequence, head.digest);
    assert_eq!(script(&whole), (true, told.clone()));
    assert_eq!(script(&tail), (true, told));
    drop(journal);
    assert!(export(&folder.0, Start::Line(99), |_| ()).is_err(), "what is not kept is exported");
}

#[test]
fn a_chain_with_sm3_is_one_that_nobody_else_can_compute() {
    let folder = Folder::new("sm3");
    std::fs::create_dir_all(&folder.0).unwrap();
    let mut head = Head::default();
    let mut text = format!("after {} {}\n", head.sequence, head.digest);
    for algorithm in [Algorithm::Sha256, Algorithm::Sm3, Algorithm::Sm3, Algorithm::Sha256] {
        let line = Line::after(&head, algorithm, "event=started");
        text.push_str(&format!("{} {}\n", line.digest, line.text));
        head = Head { sequence: line.sequence, digest: line.digest };
    }
    let (good, said) = script(&folder.write("export", &text));
    assert!(good && said.contains(&head.digest), "{said}");
    let (good, said) =
        script(&folder.write("changed", &text.replacen("seq=3 event=started", "seq=3 event=stopped", 1)));
    assert!(!good && said.contains("line 3"), "{said}");
}

#[test]
fn two_threads_keep_the_same_line_twice() {
    let folder = Folder::new("threads");
    let mut journal = Journal::open(&folder.0, "00000000", "t-0301", NOW).unwrap();
    let mut beside = journal.beside().unwrap();
    std::thread::scope(|scope| {
        for journal in [&mut journal, &mut beside] {
            scope.spawn(|| (1..=40).for_each(|visit| journal.note(&[(Event::VisitOpened { visit }, NOW)]).unwrap()));
        }
    });
    let (head, wrong) = verify(&folder.0, None).unwrap();
    assert_eq!((head.sequence, wrong), (80, vec![]));
}

#[test]
fn somebodys_records_are_shown_while_nothing_can_be_kept() {
    let open = |sim: &Sim| match sim.screen().page {
        Page::Home(home) => home.tiles.iter().filter(|tile| tile.intent.is_some()).count(),
        _ => 0,
    };
    let mut sim = Sim::at("home");
    let before = open(&sim);
    sim.feed(Input::Health(Device::Store, Err(Code::StoreUnwritable)));
    let public = open(&sim);
    assert!((1..before).contains(&public), "{public} of {before} are offered");
    sim.feed(Input::Health(Device::Store, Ok(())));
    assert_eq!(open(&sim), before, "some stay closed");
}

/// What the audit was last asked to keep while a page waits.
fn kept_first(sim: &Sim) -> Option<String> {
    sim.effects.iter().rev().find_map(|effect| match effect {
        Effect::Keep(_, event) => Some(event.line()),
        _ => None,
    })
}

#[test]
fn somebodys_records_are_seen_before_the_audit_says_so() {
    let fetching = Sim::at("fetching").screen().page;
    let mut sim = Sim::at("noting");
    assert_eq!((kept_first(&sim).unwrap().starts_with("event=records_shown "), sim.screen().page), (true, fetching));
    assert_eq!((sim.done(Completion::Posted(true)), sim.state.page_name()), (None, "table"));
    // What is known already of a form is somebody's, too.
    let mut sim = Sim::at("home");
    for deed in [Deed::Tap(Intent::Choose(2)), Deed::Done(What::Prefilled)] {
        assert_eq!(sim.deed(deed), None);
    }
    assert!(kept_first(&sim).is_some() && sim.state.page_name() == "fetching");
    // Where the disk takes nothing, nothing is seen.
    for mut sim in [sim, Sim::at("noting")] {
        assert_eq!((sim.done(Completion::Posted(false)), sim.state.page_name()), (None, "out-of-service"));
    }
}

/// Hints of the tiles that cannot be tapped, and how many can.
fn tiles(sim: &Sim) -> (Vec<String>, usize) {
    let Page::Home(home) = sim.screen().page else { panic!("{}", sim.state.page_name()) };
    let (closed, open): (Vec<_>, Vec<_>) = home.tiles.into_iter().partition(|tile| tile.intent.is_none());
    (closed.into_iter().map(|tile| tile.hint).collect(), open.len())
}

#[test]
fn services_stay_open_without_room_or_closed_with_it() {
    let mut sim = Sim::at("home");
    let (_, all) = tiles(&sim);
    let audit = |sim: &mut Sim, health| sim.feed(Input::Health(Device::Audit, health));
    audit(&mut sim, Err(Code::StoreAuditFilling));
    assert_eq!(tiles(&sim).1, all, "what gets short closes something");
    audit(&mut sim, Err(Code::StoreAuditFull));
    let (closed, open) = tiles(&sim);
    assert!(open > 0 && closed.len() + open == all, "{open} of {all} are open");
    let because = ui::words::Words::of(ui::Lang::Zh).fault("store.audit_full", "citizen").to_owned();
    assert!(closed.iter().all(|hint| *hint == because), "{closed:?}");
    assert_eq!(sim.tap(Intent::Choose(0)), Some("not offered"));
    assert_eq!(sim.tap(Intent::Choose(4)), None, "the guide is closed, too");
    let mut sim = Sim::at("nothing found, audit full");
    assert_eq!(sim.tap(Intent::Choose(1)), Some("not offered"), "a question is left of which nobody would hear");
    audit(&mut sim, Ok(()));
    assert_eq!(sim.tap(Intent::Choose(1)), None);
    let mut sim = Sim::at("home, audit full");
    audit(&mut sim, Ok(()));
    assert_eq!(tiles(&sim), (Vec::new(), all), "some stay closed");
}
