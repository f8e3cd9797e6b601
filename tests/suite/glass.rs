//! Every page in every language and size, on the headless glass: nothing beside the screen, nothing on top of another.

use hall::sim::{PLACES, Sim};
use kiosk::session::Stage;
use ui::headless::{Element, Headless};
use ui::model::{Lang, Look, Size};

const SIZE_PX: (u32, u32) = (1080, 1920);

fn look(sim: &mut Sim, look: Look) {
    match &mut sim.state.stage {
        Stage::Welcome(Some(visit)) => visit.look = look,
        Stage::Serving(serving) => serving.visit.look = look,
        Stage::Gone(gone) => gone.visit.look = look,
        Stage::Farewell(farewell) => farewell.look = look,
        // Nobody is here: Chinese at the standard size, always.
        Stage::Welcome(None) => {}
    }
}

fn inside(element: &Element) -> bool {
    let [x, y, width, height] = element.place;
    // Half a pixel of rounding.
    x >= -0.5 && y >= -0.5 && x + width <= SIZE_PX.0 as f32 + 0.5 && y + height <= SIZE_PX.1 as f32 + 0.5
}

fn overlap(one: &Element, other: &Element) -> bool {
    let ([x, y, width, height], [u, v, w, h]) = (one.place, other.place);
    let apart = x + width <= u + 0.5 || u + w <= x + 0.5 || y + height <= v + 0.5 || v + h <= y + 0.5;
    !apart
}

/// Whether a text whose middle lies on a button reaches beyond that button's edge.
fn spills(text: &Element, button: &Element) -> bool {
    let ([x, y, width, height], [u, v, w, h]) = (text.place, button.place);
    let (middle_x, middle_y) = (x + width / 2.0, y + height / 2.0);
    let on_it = middle_x > u && middle_x < u + w && middle_y > v && middle_y < v + h;
    let within = x >= u - 0.5 && y >= v - 0.5 && x + width <= u + w + 0.5 && y + height <= v + h + 0.5;
    on_it && !within
}

/// Top of the bottom bar; nothing of a page may reach behind it.
const BAR_PX: f32 = 1920.0 - 161.0;

/// Whether a text of the page is hidden behind the bottom bar, or partly so.
fn behind_the_bar(text: &Element, buttons: &[&Element]) -> bool {
    let [x, y, width, height] = text.place;
    let (middle_x, middle_y) = (x + width / 2.0, y + height / 2.0);
    let on = |button: &&Element| {
        let [u, v, w, h] = button.place;
        middle_x > u && middle_x < u + w && middle_y > v && middle_y < v + h
    };
    y + height > BAR_PX + 0.5 && !buttons.iter().any(on)
}

/// A finger is 15 mm wide; one pixel is 0.248 mm.
const TOUCH_PX: f32 = 60.0;

fn faults(elements: &[Element]) -> Vec<String> {
    let buttons: Vec<&Element> = elements.iter().filter(|element| element.button).collect();
    let shown = |element: &&Element| !element.label.trim().is_empty() && element.place[2] > 0.0;
    let outside = elements.iter().filter(shown).filter(|element| !inside(element)).map(|e| format!("outside: {e:?}"));
    let small =
        buttons.iter().filter(|e| e.place[2] < TOUCH_PX || e.place[3] < TOUCH_PX).map(|e| format!("too small: {e:?}"));
    let pairs =
        buttons.iter().enumerate().flat_map(|(n, one)| buttons.iter().skip(n + 1).map(move |other| (one, other)));
    let on_top =
        pairs.filter(|(one, other)| overlap(one, other)).map(|(one, other)| format!("overlap: {one:?} {other:?}"));
    let texts = || elements.iter().filter(|element| !element.button && element.place[2] > 0.0);
    let spilt = buttons.iter().flat_map(|button| {
        texts().filter(|text| spills(text, button)).map(move |text| format!("spills: {text:?} {button:?}"))
    });
    let behind = texts().filter(|text| behind_the_bar(text, &buttons)).map(|text| format!("behind the bar: {text:?}"));
    outside.chain(behind).chain(small).chain(on_top).chain(spilt).collect()
}

#[test]
fn a_button_lies_beside_the_screen_or_under_another() {
    let (mut headless, glass) = Headless::open(SIZE_PX, || {}, |_| {}).unwrap();
    let mut found = Vec::new();
    for (place, _) in PLACES {
        for lang in Lang::ALL {
            for size in Size::ALL {
                let mut sim = Sim::at(place);
                look(&mut sim, Look { lang, size });
                glass.show(sim.screen());
                headless.pump();
                headless.draw();
                let elements = headless.elements();
                assert!(elements.len() > 3, "{place}: the page is blank");
                found
                    .extend(faults(&elements).into_iter().map(|fault| format!("{place}, {lang:?}, {size:?}: {fault}")));
            }
        }
    }
    assert!(found.is_empty(), "{} faults\n{}", found.len(), found.join("\n"));
}
