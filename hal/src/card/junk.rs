//! Every decoder of the card room fed with junk: every truncation and every single-byte change of good input, and
//! pseudo-random bytes. Nothing may panic; a name or number read from junk is no failure here.

#![allow(clippy::indexing_slicing)]

use super::apdu::{self, Answer, Fci, File};
use super::link::CardLink;
use super::{Authority, Begun, CardError, record, ssc};
use crate::control::Control;
use std::time::{Duration, Instant};

/// All decoders on the same bytes.
fn decode_all(bytes: &[u8]) {
    let _ = record::decode(File::Issuer, bytes);
    let _ = record::decode(File::Holder, bytes);
    let _ = record::holder(&[bytes.to_vec(), good(0x08, 18), good(0x4E, 20)]);
    let _ = record::issuer(&[good(0x01, 16), bytes.to_vec()], &Fci::default(), bytes);
    let _ = record::issuer(&[bytes.to_vec()], &Fci::default(), bytes);
    let _ = Fci::decode(bytes);
    let _ = apdu::historical(bytes);
    let _ = Answer::new(bytes.to_vec());
    let _ = apdu::pin_block(&String::from_utf8_lossy(bytes));
}

fn good(tag: u8, length: u8) -> Vec<u8> {
    [vec![tag, length], vec![b'1'; usize::from(length)]].concat()
}

fn good_inputs() -> Vec<Vec<u8>> {
    let fci = [&[0x6F, 0x1C, 0x84, 0x0F], apdu::SSSE_AID.as_slice(), &[0xA5, 0x09, 0x88, 0x01, 0x01, 0x9F, 0x0C, 0x03]];
    vec![
        [fci.concat(), vec![0x86, 0x01, 0x03]].concat(),
        [&[0x3B, 0x6D, 0x00, 0x00], [0x81; 13].as_slice()].concat(),
        [&[0x09, 0x1E], [0x95, 0x34, 0xB2, 0x35].repeat(7).as_slice(), &[0xC1, 0xD6]].concat(),
        [good(0x01, 16), vec![0x90, 0x00]].concat(),
        good(0x01, 16),
        good(0x03, 4),
        good(0x07, 9),
        good(0x08, 18),
        good(0x0C, 3),
        vec![0x0D, 0x04, 0x19, 0x67, 0x05, 0x12],
    ]
}

/// Marsaglia's xorshift64: the same junk every time.
fn xorshift(state: &mut u64) -> u8 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    state.to_le_bytes()[0]
}

#[test]
fn card_answers_cut_short_or_with_one_wrong_byte() {
    for input in good_inputs() {
        for length in 0..=input.len() {
            decode_all(&input[..length]);
        }
        for index in 0..input.len() {
            for value in 0..=u8::MAX {
                let mut changed = input.clone();
                changed[index] = value;
                decode_all(&changed);
            }
        }
    }
}

#[test]
fn card_answers_noise() {
    let mut state = 0x1967_0512;
    for _ in 0..20_000 {
        let length = usize::from(xorshift(&mut state) % 48);
        let noise: Vec<u8> = (0..length).map(|_| xorshift(&mut state)).collect();
        decode_all(&noise);
    }
}

/// A card that answers half of the time as one should, else 9000, 61xx or 6Cxx with noise before it.
struct Noisy(u64);

impl Noisy {
    fn noise(&mut self) -> Vec<u8> {
        let length = usize::from(xorshift(&mut self.0) % 40);
        (0..length).map(|_| xorshift(&mut self.0)).collect()
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
            _ => (0..length).map(|_| b'0' + xorshift(&mut self.0) % 10).collect(),
        };
        [&[tag, length], value.as_slice()].concat()
    }
}

impl CardLink for Noisy {
    fn transmit(&mut self, command: &[u8], _: Instant) -> Result<Vec<u8>, CardError> {
        if !xorshift(&mut self.0).is_multiple_of(8) {
            return Ok([self.sound(command), vec![0x90, 0x00]].concat());
        }
        let mut answer = self.noise();
        if let (Some(first), [_, 0xB2, tag, ..]) = (answer.first_mut(), command) {
            *first = *tag;
        }
        let status = [[0x90, 0x00], [0x90, 0x00], [0x61, 0x10], [0x6C, 0x12], [0x6A, 0x83], [0x69, 0x82]];
        answer.extend(status[usize::from(xorshift(&mut self.0)) % status.len()]);
        Ok(answer)
    }
}

#[test]
fn procedures_end_with_a_card_that_answers_noise() {
    let control = Control::within(Duration::from_mins(10));
    let authority = Authority { key_id: 4, result: [0; 8], raw: [0; 8] };
    let (mut read, mut challenged) = (0, 0);
    for seed in 1..2_000 {
        let mut card = Noisy(seed);
        match ssc::begin(&mut card, &[0x3B, 0x00], &control) {
            Ok(Begun::Read(..)) => read += 1,
            Ok(Begun::Challenged(..)) => challenged += 1,
            Err(_) => {}
        }
        let _ = ssc::finish(&mut card, &authority, &control);
        let _ = ssc::tries(&mut card, &control);
        let _ = ssc::verify(&mut card, &"123456".into(), &control);
    }
    assert!(read > 20 && challenged > 20, "the noise never gets past the door: {read} read, {challenged} challenged");
}
