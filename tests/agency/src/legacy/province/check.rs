//! Whether a province's table may be used, looked at once at the start: what is wrong in it stops the start, with its place and what would
//! be right, instead of showing somebody another's number. Only `province` may call it.

use std::collections::BTreeSet;
use std::fmt::Display;

use super::{BadProvince, Province, TradeName};
use crate::legacy::record::{Field, Kind, Layout, Record};
use crate::records::INSURANCES;

/// The person's number, in every question and in every answer.
pub const PERSON: (&str, Kind) = ("aac002", Kind::Text);

/// What the adapter writes into the head of a request; all else there is a constant.
const REQUEST: [(&str, Kind); 3] = [("x_trade", Kind::Code), ("x_terminal", Kind::Text), ("x_sequence", Kind::Number)];

/// What it reads from the head of a reply.
const REPLY: [(&str, Kind); 4] =
    [("x_sequence", Kind::Number), ("x_result", Kind::Code), ("x_total", Kind::Number), ("x_count", Kind::Number)];

/// Fields that a layout must have.
type Needed = &'static [(&'static str, Kind)];

/// What a question says, and what a record of its answer must hold.
const fn fields(trade: TradeName) -> (Needed, Needed) {
    match trade {
        TradeName::Enrolment => (
            &[PERSON],
            &[
                ("aae140", Kind::Code),
                ("aac031", Kind::Code),
                ("x_form", Kind::Code),
                ("aac049", Kind::Month),
                ("aac030", Kind::Month),
                ("aab004", Kind::Text),
                ("x_months", Kind::Number),
            ],
        ),
        TradeName::Months => (
            &[
                PERSON,
                ("aae140", Kind::Code),
                ("x_from", Kind::Month),
                ("x_to", Kind::Month),
                ("x_start", Kind::Number),
            ],
            &[
                ("aae140", Kind::Code),
                ("aae003", Kind::Month),
                ("x_kind", Kind::Code),
                ("x_base", Kind::Fen),
                ("aae020", Kind::Fen),
                ("x_employer", Kind::Fen),
            ],
        ),
        TradeName::Account => (
            &[PERSON, ("aae001", Kind::Number)],
            &[
                ("aae001", Kind::Number),
                ("x_months", Kind::Number),
                ("x_base", Kind::Fen),
                ("x_opening", Kind::Fen),
                ("x_credited", Kind::Fen),
                ("x_rate", Kind::Number),
                ("x_interest", Kind::Fen),
                ("x_closing", Kind::Fen),
            ],
        ),
    }
}

/// The first thing that is wrong, if any.
pub fn check(file: &str, province: &Province) -> Result<(), BadProvince> {
    let check = Check { file, province };
    check.limits()?;
    check.heads()?;
    TradeName::ALL.into_iter().try_for_each(|trade| check.trade(trade))?;
    check.codes()
}

struct Check<'a> {
    file: &'a str,
    province: &'a Province,
}

