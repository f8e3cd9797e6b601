//! The house rules that a person had to remember twice, as tests. Each says why it exists.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hall::people::home;

fn root() -> PathBuf {
    home().join("..")
}

/// Every file that git tracks or would track, relative to the root.
fn files() -> Vec<PathBuf> {
    let output = Command::new("git")
        .args(["ls-files", "--cached", "--others", "--exclude-standard"])
        .current_dir(root())
        .output()
        .unwrap();
    let listed = String::from_utf8(output.stdout).unwrap();
    let files: Vec<_> = listed.lines().map(PathBuf::from).filter(|file| root().join(file).is_file()).collect();
    assert!(files.len() > 80, "the checkout was not found");
    files
}

fn with_ending(ending: &str) -> Vec<(String, String)> {
    let wanted = |file: &PathBuf| file.extension().is_some_and(|found| found == ending);
    files().into_iter().filter(wanted).map(|file| (file.display().to_string(), read(&file))).collect()
}

fn read(file: &Path) -> String {
    fs::read_to_string(root().join(file)).unwrap_or_default()
}

/// Code without comments and without the inline tests at its end.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let shipped = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or(text);
    (1..).zip(shipped.lines()).map(|(n, line)| (n, line.split("//").next().unwrap_or(line)))
}

/// Fails with every offender and the reason of the rule.
fn none(offenders: Vec<String>, reason: &str) {
    assert!(offenders.is_empty(), "{reason}\n{}", offenders.join("\n"));
}

#[test]
fn a_room_knows_a_room_that_it_must_not_know() {
    let forbidden: [(&str, &[&str]); 3] = [
        ("hal/src/", &["ui::", "kiosk::", "contract::", "agency::"]),
        ("ui/src/", &["hal::", "kiosk::", "contract::", "agency::"]),
        ("kiosk/contract/src/", &["hal::", "ui::", "kiosk::", "agency::"]),
    ];
    let mut offenders = Vec::new();
    for (file, text) in with_ending("rs") {
        for (_, names) in forbidden.iter().filter(|(room, _)| file.starts_with(room)) {
            for (n, line) in code(&text) {
                let used = |name: &str| line.contains(&format!("use {name}")) || line.contains(&format!(" {name}"));
                offenders.extend(names.iter().filter(|name| used(name)).map(|name| format!("{file}:{n}: {name}")));
            }
        }
    }
    none(
        offenders,
        "devices, glass and contract know nothing of each other, so that each can be taken out and used alone",
    );
}

