//! Procedures of the social security card: what to send in which order, and what the answers mean.
//!
//! Speaks to a [`CardLink`] only. Reads by record identifier, because record numbers differ between versions, and by number only
//! where a card knows no identifiers; each record says itself which it is. Every
//! APDU is preceded by a look at the cancel flag and followed by a look at the deadline. Called by the reader driver;
//! must never decide which card is meant: the link refuses when it is another.

use super::apdu::{self, Answer, Fci, File, SSSE_AID, Sw};
use super::link::CardLink;
use super::{Authority, Begun, CardError, Holder, Issuer, PinChange, PinChangeError, Tries, Verified, record};
use crate::control::Control;
use crate::private::Private;

/// 61xx and 6Cxx in a row before the card counts as talking nonsense. A record of 256 bytes needs three.
const MAX_ROUNDS: usize = 8;

/// Bytes of challenge that EXTERNAL AUTHENTICATE works with.
const CHALLENGE_BYTES: u8 = 8;

/// Selects the SSSE and reads what the card gives freely. `atr` as the reader tells it.
///
/// # Errors
/// As [`CardError`] says.
pub fn begin(link: &mut dyn CardLink, atr: &[u8], control: &Control<'_>) -> Result<Begun, CardError> {
    let fci = select(link, control)?;
    let issuer = issuer(link, atr, &fci, control)?;
    // Version 3 cards refuse here, and some version 2.0 cards do as well: the card decides, not its version.
    match holder(link, control)? {
        Some(holder) => Ok(Begun::Read(issuer, holder)),
        None => Ok(Begun::Challenged(issuer, challenge(link, control)?)),
    }
}

/// EXTERNAL AUTHENTICATE, then the holder file. Must be the first thing after [`begin`]: the card forgets its
/// challenge with the next command.
///
/// # Errors
/// [`CardError::AuthFailed`] where the card refuses; else as [`CardError`] says.
pub fn finish(link: &mut dyn CardLink, authority: &Authority, control: &Control<'_>) -> Result<Holder, CardError> {
    match once(link, &apdu::external_authenticate(authority), control)?.sw {
        Sw::Ok => holder(link, control)?.ok_or(CardError::AuthFailed),
        _ => Err(CardError::AuthFailed),
    }
}

/// Asks for the tries left. Sent once and as it is: with another length byte it would be a PIN.
///
/// # Errors
/// As [`CardError`] says.
pub fn tries(link: &mut dyn CardLink, control: &Control<'_>) -> Result<Tries, CardError> {
    Ok(match once(link, &apdu::ask_tries(), control)?.sw {
        Sw::TriesLeft(left) => Tries::Left(left),
        Sw::Locked | Sw::PermanentlyLocked => Tries::Left(0),
        _ => Tries::NotTold,
    })
}

/// VERIFY. A PIN that is not 4 to 16 digits is wrong without the card seeing it.
///
/// # Errors
/// As [`CardError`] says; on any error a try may have been spent.
pub fn verify(link: &mut dyn CardLink, pin: &Private<String>, control: &Control<'_>) -> Result<Verified, CardError> {
    match apdu::verify(pin.reveal()) {
        Ok(command) => {
            let answer = once(link, &command, control);
            link.forget();
            verified(answer?.sw)
        }
        Err(_) => Ok(Verified::Wrong(Tries::NotTold)),
    }
}

/// CHANGE PIN, sent once. A PIN that is not 4 to 16 digits is wrong without the card seeing it.
///
/// # Errors
/// As [`PinChangeError`] says.
pub fn change_pin(
    link: &mut dyn CardLink,
    old: &Private<String>,
    new: &Private<String>,
    control: &Control<'_>,
) -> Result<PinChange, PinChangeError> {
    let Ok(command) = apdu::change_pin(old.reveal(), new.reveal()) else {
        return Ok(PinChange::WrongOld(Tries::NotTold));
    };
    may_go_on(control).map_err(PinChangeError::NotChanged)?;
    // From here on the card may have done it, whatever comes back; and what does come back is true, however late.
    let answer = link.transmit(&command, control.deadline);
    link.forget();
    let bytes = answer.map_err(PinChangeError::Uncertain)?;
    let answer = Answer::new(bytes).ok_or(PinChangeError::Uncertain(CardError::Gone))?;
    changed(answer.sw)
}

