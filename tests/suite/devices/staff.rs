//! Reader for staff cards: hal's driver against the real pcscd with an emulated card.

super::cases! {
    staff:
    staff_reader_unplugged;
    staff_reader_not_permitted;
    staff_card_held_by_another_program;
    another_card_before_the_staff_reader;
    staff_card_lifted_too_early;
    staff_card_left_behind;
    nobody_presents_a_staff_card;
    citizen_leaves_while_staff_is_waited_for;
}
