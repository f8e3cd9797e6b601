//! One look at every place, and what may be found there at that moment.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::patterns::{self, Pattern, Secret};
use super::scan::{self, Finder, Hit, Scanned};
use crate::journey::Play;
use crate::people::{Persona, person};
use crate::until::until;

/// Place in personas.toml.
pub(super) const PERSON: usize = 13;
/// What they type: like nothing in any table, dictionary or program. Written backwards, for the kiosk that is searched is this program.
pub(super) fn new_phone() -> String {
    "86429600791".chars().rev().collect()
}

/// The same: the PIN that they choose.
pub(super) fn new_pin() -> String {
    "382604".chars().rev().collect()
}

/// The same, in letters of which an input engine makes one word; as it shows them, with blanks between syllables.
pub(super) fn letters() -> String {
    "na gnip ul iy".chars().rev().collect()
}

/// The word that they spell, which goes behind the address.
pub(super) const WORD: &str = "一路平安";

/// Of the certificate, so many runs are looked for, each of so many bytes.
const RUNS: usize = 4;
const RUN_BYTES: usize = 48;

/// How long a moment may take to be as it should: connections close, acts are told to the agency.
const SETTLED: Duration = Duration::from_secs(5);

/// The terminal's own process.
const KIOSK: &str = "kiosk";
/// Its children.
const ENGINE: &str = "input engine";
/// Services, by the names of their programs.
const SERVICES: [&str; 2] = ["pcscd", "cupsd"];
/// Where the print service keeps documents, and everything else of its own.
const SPOOL: &str = "spool and log";

/// The terminal's own folder and its log. Whatever happens, nothing may lie there in the clear, not even for as long as a visit lasts.
const DISK: &str = "data and log";

/// A moment of a visit.
#[derive(Clone, Copy)]
pub(super) struct Moment {
    name: &'static str,
    /// What must be found, and where: a search that finds nothing proves nothing.
    must: &'static [(Secret, &'static str)],
    /// What may not be found, wherever it is.
    never: &'static [Secret],
}

const ALL: &[Secret] = &[
    Secret::Pin,
    Secret::NewPin,
    Secret::Name,
    Secret::IdNumber,
    Secret::CardNumber,
    Secret::CardId,
    Secret::Phone,
    Secret::NewPhone,
    Secret::Address,
    Secret::Letters,
    Secret::Document,
];

/// Nobody has come yet.
pub(super) const FRESH: Moment = Moment { name: "fresh", must: &[], never: ALL };
/// The card is being read; nothing needs its number (卡号) afterwards.
pub(super) const READING: Moment = Moment {
    name: "reading",
    must: &[(Secret::CardNumber, KIOSK), (Secret::CardId, KIOSK)],
    never: &[Secret::Pin, Secret::Phone, Secret::NewPhone, Secret::Letters],
};
/// The PIN is typed and not yet confirmed.
pub(super) const PIN_PAGE: Moment = Moment {
    name: "PIN page",
    must: &[(Secret::Pin, KIOSK), (Secret::Name, KIOSK), (Secret::IdNumber, KIOSK), (Secret::CardId, KIOSK)],
    never: &[Secret::Phone, Secret::NewPhone, Secret::Letters],
};
/// Signed in.
pub(super) const HOME: Moment = Moment {
    name: "home",
    must: &[(Secret::Name, KIOSK), (Secret::IdNumber, KIOSK)],
    never: &[Secret::Pin, Secret::NewPhone, Secret::Letters],
};
/// The certificate waits for paper.
pub(super) const PRINTING: Moment =
    Moment { name: "printing", must: &[(Secret::Document, SPOOL)], never: &[Secret::Pin, Secret::NewPhone] };
