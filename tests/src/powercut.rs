//! Power cuts: a visit of each kind of act is recorded as the disk saw it, replayed into every folder that a power cut may leave, and each of
//! these is judged: 0 acts lost, 0 ids given twice, 0 untrue rows. A control on a disk that makes nothing durable must lose some.
//!
//! `hall powercut` prints the table. [`record`] plays, [`strace`] and [`trace`] read, [`replay`] rebuilds, [`judge`] judges, [`table`] counts,
//! [`restart`] starts the whole terminal. Nothing here touches the terminal: it is watched from outside.

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

use judge::Wrong;
use record::Disk;
use restart::Hall;
use table::Table;
use trace::{Place, Trace};

/// A kind of act, and how it shows.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Which.
    pub act: ActKind,
    /// The page that tells the citizen that it is done.
    pub page: &'static str,
    /// Where it has its effect.
    pub place: Place,
    /// How long the database's log is before the visit; 0 for a terminal that starts for the first time.
    pub log_bytes: u64,
}

/// A log of a thousand pages is brought into the database: with so much before, that falls into the visit's act.
const NEARLY_FULL_LOG_BYTES: u64 = 985 * 4120;

impl Kind {
    /// How this kind shows.
    #[must_use]
    pub const fn of(act: ActKind) -> Self {
        let (page, place, log_bytes) = match act {
            ActKind::Slip => ("printed", Place::Receipt, 0),
            ActKind::Certificate => ("printed", Place::Page, NEARLY_FULL_LOG_BYTES),
            ActKind::Case => ("filed", Place::Agency, 0),
            ActKind::CardPin => ("pin-changed", Place::Card, 0),
            ActKind::Question => ("question-left", Place::Agency, 0),
        };
        Self { act, page, place, log_bytes }
    }

    /// The kind of that name.
    ///
    /// # Errors
    /// There is none.
    pub fn named(name: &str) -> Result<Self, String> {
        let names = || ActKind::ALL.map(ActKind::as_str).join(", ");
        let act = ActKind::ALL.into_iter().find(|act| act.as_str() == name);
        act.map(Self::of).ok_or_else(|| format!("no kind {name}; there are {}", names()))
    }

    /// How it ends where all is well.
    #[must_use]
    pub const fn done(&self) -> Outcome {
        match self.act {
            ActKind::Slip | ActKind::Certificate => Outcome::Printed,
            ActKind::Case | ActKind::Question => Outcome::Filed,
            ActKind::CardPin => Outcome::Changed,
        }
    }
}

/// All kinds, two at a time, each in a program and namespaces of its own.
///
/// # Errors
/// Names the kinds with which something is wrong.
pub fn all() -> Result<(), String> {
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(act) = ActKind::ALL.get(next.fetch_add(1, Ordering::AcqRel)) {
                    let (good, said) = apart(*act);
                    print!("{said}");
                    let mut failed = failed.lock().unwrap_or_else(PoisonError::into_inner);
                    failed.extend((!good).then_some(act.as_str()));
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
    if failed.is_empty() { Ok(()) } else { Err(format!("something is wrong with {}", failed.join(", "))) }
}

fn apart(act: ActKind) -> (bool, String) {
    let program = std::env::current_exe().map_err(|error| error.to_string());
    let run =
        |program| Command::new(program).args(["powercut", act.as_str()]).output().map_err(|error| error.to_string());
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
    let place = Workplace::new(kind.act.as_str())?;
    let trace = record::record(kind, &place.directory, Disk::Honest)?;
    let table = Table::of(&trace, kind, &place.images)?;
    table.print(kind);
    if let Some((wrong, (_, why))) = table.wrong.first_key_value() {
        return Err(format!("{}: {wrong:?}: {why}; files: {}", kind.act.as_str(), place.directory.display()));
    }
    // Else nothing was judged at all.
    let told = table
        .boundaries
        .iter()
        .flat_map(|boundary| boundary.outcomes.keys())
        .any(|outcome| outcome == kind.done().as_str());
    if !told {
        return Err(format!("{}: no image knows how the act ended", kind.act.as_str()));
    }
    if !table.boundaries.iter().any(|boundary| boundary.after.starts_with("catalogue.kept")) {
        return Err(format!("{}: no catalogue was kept", kind.act.as_str()));
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
        let said = said.map_err(|why| format!("{}, {state}: {why}", kind.act.as_str()))?;
        *started.entry(format!("{state}: {said}")).or_default() += 1;
    }
    for (said, times) in started {
        println!("{:<12} the whole terminal, {times} times on {said}", kind.act.as_str());
    }
    Ok(())
}

/// The control: a disk that makes nothing durable. Whoever finds nothing lost there finds nothing anywhere.
///
/// # Errors
/// Nothing was lost.
pub fn control() -> Result<(), String> {
    let kind = Kind::of(ActKind::Slip);
    let place = Workplace::new("control")?;
    let trace = record::record(&kind, &place.directory, Disk::Deaf)?;
    let table = Table::of(&trace, &kind, &place.images)?;
    table.print(&kind);
    if table.count(Wrong::Lost) == 0 {
        return Err("nothing is lost on a disk that makes nothing durable: the judge is blind".to_owned());
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
