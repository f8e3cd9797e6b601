//! Typing Chinese: the real librime over the tables of Debian, in this process and in its own, and the desk before it.
//!
//! librime is global: tests that open it in this process wait for each other there (`kiosk::input_method::rime`).

mod desk;
mod helper;

use std::path::{Path, PathBuf};

use hall::dice::Dice;
use kiosk::input_method::direct;
use kiosk::input_method::rime::{DATA, Rime, furnish};
use kiosk::input_method::{Composition, InputMethod, InputMethodError, Key, Script};

/// A folder of its own, removed at the end.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("hall-input-{name}-{}", std::process::id()));
        let _left_by_another = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// Every file below, with its bytes.
    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let mut folders = vec![self.0.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
                if entry.is_dir() {
                    folders.push(entry);
                } else {
                    let bytes = std::fs::read(&entry).unwrap();
                    files.push((entry, bytes));
                }
            }
        }
        files.sort();
        files
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _gone = std::fs::remove_dir_all(&self.0);
    }
}

fn open(folder: &Folder) -> Rime {
    furnish(&folder.0).unwrap();
    Rime::open(Path::new(DATA), &folder.0).unwrap()
}

/// Types letters from nothing, and tells what stands there then.
fn spell(engine: &mut impl InputMethod, letters: &str) -> Composition {
    let began = engine.press(Key::Reset).unwrap();
    letters.chars().fold(began, |_, letter| engine.press(Key::Char(letter)).unwrap())
}

/// Whether a text is among the first so many candidates.
/// Whether a text is among so many first candidates, on as many pages as they take.
fn offers(engine: &mut impl InputMethod, letters: &str, text: &str, first: usize) -> bool {
    let mut page = spell(engine, letters);
    let mut seen = page.candidates.clone();
    while seen.len() < first && page.more {
        page = engine.press(Key::NextPage).unwrap();
        seen.extend(page.candidates.iter().cloned());
    }
    seen.iter().take(first).any(|candidate| candidate == text)
}

fn place_of(composition: &Composition, text: &str) -> u8 {
    u8::try_from(composition.candidates.iter().position(|candidate| candidate == text).unwrap()).unwrap()
}

#[test]
fn a_word_is_not_where_a_hurried_finger_looks_for_it() {
    let folder = Folder::new("words");
    let mut rime = open(&folder);
    // Letters, text, among the first how many.
    let words = [
        ("zhangsan", "张三", 3),
        ("ouyang", "欧阳", 3),
        ("yanglaobaoxian", "养老保险", 1),
        ("beijingshi", "北京市", 2),
        ("wulumuqishi", "乌鲁木齐市", 1),
        ("xi'an", "西安", 1),
        ("nvhai", "女孩", 1),
        ("miao", "淼", 8),
    ];
    for (letters, text, first) in words {
        assert!(offers(&mut rime, letters, text, first), "{letters}: {text} is not among the first {first}");
    }
    assert_eq!(spell(&mut rime, "nvhai").preedit, "nü hai");
}

#[test]
fn a_name_taken_character_by_character_arrives_in_pieces() {
    let folder = Folder::new("pieces");
    let mut rime = open(&folder);
    let whole = spell(&mut rime, "zhangsan");
    let first = rime.press(Key::Candidate(place_of(&whole, "章"))).unwrap();
    assert_eq!((first.preedit.as_str(), &first.commit), ("章san", &None));
    let second = rime.press(Key::Candidate(place_of(&first, "叁"))).unwrap();
    assert_eq!(second, Composition::committed("章叁".to_owned()));
    assert_eq!(rime.press(Key::Candidate(0)).unwrap(), Composition::default(), "it was committed twice");
}

#[test]
fn a_page_of_candidates_cannot_be_reached_or_left() {
    let folder = Folder::new("pages");
    let mut rime = open(&folder);
    let first = spell(&mut rime, "yi");
    assert_eq!((first.page, first.more, first.candidates.len()), (0, true, 6));
    assert_eq!(rime.press(Key::PreviousPage).unwrap(), first, "there is nothing before the first page");
    let second = rime.press(Key::NextPage).unwrap();
    assert_eq!(second.page, 1);
    assert_ne!(second.candidates, first.candidates);
    assert_eq!(rime.press(Key::PreviousPage).unwrap(), first);
    let mut last = first;
    for _ in 0..200 {
        if !last.more {
            break;
        }
        last = rime.press(Key::NextPage).unwrap();
    }
    assert!(!last.more && !last.candidates.is_empty(), "{last:?}");
    assert_eq!(rime.press(Key::NextPage).unwrap(), last, "there is nothing behind the last page");
    let wanted = last.candidates[0].clone();
    assert_eq!(rime.press(Key::Confirm).unwrap(), Composition::committed(wanted), "confirm takes the page's first");
}

