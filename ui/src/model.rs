//! What may be shown and what may be asked: plain data, no Slint, no rules.
//!
//! A page gets its data whole, so nothing of the last person can stay on the glass. All text is finished: in the
//! visitor's language, masked, formatted. Everything that can be tapped is a [`Button`] that carries its [`Intent`].

mod look;
mod pages;
mod typed;

pub use look::{Lang, Look, Shape, Size};
pub use pages::{
    Ask, Choose, Column, Farewell, Home, LineStyle, Notice, Page, Pin, Progress, Reading, Row, Table, Tone, Welcome,
    Working,
};
pub use typed::{Board, Entry, Letters, Pair, Summary};

/// Numbers the screens of a process; an intent echoes it, so a tap meant for another screen is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct ScreenId(pub u64);

/// Everything a person can ask for. Closed; indices point into the screen that was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Intent {
    /// One digit of a PIN, 0 to 9.
    Digit(u8),
    /// One character typed on a board.
    Type(char),
    /// Candidate n of the input method on this page, from 0.
    Candidate(u16),
    /// Another board: number n of those offered, from 0.
    Board(u16),
    /// Begin without a card.
    Begin,
    /// Take the last digit or character back.
    Erase,
    /// Take all that was typed back.
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
    pub const KINDS: [Self; 20] = [
        Self::Digit(0),
        Self::Type('a'),
        Self::Candidate(0),
        Self::Board(0),
        Self::Begin,
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
            Self::Type(_) => "type",
            Self::Candidate(_) => "candidate",
            Self::Board(_) => "board",
            Self::Begin => "begin",
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
    /// Frame around a code.
    Scan,
    /// Card with a portrait.
    IdDocument,
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
