//! Whether a table of sets may be used, looked at once at the agency's start: a wrong figure stops the start, with its place and what
//! would be right, instead of reaching a citizen. Only `parameters` may call it.

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};

use contract::format::Date;

use super::Parameters;
use crate::clock;
use crate::rules::BadRules;
use crate::rules::exact::Exact;

pub const FILE: &str = "parameters.toml";

/// The first thing that is wrong, if any.
pub fn check(sets: &BTreeMap<String, Parameters>) -> Result<(), BadRules> {
    sets.iter().try_for_each(|(name, set)| Set { name, set }.check())?;
    check_spans(sets)
}

/// A set and its name, so that every refusal can tell where it is.
struct Set<'a> {
    name: &'a str,
    set: &'a Parameters,
}

impl Set<'_> {
    fn check(&self) -> Result<(), BadRules> {
        self.check_head()?;
        self.check_rates()?;
        self.check_money()?;
        self.check_tables()
    }

    /// Refuses unless `right`.
    fn need(&self, right: bool, key: &str, found: impl Display, should: &str) -> Result<(), BadRules> {
        if right { Ok(()) } else { Err(BadRules::wrong(FILE, self.name, key, found, should)) }
    }

    fn check_head(&self) -> Result<(), BadRules> {
        let Parameters { region, effective_from: from, effective_to: to, source, .. } = self.set;
        let code = region.len() == 6 && region.bytes().all(|byte| byte.is_ascii_digit());
        self.need(code, "region", region, "six digits (GB/T 2260)")?;
        self.need(!source.trim().is_empty(), "source", "empty", "the document that says so")?;
        self.need(from.day() == 1, "effective_from", from, "the first day of a month")?;
        let Some(to) = *to else { return Ok(()) };
        self.need(*from < to, "effective_to", to, "later than effective_from")?;
        let month_ends = clock::last_day(clock::month_of(to)) == Some(to);
        self.need(month_ends, "effective_to", to, "the last day of a month")
    }

    fn check_rates(&self) -> Result<(), BadRules> {
        let set = self.set;
        let single = [
            ("late_fee_per_day", &set.late_fee_per_day),
            ("flex_pension", &set.flex_pension),
            ("flex_medical", &set.flex_medical),
            ("transfer_pool_rate", &set.transfer_pool_rate),
            ("transfer_account_rate_1998_2005", &set.transfer_account_rate_1998_2005),
            ("transfer_account_rate_2006", &set.transfer_account_rate_2006),
        ];
        let single = single.into_iter().filter_map(|(key, rate)| Some((key.to_owned(), rate.as_ref()?)));
        let shares = set.rates.iter().map(|(key, rate)| (format!("rates.{key}"), rate));
        let credited = set.account_rates.iter().map(|(year, rate)| (format!("account_rates.{year}"), rate));
        single.chain(shares).chain(credited).try_for_each(|(key, rate)| {
            let found = rate.decimal(4);
            self.need(Exact::whole(1).is_ok_and(|one| *rate < one), &key, found, "a share below 1, as 0.08")
        })
    }

    fn check_money(&self) -> Result<(), BadRules> {
        let set = self.set;
        let amounts = [
            ("base_min_fen", set.base_min_fen),
            ("base_max_fen", set.base_max_fen),
            ("pension_base_fen", set.pension_base_fen),
            ("ui_stage1_fen", set.ui_stage1_fen),
            ("ui_stage2_fen", set.ui_stage2_fen),
            ("ui_ext_fen", set.ui_ext_fen),
        ];
        for (key, fen) in amounts.into_iter().filter_map(|(key, fen)| Some((key, fen?))) {
            self.need(fen > 0, key, fen, "fen, more than 0")?;
        }
        for (year, fen) in &set.average_wages_fen {
            self.need(*fen > 0, &format!("average_wages_fen.{year}"), fen, "fen, more than 0")?;
        }
        let ordered = set.base_min_fen.zip(set.base_max_fen).is_none_or(|(min, max)| min < max);
        self.need(ordered, "base_max_fen", shown(set.base_max_fen), "more than base_min_fen")?;
        let shares = set.base_bounds.as_ref().is_none_or(|bounds| bounds.min < bounds.max);
        self.need(shares, "base_bounds.max", shown(&set.base_bounds), "more than base_bounds.min")
    }

    fn check_tables(&self) -> Result<(), BadRules> {
        let set = self.set;
        for (track, delay) in &set.delayed_retirement {
            self.need(delay.step > 0, &format!("delayed_retirement.{track:?}.step"), delay.step, "1 or more")?;
        }
        for (age, divisor) in &set.divisors {
            let key = format!("divisors.{age}");
            self.need(age.parse().is_ok_and(|age: u8| (40..=70).contains(&age)), &key, age, "an age from 40 to 70")?;
            self.need(*divisor > 0, &key, divisor, "1 or more")?;
        }
        for year in set.account_rates.keys().chain(set.average_wages_fen.keys()) {
            self.need(year.len() == 4 && year.parse::<u16>().is_ok(), "a year", year, "four digits")?;
        }
        let rising = set.ui_bands.is_sorted_by(|a, b| a.from_months < b.from_months && a.max_months < b.max_months);
        self.need(rising, "ui_bands", shown(&set.ui_bands), "bands that rise")
    }
}

