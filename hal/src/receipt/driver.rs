//! Drives an ESC/POS printer over any byte pipe.
//!
//! Each command dials anew. Printing, in this order: how the printer is, and not one byte more unless it is ready; the
//! document; GS r 1 as the last command. The printer answers it in print order, so its answer means that everything before
//! it has been processed. While none comes, DLE EOT is asked every quarter of a second: it is answered in real time even
//! when the paper is out, and time in which the printer waits for a person does not count against the deadline. After the
//! answer DLE EOT must be clean, else the answer is not believed. Nor is it where a second one comes, for one was asked for, and either may be
//! the rest of something whose head was lost. Cancelling sends DLE DC4 fn 8 and waits for `37 25 00`.
//!
//! A model that tells by itself is asked once a connection (GS a) and then believed as it speaks; its connection stays open, because
//! one that has stopped obeys no command, and could not be asked again.
//!
//! Must never: say `Ok` without the printer's own word.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::encode::encode;
use super::model::{Model, Tells};
use super::raster::Pen;
use super::status::{ASB_ON, CLEAR_BUFFERS, Ear, Flags, GS_R_1, Said, dle_eot, parse_dle_eot};
use super::{Capabilities, Receipt, ReceiptError, ReceiptPrinter, Status};
use crate::control::{Control, Progress};
use crate::wire::{Dial, Wire, WireError};

/// How long silence lasts before the printer is asked how it is.
const SLICE: Duration = Duration::from_millis(250);
/// A real-time status comes within a few milliseconds; network adapters add some tens.
const STATUS_WAIT: Duration = Duration::from_secs(2);
/// What a printer has said by now.
const NOW: Duration = Duration::from_millis(5);
/// How much longer the rest of what has begun is waited for: network adapters cut where they like.
const REST: Duration = Duration::from_millis(100);
/// Clearing waits for the line that is being printed.
const CLEAR_WAIT: Duration = Duration::from_secs(3);
/// More bytes than any status; beyond it the peer is no printer.
const MOST_BYTES: usize = 512;

/// An ESC/POS printer.
pub struct EscPosPrinter {
    dial: Box<dyn Dial>,
    model: Model,
    pen: Pen,
    /// Kept for a model that tells by itself.
    open: Option<Talk>,
}

impl EscPosPrinter {
    /// A printer of this model behind `dial`; `font_file` draws what its characters lack.
    #[must_use]
    pub fn new(dial: Box<dyn Dial>, model: Model, font_file: PathBuf) -> Self {
        Self { dial, model, pen: Pen::new(&font_file), open: None }
    }

    fn dial(&mut self, deadline: Instant) -> Result<Talk, ReceiptError> {
        // One that was pulled meanwhile shows here, and is dialled anew.
        if let Some(mut talk) = self.open.take().filter(|talk| talk.told.is_some())
            && talk.flags().is_ok()
        {
            return Ok(talk);
        }
        let wait = deadline.min(Instant::now() + STATUS_WAIT);
        let wire = self.dial.dial(wait).map_err(|_| ReceiptError::Unreachable)?;
        let (tells, ear) = (self.model.tells, Ear::default());
        Ok(Talk { wire, tells, ear, told: None, done: false, doubt: false, heard: 0 })
    }
}

impl EscPosPrinter {
    fn keep(&mut self, talk: Talk) {
        self.open = (self.model.tells == Tells::ByItself).then_some(talk);
    }
}

impl ReceiptPrinter for EscPosPrinter {
    fn capabilities(&self) -> Capabilities {
        Capabilities { width_dots: self.model.width_dots, tells: self.model.tells, cuts: !self.model.cut.is_empty() }
    }

    fn status(&mut self, control: &Control<'_>) -> Result<Status, ReceiptError> {
        let mut talk = self.dial(control.deadline)?;
        if self.model.tells == Tells::Nothing {
            return Ok(Status::Unknown);
        }
        // Nothing was asked of it but its status: silence means that it is not there, not that a job is in doubt.
        let status = talk.flags().map(Flags::status).map_err(|error| match error {
            ReceiptError::NoAnswer => ReceiptError::Unreachable,
            other => other,
        })?;
        self.keep(talk);
        Ok(status)
    }

