//! Judges every image of a visit, and counts by the moments at which something became durable.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use super::Kind;
use super::judge::{Found, NO_ROW, Wrong, judge};
use super::replay::{Image, Interval, images, intervals};
use super::restart::put;
use super::trace::{DATABASE, Files, Story, Trace};

/// What cuts between two such moments leave.
#[derive(Debug)]
pub struct Boundary {
    /// What became durable at the first of them.
    pub after: String,
    /// How far the act had got outside at the second.
    pub stage: String,
    /// Images, alike ones once.
    pub images: usize,
    /// What a terminal finds, and how often.
    pub outcomes: BTreeMap<String, usize>,
}

/// A visit, judged.
#[derive(Debug, Default)]
pub struct Table {
    /// In order.
    pub boundaries: Vec<Boundary>,
    /// Everything that was wrong, how often, and the first of its kind in words.
    pub wrong: BTreeMap<Wrong, (usize, String)>,
    /// For each boundary the folder from which everything was dropped that was not durable, with its state in words.
    pub starts: Vec<(String, Files)>,
}

impl Table {
    /// Judges `trace`; images lie in `folder`, one at a time.
    ///
    /// # Errors
    /// The folder cannot be written.
    pub fn of(trace: &Trace, kind: &Kind, folder: &Path) -> Result<Self, String> {
        let mut judging = Judging { trace, kind, folder, seen: HashMap::new(), table: Self::default() };
        intervals(trace).iter().try_for_each(|interval| judging.interval(interval))?;
        Ok(judging.table)
    }

    /// How many images are wrong in that way.
    #[must_use]
    pub fn count(&self, wrong: Wrong) -> usize {
        self.wrong.get(&wrong).map_or(0, |(count, _)| *count)
    }

    /// All images.
    #[must_use]
    pub fn images(&self) -> usize {
        self.boundaries.iter().map(|boundary| boundary.images).sum()
    }

    /// Whether the log became part of the database once the act was in the journal: before that, nothing is at stake.
    #[must_use]
    pub fn is_brought_in_with_the_act(&self) -> bool {
        let begun = self.boundaries.iter().skip_while(|boundary| boundary.outcomes.keys().all(|found| found == NO_ROW));
        begun.skip(1).any(|boundary| boundary.after == DATABASE)
    }

    /// A line a boundary, then what is wrong.
    pub fn print(&self, kind: &Kind) {
        println!(
            "{:<14} {:>3}  {:<24} {:<24} {:>6}  the terminal finds",
            "visit", "#", "durable since", "outside", "images"
        );
        for (number, Boundary { after, stage, images, outcomes }) in self.boundaries.iter().enumerate() {
            let outcomes: Vec<String> = outcomes.iter().map(|(outcome, times)| format!("{outcome} {times}")).collect();
            println!("{:<14} {number:>3}  {after:<24} {stage:<24} {images:>6}  {}", kind.name, outcomes.join(", "));
        }
        for (wrong, (count, why)) in &self.wrong {
            println!("{:<14} {wrong:?} {count} times, first: {why}", kind.name);
        }
        let [lost, doubled, untrue] = [Wrong::Lost, Wrong::Doubled, Wrong::Untrue].map(|wrong| self.count(wrong));
        let other = self.count(Wrong::Audit) + self.count(Wrong::Unreadable);
        println!(
            "{}: {} boundaries, {} images: {lost} lost, {doubled} doubled, {untrue} untrue, {other} unreadable or with a broken audit",
            kind.name,
            self.boundaries.len(),
            self.images()
        );
    }
}

struct Judging<'a> {
    trace: &'a Trace,
    kind: &'a Kind,
    folder: &'a Path,
    /// The earliest and latest cut for which an image of this digest was judged.
    seen: HashMap<u64, (usize, usize)>,
    table: Table,
}

impl Judging<'_> {
    fn interval(&mut self, interval: &Interval) -> Result<(), String> {
        let mut boundary = Boundary {
            after: interval.after.clone().unwrap_or_else(|| "nothing yet".to_owned()),
            stage: stage(&self.trace.story, interval.to),
            images: 0,
            outcomes: BTreeMap::new(),
        };
        let mut is_first = true;
        images(self.trace, interval, |image| {
            let nothing_kept = std::mem::replace(&mut is_first, false);
            // Each boundary has one that is judged, and may be started on.
            if !self.is_new(&image) && !nothing_kept {
                return Ok(());
            }
            put(self.folder, &image.files)?;
            let found = judge(&image, self.folder, &self.trace.story, self.kind);
            if nothing_kept {
                self.keep(&boundary.stage, &found, &image);
            }
            self.note(&found);
            boundary.images += 1;
            *boundary.outcomes.entry(found.outcome).or_default() += 1;
            Ok(())
        })?;
        self.table.boundaries.push(boundary);
        Ok(())
    }

    /// Whether this image has to be judged: it has not been, or of an alike one less had been seen outside by its latest cut, or less by its
    /// earliest.
    fn is_new(&mut self, image: &Image) -> bool {
        let story = &self.trace.story;
        let mut hasher = DefaultHasher::new();
        image.files.hash(&mut hasher);
        let Image { earliest, latest, .. } = *image;
        match self.seen.entry(hasher.finish()) {
            Entry::Vacant(place) => {
                place.insert((earliest, latest));
                true
            }
            Entry::Occupied(mut place) => {
                let (first, last) = *place.get();
                place.insert((first.min(earliest), last.max(latest)));
                let told = story.told.iter().map(|(at, _)| *at);
                let shown = story.shown.iter().copied();
                let mut seen =
                    story.sent.into_iter().chain(story.happened).chain(story.recorded).chain(told).chain(shown);
                let seen_later = seen.any(|seen| (last + 1..=latest).contains(&seen));
                seen_later || story.happened.is_some_and(|happened| (earliest..first).contains(&happened))
            }
        }
    }

    fn keep(&mut self, stage: &str, found: &Found, image: &Image) {
        let state = format!("{stage}: {} {}", found.outcome, found.phase);
        self.table.starts.push((state, image.files.clone()));
    }

    fn note(&mut self, found: &Found) {
        for wrong in &found.wrong {
            let (count, _) = self.table.wrong.entry(*wrong).or_insert_with(|| (0, found.why.clone()));
            *count += 1;
        }
    }
}

/// What had been seen outside by then: what was told last, else how far the act had got, else whether records were on the glass.
fn stage(story: &Story, at: usize) -> String {
    let told = story.told.iter().rev().find(|(told, _)| *told <= at).map(|(_, outcome)| outcome.as_str());
    let happened = story.happened.is_some_and(|happened| happened <= at);
    match (told, happened) {
        (Some(told), true) => format!("happened, told {told}"),
        (Some(told), false) => format!("told {told}"),
        (None, true) => "happened".to_owned(),
        (None, false) if story.sent.is_some_and(|sent| sent <= at) => "sent".to_owned(),
        (None, false) if story.shown.iter().any(|shown| *shown <= at) => "records shown".to_owned(),
        (None, false) => "nothing".to_owned(),
    }
}
