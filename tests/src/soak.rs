//! `hall soak devices`: plugs, unplugs, breaks and uses every device class at random, for as many rounds as asked for.
//!
//! hal's drivers live in a process of their own ([`driver`]), made once and used to the end, so that whatever they lose in a round
//! adds up there: descriptors, threads, memory. The devices are emulated on real parts (pcscd, ptys, TCP, ippeveprinter, upsd).
//! Each round: a class, a mishap, one use that must end in success or in a fault of that class; then the cause goes away and the
//! class must work again by itself.

mod classes;
pub mod driver;

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::time::{Duration, Instant};

use clap::Args;

use crate::dice::Dice;
use classes::{CLASSES, Class, Hall, Mishap};

/// A person looks up and acts this often.
const LOOK_UP: Duration = Duration::from_millis(20);
/// No use of any device may take longer; every command has its own deadline far below.
const LONGEST_USE: Duration = Duration::from_secs(60);
/// How long a device that was mended may go on failing: the longest back-off is two seconds, and a use may still meet what the cause
/// has left behind.
const BACK_WITHIN: Duration = Duration::from_secs(15);
/// Every time-out of every driver is over by then.
const AT_REST_WITHIN: Duration = Duration::from_secs(20);
/// Rounds after which memory must stay where it is: by then every driver has met every fault once or twice.
const WARM_ROUNDS: usize = 100;
/// How much it may still grow.
const GROWTH_MAX_KB: u64 = 1024;

/// What to do.
#[derive(Args)]
pub struct Wanted {
    /// How many rounds.
    #[arg(long, default_value_t = 60)]
    rounds: usize,
    /// The same seed plays the same rounds.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// What the drivers' process holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Held {
    descriptors: u64,
    threads: u64,
    /// Anonymous memory only: pages of the program file come and go with the machine's mood.
    memory_kb: u64,
}

#[derive(Default)]
struct Tally {
    uses: usize,
    faults: BTreeMap<String, usize>,
}

/// Runs the rounds; only inside [`crate::namespace`].
///
/// # Errors
/// The first round that did not end as it must, or what was lost on the way.
pub fn run(wanted: &Wanted) -> Result<(), String> {
    let directory = std::env::temp_dir().join(format!("hall-soak-{}-{}", wanted.seed, wanted.rounds));
    let _from_last_time = std::fs::remove_dir_all(&directory);
    let mut hall = Hall::start(&directory)?;
    let mut drivers = Drivers::start(&directory)?;
    let mut dice = Dice::new(wanted.seed);
    let mut tallies: BTreeMap<&str, Tally> = BTreeMap::new();
    // Every class once, whole: what each driver holds while it works is no leak.
    for class in CLASSES {
        drivers.comes_back(class, &mut hall)?;
    }
    let first = drivers.look()?;
    let (mut warm, mut most) = (None, Held::default());
    for round in 1..=wanted.rounds {
        let class = dice.pick(CLASSES).ok_or("no classes")?;
        let mishap = dice.pick(class.mishaps).ok_or("no mishaps")?;
        let said = play(class, mishap, &mut hall, &mut drivers)
            .map_err(|why| format!("round {round} of seed {}: {}, {}: {why}", wanted.seed, class.name, mishap.cause))?;
        let tally = tallies.entry(class.name).or_default();
        tally.uses += 1;
        *tally.faults.entry(said).or_default() += 1;
        let held = drivers.look()?;
        most.memory_kb = most.memory_kb.max(held.memory_kb);
        most.descriptors = most.descriptors.max(held.descriptors);
        if round == WARM_ROUNDS {
            (warm, most.memory_kb) = (Some(held), 0);
        }
    }
    for (class, tally) in &tallies {
        let faults: Vec<String> = tally.faults.iter().map(|(code, count)| format!("{code} {count}")).collect();
        println!("{class:<9} {:>4} rounds, always back; {}", tally.uses, faults.join(", "));
    }
    most.threads = drivers.threads_at_rest(first.threads)?;
    judge(wanted, first, warm, most)?;
    std::fs::remove_dir_all(&directory).map_err(|error| error.to_string())
}

/// A class is misused, then used until it works.
fn play(class: &Class, mishap: &Mishap, hall: &mut Hall, drivers: &mut Drivers) -> Result<String, String> {
    hall.tell(class, mishap.cause)?;
    let said = drivers.use_once(class, Some(mishap), hall)?;
    if said != "ok" && !class.prefixes.iter().any(|prefix| said.starts_with(prefix)) {
        return Err(format!("ended in {said}, which is no fault of this class"));
    }
    if said == "ok" && mishap.must_fail {
        return Err("said ok, and the device cannot have worked".to_owned());
    }
    hall.tell(class, mishap.cure)?;
    drivers.comes_back(class, hall)?;
    Ok(said)
}

