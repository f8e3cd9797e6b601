//! What the visitor does: everything that could leave something behind.

use std::path::Path;
use std::time::Duration;

use clap::ValueEnum;

use super::glance::{self, PERSON, WORD, Watch, letters, new_phone, new_pin};
use crate::journey::{Play, item, witness};
use crate::people::person;
use crate::terminal::held::Held;
use crate::until::until;

/// After so many commands the terminal has read the issuer's file, in which the card's number stands.
const READ_COMMANDS: usize = 9;

/// The card hangs while it is read; whoever waits takes it again.
pub(super) fn while_the_card_is_read(play: &mut Play, watch: &mut Watch) -> Result<(), String> {
    play.ground("card slow 150")?;
    play.ground(&format!("card insert {PERSON}"))?;
    until("the card's number to be read", Duration::from_secs(5), || {
        let said = play.ground.line("card status").ok()?;
        let commands = said.rsplit_once(", ")?.1.split(' ').next()?.parse::<usize>().ok()?;
        (commands >= READ_COMMANDS).then_some(())
    })?;
    play.ground("card slow 3000")?;
    watch.look(play, glance::READING)?;
    play.ground("card slow 0")?;
    play.take_card()?;
    watch.look(play, glance::AFTER_READING)
}

/// Card, PIN, table, slip, certificate, form, filing; then leaves.
pub(super) fn whole(play: &mut Play, watch: &mut Watch) -> Result<(), String> {
    to_the_pin_page(play)?;
    watch.look(play, glance::PIN_PAGE)?;
    play.tap("确认密码")?;
    play.page("home")?;
    watch.look(play, glance::HOME)?;
    play.ask_contributions()?;
    play.print_slip()?;
    play.page("printed")?;
    play.tap("返回首页")?;
    play.page("home")?;
    print_certificate(play, watch)?;
    play.tap("返回首页")?;
    play.page("home")?;
    play.ground("agency mishap status 503 /v1/parcels")?;
    file(play, watch)?;
    watch.look(play, glance::FILED)?;
    play.leave()?;
    // What is looked at is a terminal that still has the records of the case.
    records(play, |waiting| waiting == ["ready"])?;
    watch.look(play, glance::AFTER)?;
    records(play, |waiting| waiting == ["ready"])?;
    play.ground("agency mishap")?;
    records(play, |waiting| waiting.is_empty())
}

/// Waits until the records of cases lie so in the outbox.
fn records(play: &Play, so: impl Fn(&[String]) -> bool) -> Result<(), String> {
    until("the records of the case to wait, or to be gone", Duration::from_secs(30), || {
        let archives = "SELECT state, NULL, NULL FROM outbox WHERE kind = 'archive'";
        let archives = witness::rows(play, "terminal/journal.sqlite", archives).ok()?;
        so(&archives.into_iter().map(|(state, ..)| state).collect::<Vec<_>>()).then_some(())
    })
}

/// A certificate for which paper is missing at first, so that the queue has it for a while.
fn print_certificate(play: &mut Play, watch: &mut Watch) -> Result<(), String> {
    play.ground("page paper out")?;
    play.ask_certificate()?;
    play.open("证明打印机缺纸")?;
    watch.add_document(&waiting(play)?);
    watch.look(play, glance::PRINTING)?;
    play.ground("page refill")?;
    play.page("printed")
}

/// The document that the queue has, once it has all of it.
fn waiting(play: &Play) -> Result<Vec<u8>, String> {
    let spool = play.ground.path("queue/run/spool");
    until("the document in the spool", Duration::from_secs(5), || spooled(&spool))
}

/// The whole document that waits in the spool; documents' names begin with `d`.
fn spooled(spool: &Path) -> Option<Vec<u8>> {
    let files = spool.read_dir().ok()?.filter_map(Result::ok);
    let document = files.into_iter().find(|file| file.file_name().as_encoded_bytes().starts_with(b"d"))?;
    std::fs::read(document.path()).ok().filter(|bytes| bytes.trim_ascii_end().ends_with(b"%%EOF"))
}

/// What of a visit's end does not take place, although the terminal goes on as if it had.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Skip {
    /// The visit's last page stays on the glass.
    Glass,
    /// The visit's input engine is not killed.
    Engine,
}

