//! Figures that differ by region and time: dated data with a source, never code. A set holds what its source says; a rule that needs a
//! figure which its set does not hold refuses with [`RuleError::NoParams`]. Sets are chosen by the month concerned, never by today:
//! bounds change on 1 July, and an arrear of June is still an arrear of June.

mod check;

use std::collections::BTreeMap;

use contract::format::{Date, Period};
use serde::Deserialize;

use super::exact::Exact;
use super::retirement::Track;
use super::{BadRules, RuleError};
use crate::clock;

/// The region of what holds in the whole country.
pub const NATIONAL: &str = "000000";

/// The figures of one region for one span of months. Money in fen, rates as decimal texts.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Parameters {
    /// GB/T 2260 code; [`NATIONAL`] for the whole country.
    pub region: String,
    /// First day of the first month.
    pub effective_from: Date,
    /// Last day of the last month; open where nothing has replaced it.
    pub effective_to: Option<Date>,
    /// The document that says so. May not be empty.
    #[serde(default)]
    pub source: String,

    /// 滞纳金 a day (社会保险法 86).
    pub late_fee_per_day: Option<Exact>,
    /// Share of the base declared last that is deemed declared (社会保险法 62).
    pub deemed_declaration: Option<Exact>,
    /// Bounds of the base as shares of the average wage (国办发〔2019〕13号).
    pub base_bounds: Option<Bounds>,
    /// Lower bound of the base, a month.
    pub base_min_fen: Option<i64>,
    /// Upper bound of the base, a month.
    pub base_max_fen: Option<i64>,
    /// Flexible workers' share for the pension (国发〔2005〕38号).
    pub flex_pension: Option<Exact>,
    /// Flexible workers' share for medical insurance.
    pub flex_medical: Option<Exact>,
    /// Each share that an employment pays, by name.
    #[serde(default)]
    pub rates: BTreeMap<String, Exact>,

    /// 计发基数: what a pension that begins in these months is computed from.
    pub pension_base_fen: Option<i64>,
    /// Average wage of each year, a month: what a year's base is compared with.
    #[serde(default)]
    pub average_wages_fen: BTreeMap<String, i64>,
    /// 计发月数 by whole age (国发〔2005〕38号, annex).
    #[serde(default)]
    pub divisors: BTreeMap<String, u32>,
    /// 记账利率 by year (人社部发〔2017〕31号); a year that is missing is not published yet.
    #[serde(default)]
    pub account_rates: BTreeMap<String, Exact>,

    /// How each kind of insured person's age rises (全国人大常委会 2024-09-13).
    #[serde(default)]
    pub delayed_retirement: BTreeMap<Track, Delay>,
    /// How the minimum contribution rises (the same decision, article 2).
    pub min_months: Option<MinMonths>,

    /// Most benefit months by months paid (社会保险法 46), shortest first.
    #[serde(default)]
    pub ui_bands: Vec<Band>,
    /// A local schedule instead of the bands: months for the first full year.
    pub ui_months_first: Option<u32>,
    /// Months more for every further full year.
    pub ui_months_step: Option<u32>,
    /// Most months at all, with what was carried over (社会保险法 46).
    pub ui_cap: Option<u32>,
    /// Benefit of months 1 to 12.
    pub ui_stage1_fen: Option<i64>,
    /// Benefit of the months after.
    pub ui_stage2_fen: Option<i64>,
    /// Benefit where it goes on until retirement.
    pub ui_ext_fen: Option<i64>,

    /// Share of the base that moves from the pooled fund (国办发〔2009〕66号).
    pub transfer_pool_rate: Option<Exact>,
    /// Share that was booked to the account, 1998 to 2005.
    pub transfer_account_rate_1998_2005: Option<Exact>,
    /// Share that is booked to the account from 2006 on.
    pub transfer_account_rate_2006: Option<Exact>,
}

/// Bounds as shares of the average wage.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    /// 0.60.
    pub min: Exact,
    /// 3.00.
    pub max: Exact,
}

/// How an age rises: one month for every `step` months of birth, from January of `first_birth_year` on, `max` months at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delay {
    /// The first year of birth that is delayed.
    pub first_birth_year: u16,
    /// The age before, in years.
    pub base_age: u16,
    /// Months of birth that share a delay.
    pub step: u16,
    /// Most months of delay.
    pub max: u16,
}

/// How the minimum contribution rises: `base` months, `step` more a year from `first_year` on, `max` at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MinMonths {
    /// Months before.
    pub base: u32,
    /// The first year of retirement that needs more.
    pub first_year: u16,
    /// Months more each year.
    pub step: u32,
    /// Most months.
    pub max: u32,
}

/// From so many months paid on, so many benefit months at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Band {
    /// Months paid.
    pub from_months: u32,
    /// Benefit months.
    pub max_months: u32,
}

impl Parameters {
    /// The rate that the accounts of a year are credited with (社会保险法 14).
    ///
    /// # Errors
    /// [`RuleError::NoParams`]: not published, which is how it is for the running year.
    pub fn account_rate(&self, year: u16) -> Result<&Exact, RuleError> {
        self.account_rates.get(&year.to_string()).ok_or(RuleError::NoParams)
    }

    /// The average wage of a year, in fen a month.
    ///
    /// # Errors
    /// [`RuleError::NoParams`]: not published.
    pub fn average_wage_fen(&self, year: u16) -> Result<i64, RuleError> {
        self.average_wages_fen.get(&year.to_string()).copied().ok_or(RuleError::NoParams)
    }

    fn holds_in(&self, month: Period) -> bool {
        let first = clock::month_of(self.effective_from);
        first <= month && self.effective_to.is_none_or(|last| month <= clock::month_of(last))
    }
}

/// All sets, by name.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct ParameterSets(BTreeMap<String, Parameters>);

impl ParameterSets {
    /// Reads and checks a table of sets.
    ///
    /// # Errors
    /// The first thing that is wrong: unknown keys, no source, months that overlap or that nobody covers, figures that cannot be.
    pub fn parse(text: &str) -> Result<Self, BadRules> {
        let unreadable = |error: toml::de::Error| BadRules::Unreadable { file: check::FILE, why: error.to_string() };
        let sets: Self = toml::from_str(text).map_err(unreadable)?;
        check::check(&sets.0)?;
        Ok(sets)
    }

    /// The set of this region (not of one around it) that holds in this month, and its name.
    ///
    /// # Errors
    /// [`RuleError::NoParams`]: there is none.
    pub fn select(&self, region: &str, month: Period) -> Result<(&str, &Parameters), RuleError> {
        let found = self.0.iter().find(|(_, set)| set.region == region && set.holds_in(month));
        found.map(|(name, set)| (name.as_str(), set)).ok_or(RuleError::NoParams)
    }

    /// The set of this name.
    #[must_use]
    pub fn named(&self, name: &str) -> Option<&Parameters> {
        self.0.get(name)
    }
}
