//! How satisfied with what was filed, and, of whoever is not, why? Asked once a case, of one's own will, without a name; never in the way of
//! card or paper: each page goes away by itself, and leaving is always possible. What was said so far counts, however it ends.
//!
//! What is said is sent in the terminal's name and over its own connection: a visit's would tell whose opinion it is, and end with the visit.
//! What does not get through, or is said while its visit ends, is sealed and goes later.

use contract::message::{AnswerQuestionnaire, Evaluate, Satisfaction};
use contract::problem::ProblemCode;
use ui::Intent;

use super::context::{Context, NO_VISIT, Refusal};
use super::effect::{Effect, Post};
use super::health::{agency_answers, agency_failed};
use super::input::{Completion, Ticket};
use super::questionnaire;
use super::state::{Home, Message, Scene};
use super::visit::Visit;
use crate::agency::{AgencyError, Question};

/// The question.
pub struct Rating {
    /// 办件编号.
    pub case: String,
    /// How satisfied, once said; then the question is why not more.
    pub level: Option<Satisfaction>,
    /// When it goes away by itself.
    pub until_ms: u64,
}

/// What was said is on its way.
pub struct Rated {
    /// What comes back.
    pub ticket: Ticket,
    /// Where to.
    pub way: Way,
}

/// Where what was said is on its way to.
pub enum Way {
    /// To the agency; kept, so that it can be said again: without its reason, or later.
    There(Said),
    /// To the disk, sealed, because this came back from the agency.
    Here(AgencyError),
}

/// What somebody has said.
pub enum Said {
    /// How satisfied they are.
    Opinion(Evaluate),
    /// What they have answered to a questionnaire.
    Answers(AnswerQuestionnaire),
}

impl Said {
    fn post(self) -> Post {
        match self {
            Self::Opinion(opinion) => Post::Evaluation(opinion),
            Self::Answers(answers) => Post::Answers(answers),
        }
    }
}

/// What comes after a case, its paper or its page: the question, if it has not been asked yet; else home.
pub(super) fn then_home(visit: &mut Visit, cx: &mut Context<'_>) -> Scene {
    // What might have to wait is not asked for where it cannot.
    match visit.to_rate.take().filter(|_| cx.terminal.health.can_keep()) {
        Some(case) => Scene::Rating(Rating { case, level: None, until_ms: page_end_ms(cx) }),
        None => Scene::Home(Home::default()),
    }
}

/// When a page that begins now goes away.
pub(super) fn page_end_ms(cx: &Context<'_>) -> u64 {
    cx.now.elapsed_ms + cx.terminal.site.limits.evaluation_ms
}

pub(super) fn tap(visit: &Visit, rating: Rating, intent: Intent, cx: &mut Context<'_>) -> Scene {
    let form = visit.catalogue.evaluation.as_ref();
    match (rating.level, intent) {
        (None, Intent::Choose(n)) => match Satisfaction::ALL.get(usize::from(n)) {
            Some(level) if level.is_bad() && form.is_some() => {
                return Scene::Rating(Rating { level: Some(*level), until_ms: page_end_ms(cx), ..rating });
            }
            Some(level) => return send(opinion(rating.case, *level, cx), cx),
            None => cx.refuse(Refusal::NotOffered),
        },
        (Some(level), Intent::Choose(n)) => {
            match form.and_then(|form| Some((form.version, form.reasons.get(usize::from(n))?))) {
                Some((version, reason)) => {
                    let said = (Some(reason.value.clone()), Some(version));
                    let mut opinion = opinion(rating.case, level, cx);
                    (opinion.reason, opinion.reasons_version) = said;
                    return send(opinion, cx);
                }
                None => cx.refuse(Refusal::NotOffered),
            }
        }
        (_, Intent::Back) => return due(rating, cx),
        _ => cx.refuse(Refusal::NotOffered),
    }
    Scene::Rating(rating)
}

/// Nothing more is said: home where nothing was, and else it is sent as it is.
pub(super) fn due(rating: Rating, cx: &mut Context<'_>) -> Scene {
    match rating.level {
        Some(level) => send(opinion(rating.case, level, cx), cx),
        None => Scene::Home(Home::default()),
    }
}

/// The visit ends on this page: what was said on it is sent, and nobody waits for the answer.
pub(super) fn unfinished(scene: Scene, cx: &mut Context<'_>) {
    match scene {
        Scene::Rating(Rating { case, level: Some(level), .. }) => {
            let opinion = opinion(case, level, cx);
            cx.push(Effect::Post(None, Post::Evaluation(opinion)));
        }
        Scene::Questionnaire(filling) => {
            if let Some(answers) = questionnaire::answers(*filling, cx) {
                cx.push(Effect::Post(None, Post::Answers(answers)));
            }
        }
        // Its answer would find nobody. The agency takes it once.
        Scene::Rated(Rated { way: Way::There(said), .. }) => cx.push(Effect::Post(None, said.post())),
        _ => {}
    }
}

fn opinion(case: String, level: Satisfaction, cx: &Context<'_>) -> Evaluate {
    let terminal = cx.terminal.site.terminal.id.clone();
    Evaluate { terminal, case, level, reason: None, reasons_version: None }
}

fn send(opinion: Evaluate, cx: &mut Context<'_>) -> Scene {
    let ticket = cx.ask(NO_VISIT, Question::Evaluate(opinion.clone()));
    Scene::Rated(Rated { ticket, way: Way::There(Said::Opinion(opinion)) })
}

/// Sends what was answered to a questionnaire.
pub(super) fn send_answers(answers: AnswerQuestionnaire, cx: &mut Context<'_>) -> Scene {
    let ticket = cx.ask(NO_VISIT, Question::Answers(answers.clone()));
    Scene::Rated(Rated { ticket, way: Way::There(Said::Answers(answers)) })
}

/// Thanks when it is kept: there, or sealed here.
pub(super) fn ended(rated: Rated, completion: Completion, cx: &mut Context<'_>) -> Scene {
    match (rated.way, completion) {
        (Way::There(Said::Opinion(_)), Completion::Evaluated(Ok(kept))) => {
            agency_answers(cx);
            questionnaire::begin(kept.questionnaire, cx)
        }
        (Way::There(Said::Answers(_)), Completion::AnswersKept(Ok(_))) => {
            agency_answers(cx);
            Scene::message(Message::ThanksForAnswers)
        }
        (Way::There(said @ Said::Opinion(_)), Completion::Evaluated(Err(error)))
        | (Way::There(said @ Said::Answers(_)), Completion::AnswersKept(Err(error))) => failed(said, error, cx),
        (Way::Here(_), Completion::Posted(true)) => Scene::message(Message::ThanksLater),
        (Way::Here(error), Completion::Posted(false)) => Scene::message(Message::of(&error)),
        (way, _) => {
            cx.refuse(Refusal::NotExpected);
            Scene::Rated(Rated { ticket: rated.ticket, way })
        }
    }
}

fn failed(said: Said, error: AgencyError, cx: &mut Context<'_>) -> Scene {
    agency_failed(&error, cx);
    match (said, error.problem()) {
        // The reasons have changed since the visit began: the level counts without one.
        (Said::Opinion(opinion), Some(ProblemCode::ItemChanged)) if opinion.reason.is_some() => {
            send(Evaluate { reason: None, reasons_version: None, ..opinion }, cx)
        }
        (said, None) if cx.terminal.health.can_keep() => {
            let ticket = cx.post(said.post());
            Scene::Rated(Rated { ticket, way: Way::Here(error) })
        }
        _ => Scene::message(Message::of(&error)),
    }
}
