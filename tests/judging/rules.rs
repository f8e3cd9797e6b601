//! Judge: every case of `rules.json`. The file's own figures and days are read by the types that the agency uses.

use std::collections::BTreeMap;

use agency::persona::InsuredAs;
use agency::rules::calendar::Calendar;
use agency::rules::contribution::{self, MonthRow};
use agency::rules::exact::Exact;
use agency::rules::parameters::{ParameterSets, Parameters};
use agency::rules::pension::{self, Average, Career, InterestMethod};
use agency::rules::retirement::{self, Track};
use agency::rules::transfer::{self, TransferYear};
use agency::rules::{RuleError, unemployment};
use contract::format::{Date, Period};
use serde::de::DeserializeOwned;
use serde_json::{Value as Json, json};

use super::{number, text};

#[test]
fn a_right_or_a_sum_is_computed_otherwise_than_the_law_says() {
    let all = super::file("rules.json");
    let tables = Tables { sets: read(&all["param_sets"]), calendars: read(&all["calendars"]) };
    super::judge(&all, &[], |case| tables.find(text(&case["kind"]), &case["input"]).map_err(short));
}

/// The figures and days that the file brings with it.
struct Tables {
    sets: ParameterSets,
    calendars: BTreeMap<String, Calendar>,
}

type Computed = Result<Json, RuleError>;

impl Tables {
    fn find(&self, kind: &str, input: &Json) -> Computed {
        let set = || self.sets.named(text(&input["params"])).unwrap();
        let calendar = || &self.calendars[text(&input["calendar"])];
        match kind {
            "retirement" => retirement(set(), input),
            "flex_window" => retirement::flex_window(set(), read(&input["birth"]), track(input))
                .map(|window| json!({ "earliest": window.earliest, "latest": window.latest })),
            "min_months" => retirement::min_months(set(), small(&input["retire_year"])).map(|n| json!({ "months": n })),
            "gap" => retirement::gap(set(), birth_month(input), track(input), count(&input["paid_months"]))
                .map(|gap| json!({ "retire_month": gap.retire_month, "min_months": gap.min_months, "gap": gap.gap })),
            "age" => retirement::age(read(&input["birth"]), read(&input["on"]))
                .map(|(years, months)| json!({ "years": years, "months": months })),
            "is_working_day" => calendar().is_working_day(read(&input["date"])).map(|on| json!({ "working": on })),
            "nth_working_day" => {
                calendar().nth_working_day(read(&input["date"]), count(&input["n"])).map(|date| json!({ "date": date }))
            }
            "due_date" => calendar()
                .due_date(read(&input["accepted"]), count(&input["working_days"]))
                .map(|due| json!({ "due": due })),
            "param_select" => self
                .sets
                .select(text(&input["region"]), read(&input["month"]))
                .map(|(name, _)| json!({ "params": name })),
            "unemployment" => unemployment(set(), input),
            "transfer" => transfer(set(), input),
            "paid_months" => Ok(paid_months(input)),
            _ => pension(kind, set(), input).or_else(|| contribution(kind, set(), input)).unwrap_or_else(|| {
                panic!("unknown kind {kind}");
            }),
        }
    }
}

fn retirement(set: &Parameters, input: &Json) -> Computed {
    let found = retirement::retirement(set, birth_month(input), track(input))?;
    let date = Date::parse_iso(text(&input["birth"])).map(|birth| found.date(birth)).transpose()?;
    Ok(json!({
        "delay_months": found.delay_months, "age_years": found.age_years, "age_months": found.age_months,
        "retire_month": found.month, "retire_date": date,
    }))
}

fn pension(kind: &str, set: &Parameters, input: &Json) -> Option<Computed> {
    let fen = |key: &str| amount(&input[key]);
    let found = match kind {
        "divisor" => pension::divisor(set, count(&input["years"]), count(&input["months"]))
            .map(|divisor| json!({ "divisor": divisor.decimal(1) })),
        "basic_pension" => {
            in_fen(pension::basic_pension(fen("c_fen"), &exact(&input["index"]), count(&input["months"])))
        }
        "account_pension" => in_fen(pension::account_pension(fen("balance_fen"), &exact(&input["divisor"]))),
        "transition_pension" => {
            let (index, coefficient) = (exact(&input["index"]), exact(&input["coefficient"]));
            in_fen(pension::transition_pension(fen("c_fen"), &index, count(&input["deemed_months"]), &coefficient))
        }
        "pension_estimate" => estimate(set, input),
        "contribution_index" => index(input),
        "account_interest" => interest(input),
        _ => return None,
    };
    Some(found)
}

fn estimate(set: &Parameters, input: &Json) -> Computed {
    let career = Career {
        pension_base_fen: amount(&input["c_fen"]),
        index: exact(&input["index"]),
        months: count(&input["months"]),
        balance_fen: amount(&input["balance_fen"]),
        age_years: count(&input["retire_age_years"]),
        age_months: count(&input["retire_age_months"]),
    };
    pension::pension_estimate(set, &career).map(|found| {
        json!({
            "divisor": found.divisor.decimal(1), "basic_fen": found.basic_fen,
            "account_fen": found.account_fen, "total_fen": found.total_fen,
        })
    })
}

