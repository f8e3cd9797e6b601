//! What somebody says of a case on the terminal's own pages, and what the agency has of it afterwards: counts, and nobody's name.

use agency::report;

use super::good::expect;
use super::{Ending, Journey, Play, filing, witness};

/// Every journey of an opinion, and how each must end.
pub(super) fn journeys() -> Vec<Journey> {
    let filed = || Ending { pages: "", journal: &[("case", "F01", "filed")], documents: 0, receipts: 0, sheets: 0 };
    vec![
        Journey {
            name: "dissatisfied-with-a-reason",
            tells: "not satisfied, because it took too long; drawn for the sample, one question is passed over and two are answered",
            play: with_a_reason,
            ending: Ending {
                pages: "welcome reading pin checking home fetching review checking witness checking review filing filed rating reason rated questionnaire \
                        rated thanks home farewell welcome",
                ..filed()
            },
        },
        Journey {
            name: "questions-left-alone",
            tells: "not satisfied, and then the card is looked for: the pages go away by themselves, and what was said counts",
            play: left_alone,
            ending: Ending {
                pages: "welcome reading pin checking home fetching review checking witness checking review filing filed rating reason rated questionnaire \
                        home farewell welcome",
                ..filed()
            },
        },
    ]
}

/// From home to the question how satisfied somebody is.
fn rate(play: &mut Play) -> Result<(), String> {
    filing::file(play)?;
    play.page("filed")?;
    play.tap("首页")?;
    play.page("rating")
}

fn with_a_reason(play: &mut Play) -> Result<(), String> {
    rate(play)?;
    play.tap("不满意")?;
    play.page("reason")?;
    play.tap("办事效率")?;
    play.page("questionnaire")?;
    for answer in ["勉强看得清", "跳过这题", "自己办的"] {
        play.open(answer)?;
        play.picture("question")?;
        play.tap(answer)?;
    }
    play.page("thanks")?;
    play.tap("返回首页")?;
    play.page("home")?;
    play.leave()?;
    said(play, "dissatisfied,speed,1,")?;
    counted(play, &["*,offered", "*,returned", "help,nobody", "letters,barely"])
}

fn left_alone(play: &mut Play) -> Result<(), String> {
    rate(play)?;
    play.tap("非常不满意")?;
    play.page("reason")?;
    play.advance("evaluation")?;
    play.page("questionnaire")?;
    play.advance("evaluation")?;
    play.page("home")?;
    play.leave()?;
    said(play, "very_dissatisfied,,,")?;
    counted(play, &["*,offered"])
}

/// The agency's list of what was bad names the case, and ends so.
fn said(play: &Play, ends: &str) -> Result<(), String> {
    let list = report::bad_evaluations(&play.ground.path("agency")).map_err(|error| error.to_string())?;
    let cases = witness::rows(play, "agency/agency.db", "SELECT number, item, filed FROM cases")?;
    let (case, item, day) = cases.first().ok_or("no case was filed")?;
    let wanted = format!("{case},{item},t-0301,{day},{ends}");
    expect(list.lines().skip(1).eq([wanted.as_str()]), &format!("wanted {wanted}, but the agency has {list}"))
}

/// Of the questionnaire, these counts are kept, each of one, and nothing else.
fn counted(play: &Play, wanted: &[&str]) -> Result<(), String> {
    let counts = report::questionnaires(&play.ground.path("agency")).map_err(|error| error.to_string())?;
    let told = counts.lines().skip(1).map(|line| line.split(',').skip(2).take(2).collect::<Vec<_>>().join(","));
    let told: Vec<String> = told.collect();
    expect(told == wanted, &format!("wanted {wanted:?}, but the agency has {counts}"))?;
    let kept = witness::rows(play, "agency/agency.db", "SELECT token, terminal, day FROM sheets")?.len();
    let out = usize::from(!wanted.contains(&"*,returned"));
    expect(kept == out, &format!("{kept} sheets are out, and not {out}"))
}
