//! A refusal as the terminal gets it: the code, and where a person can go on (`crate::windows`).

use contract::problem::{Problem, ProblemCode};

use crate::windows::{CARD, Desk, ID, Window};

/// The problem of this code. Where to go on is added by [`Desk::direct`], which knows the hour.
pub fn problem_of(code: ProblemCode) -> Problem {
    Problem { code, route: None, defects: Vec::new() }
}

/// Who can help, where a person can do something about it.
const fn window_of(code: ProblemCode) -> Option<Window> {
    match code {
        ProblemCode::PersonUnknown => Some(Window::Enrolment),
        ProblemCode::CardLost | ProblemCode::CardFrozen | ProblemCode::CardExpired => Some(Window::Cards),
        ProblemCode::NotHere
        | ProblemCode::NoRecords
        | ProblemCode::NotEligible
        | ProblemCode::NoClosedYear
        | ProblemCode::UnderCorrection
        | ProblemCode::AccountNotOwn
        | ProblemCode::ProviderDown
        | ProblemCode::TextWithdrawn
        | ProblemCode::NoPhone
        | ProblemCode::WitnessRefused
        | ProblemCode::MandateUnknown
        | ProblemCode::DocumentUnknown => Some(Window::General),
        ProblemCode::NoAssessment | ProblemCode::AlreadyDone => Some(Window::Pensions),
        ProblemCode::CivilService => Some(Window::Institutions),
        ProblemCode::Arrears | ProblemCode::AlreadyDeclared => Some(Window::Payments),
        // Nothing that a window could mend, or the terminal itself goes on.
        ProblemCode::PeriodInvalid
        | ProblemCode::NotDue
        | ProblemCode::ItemChanged
        | ProblemCode::Busy
        | ProblemCode::SignedOut
        | ProblemCode::EvidenceNeeded
        | ProblemCode::WitnessNeeded
        | ProblemCode::ECardInvalid
        | ProblemCode::CodeWrong
        | ProblemCode::TooManyCodes
        | ProblemCode::ActConflict
        | ProblemCode::ActUnknown
        | ProblemCode::Closed
        | ProblemCode::CaseUnknown
        | ProblemCode::CaseClosed
        | ProblemCode::AlreadyEvaluated
        | ProblemCode::KeyReused
        | ProblemCode::InputInvalid
        | ProblemCode::BadRequest
        | ProblemCode::Other => None,
    }
}

impl Desk<'_> {
    /// Adds where to go on. A route that the item itself names keeps its window and materials, and gets hours that are true now.
    pub fn direct(&self, problem: Problem) -> Problem {
        let own = problem.route.as_ref().map(|route| self.renewed(route));
        let route = own.or_else(|| {
            let window = window_of(problem.code)?;
            Some(self.route(window, if window == Window::Cards { &[ID, CARD] } else { &[ID] }))
        });
        Problem { route, ..problem }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use contract::format::Date;
    use contract::problem::Route;

    use super::*;
    use crate::language::Language;
    use crate::rules::hours::TimeOfDay;

    #[test]
    fn an_items_own_window_is_forgotten_or_its_hours_are_old() {
        let rules = crate::rules::read().unwrap();
        let (date, time) = (Date::new(2026, 11, 23).unwrap(), TimeOfDay::new(8, 0).unwrap());
        let desk = |language| Desk { calendar: &rules.calendar, date, time, language };
        let window = Window::Medical.name(Language::Zh);
        let own = Route { window, hours: "总是".to_owned(), materials: vec!["证".to_owned()] };
        let problem = Problem { route: Some(own), ..problem_of(ProblemCode::NotHere) };
        let route = desk(Language::Zh).direct(problem.clone()).route.unwrap();
        assert_eq!((route.window.as_str(), route.materials.len()), ("8 号窗口（医疗保障）", 1));
        assert_eq!(route.hours, "窗口今日 09:00 起；电话 12333 今日 09:00 起");
        assert_eq!(desk(Language::En).direct(problem).route.unwrap().window, "Window 8 (medical insurance)");
        assert_eq!(desk(Language::Zh).direct(problem_of(ProblemCode::Busy)).route, None);
    }

    #[test]
    fn a_refusal_names_a_window_that_is_not_there() {
        let rules = crate::rules::read().unwrap();
        let (date, time) = (Date::new(2026, 11, 23).unwrap(), TimeOfDay::new(10, 0).unwrap());
        let desk = Desk { calendar: &rules.calendar, date, time, language: Language::Zh };
        for route in ProblemCode::ALL.into_iter().filter_map(|code| desk.direct(problem_of(code)).route) {
            assert!(Window::of_name(&route.window).is_some() && !route.materials.is_empty(), "{}", route.window);
            assert_eq!(route.hours, "窗口现在可办，至 12:00；电话 12333 现在可办，至 12:00");
        }
    }
}
