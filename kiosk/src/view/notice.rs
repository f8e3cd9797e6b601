//! Messages: what happened, what was and was not done, what to do now.

use contract::catalogue::Elsewhere;
use contract::format::mask_name;
use contract::message::Outcome;
use contract::problem::Problem;
use hal::Code;
use ui::model::{self, Icon, Tone};
use ui::words::Words;
use ui::{Intent, Page};

use super::{next_card, number, review, staff, tap};
use crate::agency::AgencyError;
use crate::clock::Now;
use crate::session::{ActEnd, ActFailure, ActId, ActKind, Message, Notice, State, Visit};
use crate::{cells, hours};

/// Title and paragraphs of a message, before buttons are put to it.
struct Said {
    tone: Tone,
    title: String,
    lines: Vec<String>,
    route: String,
    code: String,
}

impl Said {
    fn new(tone: Tone, words: &Words, key: &str) -> Self {
        Self {
            tone,
            title: words.get(&format!("{key}.title")).to_owned(),
            lines: vec![words.get(&format!("{key}.text")).to_owned()],
            route: String::new(),
            code: String::new(),
        }
    }

    const fn titled(tone: Tone, title: String) -> Self {
        Self { tone, title, lines: Vec::new(), route: String::new(), code: String::new() }
    }
}

pub(super) fn notice(notice: &Notice, visit: &Visit, state: &State, words: &Words, now: Now) -> Page {
    let mut said = say(&notice.message, visit, state, words, now);
    let terminal = &state.terminal.site.terminal;
    let desk = [("desk", terminal.help_desk.as_str()), ("phone", terminal.help_phone.as_str())];
    // There is room for one of these: a card that waits is a line of the message then; where somebody helps stands behind a button of the bar, too.
    let route = match next_card(visit, words) {
        waits if !said.route.is_empty() => {
            said.lines.extend(waits);
            said.route
        }
        Some(waits) => waits,
        None if said.tone != Tone::Ok => words.fill("notice.desk", &desk),
        None => String::new(),
    };
    let home = notice.leads_home();
    let (primary, icon) = if home { ("notice.back_home", Icon::Home) } else { ("notice.leave", Icon::Leave) };
    Page::Notice(model::Notice {
        tone: said.tone,
        title: said.title,
        lines: said.lines,
        route,
        code: said.code,
        primary: Some(tap(words.get(primary), Intent::Confirm, icon)),
        back: None,
    })
}

fn say(message: &Message, visit: &Visit, state: &State, words: &Words, now: Now) -> Said {
    match message {
        Message::Card(code) => device("card_fault.title", *code, words),
        Message::OutOfService(code) => device("welcome.closed", *code, words),
        Message::CardExpired => Said::new(Tone::Warn, words, "problem.card_expired"),
        Message::LastTry => Said::new(Tone::Warn, words, "locked.last_try"),
        Message::PinLocked => Said::new(Tone::Stop, words, "locked.locked"),
        Message::WrongUntold => Said::new(Tone::Warn, words, "locked.untold"),
        Message::Problem(problem) => self::problem(problem, words),
        Message::Elsewhere(there) => elsewhere(there, visit, state, words, now),
        Message::Agency(how) => Said { code: agency(how, words), ..Said::new(Tone::Stop, words, outage(how)) },
        Message::Mismatch => Said::new(Tone::Stop, words, "problem.mismatch"),
        Message::Fraud => Said::new(Tone::Stop, words, "fraud"),
        Message::Thanks => Said::new(Tone::Ok, words, "rating.thanks"),
        Message::ThanksLater => Said::new(Tone::Ok, words, "rating.later"),
        Message::ActsFor => acts_for(visit, words),
        Message::ThanksForAnswers => Said::new(Tone::Ok, words, "questionnaire.thanks"),
        Message::PinSettled => Said::new(Tone::Ok, words, "card_pin.settled"),
        Message::Acted(kind, id, end) => acted(*kind, id, end, words),
    }
}

/// Where it is done, and when.
fn elsewhere(there: &Elsewhere, visit: &Visit, state: &State, words: &Words, now: Now) -> Said {
    let (lang, phone) = (visit.look.lang, &state.terminal.site.terminal.help_phone);
    let hours = hours::both(state.terminal.calendar.as_deref(), phone, now, lang, words);
    Said { route: hours::elsewhere(there, hours, lang, words), ..Said::new(Tone::Warn, words, "problem.not_here") }
}

/// For whom one acts, and how far that goes.
fn acts_for(visit: &Visit, words: &Words) -> Said {
    let name = visit.principal.as_ref().map_or_else(String::new, |principal| mask_name(principal.name.reveal()));
    let covered = |id: &String| visit.catalogue.item(id).map(|item| item.name.in_language(visit.look.lang.tag()));
    let covered: Vec<&str> = visit.opened().0.iter().filter_map(covered).collect();
    Said {
        lines: vec![
            words.fill("acts_for.text", &[("name", &name), ("items", &covered.join(words.get("acts_for.between")))]),
            words.get("acts_for.own").to_owned(),
        ],
        ..Said::titled(Tone::Ok, words.fill("acts_for.title", &[("name", &name)]))
    }
}

fn device(title: &str, code: Code, words: &Words) -> Said {
    Said {
        tone: Tone::Warn,
        title: words.get(title).to_owned(),
        lines: vec![words.fault(code.as_str(), "citizen").to_owned()],
        route: String::new(),
        code: format!("{}\n{}", staff(code, words), code.as_str()),
    }
}

