//! A refusal as the terminal gets it: the code, and where a person can go on. One table of windows for the whole agency; when a window is
//! open is told as it is at that hour, because nobody may be sent to a closed door.

use contract::format::Date;
use contract::problem::{Problem, ProblemCode, Route};

use super::Agency;
use crate::language::Language;
use crate::rules::calendar::Calendar;
use crate::rules::hours::{Opening, Place, TimeOfDay};

/// The problem of this code. Where to go on is added by [`Desk::direct`], which knows the hour.
pub fn problem_of(code: ProblemCode) -> Problem {
    Problem { code, route: None, defects: Vec::new() }
}

/// A window: what it is called and what it wants to see, in both languages.
struct Window {
    name: (&'static str, &'static str),
    materials: &'static [(&'static str, &'static str)],
}

const ID: (&str, &str) = ("本人有效身份证件", "Your identity document");
const CARD: (&str, &str) = ("社会保障卡", "Your social security card");

const ENROLMENT: Window = Window { name: ("1 号窗口（参保登记）", "Window 1 (enrolment)"), materials: &[ID] };
const GENERAL: Window = Window { name: ("2 号窗口（综合服务）", "Window 2 (all services)"), materials: &[ID] };
const CARDS: Window = Window { name: ("3 号窗口（社会保障卡）", "Window 3 (cards)"), materials: &[ID, CARD] };
const PENSIONS: Window = Window { name: ("4 号窗口（养老待遇）", "Window 4 (pensions)"), materials: &[ID] };
const INSTITUTIONS: Window = Window {
    name: ("5 号窗口（机关事业单位养老保险）", "Window 5 (institutions' scheme)"),
    materials: &[ID],
};
const PAYMENTS: Window =
    Window { name: ("6 号窗口（缴费申报）", "Window 6 (contributions)"), materials: &[ID] };

/// Who can help, where a person can do something about it.
const fn window_of(code: ProblemCode) -> Option<&'static Window> {
    match code {
        ProblemCode::PersonUnknown => Some(&ENROLMENT),
        ProblemCode::CardLost | ProblemCode::CardFrozen | ProblemCode::CardExpired => Some(&CARDS),
        ProblemCode::NotHere
        | ProblemCode::NoRecords
        | ProblemCode::NotEligible
        | ProblemCode::NoClosedYear
        | ProblemCode::UnderCorrection
        | ProblemCode::AccountNotOwn
        | ProblemCode::ProviderDown => Some(&GENERAL),
        ProblemCode::NoAssessment | ProblemCode::AlreadyDone => Some(&PENSIONS),
        ProblemCode::CivilService => Some(&INSTITUTIONS),
        ProblemCode::Arrears | ProblemCode::AlreadyDeclared => Some(&PAYMENTS),
        // Nothing that a window could mend, or the terminal itself goes on.
        ProblemCode::PeriodInvalid
        | ProblemCode::NotDue
        | ProblemCode::ItemChanged
        | ProblemCode::Busy
        | ProblemCode::SignedOut
        | ProblemCode::ActConflict
        | ProblemCode::ActUnknown
        | ProblemCode::Closed
        | ProblemCode::CaseUnknown
        | ProblemCode::CaseClosed
        | ProblemCode::KeyReused
        | ProblemCode::InputInvalid
        | ProblemCode::BadRequest
        | ProblemCode::Other => None,
    }
}

/// Who sends people on: at which hour, in which language.
pub struct Desk<'a> {
    pub calendar: &'a Calendar,
    pub date: Date,
    pub time: TimeOfDay,
    pub language: Language,
}

impl<'a> Desk<'a> {
    /// As it is now, on the day that the call takes for today.
    pub fn of(agency: &'a Agency, date: Date, language: Option<&str>) -> Self {
        Self {
            calendar: &agency.rules.calendar,
            date,
            time: agency.clock.time_of_day(),
            language: Language::of(language.unwrap_or_default()),
        }
    }

