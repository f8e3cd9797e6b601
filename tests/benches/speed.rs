//! How fast, how large, how quiet: prints medians beside a baseline from the same run; asserts nothing.
//!
//! `cargo build --release --workspace && cargo bench -p hall`; with `--profile dev` it measures what CI builds.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a bench may fail loudly"
)]

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use hall::ground::{Ground, beside_us};
use hall::namespace::{self, Network, Side};
use hall::sim::{Sim, What, way};
use hall::terminal::Terminal;
use kiosk::session::Completion;
use ui::headless::Headless;
use zeroizing_alloc::ZeroAlloc;

#[global_allocator]
static MEMORY: ZeroAlloc<std::alloc::System> = ZeroAlloc(std::alloc::System);

const PANEL: ui::PanelPx = ui::PanelPx { width: 1080, height: 1920, scale: 1.0 };
/// Long enough to see what wakes up once in ten seconds.
const REST: Duration = Duration::from_secs(21);

fn main() {
    if let Ok(Side::Outside(status)) = namespace::enter(Network::Own) {
        std::process::exit(status.code().unwrap_or(1));
    }
    println!("{:<52} {:>10} {:>10} {:>10}", "what", "median", "p99", "baseline");
    pages();
    reply_to_page();
    card_to_home();
    let directory = std::env::temp_dir().join("hall-bench");
    let _from_last_time = std::fs::remove_dir_all(&directory);
    let ground = Ground::start(&directory).expect("the ground");
    first_page(&ground);
    at_rest(&ground);
}

fn row(what: &str, mut times: Vec<Duration>, baseline: Duration) {
    times.sort_unstable();
    let at = |part: usize| times[(times.len() - 1) * part / 100].as_secs_f64() * 1e3;
    let ratio = at(50) / (baseline.as_secs_f64() * 1e3).max(1e-6);
    println!("{what:<52} {:>7.2} ms {:>7.2} ms {:>7.2} x", at(50), at(99), ratio);
}

fn time(doing: impl FnOnce()) -> Duration {
    let began = Instant::now();
    doing();
    began.elapsed()
}

/// Copying one frame: what no renderer can beat.
fn one_copy() -> Duration {
    let frame = vec![7_u8; PANEL.width as usize * PANEL.height as usize * 3];
    let mut other = vec![0_u8; frame.len()];
    let mut times: Vec<_> = (0..50).map(|_| time(|| other.copy_from_slice(std::hint::black_box(&frame)))).collect();
    times.sort_unstable();
    times[25]
}

fn pages() {
    let baseline = one_copy();
    let (mut headless, glass) = Headless::open(PANEL, || {}, |_| {}).expect("the glass");
    let screens: Vec<_> = ["welcome", "pin", "home", "form: period", "table", "printing", "printed"]
        .map(|place| Sim::at(place).screen())
        .into();
    let mut change = |screen: &ui::Screen| {
        glass.show(screen.clone());
        time(|| {
            headless.pump();
            headless.draw();
        })
    };
    let times = (0..30).flat_map(|_| screens.iter()).map(&mut change).collect();
    row("page change, 1080 x 1920 (baseline: one copy of a frame)", times, baseline);
    glass.show(Sim::at("pin").screen());
    headless.pump();
    headless.draw();
    let digits = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "0"];
    let press = |digit: &&str| {
        headless.press(digit).expect("a key");
        let drawn = time(|| {
            headless.draw();
        });
        headless.release();
        headless.draw();
        drawn
    };
    row("pressed button", digits.iter().cycle().take(200).map(press).collect(), baseline);
}

/// From the agency's reply to its table on the glass: step, view and frame, turn by turn with a page on which hardly anything stands.
fn reply_to_page() {
    let (mut headless, glass) = Headless::open(PANEL, || {}, |_| {}).expect("the glass");
    let mut show = |screen: ui::Screen| {
        glass.show(screen);
        headless.pump();
        headless.draw();
    };
    let (mut replies, mut empty) = (Vec::new(), Vec::new());
    for _ in 0..100 {
        show(Sim::at("home").screen());
        let mut sim = Sim::at("fetching");
        empty.push(time(|| show(sim.screen())));
        let reply = sim.completion(What::Records);
        replies.push(time(|| {
            sim.done(reply);
            sim.done(Completion::Posted(true));
            show(sim.screen());
        }));
        assert_eq!(sim.state.page_name(), "table");
    }
    empty.sort_unstable();
    row("agency's reply to its page (baseline: an empty page)", replies, empty[50]);
}

