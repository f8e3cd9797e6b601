//! The line to the agency breaks in ways that somebody has to mend: its name leads nowhere, certificates have expired, the clock is wrong. Each has a
//! finding of its own. And an agency that answers in crumbs is waited for no longer than any.

use std::path::Path;
use std::process::Command;

use super::good::expect;
use super::{Ending, Journey, Play};
use crate::ground::TERMINAL;
use crate::terminal::Terminal;

/// Every such journey, and how each must end.
pub(super) fn journeys() -> Vec<Journey> {
    let nothing = || Ending { pages: "", journal: &[], documents: 0, receipts: 0, sheets: 0 };
    let served = "welcome reading pin checking home farewell welcome";
    vec![
        Journey {
            name: "clock-ten-years-off",
            tells: "the clock stands ten years back, or twenty or ten ahead: closed, and the finding is the clock, not the certificate",
            play: clock_ten_years_off,
            ending: Ending { pages: served, ..nothing() },
        },
        Journey {
            name: "clock-an-hour-off",
            tells: "the clock is an hour fast, which no certificate tells: staff see it, everybody is served, and it is no more when it is right",
            play: clock_an_hour_off,
            ending: Ending { pages: served, ..nothing() },
        },
        Journey {
            name: "certificate-expired",
            tells: "the agency's certificate has expired, then the terminal's own: closed, each with its finding; renewed, it opens again",
            play: certificate_expired,
            ending: Ending { pages: served, ..nothing() },
        },
        Journey {
            name: "names-gone",
            tells: "nobody knows the agency's name any more: closed, the finding names it; with the name back it opens by itself",
            play: names_gone,
            ending: Ending {
                pages: "welcome reading agency-fault farewell welcome reading pin checking home farewell welcome",
                ..nothing()
            },
        },
        Journey {
            name: "agency-answers-in-crumbs",
            tells: "ten thousand pieces of one byte are put together; pieces that come too slowly are given up in time",
            play: answers_in_crumbs,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table home form fetching agency-fault farewell welcome",
                ..nothing()
            },
        },
    ]
}

/// Closed for everybody, with this finding for staff and technician; a card learns the same.
fn closed_with(play: &mut Play, staff: &str, code: &str) -> Result<(), String> {
    play.open("暂停服务")?;
    play.open(staff)?;
    play.picture("closed")?;
    finding(play, code)?;
    play.ground("card insert 1")?;
    play.page("agency-fault")?;
    play.must_show(staff)?;
    play.must_show(code)?;
    play.ground("card pull")?;
    play.home_again()
}

/// The log tells it to a technician.
fn finding(play: &Play, code: &str) -> Result<(), String> {
    let log = std::fs::read_to_string(&play.terminal.log).unwrap_or_default();
    expect(log.contains(&format!("event=fault code={code}")), &format!("{code} is not in the log"))
}

fn start(play: &mut Play, site: &str, variables: &[(&str, &str)]) -> Result<(), String> {
    play.terminal.kill();
    play.terminal = Terminal::start_with(&play.ground.path("terminal"), site, variables)?;
    Ok(())
}

/// Changes what time it is for a program that is started with it (package libfaketime).
const FAKETIME: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";

fn clock_an_hour_off(play: &mut Play) -> Result<(), String> {
    expect(Path::new(FAKETIME).is_file(), "libfaketime is missing: run deploy/dev/install")?;
    let site = play.ground.site_toml();
    start(play, &site, &[("LD_PRELOAD", FAKETIME), ("FAKETIME", "+1h"), ("FAKETIME_DONT_FAKE_MONOTONIC", "1")])?;
    play.open("本机时钟不准")?;
    play.picture("off")?;
    finding(play, "clock.off")?;
    start(play, &site, &[])?;
    play.open("请插入社会保障卡")?;
    play.gone("本机时钟不准")?;
    play.sign_in(1)?;
    play.leave()
}

