//! How often the clerk asks: for what has rotted in the journal, an agency that is too busy, and an audit that cannot be kept.

use super::*;
use crate::journal::tool;

fn clerk(journal: Journal, net: Line) -> (Clerk, Queue) {
    let (inbox, queue) = inbox();
    let (tools, clock) = (without_printers(net), SystemClock::start());
    (Clerk::new(journal, tools, &shipped(), clock, Box::new(|_, _| {}), inbox).unwrap(), queue)
}

/// An act that ended so.
fn ends(journal: &mut Journal, body: ActBody, outcome: Outcome, now: Now) {
    let act = act(1, body);
    journal.begin(&act, 1, None, now).unwrap();
    journal.settle(&act.id.text, outcome, None, None, now).unwrap();
}

fn well(question: Question) -> Result<Answer, AgencyError> {
    match question {
        Question::Report(report) => Ok(kept(report)),
        Question::Deliver(parcel) => Ok(delivered(parcel)),
        _ => Err(AgencyError::Timeout),
    }
}

/// Whether the clerk waits at least so many seconds before it tries again.
fn waits(clerk: &Clerk, seconds: u64) -> bool {
    clerk.mail.pace.wait() > Duration::from_secs(seconds)
}

#[test]
fn a_case_whose_id_has_rotted_is_asked_for_at_once_for_ever_or_counts_as_not_filed() {
    let now = SystemClock::start().now();
    let (mut journal, folder) = fresh("rotten-case", now);
    // Its records are held under the name that it had.
    let case = act(1, ActBody::Question(String::new()));
    journal.begin(&case, 1, Some(&content()), now).unwrap();
    journal.settle(&case.id.text, Outcome::Unknown, None, None, now).unwrap();
    let (another_number, another_terminal) = ("'t-0301-0d15ea5e-7'", "'t-0381-0d15ea5e-1'");
    for rots in ["CAST(x'742dff' AS TEXT)", "x'742d'", another_number, another_terminal] {
        journal.spoil(&format!("UPDATE acts SET kind = 'case', reported = 1, act = {rots}"));
        let net = Line::played(|_| Err(refused(ProblemCode::CaseUnknown)));
        let (mut clerk, _queue) = clerk(journal.beside().unwrap(), net);
        clerk.settles_after_ms = 0;
        clerk.catch_up();
        assert!(waits(&clerk, 1), "{rots}: at once, for ever");
        assert_eq!(journal.rows().unwrap().remove(0).outcome.as_deref(), Some("unknown"), "{rots}");
    }
    journal.spoil(&format!("UPDATE acts SET act = '{}'", case.id.text));
    assert_eq!(journal.unknown_cases().unwrap().len(), 1, "nobody asks for one that is whole");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn staff_ask_by_the_rotten_one_of_two_ids() {
    let now = SystemClock::start().now();
    let (mut journal, folder) = fresh("two-ids", now);
    let case = act(1, ActBody::Question(String::new()));
    journal.begin(&case, 1, Some(&content()), now).unwrap();
    journal.settle(&case.id.text, Outcome::Unknown, None, None, now).unwrap();
    journal.spoil("UPDATE acts SET kind = 'case'");
    let listed = |journal: &Journal| tool::to_find_out(journal).unwrap().concat();
    assert!(listed(&journal).contains("by itself"), "one that is whole: {}", listed(&journal));
    // Nobody can tell which of the two has rotted.
    for rots in ["UPDATE outbox SET key = 't-0301-0d15ea5e-7'", "UPDATE acts SET act = 't-0301-0d15ea5e-5'"] {
        journal.spoil(rots);
        let told = listed(&journal);
        assert!(told.contains("by both") && told.contains("only where it knows neither"), "{rots}: {told}");
        journal.spoil(&format!("UPDATE outbox SET key = '{}'", case.id.text));
    }
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_parcel_of_lines_whose_key_has_rotted_is_sent_at_once_for_ever() {
    let now = SystemClock::start().now();
    let (mut journal, folder) = fresh("rotten-lines", now);
    journal.post(ParcelKind::AuditLines, "lines", &content(), now).unwrap();
    journal.spoil("UPDATE outbox SET key = CAST(x'ff' AS TEXT)");
    let (mut clerk, _queue) = clerk(journal, Line::played(well));
    clerk.catch_up();
    assert!(clerk.journal.parcels().unwrap().is_empty());
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_queued_case_whose_parcel_has_lost_its_name_is_filed_under_another_and_forgotten() {
    let now = SystemClock::start().now();
    let (mut journal, folder) = fresh("rotten-key", now);
    let case = act(1, ActBody::Question(String::new()));
    journal.begin(&case, 1, None, now).unwrap();
    let parcel = content();
    journal.settle(&case.id.text, Outcome::Queued, None, Some((ParcelKind::Case, &parcel)), now).unwrap();
    let staff = By::Staff(Name::from("A017"));
    let goes = tool::enter(&mut journal, &case.id.text, Outcome::NotFiled, &staff, now);
    assert!(matches!(goes, Err(tool::CannotEnter::Known(_))), "what is on its way is settled");
    journal.spoil("UPDATE outbox SET key = CAST(x'ff' AS TEXT)");
    let (tell, told) = sync_channel(8);
    let net = Line::played(move |question| {
        if matches!(question, Question::Deliver(_)) {
            let _nobody_listens = tell.try_send(());
        }
        well(question)
    });
    let (mut clerk, _queue) = clerk(journal, net);
    clerk.catch_up();
    assert!(told.try_recv().is_err(), "it is filed under a name that nobody knows");
    assert_eq!(clerk.journal.refused_parcels().unwrap(), 1, "staff do not hear of it");
    // It can be taken out, and what became of it does not look as if it went by itself.
    let [[kind, shown, ..]] = &clerk.journal.parcels().unwrap()[..] else { panic!("not one parcel") };
    assert_eq!(clerk.journal.parcel(kind, shown).unwrap(), content().bytes);
    clerk.journal.drop_parcel(ParcelKind::Case, shown, &staff, now).unwrap();
    assert_eq!(clerk.journal.refused_parcels().unwrap(), 0);
    let late = Now { unix_ms: now.unix_ms + 25 * 3_600_000, ..now };
    assert_eq!(tool::overdue(&clerk.journal, late).unwrap(), 1, "a case that nothing carries is on its way for ever");
    let listed = tool::to_find_out(&clerk.journal).unwrap().concat();
    assert!(listed.contains(&case.id.text) && !listed.contains("by itself"), "{listed}");
    tool::enter(&mut clerk.journal, &case.id.text, Outcome::Filed, &staff, late).unwrap();
    assert_eq!(tool::overdue(&clerk.journal, late).unwrap(), 0, "nobody can enter what became of it");
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_queued_complaint_that_the_agency_cannot_bear_waits_for_ever_and_nobody_hears_of_it() {
    let now = SystemClock::start().now();
    let yesterday = Now { unix_ms: now.unix_ms - 25 * 3_600_000, ..now };
    for (name, made, told) in [("young", now, Ok(())), ("old", yesterday, Err(Code::StoreUnreported))] {
        let (mut journal, folder) = fresh(&format!("unbearable-{name}"), now);
        let complaint = act(1, ActBody::Question(String::new()));
        journal.begin(&complaint, 1, None, made).unwrap();
        let parcel = content();
        journal.settle(&complaint.id.text, Outcome::Queued, None, Some((ParcelKind::Case, &parcel)), made).unwrap();
        let net = Line::played(|question| match question {
            Question::Deliver(_) => Err(AgencyError::Broken),
            other => well(other),
        });
        let (mut clerk, _queue) = clerk(journal, net);
        // The agency is well: it takes how the act ended. Only after that is the parcel known to be at fault itself.
        clerk.catch_up();
        let [_, books] = clerk.mail.told;
        assert_eq!(books, Ok(()), "{name}: one answer was lost");
        clerk.catch_up();
        let [_, books] = clerk.mail.told;
        assert_eq!(books, told, "{name}");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}

#[test]
fn a_new_parcel_waits_behind_all_that_the_agency_is_too_busy_for() {
    let now = SystemClock::start().now();
    let (mut journal, folder) = fresh("busy", now);
    for n in 0..20 {
        journal.post(ParcelKind::Evaluation, &format!("old-{n}"), &content(), now).unwrap();
    }
    let (tell, told) = sync_channel(64);
    let net = Line::played(move |question| match question {
        Question::Deliver(parcel) if parcel.key.starts_with("old") => Err(refused(ProblemCode::Busy)),
        Question::Deliver(parcel) => {
            let _nobody_listens = tell.try_send(parcel.key.clone());
            Ok(delivered(parcel))
        }
        _ => Err(AgencyError::Timeout),
    });
    let (mut clerk, _queue) = clerk(journal, net);
    for _ in 0..21 {
        clerk.catch_up();
        // Something else is answered meanwhile.
        clerk.mail.aside.heard();
    }
    clerk.journal.post(ParcelKind::Evaluation, "new", &content(), now).unwrap();
    clerk.catch_up();
    assert_eq!(told.try_recv().as_deref(), Ok("new"));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn an_outcome_whose_act_has_rotted_is_told_for_ever() {
    let now = SystemClock::start().now();
    let (mut journal, folder) = fresh("rotten-act", now);
    ends(&mut journal, ActBody::Slip(Receipt::default()), Outcome::Printed, now);
    journal.spoil("UPDATE acts SET act = CAST(x'742dff' AS TEXT)");
    let (mut clerk, _queue) = clerk(journal, Line::played(well));
    clerk.catch_up();
    assert!(clerk.journal.unreported(0).unwrap().is_empty());
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn an_outcome_that_nobody_can_read_is_told_to_nobody_and_counts_nowhere() {
    let now = SystemClock::start().now();
    let (mut journal, folder) = fresh("rotten-outcome", now);
    let yesterday = Now { unix_ms: now.unix_ms - 25 * 3_600_000, ..now };
    ends(&mut journal, ActBody::Slip(Receipt::default()), Outcome::Printed, yesterday);
    journal.spoil("UPDATE acts SET outcome = CAST(x'ff' AS TEXT)");
    let (mut clerk, queue) = clerk(journal, Line::played(well));
    clerk.catch_up();
    assert_eq!(of_the_books(&queue), Err(Code::StoreUnreported));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn ten_thousand_terminals_knock_without_pause_at_an_agency_that_was_well_for_one_answer() {
    let now = SystemClock::start().now();
    let (mut journal, folder) = fresh("busy", now);
    for n in 0..20 {
        journal.post(ParcelKind::Evaluation, &n.to_string(), &content(), now).unwrap();
    }
    let mut asked = 0;
    let net = Line::played(move |question| {
        asked += 1;
        match question {
            Question::Deliver(parcel) if asked == 21 => Ok(delivered(parcel)),
            _ => Err(refused(ProblemCode::Busy)),
        }
    });
    let (mut clerk, _queue) = clerk(journal, net);
    (0..20).for_each(|_| clerk.catch_up());
    assert!(waits(&clerk, 25), "it knocks at one that is busy");
    clerk.catch_up();
    assert_eq!(clerk.journal.waiting().unwrap(), 19, "one is taken");
    for n in 0..8 {
        clerk.catch_up();
        assert!(waits(&clerk, 1), "{n}: without pause");
    }
    assert!(waits(&clerk, 25), "it does not back off");
    // What is new is tried all the same.
    clerk.mail.pace.is_due();
    assert!(!waits(&clerk, 1));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn an_audit_that_cannot_be_kept_is_tried_every_five_seconds_or_keeps_new_mail_waiting() {
    let now = SystemClock::start().now();
    let (mut journal, folder) = fresh("audit", now);
    // Something waits for staff.
    journal.post(ParcelKind::Archive, "ab", &content(), now).unwrap();
    let waiting = journal.next_parcel(0).unwrap().unwrap();
    journal.refused(&waiting, "bad_request", now).unwrap();
    journal.spoil("DROP TABLE audit_days");
    let (mut clerk, _queue) = clerk(journal, Line::played(well));
    (0..6).for_each(|_| clerk.catch_up());
    assert!(waits(&clerk, 25));
    clerk.mail.pace.is_due();
    assert!(!waits(&clerk, 1));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn an_act_that_staff_have_settled_in_its_moment_counts_as_a_broken_disk() {
    let now = SystemClock::start().now();
    let (mut journal, folder) = fresh("moment", now);
    let slip = act(1, ActBody::Slip(Receipt::default()));
    journal.begin(&slip, 1, None, now).unwrap();
    journal.beside().unwrap().settle(&slip.id.text, Outcome::NotPrinted, None, None, now).unwrap();
    let (mut clerk, _queue) = clerk(journal, Line::played(well));
    let end = clerk.settle(&slip.id.text, ended(Outcome::Printed, None), None);
    assert!(end.outcome == Outcome::Printed && clerk.owed.is_empty());
    std::fs::remove_dir_all(&folder).unwrap();
}
