//! Folders that a power cut may leave. Between two moments at which something became durable, what was done before the first is there;
//! of what was done since, a disk keeps whatever it likes, in any order, and of a write perhaps only some sectors. All of it is tried where few
//! deeds are pending, else the ends and the single ones (`EVERY_CHOICE`); torn is the last write of each beginning only.
//!
//! Pure. Two things are granted, as every journalling file system of Linux does: a file that was made durable is in its folder, and a sector
//! of 512 bytes is written whole or not at all.

use std::collections::BTreeMap;

use super::trace::{Deed, Files, Trace};

/// Up to so many deeds, every choice among them is tried; beyond, each alone, all but each, and each beginning.
const EVERY_CHOICE: usize = 6;

/// What a disk writes at once.
const SECTOR: usize = 512;

/// The time between two moments at which something became durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interval {
    /// So many deeds are done when it begins.
    pub from: usize,
    /// So many at its end: power is cut before the deed of this number is done.
    pub to: usize,
    /// What became durable when it began; nothing for the first.
    pub after: Option<String>,
    /// Numbers of the deeds that are certainly on the disk.
    durable: Vec<usize>,
    /// Numbers of those of which nobody knows.
    pending: Vec<usize>,
}

/// What a power cut may leave.
#[derive(Clone, Debug)]
pub struct Image {
    /// The folder.
    pub files: Files,
    /// The cut comes after so many deeds, or later.
    pub earliest: usize,
    /// And after no more than so many.
    pub latest: usize,
}

/// All intervals of a visit, in order.
#[must_use]
pub fn intervals(trace: &Trace) -> Vec<Interval> {
    let syncs =
        trace.deeds.iter().enumerate().filter(|(_, deed)| matches!(deed, Deed::Sync { .. } | Deed::SyncFolder { .. }));
    let ends: Vec<usize> = syncs.map(|(at, _)| at).chain([trace.deeds.len()]).collect();
    let mut from: usize = 0;
    let mut intervals = Vec::new();
    for to in ends {
        let after = from.checked_sub(1).and_then(|sync| trace.deeds.get(sync)).map(|sync| what(sync, trace));
        let (durable, pending) =
            (0..to).filter(|at| is_change(*at, trace)).partition(|at| is_durable(*at, from, trace));
        intervals.push(Interval { from, to, after, durable, pending });
        from = to + 1;
    }
    intervals
}

fn is_change(at: usize, trace: &Trace) -> bool {
    !matches!(trace.deeds.get(at), None | Some(Deed::Sync { .. } | Deed::SyncFolder { .. }))
}

/// Whether the deed of this number was made durable by one before `by`.
fn is_durable(at: usize, by: usize, trace: &Trace) -> bool {
    let covers = |sync: &Deed| match (trace.deeds.get(at), sync) {
        (
            Some(Deed::Create { file, .. } | Deed::Write { file, .. } | Deed::Truncate { file, .. }),
            Deed::Sync { file: synced, began },
        ) => file == synced && at < *began,
        (Some(Deed::Create { .. } | Deed::Unlink { .. } | Deed::Rename { .. }), Deed::SyncFolder { began }) => {
            at < *began
        }
        _ => false,
    };
    trace.deeds.iter().take(by).any(covers)
}

/// Name of what became durable.
fn what(sync: &Deed, trace: &Trace) -> String {
    let Deed::Sync { file, .. } = sync else { return "the folder".to_owned() };
    let made = trace.deeds.iter().find_map(|deed| match deed {
        Deed::Create { name, file: made } if made == file => Some(name),
        _ => None,
    });
    made.or_else(|| trace.before.keys().nth(*file)).cloned().unwrap_or_default()
}

/// Which of the pending deeds a disk has kept, and how much of the last write among them.
struct Choice {
    kept: Vec<usize>,
    last_bytes: Option<usize>,
}

/// Hands over the images that are made of a cut in this interval. Some may be alike.
///
/// # Errors
/// The first error of `each`.
pub fn images(
    trace: &Trace,
    interval: &Interval,
    mut each: impl FnMut(Image) -> Result<(), String>,
) -> Result<(), String> {
    for Choice { kept, last_bytes } in choices(trace, &interval.pending) {
        let mut deeds: Vec<usize> = interval.durable.iter().chain(&kept).copied().collect();
        deeds.sort_unstable();
        let earliest = kept.last().map_or(interval.from, |last| interval.from.max(last + 1));
        let files = folder(trace, &deeds, kept.last().copied().zip(last_bytes));
        each(Image { files, earliest, latest: interval.to })?;
    }
    Ok(())
}

fn choices(trace: &Trace, pending: &[usize]) -> Vec<Choice> {
    let count = pending.len();
    let chosen = |keep: &dyn Fn(usize) -> bool| {
        let kept = pending.iter().enumerate().filter(|(n, _)| keep(*n)).map(|(_, at)| *at).collect();
        Choice { kept, last_bytes: None }
    };
    let mut choices = Vec::new();
    if count <= EVERY_CHOICE {
        choices.extend((0_usize..1 << count).map(|set| chosen(&|n| set >> n & 1 == 1)));
    } else {
        choices.extend((0..=count).map(|first| chosen(&|n| n < first)));
        choices.extend((0..count).map(|one| chosen(&|n| n == one)));
        choices.extend((0..count).map(|one| chosen(&|n| n != one)));
    }
    for first in 1..=count {
        let torn = chosen(&|n| n < first);
        choices.extend(
            cuts(trace, &torn.kept, first == count)
                .into_iter()
                .map(|bytes| Choice { last_bytes: Some(bytes), kept: torn.kept.clone() }),
        );
    }
    choices
}

