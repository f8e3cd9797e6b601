//! How satisfied with what was filed? Asked once a case, of one's own will, without a name; never in the way of card or paper: it goes away
//! by itself, and leaving is always possible.

use contract::message::{Evaluate, Satisfaction};
use ui::Intent;

use super::context::{Context, Refusal};
use super::health::{agency_answers, agency_failed};
use super::input::{Completion, Ticket};
use super::state::{Home, Message, Scene};
use super::visit::Visit;
use crate::agency::Question;

/// The question.
pub struct Rating {
    /// 办件编号.
    pub case: String,
    /// When it goes away by itself.
    pub until_ms: u64,
}

/// The answer is on its way.
pub struct Rated {
    /// What comes back.
    pub ticket: Ticket,
}

/// What comes after a case, its paper or its page: the question, if it has not been asked yet; else home.
pub(super) fn then_home(visit: &mut Visit, cx: &Context<'_>) -> Scene {
    match visit.to_rate.take() {
        Some(case) => {
            Scene::Rating(Rating { case, until_ms: cx.now.elapsed_ms + cx.terminal.site.limits.evaluation_ms })
        }
        None => Scene::Home(Home::default()),
    }
}

pub(super) fn tap(visit: &Visit, rating: Rating, intent: Intent, cx: &mut Context<'_>) -> Scene {
    match intent {
        Intent::Choose(n) => match Satisfaction::ALL.get(usize::from(n)) {
            Some(level) => {
                let question = Question::Evaluate(Evaluate {
                    visit: visit.token.clone(),
                    terminal: cx.terminal.site.terminal.id.clone(),
                    case: rating.case,
                    level: *level,
                });
                return Scene::Rated(Rated { ticket: cx.ask(visit.number, question) });
            }
            None => cx.refuse(Refusal::NotOffered),
        },
        Intent::Back => return Scene::Home(Home::default()),
        _ => cx.refuse(Refusal::NotOffered),
    }
    Scene::Rating(rating)
}

/// Thanks only when it is kept.
pub(super) fn ended(rated: Rated, completion: Completion, cx: &mut Context<'_>) -> Scene {
    match completion {
        Completion::Evaluated(Ok(_)) => {
            agency_answers(cx);
            Scene::message(Message::Thanks)
        }
        Completion::Evaluated(Err(error)) => {
            agency_failed(&error, cx);
            Scene::message(Message::of(&error))
        }
        _ => {
            cx.refuse(Refusal::NotExpected);
            Scene::Rated(rated)
        }
    }
}