/// A region's sets must follow each other without a month that two claim or that none does.
fn check_spans(sets: &BTreeMap<String, Parameters>) -> Result<(), BadRules> {
    let mut in_order: Vec<_> = sets.iter().collect();
    in_order.sort_by_key(|(_, set)| (&set.region, set.effective_from));
    let pairs = in_order.iter().zip(in_order.iter().skip(1));
    for ((name, set), (next_name, next)) in pairs.filter(|((_, set), (_, next))| set.region == next.region) {
        let next_month = set.effective_to.and_then(|last| clock::month_of(last).plus_months(1));
        if next_month != Some(clock::month_of(next.effective_from)) {
            let found = set.effective_to.map_or_else(|| "open".to_owned(), |last: Date| last.to_string());
            let right = format!("the day before {next_name} begins, {}", next.effective_from);
            return Err(BadRules::wrong(FILE, name, "effective_to", found, &right));
        }
    }
    Ok(())
}

fn shown(value: impl Debug) -> String {
    format!("{value:?}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::rules::parameters::ParameterSets;

    const GOOD: &str = r#"
        [first]
        region = "190001"
        effective_from = "2025-07-01"
        effective_to = "2026-06-30"
        source = "invented"
        flex_pension = "0.20"
        base_min_fen = 400_000
        base_max_fen = 2_000_000
        [second]
        region = "190001"
        effective_from = "2026-07-01"
        source = "invented"
        account_rates = { 2024 = "0.0262" }
        ui_bands = [{ from_months = 12, max_months = 12 }, { from_months = 60, max_months = 18 }]
        delayed_retirement.M = { first_birth_year = 1965, base_age = 60, step = 4, max = 36 }
    "#;

    /// What is said of the good table where one text in it is another.
    fn refusal(good: &str, bad: &str) -> String {
        assert!(GOOD.contains(good), "{good}");
        ParameterSets::parse(&GOOD.replacen(good, bad, 1)).map(|_| ()).unwrap_err().to_string()
    }

    #[test]
    fn a_wrong_figure_reaches_a_citizen() {
        assert!(ParameterSets::parse(GOOD).is_ok());
        for (good, bad, told) in [
            ("source = \"invented\"", "", "first: source is empty; right would be the document"),
            ("2026-06-30", "2026-05-31", "first: effective_to is 2026-05-31; right would be the day before second"),
            ("effective_to = \"2026-06-30\"", "", "first: effective_to is open; right would be the day before second"),
            ("2026-06-30", "2026-07-31", "first: effective_to is 2026-07-31; right would be the day before second"),
            ("2026-06-30", "2026-06-29", "first: effective_to is 2026-06-29; right would be the last day of a month"),
            ("2025-07-01", "2025-07-02", "first: effective_from is 2025-07-02; right would be the first day"),
            ("2026-06-30", "2024-06-30", "first: effective_to is 2024-06-30; right would be later than"),
            ("190001", "19001", "first: region is 19001; right would be six digits"),
            ("0.20", "20", "first: flex_pension is 20.0000; right would be a share below 1"),
            ("0.0262", "2.62", "second: account_rates.2024 is 2.6200; right would be a share below 1"),
            ("400_000", "-4", "first: base_min_fen is -4; right would be fen, more than 0"),
            ("2_000_000", "300_000", "first: base_max_fen is Some(300000); right would be more than base_min_fen"),
            ("step = 4", "step = 0", "second: delayed_retirement.M.step is 0; right would be 1 or more"),
            ("from_months = 60", "from_months = 6", "right would be bands that rise"),
            ("0.20", "20 %", "not a decimal number as 0.0262"),
            ("flex_pension", "flex_pensoin", "unknown field `flex_pensoin`"),
        ] {
            let said = refusal(good, bad);
            assert!(said.starts_with("parameters.toml: ") && said.contains(told), "{bad}: {said}");
        }
    }
}
