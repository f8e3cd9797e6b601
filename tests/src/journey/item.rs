//! Journeys of items: rows of `tests/items.toml`, played by one driver that knows no item. An item's rows share a ground: one visit a row.

use std::path::Path;
use std::time::Duration;

use contract::catalogue::Catalogue;
use serde::Deserialize;

use super::play::Play;
use super::witness;
use super::{good, paper};
use crate::ground::Ground;
use crate::people::home;
use crate::until::until;

/// One visit.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Item id.
    pub item: String,
    /// Who comes, and why that is special.
    pub tells: String,
    /// Place in personas.toml, from 1.
    pub persona: usize,
    /// What they present.
    #[serde(default)]
    pub by: By,
    /// What is done before, in a visit of its own.
    #[serde(default)]
    pub first: Option<Box<Row>>,
    /// What they answer.
    #[serde(default)]
    pub answers: Vec<String>,
    /// The page on which it ends.
    pub page: String,
    /// What stands there.
    pub says: Vec<String>,
    /// Kind and outcome of each act, one after the other.
    #[serde(default)]
    pub journal: Vec<String>,
    /// Whether the receipt of the case is printed, too.
    #[serde(default)]
    pub slip: bool,
}

/// What somebody presents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Social security card and PIN.
    #[default]
    Card,
    /// Electronic card.
    ECard,
    /// Identity card and one-time code.
    IdCode,
    /// Nothing: anybody may.
    Nobody,
}

impl Row {
    /// Whether the item does here what it is for.
    #[must_use]
    pub fn is_good(&self) -> bool {
        [
            "table",
            "printed",
            "filed",
            "pin-changed",
            "guide-item",
            "text",
            "question-left",
            "bulletin-entry",
            "acts-for",
        ]
        .contains(&self.page.as_str())
    }

    /// The kind of its act, where it has one and no more.
    pub(super) fn only_act(&self) -> Option<&str> {
        match self.journal.as_slice() {
            [kind, _] if !self.slip => Some(kind),
            _ => None,
        }
    }
}

#[derive(Deserialize)]
struct Rows {
    row: Vec<Row>,
}

/// Every row.
///
/// # Errors
/// The table cannot be read.
pub fn rows() -> Result<Vec<Row>, String> {
    read(&home().join("items.toml"))
}

fn read(file: &Path) -> Result<Vec<Row>, String> {
    let text = std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    toml::from_str::<Rows>(&text).map(|rows| rows.row).map_err(|error| format!("{}: {error}", file.display()))
}

/// Plays all rows of an item; with `frames`, leaves pictures there.
///
/// # Errors
/// What went otherwise than it should.
pub fn run(id: &str, frames: Option<&Path>) -> Result<(), String> {
    let rows: Vec<Row> = rows()?.into_iter().filter(|row| row.item == id).collect();
    if rows.is_empty() {
        return Err(format!("no journey {id}; `hall journeys` lists them"));
    }
    play_all(id, &rows, None, frames)
}

/// Plays visits to items that nobody compiled in: `catalogue` is laid over the agency's own, `answers` are rows as those of `items.toml`.
///
/// # Errors
/// What is wrong with either file, or what went otherwise than it should.
pub fn run_made_up(catalogue: &Path, answers: &Path, frames: Option<&Path>) -> Result<(), String> {
    play_all("made-up", &read(answers)?, Some(catalogue), frames)
}

fn play_all(id: &str, rows: &[Row], laid_over: Option<&Path>, frames: Option<&Path>) -> Result<(), String> {
    let (catalogue, _) = agency::made_up::read(laid_over).map_err(|why| why.to_string())?;
    let directory = super::workplace(id);
    let _from_last_time = std::fs::remove_dir_all(&directory);
    let mut play = Play::on(Ground::start_with(&directory, laid_over)?, &directory, frames)?;
    let mut wanted = Vec::new();
    for row in rows {
        visit(&mut play, row, &catalogue, &mut wanted)
            .map_err(|why| format!("{id}, {}: {why}\n  files: {}", row.tells, directory.display()))?;
        println!("{}: {}", row.item, row.tells);
    }
    agree(&play, &wanted)
        .and_then(|()| witness::log(id, &play))
        .map_err(|why| format!("{id}: {why}\n  files: {}", directory.display()))?;
    if frames.is_some() {
        play.keep_paper()?;
    }
    drop(play);
    std::fs::remove_dir_all(&directory).map_err(|error| format!("{}: {error}", directory.display()))
}

