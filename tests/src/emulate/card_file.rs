//! What an emulated card answers: the national layout of the SSSE with EF05 and EF06, made from a persona. Pure.
//!
//! The PIN's try counter lives here and survives pulling the card, as on the chip.

use agency::hsm;
use contract::format::from_hex;
use encoding_rs::GB18030;

use crate::people::Persona;

const SSSE: &[u8] = b"\x73\x78\x31\x2E\x73\x68\x2E\xC9\xE7\xBB\xE1\xB1\xA3\xD5\xCF";
const OK: [u8; 2] = [0x90, 0x00];

/// How the card answers reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// Directly.
    Plain,
    /// `6Cxx` unless Le is exact.
    WrongLe,
    /// `61xx`, then GET RESPONSE.
    Chained,
    /// Bytes of no meaning.
    Junk,
    /// Records cut short.
    Truncated,
}

/// One card.
pub struct CardFile {
    atr: Vec<u8>,
    records: Vec<(u8, u16, Vec<u8>)>,
    spec3: bool,
    foreign: bool,
    card_id: [u8; 16],
    pin: String,
    tells_tries: bool,
    /// Tries left.
    pub tries: u8,
    tries_max: u8,
    /// How it answers.
    pub manner: Manner,
    selected: u16,
    authenticated: bool,
    challenge: Option<[u8; 8]>,
    pending: Vec<u8>,
    counter: u64,
}

impl CardFile {
    /// The card of a persona with `tries_max` PIN tries.
    ///
    /// # Errors
    /// The persona's fields do not make a card.
    pub fn of(person: &Persona, tries_max: u8) -> Result<Self, String> {
        let card_id: [u8; 16] = from_hex(&person.card_id).ok_or("card_id is not 32 hexadecimal digits")?;
        let spec3 = person.specification.starts_with('3');
        let mut atr = vec![0x3B, 0x6D, 0x00, 0x00, 0x00, 0x81, 0x4A, 0x44, 0x46, 0x86, 0x60, 0x19, 0x00, 0x01];
        atr.extend(card_id.get(9..12).unwrap_or_default());
        Ok(Self {
            atr,
            records: records(person, &card_id),
            spec3,
            foreign: false,
            card_id,
            pin: person.pin.clone(),
            tells_tries: person.tells_tries,
            tries: tries_max,
            tries_max,
            manner: Manner::Plain,
            selected: 0,
            authenticated: false,
            challenge: None,
            pending: Vec::new(),
            counter: 0,
        })
    }

    /// A card that has no social security application.
    #[must_use]
    pub fn into_foreign(mut self) -> Self {
        self.foreign = true;
        self
    }

    /// Sets the expiry date to a day long past (EF05 tag 06).
    #[must_use]
    pub fn into_expired(mut self) -> Self {
        for (tag, _, value) in &mut self.records {
            if *tag == 0x06 {
                *value = vec![0x20, 0x20, 0x01, 0x01];
            }
        }
        self
    }

    /// The holder has chosen another PIN.
    pub fn change_pin(&mut self, digits: &str) {
        digits.clone_into(&mut self.pin);
    }

    /// Whether these digits are its PIN.
    #[must_use]
    pub fn holds(&self, digits: &str) -> bool {
        self.pin == digits
    }

    /// Answer to reset.
    #[must_use]
    pub fn atr(&self) -> &[u8] {
        &self.atr
    }

    /// Power on or reset: rights are gone, the try counter stays.
    pub fn reset(&mut self) {
        self.selected = 0;
        self.authenticated = false;
        self.challenge = None;
        self.pending.clear();
    }

    /// Answers one command, data and SW1 SW2.
    pub fn answer(&mut self, command: &[u8]) -> Vec<u8> {
        let [cla, ins, p1, p2, rest @ ..] = command else { return vec![0x67, 0x00] };
        if *ins != 0xC0 {
            self.pending.clear();
        }
        // A challenge is good for the very next command only.
        if !matches!(*ins, 0x82 | 0x84 | 0xC0) {
            self.challenge = None;
        }
        match (cla, ins) {
            (0x00, 0xA4) => self.select(*p1, rest),
            (0x00, 0xB2) => self.read(*p1, *p2, rest.first().copied()),
            (0x00, 0xC0) => self.rest_of_answer(rest.first().copied().unwrap_or(0)),
            (0x00, 0x84) => self.get_challenge(rest.first().copied().unwrap_or(8)),
            (0x00, 0x82) => self.external_authenticate(*p2, rest),
            (0x00, 0x20) => self.verify(rest),
            (0x80, 0x5E) if *p1 == 0x01 => self.replace_pin(rest),
            _ => vec![0x6D, 0x00],
        }
    }

