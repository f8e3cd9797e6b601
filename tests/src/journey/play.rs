//! The hands of a journey: the ground, the terminal on it, and a camera.

use std::path::{Path, PathBuf};

use super::disk::SmallDisk;
use super::paper;
use crate::cases::page;
use crate::emulate::bridge::BridgeEmulator;
use crate::emulate::queue::{self, QueueEmulator};
use crate::ground::Ground;
use crate::people::person;
use crate::terminal::Terminal;

/// A journey being played.
pub struct Play {
    /// Daemons and devices.
    pub ground: Ground,
    /// The kiosk.
    pub terminal: Terminal,
    /// Dots across the receipt printer's paper.
    pub dots: u16,
    /// A disk of its own for the terminal, where it has one.
    pub(super) disk: Option<SmallDisk>,
    frames: Option<PathBuf>,
    taken: usize,
}

impl Play {
    /// Starts everything and waits for the welcome page with the reader ready and the catalogue read.
    ///
    /// # Errors
    /// Something did not come up.
    pub fn begin(directory: &Path, frames: Option<&Path>) -> Result<Self, String> {
        Self::on(Ground::start(directory)?, directory, frames)
    }

    /// The same on a ground that stands already.
    ///
    /// # Errors
    /// Something did not come up.
    pub fn on(ground: Ground, directory: &Path, frames: Option<&Path>) -> Result<Self, String> {
        let terminal = Terminal::start(&directory.join("terminal"), &ground.site_toml())?;
        if let Some(frames) = frames {
            std::fs::create_dir_all(frames).map_err(|error| format!("{}: {error}", frames.display()))?;
        }
        let mut play = Self { ground, terminal, dots: 576, disk: None, frames: frames.map(Path::to_owned), taken: 0 };
        play.open("请插入社会保障卡")
            .map_err(|why| format!("{why}: {}", play.terminal.line("labels").unwrap_or_default()))?;
        Ok(play)
    }

    /// Has the terminal configured for a printer of 58 mm paper whose ROM lacks rare characters, and started again.
    ///
    /// # Errors
    /// It does not come up again.
    pub fn narrow_printer(&mut self) -> Result<(), String> {
        self.dots = 384;
        let model = "[devices.receipt]\nmodel = \"generic-58\"";
        self.start_again(&self.ground.site_toml().replace("[devices.receipt]", model))
    }

    /// Plugs in contacts, lights, number pad and power supply, and starts the terminal again with them.
    ///
    /// # Errors
    /// Something does not come up.
    pub fn cabinet(&mut self) -> Result<(), String> {
        self.ground("cabinet plug")?;
        self.start_again(&self.ground.site_toml())?;
        // Each device is a fault until it has been heard.
        self.gone("工作人员：")
    }

    /// Has the terminal print through a CUPS queue before the page printer, and started again.
    ///
    /// # Errors
    /// CUPS or the terminal does not come up.
    pub fn print_queue(&mut self) -> Result<QueueEmulator, String> {
        let queue = QueueEmulator::start(page::URI, &self.ground.path("queue"))?;
        let site = self.ground.site_toml().replace(page::URI, queue::URI);
        self.terminal.kill();
        self.terminal = Terminal::start(&self.ground.path("terminal"), &site)?;
        self.open("请插入社会保障卡")?;
        Ok(queue)
    }

    /// Has the terminal configured for a motorised reader and a security module, each behind a vendor bridge, and started again.
    /// Returns reader and module.
    ///
    /// # Errors
    /// Something does not come up.
    pub fn vendor_bridges(&mut self) -> Result<[BridgeEmulator; 2], String> {
        let sockets = ["card.sock", "psam.sock"].map(|name| self.ground.path(name));
        let reader = BridgeEmulator::start(&sockets[0], "motor_reader")?;
        let module = BridgeEmulator::start(&sockets[1], "psam")?;
        self.ground.card = reader.hand()?;
        let [card, psam] = sockets.map(|socket| socket.display().to_string());
        let devices = format!("bridge = \"{card}\"\n\n[devices.psam]\nsocket = \"{psam}\"");
        self.start_again(&self.ground.site_toml().replace("reader = \"SSC Reader\"", &devices))?;
        Ok([reader, module])
    }

    /// Ends the terminal and starts one with the same configuration, whose files go into a folder of their own.
    ///
    /// # Errors
    /// It does not come up.
    pub fn another_terminal(&mut self, folder: &str) -> Result<(), String> {
        let [old, new] = ["terminal", folder].map(|folder| self.ground.path(folder));
        let file = old.join("site.toml");
        let site = std::fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
        let site = site.replace(&old.display().to_string(), &new.display().to_string());
        self.terminal.kill();
        self.terminal = Terminal::start(&new, &site)?;
        self.open("请插入社会保障卡")
    }

