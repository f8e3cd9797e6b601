//! Card reader: hal's driver against the real pcscd with an emulated card. (More of it: the journeys.)

super::cases! {
    card:
    card_service_down;
    no_reader_of_that_name;
    card_service_refuses_us;
    another_program_holds_the_card;
    card_pulled_mid_command;
    card_without_answer_to_reset;
    card_pulled_as_it_gets_power;
    card_of_somebody_else;
    card_talks_nonsense;
    card_refuses_the_terminal;
    card_too_slow;
    citizen_leaves_while_the_card_is_read;
    pin_locked_on_the_card;
    pin_change_cut_off;
    pin_changed_and_the_old_one_still_opens;
    a_card_that_answers_6c_or_61_is_not_read;
}