fn problem(problem: &Problem, words: &Words) -> Said {
    let mut said = Said::new(Tone::Warn, words, &format!("problem.{}", problem.code.as_str()));
    said.route = problem.route.as_ref().map_or_else(String::new, |route| cells::route(route, words));
    // Everything that stands in the way, at once.
    said.lines.extend(problem.defects.iter().map(|defect| review::defect(defect, words)));
    said
}

/// How the agency failed, for whoever comes to help; what staff should do, where somebody has to mend something.
fn agency(how: &str, words: &Words) -> String {
    let name = format!("agency.{how}");
    let fault = Code::ALL.iter().find(|code| code.as_str() == name);
    fault.map_or_else(|| name.clone(), |code| format!("{}\n{name}", staff(*code, words)))
}

/// Which words an outage has.
const fn outage(how: &str) -> &'static str {
    match how.as_bytes() {
        b"garbled" => "problem.garbled",
        b"timeout" => "problem.timeout",
        b"starting" => "problem.starting",
        _ => "problem.unreachable",
    }
}

/// How an act ended, in three distinct pages: confirmed, certainly not, nobody can know.
fn acted(kind: ActKind, id: &ActId, end: &ActEnd, words: &Words) -> Said {
    let what = kind.as_str();
    match end.outcome {
        Outcome::Printed => Said {
            lines: vec![words.fill(&format!("printed.{what}.take"), &[("count", &end.papers.to_string())])],
            ..Said::new(Tone::Ok, words, &format!("printed.{what}"))
        },
        Outcome::NotPrinted => Said {
            lines: vec![
                reason(end, words),
                repeated(end, words).unwrap_or_else(|| words.get("unprinted.nothing").to_owned()),
            ],
            code: small_print(end, id, words),
            ..Said::new(Tone::Stop, words, &format!("unprinted.{what}"))
        },
        Outcome::Filed => Said::new(Tone::Ok, words, "filed.known"),
        Outcome::Queued => Said {
            lines: vec![words.get("queued.text").to_owned(), words.fill("queued.code", &[("code", &id.text)])],
            ..Said::new(Tone::Warn, words, "queued")
        },
        Outcome::NotFiled => Said {
            lines: vec![reason(end, words), words.get("unfiled.nothing").to_owned()],
            code: small_print(end, id, words),
            ..with_problem(end, Said::new(Tone::Stop, words, "unfiled"), words)
        },
        Outcome::Changed => Said::new(Tone::Ok, words, "card_pin.changed"),
        Outcome::NotChanged => Said {
            lines: vec![reason(end, words), words.get("card_pin.not_changed.text").to_owned()],
            code: small_print(end, id, words),
            ..Said::new(Tone::Stop, words, "card_pin.not_changed")
        },
        Outcome::Unknown if kind == ActKind::CardPin => {
            Said { code: small_print(end, id, words), ..Said::new(Tone::Warn, words, "card_pin.unknown") }
        }
        Outcome::Unknown if kind == ActKind::Question => Said {
            lines: vec![reason(end, words), words.get("info.left.unknown").to_owned()],
            code: small_print(end, id, words),
            ..Said::new(Tone::Warn, words, "unfiled.unknown")
        },
        Outcome::Unknown if kind == ActKind::Case => Said {
            lines: vec![reason(end, words), words.get("unfiled.ask").to_owned()],
            code: small_print(end, id, words),
            ..Said::new(Tone::Warn, words, "unfiled.unknown")
        },
        Outcome::Unknown => Said {
            lines: match repeated(end, words) {
                Some(number) => vec![words.get("unprinted.look").to_owned(), number],
                None => vec![reason(end, words), words.get("unprinted.look").to_owned()],
            },
            code: small_print(end, id, words),
            ..Said::new(Tone::Warn, words, "unprinted.unknown")
        },
    }
}

/// The number that the slip was to repeat, in the place of what there is less room or use for: it cannot be printed again.
fn repeated(end: &ActEnd, words: &Words) -> Option<String> {
    let (what, number) = number(end.case.as_deref(), end.question.as_deref(), words)?;
    Some(words.fill("unprinted.number", &[("what", what), ("number", &number)]))
}

/// What the agency gave as its reason, with its route, where it gave one.
fn with_problem(end: &ActEnd, said: Said, words: &Words) -> Said {
    match &end.failure {
        Some(ActFailure::Agency(AgencyError::Refused(problem))) => {
            Said { route: self::problem(problem, words).route, ..said }
        }
        _ => said,
    }
}

/// For whoever comes to help: what staff should do about a device, what broke, and which act it was.
fn small_print(end: &ActEnd, id: &ActId, words: &Words) -> String {
    let broke = end.failure.as_ref().map_or("none", ActFailure::as_str);
    match end.failure {
        Some(ActFailure::Device(code)) => format!("{}\n{broke} · {}", staff(code, words), id.text),
        _ => format!("{broke} · {}", id.text),
    }
}

fn reason(end: &ActEnd, words: &Words) -> String {
    match &end.failure {
        Some(ActFailure::Device(code)) => words.fault(code.as_str(), "citizen").to_owned(),
        Some(ActFailure::Agency(error)) => {
            let key = match error.problem() {
                Some(code) => format!("problem.{}.title", code.as_str()),
                None => format!("{}.title", outage(error.as_str())),
            };
            words.get(&key).to_owned()
        }
        Some(ActFailure::WrongPin(_)) => words.get("locked.untold.title").to_owned(),
        Some(ActFailure::Mismatch) => words.get("problem.mismatch.title").to_owned(),
        Some(ActFailure::Journal) => words.get("problem.journal.title").to_owned(),
        None => words.get("unprinted.no_reason").to_owned(),
    }
}
