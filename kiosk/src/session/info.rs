//! What is public: the guide to the catalogue's items, policy texts, the bulletin. Nobody has to be signed in; the guide needs no agency.
//!
//! A text is shown as the agency gives it now, and never from memory: whoever opens one asks for it, and the terminal looks at its approval
//! once more. What nobody answers can be left as a question, which is an act.

use contract::catalogue::{Info as Shows, Item, Kind};
use contract::field::Value;
use contract::message::{
    Bulletin, BulletinEntry, BulletinRequest, Content, Hit, Hits, PolicyText, QuestionKept, SearchTexts,
};
use hal::pad::Key;
use ui::Intent;

use super::context::{Context, Refusal};
use super::health::{agency_answers, agency_failed};
use super::home::Tile;
use super::input::{ActEnd, Completion, Ticket};
use super::keys;
use super::page::PageName;
use super::state::{Acting, Form, Home, Message, Scene};
use super::visit::Visit;
use crate::agency::{AgencyError, Question};

/// Something public.
pub struct Info {
    /// The item, with the words that were looked for.
    pub form: Form,
    /// What of it.
    pub page: InfoPage,
}

/// What is shown of something public.
pub enum InfoPage {
    /// Groups of items, or the items of one.
    Guide(Home),
    /// What is made public of an item: the list it stood in, the item, and the first character of the page.
    Notice(Home, Box<Item>, usize),
    /// A question to the agency is on its way.
    Asking(Ticket, Asked),
    /// Texts that hold the words.
    Found(Found),
    /// No text holds them.
    Nothing,
    /// A text, with the list it stood in and the first character of the page.
    Text(Found, Box<PolicyText>, usize),
    /// A question is kept.
    Left(Box<QuestionKept>),
    /// What the agency publishes of itself.
    Bulletin(Published),
    /// An entry of it, by its place, and the first row or character of the page.
    Entry(Published, usize, usize),
}

/// What the agency was asked.
pub enum Asked {
    /// For texts.
    Texts,
    /// For the text of this id, out of this list.
    Text(Found, String),
    /// For the bulletin.
    Bulletin,
}

/// Texts that were found.
pub struct Found {
    /// Best first.
    pub hits: Vec<Hit>,
    /// First of the page now shown.
    pub first: usize,
}

/// What the agency publishes of itself.
pub struct Published {
    /// Newest first.
    pub entries: Vec<BulletinEntry>,
    /// First of the page now shown.
    pub first: usize,
}

/// More than anybody leafs through; an agency that sends more does not follow the contract.
const HITS_MAX: usize = 20;
const ENTRIES_MAX: usize = 100;

/// Everything that this list of the guide leads to, on all of its pages.
pub(crate) fn guide_tiles<'a>(visit: &'a Visit, list: &Home) -> Vec<Tile<'a>> {
    let told = |item: &&Item| item.kind != Kind::Info;
    let items = visit.catalogue.items.iter().filter(told);
    match &list.group {
        Some(group) => items.filter(|item| item.group == *group).map(Tile::Item).collect(),
        None => {
            let filled = |group: &&contract::catalogue::Group| items.clone().any(|item| item.group == group.id);
            visit.catalogue.groups.iter().filter(filled).map(Tile::Group).collect()
        }
    }
}

/// Its questions are answered: shows it, or asks the agency for it.
pub(super) fn begin(visit: &Visit, form: Form, cx: &mut Context<'_>) -> Scene {
    let terminal = cx.terminal.site.terminal.id.clone();
    let language = visit.look.lang.tag().to_owned();
    match form.item.info {
        Some(Shows::Search) => {
            let request = SearchTexts { terminal, words: words(&form), language };
            ask(visit, form, Question::Search(request), Asked::Texts, cx)
        }
        Some(Shows::Bulletin) => {
            ask(visit, form, Question::Bulletin(BulletinRequest { terminal, language }), Asked::Bulletin, cx)
        }
        // The check of a catalogue lets no other pass.
        Some(Shows::Guide) | None => show(form, InfoPage::Guide(Home::default())),
    }
}

pub(super) fn show(form: Form, page: InfoPage) -> Scene {
    Scene::Info(Box::new(Info { form, page }))
}

pub(super) fn ask(visit: &Visit, form: Form, question: Question, asked: Asked, cx: &mut Context<'_>) -> Scene {
    let ticket = cx.ask(visit.number, question);
    show(form, InfoPage::Asking(ticket, asked))
}

/// What was looked for.
pub(crate) fn words(form: &Form) -> String {
    form.answers.values().next().map(Value::to_text).unwrap_or_default()
}

