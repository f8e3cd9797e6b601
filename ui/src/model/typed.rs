//! The pages of an application: something is typed, all of it is read through once more, and what came of it.

use super::{Button, Tone};

/// Something is typed: a number, a name, an address, a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The item's name.
    pub topic: String,
    /// The question.
    pub title: String,
    /// What is right, with an example; may be empty.
    pub hint: String,
    /// The text so far, as it is to be shown (grouped, masked); may be empty. Where it is longer than the field, its end
    /// is shown.
    pub text: String,
    /// Letters of the input method that are not text yet; underlined behind the text.
    pub preedit: String,
    /// Why it was not accepted, and an example; empty otherwise. Takes the hint's place.
    pub warning: String,
    /// What it is typed on.
    pub board: Board,
    /// Take the last character back.
    pub erase: Button,
    /// Take all back.
    pub clear: Button,
    /// Large, filled, lower right.
    pub confirm: Button,
    /// Lower left.
    pub back: Option<Button>,
}

/// What something is typed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Board {
    /// Ten digits in the order drawn (1 2 3 / 4 5 6 / 7 8 9 / extra 0 extra), extras may be a point, an X, or absent: at
    /// most twelve keys, `None` leaves a hole.
    Digits(Vec<Option<Button>>),
    /// A keyboard.
    Letters(Letters),
}

/// A keyboard, with the candidates of an input method above its keys.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Letters {
    /// Rows of keys, at most 10 a row, at most 4 rows. A row of at most five shares the whole width among its keys: the
    /// place for a space bar and for keys with more than one character on them.
    pub rows: Vec<Vec<Button>>,
    /// This page's candidates, each with [`super::Intent::Candidate`]; at most 6, of at most four characters each. While
    /// there are any, they may take the place of hint and warning.
    pub candidates: Vec<Button>,
    /// Page of candidates before; greyed on the first, `None` where there is one page.
    pub previous: Option<Button>,
    /// Page of candidates after; greyed on the last, `None` where there is one page.
    pub next: Option<Button>,
    /// Switches of the board (拼音, abc, 123), at most four, each with [`super::Intent::Board`]; the present one has intent
    /// `None` and is drawn as chosen.
    pub boards: Vec<Button>,
}

/// Pairs of what and which: what a citizen is about to file, what came of it, a result that is no table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Summary {
    /// Info for a summary to confirm; Ok, Warn, Stop for an outcome.
    pub tone: Tone,
    /// The item's name.
    pub topic: String,
    /// What to do with it, or what came of it.
    pub title: String,
    /// This page's pairs.
    pub rows: Vec<Pair>,
    /// Below them: to what one agrees, what happens next; one paragraph each.
    pub lines: Vec<String>,
    /// Text of a QR code beside the lines, empty for none.
    pub qr: String,
    /// "第 2 页，共 5 页"; empty when there is one page.
    pub position: String,
    /// Greyed on the first page; `None` when there is one page.
    pub previous: Option<Button>,
    /// Greyed on the last page; `None` when there is one page.
    pub next: Option<Button>,
    /// Large, filled, lower right.
    pub primary: Option<Button>,
    /// Outlined, beside or above the filled one.
    pub secondary: Option<Button>,
    /// Lower left.
    pub back: Option<Button>,
    /// Small print: act id or case number; may be empty.
    pub code: String,
}

/// What, which, and how to change it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// What.
    pub label: String,
    /// Which.
    pub value: String,
    /// A large number, e.g. the pick-up code.
    pub strong: bool,
    /// 修改. Its `label` says what it changes ("修改联系电话"), so that a screen reader, and the hall's `tap`, can tell
    /// one from another; its `hint` is the short word drawn on it ("修改"). Without a hint the label is drawn.
    pub change: Option<Button>,
}
