//! One person's stay: what they have brought, who they are, what lies over their page. Everything personal stands here and in scenes, and
//! dies with them whole.

use std::sync::Arc;

use contract::catalogue::{Catalogue, Evidence, Item};
use contract::message::{Binding, News, Outcome, subject_digest};
use contract::problem::ProblemCode;
use hal::Private;
use hal::card::{Holder, Insertion};
use ui::Look;

use super::effect::ActId;
use super::evidence::Presented;
use super::state::{Form, LaidDown, Scene};
use crate::crypto::person::Pseudonym;

/// One person's stay. Dropped whole at its end; nothing is ever reset field by field.
pub struct Visit {
    /// Counts visits since the program started.
    pub number: u64,
    /// Names the visit to the agency.
    pub token: String,
    /// Names it for what is nobody's, which travels over a line of its own: under the visit's token the agency, and the journal, would have it
    /// beside who signed in.
    pub open_token: String,
    /// Language and text size.
    pub look: Look,
    /// When it began.
    pub opened_ms: u64,
    /// When the person last did something.
    pub touched_ms: u64,
    /// When a result last came, or an act was blocked: a number that this brought has been on the glass since then.
    pub told_ms: u64,
    /// What lies over the page.
    pub over: Option<Over>,
    /// What was offered when the visit began.
    pub catalogue: Arc<Catalogue>,
    /// The card that opened it.
    pub card: Option<VisitCard>,
    /// A card that waits until somebody without one has been told how something of nobody's ended; read when they are home.
    pub next: Option<Insertion>,
    /// Who it is, once what was presented and the agency agree; nobody for what anybody may ask.
    pub person: Option<Person>,
    /// For whom the person acts (代办); none for themselves.
    pub principal: Option<Principal>,
    /// The item that whoever has not been identified yet wants; opened once they are.
    pub wanted: Option<Box<Form>>,
    /// 办件编号 of a case that nobody has been asked about yet.
    pub to_rate: Option<String>,
    /// How an act ended, until its person sees the page that says so.
    pub to_tell: Option<(ActId, Outcome)>,
    /// Where the visit was when its card left; waits until the same card and PIN are back.
    pub paused: Option<Box<Scene>>,
    /// An identity document is to be taken along.
    pub document: LaidDown,
    /// The insertion in which a card that tells no tries has had its one attempt at its old PIN.
    pub pin_spent: Option<Insertion>,
    /// Slips the printer confirmed.
    pub slips: u32,
    /// Sheets of documents that the printer confirmed, as many as the agency says they have.
    pub sheets: u32,
    /// Cases and questions that were brought on their way.
    pub cases: u64,
}

impl Visit {
    /// What lies in the reader: its card, or one that waits.
    pub(super) fn card_in(&self) -> Option<Insertion> {
        self.card.as_ref().and_then(|card| card.insertion).or(self.next)
    }

    /// Whether this insertion has had its one attempt: a card that tells no number gets no other.
    pub(super) fn has_spent_its_attempt(&self) -> bool {
        self.pin_spent.is_some() && self.pin_spent == self.card.as_ref().and_then(|card| card.insertion)
    }

    /// Somebody has just done what the page waited for, or has something new to do: a warning of before is answered. Left there, it would
    /// end the visit at its own moment, whatever has come since.
    pub(super) const fn answer_warning(&mut self) {
        if matches!(self.over, Some(Over::Idle { .. })) {
            self.over = None;
        }
    }

    /// Something new has come: what the person has opened over the page goes, so that they are seen. A warning stays.
    pub(super) const fn uncover(&mut self) {
        if matches!(self.over, Some(Over::Help | Over::Display)) {
            self.over = None;
        }
    }
}

/// What lies over the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Are you still there? Answer until this moment.
    Idle {
        /// Elapsed milliseconds.
        until_ms: u64,
    },
    /// Where to find a person.
    Help,
    /// How it should look.
    Display,
}

/// The card that opened the visit.
pub struct VisitCard {
    /// Which insertion lies in the reader; `None` while the card is out or the reader lost.
    pub insertion: Option<Insertion>,
    /// 卡识别码 once read: the same card is the same id.
    pub id: Option<Private<String>>,
    /// Its holder once read; shown to nobody before the PIN is right.
    pub holder: Option<Holder>,
}