/// The agency has answered, or not.
pub(super) fn answered(info: Box<Info>, completion: Completion, cx: &mut Context<'_>) -> Scene {
    let Info { form, page } = *info;
    let InfoPage::Asking(ticket, asked) = page else {
        cx.refuse(Refusal::NotExpected);
        return show(form, page);
    };
    let came = match (asked, completion) {
        (Asked::Texts, Completion::Found(result)) => result.and_then(found),
        (Asked::Text(found, id), Completion::Text(result)) => {
            let ours = |text: &PolicyText| text.id == id && text.approval.in_force(cx.now.date());
            result
                .and_then(|text| if ours(&text) { Ok(text) } else { Err(AgencyError::Garbled) })
                .map(|text| InfoPage::Text(found, text, 0))
        }
        (Asked::Bulletin, Completion::Bulletin(result)) => result.and_then(published),
        (asked, _) => {
            cx.refuse(Refusal::NotExpected);
            return show(form, InfoPage::Asking(ticket, asked));
        }
    };
    match came {
        Ok(page) => {
            agency_answers(cx);
            show(form, page)
        }
        Err(error) => {
            agency_failed(&error, cx);
            Scene::message(Message::of(&error))
        }
    }
}

fn found(Hits { hits }: Hits) -> Result<InfoPage, AgencyError> {
    match hits.len() {
        0 => Ok(InfoPage::Nothing),
        1..=HITS_MAX => Ok(InfoPage::Found(Found { hits, first: 0 })),
        _ => Err(AgencyError::Garbled),
    }
}

/// Tables whose rows fit their columns; anything else is no answer.
fn published(Bulletin { entries }: Bulletin) -> Result<InfoPage, AgencyError> {
    let right = |entry: &BulletinEntry| match &entry.content {
        Content::Table(table) => table.is_well_formed() && table.figures.len() <= 1,
        Content::Text { paragraphs } => !paragraphs.is_empty(),
    };
    let good = entries.len() <= ENTRIES_MAX && entries.iter().all(right);
    if good { Ok(InfoPage::Bulletin(Published { entries, first: 0 })) } else { Err(AgencyError::Garbled) }
}

/// A question was left, or not.
pub(super) fn left(acting: Acting, mut end: ActEnd, cx: &mut Context<'_>) -> Scene {
    match (end.question.take(), acting.review) {
        (Some(kept), Some(review)) => {
            agency_answers(cx);
            show(review.form, InfoPage::Left(kept))
        }
        _ => Scene::message(Message::Acted(acting.kind, acting.id, end)),
    }
}

impl Info {
    /// Which page it is.
    pub(super) const fn page_name(&self) -> PageName {
        match &self.page {
            InfoPage::Guide(_) => PageName::Guide,
            InfoPage::Notice(..) => PageName::GuideItem,
            InfoPage::Asking(..) => PageName::Fetching,
            InfoPage::Found(_) => PageName::Found,
            InfoPage::Nothing => PageName::NothingFound,
            InfoPage::Text(..) => PageName::Text,
            InfoPage::Left(_) => PageName::QuestionLeft,
            InfoPage::Bulletin(_) => PageName::Bulletin,
            InfoPage::Entry(..) => PageName::BulletinEntry,
        }
    }

    /// The result it waits for.
    pub(super) const fn ticket(&self) -> Option<Ticket> {
        match &self.page {
            InfoPage::Asking(ticket, _) => Some(*ticket),
            _ => None,
        }
    }

    /// What tells two pages of the same name apart.
    pub(super) fn detail(&self) -> u64 {
        let place = match &self.page {
            InfoPage::Guide(list) => list.first_tile + usize::from(list.group.is_some()) * 1000,
            InfoPage::Found(found) => found.first,
            InfoPage::Bulletin(published) => published.first,
            InfoPage::Notice(.., mark) | InfoPage::Text(.., mark) | InfoPage::Entry(.., mark) => *mark,
            InfoPage::Asking(..) | InfoPage::Nothing | InfoPage::Left(_) => 0,
        };
        place as u64
    }

    /// What a key of the number pad asks for here.
    pub(super) fn key(&self, key: Key) -> Option<Intent> {
        let list =
            matches!(self.page, InfoPage::Guide(_) | InfoPage::Found(_) | InfoPage::Bulletin(_) | InfoPage::Nothing);
        match (&self.page, key) {
            (InfoPage::Asking(..), _) => None,
            (_, Key::Digit(digit)) if list => keys::chosen(digit),
            (InfoPage::Nothing | InfoPage::Left(_), Key::Previous | Key::Next) => None,
            (InfoPage::Left(_), Key::Confirm) => Some(Intent::Confirm),
            (_, Key::Previous) => Some(Intent::PreviousPage),
            (_, Key::Next) => Some(Intent::NextPage),
            (_, Key::Correct) => Some(Intent::Back),
            _ => None,
        }
    }
}