/// Lengths to which the last of these deeds may be torn: at every border of sectors, or only at the middle one.
fn cuts(trace: &Trace, kept: &[usize], every: bool) -> Vec<usize> {
    let Some(Deed::Write { at, bytes, .. }) = kept.last().and_then(|last| trace.deeds.get(*last)) else {
        return Vec::new();
    };
    let first = SECTOR - at % SECTOR;
    let borders: Vec<usize> = (first..bytes.len()).step_by(SECTOR).collect();
    if every { borders } else { borders.get(borders.len() / 2).copied().into_iter().collect() }
}

/// The folder after these deeds; of the write `torn` only so many bytes came.
fn folder(trace: &Trace, deeds: &[usize], torn: Option<(usize, usize)>) -> Files {
    let mut names: BTreeMap<&str, usize> =
        trace.before.keys().enumerate().map(|(file, name)| (name.as_str(), file)).collect();
    let mut files: BTreeMap<usize, Vec<u8>> = trace.before.values().cloned().enumerate().collect();
    for &number in deeds {
        match trace.deeds.get(number) {
            Some(Deed::Create { name, file }) => drop(names.insert(name, *file)),
            Some(Deed::Unlink { name }) => drop(names.remove(name.as_str())),
            Some(Deed::Rename { from, to }) => {
                // What never was there cannot get another name.
                if let Some(file) = names.remove(from.as_str()) {
                    names.insert(to, file);
                }
            }
            Some(Deed::Write { file, at, bytes }) => {
                let come = torn.filter(|(which, _)| *which == number).map_or(bytes.len(), |(_, come)| come);
                write(files.entry(*file).or_default(), *at, bytes.get(..come).unwrap_or(bytes));
            }
            Some(Deed::Truncate { file, length }) => files.entry(*file).or_default().resize(*length, 0),
            Some(Deed::Sync { .. } | Deed::SyncFolder { .. }) | None => {}
        }
    }
    names.into_iter().map(|(name, file)| (name.to_owned(), files.get(&file).cloned().unwrap_or_default())).collect()
}

/// What lies between the end and a later write is zeros.
fn write(file: &mut Vec<u8>, at: usize, bytes: &[u8]) {
    let end = at + bytes.len();
    if file.len() < end {
        file.resize(end, 0);
    }
    if let Some(place) = file.get_mut(at..end) {
        place.copy_from_slice(bytes);
    }
}

#[cfg(test)]
mod tests {
    use super::super::trace::Story;
    use super::*;

    fn write(at: usize, bytes: &[u8]) -> Deed {
        Deed::Write { file: 0, at, bytes: bytes.to_vec() }
    }

    fn trace(deeds: Vec<Deed>) -> Trace {
        Trace { before: Files::new(), deeds, story: Story::default() }
    }

    fn create() -> Deed {
        Deed::Create { name: "journal.sqlite".to_owned(), file: 0 }
    }

    /// What may lie in the file, interval by interval; `-` where there is none.
    fn left(trace: &Trace) -> Vec<Vec<String>> {
        let told = |interval: &Interval| {
            let mut all = Vec::new();
            images(trace, interval, |image| {
                let file = image.files.values().next();
                all.push(file.map_or("-".to_owned(), |bytes| String::from_utf8_lossy(bytes).replace('\0', ".")));
                Ok(())
            })
            .unwrap();
            all.sort_unstable();
            all.dedup();
            all
        };
        intervals(trace).iter().map(told).collect()
    }

    #[test]
    fn what_was_made_durable_is_dropped_or_what_was_not_is_kept_for_certain() {
        let told = left(&trace(vec![
            create(),
            write(0, b"ab"),
            Deed::Sync { file: 0, began: 2 },
            write(2, b"c"),
            write(3, b"d"),
        ]));
        assert_eq!(told, [vec!["", "-", "ab"], vec!["ab", "ab.d", "abc", "abcd"]]);
    }

    #[test]
    fn a_write_during_a_sync_counts_as_durable() {
        let told = left(&trace(vec![create(), write(0, b"ab"), write(2, b"c"), Deed::Sync { file: 0, began: 2 }]));
        assert_eq!(told.last().unwrap(), &["ab", "abc"]);
    }

    #[test]
    fn a_file_that_went_is_back_or_one_that_is_durable_is_gone() {
        let unlink = Deed::Unlink { name: "journal.sqlite".to_owned() };
        let told =
            left(&trace(vec![create(), Deed::Sync { file: 0, began: 1 }, unlink, Deed::SyncFolder { began: 3 }]));
        assert_eq!(told, [vec!["", "-"], vec!["", "-"], vec!["-"]]);
    }

    #[test]
    fn a_torn_write_is_whole_or_torn_within_a_sector() {
        let page = [b"x".repeat(512), b"y".repeat(512), b"z".repeat(512)].concat();
        let deeds = vec![create(), Deed::Sync { file: 0, began: 1 }, write(0, &page)];
        let lengths: Vec<usize> = left(&trace(deeds)).last().unwrap().iter().map(String::len).collect();
        assert_eq!(lengths, [0, 512, 1024, 1536]);
    }
}
