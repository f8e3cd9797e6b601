//! Power supply: hal's driver against the real upsd with dummy-ups.

super::cases! {
    ups:
    power_service_down;
    power_supply_unplugged;
    power_supply_has_another_name;
    mains_lost;
    battery_low;
    worn_battery_goes_unnoticed;
}
