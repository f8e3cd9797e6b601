//! What a record must not be taken for.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;

fn layout() -> Layout {
    let field = |name: &str, width, kind| Field(name.to_owned(), width, kind);
    Layout(vec![
        field("aac003", 10, Kind::Text),
        field("aac031", 2, Kind::Code),
        field("x_months", 4, Kind::Number),
        field("aae020", 10, Kind::Fen),
        field("aae003", 6, Kind::Month),
    ])
}

fn record(name: &str) -> Record {
    let record = Record::default().with_text("aac003", name).with_text("aac031", "1");
    record.with_number("x_months", 299).with_number("aae020", -65_840).with_month("aae003", Period::new(2026, 10))
}

/// The bytes of `record("石𠮷")` with some of them replaced.
fn spoilt(at: usize, with: &[u8]) -> Result<Record, RecordError> {
    let mut bytes = layout().encode(&record("石𠮷")).unwrap();
    bytes[at..at + with.len()].copy_from_slice(with);
    layout().decode(&bytes)
}

#[test]
fn a_record_comes_back_otherwise() {
    // 石 has two bytes, 𠮷 four; the rest of ten is blank.
    let bytes = layout().encode(&record("石𠮷")).unwrap();
    assert_eq!(bytes.len(), layout().width_bytes());
    assert_eq!(&bytes[6..], b"    1 0299-000065840202610");
    let found = layout().decode(&bytes).unwrap();
    assert_eq!(found, record("石𠮷"));
    assert_eq!((found.number("aae020"), found.text("aac003")), (Ok(-65_840), Ok("石𠮷")));
}

#[test]
fn what_is_not_there_is_taken_for_a_zero() {
    let found = spoilt(16, b"          000000").unwrap();
    assert_eq!(found.number_or_none("aae020"), Ok(None));
    assert_eq!(found.number("aae020"), Err(missing("aae020")));
    assert_eq!(found.month_or_none("aae003"), Ok(None));
    assert_eq!(found.month("aae003"), Err(missing("aae003")));
    assert_eq!(found.text("aac002"), Err(missing("aac002")));
    assert_eq!(found.number("aac003"), Err(missing("aac003")));
}

#[test]
fn half_a_character_stands_at_the_edge_of_a_field() {
    let text = Err(RecordError::Text("aac003".to_owned()));
    let four = GB18030.encode("𠮷").0.into_owned();
    assert_eq!(four.len(), 4);
    // Half of two bytes, half of four, three quarters of four: at the edge and before blanks.
    assert_eq!(spoilt(9, &[0xCA]), text);
    assert_eq!(spoilt(8, &four[..2]), text);
    assert_eq!(spoilt(7, &four[..3]), text);
    assert_eq!(spoilt(6, &[0xCA, b' ']), text);
    assert_eq!(spoilt(6, &four), Ok(record("石𠮷𠮷")));
    assert_eq!(spoilt(6, b"\x1b[2J"), text);
    assert_eq!(spoilt(9, b"\n"), text);
}

#[test]
fn a_text_that_is_too_long_is_cut() {
    let long = Err(RecordError::TooLong("aac003".to_owned(), 10));
    assert_eq!(layout().encode(&record("石石石石石石")), long);
    assert_eq!(layout().encode(&record("石石石石𠮷")), long);
    assert!(layout().encode(&record("石石石𠮷")).is_ok());
    let months = |months| layout().encode(&record("石").with_number("x_months", months));
    assert_eq!(months(10_000), Err(RecordError::TooLong("x_months".to_owned(), 4)));
    assert_eq!(months(-1), Err(missing("x_months")));
    let fen = |fen| layout().encode(&record("石").with_number("aae020", fen));
    assert_eq!(fen(i64::MIN), Err(RecordError::TooLong("aae020".to_owned(), 10)));
}

#[test]
fn letters_stand_in_a_number() {
    let number = |field: &str| Err(RecordError::Number(field.to_owned()));
    for wrong in [b"029O", b"0x29", b"+029", b" 299", b"299 ", b"-299", b"2.99"] {
        assert_eq!(spoilt(12, wrong), number("x_months"), "{}", wrong.escape_ascii());
    }
    for wrong in [b"--00065840", b"0000-65840", b"-         "] {
        assert_eq!(spoilt(16, wrong), number("aae020"), "{}", wrong.escape_ascii());
    }
    assert_eq!(spoilt(10, b"1*"), Err(RecordError::Code("aac031".to_owned())));
    assert_eq!(spoilt(10, b"  "), Err(RecordError::Code("aac031".to_owned())));
    for wrong in [b"202613", b"20261 ", b"2026-1", b"000010"] {
        assert_eq!(spoilt(26, wrong), Err(RecordError::Month("aae003".to_owned())), "{}", wrong.escape_ascii());
    }
}

#[test]
fn a_record_is_cut_short_or_goes_on() {
    let bytes = layout().encode(&record("石𠮷")).unwrap();
    for length in 0..bytes.len() {
        assert!(matches!(layout().decode(&bytes[..length]), Err(RecordError::Short(_))), "{length}");
    }
    let more = [&bytes[..], b" "].concat();
    assert_eq!(layout().decode(&more), Err(RecordError::Long(1)));
}

#[test]
fn junk_stops_the_program() {
    // Every byte at every place: read, or refused by the name of the field in which it stands.
    let ends = [("aac003", 10), ("aac031", 12), ("x_months", 16), ("aae020", 26), ("aae003", 32)];
    for (at, byte) in (0..layout().width_bytes()).flat_map(|at| (0..=u8::MAX).map(move |byte| (at, byte))) {
        let (name, _) = ends.into_iter().find(|(_, end)| at < *end).unwrap();
        if let Err(why) = spoilt(at, &[byte]) {
            assert!(why.to_string().starts_with(name), "{byte} at {at}: {why}");
        }
    }
}