/// The telephone is typed, and an address in Chinese half so.
pub(super) const FORM: Moment = Moment {
    name: "form",
    must: &[(Secret::Phone, KIOSK), (Secret::NewPhone, KIOSK), (Secret::Letters, KIOSK), (Secret::Letters, ENGINE)],
    never: &[Secret::Pin, Secret::Document],
};
/// All of it is read through.
pub(super) const REVIEW: Moment = Moment {
    name: "review",
    must: &[(Secret::NewPhone, KIOSK), (Secret::Address, KIOSK)],
    never: &[Secret::Pin, Secret::Document],
};
/// Everything is done; the card still lies in the reader.
pub(super) const FILED: Moment = Moment {
    name: "filed",
    must: &[(Secret::Name, KIOSK), (Secret::IdNumber, KIOSK)],
    never: &[Secret::Pin, Secret::Document],
};
/// Whoever was there has gone.
pub(super) const AFTER: Moment = Moment { name: "after", must: &[], never: ALL };
/// The same, when the card was pulled while it was read.
pub(super) const AFTER_READING: Moment = Moment { name: "after reading", must: &[], never: ALL };
/// The same, when the card was pulled while an address was typed.
pub(super) const AFTER_TYPING: Moment = Moment { name: "after typing", must: &[], never: ALL };
/// The same, when the card was pulled on the PIN page.
pub(super) const AFTER_THE_PIN_PAGE: Moment = Moment { name: "after the PIN page", must: &[], never: ALL };
/// The same, when the card was pulled while the page printer was at work, and the act has ended after its visit.
pub(super) const AFTER_AN_ACT: Moment = Moment { name: "after an act", must: &[], never: ALL };
/// The same, after a panic.
pub(super) const AFTER_A_PANIC: Moment = Moment { name: "after a panic", must: &[], never: ALL };

/// Both PINs are typed and not yet confirmed.
pub(super) const NEW_PIN_PAGE: Moment = Moment {
    name: "new PIN page",
    must: &[(Secret::Pin, KIOSK), (Secret::NewPin, KIOSK)],
    never: &[Secret::Phone, Secret::NewPhone, Secret::Document],
};
/// The card has the new PIN, and still lies in the reader.
pub(super) const PIN_CHANGED: Moment = Moment {
    name: "PIN changed",
    must: &[(Secret::Name, KIOSK), (Secret::IdNumber, KIOSK)],
    never: &[Secret::Pin, Secret::NewPin],
};
/// Whoever changed it has gone.
pub(super) const AFTER_THE_CHANGE: Moment = Moment { name: "after the change", must: &[], never: ALL };

/// Looks, and remembers what was otherwise than it should be.
pub(super) struct Watch {
    finder: Finder,
    /// Where services keep documents, caches and logs.
    folders: Vec<PathBuf>,
    around: bool,
    faults: Vec<String>,
}

