//! What may be written down: the number of a person who stands before the terminal is no name of a machine, whoever hands it over as one.

use hall::ground::TERMINAL;
use hall::people::{self, Persona};
use kiosk::events::{By, Name};

fn written(name: &str) -> String {
    Name::from(name).to_string()
}

#[test]
fn a_visitors_number_is_written_down_as_a_machines_name() {
    let everybody = agency::persona::read(&people::file()).unwrap();
    assert!(everybody.iter().any(|person| person.id_number.ends_with('X')), "nobody's ID number ends in an X");
    for Persona { id_number, card_number, card_id, phone, .. } in everybody {
        for number in [&id_number, &card_number, &card_id, &phone] {
            assert_eq!((written(number), By::staff(number)), ("?".to_owned(), None), "{number}");
        }
        for within in [format!("F18-{id_number}"), format!("{phone}.rs"), format!("{TERMINAL}-{id_number}-17")] {
            assert_eq!(written(&within), "?", "{within}");
        }
        assert_eq!(written(&id_number.to_lowercase()), "?", "{id_number}");
    }
}

#[test]
fn a_machines_name_is_taken_for_somebodys_number() {
    let machines = [
        // Acts, with an epoch of digits alone, and the longest of all.
        "t-0301-00000000-17",
        "t-0123456789-0123456789-012345-b-00000000-1234567890",
        // Parcels: a day's head, lines of the audit.
        "head-00000000-2026-11-23",
        "00000000-1000000-1004000-12345678",
        // A source file, staff.
        "reader_api.rs",
        "A0031",
        "12345678",
    ];
    let items = agency::catalogue::read().unwrap().items;
    for name in machines.into_iter().chain(items.iter().map(|item| item.id.as_str())) {
        assert_eq!(written(name), name);
    }
}
