//! Cases: what was filed, how far it is, and what came of it. The calls in `calls/` ask here; everything happens in their transaction.
//!
//! | File | What stands in it |
//! |---|---|
//! | here | a case as it is kept, and what an item's rules grant |
//! | [`file`](mod@file) | filing, and the same key again |
//! | [`kept`] | the rows: reading and finding |
//! | [`life`] | the stages: by themselves with the days, by an order of the steering file, by withdrawal |
//! | [`parts`] | who else had a part: witness, agent |
//! | [`number`] | 办件编号 and pick-up code |
//! | [`rules`] | whether somebody may file, and what comes of it: one file an item |
//! | [`effect`] | what a granted case changes |
//! | [`evaluation`] | what was said of a case |
//! | [`show`], [`steps`] | a case in words |
//! | [`list`] | Q09 and Q12 |
//!
//! Must never: hand out somebody's case to anybody else, or say of a case what has not happened yet.

pub mod effect;
pub mod evaluation;
pub mod file;
pub mod kept;
pub mod life;
pub mod list;
mod number;
pub mod parts;
pub mod rules;
pub mod show;
mod steps;

use std::collections::BTreeMap;

use contract::catalogue::{Item, Text};
use contract::field::Value;
use contract::format::Date;
use contract::message::{CaseStage, Cell};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use crate::calls::{Call, Refusal};
use crate::language::Language;
use crate::rules::Rules;
use crate::store::Person;
use effect::Fact;

/// A case, as it is kept.
#[derive(Clone, Debug)]
pub struct Kept {
    pub seq: i64,
    pub number: String,
    pub pick_up: String,
    pub key: String,
    pub person: i64,
    pub item: String,
    /// Digest of the body without its session.
    pub request: String,
    pub consent: String,
    pub outcome: Outcome,
    pub stage: CaseStage,
    pub filed: Date,
    pub accepted: Option<Date>,
    pub due_by_law: Option<Date>,
    pub due_by_promise: Option<Date>,
    pub next_on: Option<Date>,
    /// The last order of the steering file that was carried out.
    pub ordered: Option<CaseStage>,
    /// Every stage it has been in, with the day.
    pub stages: Vec<(CaseStage, Date)>,
}

impl Kept {
    /// Whether anything can still become of it.
    pub const fn is_open(&self) -> bool {
        !matches!(self.stage, CaseStage::Refused | CaseStage::Rejected | CaseStage::Delivered | CaseStage::Withdrawn)
    }

    /// Whether its owner can still take it back, and nothing has come of it yet.
    pub const fn is_undecided(&self) -> bool {
        self.is_open() && !matches!(self.stage, CaseStage::Approved)
    }

    /// The day on which it last came to this stage.
    pub fn day_of(&self, stage: CaseStage) -> Option<Date> {
        self.stages.iter().rev().find(|(reached, _)| *reached == stage).map(|(_, day)| *day)
    }

    /// The day of its last change.
    pub fn changed(&self) -> Date {
        self.stages.last().map_or(self.filed, |(_, day)| *day)
    }
}

/// What an item's rules grant, kept with the case: told as figures, and changed when the case is granted. `Debug` shows no value.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Outcome {
    pub figures: Vec<Told>,
    /// Text of a QR code that leads on, once the case is granted: `{case}` stands for the pick-up code.
    pub pointer: String,
    pub changes: Vec<Change>,
    /// The telephone that is told before anything changes.
    pub notice_to: Option<String>,
}

impl std::fmt::Debug for Outcome {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Outcome").field("changes", &self.changes.len()).finish_non_exhaustive()
    }
}

/// A figure in both languages: whoever asks later may read the other.
#[derive(Clone, Serialize, Deserialize)]
pub struct Told {
    pub label: Text,
    pub value: Cell,
}

/// One thing that changes.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    pub fact: Fact,
    pub value: String,
}

/// One person before one item, at prefill and at filing.
pub struct Ask<'a> {
    pub db: &'a Connection,
    pub rules: &'a Rules,
    pub item: &'a Item,
    pub person: &'a Person,
    pub today: Date,
    pub language: Language,
}

impl<'a> Ask<'a> {
    /// As the call has it.
    pub fn of(call: &Call<'a>, item: &'a Item, person: &'a Person, language: Language) -> Self {
        Self { db: call.db, rules: &call.agency.rules, item, person, today: call.today, language }
    }

    /// What the agency knows already, for the fields that name a record (国务院关于在线政务服务的若干规定, art. 7). What would not pass the
    /// field's own check is asked instead.
    pub fn prefilled(&self) -> Result<BTreeMap<String, Value>, Refusal> {
        let mut values = BTreeMap::new();
        for field in &self.item.inputs {
            let Some(record) = &field.prefill else { continue };
            let known = match record.as_str() {
                "phone" => self.person.phone.clone(),
                "address" => self.person.address.clone(),
                "postcode" => self.person.postcode.clone(),
                "today" => self.today.to_string(),
                "base" => effect::last_base_yuan(self)?,
                _ => String::new(),
            };
            if let Ok(value) = field.kind.check(&known, self.today) {
                values.insert(field.id.clone(), value);
            }
        }
        Ok(values)
    }
}
