//! Forms, reviews and pages of lists, by `step` and `view` alone: what a finger means must be what it points to.

use std::sync::Arc;

use contract::catalogue::{Evidence, Status};
use contract::field::Field;
use contract::format::Date;
use hall::sim::{Deed, Sim, What};
use kiosk::input_method::{Key, Script};
use kiosk::session::{Effect, Input, Scene, Serving, Stage};
use ui::{Intent, Page, Tap};

/// Home of a person who signs in to this catalogue.
fn home(change: impl FnOnce(&mut contract::catalogue::Catalogue)) -> Sim {
    let mut sim = Sim::at("checking: agency");
    let mut catalogue = agency::catalogue::read().unwrap();
    change(&mut catalogue);
    if let Stage::Serving(Serving { visit, .. }) = &mut sim.state.stage {
        visit.catalogue = Arc::new(catalogue);
    }
    assert_eq!(sim.deed(Deed::Done(What::SignedIn)), None);
    sim
}

fn labels(sim: &Sim) -> Vec<String> {
    match sim.screen().page {
        Page::Home(home) => home.tiles.into_iter().map(|tile| tile.label).collect(),
        other => panic!("no home page but {other:?}"),
    }
}

/// The name of whatever the page now shown is about.
fn topic(sim: &Sim) -> String {
    match sim.screen().page {
        Page::Choose(page) => page.topic,
        Page::Entry(page) => page.topic,
        Page::Working(page) => page.title,
        Page::Notice(page) => page.title,
        other => panic!("another page: {other:?}"),
    }
}

#[test]
fn larger_letters_make_a_tile_open_another_item() {
    let mut sim = home(|_| ());
    // Printing: seven items, all with a question or a window.
    let print = labels(&sim).iter().position(|label| label.contains("打印证明")).unwrap();
    assert_eq!(sim.tap(Intent::Choose(u16::try_from(print).unwrap())), None);
    assert_eq!(sim.tap(Intent::Larger), None);
    assert_eq!(sim.tap(Intent::NextPage), None);
    assert_eq!(sim.tap(Intent::Larger), None);
    let shown = labels(&sim);
    assert_eq!(sim.tap(Intent::Choose(0)), None);
    assert_eq!(topic(&sim), shown[0].trim_start_matches("1 "), "another item than {shown:?} was opened");
}

#[test]
fn pages_are_turned_past_the_end_or_by_half() {
    let mut sim = home(|_| ());
    let print = labels(&sim).iter().position(|label| label.contains("打印证明")).unwrap();
    sim.tap(Intent::Choose(u16::try_from(print).unwrap()));
    sim.tap(Intent::Larger);
    let mut seen = labels(&sim);
    while sim.tap(Intent::NextPage).is_none() {
        // Numbers stand before the names where there is a pad; each page counts from 1.
        seen.extend(labels(&sim));
    }
    let mut names: Vec<_> = seen.iter().filter_map(|label| label.split_once(' ').map(|(_, name)| name)).collect();
    let all = agency::catalogue::read().unwrap().items.iter().filter(|item| item.group == "print").count();
    assert_eq!(names.len(), all, "{names:?}");
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), all, "a tile stands on two pages");
}

#[test]
fn a_card_and_its_pin_open_an_item_that_does_not_take_them() {
    let open = |evidence: Vec<Evidence>| {
        let mut sim = home(|catalogue| {
            catalogue.items.retain(|item| item.id == "Q01");
            catalogue.items[0].evidence = evidence;
        });
        assert_eq!(sim.tap(Intent::Choose(0)), None);
        sim.state.page_name()
    };
    assert_eq!(open(vec![Evidence::IdCode]), "problem");
    assert_eq!(open(vec![Evidence::ECard, Evidence::CardPin]), "fetching");
}

#[test]
fn yesterdays_catalogue_offers_what_was_withdrawn_at_midnight() {
    let mut sim = Sim::at("welcome");
    let mut catalogue = hall::sim::catalogue();
    let all = catalogue.items.len();
    catalogue.items[0].notice.approval.effective_to = Date::parse_iso("2026-11-22");
    catalogue.items[1].notice.approval.status = Status::Withdrawn;
    sim.state.terminal.catalogue = Some(Arc::new(catalogue));
    assert_eq!(sim.insert(), None);
    let Stage::Serving(Serving { visit, .. }) = &sim.state.stage else { panic!("nobody is served") };
    assert_eq!(visit.catalogue.items.len(), all - 2);
}

#[test]
fn a_double_tap_leaves_out_a_question_that_nobody_has_seen() {
    let mut sim = home(|catalogue| {
        let fields = catalogue.items.iter().flat_map(|item| &item.inputs);
        let optional = fields.filter(|field| ["agency_phone", "old_number"].contains(&field.id.as_str()));
        let optional: Vec<_> = optional.cloned().collect();
        catalogue.items.retain(|item| item.id == "Q01");
        catalogue.items[0].inputs = optional;
    });
    assert_eq!(sim.tap(Intent::Choose(0)), None);
    let screen = sim.state.screen;
    let mut skip = || sim.feed(Input::Tap(Tap { screen, intent: Intent::Confirm }));
    assert_eq!([skip(), skip()], [None, Some("stale screen")]);
}

#[test]
fn money_moves_on_a_pin_that_is_old() {
    // The way there has let three minutes pass; what comes next is the PIN and not the case.
    let sim = Sim::at("review, PIN once more");
    assert_eq!(sim.state.page_name(), "pin");
    assert!(!sim.effects.iter().any(|effect| matches!(effect, Effect::Act(..))));
}