    /// Kills the terminal in the middle of whatever it does and starts it again on what is on its disk.
    ///
    /// # Errors
    /// It does not come up again.
    pub fn cut_power(&mut self) -> Result<(), String> {
        self.say("power   cut");
        self.start_again(&self.ground.site_toml())
    }

    /// The same where it comes up with nobody to talk to.
    ///
    /// # Errors
    /// It does not come up again.
    pub fn cut_power_offline(&mut self) -> Result<(), String> {
        self.say("power   cut");
        self.kill_and_start(&self.ground.site_toml())
    }

    fn kill_and_start(&mut self, site: &str) -> Result<(), String> {
        self.terminal.kill();
        self.terminal = Terminal::start(&self.ground.path("terminal"), site)?;
        self.terminal.wait("welcome")
    }

    /// The same with another configuration.
    ///
    /// # Errors
    /// It does not come up again.
    pub(super) fn start_again(&mut self, site: &str) -> Result<(), String> {
        self.kill_and_start(site)?;
        self.open("请插入社会保障卡")
    }

    /// Waits until the page shows these words.
    ///
    /// # Errors
    /// They do not come.
    pub fn open(&mut self, words: &str) -> Result<(), String> {
        let terminal = &mut self.terminal;
        let limit = std::time::Duration::from_secs(20);
        crate::until::until(words, limit, || terminal.line("labels").ok().filter(|labels| labels.contains(words)))
            .map(drop)
    }

    /// Waits until the page no longer shows these words.
    ///
    /// # Errors
    /// They stay.
    pub fn gone(&mut self, words: &str) -> Result<(), String> {
        let terminal = &mut self.terminal;
        let limit = std::time::Duration::from_secs(20);
        let gone =
            crate::until::until(words, limit, || terminal.line("labels").ok().filter(|labels| !labels.contains(words)));
        gone.map(drop).map_err(|why| format!("{why} to go: {}", terminal.line("labels").unwrap_or_default()))
    }

    /// Something happens on the ground.
    ///
    /// # Errors
    /// The device does not obey.
    pub fn ground(&mut self, line: &str) -> Result<(), String> {
        self.say(&format!("ground  {line}"));
        self.ground.line(line).map(drop).map_err(|why| format!("{line}: {why}"))
    }

    /// A page must come; it is photographed.
    ///
    /// # Errors
    /// Another is shown.
    pub fn page(&mut self, name: &str) -> Result<(), String> {
        self.terminal.wait(name)?;
        self.say(&format!("page    {name}"));
        self.picture(name)
    }

    /// A picture of whatever is shown now, where pictures are wanted.
    ///
    /// # Errors
    /// The terminal has ended.
    pub fn picture(&mut self, name: &str) -> Result<(), String> {
        self.taken += 1;
        match &self.frames {
            Some(folder) => {
                let file = folder.join(format!("{:02}-{name}.png", self.taken));
                self.terminal.line(&format!("frame {}", file.display())).map(drop)
            }
            None => Ok(()),
        }
    }

    /// A finger.
    ///
    /// # Errors
    /// There is nothing of that label to tap.
    pub fn tap(&mut self, label: &str) -> Result<(), String> {
        self.say(&format!("tap     {label}"));
        self.terminal.line(&format!("tap {label}")).map(drop)
    }

    /// Time passes: a number of milliseconds or the name of a limit.
    ///
    /// # Errors
    /// No such limit.
    pub fn advance(&mut self, what: &str) -> Result<(), String> {
        self.say(&format!("time    {what}"));
        self.terminal.line(&format!("advance {what}")).map(drop)
    }

    /// Types digits and confirms.
    ///
    /// # Errors
    /// The keypad is not there.
    pub fn pin(&mut self, digits: &str) -> Result<(), String> {
        self.type_pin(digits, "确认密码")
    }

    /// Types digits and taps the button of that label.
    ///
    /// # Errors
    /// The keypad is not there.
    pub fn type_pin(&mut self, digits: &str, confirm: &str) -> Result<(), String> {
        self.say(&format!("pin     {}", "*".repeat(digits.len())));
        for digit in digits.chars() {
            self.terminal.line(&format!("tap {digit}"))?;
        }
        self.tap(confirm)
    }

    /// Whether the page now shows these words.
    ///
    /// # Errors
    /// The terminal has ended.
    pub fn shows(&mut self, words: &str) -> Result<bool, String> {
        Ok(self.terminal.line("labels")?.contains(words))
    }

    /// The page must show these words now.
    ///
    /// # Errors
    /// It does not.
    pub fn must_show(&mut self, words: &str) -> Result<(), String> {
        if self.shows(words)? {
            Ok(())
        } else {
            Err(format!("the page does not say {words}: {}", self.terminal.line("labels")?))
        }
    }

