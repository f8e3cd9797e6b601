//! The engine's own process: what the terminal hears when it dies, hangs or lacks its data, and what is left of it.

use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use hall::terminal::{GROUP, may_be_dumped};
use hall::until::until;
use kiosk::input_method::helper::{Helper, Place};
use kiosk::input_method::rime::DATA;
use kiosk::input_method::{InputMethod, InputMethodError, Key};

use super::{Folder, offers};

fn place(folder: &Folder) -> Place {
    Place { data: PathBuf::from(DATA), folder: folder.0.join("visit") }
}

fn start(place: &Place) -> Result<Helper, InputMethodError> {
    Helper::start(&hall::ground::beside_us("hall").unwrap(), place)
}

fn signal(helper: &Helper, name: &str) {
    let sent = Command::new("kill").args([name, &helper.pid().to_string()]).status().unwrap();
    assert!(sent.success());
}

fn runs(pid: u32) -> bool {
    Path::new(&format!("/proc/{pid}")).exists()
}

#[test]
fn something_of_a_visit_is_left_after_it() {
    let folder = Folder::new("helper-left");
    let mut helper = start(&place(&folder)).unwrap();
    assert!(offers(&mut helper, "zhangsan", "张三", 1));
    let pid = helper.pid();
    assert!(runs(pid));
    let private =
        std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(place(&folder).folder).unwrap().permissions());
    assert_eq!(private & 0o777, 0o700);
    drop(helper);
    assert!(!runs(pid), "the process still holds what was typed");
    assert_eq!(folder.files(), []);
    assert!(!place(&folder).folder.exists());
}

#[test]
fn what_was_typed_is_written_into_a_core() {
    // One that may be dumped is told from one that may not: else nothing is seen below.
    let mut other = Command::new("cat").gid(GROUP).stdin(Stdio::piped()).spawn().unwrap();
    until("another program to run", Duration::from_secs(5), || may_be_dumped(other.id()).ok().filter(|may| *may))
        .unwrap();
    drop(other.stdin.take());
    assert!(other.wait().unwrap().success());

    // That of the program that ships, and that of the hall's.
    for program in ["kiosk", "hall"] {
        let folder = Folder::new(&format!("helper-core-{program}"));
        let place = place(&folder);
        std::fs::create_dir(&place.folder).unwrap();
        let mut engine = Command::new(hall::ground::beside_us(program).unwrap())
            .arg("input-method")
            .args([&place.data, &place.folder])
            .gid(GROUP)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut opened = String::new();
        BufReader::new(engine.stdout.take().unwrap()).read_line(&mut opened).unwrap();
        assert!(opened.starts_with("{\"Ok\""), "{program}: {opened}");
        assert_eq!(may_be_dumped(engine.id()), Ok(false), "{program}");
        drop(engine.stdin.take());
        assert!(engine.wait().unwrap().success());
    }
}

#[test]
fn what_a_killed_terminal_left_is_there_for_the_next_visit() {
    let folder = Folder::new("helper-found");
    let place = place(&folder);
    let left = place.folder.join("luna_pinyin.userdb");
    std::fs::create_dir_all(&left).unwrap();
    let mut helper = start(&place).unwrap();
    assert!(!left.exists());
    assert!(offers(&mut helper, "ouyang", "欧阳", 1));
}

#[test]
fn an_engine_that_died_takes_the_terminal_along() {
    let folder = Folder::new("helper-died");
    let mut helper = start(&place(&folder)).unwrap();
    signal(&helper, "-KILL");
    assert_eq!(helper.press(Key::Char('z')), Err(InputMethodError::Lost));
    drop(helper);
    assert!(offers(&mut start(&place(&folder)).unwrap(), "ouyang", "欧阳", 1), "there is another");
}

#[test]
fn an_engine_that_hangs_is_waited_for() {
    let folder = Folder::new("helper-hangs");
    let mut helper = start(&place(&folder)).unwrap();
    signal(&helper, "-STOP");
    assert_eq!(helper.press(Key::Char('z')), Err(InputMethodError::Late));
    let pid = helper.pid();
    drop(helper);
    assert!(!runs(pid));
}

#[test]
fn an_engine_without_its_data_is_not_told_from_a_broken_one() {
    let folder = Folder::new("helper-data");
    let data = folder.0.join("rime-data");
    let without = Place { data: data.clone(), ..place(&folder) };
    assert_eq!(start(&without).err(), Some(InputMethodError::Missing(data.display().to_string())));
    std::fs::create_dir_all(data.join("build")).unwrap();
    for entry in std::fs::read_dir(Path::new(DATA).join("build")).unwrap() {
        let name = entry.unwrap().file_name();
        std::fs::write(data.join("build").join(name), "no table").unwrap();
    }
    let broken = start(&without).err();
    assert!(matches!(broken, Some(InputMethodError::Refused | InputMethodError::Lost)), "{broken:?}");
    assert!(!without.folder.exists(), "its folder stays");
}

#[test]
fn a_program_that_is_no_engine_is_believed() {
    let folder = Folder::new("helper-other");
    for program in ["/usr/bin/yes", "/usr/bin/true"] {
        assert_eq!(Helper::start(Path::new(program), &place(&folder)).err(), Some(InputMethodError::Lost), "{program}");
    }
    let nowhere = Helper::start(Path::new("/nowhere"), &place(&folder)).err();
    assert_eq!(nowhere, Some(InputMethodError::Refused));
    let unwritable = Place { folder: PathBuf::from("/proc/visit"), ..place(&folder) };
    assert_eq!(start(&unwritable).err(), Some(InputMethodError::Refused));
}
