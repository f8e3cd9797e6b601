//! The matrix of crashes, a kind of act a test; and wrong performers and wrong stands, each of which must be found.

use std::process::Command;

use hall::journey::crash::{Finding, Heard, Kept, Stand, judge};
use kiosk::session::{ActKind, Boundary};

use super::journeys::hall;

/// One test a kind; `no_kind_is_left_out` keeps the list whole.
macro_rules! kinds {
    ($($test:ident = $kind:literal;)+) => {
        const PLAYED: &[&str] = &[$($kind,)+];
        $(#[test] fn $test() { hall(&["crash", $kind]); })+
    };
}

kinds! {
    power_cut_at_each_boundary_of_a_slip = "slip";
    power_cut_at_each_boundary_of_a_certificate = "certificate";
    power_cut_at_each_boundary_of_a_case = "case";
    power_cut_at_each_boundary_of_a_new_pin = "card_pin";
    power_cut_at_each_boundary_of_a_question = "question";
}

#[test]
fn no_kind_is_left_out() {
    assert_eq!(ActKind::ALL.map(ActKind::as_str), PLAYED);
}

/// The matrix of slips with a wrong performer at work: it fails, says this in its cells, and ends so.
fn is_found(saboteur: &str, says: &str, ending: &str) {
    let program = hall::ground::beside_us("hall").unwrap();
    let output = Command::new(program).args(["crash", "slip", "--saboteur", saboteur]).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(!output.status.success(), "nothing was found: {said}");
    assert!(said.contains(says) && said.trim_end().ends_with(ending), "{said}");
}

#[test]
fn an_act_is_journaled_after_it_was_performed() {
    // Between intent and effect nobody knows of it, nor does its id count as used.
    is_found("late", "LOST: the journal does not know what was done", "8 cells: 4 lost, 3 doubled, 0 untrue");
}

#[test]
fn an_outcome_is_journaled_before_the_act_was_performed() {
    is_found(
        "early",
        "UNTRUE: the journal says printed, and it was done 0 times",
        "8 cells: 0 lost, 0 doubled, 1 untrue",
    );
}

/// Died after its outcome was written; everything is as it should be.
fn right() -> Stand {
    Stand {
        kind: ActKind::Slip,
        boundary: Boundary::Noted,
        journal: vec![Kept { outcome: "printed".to_owned(), told: true, by: "terminal".to_owned() }],
        agency: vec![Heard { outcome: "printed".to_owned(), times: 1 }],
        drawn: 0,
        done: 1,
        glass: "printed".to_owned(),
        audit: None,
        seen: 1,
        next: Some(2),
        not_served: None,
    }
}

/// What must be found, and what is wrong then.
type Wrong = (&'static str, fn(&mut Stand));

#[test]
fn a_wrong_stand_passes_for_a_right_one() {
    assert_eq!(judge(&right()), []);
    let wrong: [Wrong; 18] = [
        ("LOST", |stand| stand.journal.clear()),
        ("LOST", |stand| stand.journal[0].outcome.clear()),
        ("LOST", |stand| stand.journal[0].told = false),
        ("LOST", |stand| stand.agency.clear()),
        ("LOST", |stand| stand.done = 0),
        ("LOST", |stand| {
            stand.journal[0].outcome = "unknown".to_owned();
            stand.agency[0].outcome = "unknown".to_owned();
            stand.glass = "printing".to_owned();
        }),
        ("LOST", |stand| {
            stand.kind = ActKind::Case;
            stand.boundary = Boundary::Performed;
            stand.journal[0].outcome = "unknown".to_owned();
            stand.agency[0].outcome = "unknown".to_owned();
        }),
        ("LOST", |stand| {
            stand.kind = ActKind::Certificate;
            stand.boundary = Boundary::Performed;
            stand.journal[0].outcome = "unknown".to_owned();
            stand.agency[0].outcome = "unknown".to_owned();
        }),
        ("DOUBLED", |stand| stand.journal.push(stand.journal[0].clone())),
        ("DOUBLED", |stand| stand.done = 2),
        ("DOUBLED", |stand| stand.drawn = 2),
        ("DOUBLED", |stand| stand.agency[0].times = 2),
        ("DOUBLED", |stand| stand.next = Some(1)),
        ("UNTRUE", |stand| stand.journal[0].outcome = "not_printed".to_owned()),
        ("UNTRUE", |stand| stand.agency[0].outcome = "unknown".to_owned()),
        ("UNTRUE", |stand| stand.audit = Some("audit: line 3 missing".to_owned())),
        ("UNTRUE", |stand| {
            stand.kind = ActKind::Certificate;
            stand.boundary = Boundary::Performed;
        }),
        ("NOT SERVED", |stand| stand.not_served = Some("home does not come".to_owned())),
    ];
    for (n, (word, spoil)) in wrong.into_iter().enumerate() {
        let mut stand = right();
        spoil(&mut stand);
        let found = judge(&stand);
        assert!(
            found.iter().any(|finding| finding.to_string().starts_with(word)),
            "{n}: {word} was not found: {found:?}"
        );
    }
}

#[test]
fn the_citizen_is_told_of_a_paper_before_the_journal_knows_it() {
    let mut stand = Stand { boundary: Boundary::Performed, ..right() };
    stand.journal[0].outcome = "unknown".to_owned();
    stand.agency[0].outcome = "unknown".to_owned();
    assert_eq!(judge(&stand), [Finding::Untrue("the citizen was told printed".to_owned())]);
}

#[test]
fn a_printer_is_to_know_a_sheet_that_it_never_had() {
    let (kind, boundary) = (ActKind::Certificate, Boundary::Sending);
    let mut stand = Stand { kind, boundary, done: 0, drawn: 1, glass: "printing".to_owned(), ..right() };
    stand.journal[0].outcome = "unknown".to_owned();
    stand.agency[0].outcome = "unknown".to_owned();
    assert_eq!(judge(&stand), []);
}
