//! The program `kiosk`: reads its arguments, then runs the terminal or answers one question about its configuration.
//!
//! Memory is overwritten with zeros when it is freed, from the first allocation on.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use clap::{Parser, Subcommand};
use contract::site::{self, Site};
use kiosk::app::{self, Parts, Silent};
use kiosk::clock::{Clock, SystemClock};
use kiosk::command::say;
use kiosk::devices::list::list;
use kiosk::input_method::helper;
use kiosk::journal::Journal;
use kiosk::{catalogue, command, config, view};
use zeroizing_alloc::ZeroAlloc;

#[global_allocator]
static MEMORY: ZeroAlloc<std::alloc::System> = ZeroAlloc(std::alloc::System);

/// Self-service terminal of a social-insurance hall (社保自助服务终端).
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve citizens: open the screen and run until stopped.
    Run {
        /// Site configuration; later files lie over earlier ones.
        #[arg(long = "site", default_value = "/etc/kiosk/site.toml")]
        site: Vec<PathBuf>,
    },
    /// Check a configuration and say, for everything that is wrong: file, key, value, what would be right.
    CheckConfig {
        /// Site configuration; later files lie over earlier ones.
        #[arg(required = true)]
        files: Vec<PathBuf>,
    },
    /// Check a catalogue of services (JSON, as an agency answers it) and say, for everything that is wrong: item, field, what would be right.
    CheckCatalogue {
        /// The catalogue; `agency catalogue` prints the reference agency's.
        file: PathBuf,
    },
    /// Tell which catalogue and calendar are kept on this terminal's disk, for a start without the agency, and how old they are. Exit 1 where
    /// one is missing or damaged.
    Catalogue {
        /// Site configuration; later files lie over earlier ones.
        #[arg(long = "site", default_value = "/etc/kiosk/site.toml")]
        site: Vec<PathBuf>,
    },
    /// List the configured devices: what is there, how it is, what it can do. Disturbs no running terminal.
    Devices {
        /// Site configuration; later files lie over earlier ones.
        #[arg(long = "site", default_value = "/etc/kiosk/site.toml")]
        site: Vec<PathBuf>,
        /// Open each device and ask it; stop the terminal first.
        #[arg(long)]
        ask: bool,
        /// As JSON, one array.
        #[arg(long)]
        json: bool,
    },
    /// Print, per day and item, how many entered, were served, left, ran out of time or were sent to a window. Counts, no people.
    Funnel {
        /// Site configuration; later files lie over earlier ones.
        #[arg(long = "site", default_value = "/etc/kiosk/site.toml")]
        site: Vec<PathBuf>,
    },
    /// The journal: was it printed? was it filed? Acts and outcomes, nobody's name. Disturbs no running terminal.
    Journal {
        #[command(subcommand)]
        what: command::journal::Acts,
        /// Site configuration; later files lie over earlier ones.
        #[arg(long = "site", default_value = "/etc/kiosk/site.toml", global = true)]
        site: Vec<PathBuf>,
    },
    /// The audit: what happened here, in lines that are chained, so that a change shows.
    Audit {
        #[command(subcommand)]
        what: command::audit::Audit,
        /// Site configuration; later files lie over earlier ones.
        #[arg(long = "site", default_value = "/etc/kiosk/site.toml", global = true)]
        site: Vec<PathBuf>,
    },
    /// Print the configuration's JSON Schema.
    ConfigSchema,
    /// The process in which one visit's text is composed. Started by `run`.
    #[command(hide = true)]
    InputMethod(helper::Place),
}

fn main() -> ExitCode {
    match Arguments::parse().command {
        Command::Run { site } => run(&site),
        Command::CheckConfig { files } => load(&files).map_or(ExitCode::FAILURE, |_| {
            say(format_args!("ok: {} file(s), nothing wrong", files.len()));
            ExitCode::SUCCESS
        }),
        Command::CheckCatalogue { file } => check_catalogue(&file),
        Command::Catalogue { site } => {
            load(&site).map_or(ExitCode::FAILURE, |site| command::kept::run(&site, SystemClock::start().now()))
        }
        Command::Devices { site, ask, json } => load(&site).map_or(ExitCode::FAILURE, |site| devices(&site, ask, json)),
        Command::Funnel { site } => load(&site).map_or(ExitCode::FAILURE, |site| funnel(&site)),
        Command::Journal { what, site } => {
            load(&site).map_or(ExitCode::FAILURE, |site| command::journal::run(what, &site))
        }
        Command::Audit { what: command::audit::Audit::Verify { kept, file: Some(file) }, .. } => {
            command::audit::verify_export(&file, kept)
        }
        Command::Audit { what, site } => load(&site).map_or(ExitCode::FAILURE, |site| command::audit::run(what, &site)),
        Command::ConfigSchema => {
            say(config::schema());
            ExitCode::SUCCESS
        }
        Command::InputMethod(place) => helper::serve(&place),
    }
}

