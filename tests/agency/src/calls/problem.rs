//! A refusal as the terminal gets it: the code, and where a person can go on. One table of windows for the whole agency.

use contract::problem::{Problem, ProblemCode, Route};

/// The problem of this code, with its route where there is one.
pub fn problem_of(code: ProblemCode) -> Problem {
    let route = |window: &str, materials: &[&str]| {
        Some(Route {
            window: window.to_owned(),
            hours: "工作日 9:00 至 17:00".to_owned(),
            materials: materials.iter().map(|&material| material.to_owned()).collect(),
        })
    };
    let route = match code {
        ProblemCode::PersonUnknown => route("1 号窗口（参保登记）", &["本人有效身份证件"]),
        ProblemCode::CardLost | ProblemCode::CardFrozen | ProblemCode::CardExpired => {
            route("3 号窗口（社会保障卡）", &["本人有效身份证件", "社会保障卡"])
        }
        ProblemCode::NotHere => route("2 号窗口（综合服务）", &["本人有效身份证件"]),
        _ => None,
    };
    Problem { code, route }
}
