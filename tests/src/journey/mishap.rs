//! Visits on which something goes wrong.

use super::good::expect;
use super::{Play, broken, paper, witness};
use crate::people::person;

pub(super) fn wrong_pin(play: &mut Play) -> Result<(), String> {
    play.page("welcome")?;
    play.ground("card insert 1")?;
    play.page("pin")?;
    play.must_show("密码还可以输入 6 次")?;
    play.ground("card tries 3")?;
    play.pin("000000")?;
    play.page("pin")?;
    play.must_show("还可以输入 2 次")?;
    play.pin("000000")?;
    play.page("last-try")?;
    play.take_card()?;
    // Whoever comes back with that card is not offered the keypad: the last try is not the kiosk's to spend.
    play.ground("card insert 1")?;
    play.page("last-try")?;
    expect(play.ground.line("card status")?.contains("1 tries left"), "the kiosk spent the last try")?;
    play.take_card()
}

pub(super) fn wrong_pin_untold(play: &mut Play) -> Result<(), String> {
    play.page("welcome")?;
    play.ground("card insert 3")?;
    play.page("pin")?;
    play.must_show("只能输一次")?;
    play.pin("000000")?;
    play.page("wrong-pin-untold")?;
    expect(play.ground.line("card status")?.contains("5 tries left"), "more than one try was spent")?;
    play.take_card()?;
    play.ground("card insert 3")?;
    play.page("pin")?;
    play.pin(&person(3)?.pin)?;
    play.page("home")?;
    play.leave()
}

pub(super) fn pin_locked(play: &mut Play) -> Result<(), String> {
    play.page("welcome")?;
    play.ground("card insert 2")?;
    play.ground("card tries 0")?;
    play.page("pin-locked")?;
    play.take_card()
}

pub(super) fn card_pulled(play: &mut Play) -> Result<(), String> {
    play.page("welcome")?;
    play.ground("card insert 1")?;
    play.page("pin")?;
    play.take_card()?;
    play.come_back(1, "home")?;
    play.pull_and_come_back(1, "home")?;
    play.tap("查询权益")?;
    play.tap("缴费明细查询")?;
    play.page("form")?;
    play.pull_and_come_back(1, "form")?;
    play.tap("城镇职工基本养老保险")?;
    play.tap("今年以来")?;
    play.page("table")?;
    play.pull_and_come_back(1, "table")?;
    play.tap("打印凭条")?;
    play.page("slip-choice")?;
    play.pull_and_come_back(1, "slip-choice")?;
    play.tap("不打印金额")?;
    play.page("printed")?;
    play.pull_and_come_back(1, "printed")?;
    play.ground("card pull")?;
    play.page("gone")?;
    expect(!play.shows("**远")?, "a name is on the screen although the card is out")?;
    play.advance("card_grace")?;
    play.page("farewell")?;
    play.advance("farewell")?;
    play.page("welcome")
}

pub(super) fn card_pulled_while_printing(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ask_contributions()?;
    play.ground("receipt answer late 1500")?;
    play.print_slip()?;
    play.page("printing")?;
    play.ground("card pull")?;
    play.page("gone")?;
    witness::settled(play)?;
    play.advance("card_grace")?;
    play.page("farewell")?;
    play.must_show("1 张凭条")?;
    play.advance("farewell")?;
    play.page("welcome")
}

pub(super) fn quick_swap(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ask_contributions()?;
    play.page("table")?;
    play.ground("card swap 2")?;
    play.page("pin")?;
    play.pin(&person(2)?.pin)?;
    play.page("home")?;
    play.must_show("*䶮")?;
    expect(!play.shows("**远")?, "the first person's name is still there")?;
    play.leave()
}

pub(super) fn receipt_paper_out_refilled(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ask_contributions()?;
    play.ground("receipt paper out after 120")?;
    play.print_slip()?;
    play.open("凭条打印机缺纸")?;
    play.page("printing")?;
    play.ground("receipt refill")?;
    play.page("printed")?;
    play.leave()
}

pub(super) fn receipt_paper_out_abandoned(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ask_contributions()?;
    play.ground("receipt paper out after 120")?;
    play.print_slip()?;
    walk_away(play, "凭条打印机缺纸")?;
    play.open("凭条打印机缺纸")?;
    play.page("welcome")?;
    play.ground("receipt refill")?;
    expect(
        play.ground.line("receipt status")?.contains("0 bytes waiting"),
        "the printer still holds the first person's slip",
    )?;
    play.gone("凭条打印机缺纸")?;
    play.sign_in(2)?;
    play.ask_contributions()?;
    play.print_slip()?;
    play.page("printed")?;
    play.leave()
}

