//! A visit as the disk saw it: what was written and what was made durable, and where in this order the world outside saw the act, or records.
//!
//! Pure: calls of strace in, deeds out.

use std::collections::{BTreeMap, HashMap};

use contract::message::Outcome;
use kiosk::session::ActKind;

use super::strace::Call;
use super::{Kind, is_done};
use crate::journey::sentences::page_of;

/// Files by name, within one folder.
pub type Files = BTreeMap<String, Vec<u8>>;

/// What was done to the folder. A file is known by a number: a name may stand for another file later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// A name came to stand for a new, empty file.
    Create {
        /// The name.
        name: String,
        /// The file.
        file: usize,
    },
    /// A name went.
    Unlink {
        /// Which.
        name: String,
    },
    /// A name came to stand for the file that another name stood for, which went.
    Rename {
        /// The name that went.
        from: String,
        /// The name that came, or that stood for something else before.
        to: String,
    },
    /// Bytes were written.
    Write {
        /// Into which file.
        file: usize,
        /// From where on.
        at: usize,
        /// What.
        bytes: Vec<u8>,
    },
    /// A file got another length.
    Truncate {
        /// Which.
        file: usize,
        /// How long it is now.
        length: usize,
    },
    /// A file, and that it is there, became durable.
    Sync {
        /// Which.
        file: usize,
        /// The deeds that were done when this began; what came later it need not have taken along.
        began: usize,
    },
    /// Which names there are became durable.
    SyncFolder {
        /// As above.
        began: usize,
    },
}

/// Where the world outside saw the visit's one act, and records. Each place is a count of deeds that came before.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Story {
    /// Its id; empty where nothing is done.
    pub act: String,
    /// The printer, the agency or the card may have got it.
    pub sent: Option<usize>,
    /// It had happened: the paper was out, the case was kept, the card had its new PIN. `None` where it never does.
    pub happened: Option<usize>,
    /// The agency had the case's records.
    pub recorded: Option<usize>,
    /// Somebody was told that it had ended so, in order.
    pub told: Vec<(usize, Outcome)>,
    /// Records of somebody came onto the glass, once each.
    pub shown: Vec<usize>,
}

/// A whole visit.
#[derive(Clone, Debug)]
pub struct Trace {
    /// What lay in the folder when it began, all of it durable: file 0 is the first of these, and so on.
    pub before: Files,
    /// What was done, in order.
    pub deeds: Vec<Deed>,
    /// What was seen outside.
    pub story: Story,
}

/// Made anew by whoever opens the database: its content counts for nothing after a power cut.
pub const NOT_KEPT: &str = "journal.sqlite-shm";

/// The journal's names begin so.
pub const DATABASE: &str = "journal.sqlite";

/// What the terminal has kept of the agency's has this in its name, also while it is being written.
const KEPT: &str = ".kept";

/// The key under which persons stand in the journal, also while it is being written.
const KEY: &str = "person.key";

/// Whether a file of this name is written whole under another one, and then renamed.
fn is_renamed(name: &str) -> bool {
    name.contains(KEPT) || name.starts_with(KEY)
}

/// Whether a file of this name counts.
#[must_use]
pub fn counts(name: &str) -> bool {
    is_renamed(name) || (name.starts_with(DATABASE) && name != NOT_KEPT)
}

/// A name by which the folder's file would be known, where the path leads to one that counts.
fn name<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    let name = path.strip_prefix(folder)?.strip_prefix('/')?;
    counts(name).then_some(name)
}

struct Reader<'a> {
    folder: &'a str,
    deeds: Vec<Deed>,
    names: HashMap<String, usize>,
    files: usize,
    /// For each call that ended, how many deeds there were after it.
    after: Vec<usize>,
}