#[test]
fn an_outside_crate_is_named_in_a_second_room() {
    // Crate, and where it may be named.
    let rooms: [(&str, &[&str]); 25] = [
        ("pcsc::", &["hal/src/card/pcsc.rs", "tests/benches/devices.rs"]),
        ("proptest::", &["tests/suite/junk.rs"]),
        ("serialport::", &["hal/src/wire/serial.rs"]),
        // Whoever hears what libraries tell could write it down.
        ("log::", &["tests/src/terminal/bug.rs"]),
        (
            "rustix::",
            &[
                "hal/src/wire/node.rs",
                "hal/src/wire/unix.rs",
                "kiosk/src/command/typed.rs",
                "kiosk/src/panic.rs",
                "tests/src/emulate/line.rs",
                "tests/src/cases/card.rs",
                "tests/src/terminal/fuse.rs",
                "tests/suite/devices/wires.rs",
                "tests/suite/asked.rs",
            ],
        ),
        ("rmodbus::", &["hal/src/sensors/modbus.rs"]),
        ("escpos::", &["hal/src/receipt/encode.rs"]),
        ("ab_glyph::", &["hal/src/receipt/raster.rs", "tests/agency/src/pdf", "tests/judge/"]),
        ("ipp::", &["hal/src/page/ipp.rs"]),
        ("slint::", &["ui/src/window", "ui/src/headless.rs", "ui/build.rs"]),
        ("qrcode::", &["ui/src/window/qr.rs", "tests/agency/src/pdf", "tests/judge/"]),
        ("reqwest::", &["kiosk/src/agency/client.rs"]),
        ("jiff::", &["kiosk/src/agency/client.rs", "tests/agency/src/clock.rs"]),
        (
            "rusqlite::",
            &[
                "kiosk/src/journal",
                "tests/agency/",
                "tests/src/journey/witness.rs",
                "tests/src/terminal/saboteur.rs",
                "tests/benches/journal.rs",
            ],
        ),
        ("sha2::", &["kiosk/contract/src/message.rs", "kiosk/src/audit.rs"]),
        ("sm3::", &["kiosk/src/audit.rs"]),
        ("ring::", &["kiosk/src/crypto/", "tests/agency/src/random.rs", "tests/agency/src/seal"]),
        ("sm2::", &["kiosk/src/crypto/document.rs", "tests/agency/src/seal"]),
        ("bech32::", &["kiosk/src/crypto/seal.rs"]),
        ("tar::", &["kiosk/src/app/clerk/archive.rs"]),
        ("figment::", &["kiosk/src/config.rs"]),
        ("libloading::", &["kiosk/src/input_method/rime/ffi.rs"]),
        ("krilla::", &["tests/agency/src/pdf"]),
        ("num_rational::", &["tests/agency/src/rules/exact.rs"]),
        ("axum::", &["tests/agency/src/", "tests/src/demo.rs"]),
    ];
    let mut offenders = Vec::new();
    for (file, text) in with_ending("rs").into_iter().filter(|(file, _)| !file.ends_with("tidy.rs")) {
        for (name, allowed) in rooms {
            if allowed.iter().any(|room| file.starts_with(room)) {
                continue;
            }
            // A room of ours may have the crate's name (`hal::card::pcsc`), and so may the end of another.
            let ours = |before: &str| {
                before.ends_with("::") || before.ends_with(|sign: char| sign == '_' || sign.is_alphanumeric())
            };
            let named = |line: &str| line.match_indices(name).any(|(at, _)| !ours(&line[..at]));
            offenders.extend(code(&text).filter(|(_, line)| named(line)).map(|(n, _)| format!("{file}:{n}: {name}")));
        }
    }
    none(offenders, "one outside crate, one room: so that each can be replaced from there");
}

#[test]
fn the_compiler_is_silenced_in_a_second_file() {
    // File, and why it cannot do without.
    let listed = [("kiosk/src/input_method/rime/ffi.rs", "librime has a C interface only")];
    // Taken apart, so that this file does not offend against itself.
    let words = ["uns", "unsafe_co"].into_iter().zip(["afe ", "de"]).map(|(head, tail)| format!("{head}{tail}"));
    let words: Vec<String> = words.collect();
    let (mut offenders, mut found) = (Vec::new(), 0);
    for (file, text) in with_ending("rs") {
        let at = code(&text).filter(|(_, line)| words.iter().any(|word| line.contains(word)));
        let lines: Vec<_> = at.map(|(n, _)| format!("{file}:{n}")).collect();
        if listed.iter().any(|(allowed, _)| *allowed == file) {
            found += usize::from(!lines.is_empty());
        } else {
            offenders.extend(lines);
        }
    }
    assert_eq!(found, listed.len(), "a file is listed that needs it no longer");
    none(offenders, "who looks for what the compiler does not check must find all of it in the files listed here");
}

#[test]
fn a_panic_is_taken_away_from_the_hook() {
    // The hook runs on the thread that panics, before anything is unwound, and never returns: nobody behind it can catch what it has had.
    let words = ["set_hook", "take_hook", "update_hook", "catch_unwind", "resume_unwind"];
    let product = |file: &str| ["hal/", "ui/", "kiosk/"].iter().any(|room| file.starts_with(room));
    let mut found = Vec::new();
    for (file, text) in with_ending("rs").into_iter().filter(|(file, _)| product(file)) {
        let named = code(&text).any(|(_, line)| words.iter().any(|word| line.contains(word)));
        found.extend(named.then_some(file));
    }
    assert_eq!(found, ["kiosk/src/panic.rs"], "a thread whose panic nobody hears of is half alive");
}

#[test]
fn a_file_or_function_has_outgrown_its_reader() {
    let mut offenders = Vec::new();
    for (ending, most) in [("rs", 500), ("slint", 200)] {
        for (file, text) in with_ending(ending) {
            let lines = text.lines().count();
            offenders.extend((lines > most).then(|| format!("{file}: {lines} lines, at most {most}")));
        }
    }
    none(offenders, "a file that cannot be held in the head is two files");
}

