//! Drives a resident-ID module on a serial port, in either dialect.
//!
//! Before each command the line is emptied, because replies do not say what they answer: a late one would be taken for the
//! next. A damaged or missing reply is asked for again, at most three times; reading twice harms nobody.
//!
//! Must never: ask for fingerprints, read what lay there before, keep a document.

use std::time::{Duration, Instant};

use super::block::{self, BadBlock};
use super::fresh::{LOOK, await_fresh};
use super::sdt::{self, Command, Meaning};
use super::{Capabilities, Document, Field, IdError, IdReader, dialect_b};
use crate::control::Control;
use crate::private::Private;
use crate::wire::steady::Steady;
use crate::wire::{Dial, Wire, WireError};

/// A module answers a question about itself within some ten milliseconds.
const ANSWER: Duration = Duration::from_millis(1000);
/// Reading a chip takes up to two seconds, and 1295 bytes at 115200 baud a ninth of one.
const READ: Duration = Duration::from_millis(4000);
/// How often a command is sent at most.
const ATTEMPTS: usize = 3;
/// How long the line must have been silent to count as empty.
const SILENCE: Duration = Duration::from_millis(2);
/// What may lie in the line from before: a whole reply, twice. Beyond it, the peer babbles.
const MOST_OLD_BYTES: usize = 4096;

/// Which dialect the module speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// Frames of the security module itself.
    Sdt,
    /// `02` ... `03` of multi-function terminals.
    B,
}

/// The reader.
pub struct SerialIdReader {
    wire: Steady,
    dialect: Dialect,
}

impl SerialIdReader {
    /// A reader behind `dial`; touches nothing yet.
    #[must_use]
    pub fn new(dial: Box<dyn Dial>, dialect: Dialect) -> Self {
        Self { wire: Steady::new(dial), dialect }
    }

    /// Sends `request` and listens until `framer` finds a reply.
    fn ask<R>(
        &mut self,
        request: &[u8],
        wait: Duration,
        control: &Control<'_>,
        mut framer: impl FnMut() -> Box<dyn FnMut(&[u8]) -> Vec<R>>,
    ) -> Result<R, IdError> {
        let mut heard_ever = false;
        for _ in 0..ATTEMPTS {
            let until = control.deadline.min(Instant::now() + wait);
            self.empty(until)?;
            self.wire.send(request, until)?;
            let (mut feed, mut heard) = (framer(), false);
            let mut bytes = zeroize::Zeroizing::new([0; 512]);
            loop {
                if control.cancel.is_cancelled() {
                    return Err(IdError::Cancelled);
                }
                match self.wire.read(bytes.as_mut_slice(), until.min(Instant::now() + LOOK)) {
                    Ok(count) => {
                        (heard, heard_ever) = (true, true);
                        if let Some(reply) = feed(bytes.get(..count).unwrap_or_default()).pop() {
                            return Ok(reply);
                        }
                    }
                    // Silence before the first byte is thinking; behind it, the rest will not come.
                    Err(WireError::Timeout) if !heard && Instant::now() < until => {}
                    Err(WireError::Timeout) => break,
                    Err(error) => return Err(error.into()),
                }
            }
            if control.left().is_zero() {
                break;
            }
        }
        Err(if heard_ever { IdError::Garbled } else { IdError::NoAnswer })
    }

    /// Reads away what lies in the line.
    fn empty(&mut self, until: Instant) -> Result<(), IdError> {
        let mut old = zeroize::Zeroizing::new([0; 512]);
        let mut seen = 0;
        // Opened first, so that its time does not count as silence.
        self.wire.open(until)?;
        while seen <= MOST_OLD_BYTES {
            match self.wire.read(old.as_mut_slice(), until.min(Instant::now() + SILENCE)) {
                Ok(count) => seen += count,
                Err(WireError::Timeout) => return Ok(()),
                Err(error) => return Err(error.into()),
            }
        }
        Err(IdError::Garbled)
    }

    fn sdt(&mut self, command: Command, wait: Duration, control: &Control<'_>) -> Result<sdt::Reply, IdError> {
        self.ask(&command.frame(), wait, control, || {
            let mut framer = sdt::Framer::default();
            Box::new(move |bytes| framer.feed(bytes))
        })
    }