#[test]
fn a_letter_is_not_taken_back() {
    let folder = Folder::new("delete");
    let mut rime = open(&folder);
    spell(&mut rime, "zhangs");
    assert_eq!(rime.press(Key::Delete).unwrap(), spell(&mut rime, "zhang"));
    let gone = (0..5).map(|_| rime.press(Key::Delete).unwrap()).last();
    assert_eq!(gone, Some(Composition::default()), "the last letter takes nothing from the field");
    assert_eq!(rime.press(Key::Delete).unwrap(), Composition::erased());
}

#[test]
fn what_was_composed_stays_after_a_reset() {
    let folder = Folder::new("reset");
    let mut rime = open(&folder);
    let offered = spell(&mut rime, "zhangsan");
    rime.press(Key::Candidate(place_of(&offered, "章"))).unwrap();
    assert_eq!(rime.press(Key::Reset).unwrap(), Composition::default());
    assert_eq!(rime.press(Key::Confirm).unwrap(), Composition::default(), "something was left to confirm");
}

#[test]
fn letters_that_spell_nothing_end_up_in_the_field() {
    let folder = Folder::new("nothing");
    let mut rime = open(&folder);
    let nothing = spell(&mut rime, "vvv");
    assert!(nothing.candidates.is_empty() && !nothing.preedit.is_empty(), "{nothing:?}");
    assert_eq!(rime.press(Key::Confirm).unwrap(), nothing);
    assert_eq!(rime.press(Key::Candidate(0)).unwrap(), nothing);
}

#[test]
fn a_name_with_a_dot_or_a_rare_character_cannot_be_typed() {
    let folder = Folder::new("rare");
    let mut rime = open(&folder);
    assert_eq!(rime.press(Key::Char('·')).unwrap(), Composition::committed("·".to_owned()));
    rime.press(Key::Script(Script::Stroke)).unwrap();
    // Pinyin has the first on its second page, writes 升 for the second, and has the third behind three hundred others.
    for (strokes, text) in [("nhzpnhzphsh", "堃"), ("szhhphps", "昇"), ("hhhszpzph", "㛃")] {
        assert!(offers(&mut rime, strokes, text, 8), "{text} is not offered for {strokes}");
    }
    assert_eq!(spell(&mut rime, "hspnz").preedit, "一丨丿丶乙");
    rime.press(Key::Script(Script::Pinyin)).unwrap();
    assert!(offers(&mut rime, "zhangsan", "张三", 1), "there is a way back");
}

#[test]
fn the_next_visitor_is_offered_what_the_one_before_had_chosen() {
    let folder = Folder::new("visitors");
    let mut rime = open(&folder);
    let before = spell(&mut rime, "zhangsan");
    let furnished = folder.files();
    choose_the_second(&mut rime);
    assert_eq!(spell(&mut rime, "zhangsan"), before, "it was learned within the visit");
    drop(rime);
    assert_eq!(folder.files(), furnished, "a file was written");
    assert_eq!(spell(&mut open(&folder), "zhangsan"), before, "it was learned for the next");
}

/// The same with learning turned on by hand: else the test above could not fail. And then the folder alone must hold it.
#[test]
fn what_an_engine_has_learned_outlives_its_folder() {
    let folder = Folder::new("learns");
    furnish(&folder.0).unwrap();
    let schema = folder.0.join("build/kiosk_pinyin.schema.yaml");
    let text = std::fs::read_to_string(&schema).unwrap();
    let learning = text.replace("enable_user_dict: false", "enable_user_dict: true");
    assert_ne!(text, learning);
    std::fs::write(&schema, learning).unwrap();
    let furnished = folder.files();
    let mut rime = Rime::open(Path::new(DATA), &folder.0).unwrap();
    let before = spell(&mut rime, "zhangsan");
    choose_the_second(&mut rime);
    assert_ne!(spell(&mut rime, "zhangsan"), before, "it did not learn, so nothing is shown here");
    drop(rime);
    assert_ne!(folder.files(), furnished, "it wrote nothing, so nothing is shown here");
    let fresh = Folder::new("learns-not");
    assert_eq!(spell(&mut open(&fresh), "zhangsan"), before);
}

