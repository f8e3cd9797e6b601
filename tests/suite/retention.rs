//! How long the audit is kept, and what becomes of it: nothing goes that is young or that nobody else has, nothing goes without a line that
//! says so, and room that has run out opens again.

use std::path::Path;

use contract::message::{Outcome, ParcelKind};
use hall::ground::TERMINAL;
use hall::journey::{rewrite, tamper};
use kiosk::audit::tool::{self, Start, ToolError, verify, verify_export};
use kiosk::audit::{Broken, Head};
use kiosk::clock::{Now, Uptime};
use kiosk::events::By;
use kiosk::events::Event;
use kiosk::journal::Journal;
use kiosk::journal::outbox::Content;
use kiosk::journal::retention::{CannotAcknowledge, Marks};
use kiosk::session::Act;

use crate::audit::{Folder, script};

const DAY_MS: i64 = 24 * 3_600_000;
/// Lines of a day.
const A_DAY: i64 = 3;
/// How long lines are kept.
const KEEP_DAYS: u64 = 184;
/// The program of a terminal that lived was started on day 0.
const DAY_0: Now = Now { elapsed_ms: 0, unix_ms: 1_795_399_200_000 };

fn on(day: i64) -> Now {
    Now { elapsed_ms: u64::try_from(day * DAY_MS).unwrap(), unix_ms: DAY_0.unix_ms + day * DAY_MS }
}

/// The same, while the wall clock is so many days ahead.
fn ahead(day: i64, days: i64) -> Now {
    Now { unix_ms: on(day).unix_ms + days * DAY_MS, ..on(day) }
}

fn opened(journal: &Path) -> Journal {
    Journal::open(journal, "0badcafe", TERMINAL, DAY_0).unwrap()
}

/// The machine is started on that day.
fn note_day(journal: &mut Journal, now: Now) {
    let uptime = Uptime { boot: now.date().to_string(), ms: 0 };
    assert!(journal.note_day_of(now.date(), &uptime).unwrap());
}

/// What happens on a day, at the time that the clock tells.
fn live(journal: &mut Journal, now: Now) {
    note_day(journal, now);
    let visits: Vec<_> = (1..).take(A_DAY as usize).map(|visit| (Event::VisitOpened { visit }, now)).collect();
    journal.note(&visits).unwrap();
}

/// A terminal that has run on days 0 to `days` - 1.
fn lived(folder: &Folder, days: i64) -> Journal {
    let mut journal = opened(&folder.0);
    (0..days).for_each(|day| live(&mut journal, on(day)));
    journal
}

fn line(journal: &Journal, sequence: i64) -> Head {
    let line = journal.moment().unwrap().line(sequence).unwrap().unwrap();
    Head { sequence, digest: line.digest }
}

fn by() -> By {
    By::staff("A0031").unwrap()
}

/// Everything so far is exported.
fn export_all(journal: &mut Journal, now: Now) -> Head {
    let head = journal.marks().unwrap().head;
    journal.acknowledge(&head, &by(), now).unwrap();
    head
}

fn file(folder: &Folder) -> std::path::PathBuf {
    folder.0.join("journal.sqlite")
}

fn exported(folder: &Folder, start: Start) -> Result<String, ToolError> {
    let mut text = String::new();
    tool::export(&folder.0, start, |line| text.push_str(&format!("{line}\n"))).map(|_| text)
}

fn wrong(folder: &Folder) -> Vec<Broken> {
    verify(&folder.0, None).unwrap().1
}

#[test]
fn lines_are_pruned_that_are_young_or_that_nobody_has_exported() {
    let folder = Folder::new("young");
    let mut journal = lived(&folder, 250);
    assert_eq!(journal.prune(KEEP_DAYS, on(249)).unwrap(), None, "nobody has them");
    let day_20 = line(&journal, 20 * A_DAY);
    journal.acknowledge(&day_20, &by(), on(249)).unwrap();
    let pruned = journal.prune(KEEP_DAYS, on(249)).unwrap().unwrap();
    assert!(!pruned.more, "it would look again at once");
    let marks = journal.marks().unwrap();
    assert_eq!((&marks.base, &marks.exported), (&day_20, &day_20), "{:?}", pruned.event);
    export_all(&mut journal, on(249));
    journal.prune(KEEP_DAYS, on(249)).unwrap().unwrap();
    // Today is day 249: what was written on day 64 is 185 days old, what on day 65 is 184 old by tonight.
    assert_eq!(journal.marks().unwrap().base.sequence, 65 * A_DAY);
    assert_eq!(journal.prune(KEEP_DAYS, on(249)).unwrap(), None, "twice on a day");
    live(&mut journal, on(250));
    journal.prune(KEEP_DAYS, on(250)).unwrap().unwrap();
    assert_eq!(journal.marks().unwrap().base.sequence, 66 * A_DAY);
    assert_eq!(wrong(&folder), []);
    // The next start goes on where the chain ends.
    drop(journal);
    live(&mut opened(&folder.0), on(251));
    assert_eq!(wrong(&folder), []);
}

