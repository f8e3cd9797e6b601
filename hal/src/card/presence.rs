//! Which card lies in the reader: looks at the reader become events and insertion numbers.
//!
//! Pure bookkeeping between the PC/SC watch, which looks, and the reader, which must know whether the card it was
//! asked for is still the one. Must never ask a reader itself.

use std::collections::VecDeque;
use std::ffi::CString;
use std::sync::{Arc, Mutex, PoisonError};

use super::{CardError, CardEvent, Insertion};

/// What one look at the reader found. `count` is the reader's own counter of insertions and removals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Reader or service is not there.
    Lost(CardError),
    /// Reader without a card.
    Empty,
    /// A card that answered to reset.
    Card { count: u32 },
    /// Something that did not.
    Mute { count: u32 },
}

/// The card that lies there now, as the watch last saw it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Present {
    /// Its number.
    pub insertion: Insertion,
    /// The reader it lies in.
    pub reader: CString,
    /// The reader's counter when it was seen: another value means another card.
    pub count: u32,
}

/// One place where the watch leaves the present card for the reader.
#[derive(Clone, Default)]
pub struct Slot(Arc<Mutex<Option<Present>>>);

impl Slot {
    /// The present card, if it is `insertion`.
    pub fn get(&self, insertion: Insertion) -> Option<Present> {
        let present = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        present.clone().filter(|present| present.insertion == insertion)
    }

    fn set(&self, present: Option<Present>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = present;
    }
}

/// What was told last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Nothing,
    Lost,
    Empty,
    Card { insertion: Insertion, count: u32 },
    Mute { count: u32 },
}

/// Turns looks into events.
pub struct Presence {
    told: Told,
    last: u64,
    slot: Slot,
    /// At most three: ready, removed, inserted. Emptied before the next look.
    events: VecDeque<CardEvent>,
}

impl Presence {
    /// Nothing seen yet.
    pub fn new(slot: Slot) -> Self {
        Self { told: Told::Nothing, last: 0, slot, events: VecDeque::new() }
    }

    /// The oldest event not yet told.
    pub fn next(&mut self) -> Option<CardEvent> {
        self.events.pop_front()
    }

    /// Whether the reader counts as lost, and that has been told.
    pub fn lost(&self) -> bool {
        self.told == Told::Lost
    }

    /// Takes in one look at `reader`. The slot is right before the event is out.
    pub fn see(&mut self, look: Look, reader: &CString) {
        let before = self.told;
        if let Look::Lost(error) = look {
            self.slot.set(None);
            self.told = Told::Lost;
            if before != Told::Lost {
                self.events.push_back(CardEvent::ReaderLost(error));
            }
            return;
        }
        if matches!(before, Told::Nothing | Told::Lost) {
            self.events.push_back(CardEvent::ReaderReady);
        }
        match (before, look) {
            (Told::Card { count: told, .. }, Look::Card { count }) if told == count => return,
            (Told::Mute { count: told }, Look::Mute { count }) if told == count => return,
            (Told::Card { insertion, .. }, _) => {
                self.slot.set(None);
                self.events.push_back(CardEvent::Removed(insertion));
            }
            _ => {}
        }
        self.told = match look {
            Look::Card { count } => self.insert(count, reader),
            Look::Mute { count } => {
                self.events.push_back(CardEvent::Mute);
                Told::Mute { count }
            }
            Look::Empty | Look::Lost(_) => Told::Empty,
        };
    }

    fn insert(&mut self, count: u32, reader: &CString) -> Told {
        self.last += 1;
        let insertion = Insertion(self.last);
        self.slot.set(Some(Present { insertion, reader: reader.clone(), count }));
        self.events.push_back(CardEvent::Inserted(insertion));
        Told::Card { insertion, count }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use CardEvent::{Inserted, Mute, ReaderLost, ReaderReady, Removed};

    /// The events that these looks make, and the slot after them.
    fn events(looks: &[Look]) -> (Vec<CardEvent>, Slot) {
        let slot = Slot::default();
        let mut presence = Presence::new(slot.clone());
        let mut events = Vec::new();
        for look in looks {
            presence.see(*look, &c"reader".into());
            events.extend(std::iter::from_fn(|| presence.next()));
        }
        (events, slot)
    }

    #[test]
    fn card_swapped_between_two_looks() {
        let (told, slot) = events(&[Look::Card { count: 1 }, Look::Card { count: 3 }]);
        assert_eq!(told, [ReaderReady, Inserted(Insertion(1)), Removed(Insertion(1)), Inserted(Insertion(2))]);
        assert_eq!(slot.get(Insertion(1)), None);
        assert_eq!(slot.get(Insertion(2)).unwrap().count, 3);
    }

    #[test]
    fn service_dies_with_a_card_in_the_reader() {
        let lost = Look::Lost(CardError::Service);
        let (told, slot) = events(&[Look::Card { count: 1 }, lost, Look::Lost(CardError::NoReader)]);
        assert_eq!(told, [ReaderReady, Inserted(Insertion(1)), ReaderLost(CardError::Service)]);
        assert_eq!(slot.get(Insertion(1)), None);
        // The new daemon counts from the start again: the same count is not the same card.
        let (told, _) = events(&[Look::Card { count: 1 }, lost, Look::Card { count: 1 }]);
        assert_eq!(told.get(3..).unwrap(), [ReaderReady, Inserted(Insertion(2))]);
    }

    #[test]
    fn another_program_uses_the_card() {
        let (told, _) = events(&[Look::Empty, Look::Empty, Look::Card { count: 1 }, Look::Card { count: 1 }]);
        assert_eq!(told, [ReaderReady, Inserted(Insertion(1))]);
    }

    #[test]
    fn card_put_in_upside_down_then_right() {
        let looks = [Look::Mute { count: 1 }, Look::Mute { count: 1 }, Look::Empty, Look::Card { count: 3 }];
        assert_eq!(events(&looks).0, [ReaderReady, Mute, Inserted(Insertion(1))]);
        let dies = [Look::Card { count: 1 }, Look::Mute { count: 1 }];
        assert_eq!(events(&dies).0, [ReaderReady, Inserted(Insertion(1)), Removed(Insertion(1)), Mute]);
    }

    #[test]
    fn terminal_starts_before_its_reader() {
        let (told, _) = events(&[Look::Lost(CardError::NoReader), Look::Lost(CardError::Service), Look::Empty]);
        assert_eq!(told, [ReaderLost(CardError::NoReader), ReaderReady]);
    }
}
