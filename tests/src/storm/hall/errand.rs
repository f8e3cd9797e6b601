//! What somebody comes for: rows of `tests/items.toml`, and a few that can be done again and again. Pure.

use contract::catalogue::{Catalogue, Kind};
use kiosk::session::ActKind;

use super::trouble::Printer;
use crate::dice::Dice;
use crate::journey::item::{By, Row};

/// One errand: an item and what is answered, step by step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Item id.
    pub item: String,
    /// Label of its group on the first page.
    pub group: String,
    /// Label of the item.
    pub name: String,
    /// As the answers of a row.
    pub answers: Vec<String>,
    /// Which paper is wanted of what is then shown.
    pub slip: Slip,
}

impl Errand {
    /// Whether it gives the card another PIN.
    pub fn changes_pin(&self) -> bool {
        ["F11", "F12"].contains(&self.item.as_str())
    }
}

/// A slip, where the page offers one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slip {
    /// None.
    No,
    /// Without amounts, where there are any.
    Plain,
    /// With amounts.
    Amounts,
}

/// Personas with contributions of this year.
const PAYING: [usize; 5] = [1, 2, 4, 9, 12];

/// PINs that a card takes as new ones; in no persona's number.
pub const NEW_PINS: [&str; 5] = ["482915", "739164", "264803", "851937", "640281"];

/// What is drawn from.
pub struct Errands {
    catalogue: Catalogue,
    rows: Vec<Row>,
}

impl Errands {
    /// Reads the rows that one can play by card, alone, whatever was done before.
    ///
    /// # Errors
    /// Rows or catalogue cannot be read.
    pub fn read() -> Result<Self, String> {
        let (catalogue, _) = agency::made_up::read(None).map_err(|why| why.to_string())?;
        let mut rows = crate::journey::item::rows()?;
        // Whose name is shown on purpose (D01), whose digits are the persona's own (F12), what needs a slip in the hand.
        let apart = |answer: &String| ["ground ", "type-", "scan-"].iter().any(|head| answer.starts_with(head));
        rows.retain(|row| {
            let alone = row.by == By::Card && row.first.is_none() && !row.answers.iter().any(apart);
            alone && !["D01", "F12"].contains(&row.item.as_str())
        });
        Ok(Self { catalogue, rows })
    }

    /// An errand for persona `n`, whose card takes `old` now and `new` later, if they want another PIN.
    pub fn draw(&self, n: usize, old: &str, new: &str, dice: &mut Dice) -> Option<Errand> {
        let own: Vec<&Row> = self.rows.iter().filter(|row| row.persona == n).collect();
        let any: Vec<&Row> = self.rows.iter().collect();
        let (item, answers) = match dice.roll(8) {
            0..=3 => {
                let which = *dice.pick(&Again::ALL)?;
                (which.item().to_owned(), which.answers(old, new, dice))
            }
            4 | 5 if !own.is_empty() => dice.pick(&own).map(|row| (row.item.clone(), row.answers.clone()))?,
            _ => dice.pick(&any).map(|row| (row.item.clone(), row.answers.clone()))?,
        };
        // A row says the digits of its own persona.
        let pins = |answer: String| match answer.as_str() {
            "type 916305" => format!("type {old}"),
            "type 482915" => format!("type {new}"),
            _ => answer,
        };
        let answers = answers.into_iter().map(pins).collect();
        let slip = *dice.pick(&[Slip::No, Slip::Plain, Slip::Amounts]).unwrap_or(&Slip::No);
        self.errand(&item, answers, slip)
    }

    /// One that comes to an act of this kind.
    pub fn of(&self, kind: ActKind, n: usize, old: &str, new: &str, dice: &mut Dice) -> Option<Errand> {
        let which = match kind {
            ActKind::Slip => return self.that_meets(Printer::Receipt, n, dice),
            ActKind::Certificate => return self.that_meets(Printer::Page, n, dice),
            ActKind::Case => *dice.pick(&[Again::Telephone, Again::Complaint, Again::Advice])?,
            ActKind::CardPin => Again::NewPin,
            ActKind::Question => Again::Question,
        };
        self.errand(which.item(), which.answers(old, new, dice), Slip::No)
    }