#[test]
fn the_clock_is_set_forward_by_ten_years() {
    let folder = Folder::new("ahead");
    let mut journal = lived(&folder, 10);
    export_all(&mut journal, on(9));
    let later = ahead(10, 3650);
    live(&mut journal, later);
    assert_eq!(journal.prune(KEEP_DAYS, later).unwrap(), None, "everything is ten years old at once");
    export_all(&mut journal, later);
    // Back again. The day of the leap counts once, as any other.
    (11..=184).for_each(|day| live(&mut journal, on(day)));
    assert_eq!(journal.prune(KEEP_DAYS, on(184)).unwrap(), None);
    // What came from the future says nothing of its age, and holds up nobody: by now it lies back half a year, by the days.
    (185..=196).for_each(|day| live(&mut journal, on(day)));
    export_all(&mut journal, on(196));
    journal.prune(KEEP_DAYS, on(196)).unwrap().unwrap();
    let acknowledgements = 2;
    assert_eq!(
        journal.marks().unwrap().base.sequence,
        12 * A_DAY + acknowledgements,
        "lines of the leap stay for ten years"
    );
    assert_eq!(wrong(&folder), []);
}

#[test]
fn a_terminal_that_stood_in_a_store_room_has_lost_its_half_year() {
    let folder = Folder::new("stood");
    let mut journal = lived(&folder, 100);
    export_all(&mut journal, on(99));
    live(&mut journal, on(1000));
    assert_eq!(journal.prune(KEEP_DAYS, on(1000)).unwrap(), None, "it has not run so long");
    // The other way round: so many days were noted, and their lines tell of a week.
    let folder = Folder::new("fast");
    let mut journal = opened(&folder.0);
    for day in 0..400 {
        note_day(&mut journal, on(day));
        journal.note(&[(Event::VisitOpened { visit: 1 }, on(day / 60))]).unwrap();
    }
    export_all(&mut journal, on(7));
    assert_eq!(journal.prune(KEEP_DAYS, on(7)).unwrap(), None, "a week is no half year");
}

#[test]
fn an_export_is_acknowledged_that_tells_otherwise_or_goes_back() {
    let folder = Folder::new("otherwise");
    let mut journal = lived(&folder, 3);
    let good = line(&journal, 5);
    let other = Head { digest: good.digest.replace(&good.digest[10..14], "0000"), ..good.clone() };
    let before = (journal.marks().unwrap(), verify(&folder.0, None).unwrap());
    let refused = |journal: &mut Journal, head: &Head| journal.acknowledge(head, &by(), on(3)).unwrap_err();
    assert!(matches!(refused(&mut journal, &other), CannotAcknowledge::Other(5)));
    let beyond = Head { sequence: 10, ..good.clone() };
    assert!(matches!(refused(&mut journal, &beyond), CannotAcknowledge::NoLine(10)));
    assert!(matches!(refused(&mut journal, &Head::default()), CannotAcknowledge::NoLine(0)));
    assert_eq!((journal.marks().unwrap(), verify(&folder.0, None).unwrap()), before, "something has changed");
    let told = journal.acknowledge(&good, &by(), on(3)).unwrap().unwrap().line();
    assert_eq!(told, format!("event=audit_acknowledged up_to=5 digest={} by=A0031", good.digest));
    let last = journal.moment().unwrap().line(10).unwrap().unwrap();
    assert!(last.text.ends_with(&told), "{}", last.text);
    assert_eq!(journal.acknowledge(&good, &by(), on(3)).unwrap(), None, "it is said twice");
    let earlier = line(&journal, 4);
    let Err(CannotAcknowledge::Backwards { asked: 4, exported: 5 }) = journal.acknowledge(&earlier, &by(), on(3))
    else {
        panic!("it goes back");
    };
    for nobody in ["张三", "", "agency"] {
        assert!(By::staff(nobody).is_none(), "nobody knows who has said it: {nobody}");
    }
}

