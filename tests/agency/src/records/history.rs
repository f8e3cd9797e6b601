//! What the months of one insurance add up to. Q01 and all documents stand on it, so that a screen and a sheet never disagree. Pure.

use contract::format::Period;

use crate::rules::contribution::{MonthKind, MonthRow, paid_months};
use crate::store::Contribution;

/// One insurance of one person, up to a month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct History {
    /// The first month that counts (aac049).
    pub first: Option<Period>,
    /// The first month of the run that the last one ends (aac030); arrears do not end a run.
    pub since: Option<Period>,
    /// The last month that counts.
    pub last: Option<Period>,
    /// Distinct months that count.
    pub paid: usize,
    /// Months in arrears.
    pub arrears: usize,
    /// Paid by the person.
    pub personal_fen: i64,
    /// Paid by employers.
    pub employer_fen: i64,
}

impl History {
    /// What the months of this insurance from `from` to `to` add up to; `months` are sorted, oldest first.
    pub fn of(months: &[Contribution], insurance: &str, from: Period, to: Period) -> Self {
        let within = |month: &&Contribution| month.insurance == insurance && (from..=to).contains(&month.period);
        let mut history = Self::default();
        let (mut rows, mut before) = (Vec::new(), None::<Period>);
        for month in months.iter().filter(within) {
            let kind = month.status;
            rows.push(MonthRow { insurance, period: month.period, kind });
            if before.and_then(|before| before.plus_months(1)) != Some(month.period) {
                history.since = None;
            }
            before = Some(month.period);
            if kind == MonthKind::Arrears {
                history.arrears += 1;
                continue;
            }
            history.first = history.first.or(Some(month.period));
            history.since = history.since.or(Some(month.period));
            history.last = Some(month.period);
            history.personal_fen += month.personal_fen;
            history.employer_fen += month.employer_fen;
        }
        history.paid = paid_months(&rows).get(insurance).map_or(0, |months| months.paid);
        history
    }

    /// The months of this insurance, whenever they were.
    pub fn ever(months: &[Contribution], insurance: &str, to: Period) -> Self {
        Self::of(months, insurance, Period::default(), to)
    }

    /// Whether it went on in that month.
    pub fn goes_on(&self, month: Period) -> bool {
        self.last.is_some_and(|last| last >= month)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn history(rows: &[(&str, &str)], to: &str) -> History {
        let period = |text: &str| Period::parse(text).unwrap();
        let month = |(month, status): &(&str, &str)| Contribution {
            insurance: "110".to_owned(),
            period: period(month),
            base_fen: 100_000,
            personal_fen: if *status == "arrears" { 0 } else { 8_000 },
            employer_fen: 0,
            status: MonthKind::parse(status).unwrap(),
        };
        let months: Vec<_> = rows.iter().map(month).collect();
        History::of(&months, "110", period("202501"), period(to))
    }

    #[test]
    fn an_arrear_ends_an_enrolment_or_a_break_does_not() {
        let rows = [("202501", "paid"), ("202503", "paid"), ("202504", "arrears"), ("202505", "made_up")];
        let found = history(&rows, "202505");
        assert_eq!((found.first, found.since), (Period::new(2025, 1), Period::new(2025, 3)));
        assert_eq!((found.paid, found.arrears, found.personal_fen), (3, 1, 24_000));
        assert!(found.goes_on(Period::new(2025, 5).unwrap()) && !found.goes_on(Period::new(2025, 6).unwrap()));
        assert_eq!(history(&rows, "202502").paid, 1);
        assert_eq!(history(&[], "202502"), History::default());
    }
}