impl Trace {
    /// Reads what was done in `folder`, and where the act of this kind, and records, were seen.
    ///
    /// # Errors
    /// A call that changes a file in a way nobody expects, the act was not seen, or somebody was told something else; of a visit without an act,
    /// that there was one, or no records.
    pub fn read(calls: &[Call], folder: &str, before: Files, kind: &Kind) -> Result<Self, String> {
        let names = (0..).zip(before.keys()).map(|(file, name)| (name.clone(), file)).collect();
        let mut reader = Reader { folder, deeds: Vec::new(), names, files: before.len(), after: Vec::new() };
        for call in calls {
            if call.returned.is_some() {
                reader.take(call).map_err(|why| format!("{} {}: {why}", call.name, call.on))?;
            }
            reader.after.push(reader.deeds.len());
        }
        let story = story(calls, &reader, kind)?;
        Ok(Self { before, deeds: reader.deeds, story })
    }
}

impl Reader<'_> {
    fn take(&mut self, call: &Call) -> Result<(), String> {
        match call.name.as_str() {
            "openat" | "open" | "creat" => self.opened(call),
            "unlink" | "unlinkat" => {
                if let Some(name) = path(call).and_then(|path| name(&path, self.folder).map(str::to_owned)) {
                    self.names.remove(&name);
                    self.deeds.push(Deed::Unlink { name });
                }
            }
            "rename" | "renameat" | "renameat2" => {
                let names = call.bytes.iter().map(|path| {
                    let path = String::from_utf8_lossy(path);
                    name(&path, self.folder).map(str::to_owned)
                });
                let names: Vec<_> = names.collect();
                return match <[Option<String>; 2]>::try_from(names) {
                    Ok([Some(from), Some(to)]) if is_renamed(&from) && is_renamed(&to) => self.renamed(from, to),
                    Ok([None, None]) => Ok(()),
                    _ => Err("nobody renames these".to_owned()),
                };
            }
            "fsync" | "fdatasync" if call.is_injected => {}
            "fsync" | "fdatasync" if call.on == self.folder => {
                let began = self.before(call);
                self.deeds.push(Deed::SyncFolder { began });
            }
            _ => return self.on_a_file(call),
        }
        Ok(())
    }

    fn renamed(&mut self, from: String, to: String) -> Result<(), String> {
        let file = self.names.remove(&from).ok_or("nothing of that name")?;
        self.names.insert(to.clone(), file);
        self.deeds.push(Deed::Rename { from, to });
        Ok(())
    }

    fn opened(&mut self, call: &Call) {
        let Some(name) = name(&call.opened, self.folder) else { return };
        let has = |flag: &str| call.words.iter().any(|word| word.split('|').any(|one| one == flag));
        match self.names.get(name) {
            Some(&file) if has("O_TRUNC") => self.deeds.push(Deed::Truncate { file, length: 0 }),
            Some(_) => {}
            None => {
                let file = self.files;
                self.files += 1;
                self.names.insert(name.to_owned(), file);
                self.deeds.push(Deed::Create { name: name.to_owned(), file });
            }
        }
    }

    fn on_a_file(&mut self, call: &Call) -> Result<(), String> {
        let Some(name) = name(&call.on, self.folder) else { return Ok(()) };
        // What has no name any more is nobody's after a power cut.
        let Some(&file) = self.names.get(name) else { return Ok(()) };
        let last = || call.words.last().and_then(|word| word.parse::<usize>().ok());
        match call.name.as_str() {
            "pwrite64" => {
                let at = last().ok_or("no place")?;
                let mut bytes = call.bytes.first().cloned().unwrap_or_default();
                if call.is_cut_off {
                    return Err("strace has cut it off".to_owned());
                }
                bytes.truncate(call.returned.and_then(|count| usize::try_from(count).ok()).unwrap_or(0));
                self.deeds.push(Deed::Write { file, at, bytes });
            }
            "ftruncate" => self.deeds.push(Deed::Truncate { file, length: last().ok_or("no length")? }),
            "fsync" | "fdatasync" => {
                let began = self.before(call);
                self.deeds.push(Deed::Sync { file, began });
            }
            other => return Err(format!("{other} is not understood here")),
        }
        Ok(())
    }

    /// The deeds that were done when this call began.
    fn before(&self, call: &Call) -> usize {
        call.began.checked_sub(1).and_then(|last| self.after.get(last)).copied().unwrap_or(0)
    }
}