/// ISO/IEC 7816-4: what a card refuses after checking (67 to 6E) leaves everything as it was; what went wrong while it worked (65, 6F), and
/// words of no table, leave it open.
const fn changed(sw: Sw) -> Result<PinChange, PinChangeError> {
    match sw {
        Sw::Ok => Ok(PinChange::Changed),
        Sw::TriesLeft(0) | Sw::Locked | Sw::PermanentlyLocked => Ok(PinChange::Locked),
        Sw::TriesLeft(left) => Ok(PinChange::WrongOld(Tries::Left(left))),
        Sw::Length | Sw::Data | Sw::Other(0x6300) => Ok(PinChange::WrongOld(Tries::NotTold)),
        Sw::Security => Err(PinChangeError::NotChanged(CardError::AuthFailed)),
        Sw::State
        | Sw::Structure
        | Sw::RandomInvalid
        | Sw::Conditions
        | Sw::NoEf
        | Sw::Mac
        | Sw::NotSupported
        | Sw::FileMissing
        | Sw::RecordMissing
        | Sw::Params
        | Sw::KeyMissing => Err(PinChangeError::NotChanged(CardError::Garbled)),
        Sw::MoreData(_) | Sw::WrongLe(_) | Sw::Memory | Sw::Unspecified | Sw::Funds | Sw::NoMac | Sw::Other(_) => {
            Err(PinChangeError::Uncertain(CardError::Garbled))
        }
    }
}

const fn verified(sw: Sw) -> Result<Verified, CardError> {
    match sw {
        Sw::Ok => Ok(Verified::Right),
        Sw::TriesLeft(0) | Sw::Locked | Sw::PermanentlyLocked => Ok(Verified::Locked),
        Sw::TriesLeft(left) => Ok(Verified::Wrong(Tries::Left(left))),
        // A length that this card's PIN cannot have, or 6300: wrong without a number.
        Sw::Length | Sw::Data | Sw::Other(0x6300) => Ok(Verified::Wrong(Tries::NotTold)),
        Sw::Security => Err(CardError::AuthFailed),
        _ => Err(CardError::Garbled),
    }
}

/// SELECT SSSE. Some cards give no FCI unless asked with Le; then they announce no algorithm.
/// # Errors
/// As [`CardError`] says; [`CardError::Foreign`] where there is no such application.
pub fn select(link: &mut dyn CardLink, control: &Control<'_>) -> Result<Fci, CardError> {
    let answer = exchange(link, &apdu::select_ssse(), control)?;
    if answer.sw != Sw::Ok {
        return Err(CardError::Foreign);
    }
    if answer.data.is_empty() {
        return Ok(Fci::default());
    }
    let fci = Fci::decode(&answer.data)?;
    if fci.aid.is_empty() || fci.aid == SSSE_AID { Ok(fci) } else { Err(CardError::Foreign) }
}

fn issuer(link: &mut dyn CardLink, atr: &[u8], fci: &Fci, control: &Control<'_>) -> Result<Issuer, CardError> {
    // No version protects EF05; a card that does wants a key that nobody here has.
    let records = records(link, File::Issuer, &record::ISSUER_RECORDS, control)?.ok_or(CardError::AuthFailed)?;
    Ok(record::issuer(&records, fci, apdu::historical(atr)?)?)
}

/// The holder file; `None` where the card wants to see the terminal's authority first.
///
/// # Errors
/// As [`CardError`] says.
pub fn holder(link: &mut dyn CardLink, control: &Control<'_>) -> Result<Option<Holder>, CardError> {
    match records(link, File::Holder, &record::HOLDER_RECORDS, control)? {
        None => Ok(None),
        Some(records) if records.is_empty() => holder_by_number(link, control),
        Some(records) => Ok(Some(record::holder(&records)?)),
    }
}

/// The holder file, record after record by number. A version 1 card has its sex where version 2 has the rest of the name; the
/// tag tells.
///
/// # Errors
/// As [`CardError`] says.
pub fn holder_by_number(link: &mut dyn CardLink, control: &Control<'_>) -> Result<Option<Holder>, CardError> {
    match exchange(link, &apdu::select_ef(File::Holder), control)?.sw {
        Sw::Ok => {}
        Sw::Security => return Ok(None),
        _ => return Err(CardError::Garbled),
    }
    let mut records = Vec::with_capacity(record::HOLDER_RECORDS.len());
    for (number, (_, le)) in (1..).zip(record::HOLDER_RECORDS) {
        let answer = exchange(link, &apdu::read_record_number(number, le), control)?;
        match answer.sw {
            Sw::Ok => records.push(answer.data),
            Sw::RecordMissing => break,
            Sw::Security => return Ok(None),
            _ => return Err(CardError::Garbled),
        }
    }
    Ok(Some(record::holder(&records)?))
}

