//! A pipe that opens itself again: by its stable name, with back-off, so that a device which was pulled comes back by itself
//! and one that flaps does not keep the machine busy.
//!
//! Used by drivers whose device stays open between commands. It never repeats what was being sent: the command that was lost
//! fails, and only the next one finds the new pipe.

use std::time::{Duration, Instant};

use super::{Dial, Wire, WireError};

/// First wait after a failure; a USB device that re-enumerates needs about that long.
const FIRST: Duration = Duration::from_millis(250);
/// Longest wait: a technician who plugs it in again looks at the screen for two seconds.
const LONGEST: Duration = Duration::from_secs(2);
/// A pipe that held that long is not flapping.
const HELD: Duration = Duration::from_secs(10);

/// When to try again. Pure: time comes in.
#[derive(Clone, Copy, Debug, Default)]
struct BackOff {
    wait: Duration,
    until: Option<Instant>,
}

impl BackOff {
    fn failed(&mut self, now: Instant, held: Duration) {
        self.wait = if held >= HELD || self.wait.is_zero() { FIRST } else { (self.wait * 2).min(LONGEST) };
        self.until = Some(now + self.wait);
    }

    fn left(&self, now: Instant) -> Duration {
        self.until.map_or(Duration::ZERO, |until| until.saturating_duration_since(now))
    }
}

/// The pipe.
pub struct Steady {
    dial: Box<dyn Dial>,
    open: Option<(Box<dyn Wire>, Instant)>,
    back_off: BackOff,
    last: WireError,
}

impl Steady {
    /// A pipe behind `dial`; touches nothing until it is used.
    #[must_use]
    pub fn new(dial: Box<dyn Dial>) -> Self {
        Self { dial, open: None, back_off: BackOff::default(), last: WireError::Absent }
    }

    /// Whether it is open, as far as the last use told.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Closes it; the next use opens it again, after the back-off.
    pub fn close(&mut self, why: WireError) {
        let now = Instant::now();
        let held = self.open.take().map_or(Duration::ZERO, |(_, since)| now.saturating_duration_since(since));
        self.back_off.failed(now, held);
        self.last = why;
    }

    /// Opens it where it is closed. Waits for the back-off as far as the deadline allows; beyond it, says what was wrong
    /// last.
    ///
    /// # Errors
    /// As [`WireError`] says.
    pub fn open(&mut self, deadline: Instant) -> Result<&mut (dyn Wire + 'static), WireError> {
        if self.open.is_none() {
            let now = Instant::now();
            let wait = self.back_off.left(now);
            let allowed = deadline.saturating_duration_since(now);
            pause(wait.min(allowed));
            if wait > allowed {
                return Err(self.last);
            }
            match self.dial.dial(deadline) {
                Ok(wire) => self.open = Some((wire, Instant::now())),
                Err(error) => self.close(error),
            }
        }
        self.open.as_mut().map(|(wire, _)| &mut **wire).ok_or(self.last)
    }

    fn using<T>(
        &mut self,
        deadline: Instant,
        with: impl FnOnce(&mut dyn Wire) -> Result<T, WireError>,
    ) -> Result<T, WireError> {
        let result = with(self.open(deadline)?);
        if let Err(error) = result
            && error != WireError::Timeout
        {
            self.close(error);
        }
        result
    }
}

impl Wire for Steady {
    fn send(&mut self, bytes: &[u8], deadline: Instant) -> Result<(), WireError> {
        self.using(deadline, |wire| wire.send(bytes, deadline))
    }

    fn read(&mut self, into: &mut [u8], deadline: Instant) -> Result<usize, WireError> {
        self.using(deadline, |wire| wire.read(into, deadline))
    }
}

/// Waits that long; parking may end early, the loop makes it exact.
pub(crate) fn pause(time: Duration) {
    let until = Instant::now() + time;
    while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
        std::thread::park_timeout(left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flapping_port_is_opened_without_pause() {
        let (mut back_off, now) = (BackOff::default(), Instant::now());
        let waits: Vec<_> = (0..5)
            .map(|_| {
                back_off.failed(now, Duration::from_secs(1));
                back_off.left(now).as_millis()
            })
            .collect();
        assert_eq!(waits, [250, 500, 1000, 2000, 2000]);
        back_off.failed(now, HELD);
        assert_eq!(back_off.left(now), FIRST, "a port that held is waited for like a new one");
        assert_eq!(back_off.left(now + FIRST), Duration::ZERO);
    }
}