fn check_catalogue(file: &Path) -> ExitCode {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => {
            eprintln!("{}: {error}", file.display());
            return ExitCode::FAILURE;
        }
    };
    match catalogue::read(&text) {
        Ok(catalogue) => {
            say(format_args!("ok: version {}, {} item(s), nothing wrong", catalogue.version, catalogue.items.len()));
            ExitCode::SUCCESS
        }
        Err(findings) => {
            findings.iter().for_each(|finding| eprintln!("{finding}"));
            eprintln!("{} thing(s) wrong; a terminal refuses this catalogue.", findings.len());
            ExitCode::FAILURE
        }
    }
}

/// Exit 1 where a device is not well, so that a script can tell.
fn devices(site: &Site, ask: bool, json: bool) -> ExitCode {
    let listed = list(site, ask);
    if json {
        say(serde_json::to_string_pretty(&listed).unwrap_or_default());
    } else {
        listed.iter().for_each(say);
    }
    if listed.iter().all(|device| device.fault.is_none()) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Day, item, step, times: four columns for whatever counts on.
fn funnel(site: &Site) -> ExitCode {
    match Journal::look(Path::new(&site.storage.directory)).and_then(|journal| journal.funnel()) {
        Ok(rows) => {
            rows.iter().for_each(|(day, item, step, times)| say(format_args!("{day}\t{item}\t{step}\t{times}")));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn load(files: &[PathBuf]) -> Option<Site> {
    match config::load(files) {
        Ok(site) => Some(site),
        Err(faults) => {
            for fault in &faults {
                eprintln!("{fault}");
            }
            eprintln!("{} thing(s) wrong; the terminal does not start with this.", faults.len());
            None
        }
    }
}

fn run(files: &[PathBuf]) -> ExitCode {
    let Some(site) = load(files) else { return ExitCode::FAILURE };
    let panel = view::panel(&site.panel);
    if let Some((name, scale)) = ui::scale_variable(panel) {
        // The same process again, with the scale where the screen's backends look for it; returns only if that fails.
        let error =
            std::process::Command::new("/proc/self/exe").args(std::env::args_os().skip(1)).env(name, scale).exec();
        eprintln!("cannot start again at the panel's scale: {error}");
        return ExitCode::FAILURE;
    }
    let (inbox, queue) = app::begin(&site);
    let site = Arc::new(site);
    let refused = Arc::new(AtomicBool::new(false));
    let open = {
        let (site, refused) = (site.clone(), refused.clone());
        move |glass| {
            let clock = Box::new(SystemClock::start());
            let (at_boundary, at_card) = (Box::new(|_, _| ()), Box::new(|| ()));
            let parts = Parts { site, glass, clock, probe: Box::new(Silent), at_boundary, at_card, queue };
            if let Err(error) = app::run(parts) {
                eprintln!("{error}");
                refused.store(true, Ordering::Release);
                ui::quit();
            }
        }
    };
    match ui::run(backend(site.panel.backend), panel, open, move |tap| inbox.tap(tap)) {
        Ok(()) if refused.load(Ordering::Acquire) => ExitCode::FAILURE,
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the screen cannot be opened: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A window where there is a display server, the bare screen where there is none.
fn backend(wanted: site::Backend) -> ui::Backend {
    let display = ["WAYLAND_DISPLAY", "DISPLAY"].iter().any(|name| std::env::var_os(name).is_some());
    match wanted {
        site::Backend::Winit => ui::Backend::Winit,
        site::Backend::LinuxKms => ui::Backend::LinuxKms,
        site::Backend::Auto if display => ui::Backend::Winit,
        site::Backend::Auto => ui::Backend::LinuxKms,
    }
}
