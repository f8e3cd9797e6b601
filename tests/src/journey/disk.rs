//! The disk breaks: it is full, read-only or damaged. What cannot be kept is not begun, what was kept is not given up, and somebody is told what to do.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::good::expect;
use super::{Ending, Journey, Play, mail, witness};
use crate::powercut::restart::put;
use crate::terminal::Terminal;
use crate::terminal::held::Held;

/// Every such journey, and how each must end.
pub(super) fn journeys() -> Vec<Journey> {
    let nothing = || Ending { pages: "", journal: &[], documents: 0, receipts: 0, sheets: 0 };
    let closed_for_a_while = "welcome reading pin checking home form fetching table farewell welcome";
    vec![
        Journey {
            name: "disk-full",
            tells: "nothing can be kept: what is personal is closed with the reason, the guide is open; with room again all is kept and offered",
            play: disk_full,
            ending: Ending { pages: closed_for_a_while, ..nothing() },
        },
        Journey {
            name: "disk-read-only",
            tells: "the disk takes no more writes while somebody stands there: as with a full one",
            play: disk_read_only,
            ending: Ending { pages: closed_for_a_while, ..nothing() },
        },
        Journey {
            name: "disk-read-only-while-printing",
            tells: "the disk takes nothing in the moment in which a slip comes out: when it does again, the journal says that it was printed, and that its person was told",
            play: disk_read_only_while_printing,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table slip-choice printing printed farewell welcome",
                journal: &[("slip", "Q02", "printed")],
                receipts: 1,
                ..nothing()
            },
        },
        Journey {
            name: "disk-read-only-at-start",
            tells: "the terminal refuses to start on a disk that it may only read, names the file and says what to do",
            play: disk_read_only_at_start,
            ending: Ending { pages: "welcome", ..nothing() },
        },
        Journey {
            name: "journal-damaged",
            tells: "junk stands in a page of the journal: the terminal refuses to start, changes nothing and says what to do; with it moved away a new one begins, \
                    whose head of the same day the agency takes",
            play: journal_damaged,
            ending: Ending { pages: "welcome", journal: &[("slip", "Q02", "printed")], receipts: 1, ..nothing() },
        },
    ]
}

fn disk_full(play: &mut Play) -> Result<(), String> {
    let disk = play.ground.path("terminal");
    play.terminal.kill();
    play.disk = Some(SmallDisk::mount(&disk)?);
    play.terminal = Terminal::start(&disk, &play.ground.site_toml())?;
    play.open("请插入社会保障卡")?;
    let filler = disk.join("filler");
    let full = std::fs::write(&filler, vec![0; 4 << 20]).is_err();
    expect(full, "the disk is larger than was said")?;
    closed_for_a_while(play, || std::fs::remove_file(&filler).map_err(|error| error.to_string()))
}

/// Somebody comes while nothing can be kept, sees why, and is served once `mend` has been done.
fn closed_for_a_while(play: &mut Play, mend: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
    play.sign_in(2)?;
    play.tap("查询权益")?;
    play.open("本机暂停个人业务")?;
    play.picture("closed")?;
    expect(play.tap("缴费明细查询").is_err(), "records can be asked for")?;
    let told = std::fs::read_to_string(&play.terminal.log).unwrap_or_default();
    expect(told.contains("event=fault code=store.unwritable"), "no technician is told")?;
    mend()?;
    play.gone("本机暂停个人业务")?;
    play.tap("全部事项")?;
    play.ask_contributions()?;
    play.page("table")?;
    play.leave()
}

fn disk_read_only(play: &mut Play) -> Result<(), String> {
    let mut held = read_only(play)?;
    closed_for_a_while(play, || held.let_go())
}

fn disk_read_only_while_printing(play: &mut Play) -> Result<(), String> {
    play.sign_in(2)?;
    play.ask_contributions()?;
    play.page("table")?;
    play.ground("receipt paper out after 120")?;
    play.print_slip()?;
    play.open("凭条打印机缺纸")?;
    let mut held = read_only(play)?;
    play.ground("receipt refill")?;
    play.page("printed")?;
    let stands = "SELECT coalesce(outcome, '-'), coalesce(told, '-'), NULL FROM acts";
    let row = |play: &Play| witness::rows(play, "terminal/journal.sqlite", stands);
    expect(row(play)?.iter().all(|(outcome, ..)| outcome == "-"), "the disk took it after all")?;
    held.let_go()?;
    let told = || {
        row(play).ok().filter(|rows| rows.iter().all(|(outcome, told, _)| outcome == "printed" && told == "printed"))
    };
    crate::until::until("the journal to say so", std::time::Duration::from_secs(20), told)?;
    play.leave()
}

fn disk_read_only_at_start(play: &mut Play) -> Result<(), String> {
    play.terminal.kill();
    let (folder, read_only) = (play.ground.path("terminal"), play.ground.path("read-only"));
    std::fs::create_dir_all(&read_only).map_err(|error| error.to_string())?;
    mount(&["--bind", &folder.display().to_string(), &read_only.display().to_string()])?;
    mount(&["-o", "remount,bind,ro", &read_only.display().to_string()])?;
    let site = play.ground.site_toml();
    let directory = |path: &Path| format!("directory = \"{}\"", path.display());
    let said = Terminal::refuses(&folder, &site.replace(&directory(&folder), &directory(&read_only)))?;
    let file = read_only.join("journal.sqlite").display().to_string();
    expect(said.contains(&file) && said.contains("mounted writable"), &format!("it says only {said}"))?;
    let _namespace_goes_anyway = Command::new("umount").arg(&read_only).status();
    play.terminal = Terminal::start(&folder, &site)?;
    play.open("请插入社会保障卡")
}