#[test]
fn a_file_does_not_say_what_it_is_for() {
    let silent = |text: &str| !text.starts_with("//!");
    let offenders = with_ending("rs").into_iter().filter(|(_, text)| silent(text)).map(|(file, _)| file).collect();
    none(offenders, "whoever opens a file must know within a minute what it is for");
}

#[test]
fn a_sentence_stands_in_a_page() {
    let mut offenders = Vec::new();
    for (file, text) in with_ending("slint") {
        for (n, line) in code(&text) {
            let quoted = line.split('"').skip(1).step_by(2);
            let words = quoted.filter(|text| text.chars().any(char::is_alphabetic));
            let technical = |text: &str| {
                text.ends_with(".slint") || text.starts_with('@') || text.starts_with("M ") || text.starts_with("Noto")
            };
            offenders.extend(words.filter(|text| !technical(text)).map(|text| format!("{file}:{n}: {text}")));
        }
    }
    none(offenders, "words live in ui/words, where they can be translated, spoken and measured");
}

#[test]
fn a_program_frees_memory_without_clearing_it() {
    // A program has its allocator by itself, and none from a library.
    let clears = "#[global_allocator]\nstatic MEMORY: ZeroAlloc<std::alloc::System> = ZeroAlloc(std::alloc::System);\n";
    let programs = ["kiosk/src/main.rs", "tests/src/main.rs"];
    let offenders = programs.into_iter().filter(|file| !read(Path::new(file)).contains(clears)).map(str::to_owned);
    none(
        offenders.collect(),
        "what a visitor typed is searched for in the hall's program; what ships must clear it alike",
    );
}

#[test]
fn a_limit_has_no_unit_or_no_reason() {
    let limits = contract::site::Limits::default();
    let units = [
        "_ms",
        "_bytes",
        "_digits_min",
        "_digits_max",
        "_rows_max",
        "_parcels_max",
        "_cases_max",
        "_papers_max",
        "_lines_max",
        "_lines",
        "_days",
        "pin_digits_min",
        "pin_digits_max",
    ];
    let mut offenders = Vec::new();
    for (name, value, min, max, reason) in limits.table() {
        offenders.extend((!units.iter().any(|unit| name.ends_with(unit))).then(|| format!("{name}: no unit")));
        offenders.extend((reason.len() < 40).then(|| format!("{name}: no reason")));
        offenders.extend((!(min..=max).contains(&value)).then(|| format!("{name}: its default is out of its range")));
    }
    none(offenders, "a number without unit and reason is changed by the next person without either");
}

#[test]
fn a_test_sleeps_is_ignored_or_unfinished() {
    // Taken apart, so that this file does not offend against itself.
    let words =
        ["thread::sle", "#[igno", "todo", "unimplement", "dbg"].into_iter().zip(["ep(", "re", "!(", "ed!(", "!("]);
    let words: Vec<String> = words.map(|(head, tail)| format!("{head}{tail}")).collect();
    let mut offenders = Vec::new();
    for (file, text) in with_ending("rs") {
        for (n, line) in (1..).zip(text.lines()) {
            offenders
                .extend(words.iter().filter(|word| line.contains(*word)).map(|word| format!("{file}:{n}: {word}")));
        }
    }
    none(offenders, "a test that sleeps is slow and wrong on a busy machine; one that is ignored proves nothing");
}

#[test]
fn a_line_of_the_audit_can_be_deleted_or_changed_in_a_second_place() {
    // With the blank: `audit_days` and its like are other tables.
    let words = ["DELETE FROM audit ", "UPDATE audit ", "REPLACE INTO audit ", "DROP TABLE audit"];
    let mut found = Vec::new();
    let product = |file: &str| file.starts_with("kiosk/") && !file.contains("/tests");
    for (file, text) in with_ending("rs").into_iter().filter(|(file, _)| product(file)) {
        found
            .extend(code(&text).filter(|(_, line)| words.iter().any(|word| line.contains(word))).map(|_| file.clone()));
    }
    assert_eq!(found, ["kiosk/src/journal/retention.rs"], "lines go in one place, with the line that says so");
}

