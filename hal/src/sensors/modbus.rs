//! Drives a relay board with inputs over Modbus RTU on a serial port: functions 02 (read discrete inputs) and 05 (write single
//! coil). The only file that names `rmodbus`.
//!
//! A fire alarm and other loops that must be seen when their wire breaks are wired normally closed. Source: MODBUS over Serial
//! Line, specification and implementation guide V1.02.

use std::time::{Duration, Instant};

use rmodbus::client::ModbusRequest;
use rmodbus::{ErrorKind, ModbusProto};

use super::debounce::Debounce;
use super::{Change, Lamp, Sensor, SensorBoard, SensorError};
use crate::control::Control;
use crate::wire::steady::{Steady, pause};
use crate::wire::{Dial, Wire, WireError};

/// Between two looks; two looks make a change certain, so a fire alarm is told within a quarter of a second.
const LOOK: Duration = Duration::from_millis(100);
/// Boards answer within some ten milliseconds.
const ANSWER: Duration = Duration::from_millis(300);
/// A question is asked again that often: a relay that switches disturbs the line.
const ATTEMPTS: usize = 3;
/// Silence between frames; the specification has 1.75 ms above 19200 baud.
const SILENCE: Duration = Duration::from_millis(2);
/// An answer that refuses: unit, function, reason, check.
const REFUSAL_BYTES: usize = 5;
/// The answer to a coil repeats the question.
const COIL_BYTES: usize = 8;

/// A contact on the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Input {
    /// Address, from 0.
    pub address: u16,
    /// What it stands for.
    pub sensor: Sensor,
    /// Active when the contact is open.
    pub normally_closed: bool,
}

/// A relay on the board.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Output {
    /// Address, from 0.
    pub address: u16,
    /// Which light it switches.
    pub lamp: Lamp,
}

/// What is wired where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wiring {
    /// The board's address on its line; 1 as shipped.
    pub unit: u8,
    /// Contacts.
    pub inputs: Vec<Input>,
    /// Relays.
    pub outputs: Vec<Output>,
}

/// The board.
pub struct ModbusBoard {
    wire: Steady,
    wiring: Wiring,
    debounce: Debounce,
}

impl ModbusBoard {
    /// A board behind `dial`; touches nothing yet.
    #[must_use]
    pub fn new(dial: Box<dyn Dial>, wiring: Wiring) -> Self {
        Self { wire: Steady::new(dial), wiring, debounce: Debounce::default() }
    }

    fn look(&mut self, deadline: Instant) -> Result<Vec<(Sensor, bool)>, SensorError> {
        let Some(last) = self.wiring.inputs.iter().map(|input| input.address).max() else { return Ok(Vec::new()) };
        let count = last.saturating_add(1);
        let mut request = ModbusRequest::new(self.wiring.unit, ModbusProto::Rtu);
        let mut question = Vec::new();
        request.generate_get_discretes(0, count, &mut question).map_err(|_| SensorError::Refused)?;
        let mut states = Vec::new();
        let expected = REFUSAL_BYTES + usize::from(count).div_ceil(8);
        self.ask(&question, expected, deadline, |answer| {
            states.clear();
            request.parse_bool(answer, &mut states)
        })?;
        let state = |input: &Input| {
            let closed = states.get(usize::from(input.address)).copied().unwrap_or_default();
            (input.sensor, closed != input.normally_closed)
        };
        Ok(self.wiring.inputs.iter().map(state).collect())
    }

    /// Sends a question until an answer of the right length and check comes, at most three times.
    fn ask(
        &mut self,
        question: &[u8],
        expected: usize,
        deadline: Instant,
        mut parse: impl FnMut(&[u8]) -> Result<(), ErrorKind>,
    ) -> Result<(), SensorError> {
        let mut worst = SensorError::NoAnswer;
        for _ in 0..ATTEMPTS {
            let until = deadline.min(Instant::now() + ANSWER);
            self.empty(until)?;
            self.wire.send(question, until)?;
            let answer = self.hear(expected, until)?;
            match parse(&answer) {
                Ok(()) => return Ok(()),
                Err(ErrorKind::FrameBroken | ErrorKind::FrameCRCError) if answer.is_empty() => {}
                Err(ErrorKind::FrameBroken | ErrorKind::FrameCRCError) => worst = SensorError::Garbled,
                Err(_) => return Err(SensorError::Refused),
            }
        }
        Err(worst)
    }

    /// Reads an answer to its end: as long as expected, or a refusal.
    fn hear(&mut self, expected: usize, until: Instant) -> Result<Vec<u8>, SensorError> {
        let mut answer = Vec::with_capacity(expected);
        let mut bytes = [0; 64];
        loop {
            let refused = answer.get(1).is_some_and(|function| function & 0x80 != 0);
            let wanted = if refused { REFUSAL_BYTES } else { expected };
            if answer.len() >= wanted {
                answer.truncate(wanted);
                return Ok(answer);
            }
            match self.wire.read(&mut bytes, until) {
                Ok(count) => answer.extend_from_slice(bytes.get(..count).unwrap_or_default()),
                Err(WireError::Timeout) => return Ok(answer),
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Reads away a late answer.
    fn empty(&mut self, until: Instant) -> Result<(), SensorError> {
        self.wire.open(until)?;
        let mut bytes = [0; 64];
        while Instant::now() < until {
            match self.wire.read(&mut bytes, until.min(Instant::now() + SILENCE)) {
                Ok(_) => {}
                Err(WireError::Timeout) => break,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

impl SensorBoard for ModbusBoard {
    fn sensors(&self) -> Vec<Sensor> {
        self.wiring.inputs.iter().map(|input| input.sensor).collect()
    }

    fn changes(&mut self, control: &Control<'_>) -> Result<Vec<Change>, SensorError> {
        loop {
            let look =
                self.look(control.deadline.max(Instant::now() + ANSWER)).inspect_err(|_| self.debounce.lost())?;
            let changes = self.debounce.see(&look);
            if !changes.is_empty() || control.left().is_zero() || control.cancel.is_cancelled() {
                return Ok(changes);
            }
            pause(LOOK.min(control.left()));
        }
    }

    fn light(&mut self, lamp: Lamp, on: bool, control: &Control<'_>) -> Result<bool, SensorError> {
        let Some(output) = self.wiring.outputs.iter().find(|output| output.lamp == lamp).copied() else {
            return Ok(false);
        };
        let mut request = ModbusRequest::new(self.wiring.unit, ModbusProto::Rtu);
        let mut question = Vec::new();
        request.generate_set_coil(output.address, u8::from(on), &mut question).map_err(|_| SensorError::Refused)?;
        self.ask(&question, COIL_BYTES, control.deadline, |answer| request.parse_ok(answer))?;
        Ok(true)
    }
}
