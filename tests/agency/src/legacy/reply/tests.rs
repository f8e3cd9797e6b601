//! What must not pass for an answer.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use contract::format::Period;

use super::*;
use crate::legacy::record::Value;

const SEQUENCE: u32 = 7;

fn province() -> Province {
    Province::parse("a", include_str!("../../../legacy/province-a.toml")).unwrap()
}

fn period(text: &str) -> Period {
    Period::parse(text).unwrap()
}

fn question() -> Question {
    let about = About::Months { insurance: "110".to_owned(), from: period("202601"), to: period("202610") };
    Question { id_number: "190001196705120015".to_owned(), about }
}

fn head(result: &str, total: i64, count: i64) -> Record {
    let head = Record::default().with_number("x_sequence", SEQUENCE.into()).with_text("x_result", result);
    head.with_text("x_message", "交易成功").with_number("x_total", total).with_number("x_count", count)
}

fn month(month: &str) -> Record {
    let record = Record::default().with_text("aac002", &question().id_number).with_text("aae140", "10");
    let record = record.with_month("aae003", Some(period(month))).with_text("x_kind", "10");
    record.with_number("x_base", 823_000).with_number("aae020", 65_840).with_number("x_employer", 131_680)
}

fn bytes(head: &Record, records: &[Record]) -> Vec<u8> {
    let province = province();
    let records = records.iter().flat_map(|record| province.trades.months.record.encode(record).unwrap());
    province.head.reply.encode(head).unwrap().into_iter().chain(records).collect()
}

/// What is made of an answer that comes in one frame.
fn read(head: &Record, records: &[Record]) -> Result<Found, Fault> {
    let province = province();
    match Reply::read(&province, &question(), SEQUENCE, &bytes(head, records))? {
        Reply::Refused(code) => Ok(Found::Refused(code)),
        Reply::Page(page) => Found::of(&province, &question(), &page.records),
    }
}

fn fault(head: &Record, records: &[Record]) -> Fault {
    read(head, records).err().unwrap()
}

#[test]
fn months_come_in_another_order() {
    let Ok(Found::Months(months)) = read(&head("0000", 2, 2), &[month("202601"), month("202602")]) else { panic!() };
    let periods: Vec<_> = months.iter().map(|month| month.period).collect();
    assert_eq!((periods, months[0].personal_fen), (vec![period("202602"), period("202601")], 65_840));
}

#[test]
fn somebody_elses_answer_is_believed() {
    let other = "19000119830225005X";
    let good = head("0000", 1, 1);
    assert_eq!(fault(&good.clone().with_number("x_sequence", 8), &[month("202601")]), Fault::Sequence);
    assert_eq!(fault(&good, &[month("202601").with_text("aac002", other)]), Fault::AnotherPerson);
    assert_eq!(fault(&good, &[month("202601").with_text("aac002", "")]), Fault::AnotherPerson);
    let two = [month("202601"), month("202602").with_text("aac002", other)];
    assert_eq!(fault(&head("0000", 2, 2), &two), Fault::AnotherPerson);
    // A refusal is somebody's, too.
    assert_eq!(fault(&head("1002", 0, 0).with_number("x_sequence", 8), &[]), Fault::Sequence);
}

#[test]
fn an_unknown_code_is_guessed() {
    let one = head("0000", 1, 1);
    let code = |table, code: &str| Fault::Code(table, code.to_owned());
    assert_eq!(fault(&head("7777", 0, 0), &[]), code("results", "7777"));
    assert_eq!(fault(&one, &[month("202601").with_text("x_kind", "77")]), code("month_kinds", "77"));
    assert_eq!(fault(&one, &[month("202601").with_text("aae140", "77")]), code("insurances", "77"));
    assert_eq!(code("month_kinds", "77").to_string(), "the code 77, which month_kinds does not list");
    let Ok(Found::Refused(why)) = read(&head("1003", 0, 0), &[]) else { panic!() };
    assert_eq!(why, ProblemCode::CivilService);
}

#[test]
fn what_was_not_asked_for_is_summed_up() {
    let month_of = |text: &str, code: &str| month(text).with_text("aae140", code);
    let two = head("0000", 2, 2);
    let not_month = Fault::NotAsked("a month (aae003)");
    assert_eq!(fault(&two, &[month("202601"), month("202512")]), not_month);
    assert_eq!(fault(&two, &[month("202601"), month("202601")]), not_month);
    assert_eq!(fault(&two, &[month("202601"), month_of("202602", "20")]), Fault::NotAsked("an insurance (aae140)"));
}

