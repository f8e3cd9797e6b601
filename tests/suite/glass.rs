//! Every page in every language and size, on the headless glass: nothing beside the screen, nothing on top of another.

use std::cell::Cell;
use std::rc::Rc;

use hall::pages::{PANELS, names, screen};
use hall::people::{home, person};
use hall::specimen::SPECIMENS;
use hall::storm::buttons;
use ui::headless::{Element, Headless, TapError};
use ui::model::{Lang, Look, Shape, Size};
use ui::{Page, PanelPx};

fn inside(element: &Element, panel: PanelPx) -> bool {
    let [x, y, width, height] = element.place;
    // Half a pixel of rounding.
    x >= -0.5 && y >= -0.5 && x + width <= panel.width as f32 + 0.5 && y + height <= panel.height as f32 + 0.5
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

/// Height of the bar of a panel that stands; nothing of a page may reach behind it.
const BAR_PX: f32 = 161.0;
/// Widths of the rail of a panel that lies.
const RAIL_PX: (f32, f32) = (320.0, 236.0);

/// Whether a text of the page is hidden behind the bar or rail, or partly so.
fn behind_the_bar(text: &Element, buttons: &[&Element], shape: Shape, panel: PanelPx) -> bool {
    let [x, y, width, height] = text.place;
    let (middle_x, middle_y) = (x + width / 2.0, y + height / 2.0);
    let on = |button: &&Element| {
        let [u, v, w, h] = button.place;
        middle_x > u && middle_x < u + w && middle_y > v && middle_y < v + h
    };
    let behind = match shape {
        Shape::Upright => y + height > panel.height as f32 - BAR_PX + 0.5,
        // What begins within the rail belongs to it and must end there.
        Shape::Wide => x < RAIL_PX.0 && x + width > RAIL_PX.0,
        Shape::WideLow => x < RAIL_PX.1 && x + width > RAIL_PX.1,
    };
    behind && !buttons.iter().any(on)
}

/// A finger is 15 mm wide; one pixel is 0.248 mm.
const TOUCH_PX: f32 = 60.0;

/// How far a seated person reaches: 240 mm above the lower edge.
const REACH_PX: f32 = 960.0;

fn faults(elements: &[Element], look: Look, shape: Shape, panel: PanelPx) -> Vec<String> {
    let buttons: Vec<&Element> = elements.iter().filter(|element| element.button).collect();
    let shown = |element: &&Element| !element.label.trim().is_empty() && element.place[2] > 0.0;
    let outside =
        elements.iter().filter(shown).filter(|element| !inside(element, panel)).map(|e| format!("outside: {e:?}"));
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
    let behind = texts()
        .filter(|text| behind_the_bar(text, &buttons, shape, panel))
        .map(|text| format!("behind the bar: {text:?}"));
    let written: Vec<&Element> = texts().filter(|text| !text.label.trim().is_empty()).collect();
    let pairs =
        written.iter().enumerate().flat_map(|(n, one)| written.iter().skip(n + 1).map(move |other| (one, other)));
    let blurred =
        pairs.filter(|(one, other)| overlap(one, other)).map(|(one, other)| format!("written over: {one:?} {other:?}"));
    let top = panel.height as f32 - REACH_PX;
    let high = buttons.iter().filter(|button| look.low_reach && button.place[1] < top);
    let high = high.map(|button| format!("out of reach: {button:?}"));
    outside.chain(behind).chain(small).chain(on_top).chain(spilt).chain(high).chain(blurred).collect()
}

/// Every way of seeing that this panel offers.
fn looks(shape: Shape) -> impl Iterator<Item = Look> {
    let both = |lang| Size::ALL.map(|size| Look { lang, size, ..Look::default() });
    let looks = Lang::ALL.into_iter().flat_map(both).filter(move |look| look.size <= shape.largest());
    looks.flat_map(move |look| {
        let low = (shape == Shape::Upright).then_some(Look { low_reach: true, ..look });
        std::iter::once(look).chain(low)
    })
}

#[test]
fn a_button_lies_beside_the_screen_or_under_another() {
    let mut found = Vec::new();
    for (shape, panel) in PANELS {
        let (mut headless, glass) = Headless::open(panel, || {}, |_| {}).unwrap();
        for place in names() {
            for seen in looks(shape) {
                let screen = screen(place, panel, seen);
                assert_eq!(screen.shape, shape);
                glass.show(screen);
                headless.pump();
                headless.draw();
                let elements = headless.elements();
                assert!(elements.len() > 3, "{place}: the page is blank");
                let wrong = faults(&elements, seen, shape, panel);
                found.extend(wrong.into_iter().map(|fault| format!("{shape:?}, {place}, {seen:?}: {fault}")));
            }
        }
    }
    assert!(found.is_empty(), "{} faults\n{}", found.len(), found.join("\n"));
}

#[test]
fn a_key_types_another_character() {
    let (_, panel) = PANELS[0];
    let asked = Rc::new(Cell::new(None));
    let seen = asked.clone();
    let (mut headless, glass) = Headless::open(panel, || {}, move |tap| seen.set(Some(tap.intent))).unwrap();
    for name in SPECIMENS {
        let screen = screen(name, panel, Look::default());
        let buttons = buttons(&screen);
        assert!(buttons.len() > 6, "{name}: the page has lost its buttons");
        glass.show(screen);
        headless.pump();
        headless.draw();
        for button in buttons {
            assert_eq!(headless.tap(&button.label), Ok(()), "{name}: {}", button.label);
            assert_eq!(asked.take(), button.intent, "{name}: {}", button.label);
        }
    }
    glass.show(screen("letters, picking", panel, Look::default()));
    headless.pump();
    headless.draw();
    assert_eq!(headless.tap("拼音"), Err(TapError::Disabled), "the present board can be switched to");
}

/// Relative luminance of a colour (WCAG 2.2).
fn luminance(hex: &str) -> f64 {
    let part = |n: usize| {
        let value = f64::from(u8::from_str_radix(&hex[n..n + 2], 16).unwrap()) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

/// Contrast of two colours (WCAG 2.2): 1 to 21.
fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

/// The two values of a colour token: standard, high contrast.
fn token(name: &str) -> [String; 2] {
    let theme = std::fs::read_to_string(home().join("../ui/slint/theme.slint")).unwrap();
    let line = theme.lines().find(|line| line.contains(&format!("<color> {name}: "))).unwrap();
    let colours: Vec<String> = line.split('#').skip(1).map(|rest| format!("#{}", &rest[..6])).collect();
    let first = |n: usize| if line.contains('?') { colours[1 - n].clone() } else { colours[0].clone() };
    [first(0), first(1)]
}

#[test]
fn a_word_or_the_edge_of_a_button_is_too_pale() {
    // Colour, its ground, and what the pair is for.
    let text = [
        ("ink", "surface"),
        ("ink", "canvas"),
        ("ink", "pressed"),
        ("secondary", "surface"),
        ("secondary", "canvas"),
        ("secondary", "brand-soft"),
        ("secondary", "disabled"),
        ("surface", "brand"),
        ("surface", "brand-deep"),
        ("on-header", "header"),
        ("on-header-soft", "header"),
        ("brand-deep", "brand-soft"),
        ("brand-deep", "surface"),
        ("brand", "surface"),
        ("ink", "brand-soft"),
        ("ok", "ok-soft"),
        ("ok", "surface"),
        ("warn", "warn-soft"),
        ("warn", "surface"),
        ("warn", "canvas"),
        ("danger", "surface"),
        ("danger", "danger-soft"),
    ];
    let edges = [("outline", "surface"), ("outline", "canvas"), ("brand", "canvas"), ("brand", "brand-soft")];
    let all = text.map(|pair| (pair, [4.5, 7.0])).into_iter().chain(edges.map(|pair| (pair, [3.0, 3.0])));
    let pale: Vec<_> = all
        .flat_map(|((one, other), least)| {
            let (one_is, other_is) = (token(one), token(other));
            let found = [0, 1].map(|theme| (theme, contrast(&one_is[theme], &other_is[theme])));
            found
                .into_iter()
                .filter(move |(theme, is)| *is < least[*theme])
                .map(move |(theme, is)| format!("{one} on {other}, theme {theme}: {is:.1}, at least {}", least[theme]))
        })
        .collect();
    assert!(pale.is_empty(), "{}", pale.join("\n"));
}

#[test]
fn a_name_is_drawn_as_an_empty_box() {
    let (shape, panel) = PANELS[0];
    let (mut headless, glass) = Headless::open(panel, || {}, |_| {}).unwrap();
    let mut drawn = |greeting: &str| {
        let mut screen = screen("home", panel, Look::default());
        assert_eq!(screen.shape, shape);
        let Page::Home(home) = &mut screen.page else { panic!("home is another page now") };
        home.greeting = greeting.to_owned();
        glass.show(screen);
        headless.pump();
        headless.frame().rgb
    };
    // Nobody's character: what no font has.
    let boxes = ["\u{F8F0}", "\u{10FFFD}"].map(&mut drawn);
    let nothing = drawn("");
    assert!(boxes[0] == boxes[1], "missing characters look different: this test cannot tell one");
    let names: String = (1..=9).map(|n| person(n).unwrap().name).collect();
    // Besides the people's own: names from extensions A and B of the character set.
    for c in names.chars().chain("䶮㛃𠮷".chars()).filter(|c| !c.is_whitespace()) {
        let picture = drawn(&c.to_string());
        assert!(picture != nothing, "{c}: nothing is drawn");
        assert!(boxes.iter().all(|empty| *empty != picture), "{c}: an empty box is drawn");
    }
}
