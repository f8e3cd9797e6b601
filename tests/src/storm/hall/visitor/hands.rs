//! What a visitor does on each page.

use std::time::Duration;

use super::super::errand::Slip;
use super::super::plan::Parting;
use super::glass::{buttons, offered};
use super::{PASSES, SEEN, Visitor};
use crate::journey::item;
use crate::terminal::Terminal;

/// How long keys or an engine may take to be there.
const READY: Duration = Duration::from_secs(3);
/// Pages that pass by themselves.
const PASSING: [&str; 9] =
    ["reading", "checking", "fetching", "printing", "filing", "changing-pin", "pin-reading", "rated", "sending-code"];
/// Ways on from a page that is done, the nearest first.
const WAYS: [&str; 7] = ["返回首页", "首页", "知道了", "不参加", "返回", "取卡离开", "结束离开"];
/// What every page has.
const BAR: [&str; 10] =
    ["English", "中文", "放大文字", "显示方式", "找工作人员", "Larger", "Normal", "Display", "Find staff", "标准文字"];
/// Those that end the visit.
const LEAVES: [&str; 6] = ["取卡离开", "结束离开", "知道了", "Take card", "Leave", "OK"];

impl Visitor<'_> {
    pub(super) fn step(&mut self, page: &str) -> Result<(), String> {
        match page {
            "welcome" => self.come(),
            "pin" => self.enter_pin(),
            "gone" => self.gone(),
            "farewell" => self.farewell(),
            "printing" => self.printing(),
            page if PASSING.contains(&page) => self.leaves(page, PASSES),
            "home" if self.taps > 0 => self.tap_anything(),
            "home" => self.begin_errand(),
            "slip-choice" => {
                let amounts = self.slip == Slip::Amounts;
                self.tap_or_go(if amounts { "打印金额" } else { "不打印金额" })
            }
            "rating" | "reason" | "questionnaire" => self.opinion(),
            _ if self.taps > 0 => self.tap_anything(),
            _ if !self.answers.is_empty() => self.answer(page),
            "table" if self.wants_slip() => self.tap_or_go("打印凭条"),
            "filed" | "question-left" if self.wants_slip() => self.tap_or_go("打印回执"),
            _ => self.go_on(),
        }
    }

    /// Once an errand.
    const fn wants_slip(&mut self) -> bool {
        !std::mem::replace(&mut self.slip_asked, true) && !matches!(self.slip, Slip::No)
    }

    fn come(&mut self) -> Result<(), String> {
        self.begun = true;
        let n = self.plan.persona;
        if self.play.ground.line(&format!("card insert {n}")).is_err() {
            return Ok(());
        }
        // Whatever is left of an earlier visit's wrong entries; a card that has left already has its own.
        let _has_left = self.play.ground.line("card tries 6");
        let _no_reader_sees_it = self.leaves("welcome", SEEN);
        Ok(())
    }

    fn enter_pin(&mut self) -> Result<(), String> {
        let wrong = std::mem::take(&mut self.wrong_pin);
        let digits = if wrong { "000000".to_owned() } else { self.the_pin()? };
        for digit in digits.chars() {
            // The page may go under the finger.
            if self.play.tap(&digit.to_string()).is_err() {
                return self.unless_changed("pin");
            }
        }
        match self.play.tap("确认密码").or_else(|_| self.play.tap("Confirm PIN")) {
            Ok(()) => Ok(()),
            Err(_) => self.unless_changed("pin"),
        }
    }

    /// The PIN that the card takes now: its owner knows whether a change was done.
    fn the_pin(&mut self) -> Result<String, String> {
        let new = self.plan.new_pin;
        let taken = self.play.ground.line(&format!("card holds {new} of {}", self.plan.persona))? == "yes";
        Ok(if taken { new.to_owned() } else { self.pin.clone() })
    }

    /// What failed is no fault where the page has changed meanwhile; else the visitor takes the card.
    fn unless_changed(&mut self, page: &str) -> Result<(), String> {
        if self.look()? == page { self.give_up() } else { Ok(()) }
    }

    /// Comes back with the card, or does not.
    fn gone(&mut self) -> Result<(), String> {
        let back = self.plan.patient && self.taps == 0 && !self.parted && self.dice.roll(4) > 0;
        if back {
            self.mend()?;
            let _is_in_already = self.play.ground.line("card pull");
            self.play.ground(&format!("card insert {}", self.plan.persona))?;
            if self.leaves("gone", SEEN).is_ok() {
                return Ok(());
            }
        }
        self.play.advance("card_grace")
    }

    /// Takes card and paper; the page goes when the card is seen out and its time has passed.
    fn farewell(&mut self) -> Result<(), String> {
        let _may_be_out = self.play.ground.line("card pull");
        let passed = |terminal: &mut Terminal| {
            let page = terminal.line("page").ok()?;
            if page == "farewell" {
                let _asked_again = terminal.line("advance farewell");
            }
            (page != "farewell").then_some(())
        };
        self.wait("the farewell to pass", PASSES, passed)
    }

    /// Waits for paper; where the printer stops, has it mended or goes.
    fn printing(&mut self) -> Result<(), String> {
        let passed_or_stopped = |terminal: &mut Terminal| {
            let page = terminal.line("page").ok()?;
            let stopped = page == "printing" && offered(&terminal.line("labels").ok()?, "取卡离开");
            (page != "printing" || stopped).then_some(stopped)
        };
        let stopped = self.wait("the job to end or to stop", PASSES, passed_or_stopped)?;
        if !stopped {
            return Ok(());
        }
        if self.plan.patient && self.mends_at.is_some() {
            self.mend()?;
            return self.leaves("printing", PASSES);
        }
        let _ended_meanwhile = self.play.tap("取卡离开");
        Ok(())
    }

    fn begin_errand(&mut self) -> Result<(), String> {
        self.answers.clear();
        self.power.watch(self.play, &self.watched)?;
        self.errand = self.errands.pop_front();
        let Some(errand) = self.errand.clone() else { return self.part() };
        // Not all groups and items fit on a page.
        // It may be a group's page; and where few items are offered, they stand there without their groups.
        let _not_in_a_group = self.find("全部事项")?;
        let _without_groups = self.find(&errand.group)?;
        if self.find(&errand.name)?.is_some() {
            self.answers = errand.answers.into();
            (self.slip, self.slip_asked) = (errand.slip, false);
        }
        Ok(())
    }

    /// Leafs to a button and taps it; `None` where it is not offered to this visitor.
    fn find(&mut self, label: &str) -> Result<Option<()>, String> {
        const LEAVES_MAX: usize = 8;
        for _ in 0..LEAVES_MAX {
            let labels = self.play.terminal.line("labels")?;
            if offered(&labels, label) {
                return Ok(self.play.tap(label).ok());
            }
            if !offered(&labels, "下一页") || self.play.tap("下一页").is_err() {
                break;
            }
        }
        Ok(None)
    }

    fn answer(&mut self, page: &str) -> Result<(), String> {
        let Some(answer) = self.answers.pop_front() else { return Ok(()) };
        let labels = self.play.terminal.line("labels")?;
        let done = if answer.starts_with("staff ") {
            page == "witness" && self.act(&answer)
        } else if let Some(text) = answer.strip_prefix("type ") {
            let key: String = text.chars().take(1).collect();
            self.shows(&key) && self.act(&answer)
        } else if answer.starts_with("pinyin ") {
            self.shows("拼音") && self.act(&answer)
        } else if answer == "type-code" {
            // Whoever types the code of a document is shown its owner, masked.
            let whole: Vec<&str> = self.watched.split(',').filter(|word| !word.contains('*')).collect();
            self.power.watch(self.play, &whole.join(","))?;
            self.shows("A") && self.act(&answer)
        } else {
            offered(&labels, &answer) && self.play.tap(&answer).is_ok()
        };
        if !done {
            self.answers.clear();
        }
        Ok(())
    }

    fn act(&mut self, answer: &str) -> bool {
        item::act(self.play, answer).is_ok()
    }

    /// Whether a button comes soon.
    fn shows(&mut self, label: &str) -> bool {
        let shown = |terminal: &mut Terminal| terminal.line("labels").ok().filter(|labels| offered(labels, label));
        self.wait(label, READY, shown).is_ok()
    }

    fn tap_or_go(&mut self, label: &str) -> Result<(), String> {
        if self.play.tap(label).is_ok() { Ok(()) } else { self.go_on() }
    }

    fn opinion(&mut self) -> Result<(), String> {
        if self.dice.roll(3) == 0 { self.play.advance("evaluation") } else { self.tap_one() }
    }

    fn tap_anything(&mut self) -> Result<(), String> {
        self.taps = self.taps.saturating_sub(1);
        if self.taps == 0 { self.part() } else { self.tap_one() }
    }

    /// A finger on something that is offered.
    fn tap_one(&mut self) -> Result<(), String> {
        let labels = self.play.terminal.line("labels")?;
        // The bar has as many buttons as a page; somebody who only changes the letters gets nowhere, nor does one who leaves.
        let bar = self.dice.roll(12) == 0;
        let page = |label: &&str| !LEAVES.contains(label) && (bar || !BAR.contains(label));
        let buttons: Vec<&str> = buttons(&labels).filter(page).collect();
        match self.dice.pick(&buttons) {
            // A label of two lines is not found again; a finger may miss.
            Some(label) => drop(self.play.tap(label)),
            None => return self.go_on(),
        }
        Ok(())
    }

    /// The nearest way on.
    fn go_on(&mut self) -> Result<(), String> {
        let labels = self.play.terminal.line("labels")?;
        for way in WAYS {
            if offered(&labels, way) && self.play.tap(way).is_ok() {
                return Ok(());
            }
        }
        self.give_up()
    }

    fn part(&mut self) -> Result<(), String> {
        self.parted = true;
        match self.plan.parting {
            Parting::Leaves => {
                let ends = LEAVES.iter().take(2).any(|way| self.play.tap(way).is_ok());
                if ends { Ok(()) } else { self.give_up() }
            }
            Parting::PullsCard => self.give_up(),
            Parting::FallsAsleep => {
                self.play.advance("idle_warning")?;
                self.play.advance("idle_end")
            }
        }
    }

    /// Takes the card; where none is in, walks away.
    fn give_up(&mut self) -> Result<(), String> {
        if self.card_is_in()? {
            return self.pull();
        }
        ["idle_warning", "idle_end", "card_grace"].iter().try_for_each(|limit| self.play.advance(limit))
    }
}