fn clock_ten_years_off(play: &mut Play) -> Result<(), String> {
    expect(Path::new(FAKETIME).is_file(), "libfaketime is missing: run deploy/dev/install")?;
    let site = play.ground.site_toml();
    // Ten years ahead the agency's certificate holds: the date of its answers tells.
    for off in ["-10y", "+20y", "+10y"] {
        start(play, &site, &[("LD_PRELOAD", FAKETIME), ("FAKETIME", off), ("FAKETIME_DONT_FAKE_MONOTONIC", "1")])?;
        closed_with(play, "本机时钟不对", "agency.clock_wrong")?;
    }
    start(play, &site, &[])?;
    play.open("请插入社会保障卡")?;
    play.sign_in(1)?;
    play.leave()
}

fn certificate_expired(play: &mut Play) -> Result<(), String> {
    let site = play.ground.site_toml();
    play.ground("agency expired")?;
    start(play, &site, &[])?;
    closed_with(play, "经办机构的证书已过期", "agency.certificate_expired")?;
    play.ground("agency down")?;
    play.ground("agency up")?;
    play.advance("agency_retry")?;
    play.open("请插入社会保障卡")?;
    let expired = site.replace("/certs/t-", "/certs/expired/t-");
    start(play, &expired, &[])?;
    closed_with(play, "本机的证书已过期", "agency.own_certificate_expired")?;
    // Renewed under the program, which nobody starts again for it.
    for name in [".pem", "-key.pem"].map(|ending| format!("{TERMINAL}{ending}")) {
        let [good, bad] = ["certs", "certs/expired"].map(|folder| play.ground.path(folder).join(&name));
        std::fs::copy(good, bad).map_err(|error| format!("{name}: {error}"))?;
    }
    play.advance("agency_retry")?;
    play.open("请插入社会保障卡")?;
    start(play, &site, &[])?;
    play.open("请插入社会保障卡")?;
    play.sign_in(1)?;
    play.leave()
}

/// What stands in the agency's certificate beside its address.
const NAME: &str = "agency.test";

fn names_gone(play: &mut Play) -> Result<(), String> {
    let hosts = play.ground.path("hosts");
    let known = |names: &str| std::fs::write(&hosts, format!("127.0.0.1 {names}\n")).map_err(|error| error.to_string());
    known(&format!("localhost {NAME}"))?;
    let mount = Command::new("mount").arg("--bind").arg(&hosts).arg("/etc/hosts").status();
    expect(mount.is_ok_and(|status| status.success()), "the names of this machine cannot be changed")?;
    let site = play.ground.site_toml().replace("https://127.0.0.1:", &format!("https://{NAME}:"));
    start(play, &site, &[])?;
    play.open("请插入社会保障卡")?;
    known("localhost")?;
    play.ground("card insert 1")?;
    play.page("agency-fault")?;
    play.must_show("agency.no_name")?;
    play.tap("知道了")?;
    play.page("farewell")?;
    play.ground("card pull")?;
    play.home_again()?;
    play.open("本机找不到经办机构的网址")?;
    finding(play, "agency.no_name")?;
    known(&format!("localhost {NAME}"))?;
    play.advance("agency_retry")?;
    play.open("请插入社会保障卡")?;
    play.sign_in(1)?;
    play.leave()
}

fn answers_in_crumbs(play: &mut Play) -> Result<(), String> {
    let catalogue = agency::catalogue::read().map_err(|why| why.to_string())?;
    let bytes = serde_json::to_vec(&catalogue).map_err(|error| error.to_string())?.len();
    expect(bytes > 10_000, "the catalogue is too short for ten thousand pieces")?;
    play.ground("agency mishap crumbs_ms 0 /v1/catalogue")?;
    let site = play.ground.site_toml();
    start(play, &site, &[])?;
    play.open("请插入社会保障卡")?;
    play.ground("agency mishap crumbs_ms 0 /v1/query")?;
    play.sign_in(1)?;
    play.ask_contributions()?;
    play.page("table")?;
    play.tap("返回")?;
    play.page("home")?;
    play.tap("全部事项")?;
    play.ground("agency mishap crumbs_ms 50 /v1/query")?;
    play.ask_contributions()?;
    play.page("agency-fault")?;
    play.must_show("agency.timeout")?;
    play.ground("agency mishap")?;
    play.leave()?;
    play.advance("agency_retry")?;
    play.open("请插入社会保障卡")
}
