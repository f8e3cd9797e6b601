//! A document is checked without the agency: the terminal looks at the signature in its QR code, and says what it has not looked at. For items
//! of which the catalogue says so (`offline_check`), and where the site has keys. Knows field types, no item.
//!
//! What the agency answers always goes first: it is asked whenever it is not known to be down, and again from this page when it is back.

use contract::catalogue::Item;
use contract::field::Value;
use contract::format::DocumentSeal;
use contract::site::DocumentKey;
use ui::Intent;

use super::context::{Context, Refusal};
use super::look::{shape, summary_rows_a_page, turned};
use super::page::PageName;
use super::state::{Form, Scene};
use super::terminal::Terminal;
use super::visit::Visit;
use super::{form, item, scan};
use crate::agency::AgencyError;
use crate::crypto::document::{Verdict, verify};
use crate::events::{Event, Name};

/// A document that was checked without the agency.
pub struct Checked {
    /// The item, with what was scanned or typed where that is an answer to it.
    pub form: Form,
    /// What was found.
    pub found: SealFound,
    /// First row of the page now shown.
    pub first_row: usize,
}

/// What can be said of a document without the agency.
pub enum SealFound {
    /// The signature is right: all of this was issued. Whether it still counts is not known.
    Signed(Box<DocumentSeal>),
    /// The key that it names has not signed this.
    Wrong,
    /// The key that it names is not known here: algorithm and id.
    UnknownKey(String, String),
    /// It is no signed text of a document.
    NoSeal,
    /// A code was typed, and a code carries no signature.
    CodeOnly,
}

impl SealFound {
    fn of(text: &str, accepted: &[DocumentKey]) -> Self {
        match DocumentSeal::parse(text) {
            Some(seal) => match verify(&seal, accepted) {
                Verdict::Signed => Self::Signed(Box::new(seal)),
                Verdict::Wrong => Self::Wrong,
                Verdict::UnknownKey => Self::UnknownKey(seal.algorithm, seal.key_id),
            },
            None if text.contains('|') => Self::NoSeal,
            None => Self::CodeOnly,
        }
    }

    /// Which page tells it.
    pub(super) const fn page_name(&self) -> PageName {
        match self {
            Self::Signed(_) => PageName::SealSigned,
            Self::Wrong => PageName::SealWrong,
            Self::UnknownKey(..) => PageName::SealUnknownKey,
            Self::NoSeal => PageName::NoSeal,
            Self::CodeOnly => PageName::CodeOnly,
        }
    }

    /// Stable name, in the audit and of the page.
    #[must_use]
    pub const fn as_str(&self) -> &'static str {
        self.page_name().as_str()
    }
}

/// What can be done next on the page that tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// The agency is back: it is asked about the same document.
    Ask,
    /// A code is held before the scanner once more.
    Scan,
}

/// Rows of what stands in a signed text, on all of its pages: code, two days, key.
pub(crate) const ROWS: usize = 4;

/// Whether an item can be begun although the agency cannot be reached.
pub(crate) fn offered(item: &Item, terminal: &Terminal) -> bool {
    checks(item, terminal) && terminal.health.scanner == Some(Ok(()))
}

/// Whether signatures for it can be checked here.
fn checks(item: &Item, terminal: &Terminal) -> bool {
    item.offline_check && !terminal.site.agency.document_keys.is_empty()
}

/// Whether what was just scanned or typed for it is checked here, because the agency is known to be down.
pub(crate) fn instead(item: &Item, terminal: &Terminal) -> bool {
    !terminal.health.agency && checks(item, terminal)
}

/// Whether it is checked here now that the agency has not answered.
pub(super) fn after(item: &Item, error: &AgencyError, terminal: &Terminal) -> bool {
    error.is_outage() && checks(item, terminal)
}

/// What can be done next; nothing where there is neither agency nor scanner.
pub(crate) fn next(checked: &Checked, terminal: &Terminal) -> Option<Next> {
    let answered = form::open_field(&checked.form).is_none();
    match terminal.health.scanner {
        _ if terminal.health.agency && answered => Some(Next::Ask),
        Some(Ok(())) => Some(Next::Scan),
        _ => None,
    }
}

/// All questions are answered: checks the answer.
pub(super) fn answered(visit: &Visit, form: Form, cx: &mut Context<'_>) -> Scene {
    let text = form.answers.values().next().map(Value::to_text).unwrap_or_default();
    let found = SealFound::of(&text, &cx.terminal.site.agency.document_keys);
    told(visit, form, found, cx)
}

/// Something was held before the scanner: what is no signed text of a document is told so, and is no answer.
pub(super) fn scanned(visit: &Visit, mut form: Form, text: &str, cx: &mut Context<'_>) -> Scene {
    let found = match SealFound::of(text, &cx.terminal.site.agency.document_keys) {
        SealFound::CodeOnly => SealFound::NoSeal,
        found => found,
    };
    let field = form::open_field(&form).cloned();
    let answer = field.and_then(|field| Some((field.id, field.kind.check(text, cx.now.date()).ok()?)));
    form.answers.extend(answer.filter(|_| !matches!(found, SealFound::NoSeal)));
    told(visit, form, found, cx)
}

fn told(visit: &Visit, form: Form, found: SealFound, cx: &mut Context<'_>) -> Scene {
    let item = Name::from(form.item.id.as_str());
    cx.log(Event::CheckedOffline { visit: visit.number, item, found: found.as_str() });
    Scene::Checked(Checked { form, found, first_row: 0 })
}

pub(super) fn tap(visit: &Visit, mut checked: Checked, intent: Intent, cx: &mut Context<'_>) -> Scene {
    let a_page = summary_rows_a_page(visit.look, shape(&cx.terminal.site.panel));
    let rows = if matches!(checked.found, SealFound::Signed(_)) { ROWS } else { 0 };
    match (intent, next(&checked, cx.terminal)) {
        (Intent::Back, _) => return Scene::Home(checked.form.home),
        (Intent::Confirm, Some(Next::Ask)) => return item::go_on(visit, checked.form, cx),
        (Intent::Confirm, Some(Next::Scan)) => {
            checked.form.answers.clear();
            return scan::begin(visit, checked.form, cx);
        }
        _ => match turned(checked.first_row, rows, a_page, intent) {
            Some(first) => checked.first_row = first,
            None => cx.refuse(Refusal::NotOffered),
        },
    }
    Scene::Checked(checked)
}
