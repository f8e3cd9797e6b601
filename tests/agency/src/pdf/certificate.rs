//! What stands where on the 参保证明. All numbers are points on A4; the margins are 20 mm. Prints what it is given and computes
//! nothing but sums and counts of the months shown.

use std::collections::BTreeMap;

use contract::catalogue::Catalogue;
use contract::format::{Period, fen_to_text};

use super::Certificate;
use super::sheet::{Grey, HEIGHT, Sheet, WIDTH};
use crate::store::{self, Contribution};
use crate::{catalogue, clock};

const LEFT: f32 = 56.7;
const RIGHT: f32 = WIDTH - LEFT;
const ACROSS: f32 = RIGHT - LEFT;

const BLACK: Grey = 0;
const SOFT: Grey = 95;
const LINE: Grey = 190;
const PALE: Grey = 238;

const HAIR: f32 = 0.4;
const FIRM: f32 = 0.9;

/// Insurances of the certificate, with the heads of their columns in the month table.
const INSURANCES: [(&str, &str); 3] = [("110", "养老"), ("210", "失业"), ("410", "工伤")];

const AGENCY: &str = "示范区社会保险经办机构";

/// Draws the whole certificate.
pub fn draw(sheet: &mut Sheet<'_, '_>, catalogue: &Catalogue, certificate: &Certificate) {
    sheet.across(170.0, PALE, "样张");
    head(sheet, certificate);
    let y = person(sheet, certificate, 176.0);
    let y = insurances(sheet, catalogue, certificate, y + 34.0);
    let y = months(sheet, certificate, y + 38.0);
    notes(sheet, certificate, y + 24.0);
    foot(sheet, certificate);
}

fn head(sheet: &mut Sheet<'_, '_>, certificate: &Certificate) {
    sheet.left(LEFT, 60.0, 9.0, SOFT, AGENCY);
    sheet.right(RIGHT, 60.0, 9.0, SOFT, &format!("验证码 {}", certificate.code));
    sheet.rule(LEFT, 68.0, ACROSS, HAIR, LINE);
    sheet.centre(WIDTH / 2.0, 116.0, 23.0, BLACK, "社会保险参保证明");
    sheet.centre(WIDTH / 2.0, 137.0, 10.5, SOFT, "（个人专用）");
}

/// Returns the lower edge, as the other parts do.
fn person(sheet: &mut Sheet<'_, '_>, certificate: &Certificate, top: f32) -> f32 {
    const ROW: f32 = 25.0;
    const SECOND: f32 = LEFT + 292.0;
    sheet.rule(LEFT, top - 17.0, ACROSS, FIRM, BLACK);
    let sex = if certificate.male { "男" } else { "女" };
    let span = format!("{} 至 {}", certificate.from.dashed(), certificate.to.dashed());
    let rows = [
        (("姓名", certificate.name.as_str()), ("性别", sex)),
        (("社会保障号码", certificate.id_number.as_str()), ("证明期间", span.as_str())),
    ];
    let mut y = top;
    for ((label, value), (second_label, second)) in rows {
        sheet.left(LEFT, y, 9.5, SOFT, label);
        sheet.fitted(LEFT + 76.0, y, 11.0, 205.0, value);
        sheet.left(SECOND, y, 9.5, SOFT, second_label);
        sheet.fitted(SECOND + 56.0, y, 11.0, RIGHT - SECOND - 56.0, second);
        sheet.rule(LEFT, y + 8.5, ACROSS, HAIR, LINE);
        y += ROW;
    }
    y - ROW + 8.5
}

fn insurances(sheet: &mut Sheet<'_, '_>, catalogue: &Catalogue, certificate: &Certificate, top: f32) -> f32 {
    const ROW: f32 = 20.0;
    const STATUS: f32 = LEFT + 118.0;
    const FIRST: f32 = LEFT + 176.0;
    /// Right edges of the columns of numbers.
    const NUMBERS: [f32; 4] = [LEFT + 282.0, LEFT + 336.0, LEFT + 410.0, RIGHT];
    sheet.left(LEFT, top, 11.0, BLACK, "参保情况");
    sheet.right(RIGHT, top, 8.5, SOFT, "金额单位：元");
    let mut y = top + 24.0;
    sheet.rule(LEFT, y - 14.0, ACROSS, FIRM, BLACK);
    for (x, label) in [(LEFT, "险种"), (STATUS, "参保状态"), (FIRST, "首次缴费")] {
        sheet.left(x, y, 8.5, SOFT, label);
    }
    for (x, label) in NUMBERS.into_iter().zip(["期内月数", "累计月数", "期内个人缴纳", "期内单位缴纳"])
    {
        sheet.right(x, y, 8.5, SOFT, label);
    }
    sheet.rule(LEFT, y + 6.5, ACROSS, HAIR, LINE);
    for (insurance, _) in INSURANCES {
        y += ROW;
        let sums = Sums::of(certificate, insurance);
        sheet.left(LEFT, y, 9.5, BLACK, catalogue::label(catalogue, insurance, "zh"));
        sheet.left(STATUS, y, 9.5, BLACK, sums.status());
        let first = sums.first.map_or_else(|| "－".to_owned(), Period::dashed);
        sheet.left(FIRST, y, 9.5, BLACK, &first);
        let numbers = [
            sums.months_within.to_string(),
            sums.months_ever.to_string(),
            fen_to_text(sums.personal_fen),
            fen_to_text(sums.employer_fen),
        ];
        for (x, number) in NUMBERS.into_iter().zip(&numbers) {
            sheet.right(x, y, 9.5, BLACK, number);
        }
        sheet.rule(LEFT, y + 6.5, ACROSS, HAIR, LINE);
    }
    y + 6.5
}

