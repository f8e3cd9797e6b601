//! A question that is typed: the text so far, what was wrong with it, and the board it is typed on.

use contract::field::{Field, FieldType};
use ui::model::{Board as Drawn, Button, Entry, Icon, Letters};
use ui::words::Words;
use ui::{Intent, Page};

use super::tap;
use crate::session::{Board, CODE_KEYS, Form, Typed, Visit, may_skip};

/// A row of keys, and the last rows of each keyboard: what stands there is typed as it stands.
const LETTERS: [&str; 3] = ["qwertyuiop", "asdfghjkl", "zxcvbnm"];
/// The five strokes, and the letters by which the input method knows them.
const STROKES: [(char, char); 5] = [('一', 'h'), ('丨', 's'), ('丿', 'p'), ('丶', 'n'), ('乙', 'z')];
const SIGNS: [&str; 3] = ["1234567890", "-/.,:;()", "，。、·#@"];

/// On a board of digits, with perhaps a key beside the nought.
pub(super) fn digits(form: &Form, field: &Field, beside: Option<char>, visit: &Visit, words: &Words) -> Page {
    Page::Entry(entry(form, field, Drawn::Digits(pad(beside, true)), visit, words))
}

/// Ten digits, with perhaps a key beside the nought; greyed where there is no room for another.
pub(super) fn pad(beside: Option<char>, room: bool) -> Vec<Option<Button>> {
    let digit = |n: u8| {
        let intent = Intent::Digit(n);
        Some(Button { intent: room.then_some(intent), ..key(char::from(b'0' + n), intent) })
    };
    let mut keys: Vec<_> = (1..=9).map(digit).collect();
    keys.extend([None, digit(0), beside.map(|beside| key(beside, Intent::Type(beside)))]);
    keys
}

/// On a board of capitals and digits, for numbers that have both.
pub(super) fn codes(form: &Form, field: &Field, visit: &Visit, words: &Words) -> Page {
    let rows = CODE_KEYS.iter().map(|row| row.chars().map(|c| key(c, Intent::Type(c))).collect()).collect();
    let board = Letters { rows, candidates: Vec::new(), previous: None, next: None, boards: Vec::new() };
    Page::Entry(entry(form, field, Drawn::Letters(board), visit, words))
}

/// On a keyboard.
pub(super) fn letters(form: &Form, field: &Field, visit: &Visit, words: &Words) -> Page {
    let typed = &*form.typed;
    let several = typed.composing.page > 0 || typed.composing.more;
    let turn = |there: bool, name: &str, intent: Intent| {
        several.then(|| Button { intent: there.then_some(intent), ..tap(words.get(name), intent, Icon::None) })
    };
    let board = Letters {
        rows: rows(typed, words),
        candidates: (0..)
            .zip(&typed.composing.candidates)
            .map(|(n, text)| tap(text, Intent::Candidate(n), Icon::None))
            .collect(),
        previous: turn(typed.composing.page > 0, "table.previous", Intent::PreviousPage),
        next: turn(typed.composing.more, "table.next", Intent::NextPage),
        boards: boards(typed.board, words),
    };
    let page = entry(form, field, Drawn::Letters(board), visit, words);
    Page::Entry(if typed.is_behind() { held(page) } else { page })
}

/// The engine is far behind: until it has caught up no key is taken, and none looks as if it were.
fn held(mut page: Entry) -> Entry {
    if let Drawn::Letters(letters) = &mut page.board {
        let keys = letters.rows.iter_mut().flatten().chain(&mut letters.candidates).chain(&mut letters.boards);
        keys.chain(&mut letters.previous).chain(&mut letters.next).for_each(|key| key.intent = None);
    }
    [&mut page.erase, &mut page.clear, &mut page.confirm].into_iter().for_each(|key| key.intent = None);
    page
}

fn entry(form: &Form, field: &Field, board: Drawn, visit: &Visit, words: &Words) -> Entry {
    let tag = visit.look.lang.tag();
    let Typed { text, wrong, composing, no_pinyin, .. } = &*form.typed;
    // No text can be an example of every text; an item says in a hint of its own what it wants.
    let example = match field.kind {
        FieldType::Text { .. } | FieldType::FreeText { .. } => String::new(),
        _ => words.fill("entry.example", &[("example", &field.kind.example())]),
    };
    let hint = field.hint.as_ref().map(|hint| hint.in_language(tag).to_owned());
    let active = |shown: bool, name: &str, intent: Intent, icon: Icon| Button {
        intent: shown.then_some(intent),
        ..tap(words.get(name), intent, icon)
    };
    let any = !text.is_empty() || form.typed.is_composing();
    Entry {
        topic: form.item.name.in_language(tag).to_owned(),
        title: field.label.in_language(tag).to_owned(),
        hint: if *no_pinyin {
            words.get("entry.no_pinyin").to_owned()
        } else {
            hint.unwrap_or_else(|| example.clone())
        },
        text: text.clone(),
        preedit: composing.preedit.clone(),
        warning: wrong.map_or_else(String::new, |wrong| {
            let why = words.get(&format!("field.{}", wrong.as_str())).to_owned();
            if example.is_empty() { why } else { [why, example.clone()].join(words.get("entry.and")) }
        }),
        board,
        erase: active(any, "entry.erase", Intent::Erase, Icon::Erase),
        clear: active(any, "entry.clear", Intent::Clear, Icon::None),
        confirm: match may_skip(form, field) {
            true => tap(words.get("entry.skip"), Intent::Confirm, Icon::None),
            false => active(any, "entry.confirm", Intent::Confirm, Icon::None),
        },
        back: Some(tap(words.get("back.label"), Intent::Back, Icon::Back)),
    }
}

fn rows(typed: &Typed, words: &Words) -> Vec<Vec<Button>> {
    let plain = |row: &&str| row.chars().map(|c| key(c, Intent::Type(c))).collect::<Vec<_>>();
    let mut rows: Vec<Vec<Button>> = match typed.board {
        Board::Pinyin | Board::Latin => LETTERS.iter().map(plain).collect(),
        Board::Stroke => vec![STROKES.map(|(stroke, letter)| key(stroke, Intent::Type(letter))).to_vec()],
        Board::Signs => SIGNS.iter().map(plain).collect(),
    };
    rows.push(match typed.board {
        // A sign cannot stand behind letters that are no text yet.
        Board::Pinyin | Board::Stroke => ['，', '·', '。']
            .map(|sign| Button {
                intent: (!typed.is_composing()).then_some(Intent::Type(sign)),
                ..key(sign, Intent::Type(sign))
            })
            .to_vec(),
        Board::Latin | Board::Signs => vec![tap(words.get("entry.space"), Intent::Type(' '), Icon::None)],
    });
    rows
}

/// The switches; the present one is no button.
fn boards(present: Board, words: &Words) -> Vec<Button> {
    (0..)
        .zip(Board::ALL)
        .map(|(n, board)| {
            let name = match board {
                Board::Pinyin => "entry.pinyin",
                Board::Stroke => "entry.stroke",
                Board::Latin => "entry.latin",
                Board::Signs => "entry.signs",
            };
            Button {
                intent: (board != present).then_some(Intent::Board(n)),
                ..tap(words.get(name), Intent::Board(n), Icon::None)
            }
        })
        .collect()
}

fn key(label: char, intent: Intent) -> Button {
    tap(&label.to_string(), intent, Icon::None)
}
