//! The program `hall`: emulators, the terminal without a display, journeys, the table of kills.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use hall::namespace::{self, Network, Side};
use hall::{cases, demo, ground, journey, judges, pages, powercut, soak, storm, terminal, wipe};
use kiosk::input_method::helper;
use zeroizing_alloc::ZeroAlloc;

// As in the shipping program: what the hall measures and searches must behave as what ships.
#[global_allocator]
static MEMORY: ZeroAlloc<std::alloc::System> = ZeroAlloc(std::alloc::System);

/// The hall around a terminal: real daemons, emulated devices, whole visits judged by witnesses.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// List the journeys, one line each: those with a name, then the rows of each item.
    Journeys,
    /// Play one journey; exit 0 only if pages, journal, audit, agency and paper agree on its ending, and the log is clean.
    Journey {
        /// Name or item id, from `hall journeys`.
        #[arg(required_unless_present = "catalogue")]
        name: Option<String>,
        /// Items that nobody compiled in, laid over the agency's own (tests/made-up/catalogue.toml is an example).
        #[arg(long, value_name = "FILE", requires = "answers", conflicts_with = "name")]
        catalogue: Option<PathBuf>,
        /// Who comes to them and what they answer: rows as those of tests/items.toml.
        #[arg(long, value_name = "FILE", requires = "catalogue")]
        answers: Option<PathBuf>,
        /// Write a picture of every page, the receipt and the certificate into this folder.
        #[arg(long, value_name = "DIR")]
        frames: Option<PathBuf>,
    },
    /// Kill each service on each page of the first two journeys; print what became of every visit.
    Table {
        /// Only this one: pcscd, agency, receipt or page.
        #[arg(long)]
        service: Option<String>,
    },
    /// One cell of the table: journey, page, service.
    Cell {
        /// contributions-slip or insurance-certificate.
        journey: String,
        /// Page on which the service dies.
        page: String,
        /// pcscd, agency, receipt or page.
        service: String,
    },
    /// Cut the power at every boundary of every kind of act; print what stands where after the next start.
    Crash {
        /// Only this one: slip, certificate, case, card_pin or question.
        kind: Option<String>,
        /// Have a wrong performer at work: late (journals after the effect) or early (journals the outcome before it).
        #[arg(long)]
        saboteur: Option<String>,
    },
    /// One cell of the matrix of crashes: kind and boundary.
    CrashCell {
        /// slip, certificate, case, card_pin or question.
        kind: String,
        /// Where the power goes; the matrix lists them.
        boundary: String,
        /// As for the matrix.
        #[arg(long)]
        saboteur: Option<String>,
    },
    /// Record a visit of each kind of act, one that looks at records, and some that do not end well, as the disk sees them, replay
    /// folders that a power cut may leave, judge each; exit 0 only if nothing is lost, doubled or untrue.
    Powercut {
        /// Only this one: slip, certificate, case, card_pin, question, records, reply-lost, queued, jam or found-by-staff.
        kind: Option<String>,
        /// On a disk that makes nothing durable (disk), or with a performer who journals after the effect (late); exit 0 only if something is lost.
        #[arg(long, value_name = "WHICH", num_args = 0..=1, default_missing_value = "disk", conflicts_with = "kind")]
        control: Option<String>,
    },
    /// The visit that is recorded. Started by `powercut`, in its namespaces.
    #[command(hide = true)]
    PowercutVisit {
        /// As above.
        kind: String,
        /// Where everything's files go.
        directory: PathBuf,
        /// With the performer who journals after the effect.
        #[arg(long)]
        late: bool,
    },
    /// Search kiosk, card service, print service, input engine and files for what a visitor brought and typed: found in the visit, gone after it.
    Wipe(wipe::Wanted),
    /// The kiosk in a window with the hall panel; without a display, the first two journeys with pictures.
    Demo {
        /// Play the first two journeys and leave pictures and paper in target/demo.
        #[arg(long)]
        headless: bool,
    },
    /// Draw every page, as it looks on one kind of panel.
    Pages(pages::Wanted),
    /// Let everything happen to the pure core in any order; check every invariant after each step. Prints pages by inputs.
    ///
    /// With --hall: visits to the whole hall, on real parts and over a line that fails; all witnesses are compared after each.
    Storm {
        /// Plays the same again.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many things happen.
        #[arg(long, default_value_t = 1_000_000, conflicts_with = "hall")]
        steps: u64,
        /// Visits to the whole hall instead.
        #[arg(long)]
        hall: bool,
        #[command(flatten)]
        wanted: storm::hall::Wanted,
    },
    /// Plug, unplug, break and use every device class at random; print what was seen and what memory did.
    Soak {
        #[command(subcommand)]
        what: Soak,
    },
    /// The process of the soak in which hal's drivers live. Started by `soak devices`.
    #[command(hide = true)]
    SoakDrivers {
        /// Folder of the emulated devices.
        directory: PathBuf,
    },
    /// Play one case of a device behind a real daemon; exit 0 only if the driver told what is true. Started by tests.
    #[command(hide = true)]
    Device {
        /// card, listing, page, queue or ups.
        class: String,
        /// Name, from the class's list in `tests/src/cases/`.
        case: String,
    },
    /// Let scriptor look at the card and ipptool at the page printer.
    Judges,
    /// Run one emulated device alone and obey text lines.
    Emulate(hall::emulate::alone::Wanted),
    /// Write down what a driver and its device say to each other, a real one or an emulated one.
    Record(hall::record::command::Wanted),
    /// Play transcripts through the real drivers; exit 1 where anything differs.
    Replay {
        /// Transcripts, from `hall record`.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Start the daemons and emulated devices, obey text lines (`card insert 1`, `receipt paper out`) until the end of input.
    Ground,
    /// The terminal without a display, driven by text lines on a socket. Started by journeys.
    Kiosk {
        /// Site configuration; later files lie over earlier ones.
        #[arg(long, required = true)]
        site: Vec<PathBuf>,
        /// Socket for the text lines; made.
        #[arg(long)]
        control: PathBuf,
    },
    /// The process in which one visit's text is composed, as in the shipping program. Started by `hall kiosk` and tests.
    #[command(hide = true)]
    InputMethod(helper::Place),
}