type Place = (&'static str, Scanned);

impl Watch {
    pub(super) fn new(around: bool, folders: Vec<PathBuf>) -> Result<Self, String> {
        let Persona { pin, name, id_number, card_number, card_id, phone, address, .. } = person(PERSON)?;
        let letters = letters();
        let texts = [
            (Secret::Pin, pin.as_str()),
            (Secret::NewPin, &new_pin()),
            (Secret::Name, &name),
            (Secret::IdNumber, &id_number),
            (Secret::CardNumber, &card_number),
            (Secret::Phone, &phone),
            (Secret::NewPhone, &new_phone()),
            (Secret::Address, &format!("{address}{WORD}")),
            (Secret::Letters, &letters),
            (Secret::Letters, &letters.replace(' ', "")),
        ];
        let mut all: Vec<Pattern> = texts.iter().flat_map(|(secret, text)| patterns::of_text(*secret, text)).collect();
        all.extend(patterns::of_hex(Secret::CardId, &card_id));
        all.extend(patterns::of_new_pin(&pin, &new_pin()));
        Ok(Self { finder: Finder::new(all), folders, around, faults: Vec::new() })
    }

    /// From here on looks for this document, too: for runs of bytes from all over it.
    pub(super) fn add_document(&mut self, document: &[u8]) {
        let step = document.len() / (RUNS + 1);
        let runs = (1..=RUNS).filter_map(|n| document.get(n * step..n * step + RUN_BYTES));
        runs.for_each(|run| self.finder.add(patterns::of_bytes(Secret::Document, run)));
    }

    /// Searches everything, says what was found, and remembers what should be otherwise.
    ///
    /// # Errors
    /// A place cannot be searched.
    pub(super) fn look(&mut self, play: &Play, moment: Moment) -> Result<(), String> {
        // What is on its way, in or out, has a moment; what stays longer is a find.
        let as_it_should = || self.places(play).ok().filter(|places| moment.fault(places).is_none());
        let places = until("all to be as it should", SETTLED, as_it_should).or_else(|_| self.places(play))?;
        places.iter().for_each(|place| tell(moment.name, place));
        if let Some((why, hit)) = moment.fault(&places) {
            if let (Some(hit), true) = (hit, self.around) {
                println!("{}", shown(&hit.around));
            }
            self.faults.push(format!("{}: {why}", moment.name));
        }
        Ok(())
    }

    /// The first thing that was otherwise than it should be.
    ///
    /// # Errors
    /// What, and where.
    pub(super) fn judge(mut self) -> Result<(), String> {
        if self.faults.is_empty() { Ok(()) } else { Err(self.faults.swap_remove(0)) }
    }

    fn places(&self, play: &Play) -> Result<Vec<Place>, String> {
        let family = scan::family(play.terminal.id())?;
        let (kiosk, engines) = family.split_first().ok_or("no terminal")?;
        let mut places = vec![(KIOSK, self.finder.memory(*kiosk)?), (ENGINE, self.memories(engines)?)];
        for service in SERVICES {
            let processes = scan::named(service)?;
            if processes.is_empty() {
                return Err(format!("{service} does not run"));
            }
            places.push((service, self.memories(&processes)?));
        }
        places.push((DISK, self.finder.files(&play.ground.path("terminal"))?));
        places.push(("scratch", self.finder.files(&play.ground.path("scratch"))?));
        places.push(("log of pcscd", self.finder.files(&play.ground.path("pcscd.log"))?));
        for folder in &self.folders {
            places.push((SPOOL, self.finder.files(folder)?));
        }
        Ok(places)
    }

    fn memories(&self, processes: &[u32]) -> Result<Scanned, String> {
        let mut all = Scanned::default();
        for process in processes {
            all.add(self.finder.memory(*process)?);
        }
        Ok(all)
    }
}

impl Moment {
    /// The first find that should not be, or what should be and is not.
    fn fault<'a>(&self, places: &'a [Place]) -> Option<(String, Option<&'a Hit>)> {
        for (place, scanned) in places {
            if let Some(hit) = scanned.hits.iter().find(|hit| *place == DISK || self.never.contains(&hit.secret)) {
                let why = format!("{} as {} in {place}, {}", hit.secret.as_str(), hit.encoding, hit.at);
                return Some((why, Some(hit)));
            }
        }
        // One that is kept holds what the next visitor might find, whether or not it can be read out of it just now.
        let outlived = self.never == ALL && places.iter().any(|(place, scanned)| *place == ENGINE && scanned.bytes > 0);
        if outlived {
            return Some((format!("an {ENGINE} outlives its visit"), None));
        }
        let missed = self.must.iter().find(|(secret, wanted)| {
            let here = places.iter().filter(|(place, _)| place == wanted);
            !here.flat_map(|(_, scanned)| &scanned.hits).any(|hit| hit.secret == *secret)
        });
        missed.map(|(secret, place)| (format!("{} is not found in {place}, where it must be", secret.as_str()), None))
    }
}

fn tell(moment: &str, (place, scanned): &Place) {
    let mut counts: BTreeMap<(Secret, &str), usize> = BTreeMap::new();
    for hit in &scanned.hits {
        *counts.entry((hit.secret, &hit.encoding)).or_default() += 1;
    }
    let found: Vec<_> =
        counts.iter().map(|((secret, encoding), count)| format!("{} {encoding} {count}", secret.as_str())).collect();
    let found = if found.is_empty() { "-".to_owned() } else { found.join(", ") };
    println!("{moment:<18} {place:<13} {:>8.1} MB  {found}", scanned.bytes as f64 / 1e6);
}

/// Printable characters, and a point for each other byte.
fn shown(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| if byte.is_ascii_graphic() { char::from(*byte) } else { '.' }).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn found(secret: Secret) -> Scanned {
        let hit = Hit { secret, encoding: "utf-8".to_owned(), at: "journal.sqlite:7".to_owned(), around: Vec::new() };
        Scanned { bytes: 9, hits: vec![hit] }
    }

    #[test]
    fn what_is_typed_may_lie_open_on_the_disk_for_as_long_as_a_visit_lasts() {
        let seen = [(KIOSK, found(Secret::NewPhone)), (KIOSK, found(Secret::Address))];
        assert!(REVIEW.fault(&seen).is_none());
        let [phone, address] = seen;
        let (why, _) = REVIEW.fault(&[phone, address, (DISK, found(Secret::NewPhone))]).unwrap();
        assert_eq!(why, "new_phone as utf-8 in data and log, journal.sqlite:7");
    }

    #[test]
    fn the_input_engine_of_a_visit_that_was_never_ended_is_not_found() {
        let engine = |bytes| [(ENGINE, Scanned { bytes, hits: Vec::new() })];
        assert!(AFTER.fault(&engine(0)).is_none() && AFTER.fault(&engine(1)).is_some());
    }
}
