//! Every journey on real parts, each in namespaces of its own.

use std::process::Command;

pub(crate) fn hall(arguments: &[&str]) {
    let program = hall::ground::beside_us("hall").unwrap();
    let output = Command::new(program).args(arguments).output().unwrap();
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "hall {}: {said}", arguments.join(" "));
}

/// One test a journey, named after it; `no_journey_is_left_out` keeps the list whole.
macro_rules! journeys {
    ($($test:ident = $name:literal;)+) => {
        const PLAYED: &[&str] = &[$($name,)+];
        $(#[test] fn $test() { hall(&["journey", $name]); })+
    };
}

journeys! {
    contributions_slip = "contributions-slip";
    contributions_slip_amounts = "contributions-slip-amounts";
    narrow_printer = "narrow-printer";
    insurance_certificate = "insurance-certificate";
    english_large_text = "english-large-text";
    vendor_bridges = "vendor-bridges";
    wrong_pin = "wrong-pin";
    wrong_pin_untold = "wrong-pin-untold";
    pin_locked = "pin-locked";
    card_pulled = "card-pulled";
    card_pulled_while_printing = "card-pulled-while-printing";
    quick_swap = "quick-swap";
    idle_citizen = "idle-citizen";
    reader_daemon_restarts = "reader-daemon-restarts";
    reader_daemon_hangs = "reader-daemon-hangs";
    cards_that_cannot_be_served = "cards-that-cannot-be-served";
    receipt_paper_out_refilled = "receipt-paper-out-refilled";
    receipt_paper_out_abandoned = "receipt-paper-out-abandoned";
    receipt_never_answers = "receipt-never-answers";
    power_cut_while_printing = "power-cut-while-printing";
    receipt_answers_falsely = "receipt-answers-falsely";
    page_paper_out_refilled = "page-paper-out-refilled";
    page_paper_out_abandoned = "page-paper-out-abandoned";
    page_jam = "page-jam";
    forgotten_card = "forgotten-card";
    guidance_light = "guidance-light";
    number_pad = "number-pad";
    fire_alarm = "fire-alarm";
    fire_alarm_while_printing = "fire-alarm-while-printing";
    mains_lost_in_a_visit = "mains-lost";
    cabinet_tampered_with = "cabinet-tampered-with";
    agency_unreachable_before = "agency-unreachable-before";
    agency_unreachable_during = "agency-unreachable-during";
    agency_answers_about_another = "agency-answers-about-another";
    agency_answers_junk = "agency-answers-junk";
    agency_is_somebody_else = "agency-is-somebody-else";
    receipt_answers_junk = "receipt-answers-junk";
}

#[test]
fn other_programs_see_another_card_or_printer() {
    hall(&["judges"]);
}

#[test]
fn no_journey_is_left_out() {
    let mut known: Vec<_> = hall::journey::all().iter().map(|journey| journey.name).collect();
    let mut played = PLAYED.to_vec();
    known.sort_unstable();
    played.sort_unstable();
    assert_eq!(known, played);
}

/// Each service dies on each page of journeys 1 and 2; the table's own program judges every cell.
macro_rules! kills {
    ($($test:ident = $service:literal;)+) => {
        $(#[test] fn $test() { hall(&["table", "--service", $service]); })+
    };
}

kills! {
    pcscd_dies_on_every_page = "pcscd";
    the_agency_dies_on_every_page = "agency";
    the_receipt_printer_dies_on_every_page = "receipt";
    the_page_printer_dies_on_every_page = "page";
}