fn index(input: &Json) -> Computed {
    let row = |row: &Json| Average {
        base_fen: amount(&row["base_fen"]),
        wage_fen: amount(&row["wage_fen"]),
        months: count(&row["months"]),
    };
    let index = pension::contribution_index(&rows(input, row))?;
    let (num, den) = index.parts().unzip();
    Ok(json!({ "num": num, "den": den, "index4": index.decimal(4) }))
}

fn interest(input: &Json) -> Computed {
    let method = match text(&input["method"]) {
        "annual" => InterestMethod::Annual,
        "monthly" => InterestMethod::Monthly,
        other => panic!("unknown method {other}"),
    };
    let (start, deposit) = (amount(&input["start_fen"]), amount(&input["deposit_fen"]));
    let months: Vec<u32> = read(&input["deposit_months"]);
    pension::account_interest(method, start, deposit, &months, &exact(&input["rate"]))
        .map(|year| json!({ "interest_fen": year.interest_fen, "end_fen": year.end_fen }))
}

fn contribution(kind: &str, set: &Parameters, input: &Json) -> Option<Computed> {
    let fen = |key: &str| amount(&input[key]);
    let found = match kind {
        "bounds" => contribution::bounds(set, fen("average_fen"))
            .map(|bounds| json!({ "min_fen": bounds.min_fen, "max_fen": bounds.max_fen })),
        "flex_contribution" => {
            // A status that no persona has is that of nobody who may declare.
            let insured_as = serde_json::from_value(input["status"].clone()).unwrap_or(InsuredAs::None);
            contribution::flex_contribution(set, insured_as, fen("base_fen")).map(|found| {
                json!({
                    "pension_fen": found.pension_fen, "medical_fen": found.medical_fen, "total_fen": found.total_fen,
                })
            })
        }
        "contribution_split" => contribution::contribution_split(set, fen("base_fen")).map(|parts| json!(parts)),
        "late_fee" => in_fen(contribution::late_fee(set, fen("principal_fen"), count(&input["days"]))),
        "deemed_declaration" => in_fen(contribution::deemed_declaration(set, fen("last_fen"))),
        _ => return None,
    };
    Some(found)
}

fn paid_months(input: &Json) -> Json {
    let row = |row: &'_ Json| (text(&row["insurance"]).to_owned(), read(&row["period"]), read(&row["kind"]));
    let rows = rows(input, row);
    let rows: Vec<_> =
        rows.iter().map(|(insurance, period, kind)| MonthRow { insurance, period: *period, kind: *kind }).collect();
    let counted = contribution::paid_months(&rows).into_iter();
    counted.map(|(code, months)| (code.to_owned(), json!({ "paid": months.paid, "deemed": months.deemed }))).collect()
}

fn unemployment(set: &Parameters, input: &Json) -> Computed {
    let carried_over = input["carried_over"].as_u64().map_or(0, |months| u32::try_from(months).unwrap());
    unemployment::unemployment(set, count(&input["paid_months"]), count(&input["drawn"]), carried_over).map(|found| {
        json!({
            "granted": found.granted, "left": found.left, "next_month_no": found.next_month_no, "stage": found.stage,
            "amount_fen": found.amount_fen, "total_left_fen": found.total_left_fen,
        })
    })
}

fn transfer(set: &Parameters, input: &Json) -> Computed {
    let row = |row: &Json| TransferYear {
        year: small(&row["year"]),
        months: count(&row["months"]),
        base_fen: amount(&row["base_fen"]),
    };
    transfer::transfer(set, &rows(input, row))
        .map(|found| json!({ "pooled_fen": found.pooled_fen, "account_principal_fen": found.account_principal_fen }))
}

fn in_fen(found: Result<i64, RuleError>) -> Computed {
    found.map(|fen| json!({ "fen": fen }))
}

/// The vectors' names for why there is no result.
const fn short(error: RuleError) -> &'static str {
    match error {
        RuleError::BaseBelowMin => "base_below_min",
        RuleError::BaseAboveMax => "base_above_max",
        RuleError::NotApplicable => "not_applicable",
        RuleError::NotEligible => "not_eligible",
        RuleError::Exhausted => "exhausted",
        RuleError::NoParams => "no_params",
        RuleError::Range => "range",
    }
}

fn read<T: DeserializeOwned>(value: &Json) -> T {
    serde_json::from_value(value.clone()).unwrap_or_else(|error| panic!("{value}: {error}"))
}

fn rows<T>(input: &Json, row: impl Fn(&Json) -> T) -> Vec<T> {
    input["rows"].as_array().unwrap().iter().map(row).collect()
}

fn track(input: &Json) -> Track {
    read(&input["type"])
}

/// A birth is given to the day or to the month.
fn birth_month(input: &Json) -> Period {
    Period::parse(&text(&input["birth"])[..7].replace('-', "")).unwrap()
}

fn exact(value: &Json) -> Exact {
    read(value)
}

fn amount(value: &Json) -> i64 {
    value.as_i64().unwrap()
}

fn count(value: &Json) -> u32 {
    u32::try_from(number(value)).unwrap()
}

fn small(value: &Json) -> u16 {
    u16::try_from(number(value)).unwrap()
}