/// The code that a row of a table of faults speaks of: named by text, by progress, or by the class's error.
fn code_of(row: &str, class: &str) -> Option<hal::Code> {
    let between = |head: &str, tail: char| row.split_once(head)?.1.split(tail).next();
    let named = |name: &str| hal::Code::ALL.iter().copied().find(|code| format!("{code:?}") == name);
    if let Some(text) = between("code `", '`') {
        return hal::Code::ALL.iter().copied().find(|code| code.as_str() == text);
    }
    if let Some(name) = between("Blocked(", ')') {
        return named(name);
    }
    let variant = between("::", '`')?.split('(').next()?;
    let error = between("`", ':')?;
    let lines = class.lines().skip_while(|line| *line != format!("impl {error} {{"));
    let line = lines.into_iter().find(|line| line.contains(&format!("Self::{variant}")) && line.contains("Code::"))?;
    named(line.split_once("Code::")?.1.trim_end_matches(','))
}

#[test]
fn a_fault_of_a_device_has_no_test_or_another_action() {
    let tests: String = with_ending("rs")
        .into_iter()
        .filter(|(file, _)| file.starts_with("tests/suite/") || file.starts_with("hal/src/"))
        .map(|(_, text)| text)
        .collect();
    let names: std::collections::HashSet<&str> = tests.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let (mut offenders, mut rows) = (Vec::new(), 0);
    for class in ["card", "id", "staff", "scanner", "receipt", "page", "pad", "sensors", "ups", "bridge"] {
        let text = read(Path::new(&format!("hal/src/{class}.rs")));
        let table = text.lines().skip_while(|line| !line.contains("| Fault | What the driver reports |")).skip(2);
        let mut here = 0;
        for row in table.map_while(|line| line.strip_prefix("//! | ")) {
            let cells: Vec<&str> = row.trim_end_matches(" |").split(" | ").collect();
            let [fault, reports, action] = cells[..] else { panic!("{class}: {row}") };
            if !names.contains(fault.replace([' ', '-'], "_").as_str()) {
                offenders.push(format!("{class}: no test is named {}", fault.replace([' ', '-'], "_")));
            }
            match code_of(reports, &text) {
                Some(code) if format!("{:?}", code.action()) == action => {}
                code => offenders.push(format!("{class}: {fault}: {action} is not the action of {code:?}")),
            }
            here += 1;
        }
        if here == 0 {
            offenders.push(format!("{class}: its module doc has no table of faults"));
        }
        rows += here;
    }
    assert!(rows > 40 || !offenders.is_empty(), "the tables were not found");
    none(offenders, "an integrator reads the table and believes it");
}

#[test]
fn a_number_could_be_somebodys() {
    // Samples published with the formats themselves, and the two personas without the unassigned prefix.
    let samples = ["810000198503150017", "932682198501010017"];
    let mut offenders = Vec::new();
    for file in files().iter().filter(|file| !file.starts_with("tests/vectors") && !file.ends_with("Cargo.lock")) {
        let text = read(file);
        for run in text.split(|c: char| !c.is_ascii_digit()).filter(|run| run.len() == 18) {
            let birth = run.get(6..14).and_then(contract::format::Date::parse_compact);
            let a_person = birth.is_some_and(|date| (1900..2027).contains(&date.year()));
            offenders.extend(
                (a_person && !run.starts_with("19") && !samples.contains(&run))
                    .then(|| format!("{}: {run}", file.display())),
            );
        }
    }
    none(offenders, "only invented people: the province prefix 19 is unassigned");
}

#[test]
fn a_download_address_of_packages_is_written_down() {
    let hosts = ["crates", "pypi", "npmjs", "registry.npm", "debian"]
        .into_iter()
        .zip([".io", ".org", ".com", "js.org", ".org"]);
    let hosts: Vec<String> = hosts.map(|(head, tail)| format!("{head}{tail}")).collect();
    let mut offenders = Vec::new();
    for file in files().iter().filter(|file| !file.ends_with("Cargo.lock")) {
        let text = read(file);
        offenders
            .extend(hosts.iter().filter(|host| text.contains(*host)).map(|host| format!("{}: {host}", file.display())));
    }
    none(offenders, "where packages come from is the client's setting, not the product's");
}
