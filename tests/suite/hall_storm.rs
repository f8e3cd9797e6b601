//! The storm on the whole hall, and what sabotages its judge: each saboteur falsifies one witness's statement, and the sentence that it
//! breaks must be named.

use hall::journey::sentences::{SENTENCES, judge};
use hall::journey::testimony::{Act, Filed, Holds, Parcel, Testimony, strange};

use crate::journeys::hall;

/// Half of what a change must pass; both halves run beside each other, each in namespaces of its own.
fn thirty_visits(seed: &str) {
    hall(&["storm", "--hall", "--visits", "30", "--seed", seed]);
}

#[test]
fn a_hall_storm_finds_a_witness_that_lies() {
    thirty_visits("1");
}

#[test]
fn another_hall_storm_finds_a_witness_that_lies() {
    thirty_visits("2");
}

/// Whoever writes into a witness's own book is found by the storm itself: it does hear that witness. Of the glass, that a name on it is another
/// person's.
#[test]
fn the_storm_does_not_hear_a_witness() {
    let saboteurs = [
        ("journal", "audited:"),
        ("agency", "known:"),
        ("parcels", "handed:"),
        ("calls", "asked-once:"),
        ("paper", "paper:"),
        // Both the name and the line.
        ("log", "it holds 林知远, link lost to 林知远"),
        ("glass", "own: Nobody is shown"),
    ];
    for (saboteur, finds) in saboteurs {
        let program = hall::ground::beside_us("hall").unwrap();
        let arguments = ["storm", "--hall", "--visits", "3", "--seed", "3", "--sabotage", saboteur];
        let output = std::process::Command::new(program).args(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && said.contains(finds), "{saboteur}: {said}");
    }
}

/// Whoever performs an act before its intent stands in the journal is found only where the power goes in between: a document is issued of
/// which the journal knows nothing. On the mains the same visits end as they should.
#[test]
fn an_act_is_performed_before_the_journal_knows_of_it() {
    let storm = |cut: &str| {
        let program = hall::ground::beside_us("hall").unwrap();
        let arguments = ["storm", "--hall", "--visits", "2", "--seed", "5", "--sabotage", "late", "--cut", cut];
        let output = std::process::Command::new(program).args(arguments).output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    };
    let (on_the_mains, said) = storm("none");
    assert!(on_the_mains, "it is found without a cut: {said}");
    let (passes, said) = storm("certificate issued");
    assert!(!passes && said.contains("known:"), "{said}");
}

fn act(n: usize, kind: &str, outcome: &str) -> Act {
    let of = |text: &str| text.to_owned();
    Act { id: format!("t-0301-5f3a9c21-{n}"), kind: of(kind), item: of("X01"), outcome: of(outcome), code: of("") }
}

fn parcel(kind: &str, key: &str, state: &str) -> Parcel {
    Parcel { kind: kind.to_owned(), key: key.to_owned(), state: state.to_owned() }
}

/// A visit of which all witnesses say the same: one act of each kind and outcome, the first of them before it.
fn true_testimony() -> Testimony {
    let acts = [
        ("slip", "printed"),
        ("slip", "printed"),
        ("slip", "not_printed"),
        ("slip", "unknown"),
        ("certificate", "printed"),
        ("certificate", "not_printed"),
        ("case", "filed"),
        ("case", "not_filed"),
        ("question", "filed"),
        ("card_pin", "changed"),
        ("case", "filed"),
    ];
    let journal: Vec<Act> = (1..).zip(acts).map(|(n, (kind, outcome))| act(n, kind, outcome)).collect();
    let id = |n: usize| journal[n - 1].id.clone();
    let pages = "home table slip-choice printing printed gone reading pin checking printed home printing not-printed \
                 home printing print-unknown home printing printed home printing not-printed review filing filed \
                 review filing not-filed fetching filing question-left new-pin-again changing-pin pin-changed home filing queued farewell";
    let case = |n, request: &str| Filed { act: id(n), item: "X01".to_owned(), request: request.to_owned() };
    let ends = journal.iter().map(|act| (act.id.clone(), act.outcome.clone()));
    // The last went later.
    let queued = (id(11), "queued".to_owned());
    let shown = ends.clone().skip(1).take(9).chain([queued.clone()]).collect();
    let receipts = vec![Some(id(1)), None, Some(id(2))];
    // The line has doubled the first, and the agency did not take the second; the last came as a parcel.
    let asked = [(7, "aa"), (7, "aa"), (8, "ab"), (9, "ac")];
    let parcels = [("archive", id(7)), ("archive", id(11)), ("case", id(11)), ("draft", "00000001".to_owned())];
    Testimony {
        pages: pages.split_whitespace().map(str::to_owned).collect(),
        before: 1,
        ended: ends.clone().take(10).chain([queued]).chain(ends.skip(10)).collect(),
        shown,
        book: journal.clone(),
        cases: vec![case(7, "sha256:aa"), case(11, "sha256:ab")],
        questions: vec![id(9)],
        issues: vec![id(5), id(6)],
        asked: asked.into_iter().map(|(n, request)| (id(n), request.to_owned())).collect(),
        handed: parcels.iter().map(|(kind, _)| (*kind).to_owned()).collect(),
        // What was refused waits for a member of staff.
        waiting: vec![parcel("draft", "00000002", "refused")],
        parcels: parcels.iter().map(|(kind, key)| parcel(kind, key, "")).collect(),
        receipts,
        documents: vec![Some(id(5))],
        labels: "text 0,0 1x1 请插入社会保障卡".to_owned(),
        card: Some(Holds { old: false, new: true }),
        at_rest: true,
        journal,
        ..Testimony::default()
    }
}

type Saboteur = fn(&mut Testimony);

