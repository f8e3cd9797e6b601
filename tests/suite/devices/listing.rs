//! `kiosk devices`: the shipping program beside devices that are in use.

super::cases! {
    listing:
    listing_disturbs_a_running_terminal;
    listing_hides_what_is_missing;
    asking_learns_less_than_listing;
}
