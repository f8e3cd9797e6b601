//! Documents checked while the agency cannot be asked. The QR code is read from the sheet by a program that is not ours, and held before the
//! scanner again; what the terminal says of it is compared with what the agency says of the same code afterwards.

use std::time::Duration;

use super::good::expect;
use super::{Ending, Journey, Play, item, paper};
use crate::until::until;

/// Every such journey, and how each must end.
pub(super) fn journeys() -> Vec<Journey> {
    vec![
        Journey {
            name: "document-without-the-agency",
            tells: "a certificate's QR code while the agency is down: signature right, one that was touched up is not; the agency back, it answers",
            play: document,
            ending: Ending {
                pages: "welcome reading pin checking home form printing printed farewell welcome \
                    home scanning fetching seal-signed home scanning seal-wrong fetching problem home scanning fetching table welcome",
                journal: &[("certificate", "P01", "printed")],
                documents: 1,
                receipts: 0,
                sheets: 1,
            },
        },
        Journey {
            name: "start-without-the-agency",
            tells: "power fails and comes back while the agency is down: guide and check of a document are there, the rest says so; the agency back, all serves",
            play: start,
            ending: Ending {
                pages: "welcome home scanning seal-signed home guide guide-item guide home scanning fetching table \
                    welcome reading pin checking home form fetching table farewell welcome",
                journal: &[("certificate", "P01", "printed")],
                documents: 1,
                receipts: 0,
                sheets: 1,
            },
        },
    ]
}

fn document(play: &mut Play) -> Result<(), String> {
    let sealed = certificate(play)?;
    play.ground("agency down")?;
    item::begin(play)?;
    play.tap("打印证明")?;
    // Nobody knows yet that it is down: it is asked first.
    show(play, &sealed)?;
    play.page("seal-signed")?;
    for words in ["签名有效，未联网核对是否撤销", "未过期", "没有核对"] {
        play.must_show(words)?;
    }
    let code = sealed.split('|').nth(3).unwrap_or_default().to_owned();
    play.must_show(&code)?;
    play.tap("返回")?;
    play.page("home")?;
    play.must_show("未联网，可扫码核对签名")?;
    let touched_up = later_year(&sealed)?;
    show(play, &touched_up)?;
    play.page("seal-wrong")?;
    play.must_show("签名不符")?;
    expect(!play.shows(&code)?, "what nobody has signed stands on the glass")?;
    play.ground("agency up")?;
    play.advance("agency_retry")?;
    play.open("联网核对")?;
    play.tap("联网核对")?;
    play.page("problem")?;
    play.must_show("没有查到这份证明")?;
    play.tap("返回首页")?;
    play.page("home")?;
    play.tap("打印证明")?;
    show(play, &sealed)?;
    play.page("table")?;
    play.must_show("真实，在有效期内")?;
    play.leave_without_card()
}

fn start(play: &mut Play) -> Result<(), String> {
    let sealed = certificate(play)?;
    let kept = play.ground.path("terminal/catalogue.kept");
    until("the catalogue to be kept", Duration::from_secs(10), || kept.is_file().then_some(()))?;
    play.ground("agency down")?;
    play.cut_power_offline()?;
    item::begin(play)?;
    play.must_show("暂时连不上经办系统")?;
    play.tap("查询权益")?;
    play.must_show("暂时连不上，请稍后再试")?;
    expect(play.tap("缴费明细查询").is_err(), "records can be asked for")?;
    play.tap("全部事项")?;
    play.tap("打印证明")?;
    // It is known to be down: nobody is asked first.
    show(play, &sealed)?;
    play.page("seal-signed")?;
    play.tap("返回")?;
    play.page("home")?;
    play.tap("全部事项")?;
    let _on_the_first_page = play.tap("下一页");
    play.open("指南与政策")?;
    play.tap("指南与政策")?;
    item::open(play, "办事指南")?;
    play.page("guide")?;
    play.tap("打印证明")?;
    item::open(play, "参保证明打印")?;
    play.page("guide-item")?;
    play.must_show("打印本人一段时间内的参保证明")?;
    let told = std::fs::read_to_string(&play.terminal.log).map_err(|error| error.to_string())?;
    expect(told.contains("event=remembered what=catalogue"), "no technician is told how old it is")?;
    play.ground("agency up")?;
    play.advance("agency_retry")?;
    for label in ["返回", "返回", "返回"] {
        play.tap(label)?;
    }
    play.page("home")?;
    play.gone("暂时连不上")?;
    play.tap("全部事项")?;
    let _on_the_second_page = play.tap("上一页");
    play.open("打印证明")?;
    play.tap("打印证明")?;
    show(play, &sealed)?;
    play.page("table")?;
    play.must_show("真实，在有效期内")?;
    play.leave_without_card()?;
    // And whoever has a card.
    play.sign_in(1)?;
    play.ask_contributions()?;
    play.page("table")?;
    play.leave()
}

/// Has a certificate printed and reads the signed text from its sheet.
pub(super) fn certificate(play: &mut Play) -> Result<String, String> {
    play.sign_in(1)?;
    play.ask_certificate()?;
    play.page("printed")?;
    play.leave()?;
    paper::read_qr(paper::documents(&play.ground).last().ok_or("no document came out")?)
}

/// Opens the check and holds this before the scanner.
pub(super) fn show(play: &mut Play, text: &str) -> Result<(), String> {
    item::open(play, "证明核验")?;
    play.page("scanning")?;
    play.ground(&format!("scanner show {text}"))
}

/// The same text with a last day ten years later.
fn later_year(sealed: &str) -> Result<String, String> {
    let mut fields: Vec<String> = sealed.split('|').map(str::to_owned).collect();
    let until = fields.get_mut(5).ok_or("the QR code is another document's")?;
    *until = until.replacen("202", "203", 1);
    Ok(fields.join("|"))
}
