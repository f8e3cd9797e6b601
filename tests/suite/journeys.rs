//! Every journey on real parts, each in namespaces of its own.

use std::process::Command;

pub(crate) fn hall(arguments: &[&str]) {
    let program = hall::ground::beside_us("hall").unwrap();
    let output = Command::new(program).args(arguments).output().unwrap();
    // What it has printed is the run's to keep: .config/nextest.toml names the tests of which it is shown.
    print!("{}", String::from_utf8_lossy(&output.stdout));
    assert!(output.status.success(), "hall {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
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
    e_card_stale = "e-card-stale";
    document_left_behind = "document-left-behind";
    code_mistyped = "code-mistyped";
    card_instead_of_a_code = "card-instead-of-a-code";
    card_after_a_telephone = "card-after-a-telephone";
    scanner_unplugged = "scanner-unplugged";
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
    page_holds_over_starts = "page-holds-over-starts";
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
    provider_silent = "provider-silent";
    agency_answers_junk = "agency-answers-junk";
    agency_is_somebody_else = "agency-is-somebody-else";
    receipt_answers_junk = "receipt-answers-junk";
    filing_reply_lost = "filing-reply-lost";
    filing_reply_damaged = "filing-reply-damaged";
    filing_not_taken = "filing-not-taken";
    power_cut_while_filing = "power-cut-while-filing";
    killed_to_file_without_end = "killed-to-file-without-end";
    card_pulled_while_the_pin_changes = "card-pulled-while-the-pin-changes";
    card_pulled_before_the_pin_changes = "card-pulled-before-the-pin-changes";
    power_cut_while_the_pin_changes = "power-cut-while-the-pin-changes";
    telephone_tells_to_change_the_pin = "telephone-tells-to-change-the-pin";
    dissatisfied_with_a_reason = "dissatisfied-with-a-reason";
    questions_left_alone = "questions-left-alone";
    clock_an_hour_off = "clock-an-hour-off";
    outbox_full = "outbox-full";
    parcel_refused = "parcel-refused";
    records_of_a_retired_key = "records-of-a-retired-key";
    complaint_of_a_changed_item = "complaint-of-a-changed-item";
    parcel_breaks_the_agency = "parcel-breaks-the-agency";
    draft_behind_a_long_post = "draft-behind-a-long-post";
    answers_mixed_up = "answers-mixed-up";
    panic_in_a_visit = "panic-in-a-visit";
    panic_at_the_card = "panic-at-the-card";
    panic_while_printing = "panic-while-printing";
    panic_while_filing = "panic-while-filing";
    panic_of_the_clerk = "panic-of-the-clerk";
    panic_of_the_page_printer = "panic-of-the-page-printer";
    panic_in_a_question = "panic-in-a-question";
    panic_again_and_again = "panic-again-and-again";
    disk_full = "disk-full";
    document_without_the_agency = "document-without-the-agency";
    start_without_the_agency = "start-without-the-agency";
    complaint_without_the_agency = "complaint-without-the-agency";
    opinion_without_the_agency = "opinion-without-the-agency";
    time_is_over = "time-is-over";
    head_of_the_audit = "head-of-the-audit";
    records_of_a_case = "records-of-a-case";
    disk_read_only = "disk-read-only";
    disk_read_only_while_printing = "disk-read-only-while-printing";
    disk_read_only_at_start = "disk-read-only-at-start";
    journal_damaged = "journal-damaged";
    clock_ten_years_off = "clock-ten-years-off";
    certificate_expired = "certificate-expired";
    names_gone = "names-gone";
    agency_answers_in_crumbs = "agency-answers-in-crumbs";
    audit_goes_to_the_auditor = "audit-goes-to-the-auditor";
    audit_room_runs_out = "audit-room-runs-out";
    acts_asked_for_by_name = "acts-asked-for-by-name";
    unknown_for_a_day = "unknown-for-a-day";
}

/// Where pictures of every page of every item are left, to be looked at.
fn frames(id: &str) -> String {
    let folder = hall::people::home().join("../target/journeys").join(id);
    let _from_last_time = std::fs::remove_dir_all(&folder);
    folder.display().to_string()
}

/// One test an item, which plays all of its rows.
macro_rules! items {
    ($($test:ident = $id:literal;)+) => {
        const ITEMS: &[&str] = &[$($id,)+];
        $(#[test] fn $test() { hall(&["journey", $id, "--frames", &frames($id)]); })+
    };
}

items! {
    enrolment_told_or_kept_elsewhere = "Q01";
    contributions_told_or_none = "Q02";
    account_told_or_paid_out = "Q03";
    pension_told_or_never_assessed = "Q04";
    medical_account_told_here = "Q05";
    unemployment_told_or_in_work = "Q06";
    card_state_told_or_unknown = "Q08";
    progress_of_nothing = "Q09";
    certification_told_or_not_needed = "Q10";
    estimate_told_or_too_late = "Q11";
    archive_of_nobody = "Q12";
    injury_and_maternity_told_here = "Q07";
    certificate_printed_or_empty = "P01";
    list_printed_or_empty = "P02";
    statement_printed_or_no_closed_year = "P03";
    assessment_printed_or_never_made = "P04";
    transfer_certificate_printed_or_in_arrears = "P05";
    medical_certificate_printed_here = "P06";
    unemployment_certificate_printed_here = "P07";
    certified_or_never_assessed = "F01";
    telephone_changed_or_not = "F02";
    account_changed_here = "F03";
    enrolled_or_in_work = "F04";
    declared_or_not_his_to_declare = "F05";
    suspended_here = "F06";
    residents_enrolled_here = "F07";
    transferred_or_drawing = "F08";
    registered_or_in_work = "F09";
    benefit_applied_for_here = "F10";
    activated_or_active_already = "F11";
    pin_changed_or_not = "F12";
    care_elsewhere_filed_here = "F14";
    pension_booked_here = "F15";
    disputed_or_kept_elsewhere = "F16";
    reported_lost_and_released = "F13";
    document_verified_or_unknown = "V01";
    progress_by_receipt_or_guessed = "Q09S";
    evaluated_once = "F17";
    complained_once = "F18";
    withdrawn_or_nothing_left = "F20";
    copied_or_nothing_there = "F19";
    guide_told_without_the_agency = "I01";
    texts_found_or_a_question_left = "I02";
    figures_published_or_out_of_reach = "I04";
    acted_for_or_nobody_authorised = "D01";
}

#[test]
fn no_item_is_left_out() {
    let rows = hall::journey::item::rows().unwrap();
    for item in &agency::catalogue::read().unwrap().items {
        let id = item.id.as_str();
        assert!(ITEMS.contains(&id), "{id} is not played");
        let (good, refused): (Vec<_>, Vec<_>) = rows.iter().filter(|row| row.item == id).partition(|row| row.is_good());
        assert!(!refused.is_empty() || NEVER_REFUSED.contains(&id), "nobody is refused {id}");
        assert_eq!(good.is_empty(), item.elsewhere.is_some() || NOT_YET_GOOD.contains(&id), "{id}");
    }
}

#[test]
fn an_item_that_nobody_compiled_in_needs_code() {
    let file = |name: &str| hall::people::home().join("made-up").join(name).display().to_string();
    hall(&["journey", "--catalogue", &file("catalogue.toml"), "--answers", &file("answers.toml")]);
}

/// The guide is for everybody, always.
const NEVER_REFUSED: [&str; 1] = ["I01"];
/// Own cases: a row files nothing first, yet; the agency's own tests show the good answers.
const NOT_YET_GOOD: [&str; 0] = [];

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