/// What one insurance adds up to.
#[derive(Default)]
struct Sums {
    first: Option<Period>,
    months_within: u32,
    months_ever: u32,
    personal_fen: i64,
    employer_fen: i64,
    goes_on: bool,
}

impl Sums {
    fn of(certificate: &Certificate, insurance: &str) -> Self {
        let mut sums = Self::default();
        // The month that still runs is booked when it is over.
        let last_full = clock::month_of(certificate.issued).minus_months(1).unwrap_or(certificate.to);
        let last = certificate.to.min(last_full);
        for month in certificate.months.iter().filter(|month| month.insurance == insurance && store::counts(month)) {
            sums.first = sums.first.or(Some(month.period));
            sums.months_ever += 1;
            sums.goes_on = month.period >= last;
            if month.period >= certificate.from {
                sums.months_within += 1;
                sums.personal_fen += month.personal_fen;
                sums.employer_fen += month.employer_fen;
            }
        }
        sums
    }

    /// The status in the last full month of the certificate's period.
    const fn status(&self) -> &'static str {
        match (self.months_ever, self.goes_on) {
            (0, _) => "未参保",
            (_, true) => "参保缴费",
            (_, false) => "暂停缴费",
        }
    }
}

fn months(sheet: &mut Sheet<'_, '_>, certificate: &Certificate, top: f32) -> f32 {
    const ROW: f32 = 16.5;
    const GAP: f32 = 22.0;
    sheet.left(LEFT, top, 11.0, BLACK, "逐月缴费情况");
    sheet.right(RIGHT, top, 8.5, SOFT, "● 正常缴费　◎ 补缴　○ 转入　△ 欠缴　－ 无记录");
    let all: Vec<Period> = std::iter::successors(Some(certificate.from), |month| month.plus_months(1))
        .take_while(|month| *month <= certificate.to)
        .collect();
    let blocks = if all.len() > 24 { 3 } else { 2 };
    let rows = all.len().div_ceil(blocks).max(1);
    let parts = blocks as f32;
    let width = (ACROSS - GAP * (parts - 1.0)) / parts;
    let y = top + 24.0;
    let by_month = by_month(certificate);
    for (block, periods) in all.chunks(rows).enumerate() {
        let columns = Columns::new(LEFT + block as f32 * (width + GAP), width);
        columns.head(sheet, y);
        for (row, period) in (1_u8..).zip(periods) {
            columns.row(sheet, y + f32::from(row) * ROW, *period, by_month.get(period));
        }
    }
    y + rows as f32 * ROW + 5.5
}

type Month<'a> = BTreeMap<&'a str, &'a Contribution>;

fn by_month(certificate: &Certificate) -> BTreeMap<Period, Month<'_>> {
    let mut months: BTreeMap<Period, Month<'_>> = BTreeMap::new();
    for month in certificate.months.iter().filter(|month| month.period >= certificate.from) {
        months.entry(month.period).or_default().insert(&month.insurance, month);
    }
    months
}

/// One block of the month table.
struct Columns {
    x: f32,
    width: f32,
}

impl Columns {
    /// Places in a block, as parts of its width: right edge of the base, middles of the insurances.
    const BASE: f32 = 0.53;
    const MARKS: [f32; 3] = [0.65, 0.79, 0.93];

    const fn new(x: f32, width: f32) -> Self {
        Self { x, width }
    }

    fn head(&self, sheet: &mut Sheet<'_, '_>, y: f32) {
        sheet.rule(self.x, y - 14.0, self.width, FIRM, BLACK);
        sheet.left(self.x, y, 8.5, SOFT, "月份");
        sheet.right(self.x + self.width * Self::BASE, y, 8.5, SOFT, "缴费基数");
        for (at, (_, label)) in Self::MARKS.into_iter().zip(INSURANCES) {
            sheet.centre(self.x + self.width * at, y, 8.5, SOFT, label);
        }
        sheet.rule(self.x, y + 5.5, self.width, HAIR, LINE);
    }