/// Bytes of a page of the journal.
const PAGE_BYTES: usize = 4096;

fn journal_damaged(play: &mut Play) -> Result<(), String> {
    play.sign_in(1)?;
    play.ask_contributions()?;
    play.print_slip()?;
    play.page("printed")?;
    play.leave()?;
    witness::settled(play)?;
    mail::heads_are_away(play, 1)?;
    play.terminal.kill();
    let (folder, site) = (play.ground.path("terminal"), play.ground.site_toml());
    let (file, aside) = (folder.join("journal.sqlite"), play.ground.path("journal.aside"));
    // Whoever opens it last brings its log into it.
    witness::tamper(&file, "UPDATE acts SET item = item")?;
    let io = |error: std::io::Error| error.to_string();
    let whole = std::fs::read(&file).map_err(io)?;
    let damaged = junk_among_the_acts(play, &whole)?;
    std::fs::write(&file, &damaged).map_err(io)?;
    tells_what_to_do(&file, &Terminal::refuses(&folder, &site)?)?;
    tells_what_to_do(&file, &list_acts(&folder.join("site.toml"))?)?;
    expect(std::fs::read(&file).map_err(io)? == damaged, "what was left of the journal was changed")?;
    let _there_may_be_none = std::fs::remove_file(folder.join("journal.sqlite-wal"));
    std::fs::rename(&file, &aside).map_err(io)?;
    play.terminal = Terminal::start(&folder, &site)?;
    play.open("请插入社会保障卡")?;
    let epoch = "SELECT epoch, NULL, NULL FROM installation";
    let new = witness::rows(play, "terminal/journal.sqlite", epoch)?;
    mail::heads_are_away(play, 2)?;
    play.terminal.kill();
    // For the witnesses: as if nobody had written junk.
    put(&folder, &[("journal.sqlite".to_owned(), whole)].into())?;
    expect(new != witness::rows(play, "terminal/journal.sqlite", epoch)?, "ids will be given again")?;
    play.terminal = Terminal::start(&folder, &site)?;
    play.open("请插入社会保障卡")
}

/// The journal with junk in the page in which its acts stand.
fn junk_among_the_acts(play: &Play, whole: &[u8]) -> Result<Vec<u8>, String> {
    let root = "SELECT CAST(rootpage AS TEXT), NULL, NULL FROM sqlite_master WHERE name = 'acts'";
    let rows = witness::rows(play, "terminal/journal.sqlite", root)?;
    let page: usize = rows.first().and_then(|(page, ..)| page.parse().ok()).ok_or("no acts")?;
    let mut damaged = whole.to_vec();
    let page = damaged.chunks_mut(PAGE_BYTES).nth(page.saturating_sub(1)).ok_or("the journal is too short")?;
    page.iter_mut().zip((0..=255_u8).cycle()).for_each(|(byte, junk)| *byte = junk ^ 0xA5);
    Ok(damaged)
}

/// What `kiosk journal list` says where it cannot.
fn list_acts(site: &Path) -> Result<String, String> {
    let kiosk = crate::ground::beside_us("kiosk")?;
    let output = Command::new(kiosk).args(["journal", "list", "--site"]).arg(site).output();
    let output = output.map_err(|error| error.to_string())?;
    expect(!output.status.success(), "it lists acts from a damaged page")?;
    Ok(String::from_utf8_lossy(&output.stderr).into_owned())
}

fn tells_what_to_do(file: &Path, said: &str) -> Result<(), String> {
    let told = said.contains(&file.display().to_string()) && said.contains("Move it and its -wal away and keep them");
    expect(told, &format!("it says only {said}"))
}

fn mount(arguments: &[&str]) -> Result<(), String> {
    let status = Command::new("mount").args(arguments).status();
    expect(status.is_ok_and(|status| status.success()), &format!("mount {} failed", arguments.join(" ")))
}

/// The terminal's journal takes no writes any more, as after the kernel has made a failing disk read-only. A disk that is in use cannot be
/// remounted so.
fn read_only(play: &Play) -> Result<Held, String> {
    let files = ["journal.sqlite", "journal.sqlite-wal"].map(|name| play.ground.path("terminal").join(name));
    Held::hold(&play.terminal, "pwrite64,ftruncate,fsync,fdatasync", "error=EROFS", &files)
}

/// A disk of two megabytes for the terminal's files; its log stays where there is room. Gone with the journey.
pub(super) struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(disk: &Path) -> Result<Self, String> {
        mount(&["-t", "tmpfs", "-o", "size=2m", "none", &disk.display().to_string()])?;
        let mounted = Self(disk.to_owned());
        let log = disk.with_file_name("kiosk.log");
        std::os::unix::fs::symlink(log, disk.join("kiosk.log")).map_err(|error| error.to_string())?;
        Ok(mounted)
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: the terminal may still be going.
        let _stays = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}