    /// Adds where to go on. A route that the item itself names keeps its window and materials, and gets hours that are true now.
    pub fn direct(&self, problem: Problem) -> Problem {
        let route = match (&problem.route, window_of(problem.code)) {
            (Some(route), _) => Some(Route { hours: self.hours(), ..route.clone() }),
            (None, Some(window)) => Some(self.route(window)),
            (None, None) => None,
        };
        Problem { route, ..problem }
    }

    fn route(&self, window: &Window) -> Route {
        let say = |(zh, en): (&str, &str)| self.language.say(zh, en).to_owned();
        let materials = window.materials.iter().map(|&material| say(material)).collect();
        Route { window: say(window.name), hours: self.hours(), materials }
    }

    /// Both ways to a person, window first.
    fn hours(&self) -> String {
        let window = self.opening(Place::Window);
        let line = self.opening(Place::Line12333);
        match self.language {
            Language::Zh => format!("窗口{window}；电话 12333 {line}"),
            Language::En => format!("Window {window}; telephone 12333 {line}"),
        }
    }

    /// Beyond the calendar that is published nothing is promised.
    fn opening(&self, place: Place) -> String {
        match (self.calendar.opening(place, self.date, self.time), self.language) {
            (Ok(Opening::Now { until }), Language::Zh) => format!("现在可办，至 {until}"),
            (Ok(Opening::Now { until }), Language::En) => format!("open now, until {until}"),
            (Ok(Opening::Next { date, at }), Language::Zh) if date == self.date => format!("今日 {at} 起"),
            (Ok(Opening::Next { date, at }), Language::Zh) => format!("{} {at} 起", date.long_zh()),
            (Ok(Opening::Next { date, at }), Language::En) => format!("from {date} {at}"),
            (Err(_), Language::Zh) => "的开放时间请当面询问".to_owned(),
            (Err(_), Language::En) => "hours: please ask".to_owned(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn somebody_is_sent_to_a_window_that_is_closed() {
        let rules = crate::rules::read().unwrap();
        let said = |date, hour, language| {
            let (date, time) = (Date::parse_iso(date).unwrap(), TimeOfDay::new(hour, 15).unwrap());
            let desk = Desk { calendar: &rules.calendar, date, time, language };
            desk.direct(problem_of(ProblemCode::Arrears)).route.unwrap()
        };
        let open = said("2026-11-23", 10, Language::Zh);
        assert_eq!(open.window, "6 号窗口（缴费申报）");
        assert_eq!(open.hours, "窗口现在可办，至 12:00；电话 12333 现在可办，至 12:00");
        assert_eq!(said("2026-11-23", 13, Language::Zh).hours, "窗口今日 13:30 起；电话 12333 现在可办，至 17:30");
        let holiday = said("2026-10-02", 10, Language::En);
        assert_eq!(holiday.hours, "Window from 2026-10-08 09:00; telephone 12333 from 2026-10-08 09:00");
        assert_eq!(
            said("2029-01-01", 10, Language::En).hours,
            "Window hours: please ask; telephone 12333 hours: please ask"
        );
    }

    #[test]
    fn an_items_own_window_is_forgotten_or_its_hours_are_old() {
        let rules = crate::rules::read().unwrap();
        let (date, time) = (Date::new(2026, 11, 23).unwrap(), TimeOfDay::new(8, 0).unwrap());
        let desk = Desk { calendar: &rules.calendar, date, time, language: Language::Zh };
        let own =
            Route { window: "医保窗口".to_owned(), hours: "总是".to_owned(), materials: vec!["证".to_owned()] };
        let problem = Problem { route: Some(own), ..problem_of(ProblemCode::NotHere) };
        let route = desk.direct(problem).route.unwrap();
        assert_eq!((route.window.as_str(), route.materials.len()), ("医保窗口", 1));
        assert_eq!(route.hours, "窗口今日 09:00 起；电话 12333 今日 09:00 起");
        assert_eq!(desk.direct(problem_of(ProblemCode::Busy)).route, None);
    }
}
