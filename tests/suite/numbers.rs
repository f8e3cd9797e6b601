//! Numbers that are told once, to somebody whose name nobody knows: nothing else finds the case or the answer, and what comes after
//! their page must not take them away.

use std::sync::Arc;

use hal::{Code, Progress};
use hall::sim::{Deed, Sim, What};
use kiosk::session::wake_at;
use ui::Intent;

/// What stands on the page now shown.
fn said(sim: &Sim) -> String {
    format!("{:?}", sim.screen().page)
}

/// The slip of what was filed or left there does not come out, or nobody knows whether it does: the number, as it is called, is told again.
fn slip_jams(place: &str, number: &str) {
    for (deed, page) in [
        (Deed::Done(What::NotPrinted), "not-printed"),
        (Deed::Done(What::Unknown), "print-unknown"),
        // Whoever leaves this page sees no other.
        (Deed::Progress(Progress::Blocked(Code::ReceiptPaperOut)), "printing"),
    ] {
        let mut sim = Sim::at(place);
        let limits = &mut Arc::make_mut(&mut sim.state.terminal.site).limits;
        limits.idle_warning_ms = limits.notice_ms / 4;
        let written_down_ms = limits.notice_ms;
        assert!(said(&sim).contains("2607 0019"), "{place}");
        assert_eq!((sim.tap(Intent::Confirm), sim.state.page_name()), (None, "printing"), "{place}");
        assert_eq!((sim.deed(deed), sim.state.page_name()), (None, page), "{place}");
        assert!(said(&sim).contains(&format!("{number}：2607 0019")), "{place}, {page}: {}", said(&sim));
        assert_eq!(wake_at(&sim.state), Some(sim.elapsed_ms + written_down_ms), "{place}, {page}: it goes too early");
    }
}

#[test]
fn a_slip_that_jams_takes_the_number_of_nobodys_complaint_along() {
    slip_jams("complaint filed, nobody", "取件码");
}

#[test]
fn a_slip_that_jams_takes_the_number_of_a_question_along() {
    slip_jams("question left, nobody", "问题编号");
}

#[test]
fn a_slip_that_came_out_is_said_to_be_lost() {
    let mut sim = Sim::at("complaint filed, nobody");
    for deed in [Deed::Tap(Intent::Confirm), Deed::Done(What::Printed)] {
        assert_eq!(sim.deed(deed), None, "{deed:?}");
    }
    assert!(sim.state.page_name() == "printed" && !said(&sim).contains("2607 0019"), "{}", said(&sim));
}