#[test]
fn an_answer_counts_other_records_than_it_has() {
    let two = [month("202601"), month("202602")];
    assert!(matches!(fault(&head("0000", 3, 3), &two), Fault::Record(RecordError::Short(_))));
    assert!(matches!(fault(&head("0000", 1, 1), &two), Fault::Record(RecordError::Long(_))));
    let many: Vec<_> = (0..11).map(|_| month("202601")).collect();
    assert_eq!(fault(&head("0000", 11, 11), &many), Fault::Count);
    let Ok(Found::Refused(why)) = read(&head("0000", 0, 0), &[]) else { panic!() };
    assert_eq!(why, ProblemCode::NoRecords);
}

#[test]
fn an_answer_that_is_cut_or_junk_is_read() {
    let whole = bytes(&head("0000", 2, 2), &[month("202601"), month("202602")]);
    let read = |bytes: &[u8]| Reply::read(&province(), &question(), SEQUENCE, bytes);
    assert!(read(&whole).is_ok());
    for length in 0..whole.len() {
        assert!(matches!(read(&whole[..length]), Err(Fault::Record(RecordError::Short(_)))), "{length}");
    }
    // Any one byte replaced: read as something, or refused; never the end of the program.
    for at in 0..whole.len() {
        for byte in [0x00, b' ', b'9', b'-', b'A', 0x81, 0xFF] {
            let mut spoilt = whole.clone();
            spoilt[at] = byte;
            if let Ok(Reply::Page(page)) = read(&spoilt) {
                let _ = Found::of(&province(), &question(), &page.records);
            }
        }
    }
}

#[test]
fn a_medical_enrolment_stops_the_others_or_one_comes_twice() {
    let province = province();
    let about = Question { about: About::Enrolment, ..question() };
    let enrolled = |insurance: &str, standing: &str, form: &str| {
        let record = Record::default().with_text("aae140", insurance).with_text("aac031", standing);
        let record = record.with_text("x_form", form).with_text("aab004", "示范区恒远机械有限公司");
        let month = Some(period("200111"));
        record.with_month("aac049", month).with_month("aac030", month).with_number("x_months", 299)
    };
    let rows = [enrolled("30", "1", "01"), enrolled("10", "3", "02")];
    let Ok(Found::Enrolments(found)) = Found::of(&province, &about, &rows) else { panic!() };
    let standings: Vec<_> = found.iter().map(|row| row.standing).collect();
    assert_eq!(standings, [Standing::Ended, Standing::NotEnrolled, Standing::NotEnrolled]);
    assert_eq!((&found[0].employer, found[0].paid), (&Employer::Own, 299));
    let twice = [enrolled("10", "1", "01"), enrolled("10", "2", "01")];
    let why = Found::of(&province, &about, &twice).err().unwrap();
    assert_eq!(why, Fault::NotAsked("an insurance (aae140)"));
    assert_eq!(
        Found::of(&province, &about, &[enrolled("10", "9", "01")]).err().unwrap(),
        Fault::Code("standings", "9".to_owned())
    );
}

#[test]
fn an_account_of_another_year_or_half_an_interest_is_shown() {
    let province = province();
    let about = Question { about: About::Account(2025), ..question() };
    let year = |year: i64, rate: Value, interest: Value| {
        let record = Record::default().with_number("aae001", year).with_number("x_months", 12);
        let record = record.with_number("x_base", 823_000).with_number("x_opening", 1).with_number("x_credited", 2);
        record.with_number("x_closing", 3).with("x_rate", rate).with("x_interest", interest)
    };
    let found = |record: Record| match Found::of(&province, &about, &[record]) {
        Ok(Found::Account(year)) => Ok(year.interest),
        Ok(_) => panic!("another answer"),
        Err(fault) => Err(fault),
    };
    assert_eq!(found(year(2025, Value::Number(105), Value::Number(9))), Ok(Some(("1.05%".to_owned(), 9))));
    assert_eq!(found(year(2025, Value::None, Value::None)), Ok(None));
    assert!(found(year(2025, Value::Number(105), Value::None)).is_err());
    assert_eq!(found(year(2024, Value::None, Value::None)), Err(Fault::NotAsked("a year (aae001)")));
}