#[test]
fn power_fails_between_what_is_pruned_and_the_line_that_says_so() {
    let folder = Folder::new("torn");
    let mut journal = lived(&folder, 250);
    export_all(&mut journal, on(249));
    let before = journal.marks().unwrap();
    let fails = "CREATE TRIGGER power BEFORE INSERT ON audit WHEN NEW.text LIKE '% event=audit_pruned %' \
                 BEGIN SELECT RAISE(ABORT, 'power'); END";
    rewrite(&file(&folder), fails).unwrap();
    assert!(journal.prune(KEEP_DAYS, on(249)).is_err(), "the line is missing, and nobody minds");
    assert_eq!(journal.marks().unwrap(), before);
    assert!(journal.moment().unwrap().line(1).unwrap().is_some(), "a line is gone, and none says so");
    assert_eq!(wrong(&folder), []);
    rewrite(&file(&folder), "DROP TRIGGER power").unwrap();
    journal.prune(KEEP_DAYS, on(249)).unwrap().unwrap();
    assert_eq!(wrong(&folder), []);
}

#[test]
fn somebody_cuts_off_the_beginning_and_writes_a_base() {
    let forged = |sql: &str| {
        let folder = Folder::new("forged");
        let mut journal = lived(&folder, 250);
        let day_20 = line(&journal, 20 * A_DAY);
        journal.acknowledge(&day_20, &by(), on(249)).unwrap();
        journal.prune(KEEP_DAYS, on(249)).unwrap().unwrap();
        assert_eq!(wrong(&folder), []);
        drop(journal);
        rewrite(&file(&folder), sql).unwrap();
        wrong(&folder)
    };
    let base = "(SELECT digest FROM audit WHERE sequence = 90)";
    let cut = forged(&format!(
        "UPDATE audit_marks SET sequence = 90, digest = {base} WHERE name = 'base'; DELETE FROM audit WHERE sequence <= 90"
    ));
    assert_eq!(cut, [Broken::CutOff { sequence: 90 }]);
    let more = forged("DELETE FROM audit WHERE sequence <= 70");
    assert_eq!(more, [Broken::Missing { from: 61, to: 70 }]);
    let unmarked = forged("DELETE FROM audit_marks WHERE name = 'base'");
    assert_eq!(unmarked, [Broken::Missing { from: 1, to: 60 }]);
    let other = forged("UPDATE audit_marks SET digest = 'sha256:00' WHERE name = 'base'");
    assert_eq!(other, [Broken::Changed { sequence: 61 }, Broken::CutOff { sequence: 60 }]);
    let claimed = forged(&format!("UPDATE audit_marks SET sequence = 90, digest = {base} WHERE name = 'exported'"));
    assert_eq!(claimed, [Broken::Unacknowledged { sequence: 90 }]);
    let all = forged("DELETE FROM audit");
    assert_eq!(all, [Broken::CutOff { sequence: 60 }, Broken::Unacknowledged { sequence: 60 }]);
}

#[test]
fn a_mark_that_somebody_wrote_lets_lines_go_that_nobody_has() {
    let folder = Folder::new("marked");
    let mut journal = lived(&folder, 250);
    let mark = "INSERT INTO audit_marks SELECT 'exported', sequence, digest FROM audit ORDER BY sequence DESC LIMIT 1";
    rewrite(&file(&folder), mark).unwrap();
    assert_eq!(journal.prune(KEEP_DAYS, on(249)).unwrap(), None);
    assert_eq!(wrong(&folder), [Broken::Unacknowledged { sequence: 250 * A_DAY }]);
}

