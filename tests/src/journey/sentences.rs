//! What must hold after any visit, whatever went wrong in it: each a sentence with a name, judged on a testimony alone. The table of kills
//! and the hall's storm ask all of them; single journeys say exactly how they end instead.

use std::collections::HashSet;

use super::testimony::{Act, Parcel, Testimony};

/// What must hold.
pub struct Sentence {
    /// How it is called.
    pub name: &'static str,
    /// What it says.
    pub says: &'static str,
    holds: fn(&Testimony) -> Result<(), String>,
}

/// All of them.
pub const SENTENCES: &[Sentence] = &[
    Sentence { name: "lives", says: "The terminal lives and shows a page.", holds: lives },
    Sentence { name: "calm", says: "No thread has panicked.", holds: calm },
    Sentence {
        name: "silent",
        says: "The log tells nothing but our own events, and not whose visit it was.",
        holds: silent,
    },
    Sentence { name: "own", says: "Nobody is shown another person's name.", holds: own },
    Sentence { name: "once", says: "No act is done twice, here or at the agency.", holds: once },
    Sentence { name: "audited", says: "Journal and audit say the same, and nobody changed either.", holds: audited },
    Sentence { name: "told", says: "What a page told, the journal says.", holds: told },
    Sentence {
        name: "shown",
        says: "Whom a page told of an act, the journal says so, and of nobody else.",
        holds: shown,
    },
    Sentence { name: "printed", says: "What is said to be printed came out.", holds: printed },
    Sentence { name: "nothing", says: "Of what is said not to be printed, nothing came out.", holds: nothing },
    Sentence { name: "paper", says: "No paper came out twice, or of no act.", holds: paper },
    Sentence { name: "filed", says: "What is said to be filed is at the agency, under that act.", holds: filed },
    Sentence { name: "not-filed", says: "What is said not to be filed is not there.", holds: not_filed },
    Sentence { name: "known", says: "Nothing is at the agency of which the journal does not know.", holds: known },
    Sentence {
        name: "recorded",
        says: "A filed case has its records, here or, in the end, at the agency.",
        holds: recorded,
    },
    Sentence {
        name: "handed",
        says: "What is said to be handed over is there, and in the end nothing waits that may go.",
        holds: handed,
    },
    Sentence { name: "asked-once", says: "The agency was asked once for what it was asked for.", holds: asked_once },
    Sentence { name: "card", says: "A card takes the PIN that it is said to take.", holds: card },
    Sentence { name: "settled", says: "In the end nothing is open but what nobody can know.", holds: settled },
    Sentence { name: "agrees", says: "In the end the agency's book says what the journal says.", holds: agrees },
];

/// A sentence that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Untrue {
    /// Name of the sentence.
    pub name: &'static str,
    /// What it says.
    pub says: &'static str,
    /// What was there instead.
    pub instead: String,
}

impl std::fmt::Display for Untrue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {} Instead: {}", self.name, self.says, self.instead)
    }
}

/// Asks every sentence.
///
/// # Errors
/// The first that does not hold.
pub fn judge(testimony: &Testimony) -> Result<(), Untrue> {
    SENTENCES.iter().try_for_each(|Sentence { name, says, holds }| {
        holds(testimony).map_err(|instead| Untrue { name, says, instead })
    })
}

/// The page that tells of an act that has ended so.
#[must_use]
pub fn page_of(kind: &str, outcome: &str) -> &'static str {
    match (kind, outcome) {
        ("question", "filed") => "question-left",
        (_, "printed") => "printed",
        (_, "not_printed") => "not-printed",
        (_, "filed") => "filed",
        (_, "not_filed") => "not-filed",
        (_, "changed") => "pin-changed",
        (_, "not_changed") => "pin-not-changed",
        (_, "queued") => "queued",
        ("case" | "question", _) => "file-unknown",
        ("card_pin", _) => "pin-unknown",
        _ => "print-unknown",
    }
}

