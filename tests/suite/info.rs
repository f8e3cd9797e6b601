//! What is public, on the glass: what is shown is in force and is what was asked for, and nobody's data.

use std::sync::Arc;

use contract::catalogue::{Kind, Status};
use contract::message::{Content, PolicyText};
use hall::sim::{Sim, What, catalogue};
use kiosk::agency::{AgencyError, Question};
use kiosk::session::{ActBody, Completion, Effect, Input};
use ui::{Intent, Page, Screen};

fn text(sim: &Sim) -> PolicyText {
    match sim.completion(What::Text) {
        Completion::Text(Ok(text)) => *text,
        other => panic!("{other:?}"),
    }
}

fn opened(change: impl Fn(&mut PolicyText)) -> &'static str {
    let mut sim = Sim::at("opening a text");
    let mut text = text(&sim);
    change(&mut text);
    assert_eq!(sim.done(Completion::Text(Ok(Box::new(text)))), None);
    sim.state.page_name()
}

/// Everything that can be read on a page.
fn said(screen: &Screen) -> String {
    format!("{:?}", screen.page)
}

#[test]
fn a_terminal_that_has_just_started_says_that_the_agency_is_down() {
    let told = |sim: &mut Sim| {
        sim.insert();
        said(&sim.screen())
    };
    let mut sim = Sim::at("starting");
    sim.feed(Input::Due);
    let ticket = sim.state.terminal.catalogue_ticket.unwrap();
    assert!(told(&mut sim).contains("本机正在准备"));
    sim.feed(Input::Done(ticket, Completion::Catalogue(Err(AgencyError::Unreachable))));
    // Whose card is in is told at once, and whoever comes next as well.
    assert!(said(&sim.screen()).contains("连接不上"));
    sim.pull();
    assert!(told(&mut sim).contains("连接不上"));
}

#[test]
fn a_card_that_lay_there_when_the_terminal_started_has_to_be_put_in_again() {
    let mut sim = Sim::at("starting");
    sim.feed(Input::Due);
    let ticket = sim.state.terminal.catalogue_ticket.unwrap();
    sim.insert();
    sim.feed(Input::Done(ticket, Completion::Catalogue(Ok(Arc::new(catalogue())))));
    assert_eq!(sim.state.page_name(), "reading");
}

#[test]
fn a_withdrawn_text_is_shown_from_memory() {
    assert_eq!(opened(|_| {}), "text");
    assert_eq!(opened(|text| text.approval.status = Status::Withdrawn), "agency-fault");
    assert_eq!(opened(|text| text.approval.status = Status::Draft), "agency-fault");
    assert_eq!(opened(|text| "another".clone_into(&mut text.id)), "agency-fault");
    let mut sim = Sim::at("opening a text");
    let problem = contract::problem::Problem {
        code: contract::problem::ProblemCode::TextWithdrawn,
        route: None,
        defects: Vec::new(),
    };
    let title = text(&sim).title;
    sim.done(Completion::Text(Err(AgencyError::Refused(problem))));
    assert!(sim.state.page_name() == "problem" && !said(&sim.screen()).contains(&title));
    // Home, not the list in which it still stands.
    assert_eq!((sim.tap(Intent::Confirm), sim.state.page_name()), (None, "home"));
}

#[test]
fn the_guide_asks_the_agency_or_leaves_something_out() {
    let before = Sim::at("home").effects.len();
    let mut sim = Sim::at("guide, item");
    assert!(sim.effects.iter().skip(before).all(|effect| !matches!(effect, Effect::Ask(..))));
    let mut pages = String::new();
    loop {
        pages.push_str(&said(&sim.screen()));
        if sim.tap(Intent::NextPage).is_some() {
            break;
        }
    }
    // 公示要素 (domain 1.3).
    for element in [
        "事项简述",
        "服务对象",
        "办理条件",
        "办理材料",
        "办理方式",
        "办理时限",
        "结果送达",
        "收费",
        "办理地点和时间",
        "咨询查询",
        "监督投诉",
        "设定依据",
        "更新",
    ] {
        assert!(pages.contains(element), "{element} is missing: {pages}");
    }
    assert_eq!((sim.tap(Intent::Back), sim.state.page_name()), (None, "guide"));
}

#[test]
fn a_question_is_left_twice_or_tells_who_asked() {
    let mut sim = Sim::at("leaving a question");
    let acts = |sim: &Sim| -> Vec<String> {
        let acts = sim.effects.iter().filter_map(|effect| match effect {
            Effect::Act(_, act) => Some(act),
            _ => None,
        });
        acts.map(|act| match &act.body {
            ActBody::Question(words) => format!("{} {words}", act.item),
            _ => "another act".to_owned(),
        })
        .collect()
    };
    assert_eq!(acts(&sim), ["I02 知远"]);
    let end = sim.completion(What::FileUnknown);
    sim.done(end);
    assert_eq!(sim.state.page_name(), "file-unknown");
    assert!(said(&sim.screen()).contains("12333"), "nobody is told what to do");
    assert_eq!(sim.tap(Intent::Confirm), None);
    assert_eq!(acts(&sim).len(), 1);
}