#[test]
fn somebody_says_that_lines_were_pruned_which_nobody_had_exported() {
    let folder = Folder::new("unexported");
    let mut journal = lived(&folder, 10);
    let at = line(&journal, 12);
    let (up_to, digest) = (12, kiosk::events::LineDigest::from(at.digest.as_str()));
    journal.note(&[(Event::AuditPruned { up_to, digest, acts: 0 }, on(10))]).unwrap();
    drop(journal);
    let cut = "INSERT INTO audit_marks SELECT 'base', sequence, digest FROM audit WHERE sequence = 12; \
               DELETE FROM audit WHERE sequence <= 12";
    rewrite(&file(&folder), cut).unwrap();
    assert_eq!(wrong(&folder), [Broken::CutOff { sequence: 12 }]);
}

#[test]
fn evidence_is_pruned_with_the_rest() {
    let folder = Folder::new("evidence");
    let mut journal = lived(&folder, 250);
    export_all(&mut journal, on(249));
    let stands_still = |journal: &Journal| journal.moment().unwrap().stands_still(KEEP_DAYS, on(249)).unwrap();
    assert_eq!(stands_still(&journal), None);
    tamper(&file(&folder), "UPDATE audit SET text = replace(text, 'visit=2', 'visit=7') WHERE sequence = 50").unwrap();
    assert_eq!(stands_still(&journal), Some(50), "nobody learns why nothing is pruned");
    journal.prune(KEEP_DAYS, on(249)).unwrap().unwrap();
    assert_eq!(journal.marks().unwrap().base.sequence, 49);
    assert_eq!(journal.prune(KEEP_DAYS, on(249)).unwrap(), None);
    assert_eq!(wrong(&folder), [Broken::Changed { sequence: 50 }], "what was changed can no longer be told");
}

#[test]
fn an_export_begins_with_a_line_that_is_gone() {
    let folder = Folder::new("gone");
    let mut journal = lived(&folder, 250);
    let head = export_all(&mut journal, on(249));
    journal.prune(KEEP_DAYS, on(249)).unwrap().unwrap();
    let base = journal.marks().unwrap().base.sequence;
    for gone in [1, base] {
        let Err(why @ ToolError::Pruned { .. }) = exported(&folder, Start::Line(gone)) else { panic!("line {gone}") };
        let told = format!(
            "lines up to {base} were pruned, after an export of them had been acknowledged. Lines are kept from {}",
            base + 1
        );
        assert!(why.to_string().contains(&told), "{why}");
    }
    let whole = exported(&folder, Start::Kept).unwrap();
    assert_eq!(exported(&folder, Start::Line(base + 1)).unwrap(), whole);
    let newest = journal.marks().unwrap().head;
    let (good, said) = script(&folder.write("whole", &whole));
    assert_eq!((good, said), (true, format!("ok: head {}:{}\n", newest.sequence, newest.digest)));
    // Two lines have come since: who acknowledged, and what was pruned.
    let rest = exported(&folder, Start::Unexported).unwrap();
    assert!(
        rest.starts_with(&format!("after {} {}\n", head.sequence, head.digest)) && rest.lines().count() == 3,
        "{rest}"
    );
    // A head that somebody has kept of a line that is gone cannot be compared, and it says so.
    let old = Head { sequence: base - 1, digest: head.digest };
    assert_eq!(verify(&folder.0, Some(old)).unwrap().1, [Broken::NotMet { sequence: base - 1 }]);
}

#[test]
fn an_export_that_stands_in_a_pager_holds_the_journal_at_one_moment() {
    let folder = Folder::new("pager");
    let mut journal = opened(&folder.0);
    note_day(&mut journal, DAY_0);
    let visits: Vec<_> = (1..=12_000).map(|visit| (Event::VisitOpened { visit }, on(0))).collect();
    journal.note(&visits).unwrap();
    (1..=190).for_each(|day| live(&mut journal, on(day)));
    let head = export_all(&mut journal, on(190));
    // More than is read at once, and no line is missing or double; what comes meanwhile is left for the next.
    let mut text = String::new();
    let each = |line: &str| {
        if text.is_empty() {
            live(&mut journal, on(190));
        }
        text.push_str(&format!("{line}\n"));
    };
    tool::export(&folder.0, Start::Kept, each).unwrap();
    let last = head.sequence + 1;
    assert_eq!(verify_export(&folder.write("whole", &text), None).unwrap().0.sequence, last);
    assert_eq!((text.lines().count() as i64, wrong(&folder)), (1 + last, vec![]));
    // The reader goes home; lines that are old and exported go, and what has not been read of them is not skipped.
    let mut read = 0_i64;
    let each = |_: &str| {
        read += 1;
        if read == 2 {
            journal.prune(KEEP_DAYS, on(190)).unwrap().unwrap();
        }
    };
    let Err(ToolError::Pruned { from, base: 10_000 }) = tool::export(&folder.0, Start::Kept, each) else {
        panic!("it was held, or lines were skipped");
    };
    assert_eq!(from, read);
}