/// Plays one row of an item that everybody has.
pub(super) fn play(play: &mut Play, row: &Row) -> Result<(), String> {
    let (catalogue, _) = agency::made_up::read(None).map_err(|why| why.to_string())?;
    visit(play, row, &catalogue, &mut Vec::new())
}

type Acts = Vec<(String, String, String)>;

fn visit(play: &mut Play, row: &Row, catalogue: &Catalogue, wanted: &mut Acts) -> Result<(), String> {
    if let Some(first) = &row.first {
        visit(play, first, catalogue, wanted)?;
    }
    let item = catalogue.item(&row.item).ok_or_else(|| format!("no item {}", row.item))?;
    let group = catalogue.groups.iter().find(|group| group.id == item.group).ok_or("the item has no group")?;
    match row.by {
        By::Card => play.sign_in(row.persona)?,
        _ => begin(play)?,
    }
    // What happens on the ground first happens before the item is opened.
    let before = row.answers.iter().take_while(|answer| answer.starts_with(GROUND)).count();
    let (before, answers) = row.answers.split_at(before);
    before.iter().try_for_each(|deed| act(play, deed))?;
    if play.tap(&group.name.zh).is_err() {
        // Not all groups fit on a page; a sign-in that opens few items has them on its first.
        if play.tap("下一页").is_ok() { open(play, &group.name.zh)? } else { play.open(&item.name.zh)? }
    }
    open(play, &item.name.zh)?;
    match row.by {
        By::Card | By::Nobody => {}
        By::ECard => e_card(play, row.persona)?,
        By::IdCode => id_code(play, row.persona)?,
    }
    for answer in answers {
        act(play, answer)?;
        play.picture("answered")?;
    }
    play.page(&row.page)?;
    for words in &row.says {
        play.open(words)?;
    }
    for act in row.journal.chunks(2) {
        let [kind, outcome] = act else { return Err("journal: a kind without an outcome".to_owned()) };
        wanted.push((kind.clone(), row.item.clone(), outcome.clone()));
    }
    if row.slip {
        slip(play)?;
        wanted.push(("slip".to_owned(), row.item.clone(), "printed".to_owned()));
    }
    if row.answers.iter().any(|answer| answer.starts_with(GROUND)) {
        play.ground("agency up")?;
        play.ground("agency mishap")?;
    }
    match row.by {
        By::Card => play.leave(),
        _ => play.leave_without_card(),
    }
}

pub(super) fn begin(play: &mut Play) -> Result<(), String> {
    play.page("welcome")?;
    play.tap("没带卡、看信息")?;
    play.page("home")
}

/// Holds a telephone before the scanner.
pub(super) fn e_card(play: &mut Play, n: usize) -> Result<(), String> {
    play.page("identify")?;
    play.tap("出示电子社保卡")?;
    play.page("show-e-card")?;
    play.ground(&format!("phone show {n}"))?;
    play.gone("请出示电子社保卡二维码")
}

/// Lays down an identity card and types what the telephone was sent.
fn id_code(play: &mut Play, n: usize) -> Result<(), String> {
    play.page("identify")?;
    let before = play.ground.windows.searches()?;
    play.tap("身份证加短信验证码")?;
    play.page("lay-document")?;
    // What lies there before the reader looks is somebody else's.
    play.wait_for_search(before)?;
    play.ground(&format!("id lay {n}"))?;
    play.page("one-time-code")?;
    play.ground("id lift")?;
    let digits = play.one_time_code(n)?;
    play.type_pin(&digits, "下一步")?;
    play.gone("请输入短信验证码")
}

/// The item's tile, on whichever page of its group.
pub(crate) fn open(play: &mut Play, name: &str) -> Result<(), String> {
    while !play.shows(name)? {
        play.tap("下一页")?;
    }
    play.tap(name)
}

/// Pages of candidates that somebody would leaf through.
const PAGES_MAX: usize = 8;

/// Begins what is no answer but happens on the ground.
const GROUND: &str = "ground ";