impl Visit {
    /// In whose name an item asks, and of whom its answers must be: of nobody, where the item asks nobody who they are.
    pub(super) fn asks_as(&self, item: &Item) -> Asker {
        let asker = |session: &Private<String>, subject: &String| Asker {
            visit: self.token.clone(),
            session: session.clone(),
            subject: subject.clone(),
        };
        let known = match (&self.person, &self.principal) {
            _ if item.is_of_nobody() => None,
            (_, Some(principal)) => Some(asker(&principal.session, &principal.subject)),
            (Some(person), None) => Some(asker(&person.session, &person.subject)),
            (None, None) => None,
        };
        let nobody = || Asker {
            visit: self.open_token.clone(),
            session: Private::new(String::new()),
            subject: subject_digest(&self.open_token, ""),
        };
        known.unwrap_or_else(nobody)
    }

    /// Whether an answer is about this visit and whom its item is about.
    pub(super) fn is_ours(&self, item: &Item, binding: &Binding) -> bool {
        let asker = self.asks_as(item);
        binding.visit == asker.visit && binding.subject == asker.subject
    }

    /// Whether an answer is about this visit and whoever has this number.
    pub(super) fn is_about(&self, binding: &Binding, id_number: &str) -> bool {
        binding.visit == self.token && binding.subject == subject_digest(&self.token, id_number)
    }

    /// Whom an item is about, by name; nobody, where it asks nobody who they are.
    pub(crate) fn concerned(&self, item: &Item) -> Option<&Private<String>> {
        let own = || self.person.as_ref().map(|person| &person.name);
        let named = self.principal.as_ref().map(|principal| &principal.name).or_else(own);
        named.filter(|_| !item.is_of_nobody())
    }

    /// Whom an item concerns, under the terminal's key; nobody, where it asks nobody who they are.
    pub(super) fn pseudonym(&self, item: &Item) -> Option<Pseudonym> {
        let own = || self.person.as_ref().map(|person| &person.pseudonym);
        let of = self.principal.as_ref().map(|principal| &principal.pseudonym).or_else(own);
        of.filter(|_| !item.is_of_nobody()).cloned()
    }

    /// What this sign-in opens: ids of items, empty for all, and why not all.
    pub(crate) fn opened(&self) -> (&[String], Option<ProblemCode>) {
        match (&self.principal, &self.person) {
            (Some(principal), _) => (&principal.only, None),
            (None, Some(person)) => (&person.only, person.only_because),
            (None, None) => (&[], None),
        }
    }
}

impl Person {
    /// What was presented.
    #[must_use]
    pub const fn evidence(&self) -> Evidence {
        self.presented.evidence
    }
}

/// In whose name something is asked.
pub(super) struct Asker {
    /// Names the visit to the agency; another name than the visit's own where nobody is asked who they are.
    pub visit: String,
    /// Names the sign-in to the agency; empty where nobody is asked who they are.
    pub session: Private<String>,
    /// What every answer must carry.
    pub subject: String,
}

/// Somebody who has authorised the visit's person to act for them. Opened by the agency, for some items; dies with the visit.
pub struct Principal {
    /// As it was typed and found right.
    pub name: Private<String>,
    /// Who it is, under the terminal's key.
    pub pseudonym: Pseudonym,
    /// What every answer about them must carry.
    pub subject: String,
    /// Names the sign-in to the agency.
    pub session: Private<String>,
    /// Of the authority as it was sent; see [`super::evidence::digest`].
    pub digest: String,
    /// Ids of the items that the authority covers; never empty.
    pub only: Vec<String>,
}

/// A member of staff has seen the person.
pub struct Seen {
    /// For which item.
    pub item: String,
    /// When.
    pub at_ms: u64,
    /// Of what the staff card signed and who vouches; see [`super::evidence::digest`].
    pub digest: String,
}

/// Who it is.
pub struct Person {
    /// As on the chip.
    pub name: Private<String>,
    /// As on the chip.
    pub id_number: Private<String>,
    /// Who it is, under the terminal's key.
    pub pseudonym: Pseudonym,
    /// What every personal answer must carry.
    pub subject: String,
    /// Names the sign-in to the agency.
    pub session: Private<String>,
    /// When the card last accepted the PIN, or what was presented instead was accepted.
    pub proved_ms: u64,
    /// What was presented.
    pub presented: Presented,
    /// Who of the staff has seen them, if somebody has.
    pub seen: Option<Seen>,
    /// Ids of the items that this sign-in opens; empty for all.
    pub only: Vec<String>,
    /// Why not all of them.
    pub only_because: Option<ProblemCode>,
    /// What is new for them.
    pub news: Vec<News>,
}
