//! The desk before the engine: one result a key, and an engine that belongs to one visit only.

use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::Duration;

use kiosk::input_method::desk::{Desk, Pressed, start};
use kiosk::input_method::{Composition, InputMethod, InputMethodError, Key};
use kiosk::session::Ticket;

/// More than any test needs, so that no engine waits for a test.
const ROOM: usize = 64;
/// Long enough for a busy machine; nothing here takes a time of its own.
const PATIENCE: Duration = Duration::from_secs(20);

#[derive(Debug, PartialEq, Eq)]
enum Word {
    Opened,
    Closed,
    Result(Ticket, Pressed),
}

/// Waits for leave before each key; Confirm breaks it.
struct Engine {
    told: SyncSender<Word>,
    leave: std::sync::Arc<std::sync::Mutex<Receiver<()>>>,
}

impl InputMethod for Engine {
    fn press(&mut self, key: Key) -> Pressed {
        let _the_test_has_ended = self.leave.lock().unwrap().recv();
        match key {
            Key::Char(letter) => Ok(Composition::committed(letter.into())),
            _ => Err(InputMethodError::Late),
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        let _the_test_has_ended = self.told.send(Word::Closed);
    }
}

/// A desk, what is heard of it, and leave for its engine's keys.
fn desk() -> (Desk, Receiver<Word>, SyncSender<()>) {
    let (told, heard) = sync_channel(ROOM);
    let (leave, waiting) = sync_channel(ROOM);
    let leave_of_all = std::sync::Arc::new(std::sync::Mutex::new(waiting));
    let results = told.clone();
    let open = Box::new(move || {
        let _the_test_has_ended = told.send(Word::Opened);
        let engine: Box<dyn InputMethod> = Box::new(Engine { told: told.clone(), leave: leave_of_all.clone() });
        Ok(engine)
    });
    let desk = start(open, move |ticket, outcome| {
        let _the_test_has_ended = results.send(Word::Result(ticket, outcome));
    });
    (desk.unwrap(), heard, leave)
}

fn next(heard: &Receiver<Word>) -> Word {
    heard.recv_timeout(PATIENCE).unwrap()
}

fn ticket(visit: u64, seq: u64) -> Ticket {
    Ticket { visit, seq }
}

fn typed(visit: u64, seq: u64, letter: char) -> Word {
    Word::Result(ticket(visit, seq), Ok(Composition::committed(letter.into())))
}

#[test]
fn a_key_has_no_result_or_two() {
    let (desk, heard, leave) = desk();
    let letters = ['a', 'b', 'c'];
    for (seq, letter) in (0..).zip(letters) {
        desk.submit(ticket(1, seq), Key::Char(letter)).unwrap();
        leave.send(()).unwrap();
    }
    assert_eq!(next(&heard), Word::Opened);
    for (seq, letter) in (0..).zip(letters) {
        assert_eq!(next(&heard), typed(1, seq, letter));
    }
    drop(desk);
    assert_eq!(next(&heard), Word::Closed);
    assert!(heard.recv_timeout(PATIENCE).is_err(), "something came after the end");
}

#[test]
fn keys_pile_up_behind_an_engine_that_is_busy() {
    let (desk, heard, leave) = desk();
    let submitted: Vec<_> = (0..40).map(|seq| desk.submit(ticket(1, seq), Key::Char('a'))).collect();
    let taken = submitted.iter().filter(|submitted| submitted.is_ok()).count();
    assert!((16..=17).contains(&taken), "{taken}");
    assert!(submitted.iter().skip(taken).all(|refused| *refused == Err(InputMethodError::Busy)));
    assert_eq!(next(&heard), Word::Opened);
    for seq in 0..u64::try_from(taken).unwrap() {
        leave.send(()).unwrap();
        assert_eq!(next(&heard), typed(1, seq, 'a'));
    }
}

#[test]
fn a_visit_writes_with_the_engine_of_the_one_before() {
    let (desk, heard, leave) = desk();
    for visit in [1, 2] {
        desk.submit(ticket(visit, 0), Key::Char('a')).unwrap();
        leave.send(()).unwrap();
    }
    let words: Vec<_> = (0..5).map(|_| next(&heard)).collect();
    assert_eq!(words, [Word::Opened, typed(1, 0, 'a'), Word::Closed, Word::Opened, typed(2, 0, 'a')]);
}

#[test]
fn an_engine_outlives_its_visit_until_the_next_one_comes() {
    let (desk, heard, leave) = desk();
    desk.submit(ticket(1, 0), Key::Char('a')).unwrap();
    leave.send(()).unwrap();
    assert_eq!(next(&heard), Word::Opened);
    assert_eq!(next(&heard), typed(1, 0, 'a'));
    desk.end(1);
    assert_eq!(next(&heard), Word::Closed);
}

#[test]
fn keys_that_waited_open_an_engine_for_a_visit_that_is_over() {
    let (desk, heard, leave) = desk();
    while desk.submit(ticket(1, 0), Key::Char('a')).is_ok() {}
    assert_eq!(next(&heard), Word::Opened);
    // The queue is full: there is no room for a word about the end.
    desk.end(1);
    leave.send(()).unwrap();
    assert_eq!(next(&heard), typed(1, 0, 'a'));
    assert_eq!(next(&heard), Word::Closed);
    drop(desk);
    let rest: Vec<_> = heard.iter().collect();
    assert!(rest.len() >= 15, "{}", rest.len());
    assert!(rest.iter().all(|word| *word == Word::Result(ticket(1, 0), Err(InputMethodError::Over))), "{rest:?}");
}

#[test]
fn an_engine_that_failed_serves_the_next_key() {
    let (desk, heard, leave) = desk();
    for key in [Key::Confirm, Key::Char('b')] {
        desk.submit(ticket(1, 7), key).unwrap();
        leave.send(()).unwrap();
    }
    let words: Vec<_> = (0..5).map(|_| next(&heard)).collect();
    let late = Word::Result(ticket(1, 7), Err(InputMethodError::Late));
    assert_eq!(words, [Word::Opened, Word::Closed, late, Word::Opened, typed(1, 7, 'b')]);
}
