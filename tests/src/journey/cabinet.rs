//! Visits in which the cabinet has its say: alarm, power, tampering, call button, tactile keys, guidance lights.
//!
//! Inputs of the board: 0 door, 1 tamper, 2 call button, 3 approach, 4 headphones, 5 fire alarm (its loop is closed at rest).

use std::time::Duration;

use super::Play;
use super::good::expect;
use crate::people::person;
use crate::until::until;

/// The slot shines only where somebody is; then at each page the place it speaks of, and nothing else.
pub(super) fn guidance_light(play: &mut Play) -> Result<(), String> {
    play.cabinet()?;
    shines(play, &[])?;
    play.ground("sensors close 3")?;
    shines(play, &["card"])?;
    play.ground("card insert 1")?;
    play.page("pin")?;
    shines(play, &["pad"])?;
    play.pin(&person(1)?.pin)?;
    play.page("home")?;
    shines(play, &[])?;
    slip_without_paper(play)?;
    play.page("printing")?;
    shines(play, &["relay 0"])?;
    play.ground("receipt refill")?;
    play.page("printed")?;
    shines(play, &["relay 0"])?;
    play.tap("取卡离开")?;
    play.page("farewell")?;
    shines(play, &["card"])?;
    play.ground("card pull")?;
    play.home_again()
}

/// The pad alone: PIN, menus, leaving; no finger on the glass.
pub(super) fn number_pad(play: &mut Play) -> Result<(), String> {
    play.cabinet()?;
    play.ground("card insert 1")?;
    play.page("pin")?;
    // A wrong digit is taken back before it counts.
    let digits = person(1)?.pin;
    play.ground("pad type 9")?;
    play.ground("pad correct")?;
    play.ground(&format!("pad type {digits}"))?;
    play.ground("pad confirm")?;
    play.page("home")?;
    play.must_show("1 查询权益")?;
    play.ground("pad type 1")?;
    play.open("2 缴费明细查询")?;
    play.ground("pad type 2")?;
    play.open("查询哪个险种")?;
    play.page("form")?;
    play.ground("pad type 1")?;
    play.open("1 今年以来")?;
    play.ground("pad correct")?;
    play.open("查询哪个险种")?;
    play.ground("pad type 1")?;
    play.open("1 今年以来")?;
    play.ground("pad type 1")?;
    play.page("table")?;
    play.ground("pad cancel")?;
    play.page("farewell")?;
    play.ground("card pull")?;
    play.page("welcome")?;
    // Pulled, it is told to the staff; plugged in again it works by itself.
    play.ground("pad unplug")?;
    play.open("数字键盘")?;
    play.ground("pad plug")?;
    play.gone("数字键盘")
}

pub(super) fn fire_alarm(play: &mut Play) -> Result<(), String> {
    play.cabinet()?;
    play.sign_in(1)?;
    play.ground("sensors open 5")?;
    play.page("evacuation")?;
    expect(!play.shows("**远")?, "a name stands beside the way out")?;
    for words in ["火警，请立即离开", "Fire alarm: please leave now", "请带走您的卡"] {
        play.must_show(words)?;
    }
    shines(play, &["card"])?;
    play.ground("card pull")?;
    play.gone("请带走您的卡")?;
    shines(play, &[])?;
    play.ground("sensors close 5")?;
    play.page("welcome")
}

/// The slip is cancelled; what nobody can know is not claimed.
pub(super) fn fire_alarm_while_printing(play: &mut Play) -> Result<(), String> {
    play.cabinet()?;
    play.sign_in(1)?;
    slip_without_paper(play)?;
    play.open("凭条打印机缺纸")?;
    play.page("printing")?;
    play.ground("sensors open 5")?;
    play.page("evacuation")?;
    super::witness::settled(play)?;
    // The alarm ends while the card is still in: it is asked for, as after any visit.
    play.ground("sensors close 5")?;
    play.page("farewell")?;
    play.ground("card pull")?;
    play.page("welcome")
}

pub(super) fn mains_lost(play: &mut Play) -> Result<(), String> {
    play.cabinet()?;
    play.ground("ups battery")?;
    play.open("停电了，请尽快办完并取回卡片")?;
    play.sign_in(1)?;
    play.ground("ups battery low")?;
    play.page("farewell")?;
    play.must_show("停电了，请取回卡片")?;
    play.ground("card pull")?;
    play.page("welcome")?;
    play.must_show("暂停服务")?;
    // Whoever puts a card in all the same is told why it is not read.
    play.ground("card insert 2")?;
    play.page("out-of-service")?;
    play.must_show("停电了，请取回卡片")?;
    play.take_card()?;
    play.ground("ups mains")?;
    play.open("请插入社会保障卡")?;
    // Losing sight of the supply closes nothing.
    play.ground("ups service down")?;
    play.open("电源监控服务停了")?;
    play.must_show("请插入社会保障卡")?;
    play.ground("ups service up")?;
    play.gone("电源监控服务停了")
}

pub(super) fn cabinet_tampered_with(play: &mut Play) -> Result<(), String> {
    play.cabinet()?;
    play.sign_in(1)?;
    // A door that is opened to refill paper ends nothing.
    play.ground("sensors close 0")?;
    play.ground("sensors close 2")?;
    play.open("请先取走您的卡片")?;
    play.tap("继续办理")?;
    play.ground("sensors close 1")?;
    play.page("farewell")?;
    play.must_show("本机已停用，请使用其他终端")?;
    play.ground("card pull")?;
    play.page("welcome")?;
    play.must_show("暂停服务")?;
    play.ground("sensors open 1")?;
    play.open("请插入社会保障卡")?;
    play.must_show("维护门开着")?;
    play.ground("sensors open 0")?;
    play.gone("维护门开着")
}

/// From home, where a number stands before each choice, to a slip on which the paper runs out.
fn slip_without_paper(play: &mut Play) -> Result<(), String> {
    play.tap("1 查询权益")?;
    play.tap("2 缴费明细查询")?;
    play.page("form")?;
    play.tap("1 城镇职工基本养老保险")?;
    play.page("form")?;
    play.tap("1 今年以来")?;
    play.page("table")?;
    play.ground("receipt paper out after 120")?;
    play.tap("打印凭条")?;
    play.page("slip-choice")?;
    play.tap("1 不打印金额")
}

/// Lights follow their page within a moment.
fn shines(play: &mut Play, wanted: &[&str]) -> Result<(), String> {
    let mut lit = Vec::new();
    let ground = &mut play.ground;
    until("the light", Duration::from_secs(10), || {
        lit = ground.lit();
        (lit == wanted).then_some(())
    })
    .map_err(|why| format!("{why}: {wanted:?} should shine, not {lit:?}"))
}