/// The sentence that each must be found by.
const SABOTEURS: &[(&str, Saboteur)] = &[
    ("lives", |said| said.labels.clear()),
    ("calm", |said| said.panicked = true),
    ("silent", |said| said.leaked.push("林知远".to_owned())),
    ("own", |said| said.strangers.push("table:**远".to_owned())),
    // The same request filed again under an id that the journal has.
    ("once", |said| {
        let again = Filed { act: said.journal[7].id.clone(), ..said.cases[0].clone() };
        said.cases.push(again);
    }),
    ("once", |said| said.journal.push(said.journal[1].clone())),
    ("audited", |said| said.broken_audit = Some("line 3 was changed".to_owned())),
    // A page that says printed of what is not known.
    ("told", |said| {
        said.pages.iter_mut().filter(|page| *page == "print-unknown").for_each(|page| "printed".clone_into(page))
    }),
    ("told", |said| said.pages.push("filed".to_owned())),
    // Told as unknown at first, and called filed in the journal later: right. The other way round: not.
    ("told", |said| said.ended.insert(0, (said.journal[6].id.clone(), "unknown".to_owned()))),
    // What was told to go later stood as filed from the start.
    ("told", |said| said.ended.retain(|(_, outcome)| outcome != "queued")),
    ("shown", |said| drop(said.shown.pop())),
    ("shown", |said| "unknown".clone_into(&mut said.shown[0].1)),
    ("printed", |said| said.receipts.retain(|receipt| receipt.as_ref() != Some(&said.journal[1].id))),
    ("printed", |said| said.documents.clear()),
    ("printed", |said| said.issues.retain(|id| *id != said.journal[4].id)),
    ("nothing", |said| said.receipts.push(Some(said.journal[2].id.clone()))),
    ("nothing", |said| said.documents.push(Some(said.journal[5].id.clone()))),
    ("nothing", |said| said.receipts.push(None)),
    ("paper", |said| said.receipts.push(Some(said.journal[1].id.clone()))),
    ("paper", |said| said.documents.push(said.documents[0].clone())),
    ("paper", |said| said.documents.push(None)),
    ("paper", |said| said.receipts.push(Some("t-0301-5f3a9c21-99".to_owned()))),
    ("filed", |said| said.cases.clear()),
    ("filed", |said| said.questions.clear()),
    ("not-filed", |said| {
        let there = Filed { act: said.journal[7].id.clone(), request: "sha256:bb".to_owned(), ..said.cases[0].clone() };
        said.cases.push(there);
    }),
    // A case under another act id, written into the agency's own database.
    ("known", |said| {
        let id = "t-0301-5f3a9c21-99".to_owned();
        said.cases.push(Filed { act: id, request: "sha256:bb".to_owned(), ..said.cases[0].clone() });
    }),
    ("known", |said| said.issues.push("t-0301-5f3a9c21-99".to_owned())),
    ("known", |said| said.questions.push(said.journal[6].id.clone())),
    // Forgotten here before they were there, or never sent.
    ("recorded", |said| said.parcels.retain(|parcel| parcel.kind != "archive")),
    ("recorded", |said| {
        let records = said.parcels.remove(0);
        said.waiting.push(Parcel { state: "held".to_owned(), ..records });
    }),
    ("handed", |said| said.parcels.retain(|parcel| parcel.kind != "draft")),
    ("handed", |said| said.waiting.push(parcel("evaluation", "ad", "ready"))),
    // Under the same key: at the agency there is still one case.
    ("asked-once", |said| said.asked.push((said.journal[6].id.clone(), "ae".to_owned()))),
    ("asked-once", |said| said.asked.push((said.journal[8].id.clone(), "ae".to_owned()))),
    ("asked-once", |said| said.asked.clear()),
    ("card", |said| said.card = Some(Holds { old: true, new: false })),
    ("settled", |said| said.journal.push(act(12, "slip", ""))),
    ("settled", |said| said.journal.push(act(12, "case", "unknown"))),
    ("settled", |said| said.journal.push(act(12, "case", "queued"))),
    ("agrees", |said| said.book[2].outcome = "printed".to_owned()),
    ("agrees", |said| drop(said.book.pop())),
];

#[test]
fn records_that_are_on_their_way_are_taken_for_lost() {
    let mut said = Testimony { at_rest: false, ..true_testimony() };
    let records = said.parcels.remove(0);
    drop(said.handed.remove(0));
    said.waiting.push(Parcel { state: "ready".to_owned(), ..records });
    assert_eq!(judge(&said), Ok(()));
}

#[test]
fn a_line_of_a_dependency_is_taken_for_an_event() {
    let own = "2026-11-23T02:00:00.000001Z  INFO event=started\nfuse: done\n2026-11-23T02:00:00.000002Z  WARN event=fault \
               code=card.no_service\n2026-11-23T02:00:00.00";
    assert_eq!(strange(own), Vec::<String>::new());
    for line in
        ["2026-11-23T02:00:00.000001Z ERROR no route to the host", " event=request_sent url=/v1/cases", "link lost"]
    {
        assert_eq!(strange(&format!("{line}\n{own}")), [line]);
    }
}

#[test]
fn a_falsified_testimony_is_believed() {
    assert_eq!(judge(&true_testimony()), Ok(()), "the true one is no saboteur");
    for (n, (sentence, falsify)) in SABOTEURS.iter().enumerate() {
        let mut said = true_testimony();
        falsify(&mut said);
        let found = judge(&said).map_err(|untrue| untrue.name);
        assert_eq!(found, Err(*sentence), "saboteur {n}");
    }
    let never_broken = SENTENCES.iter().find(|sentence| SABOTEURS.iter().all(|(name, _)| *name != sentence.name));
    assert!(never_broken.is_none(), "nobody tries {:?}", never_broken.map(|sentence| sentence.name));
}