/// GET CHALLENGE.
///
/// # Errors
/// As [`CardError`] says.
pub fn challenge(link: &mut dyn CardLink, control: &Control<'_>) -> Result<[u8; 8], CardError> {
    let answer = exchange(link, &apdu::get_challenge(CHALLENGE_BYTES), control)?;
    match answer.sw {
        Sw::Ok => answer.data.try_into().map_err(|_| CardError::Garbled),
        _ => Err(CardError::Garbled),
    }
}

/// Selects a file and reads records by identifier. Records the card does not have are left out; `None` where it
/// refuses with 6982.
///
/// # Errors
/// As [`CardError`] says.
pub fn records(
    link: &mut dyn CardLink,
    file: File,
    wanted: &[(u8, u8)],
    control: &Control<'_>,
) -> Result<Option<Vec<Vec<u8>>>, CardError> {
    match exchange(link, &apdu::select_ef(file), control)?.sw {
        Sw::Ok => {}
        Sw::Security => return Ok(None),
        _ => return Err(CardError::Garbled),
    }
    let mut records = Vec::with_capacity(wanted.len());
    for &(tag, le) in wanted {
        let answer = exchange(link, &apdu::read_record(tag, le), control)?;
        match answer.sw {
            Sw::Ok if answer.data.first() == Some(&tag) => records.push(answer.data),
            Sw::RecordMissing => {}
            Sw::Security => return Ok(None),
            _ => return Err(CardError::Garbled),
        }
    }
    Ok(Some(records))
}

/// One command with its GET RESPONSEs and its repetition with the right Le, which TPDU-level readers leave to us.
fn exchange(link: &mut dyn CardLink, command: &[u8], control: &Control<'_>) -> Result<Answer, CardError> {
    let mut command = command.to_vec();
    let mut data = Vec::new();
    for _ in 0..MAX_ROUNDS {
        let answer = once(link, &command, control)?;
        data.extend_from_slice(&answer.data);
        command = match answer.sw {
            Sw::MoreData(length) => apdu::get_response(length).to_vec(),
            Sw::WrongLe(le) => with_le(&command, le).ok_or(CardError::Garbled)?,
            sw => return Ok(Answer { data, sw }),
        };
    }
    Err(CardError::Garbled)
}

/// A command that consists of header and Le, with another Le; `None` for any other command, and where the card asks
/// again for what it was given.
fn with_le(command: &[u8], le: u8) -> Option<Vec<u8>> {
    match command {
        [cla, ins, p1, p2, old] if *old != le => Some(vec![*cla, *ins, *p1, *p2, le]),
        _ => None,
    }
}

/// One APDU. An answer after the deadline is none.
fn once(link: &mut dyn CardLink, command: &[u8], control: &Control<'_>) -> Result<Answer, CardError> {
    may_go_on(control)?;
    let bytes = link.transmit(command, control.deadline)?;
    if control.left().is_zero() {
        return Err(CardError::Timeout);
    }
    Answer::new(bytes).ok_or(CardError::Gone)
}