fn path(call: &Call) -> Option<String> {
    call.bytes.first().map(|path| String::from_utf8_lossy(path).into_owned())
}

fn story(calls: &[Call], reader: &Reader<'_>, kind: &Kind) -> Result<Story, String> {
    let shown = records_shown(calls).into_iter().map(|call| reader.before(call)).collect();
    let begun = calls.iter().position(|call| call.on.ends_with(LOG) && holds(call, b"event=act_begun "));
    let story = match (kind.act, begun) {
        (Some(act), Some(begun)) => of_act(calls, reader, act, kind.told, begun)?,
        (Some(_), None) => return Err("no act was begun".to_owned()),
        (None, Some(_)) => return Err("an act was begun".to_owned()),
        (None, None) => Story::default(),
    };
    let story = Story { shown, ..story };
    if kind.act.is_none() && story.shown.is_empty() { Err("no records were shown".to_owned()) } else { Ok(story) }
}

/// The act of this kind that was begun with this call, and ended as was told.
fn of_act(
    calls: &[Call],
    reader: &Reader<'_>,
    kind: ActKind,
    wanted: &[Outcome],
    begun: usize,
) -> Result<Story, String> {
    let act = calls
        .get(begun)
        .and_then(|call| act_of(call, kind))
        .ok_or_else(|| format!("the act is no {}", kind.as_str()))?;
    let began = |at: usize| calls.get(at).map_or(0, |call| reader.before(call));
    let ended = |at: usize| reader.after.get(at).copied().unwrap_or(0);
    let told: Vec<(usize, Outcome)> = calls
        .iter()
        .enumerate()
        .skip(begun)
        .filter_map(|(at, call)| telling(call, &act, kind, wanted).map(|outcome| (began(at), outcome)))
        .collect();
    let mut outcomes: Vec<Outcome> = told.iter().map(|(_, outcome)| *outcome).collect();
    outcomes.dedup();
    if outcomes != wanted {
        return Err(format!("somebody was told {outcomes:?}, and not {wanted:?}"));
    }
    let place = Place::of(kind);
    let happened = place.happened(calls, &act);
    if happened.is_none() && wanted.iter().any(|outcome| is_done(kind, *outcome)) {
        return Err("nobody outside has seen it happen".to_owned());
    }
    let sent = place.sent(calls, &act, happened.unwrap_or(calls.len())).ok_or("nobody outside has got it")?;
    let records = format!("archive{act}");
    let recorded = calls.iter().position(|call| call.on.ends_with(AGENCY_KEEPS) && holds(call, records.as_bytes()));
    let (happened, recorded) = (happened.map(ended), recorded.map(ended));
    Ok(Story { act, sent: Some(began(sent)), happened, recorded, told, shown: Vec::new() })
}

/// What this call tells somebody of how the act ended: a page, a line of the log, or what `kiosk journal reconcile` prints.
fn telling(call: &Call, act: &str, kind: ActKind, wanted: &[Outcome]) -> Option<Outcome> {
    if let Some(page) = page(call) {
        return wanted.iter().copied().find(|outcome| page_of(kind.as_str(), outcome.as_str()) == page);
    }
    let text = String::from_utf8_lossy(call.bytes.first()?);
    if call.on.ends_with(LOG) {
        let (_, ended) = text.split_once(&format!("event=act_ended act={act} "))?;
        return Outcome::parse(ended.trim().rsplit_once("outcome=")?.1);
    }
    let said = text.strip_prefix(act)?.strip_prefix(' ')?;
    Outcome::parse(said.split_once(", as ")?.0)
}

