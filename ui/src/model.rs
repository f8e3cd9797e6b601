//! What may be shown and what may be asked: plain data, no Slint, no rules.
//!
//! A page gets its data whole, so nothing of the last person can stay on the glass. All text is finished: in the
//! visitor's language, masked, formatted. Everything that can be tapped is a [`Button`] that carries its [`Intent`].

mod look;

pub use look::{Lang, Look, Shape, Size};

/// Numbers the screens of a process; an intent echoes it, so a tap meant for another screen is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ScreenId(pub u64);

/// Everything a person can ask for. Closed; indices point into the screen that was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Intent {
    /// One digit of a PIN, 0 to 9.
    Digit(u8),
    /// Take the last digit back.
    Erase,
    /// Take all digits back.
    Clear,
    /// The filled button of the page.
    Confirm,
    /// One step back.
    Back,
    /// Choice or tile number n of this page, from 0.
    Choose(u16),
    /// Next page of a list.
    NextPage,
    /// Previous page of a list.
    PreviousPage,
    /// Larger text; after the largest, the standard size again.
    Larger,
    /// The other language.
    Language,
    /// Where to find a person.
    Help,
    /// How it should look: colours, where the buttons are.
    Display,
    /// Black ground and white text, or the house's colours again.
    Contrast,
    /// Every button within reach of somebody who sits, or spread out again.
    LowReach,
    /// I am still here.
    MoreTime,
    /// End the visit and give the card back.
    Leave,
}

impl Intent {
    /// Every kind of intent once, for tables.
    pub const KINDS: [Self; 16] = [
        Self::Digit(0),
        Self::Erase,
        Self::Clear,
        Self::Confirm,
        Self::Back,
        Self::Choose(0),
        Self::NextPage,
        Self::PreviousPage,
        Self::Larger,
        Self::Language,
        Self::Help,
        Self::Display,
        Self::Contrast,
        Self::LowReach,
        Self::MoreTime,
        Self::Leave,
    ];

    /// The kind's name, for tables and logs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Digit(_) => "digit",
            Self::Erase => "erase",
            Self::Clear => "clear",
            Self::Confirm => "confirm",
            Self::Back => "back",
            Self::Choose(_) => "choose",
            Self::NextPage => "next-page",
            Self::PreviousPage => "previous-page",
            Self::Larger => "larger",
            Self::Language => "language",
            Self::Help => "help",
            Self::Display => "display",
            Self::Contrast => "contrast",
            Self::LowReach => "low-reach",
            Self::MoreTime => "more-time",
            Self::Leave => "leave",
        }
    }
}

/// Something that can be tapped. `label` is also what a screen reader says and what the hall's `tap` looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Button {
    /// Verb and noun.
    pub label: String,
    /// What a tap asks for; `None` shows it greyed, with `hint` as the reason.
    pub intent: Option<Intent>,
    /// A second, smaller line; the reason where it cannot be tapped.
    pub hint: String,
    /// Picture beside the words.
    pub icon: Icon,
}

/// The pictures pages may use. Never without words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Icon {
    /// No picture.
    #[default]
    None,
    /// Arrow to the left.
    Back,
    /// Tick in a circle.
    Ok,
    /// Exclamation mark in a triangle.
    Warn,
    /// Cross in a circle.
    Stop,
    /// Letter i in a circle.
    Info,
    /// Card.
    Card,
    /// Leave through a door.
    Leave,
    /// List of lines.
    List,
    /// Sheet with a seal.
    Certificate,
    /// Receipt slip.
    Receipt,
    /// Printer.
    Printer,
    /// Large and small A.
    TextSize,
    /// Half-filled circle.
    Contrast,
    /// Arrow to a line below.
    LowReach,
    /// Globe.
    Language,
    /// Person with a headset.
    Help,
    /// Clock.
    Clock,
    /// House.
    Home,
    /// Piggy bank.
    Savings,
    /// Shield.
    Shield,
    /// Building.
    Building,
    /// Calendar.
    Calendar,
    /// Cable with a plug pulled out.
    Offline,
    /// Finger-sized delete key.
    Erase,
}

/// One whole screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screen {
    /// Echoed by every intent.
    pub id: ScreenId,
    /// Stable name of the page for journeys and tables ("welcome", "pin", "printing").
    pub name: &'static str,
    /// How to draw it.
    pub look: Look,
    /// On what kind of panel.
    pub shape: Shape,
    /// Header, first line: the service's name.
    pub title: String,
    /// Header, second line: hall and terminal.
    pub place: String,
    /// Bar, the same places on every page: text size, language, display, help.
    pub bar: Vec<Button>,
    /// 取卡离开: its own fixed place, outlined; `None` where there is nothing to leave.
    pub leave: Option<Button>,
    /// The page itself.
    pub page: Page,
    /// Laid over the page, which is then hidden from sight and touch.
    pub over: Option<Ask>,
}

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
}

/// How a column is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Column {
    /// Share of the width, in parts of the sum of all parts.
    pub parts: u8,
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