/// The card is pulled while an address is typed, and nobody comes back; of the end this is skipped, if anything.
pub(super) fn left_while_typing(play: &mut Play, watch: &mut Watch, skip: Option<Skip>) -> Result<(), String> {
    play.sign_in(PERSON)?;
    type_address(play, watch)?;
    if skip == Some(Skip::Glass) {
        play.terminal.line("stick")?;
    }
    let _unkillable = (skip == Some(Skip::Engine))
        .then(|| Held::hold(&play.terminal, "kill,pidfd_send_signal", "retval=0", &[]))
        .transpose()?;
    play.ground("card pull")?;
    play.page("gone")?;
    play.advance("card_grace")?;
    play.home_again()?;
    watch.look(play, glance::AFTER_TYPING)
}

/// From home to another telephone, and another address half typed.
fn type_address(play: &mut Play, watch: &mut Watch) -> Result<(), String> {
    play.tap("参保缴费")?;
    item::open(play, "个人信息变更")?;
    play.page("review")?;
    play.tap("修改联系电话")?;
    play.tap("清空")?;
    item::act(play, &format!("type {}", new_phone()))?;
    item::act(play, "下一步")?;
    play.page("review")?;
    play.tap("修改联系地址")?;
    play.open("拼音")?;
    letters().chars().filter(|key| *key != ' ').try_for_each(|key| play.tap(&key.to_string()))?;
    play.open(WORD)?;
    watch.look(play, glance::FORM)
}

/// Both, filed.
fn file(play: &mut Play, watch: &mut Watch) -> Result<(), String> {
    type_address(play, watch)?;
    item::act(play, WORD)?;
    item::act(play, "下一步")?;
    play.page("review")?;
    watch.look(play, glance::REVIEW)?;
    play.tap("同意并提交")?;
    play.page("filed")
}

/// Types the PIN, takes the card and goes.
pub(super) fn left_on_the_pin_page(play: &mut Play, watch: &mut Watch) -> Result<(), String> {
    to_the_pin_page(play)?;
    play.take_card()?;
    watch.look(play, glance::AFTER_THE_PIN_PAGE)
}

/// The card is pulled while the page printer is at work, and nobody comes back: the visit ends before its act. That a search finds what is in
/// flight, [`print_certificate`] has shown; here one might take longer than a printer may be at work.
pub(super) fn gone_while_it_prints(play: &mut Play, watch: &mut Watch) -> Result<(), String> {
    play.sign_in(PERSON)?;
    play.ground("page dawdle")?;
    play.ask_certificate()?;
    play.page("printing")?;
    watch.add_document(&waiting(play)?);
    play.ground("card pull")?;
    play.page("gone")?;
    let open =
        witness::rows(play, "terminal/journal.sqlite", "SELECT phase, NULL, NULL FROM acts WHERE outcome IS NULL")?;
    if !matches!(open.as_slice(), [(phase, ..)] if phase == "sending") {
        return Err(format!("no act is in flight, but {open:?}"));
    }
    play.advance("card_grace")?;
    play.home_again()?;
    witness::settled(play)?;
    play.ground("page clear")?;
    watch.look(play, glance::AFTER_AN_ACT)
}

/// The program panics while a table is shown and the card is out.
pub(super) fn cut_short_by_a_panic(play: &mut Play, watch: &mut Watch) -> Result<(), String> {
    play.sign_in(PERSON)?;
    play.ask_contributions()?;
    play.page("table")?;
    play.ground("card pull")?;
    play.page("gone")?;
    // It may be gone before it has answered.
    let _gone = play.terminal.line("panic");
    play.terminal.again()?;
    play.open("请插入社会保障卡")?;
    watch.look(play, glance::AFTER_A_PANIC)
}

/// Another PIN; then leaves.
pub(super) fn with_another_pin(play: &mut Play, watch: &mut Watch) -> Result<(), String> {
    play.sign_in(PERSON)?;
    play.tap("社会保障卡")?;
    item::open(play, "社保卡密码修改")?;
    item::act(play, "没有，继续办理")?;
    item::act(play, "开始修改")?;
    play.page("old-pin")?;
    play.type_pin(&person(PERSON)?.pin, "下一步")?;
    play.page("new-pin")?;
    play.type_pin(&new_pin(), "下一步")?;
    play.page("new-pin-again")?;
    new_pin().chars().try_for_each(|digit| play.tap(&digit.to_string()))?;
    watch.look(play, glance::NEW_PIN_PAGE)?;
    play.tap("确认修改")?;
    play.page("pin-changed")?;
    watch.look(play, glance::PIN_CHANGED)?;
    play.leave()?;
    watch.look(play, glance::AFTER_THE_CHANGE)
}

fn to_the_pin_page(play: &mut Play) -> Result<(), String> {
    play.page("welcome")?;
    play.ground(&format!("card insert {PERSON}"))?;
    play.page("pin")?;
    person(PERSON)?.pin.chars().try_for_each(|digit| play.tap(&digit.to_string()))
}