#[derive(Subcommand)]
enum Soak {
    /// Every device class, hal's drivers in a process of their own.
    Devices(soak::Wanted),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Journeys => {
            for journey in journey::all() {
                println!("{:<34} {}", journey.name, journey.tells);
            }
            end(journey::item::rows().map(|rows| {
                rows.iter().for_each(|row| println!("{:<34} persona {:<2} {}", row.item, row.persona, row.tells));
            }))
        }
        Command::Journey { name, catalogue, answers, frames } => inside(|| match (&name, &catalogue, &answers) {
            (Some(name), ..) => journey::run(name, frames.as_deref()),
            (None, Some(catalogue), Some(answers)) => journey::item::run_made_up(catalogue, answers, frames.as_deref()),
            _ => Err("a name, or --catalogue and --answers".to_owned()),
        }),
        Command::Table { service } => end(journey::kill::table(service.as_deref())),
        Command::Cell { journey, page, service } => inside(|| journey::kill::cell(&journey, &page, &service)),
        Command::Crash { kind, saboteur } => end(journey::crash::matrix(kind.as_deref(), saboteur.as_deref())),
        Command::CrashCell { kind, boundary, saboteur } => {
            inside(|| journey::crash::cell(&kind, &boundary, saboteur.as_deref()))
        }
        Command::Powercut { control: Some(which), .. } => inside(|| powercut::control(&which)),
        Command::Powercut { kind: None, .. } => end(powercut::all()),
        Command::Powercut { kind: Some(kind), .. } => {
            inside(|| powercut::Kind::named(&kind).and_then(|kind| powercut::one(&kind)))
        }
        Command::PowercutVisit { kind, directory, late } => {
            end(powercut::Kind::named(&kind).and_then(|kind| powercut::record::visit(&kind, &directory, late)))
        }
        Command::Wipe(wanted) => inside(|| wipe::run(&wanted)),
        Command::Demo { headless: true } => end(demo::headless()),
        Command::Demo { headless: false } => enter(Network::Shared, demo::window),
        Command::Pages(wanted) => end(pages::draw(&wanted)),
        Command::Storm { seed, hall: true, wanted, .. } => inside(|| storm::hall::run(seed, &wanted)),
        Command::Storm { seed, steps, .. } => end(storm::print(seed, steps)),
        Command::Soak { what: Soak::Devices(wanted) } => inside(|| soak::run(&wanted)),
        Command::SoakDrivers { directory } => end(soak::driver::run(&directory)),
        Command::Device { class, case } => inside(|| cases::run(&class, &case)),
        Command::Judges => inside(judges::run),
        Command::Emulate(wanted) if wanted.needs_namespace() => {
            enter(Network::Shared, || hall::emulate::alone::run(&wanted))
        }
        Command::Emulate(wanted) => end(hall::emulate::alone::run(&wanted)),
        Command::Record(wanted) if wanted.needs_namespace() => inside(|| hall::record::command::record(&wanted)),
        Command::Record(wanted) => end(hall::record::command::record(&wanted)),
        Command::Replay { files } => end(hall::record::command::replay(&files)),
        Command::Ground => inside(ground::console),
        Command::Kiosk { site, control } => end(terminal::child::run(&site, &control)),
        Command::InputMethod(place) => helper::serve(&place),
    }
}

/// Runs in namespaces of its own, network included.
fn inside(doing: impl FnOnce() -> Result<(), String>) -> ExitCode {
    enter(Network::Own, doing)
}

fn enter(network: Network, doing: impl FnOnce() -> Result<(), String>) -> ExitCode {
    match namespace::enter(network) {
        Ok(Side::Inside) => end(doing()),
        Ok(Side::Outside(status)) => {
            status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from)
        }
        Err(why) => {
            eprintln!("hall: {why}");
            ExitCode::from(3)
        }
    }
}

fn end(result: Result<(), String>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("hall: {why}");
            ExitCode::FAILURE
        }
    }
}