#[test]
fn a_part_of_an_export_is_left_out() {
    let folder = Folder::new("parts");
    let mut journal = lived(&folder, 10);
    let mut parts = Vec::new();
    while let Some(part) = journal.due_lines(10, 2_000).unwrap() {
        assert!(part.text.len() <= 2_000);
        parts.push(part.text);
        journal.acknowledge(&part.last, &by(), on(10)).unwrap();
    }
    assert!(parts.len() > 2, "{} parts", parts.len());
    let whole = folder.write("all", &parts.concat());
    assert!(script(&whole).0 && verify_export(&whole, None).unwrap().1.is_empty());
    let first = Head { sequence: 0, digest: "start".to_owned() };
    assert!(parts[0].starts_with(&format!("after {} {}\n", first.sequence, first.digest)));
    let missing = folder.write("missing", &[&*parts[0], &*parts[2]].concat());
    let (good, said) = script(&missing);
    assert!(!good && said.contains("the next part does not follow it"), "{said}");
    assert!(matches!(verify_export(&missing, None).unwrap().1[..], [Broken::Part { .. }]));
}

fn content(part: &str) -> Content {
    let recipient = Some("sha256:of the auditor".to_owned());
    Content { algorithm: "age-v1-x25519", bytes: part.as_bytes().to_vec(), recipient }
}

/// Posts what is due on that day, if anything is; the last line of it.
fn post(journal: &mut Journal, at_once_lines: u64, day: i64) -> Option<i64> {
    let part = journal.due_lines(at_once_lines, 40_000).unwrap()?;
    let key = format!("0badcafe-{}-{}-{day}", part.first, part.last.sequence);
    journal.post_part(&part, &key, &content(&part.text), on(day)).unwrap();
    Some(part.last.sequence)
}

fn waiting(journal: &Journal) -> Option<kiosk::journal::outbox::Waiting> {
    journal.next_parcel(0).unwrap().filter(|parcel| parcel.kind == ParcelKind::AuditLines)
}

#[test]
fn the_same_lines_are_posted_twice_or_a_refused_parcel_counts() {
    let folder = Folder::new("posted");
    let mut journal = lived(&folder, 4);
    // Up to where the day began; what has happened today goes tomorrow, or at once if it is much.
    assert_eq!(post(&mut journal, 1_000, 3), Some(3 * A_DAY));
    assert_eq!(post(&mut journal, 1, 3), None, "a second part is on its way");
    let first = waiting(&journal).unwrap();
    journal.refused(&first, "bad_request", on(3)).unwrap();
    assert_eq!(journal.marks().unwrap().exported, Head::default(), "what was refused counts");
    assert_eq!(post(&mut journal, 1, 3), None, "it knocks all day");
    live(&mut journal, on(4));
    assert_eq!(post(&mut journal, 1_000, 4), Some(4 * A_DAY));
    let lines: Vec<_> = journal.parcels().unwrap().into_iter().filter(|parcel| parcel[0] == "audit_lines").collect();
    assert_eq!(lines.len(), 1, "what was refused is kept for ever: {lines:?}");
    assert_eq!(journal.part_delivered(&first, on(4)).unwrap(), None, "an old answer counts");
    let second = waiting(&journal).unwrap();
    let told = journal.part_delivered(&second, on(4)).unwrap().unwrap().line();
    assert!(told.contains(" up_to=12 ") && told.ends_with(" by=agency"), "{told}");
    assert_eq!(journal.part_delivered(&second, on(4)).unwrap(), None, "an answer counts twice");
    assert_eq!(journal.parcels().unwrap().len(), 0);
    assert_eq!(post(&mut journal, 1_000, 4), None, "the day's have gone");
    assert!(post(&mut journal, 1, 4) > Some(12), "many stand, and none goes");
    // Somebody has been quicker, by hand.
    let third = waiting(&journal).unwrap();
    live(&mut journal, on(5));
    let by_hand = export_all(&mut journal, on(5));
    assert_eq!(journal.part_delivered(&third, on(5)).unwrap(), None);
    assert_eq!(journal.marks().unwrap().exported, by_hand);
    assert_eq!(wrong(&folder), []);
}