/// One answer, as a row writes it.
pub(crate) fn act(play: &mut Play, answer: &str) -> Result<(), String> {
    match answer {
        // What stands on the last document, to be typed or held before the scanner.
        "type-code" => {
            let codes = witness::rows(
                play,
                "agency/agency.db",
                "SELECT act, code, digest FROM issues JOIN documents USING (code) ORDER BY issues.rowid",
            )?;
            let (_, code, _) = codes.last().ok_or("no document was issued")?.clone();
            return code.chars().try_for_each(|key| play.tap(&key.to_string()));
        }
        "scan-document" => {
            let documents = paper::documents(&play.ground);
            let sealed = paper::read_qr(documents.last().ok_or("no document came out")?)?;
            return play.ground(&format!("scanner show {sealed}"));
        }
        // What names the last case.
        "type-pick-up" => {
            let cases = witness::rows(
                play,
                "agency/agency.db",
                "SELECT item, key, pick_up FROM cases WHERE item <> 'F17' ORDER BY seq",
            )?;
            let (_, _, code) = cases.last().ok_or("no case was filed")?.clone();
            return code.chars().try_for_each(|key| play.tap(&key.to_string()));
        }
        _ => {}
    }
    if let Some(line) = answer.strip_prefix(GROUND) {
        return play.ground(line);
    }
    if let Some(number) = answer.strip_prefix("staff ") {
        return staff(play, number);
    }
    if let Some(text) = answer.strip_prefix("type ") {
        // Keys may have to wait for a card or an agency.
        let mut keys = text.chars().map(|key| format!("tap {key}"));
        if let Some(first) = keys.next() {
            until("the keys", Duration::from_secs(20), || play.terminal.line(&first).ok())?;
        }
        return keys.try_for_each(|key| play.terminal.line(&key).map(drop));
    }
    if let Some((letters, word)) = answer.strip_prefix("pinyin ").and_then(|rest| rest.split_once(' ')) {
        play.open("拼音")?;
        letters.chars().try_for_each(|key| play.tap(&key.to_string()))?;
        // A rarer word stands further on. A page is turned only when the engine has had its time: else a page is skipped.
        for _ in 0..PAGES_MAX {
            if until(word, Duration::from_secs(3), || play.tap(word).ok()).is_ok() {
                return is_text(play, letters);
            }
            play.tap("下一页")?;
        }
        return Err(format!("no candidate {word} for {letters}"));
    }
    play.open(answer)?;
    play.tap(answer)
}

/// What was chosen stands there as text, and its letters no more: whoever goes on before that only chooses once more.
fn is_text(play: &mut Play, letters: &str) -> Result<(), String> {
    until("the word to be taken", Duration::from_secs(5), || {
        let labels = play.terminal.line("labels").ok()?;
        // Kind, place, size, and what stands there; syllables may be set apart.
        let stands =
            |label: &str| label.splitn(4, ' ').nth(3).is_some_and(|text| text.replace(['\'', ' '], "") == letters);
        (!labels.split(" | ").any(stands)).then_some(())
    })
}

/// A member of staff lays down their card, and takes it away again where it came before the reader had looked.
pub(super) fn staff(play: &mut Play, number: &str) -> Result<(), String> {
    play.page("witness")?;
    play.picture("witness")?;
    play.ground(&format!("staff lay {number}"))?;
    let early = until("the staff card to count", Duration::from_secs(20), || {
        let labels = play.terminal.line("labels").ok()?;
        let early = labels.contains("读卡器上还有一张卡");
        (early || !labels.contains("请工作人员放上工作证")).then_some(early)
    })?;
    play.ground("staff lift")?;
    if early {
        play.gone("读卡器上还有一张卡")?;
        play.ground(&format!("staff lay {number}"))?;
        play.gone("请工作人员放上工作证")?;
        play.ground("staff lift")?;
    }
    Ok(())
}

/// The receipt of a case: its code and number stand on it, and nobody's whole name.
fn slip(play: &mut Play) -> Result<(), String> {
    play.tap("打印回执")?;
    play.page("printed")?;
    let text = good::slip_text(play)?;
    good::expect(text.contains("取件码") && text.contains("办件回执"), "the receipt does not name the case")?;
    let receipts = paper::receipts(&play.ground).len();
    good::expect(receipts == 1, &format!("{receipts} receipts came out"))
}

/// Journal and agency tell the same, in the same order.
fn agree(play: &Play, wanted: &Acts) -> Result<(), String> {
    let journal = "SELECT kind, item, outcome FROM acts ORDER BY sequence";
    let told = witness::rows(play, "terminal/journal.sqlite", journal)?;
    if told != *wanted {
        return Err(format!("journal: wanted {wanted:?}, but it says {told:?}"));
    }
    witness::audit(play)?;
    let filed = wanted.iter().filter(|(kind, _, outcome)| kind == "case" && outcome == "filed").count();
    let cases = witness::rows(play, "agency/agency.db", "SELECT item, key, pick_up FROM cases")?.len();
    if cases == filed { Ok(()) } else { Err(format!("agency: wanted {filed} cases, but it has {cases}")) }
}