/// Every page that tells of an act.
const TELLING: [&str; 11] = [
    "printed",
    "not-printed",
    "print-unknown",
    "filed",
    "not-filed",
    "file-unknown",
    "queued",
    "question-left",
    "pin-changed",
    "pin-not-changed",
    "pin-unknown",
];

/// Pages behind which another waits and comes back.
const HIDES: [&str; 5] = ["gone", "reading", "pin", "checking", "welcome"];

/// What pages told, each end once: a page that comes back after its card was out tells nothing new.
fn tellings(pages: &[String]) -> Vec<&str> {
    let (mut tellings, mut last): (Vec<&str>, Option<&str>) = (Vec::new(), None);
    for page in pages.iter().map(String::as_str) {
        if TELLING.contains(&page) {
            if last != Some(page) {
                tellings.push(page);
            }
            last = Some(page);
        } else if !HIDES.contains(&page) {
            last = None;
        }
    }
    tellings
}

fn lives(testimony: &Testimony) -> Result<(), String> {
    hold(!testimony.labels.is_empty(), || "it is dead, or its page is blank".to_owned())
}

fn calm(testimony: &Testimony) -> Result<(), String> {
    hold(!testimony.panicked, || "one has; see the log".to_owned())
}

fn silent(testimony: &Testimony) -> Result<(), String> {
    hold(testimony.leaked.is_empty(), || format!("it holds {}", testimony.leaked.join(", ")))
}

fn own(testimony: &Testimony) -> Result<(), String> {
    hold(testimony.strangers.is_empty(), || format!("shown were {}", testimony.strangers.join(", ")))
}

fn once(testimony: &Testimony) -> Result<(), String> {
    let Testimony { journal, book, cases, issues, questions, .. } = testimony;
    let ids = |acts: &[Act]| acts.iter().map(|act| act.id.clone()).collect::<Vec<_>>();
    let keys = cases.iter().map(|case| case.act.clone()).collect();
    let requests = cases.iter().map(|case| case.request.clone()).collect();
    let lists = [ids(journal), ids(book), keys, requests, issues.clone(), questions.clone()];
    let twice = lists.into_iter().find_map(|list| {
        let mut seen = HashSet::new();
        list.into_iter().find(|id| !seen.insert(id.clone()))
    });
    twice.map_or(Ok(()), |id| Err(format!("{id} is there twice")))
}

fn audited(testimony: &Testimony) -> Result<(), String> {
    testimony.broken_audit.clone().map_or(Ok(()), Err)
}

/// What the pages told stands in the journal in the same order, as it was first known; of some acts no page tells, because it had gone.
fn told(testimony: &Testimony) -> Result<(), String> {
    let Testimony { journal, before, ended, pages, .. } = testimony;
    let first = |act: &Act| ended.iter().find(|(id, _)| *id == act.id).map_or("", |(_, outcome)| outcome.as_str());
    let mut acts = journal.iter().skip(*before);
    for page in tellings(pages) {
        let found = acts.any(|act| page_of(&act.kind, first(act)) == page);
        let of_it: Vec<String> =
            journal.iter().skip(*before).map(|act| format!("{} {} {}", act.kind, act.item, first(act))).collect();
        hold(found, || format!("{page} was told; the journal has [{}]", of_it.join(", ")))?;
    }
    Ok(())
}

fn shown(testimony: &Testimony) -> Result<(), String> {
    let Testimony { journal, before, shown, pages, cut, .. } = testimony;
    let of = |act: &Act| shown.iter().find(|(id, _)| *id == act.id).map(|(_, told)| page_of(&act.kind, told));
    let said: Vec<&str> = journal.iter().skip(*before).filter_map(of).collect();
    let mut told = tellings(pages);
    let untold = said.iter().find(|page| match told.iter().position(|told| told == *page) {
        Some(at) => {
            told.remove(at);
            false
        }
        None => true,
    });
    hold(untold.is_none(), || format!("no page told {untold:?}"))?;
    hold(*cut || told.is_empty(), || format!("of {told:?} the journal does not know that it was told"))
}