#[test]
fn what_names_nobody_leads_to_who_has_signed_in() {
    let sim = Sim::at("leaving a question");
    let signed_in = sim.effects.iter().find_map(|effect| match effect {
        Effect::Ask(_, Question::SignIn(asked)) => Some(asked.visit.clone()),
        _ => None,
    });
    let left = sim.effects.iter().find_map(|effect| match effect {
        Effect::Act(_, act) => Some(act.visit_token.clone()),
        _ => None,
    });
    assert!(signed_in.is_some() && left.is_some());
    assert_ne!(signed_in, left, "the agency's audit joins them");
}

#[test]
fn a_bulletin_whose_rows_do_not_fit_is_drawn() {
    let mut sim = Sim::at("asking for the bulletin");
    let Completion::Bulletin(Ok(mut bulletin)) = sim.completion(What::Bulletin) else { panic!("no bulletin") };
    let mut broken = false;
    for entry in &mut bulletin.entries {
        if let Content::Table(table) = &mut entry.content {
            broken |= table.rows.first_mut().is_some_and(|row| row.cells.pop().is_some());
        }
    }
    assert!(broken);
    sim.done(Completion::Bulletin(Ok(bulletin)));
    assert_eq!(sim.state.page_name(), "agency-fault");
}

#[test]
fn what_is_looked_for_tells_whose_visit_it_is() {
    let sim = Sim::at("searching");
    let asked = sim.effects.iter().rev().find_map(|effect| match effect {
        Effect::Ask(_, Question::Search(request)) => Some(request),
        _ => None,
    });
    assert!(asked.is_some_and(|request| request.words == "知远" && request.terminal == "t-0301"));
}

#[test]
fn larger_letters_lose_the_place_in_a_text() {
    let mut sim = Sim::at("text, next page");
    let first_line = |sim: &Sim| match sim.screen().page {
        Page::Reading(page) => page.lines.into_iter().find(|(_, line)| line.chars().count() > 6).map(|(_, line)| line),
        other => panic!("{other:?}"),
    };
    let seen: String = first_line(&sim).unwrap().chars().take(5).collect();
    sim.tap(Intent::Larger);
    sim.tap(Intent::Larger);
    let Page::Reading(page) = sim.screen().page else { panic!("another page") };
    let all: String = page.lines.into_iter().map(|(_, line)| line).collect();
    assert!(all.contains(&seen), "{seen} is gone: {all}");
}

#[test]
fn an_item_that_is_public_asks_who_it_is() {
    use contract::catalogue::{Evidence, Info, Level, check};
    let good = agency::catalogue::read().unwrap();
    let found = |change: fn(&mut contract::catalogue::Item)| {
        let mut catalogue = good.clone();
        change(catalogue.items.iter_mut().find(|item| item.info == Some(Info::Search)).unwrap());
        check(&catalogue).into_iter().map(|finding| finding.field).collect::<Vec<_>>()
    };
    assert_eq!(found(|_| {}), Vec::<String>::new());
    assert_eq!(found(|item| item.info = None), ["slip", "info", "inputs"]);
    assert_eq!(found(|item| item.kind = Kind::Query), ["info"]);
    assert_eq!(found(|item| item.inputs.clear()), ["inputs"]);
    assert_eq!(found(|item| item.info = Some(Info::Guide)), ["slip", "inputs"]);
    let signed =
        |item: &mut contract::catalogue::Item| (item.level, item.evidence) = (Level::L2, vec![Evidence::CardPin]);
    assert_eq!(found(signed), ["level"]);
}

#[test]
fn an_agency_without_a_calendar_closes_the_terminal() {
    use kiosk::agency::AgencyError;
    use kiosk::session::Completion;
    let mut sim = Sim::at("welcome");
    // It is asked for when a visit begins without one.
    sim.state.terminal.calendar = None;
    sim.tap(Intent::Begin);
    sim.feed(Input::Due);
    let ticket = sim.state.terminal.calendar_ticket.unwrap();
    sim.feed(Input::Done(ticket, Completion::Calendar(Err(AgencyError::Broken))));
    assert!(sim.state.terminal.health.agency, "everything else is closed, too");
    assert!(kiosk::session::wake_at(&sim.state).is_none_or(|at| at > sim.elapsed_ms), "asked again and again");
    sim.tap(Intent::Help);
    let hint = sim.screen().over.map(|ask| ask.hint).unwrap_or_default();
    assert!(hint.contains("窗口开放时间请拨打 12333"), "hours are promised that nobody told: {hint}");
}
