//! Every parser of hal and of the contract is total: whatever comes from a wire, a card or a keyboard, it does not panic, holds no
//! more than it says, and takes no more than its share of time.
//!
//! One table of entry points ([`table::ENTRIES`]) is fed with noise and with good input that was damaged. `CASES` says how often each
//! (20,000 unless told); a new parser is a new row. What fails is shrunk to the least input that still fails.

mod noisy_card;
mod table;
mod typed;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};

/// A parser.
#[derive(Clone, Copy)]
pub struct Entry {
    name: &'static str,
    /// Takes in bytes as if they came from the wire.
    feed: fn(&[u8]) -> Taken,
    /// Good input, to be damaged.
    seeds: fn() -> Vec<Vec<u8>>,
    /// The most it may hold while it waits for more.
    holds_bytes: usize,
}

/// What a parser made of its input.
#[derive(Clone, Copy, Debug, Default)]
pub struct Taken {
    /// Bytes that came out of it.
    given_bytes: usize,
    /// Bytes that it still holds.
    held_bytes: usize,
}

/// What may come out of so much: a byte that is no text becomes a character of four bytes in GB18030, and what has a fixed size
/// (a PIN block, the number of a module) is short.
const fn may_give(bytes: usize) -> usize {
    4 * bytes + 64
}

/// Longer than any frame of any device, so that several fit and one may be cut.
const LONGEST_BYTES: usize = 600;

/// Noise, good input with some bytes changed and its end cut off, or both behind one another.
fn junk(seeds: Vec<Vec<u8>>) -> impl Strategy<Value = Vec<u8>> {
    let noise = || vec(any::<u8>(), 0..LONGEST_BYTES).boxed();
    let damage = (vec((any::<Index>(), any::<u8>()), 0..4), any::<Index>(), any::<bool>());
    let damaged = (proptest::sample::select(seeds), damage).prop_map(|(mut bytes, (changes, end, cut))| {
        for (at, value) in changes {
            let count = bytes.len();
            if let Some(byte) = (count > 0).then(|| at.index(count)).and_then(|at| bytes.get_mut(at)) {
                *byte = value;
            }
        }
        if cut && !bytes.is_empty() {
            bytes.truncate(end.index(bytes.len()));
        }
        bytes
    });
    let damaged = damaged.boxed();
    let several = vec(prop_oneof![3 => damaged.clone(), 1 => vec(any::<u8>(), 0..8).boxed()], 0..5);
    prop_oneof![noise(), damaged, several.prop_map(|pieces| pieces.concat())]
}

/// Feeds a parser `cases` times.
///
/// # Errors
/// What it did, and the least input that makes it do so.
fn try_out(entry: Entry, cases: u32) -> Result<(), String> {
    // The same junk every time: a failure must come back when it is looked for.
    let config =
        Config { cases, failure_persistence: None, rng_seed: RngSeed::Fixed(0x1967_0512), ..Config::default() };
    let mut seeds = (entry.seeds)();
    seeds.push(Vec::new());
    let fed = TestRunner::new(config).run(&junk(seeds), |bytes| {
        let taken = (entry.feed)(&bytes);
        prop_assert!(taken.held_bytes <= entry.holds_bytes, "holds {} bytes", taken.held_bytes);
        prop_assert!(taken.given_bytes <= may_give(bytes.len()), "gives {} bytes", taken.given_bytes);
        Ok(())
    });
    fed.map_err(|error| match error {
        TestError::Fail(why, bytes) => format!("{}: {why}, fed with {bytes:02X?}", entry.name),
        TestError::Abort(why) => format!("{}: {why}", entry.name),
    })
}

/// What this thread has computed so far, to some milliseconds: waiting for the processor does not count.
fn computed_ns() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split(' ').next().unwrap().parse().unwrap()
}

/// The least work of three times.
fn work_ns(entry: Entry, bytes: &[u8]) -> u64 {
    let once = |_| {
        let before = computed_ns();
        std::hint::black_box((entry.feed)(std::hint::black_box(bytes)));
        computed_ns() - before
    };
    (0..3).map(once).min().unwrap()
}

/// What begins like a frame and never is one, over and over.
fn promises(entry: Entry, length: usize) -> Vec<Vec<u8>> {
    let heads = (entry.seeds)().into_iter().filter(|seed| !seed.is_empty()).take(4);
    let heads = heads.flat_map(|seed| [1, 5, 7, seed.len()].map(|count| seed[..count.min(seed.len())].to_vec()));
    // The longest lengths that the two framers believe.
    let longest = [vec![0xAA, 0xAA, 0xAA, 0x96, 0x69, 0x09, 0x0A], vec![0x02, 0x05, 0x06], vec![b'\r']];
    heads.chain(longest).map(|head| head.iter().copied().cycle().take(length).collect()).collect()
}

