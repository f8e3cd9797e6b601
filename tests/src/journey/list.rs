//! The journeys.

use super::{Ending, Journey, Play, paper};
use crate::people::person;

const NOTHING: Ending = Ending { pages: "", journal: &[], documents: 0, receipts: 0, sheets: 0 };
const SLIP: &[(&str, &str, &str)] = &[("slip", "Q02", "printed")];
const CERTIFICATE: &[(&str, &str, &str)] = &[("certificate", "P01", "printed")];

/// Every journey, the good ones first.
#[must_use]
pub fn all() -> Vec<Journey> {
    vec![
        Journey {
            name: "contributions-slip",
            tells: "card, PIN, 缴费明细, table, slip without amounts, take slip, take card",
            play: contributions_slip,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table slip-choice printing printed farewell welcome",
                journal: SLIP,
                receipts: 1,
                ..NOTHING
            },
        },
        Journey {
            name: "contributions-slip-amounts",
            tells: "the same with amounts on the slip, for the person whose name has a rare character",
            play: contributions_slip_amounts,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table slip-choice printing printed farewell welcome",
                journal: SLIP,
                receipts: 1,
                ..NOTHING
            },
        },
        Journey {
            name: "insurance-certificate",
            tells: "参保证明: the agency issues, the page printer prints, only its word makes it printed",
            play: insurance_certificate,
            ending: Ending {
                pages: "welcome reading pin checking home form printing printed farewell welcome",
                journal: CERTIFICATE,
                documents: 1,
                sheets: 1,
                ..NOTHING
            },
        },
    ]
}

fn contributions_slip(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ask_contributions()?;
    play.page("table")?;
    play.tap("打印凭条")?;
    play.page("slip-choice")?;
    play.tap("不打印金额")?;
    play.page("printed")?;
    let text = slip_text(play)?;
    expect(text.contains("**远") && !text.contains("林知远"), "the name on the slip is not masked")?;
    expect(text.contains("缴费明细凭条") && !text.contains(",") && !text.contains(".00"), "money stands on a slip without amounts")?;
    play.leave()
}

fn contributions_slip_amounts(play: &mut Play) -> Result<(), String> {
    play.sign_in(2)?;
    play.ask_contributions()?;
    play.page("table")?;
    play.tap("打印凭条")?;
    play.page("slip-choice")?;
    play.tap("打印金额")?;
    play.page("printed")?;
    let text = slip_text(play)?;
    expect(text.contains("10,000.00") && text.contains("*䶮"), "amounts or the rare character are missing on the slip")?;
    play.leave()
}

fn insurance_certificate(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ask_certificate()?;
    play.page("printed")?;
    let document = paper::documents(&play.ground).pop().ok_or("no document came out")?;
    let text = paper::read_document(&document)?;
    let person = person(1)?;
    expect(text.contains(&person.name) && text.contains(&person.id_number), "name or number is missing on the certificate")?;
    expect(paper::fonts_are_embedded(&document)?, "a font is not embedded and subset")?;
    play.leave()
}

fn slip_text(play: &Play) -> Result<String, String> {
    let receipt = paper::receipts(&play.ground).pop().ok_or("no receipt came out")?;
    paper::read_receipt(&receipt, &play.ground.path("receipt.txt"), &play.ground.path("receipt.png"))
}

fn expect(ok: bool, otherwise: &str) -> Result<(), String> {
    if ok { Ok(()) } else { Err(otherwise.to_owned()) }
}
