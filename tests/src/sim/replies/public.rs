//! What the reference agency would answer of what is public: its own texts, as many and as long as they get.

use std::sync::LazyLock;

use agency::texts::{Published, read};
use contract::format::Date;
use contract::message::{Bulletin, Evaluated, Hits, PolicyText, QuestionKept, Questionnaire};
use kiosk::session::{ActEnd, Completion};

/// An index is not built for every answer of a storm.
static PUBLISHED: LazyLock<Option<Published>> = LazyLock::new(|| read().ok());

fn today() -> Date {
    Date::new(2026, 11, 23).unwrap_or(Date::from_days_since_1970(0))
}

fn hits(words: &str) -> Hits {
    let found = PUBLISHED.as_ref().and_then(|all| all.library.search(words, today(), &[], "zh").ok());
    found.unwrap_or_default()
}

/// Texts that hold these words.
pub(super) fn found(words: &str) -> Completion {
    Completion::Found(Ok(hits(words)))
}

/// The first of them, twelve times as long as it is.
pub(super) fn text() -> Completion {
    let first = hits("保").hits.first().map(|hit| hit.id.clone()).unwrap_or_default();
    let known = PUBLISHED.as_ref().and_then(|all| all.library.text(&first, today(), &[]));
    let long = |text: PolicyText| PolicyText { paragraphs: [&text.paragraphs[..]; 12].concat(), ..text };
    let text = known.map(|text| Box::new(long(text.read("zh"))));
    Completion::Text(text.ok_or(kiosk::agency::AgencyError::Garbled))
}

/// Everything that is published.
pub(super) fn bulletin() -> Completion {
    let all = PUBLISHED.as_ref().map_or_else(Bulletin::default, |all| all.bulletin(today(), "zh"));
    Completion::Bulletin(Ok(all))
}

/// An evaluation is kept, perhaps with a questionnaire.
pub(super) fn evaluated(case: String, questionnaire: Option<Questionnaire>) -> Completion {
    Completion::Evaluated(Ok(Evaluated { case, questionnaire }))
}

/// The longest of the agency's questionnaires, with the question of most options.
pub(super) fn sheet() -> Option<Questionnaire> {
    static SHEET: LazyLock<Option<Questionnaire>> =
        LazyLock::new(|| agency::opinion::read().ok().and_then(|all| all.sheet(2, "0badcafe".repeat(4))));
    SHEET.clone()
}

/// A question is kept under this act's id.
pub(super) fn left(key: String, end: ActEnd) -> ActEnd {
    let kept = QuestionKept {
        key,
        number: "26070019".to_owned(),
        answered_by: Date::from_days_since_1970(today().days_since_1970() + 7),
    };
    ActEnd { question: Some(Box::new(kept)), ..end }
}