    /// What meets a trouble of a printer, for persona `n`: a slip of contributions where they pay any, else of a complaint; or a document that
    /// they get.
    pub fn that_meets(&self, printer: Printer, n: usize, dice: &mut Dice) -> Option<Errand> {
        let gets = |row: &&Row| row.persona == n && row.journal == ["certificate", "printed"];
        if let (Printer::Page, Some(row)) = (printer, self.rows.iter().find(gets)) {
            return self.errand(&row.item, row.answers.clone(), Slip::No);
        }
        let (which, slip) = match printer {
            Printer::Receipt if PAYING.contains(&n) => (Again::Contributions, Slip::Amounts),
            Printer::Receipt => (Again::Complaint, Slip::Plain),
            Printer::Page => (Again::Certificate, Slip::No),
        };
        // Nobody who prints changes a PIN.
        self.errand(which.item(), which.answers("", "", dice), slip)
    }

    fn errand(&self, item: &str, answers: Vec<String>, slip: Slip) -> Option<Errand> {
        let item = self.catalogue.item(item)?;
        let group = self.catalogue.groups.iter().find(|group| group.id == item.group)?;
        // A certificate is paper itself.
        let slip = if item.kind == Kind::Print { Slip::No } else { slip };
        Some(Errand { item: item.id.clone(), group: group.name.zh.clone(), name: item.name.zh.clone(), answers, slip })
    }
}

/// What one can come for again and again.
#[derive(Clone, Copy)]
enum Again {
    Contributions,
    Certificate,
    Telephone,
    Complaint,
    Advice,
    Question,
    Document,
    NewPin,
}

impl Again {
    const ALL: [Self; 8] = [
        Self::Contributions,
        Self::Certificate,
        Self::Telephone,
        Self::Complaint,
        Self::Advice,
        Self::Question,
        Self::Document,
        Self::NewPin,
    ];

    const fn item(self) -> &'static str {
        match self {
            Self::Contributions => "Q02",
            Self::Certificate => "P01",
            Self::Telephone => "F02",
            Self::Complaint | Self::Advice => "F18",
            Self::Question => "I02",
            Self::Document => "V01",
            Self::NewPin => "F12",
        }
    }

    fn answers(self, old: &str, new: &str, dice: &mut Dice) -> Vec<String> {
        let typed = format!("type {}", letters(dice));
        let phone = format!("type 138000000{}", 60 + dice.roll(40));
        let (old, new) = (format!("type {old}"), format!("type {new}"));
        let answers: &[&str] = match self {
            Self::Contributions => &["城镇职工基本养老保险", "今年以来"],
            Self::Certificate => &["最近 12 个月"],
            Self::Telephone => &["修改联系电话", "清空", &phone, "下一步", "同意并提交"],
            Self::Complaint => &["投诉", "abc", &typed, "下一步", "跳过", "同意并提交"],
            Self::Advice => &["建议", "abc", &typed, "下一步", "跳过", "同意并提交"],
            Self::Question => &["abc", &typed, "下一步", "把它作为问题留下"],
            Self::Document => &["手工输入", "type-code", "下一步"],
            Self::NewPin => &["没有，继续办理", "开始修改", &old, "下一步", &new, "下一步", &new, "确认修改"],
        };
        answers.iter().map(|answer| (*answer).to_owned()).collect()
    }
}

/// Words that nobody has said before.
fn letters(dice: &mut Dice) -> String {
    (0..6).map(|_| *dice.pick(&['q', 'w', 'e', 'r', 't', 'y']).unwrap_or(&'q')).collect()
}
