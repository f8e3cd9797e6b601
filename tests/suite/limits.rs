//! How much a visit, a day and a page may have: what is over a limit is not offered, and what has been typed is not lost.

use std::sync::Arc;

use contract::site::Limits;
use hal::Code;
use hall::sim::Sim;
use kiosk::agency::AgencyError;
use kiosk::session::{Completion, Device, Effect, Input, Post};
use ui::{Intent, Page};

/// A terminal at that place, with limits of its own.
fn limited(place: &str, limit: fn(&mut Limits)) -> Sim {
    let mut sim = Sim::at(place);
    limit(&mut Arc::make_mut(&mut sim.state.terminal.site).limits);
    sim
}

/// Hints of the tiles that cannot be tapped.
fn closed(sim: &Sim) -> Vec<String> {
    let Page::Home(home) = sim.screen().page else { panic!("home is not shown") };
    home.tiles.into_iter().filter(|tile| tile.intent.is_none()).map(|tile| tile.hint).collect()
}

#[test]
fn somebody_files_case_after_case() {
    for limit in [(|limits| limits.visit_cases_max = 1) as fn(&mut Limits), |limits| limits.day_cases_max = 1] {
        let mut sim = limited("filed", limit);
        for _ in ["to the rating", "home"] {
            assert_eq!(sim.tap(Intent::Back), None);
        }
        assert_eq!((sim.state.page_name(), closed(&sim).len()), ("home", 1));
        assert_eq!(sim.tap(Intent::Choose(2)), Some("not offered"));
    }
}

#[test]
fn somebody_prints_until_the_paper_is_gone() {
    let mut sim = limited("printed", |limits| limits.visit_papers_max = 1);
    assert_eq!(sim.tap(Intent::Confirm), None);
    assert_eq!((sim.state.page_name(), closed(&sim)), ("home", vec!["本次打印张数已满，请到窗口".to_owned()]));
}

#[test]
fn a_pin_lies_on_the_glass_for_longer_than_it_may() {
    let mut sim = limited("pin, typed", |limits| limits.pin_idle_ms = 50_000);
    sim.elapsed_ms += 20_000;
    assert_eq!(sim.feed(Input::Due), None, "nobody is warned");
    sim.elapsed_ms += 30_000;
    assert_eq!(sim.feed(Input::Due), None, "the warning stays");
    assert_eq!(sim.state.page_name(), "farewell");
}

#[test]
fn the_time_is_over_and_what_was_typed_is_lost() {
    let mut sim = Sim::at("review");
    sim.elapsed_ms += 900_000;
    assert_eq!(sim.feed(Input::Due), None);
    let drafts: Vec<_> = sim
        .effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Post(Post::Draft { code, typed }) => Some((code.clone(), typed)),
            _ => None,
        })
        .collect();
    let [(code, typed)] = &drafts[..] else { panic!("{} drafts", drafts.len()) };
    assert!(!typed.inputs.is_empty() && typed.session.is_empty() && typed.consent.is_empty(), "it could be filed");
    let Page::Farewell(farewell) = sim.screen().page else { panic!("{}", sim.state.page_name()) };
    let shown = format!("编号 {} {}", &code[..4], &code[4..]);
    assert!(farewell.items.iter().any(|(_, text)| *text == shown), "{:?}", farewell.items);
}

#[test]
fn nobody_looks_what_became_of_an_act_or_sees_that_the_outbox_is_full() {
    for (place, code) in [
        ("welcome, books open", "store.unresolved"),
        ("welcome, outbox full", "store.outbox_full"),
        ("welcome, audit short of room", "store.audit_filling"),
        ("welcome, audit full", "store.audit_full"),
    ] {
        let Page::Welcome(welcome) = Sim::at(place).screen().page else { panic!("{place}") };
        let wanted = ui::words::Words::of(ui::Lang::Zh).fault(code, "staff");
        assert!(welcome.notices.iter().any(|notice| notice.contains(wanted)), "{place}: {:?}", welcome.notices);
    }
}

#[test]
fn an_opinion_is_said_to_be_kept_where_nothing_can_be() {
    let mut sim = Sim::at("rated");
    sim.feed(Input::Health(Device::Store, Err(Code::StoreUnwritable)));
    sim.done(Completion::Evaluated(Err(AgencyError::Unreachable)));
    assert_eq!(sim.state.page_name(), "agency-fault");
}
