//! Every trial of a device class on its real daemon, each in namespaces of its own; and a short soak of all of them.

use crate::journeys::hall;

/// One test a trial; `no_trial_is_left_out` keeps the list whole.
macro_rules! trials {
    ($($name:ident,)+) => {
        const TRIED: &[&str] = &[$(stringify!($name),)+];
        $(#[test] fn $name() { hall(&["trial", stringify!($name)]); })+
    };
}

trials! {
    card_service_down,
    no_reader_of_that_name,
    card_service_refuses_us,
    another_program_holds_the_card,
    card_pulled_mid_command,
    card_without_answer_to_reset,
    card_of_somebody_else,
    card_talks_nonsense,
    card_refuses_the_terminal,
    card_too_slow,
    citizen_leaves_while_the_card_is_read,
    pin_locked_on_the_card,
    pin_changed_and_the_old_one_still_opens,
    a_card_that_answers_6c_or_61_is_not_read,
    listing_disturbs_a_running_terminal,
    listing_hides_what_is_missing,
    asking_learns_less_than_listing,
}

#[test]
fn no_trial_is_left_out() {
    let known: Vec<_> = hall::trial::names().collect();
    assert_eq!(known, TRIED);
}

#[test]
fn a_device_does_not_come_back_or_leaks() {
    hall(&["soak", "devices", "--rounds", "60", "--seed", "3"]);
}