/// The page says why it waits; its owner does not.
fn walk_away(play: &mut Play, why: &str) -> Result<(), String> {
    play.open(why)?;
    play.page("printing")?;
    play.tap("取卡离开")?;
    play.page("farewell")?;
    play.ground("card pull")?;
    play.page("welcome")
}

/// A slip has come out of a printer that never says so; its owner's card is out, too.
pub(super) fn slip_on_its_way(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ask_contributions()?;
    play.ground("receipt answer never")?;
    play.print_slip()?;
    play.page("printing")?;
    witness::paper_is_out(play)?;
    play.ground("card pull")?;
    play.page("gone")
}

pub(super) fn power_cut_while_printing(play: &mut Play) -> Result<(), String> {
    slip_on_its_way(play)?;
    play.cut_power()?;
    witness::settled(play)
}

pub(super) fn receipt_never_answers(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ask_contributions()?;
    play.ground("receipt answer never")?;
    play.print_slip()?;
    play.page("print-unknown")?;
    play.leave()
}

pub(super) fn receipt_answers_falsely(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ask_contributions()?;
    play.ground("receipt answer falsely")?;
    play.ground("receipt paper out after 120")?;
    play.print_slip()?;
    play.page("print-unknown")?;
    play.leave()
}

pub(super) fn page_paper_out_refilled(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ground("page paper out")?;
    play.ask_certificate()?;
    play.open("证明打印机缺纸")?;
    play.page("printing")?;
    play.ground("page refill")?;
    play.page("printed")?;
    play.leave()
}

pub(super) fn page_paper_out_abandoned(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ground("page paper out")?;
    play.ask_certificate()?;
    walk_away(play, "证明打印机缺纸")?;
    witness::settled(play)?;
    // ippeveprinter does not let go of a job that its command has begun: with paper it prints the sheet, cancelled or not.
    play.open("工作人员：")?;
    play.ground("page refill")?;
    witness::sheet_is_out(play)?;
    play.gone("工作人员：")
}

/// What the welcome page says of a page printer that may still hold somebody's sheet.
pub(super) const PAGE_HOLDS: &str = "证明打印机里还有未完成的内容";

pub(super) fn page_holds_over_starts(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ground("page paper out")?;
    play.ask_certificate()?;
    walk_away(play, "证明打印机缺纸")?;
    witness::settled(play)?;
    // Refilled, it is at work on that sheet, takes no cancel and complains of nothing. No row of the journal is open.
    play.ground("page dawdle")?;
    play.open(PAGE_HOLDS)?;
    broken::panic(play)?;
    play.open(PAGE_HOLDS)?;
    play.cut_power()?;
    play.open(PAGE_HOLDS)?;
    play.sign_in(2)?;
    play.tap("打印证明")?;
    expect(play.tap("参保证明打印").is_err(), "a printer that holds somebody's sheet is offered")?;
    play.leave()?;
    expect(paper::documents(&play.ground).is_empty(), "the sheet came out in another's visit")?;
    play.ground("page refill")?;
    witness::sheet_is_out(play)?;
    play.gone("工作人员：")?;
    play.sign_in(2)?;
    play.ask_certificate()?;
    play.page("printed")?;
    play.leave()?;
    witness::sheets_in_order(play)
}

pub(super) fn page_jam(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ground("page jam")?;
    play.ask_certificate()?;
    play.page("print-unknown")?;
    play.must_show("卡纸")?;
    play.tap("返回首页")?;
    play.page("home")?;
    play.leave()
}

pub(super) fn agency_unreachable_before(play: &mut Play) -> Result<(), String> {
    play.page("welcome")?;
    play.ground("agency down")?;
    play.ground("card insert 2")?;
    play.page("pin")?;
    play.pin(&person(2)?.pin)?;
    play.page("agency-fault")?;
    play.tap("知道了")?;
    play.page("farewell")?;
    play.ground("card pull")?;
    play.page("welcome")?;
    play.must_show("暂停服务")?;
    play.ground("agency up")?;
    play.advance("agency_retry")?;
    play.open("请插入社会保障卡")
}

pub(super) fn agency_unreachable_during(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ground("agency down")?;
    play.ask_contributions()?;
    play.page("agency-fault")?;
    play.tap("返回首页")?;
    play.page("home")?;
    play.must_show("暂时连不上经办系统")?;
    play.tap("打印证明")?;
    expect(play.tap("参保证明打印").is_err(), "what needs the agency is offered without it")?;
    play.ground("agency up")?;
    play.leave()?;
    play.advance("agency_retry")?;
    play.open("请插入社会保障卡")
}

pub(super) fn agency_answers_about_another(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ground("agency mishap wrong-subject /v1/query")?;
    play.ask_contributions()?;
    play.page("mismatch")?;
    play.leave()
}