#[test]
fn yesterdays_answer_is_filed_today() {
    let sim = Sim::at("review");
    let Stage::Serving(Serving { scene: Scene::Review(review), .. }) = &sim.state.stage else { panic!("no review") };
    // The agency also knew the answer to a question that this item does not ask.
    let asked = |id: &String| review.form.item.inputs.iter().any(|field| field.id == *id);
    assert!(review.form.answers.keys().all(asked), "{:?}", review.form.answers.keys());
}

#[test]
fn one_agrees_to_words_that_are_not_on_the_glass() {
    let mut sim = Sim::at("review, to mend");
    let shows = |sim: &Sim, words: &str| format!("{:?}", sim.screen().page).contains(words);
    assert!(shows(&sim, "手机号没有变化") && !shows(&sim, "以上内容属实"));
    assert!(sim.tap(Intent::Confirm).is_some(), "it is filed again as it stood");
    // The telephone is mended; what is wrong with the amount still stands there.
    assert_eq!(sim.tap(Intent::Choose(0)), None);
    assert_eq!([Intent::Erase, Intent::Digit(9), Intent::Confirm].map(|intent| sim.tap(intent)), [None; 3]);
    assert!(shows(&sim, "金额低于本月下限") && !shows(&sim, "手机号没有变化"));
    assert_eq!(sim.tap(Intent::Choose(2)), None);
    assert_eq!([Intent::Erase, Intent::Digit(1), Intent::Confirm].map(|intent| sim.tap(intent)), [None; 3]);
    assert!(shows(&sim, "以上内容属实"));
    assert_eq!(sim.tap(Intent::Confirm), None);
}

/// What has been answered so far, and whether the page still asks something.
fn answered(sim: &Sim) -> (&'static str, Vec<&str>) {
    let Stage::Serving(Serving { scene, .. }) = &sim.state.stage else { panic!("nobody is served") };
    let answers = match scene {
        Scene::Form(form) => form.answers.keys().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    (sim.state.page_name(), answers)
}

#[test]
fn back_takes_away_an_answer_that_was_never_asked() {
    // The agency knows the telephone, which stands before the first question or behind the last.
    for behind in [false, true] {
        let mut sim = Sim::at("home");
        assert_eq!((sim.tap(Intent::Choose(2)), sim.state.page_name()), (None, "fetching"));
        if let Stage::Serving(Serving { scene: Scene::Fetching { form, .. }, .. }) = &mut sim.state.stage
            && behind
        {
            form.item.inputs.rotate_left(1);
        }
        for deed in [Deed::Done(What::Prefilled), Deed::Done(What::Posted), Deed::Tap(Intent::Choose(0))] {
            assert_eq!(sim.deed(deed), None, "{deed:?}");
        }
        assert_eq!(answered(&sim), ("form", vec!["phone", "reason"]));
        assert_eq!(sim.tap(Intent::Back), None);
        assert_eq!(answered(&sim), ("form", vec!["phone"]), "behind: {behind}");
        assert_eq!(sim.tap(Intent::Back), None);
        assert_eq!(answered(&sim), ("home", Vec::new()), "behind: {behind}");
    }
}

/// Two names are asked for; the first is answered, on this board or the one that is shown.
fn second_name(board: Option<u16>) -> Sim {
    let mut sim = Sim::at("form: letters");
    let Stage::Serving(Serving { scene: Scene::Form(form), .. }) = &mut sim.state.stage else { panic!("no form") };
    form.item.inputs.retain(|field| field.id == "name");
    let second = Field { id: "second".to_owned(), ..form.item.inputs[0].clone() };
    form.item.inputs.push(second);
    form.answers.clear();
    if let Some(n) = board {
        assert_eq!(sim.tap(Intent::Board(n)), None);
        assert_eq!(sim.deed(Deed::Done(What::Composed)), None);
        assert_eq!(sim.tap(Intent::Type('h')), None);
    } else {
        assert_eq!(sim.tap(Intent::Type('z')), None);
        assert_eq!(sim.deed(Deed::Done(What::Composed)), None);
    }
    assert_eq!(sim.deed(Deed::Done(What::Chosen)), None);
    assert_eq!((sim.tap(Intent::Confirm), sim.state.page_name()), (None, "form"));
    sim
}

/// What the engine is told when this letter is typed and all is answered.
fn told(sim: &mut Sim, letter: char) -> Vec<Key> {
    let before = sim.effects.len();
    assert_eq!(sim.tap(Intent::Type(letter)), None);
    while sim.waits_for().is_some() {
        assert_eq!(sim.deed(Deed::Done(What::Composed)), None);
    }
    let key = |effect: &Effect| match effect {
        Effect::Press(_, key) => Some(*key),
        _ => None,
    };
    sim.effects.iter().skip(before).filter_map(key).collect()
}

#[test]
fn the_pinyin_board_still_writes_strokes_or_goes_on_with_the_last_questions_letters() {
    let anew = [Key::Script(Script::Pinyin), Key::Char('w')];
    assert_eq!(told(&mut second_name(Some(1)), 'w'), anew, "strokes");

    let mut sim = second_name(None);
    assert_eq!(told(&mut sim, 'z').last(), Some(&Key::Char('z')));
    assert_eq!(sim.tap(Intent::Back), None);
    assert_eq!(told(&mut sim, 'w'), anew, "letters of another question");
    assert_eq!(told(&mut sim, 'o'), [Key::Char('o')], "what is composed is let go of");
}
