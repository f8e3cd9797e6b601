//! Power cuts: a visit of each kind of act that ends well, one that only looks at records, and some that do not end well, are recorded as the
//! disk saw them, replayed into folders that a power cut may leave ([`replay`] says which), and each of these is judged: 0 acts lost, 0 ids
//! given twice, 0 untrue rows, no records seen of which the audit does not know. Two controls must
//! lose some: a disk that makes nothing durable, and a performer who journals an act after its effect.
//!
//! `hall powercut` prints the table. [`record`] plays, [`strace`] and [`trace`] read, [`replay`] rebuilds, [`judge`] judges, [`table`] counts,
//! [`restart`] starts the whole terminal. Nothing here but the late performer touches the terminal: it is watched from outside.

pub mod judge;
pub mod record;
pub mod replay;
pub mod restart;
pub mod strace;
pub mod table;
pub mod trace;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use contract::message::Outcome;
use kiosk::session::ActKind;

use crate::journey::{Play, act, unwell};
use judge::{NOTED, Wrong};
use record::Saboteur;
use restart::Hall;
use table::Table;
use trace::Trace;

/// A visit with one act, or with none, and how it shows.
#[derive(Clone, Copy)]
pub struct Kind {
    /// Names it; where the act ends well at once, after its kind.
    pub name: &'static str,
    /// Of which kind the act is; `None` where records are looked at and nothing is done.
    pub act: Option<ActKind>,
    /// What somebody is told of how it ended, one after the other: the citizen by the page, whoever reads the log, staff.
    pub told: &'static [Outcome],
    /// How long the database's log is before the visit; 0 for a terminal that starts for the first time.
    pub log_bytes: u64,
    /// Plays it.
    pub play: fn(&mut Play) -> Result<(), String>,
}

/// A log of a thousand pages is brought into the database: with so much before, that falls into the visit's act, or just behind it. How many
/// pages a start and a sign-in write before differs by four or so.
const NEARLY_FULL_LOG_BYTES: u64 = 974 * 4120;

/// Those whose act ends well, in the order of [`ActKind::ALL`], the one without an act, and those that do not end well.
pub const KINDS: [Kind; 10] = [
    Kind::well(ActKind::Slip, &[Outcome::Printed], |play| act::play(ActKind::Slip, play)),
    Kind {
        log_bytes: NEARLY_FULL_LOG_BYTES,
        ..Kind::well(ActKind::Certificate, &[Outcome::Printed], |play| act::play(ActKind::Certificate, play))
    },
    Kind::well(ActKind::Case, &[Outcome::Filed], |play| act::play(ActKind::Case, play)),
    Kind::well(ActKind::CardPin, &[Outcome::Changed], |play| act::play(ActKind::CardPin, play)),
    Kind::well(ActKind::Question, &[Outcome::Filed], |play| act::play(ActKind::Question, play)),
    Kind { name: "records", act: None, told: &[], log_bytes: 0, play: records },
    Kind { name: "reply-lost", ..Kind::well(ActKind::Case, &[Outcome::Unknown, Outcome::Filed], unwell::reply_lost) },
    Kind { name: "queued", ..Kind::well(ActKind::Case, &[Outcome::Queued, Outcome::Filed], unwell::queued) },
    Kind { name: "jam", ..Kind::well(ActKind::Certificate, &[Outcome::Unknown], unwell::jam) },
    Kind {
        name: "found-by-staff",
        ..Kind::well(ActKind::Slip, &[Outcome::Unknown, Outcome::Printed], unwell::found_by_staff)
    },
];

/// Somebody looks at their contributions, and goes.
fn records(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ask_contributions()?;
    play.page("table")?;
    play.leave()
}

impl Kind {
    const fn well(act: ActKind, told: &'static [Outcome], play: fn(&mut Play) -> Result<(), String>) -> Self {
        Self { name: act.as_str(), act: Some(act), told, log_bytes: 0, play }
    }

    /// The visit of that name.
    ///
    /// # Errors
    /// There is none.
    pub fn named(name: &str) -> Result<Self, String> {
        let names = || KINDS.map(|kind| kind.name).join(", ");
        KINDS
            .into_iter()
            .find(|kind| kind.name == name)
            .ok_or_else(|| format!("no visit {name}; there are {}", names()))
    }
}

/// Whether an act of this kind that has this outcome is done.
fn is_done(kind: ActKind, outcome: Outcome) -> bool {
    let ends = [Outcome::Unknown, Outcome::Queued, kind.not_done()];
    !ends.contains(&outcome)
}