/// Neither cancelled nor too late.
fn may_go_on(control: &Control<'_>) -> Result<(), CardError> {
    if control.cancel.is_cancelled() {
        return Err(CardError::Cancelled);
    }
    if control.left().is_zero() { Err(CardError::Timeout) } else { Ok(()) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    const ATR: [u8; 17] = [0x3B, 0x6D, 0, 0, 0, 0x81, 0x4A, 0x44, 0x46, 0x86, 0x60, 0x19, 0x02, 0x03, 0, 0, 0x19];

    /// A card made of a function, which counts what it was sent.
    struct Fake<F>(F, usize);

    /// A card that is pulled before it answers, and how many commands stay on the way to it.
    struct Pulled(usize);

    impl CardLink for Pulled {
        fn transmit(&mut self, _: &[u8], _: Instant) -> Result<Vec<u8>, CardError> {
            self.0 += 1;
            Err(CardError::Gone)
        }

        fn forget(&mut self) {
            self.0 = 0;
        }
    }

    impl<F: FnMut(&[u8]) -> Vec<u8>> CardLink for Fake<F> {
        fn transmit(&mut self, command: &[u8], _: Instant) -> Result<Vec<u8>, CardError> {
            self.1 += 1;
            Ok((self.0)(command))
        }
    }

    fn soon() -> Control<'static> {
        Control::within(Duration::from_mins(1))
    }

    fn ok(data: &[u8]) -> Vec<u8> {
        [data, &[0x90, 0x00]].concat()
    }

    /// A sound card of specification `spec`, EF06 locked, its number empty.
    fn locked_card(spec: &'static [u8; 4]) -> impl FnMut(&[u8]) -> Vec<u8> {
        let mut holder_selected = false;
        move |command| match command {
            [0x00, 0xA4, 0x04, ..] => ok(&[]),
            [0x00, 0xA4, 0x02, .., low] => {
                holder_selected = *low == 0x06;
                ok(&[])
            }
            [0x00, 0xB2, ..] if holder_selected => vec![0x69, 0x82],
            [0x00, 0xB2, 0x01, ..] => ok(&[&[0x01, 0x10, 0x11, 0x02, 0x03], [0xD1; 13].as_slice()].concat()),
            [0x00, 0xB2, 0x02, ..] => ok(&[0x02, 0x01, b'3']),
            [0x00, 0xB2, 0x03, ..] => ok(&[&[0x03, 0x04], spec.as_slice()].concat()),
            [0x00, 0xB2, tag @ (0x05 | 0x06), ..] => ok(&[*tag, 0x04, 0xFF, 0xFF, 0xFF, 0xFF]),
            [0x00, 0xB2, 0x07, ..] => ok(&[&[0x07, 0x09], [0x00; 9].as_slice()].concat()),
            [0x00, 0x84, ..] => ok(&[7; 8]),
            _ => vec![0x6D, 0x00],
        }
    }

    #[test]
    fn version_two_card_hides_its_holder_all_the_same() {
        for spec in [b"2.0\0", b"3.00"] {
            let begun = begin(&mut Fake(locked_card(spec), 0), &ATR, &soon()).unwrap();
            let Begun::Challenged(issuer, challenge) = begun else { unreachable!("EF06 answered 6982") };
            assert_eq!(challenge, [7; 8]);
            assert_eq!(issuer.card_number, None);
            assert_eq!(issuer.algorithm, crate::card::Algorithm::Ssf33);
        }
    }

    #[test]
    fn card_pulled_between_two_records() {
        let mut card = locked_card(b"3.00");
        let mut sent = 0;
        let pulled = move |command: &[u8]| {
            sent += 1;
            if sent > 4 { Vec::new() } else { card(command) }
        };
        let mut link = Fake(pulled, 0);
        assert_eq!(begin(&mut link, &ATR, &soon()), Err(CardError::Gone));
        assert_eq!(link.1, 5);
    }

    #[test]
    fn card_promises_more_data_for_ever() {
        let mut link = Fake(|_: &[u8]| vec![0x61, 0x10], 0);
        assert_eq!(begin(&mut link, &ATR, &soon()), Err(CardError::Garbled));
        assert_eq!(link.1, MAX_ROUNDS);
    }

    #[test]
    fn card_corrects_le_back_and_forth_for_ever() {
        let mut link = Fake(|command: &[u8]| vec![0x6C, command[4] ^ 1], 0);
        assert_eq!(challenge(&mut link, &soon()), Err(CardError::Garbled));
        assert_eq!(link.1, MAX_ROUNDS);
    }

    #[test]
    fn card_insists_on_the_le_it_was_given() {
        let mut link = Fake(|_: &[u8]| vec![0x6C, CHALLENGE_BYTES], 0);
        assert_eq!(challenge(&mut link, &soon()), Err(CardError::Garbled));
        assert_eq!(link.1, 1);
    }

    #[test]
    fn card_answers_another_record_than_asked() {
        let mut link = Fake(|_: &[u8]| ok(&[0x02, 0x01, 0x33]), 0);
        let read = records(&mut link, File::Issuer, &[(0x01, 0x12)], &soon());
        assert_eq!(read, Err(CardError::Garbled));
    }

    #[test]
    fn bank_card_in_the_reader() {
        assert_eq!(begin(&mut Fake(|_: &[u8]| vec![0x6A, 0x82], 0), &ATR, &soon()), Err(CardError::Foreign));
    }

    #[test]
    fn visitor_walks_away_before_the_first_command() {
        let control = soon();
        control.cancel.cancel();
        let mut link = Fake(|_: &[u8]| ok(&[]), 0);
        assert_eq!(tries(&mut link, &control), Err(CardError::Cancelled));
        assert_eq!(tries(&mut link, &Control::within(Duration::ZERO)), Err(CardError::Timeout));
        assert_eq!(link.1, 0);
    }

    #[test]
    fn asking_for_tries_never_becomes_a_pin() {
        for sw in [[0x6C, 0x03], [0x61, 0x03], [0x67, 0x00], [0x6A, 0x86], [0x90, 0x00], [0x6D, 0x00]] {
            let mut link = Fake(|_: &[u8]| sw.to_vec(), 0);
            assert_eq!(tries(&mut link, &soon()), Ok(Tries::NotTold));
            assert_eq!(link.1, 1);
        }
    }

    #[test]
    fn pin_of_three_digits_spends_no_try() {
        let mut link = Fake(|_: &[u8]| ok(&[]), 0);
        let answer = verify(&mut link, &Private::from("123"), &soon());
        assert_eq!(answer, Ok(Verified::Wrong(Tries::NotTold)));
        assert_eq!(link.1, 0);
    }

    #[test]
    fn a_pin_stays_on_the_way_to_a_card_that_was_pulled() {
        let (mut link, pin) = (Pulled(0), Private::from("739150842617"));
        assert_eq!((verify(&mut link, &pin, &soon()), link.0), (Err(CardError::Gone), 0));
        let uncertain = Err(PinChangeError::Uncertain(CardError::Gone));
        assert_eq!((change_pin(&mut link, &pin, &pin, &soon()), link.0), (uncertain, 0));
        assert_eq!((tries(&mut link, &soon()), link.0), (Err(CardError::Gone), 1));
    }

    #[test]
    fn last_try_was_wrong() {
        let answer = verify(&mut Fake(|_: &[u8]| vec![0x63, 0xC0], 0), &Private::from("123456"), &soon());
        assert_eq!(answer, Ok(Verified::Locked));
    }

    fn change(answer: &'static [u8], control: &Control<'_>) -> (Result<PinChange, PinChangeError>, usize) {
        let mut link = Fake(|_: &[u8]| answer.to_vec(), 0);
        let changed = change_pin(&mut link, &Private::from("580273"), &Private::from("482915"), control);
        (changed, link.1)
    }

    #[test]
    fn pin_is_called_unchanged_although_nobody_knows() {
        let told = |answer: &'static [u8]| change(answer, &soon()).0;
        assert_eq!(told(&[0x90, 0x00]), Ok(PinChange::Changed));
        assert_eq!(told(&[0x63, 0xC2]), Ok(PinChange::WrongOld(Tries::Left(2))));
        assert_eq!(told(&[0x63, 0x00]), Ok(PinChange::WrongOld(Tries::NotTold)));
        assert_eq!(told(&[0x63, 0xC0]), Ok(PinChange::Locked));
        assert_eq!(told(&[0x69, 0x83]), Ok(PinChange::Locked));
        assert_eq!(told(&[0x6D, 0x00]), Err(PinChangeError::NotChanged(CardError::Garbled)));
        assert_eq!(told(&[0x69, 0x82]), Err(PinChangeError::NotChanged(CardError::AuthFailed)));
        for broken in [[0x65, 0x81], [0x6F, 0x00], [0x61, 0x02], [0x62, 0x81]] {
            let mut link = Fake(|_: &[u8]| broken.to_vec(), 0);
            let changed = change_pin(&mut link, &Private::from("580273"), &Private::from("482915"), &soon());
            assert_eq!((changed, link.1), (Err(PinChangeError::Uncertain(CardError::Garbled)), 1));
        }
        assert_eq!(told(&[]), Err(PinChangeError::Uncertain(CardError::Gone)));
        assert_eq!(told(&[0x90]), Err(PinChangeError::Uncertain(CardError::Gone)));
    }

    #[test]
    fn pin_is_changed_for_somebody_who_has_left() {
        let control = soon();
        control.cancel.cancel();
        let unsent = |error| (Err(PinChangeError::NotChanged(error)), 0);
        assert_eq!(change(&[0x90, 0x00], &control), unsent(CardError::Cancelled));
        assert_eq!(change(&[0x90, 0x00], &Control::within(Duration::ZERO)), unsent(CardError::Timeout));
    }

    #[test]
    fn card_stays_shut_after_it_accepted_the_authority() {
        let authority = Authority { key_id: 0x0A, result: [1; 8], raw: [2; 8] };
        let mut link = Fake(|command: &[u8]| if command[1] == 0xB2 { vec![0x69, 0x82] } else { ok(&[]) }, 0);
        assert_eq!(finish(&mut link, &authority, &soon()), Err(CardError::AuthFailed));
    }
}