#[test]
fn lines_are_posted_that_no_longer_follow_what_is_exported() {
    let folder = Folder::new("late");
    let mut journal = lived(&folder, 4);
    let part = journal.due_lines(1, 40_000).unwrap().unwrap();
    export_all(&mut journal, on(4));
    journal.post_part(&part, "0badcafe-1-12-00", &content(&part.text), on(4)).unwrap();
    assert_eq!(waiting(&journal), None, "they are exported already");
}

fn question(sequence: u64) -> Act {
    crate::journal::question("0badcafe", sequence)
}

#[test]
fn an_act_is_forgotten_whose_end_nobody_knows_or_the_agency_has_not_heard() {
    let folder = Folder::new("acts");
    let mut journal = opened(&folder.0);
    note_day(&mut journal, DAY_0);
    // Done and told; unknown; not told; resolved late; the newest.
    for sequence in 1..=5 {
        let act = question(sequence);
        let outcome = if [2, 4].contains(&sequence) { Outcome::Unknown } else { Outcome::Filed };
        journal.begin(&act, 1, None, on(0)).unwrap();
        journal.settle(&act.id.text, outcome, None, None, on(0)).unwrap();
        if sequence != 3 {
            journal.reported(i64::try_from(sequence).unwrap(), outcome).unwrap();
        }
    }
    (1..250).for_each(|day| live(&mut journal, on(day)));
    let late = question(4).id.text;
    journal.resolve(&late, Outcome::Filed, None, &by(), on(249)).unwrap();
    journal.reported(4, Outcome::Filed).unwrap();
    export_all(&mut journal, on(249));
    let told = journal.prune(KEEP_DAYS, on(249)).unwrap().unwrap().event.line();
    assert!(told.ends_with(" acts=1"), "{told}");
    let left: Vec<_> = journal.rows().unwrap().into_iter().map(|row| row.act).collect();
    assert_eq!(left, [2, 3, 4, 5].map(|sequence| question(sequence).id.text));
    assert_eq!(journal.next_sequence().unwrap(), 6, "an id is given twice");
    (250..500).for_each(|day| live(&mut journal, on(day)));
    export_all(&mut journal, on(499));
    journal.prune(KEEP_DAYS, on(499)).unwrap().unwrap();
    let left: Vec<_> = journal.rows().unwrap().into_iter().map(|row| row.act).collect();
    assert_eq!(left, [2, 3, 5].map(|sequence| question(sequence).id.text), "what was resolved stays for ever");
    // Now the agency hears of what it had not heard of; and the newest is not that any more.
    journal.reported(3, Outcome::Filed).unwrap();
    journal.begin(&question(6), 1, None, on(499)).unwrap();
    (500..502).for_each(|day| live(&mut journal, on(day)));
    let told = journal.prune(KEEP_DAYS, on(501)).unwrap().unwrap().event.line();
    assert!(told.ends_with(" acts=2"), "{told}");
    let left: Vec<_> = journal.rows().unwrap().into_iter().map(|row| row.act).collect();
    assert_eq!(left, [2, 6].map(|sequence| question(sequence).id.text), "what was reported late stays for ever");
    assert_eq!(journal.next_sequence().unwrap(), 7);
}

#[test]
fn a_whole_year_goes_in_one_transaction() {
    let folder = Folder::new("bounded");
    let mut journal = opened(&folder.0);
    note_day(&mut journal, DAY_0);
    let visits: Vec<_> = (1..=25_000).map(|visit| (Event::VisitOpened { visit }, on(0))).collect();
    journal.note(&visits).unwrap();
    (1..=190).for_each(|day| live(&mut journal, on(day)));
    export_all(&mut journal, on(190));
    let steps = std::iter::from_fn(|| journal.prune(KEEP_DAYS, on(190)).unwrap().map(|pruned| pruned.more));
    assert_eq!(steps.collect::<Vec<_>>(), [true, true, false]);
    let Marks { base, .. } = journal.marks().unwrap();
    assert_eq!((base.sequence, wrong(&folder)), (25_000 + 5 * A_DAY, vec![]));
}
