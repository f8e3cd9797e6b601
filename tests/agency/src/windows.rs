//! The windows of the hall, and who sends people there. One table: a window's number has one name everywhere, in the catalogue and in
//! every answer, and only here a [`Route`] is made of it. An answer tells the hours as they are at that hour, because nobody may be sent to
//! a closed door; the catalogue, which is kept for days, tells those of any working day. Both come from calendar.toml.

use contract::catalogue::Text;
use contract::format::Date;
use contract::problem::Route;

use crate::calls::Agency;
use crate::language::Language;
use crate::rules::calendar::Calendar;
use crate::rules::hours::{Opening, Place, TimeOfDay};

/// A window, by what is done there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    Enrolment = 1,
    General,
    Cards,
    Pensions,
    Institutions,
    Payments,
    Unemployment,
    Medical,
    Archive,
}

/// What somebody brings along, in both languages.
pub type Material = (&'static str, &'static str);

pub const ID: Material = ("本人有效身份证件", "Your identity document");
pub const CARD: Material = ("社会保障卡", "Your social security card");
pub const SLIP: Material = ("本回执", "This receipt");

impl Window {
    const ALL: [Self; 9] = [
        Self::Enrolment,
        Self::General,
        Self::Cards,
        Self::Pensions,
        Self::Institutions,
        Self::Payments,
        Self::Unemployment,
        Self::Medical,
        Self::Archive,
    ];

    /// The number above the window.
    const fn number(self) -> u8 {
        self as u8
    }

    /// The window of this number.
    pub fn of_number(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|window| window.number() == number)
    }

    /// The window of this name, as the catalogue has it.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|window| window.name(Language::Zh) == name)
    }

    /// What it is called.
    pub fn name(self, language: Language) -> String {
        let (zh, en) = match self {
            Self::Enrolment => ("参保登记", "enrolment"),
            Self::General => ("综合服务", "all services"),
            Self::Cards => ("社会保障卡", "cards"),
            Self::Pensions => ("养老待遇", "pensions"),
            Self::Institutions => ("机关事业单位养老保险", "institutions' scheme"),
            Self::Payments => ("缴费申报", "contributions"),
            Self::Unemployment => ("失业就业", "unemployment and work"),
            Self::Medical => ("医疗保障", "medical insurance"),
            Self::Archive => ("档案利用", "archive"),
        };
        match language {
            Language::Zh => format!("{} 号窗口（{zh}）", self.number()),
            Language::En => format!("Window {} ({en})", self.number()),
        }
    }

    fn route(self, language: Language, hours: String, materials: Vec<String>) -> Route {
        Route { window: self.name(language), hours, materials }
    }

    /// The same in both languages.
    pub fn names(self) -> Text {
        Text { zh: self.name(Language::Zh), en: self.name(Language::En) }
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
    pub fn of(agency: &'a Agency, date: Date, language: Language) -> Self {
        Self { calendar: &agency.rules.calendar, date, time: agency.clock.time_of_day(), language }
    }

    /// The way to a window.
    pub fn route(&self, window: Window, materials: &[Material]) -> Route {
        let say = |&(zh, en): &Material| self.language.say(zh, en).to_owned();
        window.route(self.language, self.hours(), materials.iter().map(say).collect())
    }

    /// The same way with hours that are true now, and with the window's name in this language.
    pub fn renewed(&self, route: &Route) -> Route {
        let name = Window::of_name(&route.window).map(|window| window.name(self.language));
        let window = name.unwrap_or_else(|| route.window.clone());
        Route { window, hours: self.hours(), materials: route.materials.clone() }
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
            Desk { calendar: &rules.calendar, date, time, language }.route(Window::Payments, &[ID])
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
    fn one_number_hangs_above_two_windows() {
        for (place, window) in (1..).zip(Window::ALL) {
            assert_eq!(Window::of_number(place), Some(window));
            assert_eq!(Window::of_name(&window.name(Language::Zh)), Some(window));
        }
        assert_eq!((Window::of_number(0), Window::of_number(10)), (None, None));
        let all = crate::catalogue::read().unwrap().items.into_iter().filter_map(|item| item.elsewhere);
        let all: Vec<_> = all.collect();
        assert!(all.len() > 8);
        for elsewhere in all {
            assert_eq!(elsewhere.window, Window::of_name(&elsewhere.window.zh).unwrap().names());
        }
    }
}