/// All visits, two at a time, each in a program and namespaces of its own.
///
/// # Errors
/// Names the visits with which something is wrong.
pub fn all() -> Result<(), String> {
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(kind) = KINDS.get(next.fetch_add(1, Ordering::AcqRel)) {
                    let (good, said) = apart(kind.name);
                    print!("{said}");
                    let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                    failed.extend((!good).then_some(kind.name));
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    if failed.is_empty() { Ok(()) } else { Err(format!("something is wrong with {}", failed.join(", "))) }
}

fn apart(name: &str) -> (bool, String) {
    let program = std::env::current_exe().map_err(|error| error.to_string());
    let run = |program| Command::new(program).args(["powercut", name]).output().map_err(|error| error.to_string());
    match program.and_then(run) {
        Ok(output) => {
            let said = [output.stdout, output.stderr].concat();
            (output.status.success(), String::from_utf8_lossy(&said).into_owned())
        }
        Err(why) => (false, why),
    }
}

/// One kind: plays, replays, judges, starts the whole terminal on some images, prints.
///
/// # Errors
/// Something is lost, doubled or untrue, or the terminal does not start.
pub fn one(kind: &Kind) -> Result<(), String> {
    let place = Workplace::new(kind.name)?;
    let trace = record::record(kind, &place.directory, None)?;
    let table = Table::of(&trace, kind, &place.images)?;
    table.print(kind);
    if let Some((wrong, (_, why))) = table.wrong.first_key_value() {
        return Err(format!("{}: {wrong:?}: {why}; files: {}", kind.name, place.directory.display()));
    }
    // Else nothing was judged at all.
    let finds = |what: &str| table.boundaries.iter().any(|boundary| boundary.outcomes.contains_key(what));
    if let Some(never) = kind.told.iter().find(|outcome| !finds(outcome.as_str())) {
        return Err(format!("{}: no image knows that it was {}", kind.name, never.as_str()));
    }
    if kind.act.is_none() && !finds(NOTED) {
        return Err(format!("{}: no image knows that records were shown", kind.name));
    }
    if kind.log_bytes > 0 && !table.is_brought_in_with_the_act() {
        return Err(format!("{}: the log was not brought into the database after the act had begun", kind.name));
    }
    for made in ["catalogue.kept", "person.key"] {
        if !table.boundaries.iter().any(|boundary| boundary.after.starts_with(made)) {
            return Err(format!("{}: no {made} became durable", kind.name));
        }
    }
    start_all(&table, &trace, kind, &place.directory)?;
    place.clear()
}

/// The whole terminal on each folder of which nothing was kept that was not durable.
fn start_all(table: &Table, trace: &Trace, kind: &Kind, directory: &Path) -> Result<(), String> {
    let hall = Hall::again(directory)?;
    let mut started: BTreeMap<String, usize> = BTreeMap::new();
    for (state, files) in &table.starts {
        let said = hall.start(files, &trace.story, kind);
        let said = said.map_err(|why| format!("{}, {state}: {why}", kind.name))?;
        *started.entry(format!("{state}: {said}")).or_default() += 1;
    }
    for (said, times) in started {
        println!("{:<14} the whole terminal, {times} times on {said}", kind.name);
    }
    println!("{:<14} after all these starts: {}", kind.name, hall.has_it_once(&trace.story, kind)?);
    Ok(())
}

/// A control: `disk` is an act, and records that are looked at, on a disk that makes nothing durable; `late` is an act that its performer journals
/// after its effect. Whoever finds nothing lost there finds nothing anywhere.
///
/// # Errors
/// Nothing was lost.
pub fn control(which: &str) -> Result<(), String> {
    match which {
        "disk" => ["slip", "records"].into_iter().try_for_each(|name| loses(name, Saboteur::DeafDisk)),
        "late" => loses("slip", Saboteur::LatePerformer),
        other => Err(format!("no control {other}; there are disk and late")),
    }
}

fn loses(name: &str, saboteur: Saboteur) -> Result<(), String> {
    let kind = Kind::named(name)?;
    let place = Workplace::new(&format!("control-{saboteur:?}-{name}"))?;
    let trace = record::record(&kind, &place.directory, Some(saboteur))?;
    let table = Table::of(&trace, &kind, &place.images)?;
    table.print(&kind);
    if table.count(Wrong::Lost) == 0 {
        return Err(format!("{name}: nothing is lost by {saboteur:?}: the judge is blind"));
    }
    place.clear()
}

/// Where a visit's files and its images lie; images in memory, for a disk makes each of them durable.
struct Workplace {
    directory: PathBuf,
    images: PathBuf,
}

impl Workplace {
    fn new(name: &str) -> Result<Self, String> {
        let directory = std::env::temp_dir().join(format!("hall-powercut-{name}"));
        let images = Path::new("/dev/shm").join(format!("hall-powercut-{name}"));
        for folder in [&directory, &images] {
            let _from_last_time = std::fs::remove_dir_all(folder);
            std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        }
        Ok(Self { directory, images })
    }

    /// Kept only when somebody has to look.
    fn clear(&self) -> Result<(), String> {
        [&self.directory, &self.images]
            .into_iter()
            .try_for_each(std::fs::remove_dir_all)
            .map_err(|error| error.to_string())
    }
}