fn judge(wanted: &Wanted, first: Held, warm: Option<Held>, most: Held) -> Result<(), String> {
    println!(
        "drivers' process: {first:?} after one use of each class, at most {most:?} (threads: at rest, at the end)"
    );
    // A driver may hold a pipe open that it had closed after its last use, no more.
    let room = u64::try_from(CLASSES.len()).unwrap_or(0);
    if most.descriptors > first.descriptors + room {
        return Err(format!("descriptors leak: {} at first, then {}", first.descriptors, most.descriptors));
    }
    if most.threads > first.threads {
        return Err(format!("threads leak: {} at first, then {}", first.threads, most.threads));
    }
    match warm {
        Some(warm) if most.memory_kb > warm.memory_kb + GROWTH_MAX_KB => {
            Err(format!("memory grows: {} kB after {WARM_ROUNDS} rounds, then {}", warm.memory_kb, most.memory_kb))
        }
        Some(warm) => {
            println!(
                "memory: {} kB after {WARM_ROUNDS} rounds, at most {} kB after them",
                warm.memory_kb, most.memory_kb
            );
            Ok(())
        }
        None => {
            println!("memory is judged from {WARM_ROUNDS} rounds on; this run had {}", wanted.rounds);
            Ok(())
        }
    }
}

/// The process in which hal's drivers live.
struct Drivers {
    child: Child,
    orders: ChildStdin,
    lines: Receiver<String>,
}

impl Drivers {
    fn start(directory: &Path) -> Result<Self, String> {
        let own = std::env::current_exe().map_err(|error| error.to_string())?;
        let mut child = Command::new(own)
            .arg("soak-drivers")
            .arg(directory)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("the drivers' process: {error}"))?;
        let (orders, out) = child.stdin.take().zip(child.stdout.take()).ok_or("the drivers' process has no pipes")?;
        // A use says four lines at most before it is answered.
        let (sender, lines) = sync_channel(64);
        std::thread::spawn(move || {
            BufReader::new(out).lines().map_while(Result::ok).try_for_each(|line| sender.send(line).ok())
        });
        Ok(Self { child, orders, lines })
    }

    fn order(&mut self, order: &str) -> Result<(), String> {
        writeln!(self.orders, "{order}").map_err(|error| format!("the drivers' process has ended: {error}"))
    }

    fn look(&mut self) -> Result<Held, String> {
        self.order("look")?;
        let line = self.lines.recv_timeout(LONGEST_USE).map_err(|error| error.to_string())?;
        let numbers: Vec<u64> = line.split(' ').filter_map(|word| word.parse().ok()).collect();
        match numbers[..] {
            [descriptors, threads, memory_kb] => Ok(Held { descriptors, threads, memory_kb }),
            _ => Err(format!("the drivers' process says {line}")),
        }
    }

    /// How many threads are left at the end. A name is looked up in a thread of its own, which may outlive its use by a moment; one that
    /// is lost each time would still be there.
    fn threads_at_rest(&mut self, expected: u64) -> Result<u64, String> {
        let end = Instant::now() + AT_REST_WITHIN;
        loop {
            let threads = self.look()?.threads;
            if threads <= expected || Instant::now() >= end {
                return Ok(threads);
            }
            std::thread::park_timeout(LOOK_UP);
        }
    }

    /// One use to its end, with somebody in the hall who does what the device asks for.
    fn use_once(&mut self, class: &Class, mishap: Option<&Mishap>, hall: &mut Hall) -> Result<String, String> {
        self.order(&format!("use {}", class.name))?;
        let end = Instant::now() + LONGEST_USE;
        let mut hand = hall.hand(class, mishap);
        loop {
            match self.lines.recv_timeout(LOOK_UP) {
                Ok(line) => match line.split_once(' ') {
                    Some(("done", said)) => {
                        hall.put_away(class);
                        return Ok(said.to_owned());
                    }
                    // The device asks for somebody, and somebody comes; what must fail is left alone.
                    Some(("blocked", _)) => {
                        let mends = mishap.filter(|mishap| !mishap.must_fail);
                        hall.tell(class, mends.map_or("status", |mishap| mishap.cure))?;
                    }
                    _ => {}
                },
                Err(RecvTimeoutError::Timeout) => hall.act(class, &mut hand)?,
                Err(RecvTimeoutError::Disconnected) => return Err("the drivers' process has died".to_owned()),
            }
            if Instant::now() >= end {
                return Err(format!("no answer within {} s: a command without a deadline", LONGEST_USE.as_secs()));
            }
        }
    }

    /// Nothing is wrong any more; the class must work, and by itself.
    fn comes_back(&mut self, class: &Class, hall: &mut Hall) -> Result<(), String> {
        let mut said = Vec::new();
        let end = Instant::now() + BACK_WITHIN;
        while Instant::now() < end {
            match self.use_once(class, None, hall)?.as_str() {
                "ok" => return Ok(()),
                other => said.push(other.to_owned()),
            }
        }
        said.dedup();
        Err(format!("it does not come back: {}", said.join(", ")))
    }
}

impl Drop for Drivers {
    fn drop(&mut self) {
        let _already_dead = self.child.kill();
        let _ended = self.child.wait();
    }
}