pub(super) fn agency_answers_junk(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ground("agency mishap junk /v1/query")?;
    play.ask_contributions()?;
    play.page("agency-fault")?;
    play.tap("返回首页")?;
    play.page("home")?;
    play.ground("agency mishap huge /v1/query")?;
    play.ask_contributions()?;
    play.page("agency-fault")?;
    play.leave()
}

pub(super) fn agency_is_somebody_else(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ground("agency impostor")?;
    play.ask_contributions()?;
    play.page("agency-fault")?;
    play.must_show("agency.untrusted")?;
    play.leave()
}

pub(super) fn receipt_answers_junk(play: &mut Play) -> Result<(), String> {
    play.page("welcome")?;
    play.ground("receipt answer junk")?;
    play.open("凭条打印机暂时不能用")?;
    play.sign_in(1)?;
    play.ask_contributions()?;
    play.page("table")?;
    play.must_show("凭条打印机暂时不能用")?;
    expect(play.tap("打印凭条").is_err(), "a slip is offered on a printer that talks nonsense")?;
    play.leave()
}

pub(super) fn idle_citizen(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ask_contributions()?;
    play.page("table")?;
    play.advance("idle_warning")?;
    play.must_show("您还在吗")?;
    expect(!play.shows("缴费基数")?, "records are readable behind the warning")?;
    play.page("table")?;
    play.tap("继续办理")?;
    play.must_show("缴费基数")?;
    play.advance("idle_warning")?;
    play.must_show("您还在吗")?;
    play.advance("idle_end")?;
    play.page("farewell")?;
    play.ground("card pull")?;
    play.page("welcome")
}

pub(super) fn reader_daemon_restarts(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ask_contributions()?;
    play.page("table")?;
    play.ground("pcscd kill")?;
    play.page("gone")?;
    play.must_show("读卡器断开了")?;
    play.ground("pcscd start")?;
    play.come_back(1, "table")?;
    play.leave()
}

pub(super) fn reader_daemon_hangs(play: &mut Play) -> Result<(), String> {
    play.ground("card insert 1")?;
    play.page("pin")?;
    play.ground("pcscd freeze")?;
    play.pin(&person(1)?.pin)?;
    // Nobody stands before "checking" for ever.
    play.page("welcome")?;
    play.open("暂停服务")?;
    play.must_show("读卡器暂时不能用")?;
    play.ground("pcscd thaw")?;
    play.ground("card pull")?;
    play.open("请插入社会保障卡")?;
    play.sign_in(2)?;
    play.leave()
}

pub(super) fn cards_that_cannot_be_served(play: &mut Play) -> Result<(), String> {
    signs_in_and_is_refused(play, 5, "这张卡已经挂失")?;
    play.ground("card insert 7")?;
    play.page("card-expired")?;
    play.take_card()?;
    signs_in_and_is_refused(play, 8, "这里没有查到您的参保信息")?;
    play.ground("card insert foreign")?;
    play.page("card-fault")?;
    play.must_show("这不是社会保障卡")?;
    play.take_card()?;
    for manner in ["junk", "truncate"] {
        play.ground(&format!("card {manner}"))?;
        play.ground("card insert 2")?;
        play.page("card-fault")?;
        play.take_card()?;
    }
    play.ground("card plain")?;
    play.ground("card insert mute")?;
    play.page("card-fault")?;
    play.must_show("卡片没有反应")?;
    // Turned the right way round it is read.
    play.ground("card pull")?;
    play.ground("card insert 2")?;
    play.page("pin")?;
    play.take_card()
}

fn signs_in_and_is_refused(play: &mut Play, n: usize, title: &str) -> Result<(), String> {
    play.ground(&format!("card insert {n}"))?;
    play.page("pin")?;
    play.pin(&person(n)?.pin)?;
    play.page("problem")?;
    play.must_show(title)?;
    play.take_card()
}

/// The card system does not answer: its items rest, all others go on; after a while they are offered again.
pub(super) fn provider_silent(play: &mut Play) -> Result<(), String> {
    play.sign_in(2)?;
    play.ground("agency mishap silent card")?;
    play.tap("社会保障卡")?;
    play.tap("社保卡状态与进度")?;
    play.page("problem")?;
    play.tap("返回首页")?;
    play.page("home")?;
    play.tap("社会保障卡")?;
    play.open("社保卡系统暂时没有回应")?;
    play.picture("silent")?;
    play.tap("全部事项")?;
    play.tap("查询权益")?;
    play.tap("参保信息查询")?;
    play.page("table")?;
    play.ground("agency mishap")?;
    play.advance("provider_retry")?;
    // A minute is also what idleness is asked after.
    play.tap("继续办理")?;
    play.tap("返回")?;
    play.tap("全部事项")?;
    play.tap("社会保障卡")?;
    play.gone("社保卡系统暂时没有回应")?;
    play.tap("社保卡状态与进度")?;
    play.page("table")?;
    play.leave()
}
