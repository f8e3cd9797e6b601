//! What each page is given, whole: nothing of the last person can stay on the glass.

use super::{Button, Entry, Icon, Summary};

/// One page, one shape in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Page {
    /// Nobody is here: which slot, which way round.
    Welcome(Welcome),
    /// Something works; nothing to decide.
    Working(Working),
    /// PIN on the touch keypad.
    Pin(Pin),
    /// Tiles: what can be done here.
    Home(Home),
    /// One question, a few large answers.
    Choose(Choose),
    /// A result: figures and rows.
    Table(Table),
    /// Something is typed.
    Entry(Entry),
    /// Pairs of what and which: to agree to, or what came of it.
    Summary(Summary),
    /// A text, page by page.
    Reading(Reading),
    /// One message: what happened, what was done, what to do now.
    Notice(Notice),
    /// What to take along.
    Farewell(Farewell),
}

/// Nobody is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Welcome {
    /// 请插入社会保障卡.
    pub title: String,
    /// Which way round, which slot.
    pub hint: String,
    /// What is printed on the drawn card.
    pub card: String,
    /// The full-width elder button.
    pub elder: Button,
    /// Goes on without a card; `None` where there is nothing to go on to.
    pub begin: Option<Button>,
    /// What does not work now and what to do instead; one line each, in words for citizens.
    pub notices: Vec<String>,
    /// How to get help: place and telephone.
    pub help: String,
    /// Whether a card would be accepted; if not the card panel says `title` in the warning colour and shows no arrow.
    pub open: bool,
}

/// How far one step of the work is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Progress {
    /// Confirmed done.
    Done,
    /// Being done.
    Now,
    /// Not begun.
    Next,
    /// Waits for somebody.
    Blocked,
}

/// Something works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Working {
    /// Picture of what works.
    pub icon: Icon,
    /// What is being done.
    pub title: String,
    /// What the citizen should do or leave undone meanwhile.
    pub hint: String,
    /// The steps of the work, if it has several.
    pub steps: Vec<(Progress, String)>,
    /// A warning while it waits for somebody (paper out); empty otherwise.
    pub warning: String,
    /// Lower left, if there is a way back.
    pub back: Option<Button>,
}

/// PIN on the touch keypad. No digit ever comes here: only how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pin {
    /// 请输入社保卡密码.
    pub title: String,
    /// Which of the two passwords, and to shield the keypad.
    pub hint: String,
    /// How many digits are in.
    pub entered: u8,
    /// Tries left and what follows; empty when there is nothing to warn of.
    pub warning: String,
    /// Ten digit keys in the order they are drawn (left to right, top to bottom, the last in the middle below).
    pub digits: Vec<Button>,
    /// Take one back.
    pub erase: Button,
    /// Take all back.
    pub clear: Button,
    /// Large, filled, lower right.
    pub confirm: Button,
    /// Lower left.
    pub back: Option<Button>,
}

/// What can be done here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Home {
    /// Masked name and a greeting.
    pub greeting: String,
    /// 请选择要办的事.
    pub title: String,
    /// Two to eight tiles a page; `hint` is the second line.
    pub tiles: Vec<Button>,
    /// What does not work now; one line each.
    pub notices: Vec<String>,
    /// "第 2 页，共 3 页"; empty when there is one page.
    pub position: String,
    /// Greyed on the first page; `None` when there is one page.
    pub previous: Option<Button>,
    /// Greyed on the last page; `None` when there is one page.
    pub next: Option<Button>,
    /// Lower left: from a group of tiles to the groups; `None` where these are the groups.
    pub back: Option<Button>,
}

/// One question, a few large answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choose {
    /// What it is about (the item's name).
    pub topic: String,
    /// The question.
    pub title: String,
    /// What helps to answer; may be empty.
    pub hint: String,
    /// Two to six answers.
    pub choices: Vec<Button>,
    /// Lower left.
    pub back: Option<Button>,
    /// Lower right: passes over the question.
    pub skip: Option<Button>,
}

/// How a column is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    /// Share of the width, in parts of the sum of all parts.
    pub parts: u16,
    /// Numbers stand at the right, tabular.
    pub right: bool,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// One text a column.
    pub cells: Vec<String>,
    /// What is out of the ordinary about this row ("欠缴"); empty for most.
    pub mark: String,
}

/// A result: figures and rows. Every number carries its scope.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The item's name.
    pub title: String,
    /// Insurance and period.
    pub scope: String,
    /// Label and value, two or three.
    pub figures: Vec<(String, String)>,
    /// Column headings.
    pub headings: Vec<String>,
    /// How the columns are set.
    pub columns: Vec<Column>,
    /// Lines in a row; where there are several, texts are broken into as many.
    pub lines: usize,
    /// Whether some row, on whichever page, has a mark: columns leave room for it.
    pub marked: bool,
    /// The rows of this page.
    pub rows: Vec<Row>,
    /// Below the table; may be empty.
    pub note: String,
    /// "第 2 页，共 5 页"; empty when there is one page.
    pub position: String,
    /// Greyed on the first page; `None` when there is one page.
    pub previous: Option<Button>,
    /// Greyed on the last page; `None` when there is one page.
    pub next: Option<Button>,
    /// Large, filled, lower right.
    pub primary: Option<Button>,
    /// Lower left.
    pub back: Option<Button>,
}

/// How a line of a text is set. All lines are equally high.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineStyle {
    /// Of the title.
    Title,
    /// What the lines below it are about.
    Label,
    /// Of the text.
    Body,
    /// About the text: number, days, source.
    Aside,
}

/// A text, page by page. Its lines are broken already, so that whoever turns pages knows how many there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The item's name.
    pub topic: String,
    /// The lines of this page, as [`crate::measure::lines`] breaks them; empty ones part.
    pub lines: Vec<(LineStyle, String)>,
    /// "第 2 页，共 5 页"; empty when there is one page.
    pub position: String,
    /// Greyed on the first page; `None` when there is one page.
    pub previous: Option<Button>,
    /// Greyed on the last page; `None` when there is one page.
    pub next: Option<Button>,
    /// Lower left.
    pub back: Option<Button>,
}

/// Colour and icon of a message; never alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Tone {
    /// Confirmed success.
    Ok,
    /// Neutral information.
    Info,
    /// Something to do.
    Warn,
    /// It did not work.
    Stop,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Colour and picture.
    pub tone: Tone,
    /// What happened, in one short line.
    pub title: String,
    /// What was and was not done, and what to do now; one paragraph each.
    pub lines: Vec<String>,
    /// Where to go on: window, materials, hours, telephone; may be empty.
    pub route: String,
    /// Small print for staff and technician: fault code or act id; may be empty.
    pub code: String,
    /// Large, filled, lower right.
    pub primary: Option<Button>,
    /// Lower left.
    pub back: Option<Button>,
}

/// What to take along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Farewell {
    /// 请取走您的物品.
    pub title: String,
    /// "1 张卡", "2 张纸", with their pictures.
    pub items: Vec<(Icon, String)>,
    /// A last word.
    pub hint: String,
    /// Whether something is still in the slot (the page then points to it).
    pub waiting: bool,
}

/// A question laid over the page (are you still there?).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Its picture.
    pub icon: Icon,
    /// The question.
    pub title: String,
    /// What happens without an answer, and when.
    pub hint: String,
    /// Filled, right.
    pub yes: Button,
    /// Outlined, left.
    pub no: Button,
}