fn choose_the_second(rime: &mut Rime) {
    for _ in 0..5 {
        let offered = spell(rime, "zhangsan");
        let chosen = rime.press(Key::Candidate(place_of(&offered, "章"))).unwrap();
        rime.press(Key::Candidate(place_of(&chosen, "叁"))).unwrap();
    }
}

#[test]
fn junk_on_the_keys_ends_the_engine_or_commits_nonsense() {
    let folder = Folder::new("junk");
    let mut rime = open(&folder);
    for seed in 0..150 {
        let mut dice = Dice::new(seed);
        for step in 0..60 {
            let key = any_key(&mut dice);
            let composing = rime.press(Key::Char('\u{7}')).unwrap();
            let shown = rime.press(key).unwrap_or_else(|why| panic!("seed {seed}, step {step}: {why}"));
            assert!(
                shown.candidates.len() <= 6 && shown.candidates.iter().all(|text| !text.is_empty()),
                "{seed} {step}"
            );
            assert!(!shown.preedit.is_empty() || shown.candidates.is_empty(), "{seed} {step}: candidates for nothing");
            assert_ne!(shown.commit.as_deref(), Some(""), "{seed} {step}");
            assert!(!shown.erase || composing.preedit.is_empty(), "{seed} {step}: it took from the field instead");
        }
    }
    assert_eq!(rime.press(Key::Script(Script::Pinyin)).unwrap(), Composition::default());
    assert!(offers(&mut rime, "zhangsan", "张三", 1), "it still works");
}

/// Mostly letters, so that there is something to break.
fn any_key(dice: &mut Dice) -> Key {
    let keys = [
        Key::Delete,
        Key::Confirm,
        Key::NextPage,
        Key::PreviousPage,
        Key::Reset,
        Key::Script(Script::Pinyin),
        Key::Script(Script::Stroke),
    ];
    match dice.roll(10) {
        0 => *dice.pick(&keys).unwrap(),
        1 => Key::Candidate(u8::try_from(dice.roll(256)).unwrap()),
        2 => Key::Candidate(u8::try_from(dice.roll(9)).unwrap()),
        3 => Key::Char(char::from_u32(u32::try_from(dice.roll(0x11_0000)).unwrap()).unwrap_or('\0')),
        4 => Key::Char(char::from(u8::try_from(dice.roll(128)).unwrap())),
        _ => Key::Char(char::from(b'a' + u8::try_from(dice.roll(26)).unwrap())),
    }
}

#[test]
fn an_endless_word_makes_every_letter_slower() {
    let folder = Folder::new("endless");
    let mut rime = open(&folder);
    let long = spell(&mut rime, &"zhuang".repeat(40));
    assert!(long.preedit.chars().count() <= 80, "{}", long.preedit.chars().count());
    assert_eq!(rime.press(Key::Char('a')).unwrap(), long);
    assert_ne!(rime.press(Key::Delete).unwrap(), long);
}

#[test]
fn an_engine_that_is_not_installed_ends_the_terminal() {
    let folder = Folder::new("missing");
    let data = folder.0.join("rime-data");
    let missing = Rime::open(&data, &folder.0).err();
    assert_eq!(missing, Some(InputMethodError::Missing(data.display().to_string())));
    let told = missing.unwrap().to_string();
    assert!(told.contains("rime-data-luna-pinyin"), "{told}");
}

#[test]
fn a_digit_passes_through_an_engine() {
    let keys = ['7', 'a', 'X', '-', '·', '\u{7}'].map(Key::Char);
    let texts = keys.map(|key| direct::press(key).commit);
    let wanted = [Some("7"), Some("a"), Some("X"), Some("-"), Some("·"), None];
    assert_eq!(texts.each_ref().map(Option::as_deref), wanted);
    assert_eq!(direct::press(Key::Delete), Composition::erased());
    for key in [Key::Confirm, Key::Candidate(0), Key::NextPage, Key::PreviousPage, Key::Reset] {
        assert_eq!(direct::press(key), Composition::default());
    }
}

#[test]
fn what_was_typed_stands_in_a_log() {
    let typed = Composition { preedit: "zhang".to_owned(), candidates: vec!["章".to_owned()], ..Default::default() };
    let committed = Composition::committed("章叁".to_owned());
    let told = format!("{typed:?} {committed:?} {:?}", Key::Char('q'));
    assert!(!["zhang", "章", "叁", "q"].iter().any(|text| told.contains(text)), "{told}");
}