    fn print(&mut self, receipt: &Receipt, control: &Control<'_>) -> Result<(), ReceiptError> {
        let mut bytes = encode(receipt, &self.model, &mut self.pen).map_err(|_| ReceiptError::Unreachable)?;
        let mut talk = self.dial(control.deadline)?;
        if self.model.tells != Tells::Nothing {
            match talk.flags().map(Flags::status) {
                Ok(status) if status.printable() => {}
                Ok(status) => {
                    self.keep(talk);
                    return Err(ReceiptError::NotReady(status));
                }
                // It was asked before the first byte of the job: nothing has been printed.
                Err(_) => return Err(ReceiptError::Unreachable),
            }
            talk.forget().map_err(|_| ReceiptError::Unreachable)?;
            bytes.extend(GS_R_1);
        }
        if control.cancel.is_cancelled() {
            return Err(ReceiptError::CancelledUnsent);
        }
        talk.wire.send(&bytes, control.deadline).map_err(|_| ReceiptError::NoAnswer)?;
        (control.progress)(Progress::Accepted);
        if self.model.tells == Tells::Nothing {
            return Err(ReceiptError::NoAnswer);
        }
        talk.wait_until_done(control)?;
        self.keep(talk);
        Ok(())
    }

    fn clear(&mut self, control: &Control<'_>) -> Result<(), ReceiptError> {
        if self.model.tells == Tells::Nothing {
            return Err(ReceiptError::CancelledHeld);
        }
        match self.dial(control.deadline)?.clear() {
            ReceiptError::CancelledCleared => Ok(()),
            error => Err(error),
        }
    }
}

/// One connection to the printer.
struct Talk {
    wire: Box<dyn Wire>,
    tells: Tells,
    ear: Ear,
    /// What it told by itself last.
    told: Option<Flags>,
    /// GS r has been answered, perhaps while a status was awaited.
    done: bool,
    /// It has said what denies that answer.
    doubt: bool,
    /// Bytes since the last question.
    heard: usize,
}

impl Talk {
    fn wait_until_done(&mut self, control: &Control<'_>) -> Result<(), ReceiptError> {
        let mut deadline = control.deadline;
        let mut blocked = None;
        loop {
            if control.cancel.is_cancelled() {
                return Err(self.clear());
            }
            let asked_at = Instant::now();
            if self.listen(asked_at + SLICE)? {
                return self.confirm();
            }
            let status = self.flags()?.status();
            let waits_for = status.code().filter(|_| !status.printable());
            match (blocked, waits_for) {
                (None, Some(code)) => (control.progress)(Progress::Blocked(code)),
                (Some(_), None) => (control.progress)(Progress::Resumed),
                _ => {}
            }
            blocked = waits_for;
            if blocked.is_some() {
                deadline += asked_at.elapsed();
            } else if !self.done && Instant::now() >= deadline {
                return Err(ReceiptError::NoAnswer);
            }
        }
    }

    /// The printer says that it is done; nothing else that it says may deny it.
    fn confirm(&mut self) -> Result<(), ReceiptError> {
        match self.flags() {
            // A status that has begun and not ended may be the one that denies it.
            Ok(flags) if flags.status().printable() && !self.doubt && !self.ear.waits() => Ok(()),
            _ => Err(ReceiptError::NoAnswer),
        }
    }

    /// Waits for the answer to GS r; `false` after silence.
    fn listen(&mut self, until: Instant) -> Result<bool, ReceiptError> {
        self.heard = 0;
        while !self.done {
            let Some(said) = self.next(until)? else { break };
            self.note(said);
        }
        Ok(self.done)
    }

