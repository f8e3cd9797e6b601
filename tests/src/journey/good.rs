//! Visits on which nothing goes wrong.

use std::time::Duration;

use agency::seal::{self, Algorithm, Seal};
use contract::message::subject_digest;

use super::{Play, paper};
use crate::emulate::Emulator;
use crate::people::person;
use crate::until::until;

pub(super) fn contributions_slip(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ask_contributions()?;
    play.page("table")?;
    play.tap("打印凭条")?;
    play.page("slip-choice")?;
    play.tap("不打印金额")?;
    play.page("printed")?;
    let text = slip_text(play)?;
    expect(text.contains("**远") && !text.contains("林知远"), "the name on the slip is not masked")?;
    expect(
        text.contains("查询结果凭条") && !text.contains(",") && !text.contains(".00"),
        "money stands on a slip without amounts",
    )?;
    play.leave()
}

pub(super) fn contributions_slip_amounts(play: &mut Play) -> Result<(), String> {
    play.sign_in(2)?;
    play.ask_contributions()?;
    play.page("table")?;
    play.tap("打印凭条")?;
    play.page("slip-choice")?;
    play.tap("打印金额")?;
    play.page("printed")?;
    let text = slip_text(play)?;
    expect(
        text.contains("10,000.00") && text.contains("*䶮"),
        "amounts or the rare character are missing on the slip",
    )?;
    play.leave()
}

/// The printer's ROM ends with GBK: the whole name must come as a picture, never with a hole in it.
pub(super) fn narrow_printer(play: &mut Play) -> Result<(), String> {
    play.narrow_printer()?;
    play.sign_in(2)?;
    play.ask_contributions()?;
    play.page("table")?;
    play.tap("打印凭条")?;
    play.page("slip-choice")?;
    play.tap("打印金额")?;
    play.page("printed")?;
    let text = slip_text(play)?;
    expect(text.contains("10,000.00"), "amounts are missing on the narrow slip")?;
    expect(!text.contains('䶮') && !text.contains('?'), "a character that the printer lacks was sent as text")?;
    let receipt = paper::receipts(&play.ground).pop().ok_or("no receipt came out")?;
    let bytes = std::fs::read(&receipt).map_err(|error| error.to_string())?;
    // GS v 0: the picture with the name.
    expect(bytes.windows(3).any(|three| three == [0x1D, 0x76, 0x30]), "the name was not drawn")?;
    play.leave()
}

pub(super) fn insurance_certificate(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ask_certificate()?;
    play.page("printed")?;
    let document = paper::documents(&play.ground).pop().ok_or("no document came out")?;
    let text = paper::read_document(&document)?;
    let person = person(1)?;
    expect(
        text.contains(&person.name) && text.contains(&person.id_number),
        "name or number is missing on the certificate",
    )?;
    // Signed by the agency whose data folder this is, for this person, with the code that is printed beside it.
    let qr = paper::read_qr(&document)?;
    let seal = Seal::open(&play.ground.path("agency"), Algorithm::default()).map_err(|error| error.to_string())?;
    let sealed = seal::verify(&qr, &[seal.public_key()]).map_err(|why| format!("the QR code says {qr}: {why:?}"))?;
    let subject = subject_digest(&sealed.code, &person.id_number);
    expect(text.contains(&sealed.code) && sealed.subject == subject, "the QR code is another document's")?;
    expect(paper::fonts_are_embedded(&document)?, "a font is not embedded and subset")?;
    play.leave()
}

/// Closed libraries: the reader's motor hands the card back, the terminal's own module opens it, and the agency's where that fails.
pub(super) fn vendor_bridges(play: &mut Play) -> Result<(), String> {
    let [mut reader, mut module] = play.vendor_bridges()?;
    play.ground("agency mishap status 503 /v1/card-authority")?;
    for mishap in ["well", "absent"] {
        module.line(mishap)?;
        play.sign_in(1)?;
        play.tap("取卡离开")?;
        play.page("farewell")?;
        handed_back(&mut reader)?;
        play.ground("card pull")?;
        play.home_again()?;
        play.ground("agency mishap")?;
    }
    // The wrong way round it comes back by itself, and not only when somebody touches the glass.
    play.ground("card insert mute")?;
    play.page("card-fault")?;
    handed_back(&mut reader)?;
    play.ground("card pull")?;
    play.tap("知道了")?;
    play.page("welcome")
}

fn handed_back(reader: &mut impl Emulator) -> Result<(), String> {
    let presented = || reader.line("status").ok().filter(|said| said.starts_with("card at the slot"));
    until("the card at the slot", Duration::from_secs(10), presented).map(drop)
}

/// A motor takes in what nobody takes: the next person does not find it, and the staff are told.
pub(super) fn forgotten_card(play: &mut Play) -> Result<(), String> {
    let [mut reader, _module] = play.vendor_bridges()?;
    play.sign_in(1)?;
    play.tap("取卡离开")?;
    play.page("farewell")?;
    let mut says = |wanted: &str| {
        let said = || reader.line("status").ok().filter(|said| said.starts_with(wanted));
        until(wanted, Duration::from_secs(10), said).map(drop)
    };
    says("card at the slot, 0 in the bin")?;
    play.advance("card_forgotten")?;
    says("no card, 1 in the bin")?;
    play.page("welcome")?;
    play.open("收回了 1 张忘取的卡")
}

pub(super) fn slip_text(play: &Play) -> Result<String, String> {
    let receipt = paper::receipts(&play.ground).pop().ok_or("no receipt came out")?;
    paper::read_receipt(&receipt, play.dots, &play.ground.path("receipt.txt"), &play.ground.path("receipt.png"))
}

pub(super) fn expect(ok: bool, otherwise: &str) -> Result<(), String> {
    if ok { Ok(()) } else { Err(otherwise.to_owned()) }
}

pub(super) fn english_large_text(play: &mut Play) -> Result<(), String> {
    play.page("welcome")?;
    play.tap("放大文字")?;
    play.tap("放大文字")?;
    play.tap("English")?;
    play.page("welcome")?;
    play.ground("card insert 9")?;
    play.page("pin")?;
    play.type_pin(&person(9)?.pin, "Confirm PIN")?;
    play.page("home")?;
    play.tap("My records")?;
    while !play.shows("Contribution details")? {
        play.tap("Next")?;
    }
    play.tap("Contribution details")?;
    play.page("form")?;
    play.tap("Employees' basic pension insurance")?;
    play.page("form")?;
    play.tap("Last year")?;
    play.page("table")?;
    play.tap("Next")?;
    play.page("table")?;
    play.tap("Take card")?;
    play.page("farewell")?;
    play.ground("card pull")?;
    play.open("请插入社会保障卡")?;
    play.page("welcome")?;
    expect(play.shows("放大文字")?, "the next person does not find the standard size")
}