    fn b(&mut self, read: dialect_b::Read, control: &Control<'_>) -> Result<dialect_b::Reply, IdError> {
        self.ask(&read.frame(), READ, control, || {
            let mut framer = dialect_b::Framer::default();
            Box::new(move |bytes| framer.feed(bytes))
        })
    }

    /// Whether something lies there.
    fn look(&mut self, control: &Control<'_>) -> Result<bool, IdError> {
        match self.dialect {
            Dialect::Sdt => match self.sdt(Command::Find, ANSWER, control)?.meaning() {
                Meaning::CardFound => Ok(true),
                Meaning::SelfTestFailed | Meaning::NotAuthorised => Err(IdError::SamFault),
                _ => Ok(false),
            },
            // It has no question but reading; the number is the shortest answer.
            Dialect::B => Ok(self.b(dialect_b::Read::Number, control)?.status == OK_B),
        }
    }

    fn read(&mut self, control: &Control<'_>) -> Result<Document, IdError> {
        match self.dialect {
            Dialect::Sdt => self.read_sdt(control),
            Dialect::B => {
                let reply = self.b(dialect_b::Read::Full, control)?;
                if reply.status != OK_B {
                    return Err(IdError::Unreadable);
                }
                let photo = (!reply.photo.is_empty()).then(|| Private::new(reply.photo.to_vec()));
                decode(&reply.text).map(|document| Document { photo, ..document })
            }
        }
    }

    fn read_sdt(&mut self, control: &Control<'_>) -> Result<Document, IdError> {
        good(self.sdt(Command::Select, ANSWER, control)?.meaning())?;
        let reply = self.sdt(Command::ReadTextPhoto, READ, control)?;
        good(reply.meaning())?;
        let parts = sdt::parts(&reply.data, false).map_err(|_| IdError::Garbled)?;
        let part = |range| reply.data.get(range).unwrap_or_default();
        let mut document = decode(part(parts.text))?;
        document.photo = Some(Private::new(part(parts.photo).to_vec()));
        // Only a good answer changes anything: chips without a newer address say 91, and old modules do not know the command.
        if let Ok(reply) = self.sdt(Command::ReadNewestAddress, ANSWER, control)
            && reply.meaning() == Meaning::Ok
            && let Ok(address) = block::address(&reply.data)
            && !address.reveal().is_empty()
        {
            document.fields.insert(Field::Address, address);
        }
        Ok(document)
    }
}

/// 90 00.
const OK_B: u16 = 0x9000;

/// What a refusal while selecting or reading means.
const fn good(meaning: Meaning) -> Result<(), IdError> {
    match meaning {
        Meaning::Ok => Ok(()),
        Meaning::AuthCardToSamFailed | Meaning::AuthSamToCardFailed | Meaning::VerifyFailed | Meaning::WrongCard => {
            Err(IdError::Refused)
        }
        Meaning::SelfTestFailed | Meaning::NotAuthorised | Meaning::RandomFailed => Err(IdError::SamFault),
        Meaning::CommandError | Meaning::LengthError | Meaning::Unrecognised => Err(IdError::Garbled),
        _ => Err(IdError::Unreadable),
    }
}

/// A block that came with a good check and makes no sense is a document that we cannot read.
pub(super) fn decode(text: &[u8]) -> Result<Document, IdError> {
    block::decode(text).map_err(|bad| match bad {
        BadBlock::Length => IdError::Garbled,
        _ => IdError::Unreadable,
    })
}

impl IdReader for SerialIdReader {
    fn capabilities(&self) -> Capabilities {
        let sdt = self.dialect == Dialect::Sdt;
        Capabilities { tells_module_id: sdt, reads_newest_address: sdt, gives_photo: true }
    }

    fn status(&mut self, control: &Control<'_>) -> Result<Option<String>, IdError> {
        if self.dialect == Dialect::B {
            return self.look(control).map(|_| None);
        }
        if self.sdt(Command::SamStatus, ANSWER, control)?.meaning() != Meaning::Ok {
            return Err(IdError::SamFault);
        }
        let reply = self.sdt(Command::SamId, ANSWER, control)?;
        // Some modules keep their number to themselves.
        Ok((reply.meaning() == Meaning::Ok).then(|| sdt::module_id(&reply.data).ok()).flatten())
    }

    fn await_document(&mut self, control: &Control<'_>) -> Result<Document, IdError> {
        await_fresh(control, self, Self::look, Self::read)
    }
}
