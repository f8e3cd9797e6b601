//! What a visit leaves behind, and that whoever looks for it would find it.

use std::fs;
use std::process::Command;

use hall::people::person;
use hall::wipe::patterns::{Secret, of_text};
use hall::wipe::scan::Finder;

use super::journeys::hall;

#[test]
fn something_of_a_visit_is_left_behind() {
    hall(&["wipe"]);
}

/// What a search that must fail tells: its table, and why it has failed.
fn fails(arguments: &[&str]) -> [String; 2] {
    let program = hall::ground::beside_us("hall").unwrap();
    let output = Command::new(program).arg("wipe").args(arguments).output().unwrap();
    let told = [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned());
    assert!(!output.status.success(), "{}", told.concat());
    told
}

#[test]
fn a_copy_in_memory_is_not_found() {
    let [table, said] = fails(&["--hoard"]);
    assert!(said.contains("after: ") && said.contains(" in kiosk, "), "{said}{table}");
    let kiosk = table.lines().find(|line| line.starts_with("after  ") && line.contains(" kiosk "));
    assert!(kiosk.is_some_and(|line| line.contains("new_phone utf-8 ")), "{table}");
    assert!(!said.contains(&person(13).unwrap().phone) && !said.contains("司徒"), "the report tells the value");
}

/// Whatever of a visit is not wiped at its end, the pages go on as after any.
#[test]
fn a_visit_that_is_not_wiped_at_its_end_is_not_found() {
    for (skipped, place) in [("glass", "kiosk"), ("engine", "input engine")] {
        let [table, said] = fails(&["--skip", skipped]);
        assert!(said.contains("after typing: ") && said.contains(&format!(" in {place}, ")), "{said}{table}");
        let place = format!(" {place} ");
        let found = table.lines().find(|line| line.starts_with("after typing ") && line.contains(&place));
        assert!(found.is_some_and(|line| line.contains("letters ")), "{skipped}: {table}");
    }
}

#[test]
fn a_file_without_a_name_to_notice_is_not_found() {
    let person = person(13).unwrap();
    let folder = std::env::temp_dir().join(format!("hall-wipe-file-{}", std::process::id()));
    let file = folder.join("deep/.cache~");
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    let finder = Finder::new(of_text(Secret::IdNumber, &person.id_number));
    fs::write(&file, "nothing here").unwrap();
    assert!(finder.files(&folder).unwrap().hits.is_empty());
    // "no:" and the number, as any encoder would write them.
    fs::write(&file, "{\"kept\":\"bm86MTkwMDAxMTk4NTA2MTIxMDcz\"}").unwrap();
    let hits = finder.files(&folder).unwrap().hits;
    let [hit] = hits.as_slice() else { panic!("{} finds", hits.len()) };
    assert_eq!((hit.secret, hit.encoding.as_str()), (Secret::IdNumber, "utf-8 base64/0"));
    assert_eq!(hit.at, format!("{}:13", file.display()));
    fs::remove_dir_all(folder).unwrap();
}