/// The calls with which somebody's records came onto the glass: a table, or what the agency knew already and is read through, each behind the
/// page that waits for it. What comes back from behind another page was shown before.
fn records_shown(calls: &[Call]) -> Vec<&Call> {
    let mut waited = false;
    let mut is_new = |page: &str| std::mem::replace(&mut waited, page == "fetching") && RECORDS.contains(&page);
    calls.iter().filter(|call| page(call).is_some_and(|page| is_new(&page))).collect()
}

/// The page of which this call says that it is shown; it says so before the glass has it.
fn page(call: &Call) -> Option<String> {
    let text = String::from_utf8_lossy(call.bytes.first().filter(|_| call.on.ends_with(LOG))?);
    text.split_once("event=page_shown page=").map(|(_, page)| page.trim().to_owned())
}

fn act_of(begun: &Call, kind: ActKind) -> Option<String> {
    let line = String::from_utf8_lossy(begun.bytes.first()?).into_owned();
    let field = |name: &str| line.split_whitespace().find_map(|word| word.strip_prefix(name).map(str::to_owned));
    (field("kind=")? == kind.as_str()).then(|| field("act="))?
}

/// Where an act has its effect, and how that shows among the calls.
#[derive(Clone, Copy)]
enum Place {
    /// The receipt printer: its job goes over its port, its paper is a file.
    Receipt,
    /// The page printer, likewise.
    Page,
    /// The agency: what it keeps is in its database before it answers.
    Agency,
    /// The card: a command and its answer.
    Card,
}

impl Place {
    const fn of(kind: ActKind) -> Self {
        match kind {
            ActKind::Slip => Self::Receipt,
            ActKind::Certificate => Self::Page,
            ActKind::Case | ActKind::Question => Self::Agency,
            ActKind::CardPin => Self::Card,
        }
    }

    /// The call with which it had happened.
    fn happened(self, calls: &[Call], act: &str) -> Option<usize> {
        let opened = |what: &str| calls.iter().position(|call| call.opened.ends_with(what));
        match self {
            Self::Receipt => opened("/receipts/receipt-1.bin"),
            Self::Page => opened("/pages/out/page-1.pdf"),
            Self::Agency => {
                calls.iter().position(|call| call.on.ends_with(AGENCY_KEEPS) && holds(call, act.as_bytes()))
            }
            Self::Card => {
                let sent = self.sent(calls, act, calls.len())?;
                let answered = |call: &Call| call.on.ends_with(VPCD) && holds(call, &[0x90, 0x00]);
                calls.iter().skip(sent).position(answered).map(|at| at + sent)
            }
        }
    }

    /// The first call with which somebody outside may have got it.
    fn sent(self, calls: &[Call], act: &str, happened: usize) -> Option<usize> {
        let to = |end: &'static str| move |call: &Call| call.on.ends_with(end);
        match self {
            Self::Receipt => calls.iter().position(|call| to("->127.0.0.1:9100]")(call) && holds(call, act.as_bytes())),
            Self::Page => calls.iter().position(|call| call.on.ends_with(":8631]") && holds(call, act.as_bytes())),
            // What goes there cannot be read; it was the last that went before the agency had it.
            Self::Agency => calls.iter().take(happened).rposition(to("->127.0.0.1:8443]")),
            Self::Card => calls.iter().position(|call| holds(call, &CHANGE_PIN)),
        }
    }
}

/// Where the terminal writes what happens.
const LOG: &str = "/kiosk.log";

/// Pages with records of whoever is signed in.
const RECORDS: [&str; 2] = ["table", "review"];

/// Where the agency keeps what it has been brought, before it answers.
const AGENCY_KEEPS: &str = "/agency/agency.db-wal";

/// Where a card's answers go.
const VPCD: &str = "->127.0.0.1:27648]";

/// The card's command for another PIN: CLA, INS, P1, P2.
const CHANGE_PIN: [u8; 4] = [0x80, 0x5E, 0x01, 0x00];

fn holds(call: &Call, what: &[u8]) -> bool {
    call.bytes.iter().any(|bytes| bytes.windows(what.len()).any(|at| at == what))
}