    /// Takes in what has come by now: it was said of something else, and counts neither for nor against what is sent from here on.
    fn forget(&mut self) -> Result<(), ReceiptError> {
        let until = Instant::now() + NOW;
        while let Some(said) = self.next(until)? {
            self.note(said);
        }
        (self.done, self.doubt) = (false, false);
        Ok(())
    }

    /// Takes in what answers no DLE EOT.
    fn note(&mut self, said: Said) {
        match said {
            Said::Told(flags) => self.told = Some(flags),
            Said::Done => {
                self.doubt |= self.done;
                self.done = true;
            }
            // Perhaps of what was just sent.
            Said::Cleared => self.doubt = true,
            // Late: it is asked anew whenever it matters.
            Said::Asked(_) => {}
        }
    }

    /// The next thing that it says, or `None` when `until` has come, or a little later where something has begun.
    fn next(&mut self, until: Instant) -> Result<Option<Said>, ReceiptError> {
        loop {
            let until = if self.ear.waits() { until + REST } else { until };
            let Some(byte) = self.byte(until)? else { return Ok(None) };
            if let Some(said) = self.ear.hear(byte) {
                return Ok(Some(said));
            }
        }
    }

    /// How it is, asked or told; an answer to GS r that comes between is kept.
    fn flags(&mut self) -> Result<Flags, ReceiptError> {
        if self.tells == Tells::ByItself { self.told_flags() } else { self.asked_flags() }
    }

    /// What it told last, after what has come by now. GS a is a command like any other, and a printer that has stopped obeys none:
    /// so it is sent once.
    fn told_flags(&mut self) -> Result<Flags, ReceiptError> {
        self.heard = 0;
        let until = if self.told.is_some() {
            Instant::now() + NOW
        } else {
            let until = Instant::now() + STATUS_WAIT;
            self.wire.send(&ASB_ON, until).map_err(|_| ReceiptError::NoAnswer)?;
            until
        };
        let asked = self.told.is_none();
        while !(asked && self.told.is_some()) {
            let Some(said) = self.next(until)? else { break };
            self.note(said);
        }
        self.told.ok_or(ReceiptError::NoAnswer)
    }

    /// DLE EOT 1 to 4, one after the other.
    fn asked_flags(&mut self) -> Result<Flags, ReceiptError> {
        let mut flags = Flags::NONE;
        self.heard = 0;
        for n in 1..=4 {
            let until = Instant::now() + STATUS_WAIT;
            self.wire.send(&dle_eot(n), until).map_err(|_| ReceiptError::NoAnswer)?;
            let byte = loop {
                match self.next(until)?.ok_or(ReceiptError::NoAnswer)? {
                    Said::Asked(byte) => break byte,
                    said => self.note(said),
                }
            };
            let told = parse_dle_eot(n, &[byte]).map_err(|_| ReceiptError::Garbled)?;
            flags = flags.and(told);
        }
        Ok(flags)
    }

    /// Has the printer forget what it holds; the outcome, as the error to report.
    fn clear(&mut self) -> ReceiptError {
        let until = Instant::now() + CLEAR_WAIT;
        if self.wire.send(&CLEAR_BUFFERS, until).is_err() {
            return ReceiptError::CancelledHeld;
        }
        while let Ok(Some(said)) = self.next(until) {
            if said == Said::Cleared {
                return ReceiptError::CancelledCleared;
            }
        }
        ReceiptError::CancelledHeld
    }

    /// The next byte, or `None` when `until` has come.
    fn byte(&mut self, until: Instant) -> Result<Option<u8>, ReceiptError> {
        let mut byte = [0];
        match self.wire.read(&mut byte, until) {
            Ok(_) if self.heard >= MOST_BYTES => Err(ReceiptError::Garbled),
            Ok(_) => {
                self.heard += 1;
                Ok(byte.first().copied())
            }
            Err(WireError::Timeout) => Ok(None),
            Err(_) => Err(ReceiptError::NoAnswer),
        }
    }
}

#[cfg(test)]
mod tests;