/// How many papers came out of an act.
fn papers(testimony: &Testimony, act: &Act) -> usize {
    let Testimony { receipts, documents, .. } = testimony;
    receipts.iter().chain(documents).flatten().filter(|id| **id == act.id).count()
}

/// Acts of the journal that ended so.
fn that<'a>(testimony: &'a Testimony, outcome: &'static str) -> impl Iterator<Item = &'a Act> {
    testimony.journal.iter().filter(move |act| act.outcome == outcome)
}

fn printed(testimony: &Testimony) -> Result<(), String> {
    for act in that(testimony, "printed") {
        hold(papers(testimony, act) > 0, || format!("of {} there is no paper", act.id))?;
        let issued = act.kind != "certificate" || testimony.issues.contains(&act.id);
        hold(issued, || format!("{} was never issued", act.id))?;
    }
    Ok(())
}

/// A torn receipt names no act: there may be as many as there are slips of which nobody knows.
fn nothing(testimony: &Testimony) -> Result<(), String> {
    for act in that(testimony, "not_printed") {
        hold(papers(testimony, act) == 0, || format!("of {} there is a paper", act.id))?;
    }
    let torn = testimony.receipts.iter().filter(|act| act.is_none()).count();
    let unknown = testimony.journal.iter().filter(|act| act.kind == "slip" && is_open(act)).count();
    hold(torn <= unknown, || format!("{torn} torn receipts came out, and {unknown} slips are unknown"))
}

fn paper(testimony: &Testimony) -> Result<(), String> {
    let Testimony { journal, receipts, documents, .. } = testimony;
    let of = |kind: &str, id: &String| journal.iter().any(|act| act.kind == kind && act.id == *id);
    let stray = receipts.iter().flatten().find(|id| !of("slip", id));
    hold(stray.is_none(), || format!("a receipt of {stray:?}"))?;
    let stray = documents.iter().find(|id| !id.as_ref().is_some_and(|id| of("certificate", id)));
    hold(stray.is_none(), || format!("a document of {stray:?}"))?;
    let doubled = journal.iter().find(|act| papers(testimony, act) > 1);
    hold(doubled.is_none(), || format!("two papers of {doubled:?}"))
}

/// Whether the agency has what an act was to bring there.
fn is_there(testimony: &Testimony, act: &Act) -> bool {
    match act.kind.as_str() {
        "case" => testimony.cases.iter().any(|case| case.act == act.id && case.item == act.item),
        "question" => testimony.questions.contains(&act.id),
        _ => false,
    }
}

fn filed(testimony: &Testimony) -> Result<(), String> {
    let lost = that(testimony, "filed").find(|act| !is_there(testimony, act));
    hold(lost.is_none(), || format!("{lost:?} is not there"))
}

fn not_filed(testimony: &Testimony) -> Result<(), String> {
    let there = that(testimony, "not_filed").find(|act| is_there(testimony, act));
    hold(there.is_none(), || format!("{there:?} is there"))
}

fn known(testimony: &Testimony) -> Result<(), String> {
    let Testimony { journal, book, cases, issues, questions, .. } = testimony;
    let of = |kind: &str, id: &str| journal.iter().any(|act| act.kind == kind && act.id == id);
    let case = cases.iter().find(|case| !of("case", &case.act));
    hold(case.is_none(), || format!("{case:?}"))?;
    let document = issues.iter().find(|id| !of("certificate", id));
    hold(document.is_none(), || format!("a document of {document:?}"))?;
    let question = questions.iter().find(|id| !of("question", id));
    hold(question.is_none(), || format!("a question of {question:?}"))?;
    let told = book.iter().find(|told| !of(&told.kind, &told.id));
    hold(told.is_none(), || format!("{told:?}"))
}

