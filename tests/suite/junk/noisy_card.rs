//! A card that answers half as it should and half with noise, for the procedures that talk to one.

use std::time::{Duration, Instant};

use hal::Control;
use hal::card::link::CardLink;
use hal::card::{Authority, Begun, CardError, ssc};

/// How the first procedure ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The card was read.
    Read,
    /// It wanted to see the terminal's authority.
    Challenged,
    /// It was refused.
    Refused,
}

/// Answers mostly as one should, else 9000, 61xx or 6Cxx with noise before it. Never zero: the noise would end.
struct Noisy(u64);

impl Noisy {
    /// Marsaglia's xorshift64: the same noise every time.
    fn byte(&mut self) -> u8 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0.to_le_bytes()[0]
    }

    fn noise(&mut self) -> Vec<u8> {
        let length = usize::from(self.byte() % 40);
        (0..length).map(|_| self.byte()).collect()
    }

    /// What the specification would have answered, with random digits in it.
    fn sound(&mut self, command: &[u8]) -> Vec<u8> {
        let (tag, length) = match command {
            [_, 0xB2, tag, ..] => (
                *tag,
                match tag {
                    0x01 => 16,
                    0x02 => 1,
                    0x07 => 9,
                    0x08 => 18,
                    0x09 => 30,
                    0x4E => 20,
                    _ => 4,
                },
            ),
            [_, 0x84, ..] => return self.noise().into_iter().cycle().take(8).collect(),
            _ => return Vec::new(),
        };
        let value: Vec<u8> = match tag {
            0x03 => b"3.00".to_vec(),
            0x05 | 0x06 => vec![0xFF; 4],
            _ => (0..length).map(|_| b'0' + self.byte() % 10).collect(),
        };
        [&[tag, length], value.as_slice()].concat()
    }
}

impl CardLink for Noisy {
    fn transmit(&mut self, command: &[u8], _: Instant) -> Result<Vec<u8>, CardError> {
        if !self.byte().is_multiple_of(8) {
            return Ok([self.sound(command), vec![0x90, 0x00]].concat());
        }
        let mut answer = self.noise();
        if let (Some(first), [_, 0xB2, tag, ..]) = (answer.first_mut(), command) {
            *first = *tag;
        }
        let status = [[0x90, 0x00], [0x90, 0x00], [0x61, 0x10], [0x6C, 0x12], [0x6A, 0x83], [0x69, 0x82]];
        answer.extend(status[usize::from(self.byte()) % status.len()]);
        Ok(answer)
    }
}

/// Every procedure, against the card of this noise.
pub fn play(noise: u64) -> Outcome {
    let control = Control::within(Duration::from_mins(10));
    let authority = Authority { key_id: 4, result: [0; 8], raw: [0; 8] };
    let mut card = Noisy(noise.max(1));
    let outcome = match ssc::begin(&mut card, &[0x3B, 0x00], &control) {
        Ok(Begun::Read(..)) => Outcome::Read,
        Ok(Begun::Challenged(..)) => Outcome::Challenged,
        Err(_) => Outcome::Refused,
    };
    let _ = ssc::finish(&mut card, &authority, &control);
    let _ = ssc::tries(&mut card, &control);
    let _ = ssc::verify(&mut card, &"123456".into(), &control);
    let _ = ssc::change_pin(&mut card, &"123456".into(), &"654321".into(), &control);
    outcome
}