/// From the card's event to the home page, without what card and agency take: every step, view and frame on the way.
fn card_to_home() {
    let way = way("home");
    let (mut headless, glass) = Headless::open(PANEL, || {}, |_| {}).expect("the glass");
    let walk = |_| {
        let mut sim = Sim::new();
        let mut spent = Duration::ZERO;
        for (n, deed) in way.iter().enumerate() {
            let step = time(|| {
                sim.deed(*deed);
                glass.show(sim.screen());
                headless.pump();
                headless.draw();
            });
            // The first deed makes the terminal ready; the card comes after it. Typing is the citizen's time.
            spent += if n == 0 || format!("{deed:?}").contains("Digit") { Duration::ZERO } else { step };
        }
        spent
    };
    let times = (0..50).map(walk).collect();
    row("card event to home, own share", times, one_copy());
}

fn first_page(ground: &Ground) {
    let hall = beside_us("hall").expect("hall");
    let bare: Vec<_> = (0..10).map(|_| time(|| drop(Command::new(&hall).arg("--version").output()))).collect();
    let baseline = bare.iter().min().copied().unwrap_or_default();
    let start = |n| {
        let directory = ground.path(&format!("bench-{n}"));
        time(|| {
            let mut terminal = Terminal::start(&directory, &ground.site_toml()).expect("the terminal");
            terminal.line(&format!("frame {}", directory.join("first.png").display())).expect("a frame");
        })
    };
    row("first page from process start (baseline: bare start)", (0..10).map(start).collect(), baseline);
}

fn at_rest(ground: &Ground) {
    let mut site = ground.site_toml();
    site = site.replace("printer_poll_ms = 1000", "printer_poll_ms = 10000");
    let mut terminal = Terminal::start(&ground.path("rest"), &site).expect("the terminal");
    terminal.wait("welcome").expect("the welcome page");
    let process = Path::new("/proc").join(terminal.id().to_string());
    std::thread::park_timeout(Duration::from_secs(3));
    let before = switches(&process);
    std::thread::park_timeout(REST);
    let after = switches(&process);
    let rollup = std::fs::read_to_string(process.join("smaps_rollup")).unwrap_or_default();
    let pss = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).map(|kb| kb.trim().trim_end_matches(" kB"));
    let pss_mb = pss.and_then(|kb| kb.parse::<f64>().ok()).unwrap_or(f64::NAN) / 1024.0;
    println!("{:<52} {pss_mb:>7.1} MB", "memory at rest (PSS)");
    let seconds = REST.as_secs_f64();
    let mut all = 0.0;
    for (thread, count) in &after {
        let earlier = before.iter().find(|(known, _)| known == thread).map_or(0, |(_, count)| *count);
        let each = (count - earlier) as f64 / seconds;
        all += each;
        if each > 0.0 {
            println!("{:<52} {each:>7.2} a second", format!("  wakes up: {}", thread.1));
        }
    }
    println!("{:<52} {all:>7.2} a second", "wake-ups at rest, all threads");
}

type Thread = (u32, String);

/// How often each thread has gone to sleep by itself so far.
fn switches(process: &Path) -> Vec<(Thread, u64)> {
    let tasks = std::fs::read_dir(process.join("task")).expect("threads");
    let thread = |task: std::fs::DirEntry| {
        let id = task.file_name().to_string_lossy().parse().ok()?;
        let name = std::fs::read_to_string(task.path().join("comm")).ok()?.trim().to_owned();
        let status = std::fs::read_to_string(task.path().join("status")).ok()?;
        let count =
            status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:"))?.trim().parse().ok()?;
        Some(((id, name), count))
    };
    tasks.filter_map(Result::ok).filter_map(thread).collect()
}
