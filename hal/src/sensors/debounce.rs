//! A contact that bounces is told once: a state counts when it was seen twice in a row. Pure.

use std::collections::BTreeMap;

use super::{Change, Sensor};

/// What was told, and what was seen once since.
#[derive(Clone, Debug, Default)]
pub struct Debounce {
    told: BTreeMap<Sensor, bool>,
    seen: BTreeMap<Sensor, bool>,
}

impl Debounce {
    /// Takes in one look at all sensors; returns what is now certain and new. A sensor that was never told counts as not
    /// active.
    pub fn see(&mut self, look: &[(Sensor, bool)]) -> Vec<Change> {
        let mut changes = Vec::new();
        for &(sensor, active) in look {
            let twice = self.seen.insert(sensor, active) == Some(active);
            if twice && self.told.get(&sensor).copied().unwrap_or_default() != active {
                self.told.insert(sensor, active);
                changes.push(Change { sensor, active });
            }
        }
        changes
    }

    /// Forgets what was seen once, because the board was lost; what was told stays told.
    pub fn lost(&mut self) {
        self.seen.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Sensor::{Door, FireAlarm};

    #[test]
    fn a_door_that_rattles_is_told_again_and_again() {
        let mut debounce = Debounce::default();
        let mut told = Vec::new();
        for open in [true, false, true, false, true, true, true, false, true] {
            told.extend(debounce.see(&[(Door, open)]));
        }
        assert_eq!(told, [Change { sensor: Door, active: true }]);
    }

    #[test]
    fn an_alarm_ended_while_the_board_was_away_stays_for_ever() {
        let mut debounce = Debounce::default();
        debounce.see(&[(FireAlarm, true)]);
        assert_eq!(debounce.see(&[(FireAlarm, true)]), [Change { sensor: FireAlarm, active: true }]);
        debounce.lost();
        assert!(debounce.see(&[(FireAlarm, false)]).is_empty());
        assert_eq!(debounce.see(&[(FireAlarm, false)]), [Change { sensor: FireAlarm, active: false }]);
    }
}