    fn row(&self, sheet: &mut Sheet<'_, '_>, y: f32, period: Period, month: Option<&Month<'_>>) {
        sheet.left(self.x, y, 9.0, BLACK, &period.dashed());
        let base = month.and_then(|month| month.values().map(|insurance| insurance.base_fen).max());
        let base = base.map_or_else(|| "－".to_owned(), fen_to_text);
        sheet.right(self.x + self.width * Self::BASE, y, 9.0, BLACK, &base);
        for (at, (insurance, _)) in Self::MARKS.into_iter().zip(INSURANCES) {
            let mark = mark(month.and_then(|month| month.get(insurance)).map(|month| month.status.as_str()));
            // Small and soft where all is well, so that the others are seen.
            let (size, rise, grey) = if mark == PAID { (5.5, 1.2, SOFT) } else { (9.0, 0.0, BLACK) };
            sheet.centre(self.x + self.width * at, y - rise, size, grey, mark);
        }
        sheet.rule(self.x, y + 5.5, self.width, HAIR, LINE);
    }
}

const PAID: &str = "●";

/// Symbols as they are used in practice (domain 2.2), and one for months paid late.
fn mark(status: Option<&str>) -> &'static str {
    match status {
        Some("arrears") => "△",
        Some("made_up") => "◎",
        Some("transferred") => "○",
        Some(_) => PAID,
        None => "－",
    }
}

fn notes(sheet: &mut Sheet<'_, '_>, certificate: &Certificate, top: f32) {
    let until = format!("3. 本证明有效期三个月，至 {} 止，逾期请重新开具。", certificate.valid_until.long_zh());
    let lines = [
        "说明：",
        "1. 本证明反映证明期间内本机构登记的参保缴费记录，欠缴月份不计入月数和金额；累计月数计至证明期间末月。",
        "2. 凭验证码或二维码可在有效期内核验本证明，内容以核验结果为准，复印件同样可以核验。",
        &until,
        "4. 本页为样张：人物、号码和记录均为虚构，不具有法律效力。",
    ];
    let mut y = top;
    for line in lines {
        sheet.left(LEFT, y, 8.5, SOFT, line);
        y += 14.0;
    }
}

fn foot(sheet: &mut Sheet<'_, '_>, certificate: &Certificate) {
    const SIDE: f32 = 68.0;
    const TOP: f32 = HEIGHT - LEFT - SIDE;
    sheet.rule(LEFT, TOP - 16.0, ACROSS, HAIR, LINE);
    sheet.qr(LEFT, TOP, SIDE, &format!("参保证明核验码:{}", certificate.code));
    let (issued, until) = (certificate.issued.long_zh(), certificate.valid_until.long_zh());
    let rows = [("验证码", certificate.code.as_str()), ("开具日期", &issued), ("有效期至", &until)];
    let mut y = TOP + 16.0;
    for (label, value) in rows {
        sheet.left(LEFT + SIDE + 18.0, y, 9.5, SOFT, label);
        sheet.left(LEFT + SIDE + 68.0, y, 9.5, BLACK, value);
        y += 20.0;
    }
    sheet.right(RIGHT, TOP + 36.0, 11.0, BLACK, AGENCY);
    sheet.right(RIGHT, TOP + 56.0, 11.0, BLACK, &issued);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use contract::format::Date;

    fn sums(last_month: &str, to: &str) -> Sums {
        let month = |period: &str, status: &str| Contribution {
            insurance: "110".to_owned(),
            period: Period::parse(period).unwrap(),
            base_fen: 100_000,
            personal_fen: 8_000,
            employer_fen: 16_000,
            status: status.to_owned(),
        };
        let certificate = Certificate {
            name: String::new(),
            id_number: String::new(),
            male: true,
            from: Period::parse("202601").unwrap(),
            to: Period::parse(to).unwrap(),
            months: vec![month("202512", "paid"), month("202601", "arrears"), month(last_month, "paid")],
            code: String::new(),
            issued: Date::new(2026, 11, 23).unwrap(),
            valid_until: Date::new(2027, 2, 23).unwrap(),
        };
        Sums::of(&certificate, "110")
    }

    #[test]
    fn a_month_that_is_not_over_ends_the_insurance() {
        let going_on = sums("202610", "202611");
        assert_eq!((going_on.status(), going_on.months_within, going_on.months_ever), ("参保缴费", 1, 2));
        assert_eq!((going_on.personal_fen, going_on.first), (8_000, Period::new(2025, 12)));
        assert_eq!(sums("202609", "202610").status(), "暂停缴费");
    }
}
