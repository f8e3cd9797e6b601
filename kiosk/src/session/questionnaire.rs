//! A few questions more, where the agency has drawn this evaluation for its sample: one a page, each may be passed over, all may be left.
//! What was answered is sent once, at the end; whoever takes no part after all has answered nothing.

use std::collections::BTreeMap;

use contract::message::{AnswerQuestionnaire, Questionnaire, QuestionnaireItem};
use ui::Intent;

use super::context::{Context, Refusal};
use super::health::agency_failed;
use super::rate::{page_end_ms, send_answers};
use super::state::{Home, Message, Scene};
use crate::agency::AgencyError;

/// A sheet that is being filled in.
pub struct Filling {
    /// What is asked.
    pub sheet: Questionnaire,
    /// How many of its questions have been answered or passed over.
    pub at: usize,
    /// What was chosen, by the question's id.
    pub answers: BTreeMap<String, String>,
    /// When the page goes away by itself, and the rest of the sheet with it; each page has its own time.
    pub until_ms: u64,
}

impl Filling {
    /// The question of the page.
    #[must_use]
    pub fn question(&self) -> Option<&QuestionnaireItem> {
        self.sheet.questions.get(self.at)
    }
}

/// After an evaluation: the sheet, if there is one that can be asked; else thanks.
pub(super) fn begin(sheet: Option<Questionnaire>, cx: &mut Context<'_>) -> Scene {
    match sheet {
        Some(sheet) if sheet.flaw().is_none() => {
            let until_ms = page_end_ms(cx);
            Scene::Questionnaire(Box::new(Filling { sheet, at: 0, answers: BTreeMap::new(), until_ms }))
        }
        // The evaluation is kept all the same.
        Some(_) => {
            agency_failed(&AgencyError::Garbled, cx);
            Scene::message(Message::Thanks)
        }
        None => Scene::message(Message::Thanks),
    }
}

pub(super) fn tap(filling: Box<Filling>, intent: Intent, cx: &mut Context<'_>) -> Scene {
    let option = |n: u16| filling.question().and_then(|question| question.options.get(usize::from(n)));
    let chosen = match intent {
        Intent::Choose(n) => option(n).map(|option| option.value.clone()),
        Intent::NextPage => return next(*filling, None, cx),
        Intent::Back => return Scene::Home(Home::default()),
        _ => None,
    };
    if chosen.is_some() {
        return next(*filling, chosen, cx);
    }
    cx.refuse(Refusal::NotOffered);
    Scene::Questionnaire(filling)
}

/// The next question, or the end after the last; `None` passes over this one.
fn next(mut filling: Filling, chosen: Option<String>, cx: &mut Context<'_>) -> Scene {
    if let Some((question, value)) = filling.question().map(|question| question.id.clone()).zip(chosen) {
        filling.answers.insert(question, value);
    }
    filling.at += 1;
    if filling.question().is_none() {
        return done(filling, cx);
    }
    filling.until_ms = page_end_ms(cx);
    Scene::Questionnaire(Box::new(filling))
}

/// No more is asked: what was answered is sent, and nothing where nothing was.
pub(super) fn done(filling: Filling, cx: &mut Context<'_>) -> Scene {
    match answers(filling, cx) {
        Some(answers) => send_answers(answers, cx),
        None => Scene::Home(Home::default()),
    }
}

/// What was answered, if anything was.
pub(super) fn answers(filling: Filling, cx: &Context<'_>) -> Option<AnswerQuestionnaire> {
    let Filling { sheet: Questionnaire { id, version, token, .. }, answers, .. } = filling;
    let terminal = cx.terminal.site.terminal.id.clone();
    (!answers.is_empty()).then_some(AnswerQuestionnaire { terminal, id, version, token, answers })
}