    /// Takes the card out on a page of somebody who is not signed in.
    ///
    /// # Errors
    /// The welcome page does not come.
    pub fn take_card(&mut self) -> Result<(), String> {
        self.ground("card pull")?;
        self.page("welcome")
    }

    /// The same card again, its PIN, and the page `back` must come.
    ///
    /// # Errors
    /// Any of it fails.
    pub fn come_back(&mut self, n: usize, back: &str) -> Result<(), String> {
        self.ground(&format!("card insert {n}"))?;
        self.page("pin")?;
        self.pin(&person(n)?.pin)?;
        self.page(back)
    }

    /// Pulls the card, sees everything hidden, and comes back.
    ///
    /// # Errors
    /// Any of it fails.
    pub fn pull_and_come_back(&mut self, n: usize, back: &str) -> Result<(), String> {
        self.ground("card pull")?;
        self.page("gone")?;
        self.come_back(n, back)
    }

    /// From the table to a slip being printed.
    ///
    /// # Errors
    /// Any of it fails.
    pub fn print_slip(&mut self) -> Result<(), String> {
        self.page("table")?;
        self.tap("打印凭条")?;
        self.page("slip-choice")?;
        self.tap("不打印金额")
    }

    /// Card of persona `n` in, right PIN, home.
    ///
    /// # Errors
    /// Any of it fails.
    pub fn sign_in(&mut self, n: usize) -> Result<(), String> {
        self.page("welcome")?;
        self.ground(&format!("card insert {n}"))?;
        self.page("pin")?;
        self.pin(&person(n)?.pin)?;
        self.page("home")
    }

    /// From home to the table of this year's pension contributions.
    ///
    /// # Errors
    /// Any of it fails.
    pub fn ask_contributions(&mut self) -> Result<(), String> {
        self.tap("查询权益")?;
        self.tap("缴费明细查询")?;
        self.page("form")?;
        self.tap("城镇职工基本养老保险")?;
        self.page("form")?;
        self.tap("今年以来")
    }

    /// From home to the certificate of twelve months being made.
    ///
    /// # Errors
    /// Any of it fails.
    pub fn ask_certificate(&mut self) -> Result<(), String> {
        self.tap("打印证明")?;
        self.tap("参保证明打印")?;
        self.page("form")?;
        self.tap("最近 12 个月")
    }

    /// Leave, take the card, welcome.
    ///
    /// # Errors
    /// Any of it fails.
    pub fn leave(&mut self) -> Result<(), String> {
        self.tap("取卡离开")?;
        self.page("farewell")?;
        self.ground("card pull")?;
        self.home_again()
    }

    /// Waits until the ID reader has looked twice and found nothing: what lies there before is somebody else's.
    ///
    /// # Errors
    /// It does not.
    pub fn wait_for_search(&mut self, before: usize) -> Result<(), String> {
        let windows = &mut self.ground.windows;
        let limit = std::time::Duration::from_secs(20);
        crate::until::until("the reader to look", limit, || windows.searches().ok().filter(|now| *now > before + 2))
            .map(drop)
    }

    /// The one-time code in the newest message to persona `n`.
    ///
    /// # Errors
    /// No message has come.
    pub fn one_time_code(&mut self, n: usize) -> Result<String, String> {
        let message = self.ground.line(&format!("phone message {n}"))?;
        Ok(message.split("验证码 ").nth(1).unwrap_or_default().chars().take(6).collect())
    }

    /// Leaves a visit that had no card.
    ///
    /// # Errors
    /// The welcome page does not come.
    pub fn leave_without_card(&mut self) -> Result<(), String> {
        self.tap("结束离开")?;
        self.gone("结束离开")?;
        self.home_again()
    }

    /// The card is out; the farewell page may stand a while if there is paper to take.
    ///
    /// # Errors
    /// The welcome page does not come.
    pub fn home_again(&mut self) -> Result<(), String> {
        let terminal = &mut self.terminal;
        let gone = crate::until::until("the card to be seen out", std::time::Duration::from_secs(10), || {
            let labels = terminal.line("labels").ok()?;
            (!labels.contains("1 张社会保障卡")).then_some(())
        });
        gone?;
        if self.terminal.line("page")? == "farewell" {
            self.advance("farewell")?;
        }
        self.page("welcome")
    }

    /// Puts receipt and certificate beside the pictures.
    ///
    /// # Errors
    /// The judges cannot read them.
    pub fn keep_paper(&self) -> Result<(), String> {
        match &self.frames {
            Some(frames) => paper::keep(&self.ground, self.dots, frames),
            None => Ok(()),
        }
    }

    fn say(&self, line: &str) {
        if self.frames.is_some() {
            println!("  {line}");
        }
    }
}
