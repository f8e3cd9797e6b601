//! Every stage meets every kind of input on purpose: the whole table, kept as a file that a reader can look at.

use std::fmt::Write;

use hal::card::{CardError, CardEvent, Insertion};
use hal::pad::Key;
use hal::sensors::Change;
use hal::sensors::Sensor::{Approach, CallButton, Door, FireAlarm, Headphones, Tamper};
use hal::{Code, Progress};
use hall::people::home;
use hall::sim::{PLACES, Sim, What};
use kiosk::session::{Completion, Device, Input, Ticket};
use ui::{Intent, ScreenId, Tap};

type Deed = (String, Box<dyn Fn(&mut Sim) -> Option<&'static str>>);

fn deed(name: impl Into<String>, doing: impl Fn(&mut Sim) -> Option<&'static str> + 'static) -> Deed {
    (name.into(), Box::new(doing))
}

/// Every kind of input, for the page and screen that is there.
fn deeds() -> Vec<Deed> {
    let mut deeds = vec![
        deed("card inserted", Sim::insert),
        deed("card removed", Sim::pull),
        deed("another card removed", |sim| sim.feed(Input::Card(CardEvent::Removed(Insertion(77))))),
        deed("card mute", |sim| sim.feed(Input::Card(CardEvent::Mute))),
        deed("reader lost", |sim| sim.feed(Input::Card(CardEvent::ReaderLost(CardError::Service)))),
        deed("reader ready", |sim| sim.feed(Input::Card(CardEvent::ReaderReady))),
        deed("receipt printer out of paper", |sim| {
            sim.feed(Input::Health(Device::Receipt, Err(Code::ReceiptPaperOut)))
        }),
        deed("page printer fine", |sim| sim.feed(Input::Health(Device::Page, Ok(())))),
        deed("battery nearly empty", |sim| {
            sim.feed(Input::Health(Device::Ups, Err(Code::UpsBatteryLow)));
            sim.feed(Input::Due)
        }),
        deed("nothing due", |sim| sim.feed(Input::Due)),
        deed("a minute passes", |sim| {
            sim.elapsed_ms += 60_000;
            sim.feed(Input::Due)
        }),
        deed("half an hour passes", |sim| {
            sim.elapsed_ms += 1_800_000;
            sim.feed(Input::Due)
        }),
        deed("blocked", |sim| sim.progress(Progress::Blocked(Code::ReceiptPaperOut))),
        deed("resumed", |sim| sim.progress(Progress::Resumed)),
        deed("stale result", |sim| {
            let completion = sim.completion(What::Printed);
            sim.feed(Input::Done(Ticket { visit: 1, seq: 4_711 }, completion))
        }),
        deed("tap on an older screen", |sim| {
            let screen = ScreenId(sim.state.screen.0 - 1);
            sim.feed(Input::Tap(Tap { screen, intent: Intent::Confirm }))
        }),
        deed("catalogue without being asked", |sim| {
            let catalogue = Completion::Catalogue(Err(kiosk::agency::AgencyError::Timeout));
            sim.done(catalogue)
        }),
    ];
    let sensors = [Door, Tamper, CallButton, Approach, Headphones, FireAlarm];
    for (sensor, active) in sensors.into_iter().flat_map(|sensor| [(sensor, true), (sensor, false)]) {
        let name = format!("{sensor:?} {}", if active { "active" } else { "quiet" });
        deeds.push(deed(name, move |sim| sim.feed(Input::Contact(Change { sensor, active }))));
    }
    let keys = [Key::Digit(1), Key::Confirm, Key::Correct, Key::Cancel, Key::Previous, Key::Next];
    deeds.extend(keys.map(|key| deed(format!("key {key:?}"), move |sim| sim.feed(Input::Key(key)))));
    deeds.extend(Intent::KINDS.map(|intent| deed(format!("tap {}", intent.name()), move |sim| sim.tap(intent))));
    deeds.extend(What::ALL.map(|what| {
        deed(format!("result {what:?}"), move |sim| {
            let completion = sim.completion(what);
            sim.done(completion)
        })
    }));
    deeds
}

fn table() -> String {
    let mut table = String::from(
        "# stage | input -> next page, or why it is refused. Written by the test `a_stage_meets_an_input_nobody_thought_of`\n\
         # (UPDATE=1 writes it anew); read every changed line before you commit it.\n",
    );
    for (place, ..) in PLACES {
        writeln!(table, "\n## {place} ({})", Sim::at(place).state.page_name()).unwrap();
        for (name, doing) in deeds() {
            let mut sim = Sim::at(place);
            let before = sim.state.page_key();
            let refused = doing(&mut sim);
            let after = sim.state.page_key();
            let outcome = match refused {
                Some(why) => {
                    assert_eq!(before, after, "{place} | {name}: refused, and yet something changed");
                    format!("refused: {why}")
                }
                None if before == after => "stays".to_owned(),
                None => format!("-> {}{}", after.0, after.4.map_or("", |_| " (overlaid)")),
            };
            writeln!(table, "{name:<32} {outcome}").unwrap();
        }
    }
    table
}

#[test]
fn a_stage_meets_an_input_nobody_thought_of() {
    let file = home().join("suite/matrix.txt");
    let now = table();
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&file, &now).unwrap();
    }
    let known = std::fs::read_to_string(&file).unwrap_or_default();
    let changed: Vec<_> = now.lines().zip(known.lines()).filter(|(now, known)| now != known).take(5).collect();
    assert!(now == known, "the table has changed (UPDATE=1 writes it anew): {changed:#?}");
}

#[test]
fn a_pin_is_typed_in_the_clear_on_an_encrypting_pad() {
    let mut sim = Sim::at("pin");
    assert_eq!(sim.feed(Input::Key(Key::Digit(1))), None, "a plain pad types nothing");
    let mut site = (*sim.state.terminal.site).clone();
    site.devices.pad.as_mut().unwrap().kind = contract::site::devices::PadKind::Encrypting;
    sim.state.terminal.site = site.into();
    assert_eq!(sim.feed(Input::Key(Key::Digit(1))), Some("not offered"));
    assert_eq!(sim.feed(Input::Key(Key::Cancel)), None, "its other keys are dead");
}
