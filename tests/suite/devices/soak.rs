//! All classes together, plugged, unplugged, broken and used at random.

#[test]
fn a_device_does_not_come_back_or_leaks() {
    crate::journeys::hall(&["soak", "devices", "--rounds", "60", "--seed", "3"]);
}