fn recorded(testimony: &Testimony) -> Result<(), String> {
    let Testimony { parcels, waiting, at_rest, .. } = testimony;
    let among = |list: &[Parcel], act: &Act| list.iter().any(|it| it.kind == "archive" && it.key == act.id);
    let recorded = |act: &Act| among(parcels, act) || (!*at_rest && among(waiting, act));
    let lost = that(testimony, "filed").find(|act| act.kind == "case" && !recorded(act));
    hold(lost.is_none(), || format!("nowhere are the records of {lost:?}"))
}

fn handed(testimony: &Testimony) -> Result<(), String> {
    let Testimony { handed, parcels, waiting, at_rest, .. } = testimony;
    // By number: what somebody thinks has no name that the audit could tell.
    let said = |kind: &String| handed.iter().filter(|other| *other == kind).count();
    let there = |kind: &String| parcels.iter().filter(|parcel| parcel.kind == *kind).count();
    let lost = handed.iter().find(|kind| said(kind) > there(kind));
    let counts = |kind: &String| format!("{} of kind {kind}, and {} are there", said(kind), there(kind));
    hold(lost.is_none(), || lost.map(counts).unwrap_or_default())?;
    // The audit goes on.
    let waits = |parcel: &&Parcel| parcel.state == "ready" && !parcel.kind.starts_with("audit_");
    let stays = waiting.iter().find(waits).filter(|_| *at_rest);
    hold(stays.is_none(), || format!("{stays:?} is still here"))
}

/// A line that doubles a request leaves its id; whoever asks again draws another.
fn asked_once(testimony: &Testimony) -> Result<(), String> {
    let Testimony { asked, cases, questions, parcels, .. } = testimony;
    let again = asked.iter().find(|(act, id)| asked.iter().any(|(same, other)| same == act && other != id));
    hold(again.is_none(), || format!("{again:?} and another one"))?;
    // An agency that does not write down who asks would never have been asked twice.
    let later = |act: &String| parcels.iter().any(|parcel| parcel.kind == "case" && parcel.key == *act);
    let was_asked = |act: &String| asked.iter().any(|(id, _)| id == act);
    let at_once = cases.iter().map(|case| &case.act).filter(|act| !later(act));
    let unasked = at_once.chain(questions).find(|act| !was_asked(act));
    hold(unasked.is_none(), || format!("nobody asked for {unasked:?}"))
}

fn card(testimony: &Testimony) -> Result<(), String> {
    let Some(holds) = testimony.card else { return Ok(()) };
    let mut changes = testimony.journal.iter().skip(testimony.before).filter(|act| act.kind == "card_pin");
    let said = changes.next_back().map_or("not_changed", |act| act.outcome.as_str());
    let right = match said {
        "changed" => holds.new,
        "not_changed" => holds.old,
        _ => holds.new || holds.old,
    };
    hold(right, || format!("{said} was said, and it takes the old {} and the new {}", holds.old, holds.new))
}

/// Whether nobody has said how it ended.
fn is_open(act: &Act) -> bool {
    act.outcome.is_empty() || act.outcome == "unknown"
}

fn settled(testimony: &Testimony) -> Result<(), String> {
    let on_its_way = |act: &Act| act.kind == "case" && (is_open(act) || act.outcome == "queued");
    let knowable = |act: &&Act| act.outcome.is_empty() || on_its_way(act);
    let open = testimony.journal.iter().find(knowable).filter(|_| testimony.at_rest);
    hold(open.is_none(), || format!("{open:?}"))
}

fn agrees(testimony: &Testimony) -> Result<(), String> {
    let Testimony { journal, book, at_rest, .. } = testimony;
    let same = |act: &Act, told: &Act| (&act.kind, &act.item, &act.outcome) == (&told.kind, &told.item, &told.outcome);
    let booked = |act: &Act| book.iter().any(|told| told.id == act.id && same(act, told));
    let other = journal.iter().find(|act| !booked(act)).filter(|_| *at_rest);
    let book = other.and_then(|act| book.iter().find(|told| told.id == act.id));
    hold(other.is_none(), || format!("the journal has {other:?}, the book {book:?}"))
}

fn hold(holds: bool, instead: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(instead()) }
}