    fn select(&mut self, p1: u8, rest: &[u8]) -> Vec<u8> {
        let data = rest.split_first().and_then(|(length, data)| data.get(..usize::from(*length))).unwrap_or_default();
        match (p1, data) {
            (0x04, SSSE) if !self.foreign => {
                self.selected = 0xDF01;
                let mut fci = vec![0x6F, 0x1C, 0x84, 0x0F];
                fci.extend(SSSE);
                fci.extend([0xA5, 0x09, 0x88, 0x01, 0x01, 0x9F, 0x0C, 0x03, 0x86, 0x01]);
                fci.push(if self.spec3 { 0x03 } else { 0x01 });
                self.say(fci)
            }
            (0x00 | 0x02, [0xEF, file @ (0x05 | 0x06)]) if self.selected != 0 => {
                self.selected = 0xEF00 | u16::from(*file);
                OK.to_vec()
            }
            _ => vec![0x6A, 0x82],
        }
    }

    fn read(&mut self, p1: u8, p2: u8, le: Option<u8>) -> Vec<u8> {
        if self.selected == 0xEF06 && self.spec3 && !self.authenticated {
            return vec![0x69, 0x82];
        }
        let file = self.records.iter().filter(|(_, file, _)| *file == self.selected);
        let found = match p2 & 0x07 {
            0 => file.clone().find(|(tag, ..)| *tag == p1),
            4 => usize::from(p1).checked_sub(1).and_then(|at| file.clone().nth(at)),
            _ => None,
        };
        let Some((tag, _, value)) = found else { return vec![0x6A, 0x83] };
        let mut record = vec![*tag, u8::try_from(value.len()).unwrap_or(u8::MAX)];
        record.extend(value);
        let exact = u8::try_from(record.len()).unwrap_or(u8::MAX);
        if self.manner == Manner::WrongLe && le != Some(exact) {
            return vec![0x6C, exact];
        }
        self.say(record)
    }

    fn say(&mut self, data: Vec<u8>) -> Vec<u8> {
        match self.manner {
            Manner::Plain | Manner::WrongLe => [data, OK.to_vec()].concat(),
            Manner::Chained => {
                let length = u8::try_from(data.len()).unwrap_or(0);
                self.pending = data;
                vec![0x61, length]
            }
            Manner::Junk => {
                let junk = data.iter().enumerate().map(|(at, byte)| byte ^ (0xA5_u8.wrapping_add(at as u8)));
                junk.chain(OK).collect()
            }
            Manner::Truncated => [data.get(..data.len() / 2).unwrap_or_default(), &OK].concat(),
        }
    }

    fn rest_of_answer(&mut self, le: u8) -> Vec<u8> {
        let wanted = if le == 0 { 256 } else { usize::from(le) };
        let rest = self.pending.split_off(wanted.min(self.pending.len()));
        let now = std::mem::replace(&mut self.pending, rest);
        [now, OK.to_vec()].concat()
    }

    fn get_challenge(&mut self, count: u8) -> Vec<u8> {
        // Not random, but never the same twice: replayed authority must fail here as on a chip.
        self.counter += 1;
        let challenge = (self.counter.wrapping_mul(0x9E37_79B9_7F4A_7C15)).to_be_bytes();
        self.challenge = Some(challenge);
        [challenge.get(..usize::from(count.min(8))).unwrap_or_default(), &OK].concat()
    }

    fn external_authenticate(&mut self, key: u8, rest: &[u8]) -> Vec<u8> {
        let data: Option<[u8; 16]> = rest.get(1..17).and_then(|data| data.try_into().ok());
        let (Some(data), Some(challenge)) = (data, self.challenge.take()) else { return vec![0x69, 0x85] };
        let (result, raw) = data.split_at(8);
        let raw: [u8; 8] = raw.try_into().unwrap_or_default();
        self.authenticated = key == hsm::KEY_ID && result == hsm::response(&self.card_id, &challenge, &raw);
        if self.authenticated { OK.to_vec() } else { vec![0x69, 0x88] }
    }

    /// Old PIN, FF, new PIN; the old one counts as a try.
    fn replace_pin(&mut self, rest: &[u8]) -> Vec<u8> {
        let pins = rest.split_first().map(|(_, pins)| pins).unwrap_or_default();
        let Some(at) = pins.iter().position(|byte| *byte == 0xFF) else { return vec![0x6A, 0x80] };
        let (old, new) = (pins.get(..at).unwrap_or_default(), pins.get(at + 1..).unwrap_or_default());
        let length = u8::try_from(old.len()).unwrap_or(0);
        let answer = self.verify(&[&[length], old].concat());
        if answer == OK && !new.is_empty() {
            self.pin =
                new.iter().map(|byte| format!("{byte:02X}")).collect::<String>().trim_end_matches('F').to_owned();
        }
        answer
    }