impl Check<'_> {
    /// Refuses unless `right`.
    fn need(&self, right: bool, key: &str, found: impl Display, should: &str) -> Result<(), BadProvince> {
        let [file, key, should] = [self.file, key, should].map(str::to_owned);
        if right { Ok(()) } else { Err(BadProvince::Wrong { file, key, found: found.to_string(), right: should }) }
    }

    fn limits(&self) -> Result<(), BadProvince> {
        let Province { name, source, effective_from, effective_to, deadline_ms, records_per_frame, frame, .. } =
            self.province;
        self.need(!name.trim().is_empty(), "name", "empty", "whose table it is")?;
        self.need(!source.trim().is_empty(), "source", "empty", "the document that says so")?;
        if let Some(last) = effective_to {
            self.need(effective_from <= last, "effective_to", last, "not before effective_from")?;
        }
        // A terminal itself gives up after fifteen seconds, people after ten.
        self.need((200..=10_000).contains(deadline_ms), "deadline_ms", deadline_ms, "200 to 10000")?;
        self.need((1..=100).contains(records_per_frame), "records_per_frame", records_per_frame, "1 to 100")?;
        self.need((2..=8).contains(&frame.length_digits), "frame.length_digits", frame.length_digits, "2 to 8")
    }

    fn heads(&self) -> Result<(), BadProvince> {
        let (request, reply) = (&self.province.head.request, &self.province.head.reply);
        self.layout("head.request", request, &REQUEST)?;
        self.layout("head.reply", reply, &REPLY)?;
        self.constants("head.request", request, &REQUEST)
    }

    fn trade(&self, name: TradeName) -> Result<(), BadProvince> {
        let (trade, (asked, record)) = (self.province.trade(name), fields(name));
        let key = |part: &str| format!("trades.{}.{part}", name.as_str());
        self.layout(&key("asked"), &trade.asked, asked)?;
        self.layout(&key("record"), &trade.record, record)?;
        self.constants(&key("asked"), &trade.asked, asked)?;
        let whose = |layout: &Layout| layout.field(PERSON.0).is_some_and(|field| field.2 == PERSON.1);
        let told = whose(&trade.record) || whose(&self.province.head.reply);
        self.need(told, &key("record"), "about nobody", "one with aac002 (text), unless head.reply has it")
    }

    /// Whether a layout has what is needed of it, and nothing that cannot be written.
    fn layout(&self, key: &str, layout: &Layout, needed: &[(&str, Kind)]) -> Result<(), BadProvince> {
        let mut names = BTreeSet::new();
        for Field(name, width, kind) in &layout.0 {
            let most = match kind {
                Kind::Month => 6..=6,
                // Wider ones would not be added up in 64 bits.
                Kind::Number | Kind::Fen => 1..=14,
                // A code may stand in the log: longer ones could be somebody's number, in a layout that is off by a field.
                Kind::Code => 1..=8,
                Kind::Text => 1..=200,
            };
            self.need(names.insert(name), key, format!("{name} twice"), "each field once")?;
            let should = format!("{} to {} bytes", most.start(), most.end());
            self.need(most.contains(width), key, format!("{name} of {width} bytes"), &should)?;
        }
        for (name, kind) in needed {
            let right = layout.field(name).is_some_and(|field| field.2 == *kind);
            self.need(right, key, format!("without {name}"), &format!("with {name}, of kind {kind:?}"))?;
        }
        Ok(())
    }

    /// Whether everything else in what is sent is a constant.
    fn constants(&self, key: &str, layout: &Layout, filled: &[(&str, Kind)]) -> Result<(), BadProvince> {
        let constant = |field: &Field| {
            let text = self.province.constants.get(&field.0)?;
            Layout(vec![field.clone()]).encode(&Record::default().with_text(&field.0, text)).ok()
        };
        for field in layout.0.iter().filter(|field| filled.iter().all(|(filled, _)| *filled != field.0)) {
            let Field(name, width, _) = field;
            let should = format!("without it, or constants.{name} of at most {width} bytes");
            self.need(constant(field).is_some(), key, format!("with {name}"), &should)?;
        }
        Ok(())
    }

    fn codes(&self) -> Result<(), BadProvince> {
        let trades: BTreeSet<_> = TradeName::ALL.into_iter().map(|name| &self.province.trade(name).code).collect();
        self.need(trades.len() == TradeName::ALL.len(), "trades", "two of one code", "three codes")?;
        for ours in INSURANCES {
            let found = self.province.insurances.0.values().filter(|meaning| *meaning == ours).count();
            self.need(found == 1, "insurances", format!("{ours} {found} times"), "each that is shown here once")?;
        }
        self.need(!self.province.standings.0.is_empty(), "standings", "empty", "every code of the province")?;
        self.need(!self.province.forms.0.is_empty(), "forms", "empty", "every code of the province")?;
        self.need(!self.province.month_kinds.0.is_empty(), "month_kinds", "empty", "every code of the province")?;
        let ok = self.province.results.0.values().any(|verdict| *verdict == super::Verdict::Answered);
        self.need(ok, "results", "without ok", "one code at least that means ok")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const GOOD: &str = include_str!("../../../legacy/province-a.toml");

    #[test]
    fn a_table_is_used_that_cannot_be_right() {
        Province::parse("a", GOOD).map_err(|why| why.to_string()).unwrap();
        for (from, to, key) in [
            ("deadline_ms = 8000", "deadline_ms = 60000", "deadline_ms is 60000"),
            ("length_digits = 6", "length_digits = 0", "frame.length_digits is 0"),
            ("\"10\" = \"110\"", "\"10\" = \"210\"", "insurances is 110 0 times"),
            ("\"0000\" = \"ok\"", "\"0000\" = \"no_records\"", "results is without ok"),
            ("\"0000\" = \"ok\"", "\"0000\" = \"fine\"", "\"fine\" is neither"),
            ("\"0000\" = \"ok\"", "\"0000\" = \"other\"", "\"other\" is neither"),
            ("x_office = \"190100\"", "x_other = \"190100\"", "head.request is with x_office"),
            ("x_office = \"190100\"", "x_office = \"1901000\"", "constants.x_office of at most 6 bytes"),
            ("[\"aae003\", 6, \"month\"]", "[\"aae003\", 8, \"month\"]", "aae003 of 8 bytes"),
            ("[\"aae003\", 6, \"month\"]", "[\"aae003\", 6, \"code\"]", "trades.months.record is without aae003"),
            ("[\"x_count\", 4, \"number\"]", "[\"x_count\", 4, \"digits\"]", "unknown variant"),
            ("code = \"1102\"", "code = \"1101\"", "trades is two of one code"),
        ] {
            assert!(GOOD.contains(from), "{from}");
            let why = Province::parse("a", &GOOD.replace(from, to)).unwrap_err().to_string();
            assert!(why.starts_with("a: ") && why.contains(key), "{to}: {why}");
        }
        let nobody = GOOD.replace(
            "[\"aac002\", 18, \"text\"],\n    [\"aae140\", 2, \"code\"],\n    [\"aae003\"",
            "[\"aae140\", 2, \"code\"],\n    [\"aae003\"",
        );
        let why = Province::parse("a", &nobody).unwrap_err().to_string();
        assert!(why.contains("trades.months.record is about nobody"), "{why}");
    }
}