/// Feeds a parser with a megabyte of headers.
///
/// # Errors
/// Four times the input is much more than four times the work: it would stand still on a line that it cannot read.
fn is_linear(entry: Entry) -> Result<(), String> {
    const MOST: usize = 1 << 20;
    /// Four if it is linear, sixteen if quadratic.
    const BETWEEN: u64 = 9;
    /// Too little to be measured, and to matter: a quadratic one takes many seconds.
    const NOTHING_NS: u64 = 100_000_000;
    for input in promises(entry, MOST) {
        let whole = work_ns(entry, &input);
        if whole > NOTHING_NS && whole > BETWEEN * work_ns(entry, &input[..MOST / 4]) {
            return Err(format!("{}: takes {whole} ns for {:02X?}...", entry.name, &input[..8]));
        }
        let taken = (entry.feed)(&input);
        if taken.held_bytes > entry.holds_bytes || taken.given_bytes > may_give(MOST) {
            return Err(format!("{}: {taken:?} of {:02X?}...", entry.name, &input[..8]));
        }
    }
    Ok(())
}

fn none(offenders: Vec<String>) {
    assert!(offenders.is_empty(), "{}", offenders.join("\n"));
}

#[test]
fn junk_from_a_wire_makes_a_parser_panic_or_hoard() {
    let cases = std::env::var("CASES").map_or(20_000, |cases| cases.parse().unwrap());
    none(table::ENTRIES.iter().filter_map(|entry| try_out(*entry, cases).err()).collect());
}

#[test]
fn a_megabyte_of_headers_makes_a_parser_stand_still() {
    none(table::ENTRIES.iter().filter_map(|entry| is_linear(*entry).err()).collect());
}

/// A check that cannot fail proves nothing: parsers that are broken on purpose must be found out.
mod broken {
    use super::*;

    fn seeds() -> Vec<Vec<u8>> {
        vec![b"\xAA\x96 good".to_vec()]
    }

    fn row(name: &'static str, feed: fn(&[u8]) -> Taken) -> Entry {
        Entry { name, feed, seeds, holds_bytes: 8 }
    }

    #[test]
    fn a_parser_that_panics_passes() {
        let feed = |bytes: &[u8]| Taken { given_bytes: usize::from(bytes[1]) & 1, held_bytes: 0 };
        let found = try_out(row("panics", feed), 100);
        assert!(found.as_ref().is_err_and(|why| why.contains("index out of bounds")), "{found:?}");
    }

    #[test]
    fn a_parser_that_panics_behind_a_good_head_only_passes() {
        let feed = |bytes: &[u8]| match bytes {
            [0xAA, 0x96, rest @ ..] if rest.len() == 3 => panic!("three"),
            _ => Taken::default(),
        };
        let found = try_out(row("rarely panics", feed), 20_000);
        assert!(found.as_ref().is_err_and(|why| why.contains("three")), "{found:?}");
    }

    #[test]
    fn a_parser_that_hoards_passes() {
        let found = try_out(row("hoards", |bytes| Taken { held_bytes: bytes.len(), given_bytes: 0 }), 100);
        assert!(found.as_ref().is_err_and(|why| why.starts_with("hoards: holds")), "{found:?}");
    }

    #[test]
    fn a_parser_that_looks_at_everything_again_passes() {
        let feed = |bytes: &[u8]| {
            let mut sum = 0_u8;
            for at in (0..bytes.len()).step_by(256) {
                sum ^= std::hint::black_box(&bytes[..at]).iter().fold(0, |sum, byte| sum ^ byte);
            }
            Taken { held_bytes: usize::from(sum) & 1, given_bytes: 0 }
        };
        assert!(is_linear(row("quadratic", feed)).is_err());
    }
}

// The card's procedures answer to noise only if noise gets past the first command.
#[test]
fn noise_never_gets_past_the_cards_door() {
    let outcomes: Vec<_> = (1..2_000).map(noisy_card::play).collect();
    let count = |wanted| outcomes.iter().filter(|outcome| **outcome == wanted).count();
    let (read, challenged) = (count(noisy_card::Outcome::Read), count(noisy_card::Outcome::Challenged));
    assert!(read > 20 && challenged > 20, "{read} read, {challenged} challenged");
}