    fn verify(&mut self, rest: &[u8]) -> Vec<u8> {
        if self.selected == 0 {
            return vec![0x69, 0x85];
        }
        let pin = rest.split_first().map(|(_, pin)| pin).unwrap_or_default();
        if pin.is_empty() {
            return match (self.tells_tries, self.tries) {
                (false, _) => vec![0x67, 0x00],
                (true, 0) => vec![0x69, 0x83],
                (true, left) => vec![0x63, 0xC0 | left.min(15)],
            };
        }
        if self.tries == 0 {
            return vec![0x69, 0x83];
        }
        if pin == bcd(&self.pin) {
            self.tries = self.tries_max;
            return OK.to_vec();
        }
        self.tries -= 1;
        if self.tells_tries { vec![0x63, 0xC0 | self.tries.min(15)] } else { vec![0x63, 0x00] }
    }
}

fn bcd(digits: &str) -> Vec<u8> {
    let nibbles: Vec<u8> = digits.bytes().map(|digit| digit.wrapping_sub(b'0') & 0x0F).collect();
    nibbles
        .chunks(2)
        .map(|pair| pair.first().copied().unwrap_or(0) << 4 | pair.get(1).copied().unwrap_or(0x0F))
        .collect()
}

fn date(date: contract::format::Date) -> Vec<u8> {
    bcd(&date.to_string().replace('-', ""))
}

fn padded(bytes: &[u8], length: usize) -> Vec<u8> {
    let mut value = bytes.to_vec();
    value.resize(length, 0);
    value
}

fn records(person: &Persona, card_id: &[u8; 16]) -> Vec<(u8, u16, Vec<u8>)> {
    let name = GB18030.encode(&person.name).0.into_owned();
    let (head, tail) = name.split_at(name.len().min(0x1E));
    let birth = person.id_number.get(6..14).unwrap_or_default();
    let male = person.sex == agency::persona::Sex::Male;
    vec![
        (0x01, 0xEF05, card_id.to_vec()),
        (0x02, 0xEF05, b"3".to_vec()),
        (0x03, 0xEF05, padded(person.specification.as_bytes(), 4)),
        (0x04, 0xEF05, vec![0x91, 0x56, 0x00, 0x00, 0x02, 0x19, 0x00, 0x01, 0x19, 0x00, 0x01, 0x01]),
        (0x05, 0xEF05, date(person.issued)),
        (0x06, 0xEF05, date(person.expires)),
        (0x07, 0xEF05, padded(person.card_number.as_bytes(), 9)),
        (0x08, 0xEF06, padded(person.id_number.as_bytes(), 0x12)),
        (0x09, 0xEF06, padded(head, 0x1E)),
        (0x4E, 0xEF06, padded(tail, 0x14)),
        (0x0A, 0xEF06, if male { b"1".to_vec() } else { b"2".to_vec() }),
        (0x0B, 0xEF06, bcd(&person.ethnic_group)),
        (0x0C, 0xEF06, vec![0x19, 0x00, 0x01]),
        (0x0D, 0xEF06, bcd(birth)),
    ]
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;
    use crate::people::person;

    fn selected(n: usize) -> CardFile {
        let mut card = CardFile::of(&person(n).unwrap(), 3).unwrap();
        let aid = [&[0x00, 0xA4, 0x04, 0x00, 0x0F], SSSE].concat();
        assert!(card.answer(&aid).ends_with(&OK));
        card.answer(&[0x00, 0xA4, 0x02, 0x00, 0x02, 0xEF, 0x06]);
        card
    }

    #[test]
    fn holder_data_is_read_before_the_terminal_is_authenticated() {
        let mut card = selected(1);
        assert_eq!(card.answer(&[0x00, 0xB2, 0x08, 0x00, 0x14]), [0x69, 0x82]);
        let challenge: [u8; 8] = card.answer(&[0x00, 0x84, 0x00, 0x00, 0x08])[..8].try_into().unwrap();
        let raw = [7; 8];
        let result = hsm::response(&card.card_id, &challenge, &raw);
        let command = [&[0x00, 0x82, 0x00, hsm::KEY_ID, 0x10][..], &result, &raw].concat();
        assert_eq!(card.answer(&command), OK);
        assert!(card.answer(&[0x00, 0xB2, 0x08, 0x00, 0x14]).ends_with(&OK));
        assert_eq!(card.answer(&command), [0x69, 0x85], "a challenge was good twice");
    }

    #[test]
    fn tries_come_back_by_pulling_the_card() {
        let mut card = selected(2);
        let wrong = [0x00, 0x20, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00];
        assert_eq!(card.answer(&wrong), [0x63, 0xC2]);
        card.reset();
        assert_eq!(card.answer(&[0x00, 0x20, 0x00, 0x00, 0x00]), [0x69, 0x85], "a PIN of no application");
        card.answer(&[&[0x00, 0xA4, 0x04, 0x00, 0x0F], SSSE].concat());
        assert_eq!(card.answer(&[0x00, 0x20, 0x00, 0x00, 0x00]), [0x63, 0xC2]);
        card.answer(&wrong);
        assert_eq!(card.answer(&wrong), [0x63, 0xC0]);
        assert_eq!(card.answer(&[0x00, 0x20, 0x00, 0x00, 0x03, 0x58, 0x02, 0x73]), [0x69, 0x83]);
    }
}
