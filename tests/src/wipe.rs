//! The wipe proof: what a visitor brought and typed is found while they are served, and nowhere once they have gone.
//!
//! One visit touches all that may keep something: card, PIN, Chinese typing, a table, a slip, a certificate through CUPS, a filing. Others
//! end where a visit may end (the card is pulled while it is read, while an address is typed, on the PIN page, or while the page printer is at
//! work; the program panics), and one changes the PIN. After each moment every place is searched ([`scan`]) for every secret in every encoding
//! ([`patterns`]). Called by `hall wipe`; card, agency and printers are the outside world and are not looked at. Must never print a value.
//!
//! What it has shown so far: freed memory is zeroed, so that nothing of a visit stays in the terminal, and beginning anew between visits
//! (`exec`) would take nothing away. pcscd alone kept something: a PIN, until the end of its visit (`hal::card::link::CardLink::forget`).

mod glance;
pub mod patterns;
pub mod scan;
mod visit;

use std::path::Path;

use clap::Args;

use crate::journey::Play;
use glance::Watch;
use visit::Skip;

/// What to do.
#[derive(Args)]
pub struct Wanted {
    /// Have the terminal keep a copy of every page: the search must fail.
    #[arg(long)]
    hoard: bool,
    /// Have this part of a visit's end skipped: the search must fail.
    #[arg(long, value_name = "PART", conflicts_with = "hoard")]
    skip: Option<Skip>,
    /// Print the bytes around whatever is found where it must not be (all people are invented).
    #[arg(long)]
    around: bool,
}

/// Plays the visits and looks after each moment; prints a line a moment and place.
///
/// # Errors
/// What was found where it must not be, or not found where it must; the first such find is named.
pub fn run(wanted: &Wanted) -> Result<(), String> {
    // All may run at once, and process ids repeat in namespaces.
    let name = match (wanted.hoard, wanted.skip) {
        (true, _) => "hall-wipe-hoard",
        (false, Some(Skip::Glass)) => "hall-wipe-glass",
        (false, Some(Skip::Engine)) => "hall-wipe-engine",
        (false, None) => "hall-wipe",
    };
    let directory = std::env::temp_dir().join(name);
    let _from_last_time = std::fs::remove_dir_all(&directory);
    let told = search(wanted, &directory).map_err(|why| format!("{why}\n  files: {}", directory.display()));
    told?;
    std::fs::remove_dir_all(&directory).map_err(|error| format!("{}: {error}", directory.display()))
}

fn search(wanted: &Wanted, directory: &Path) -> Result<(), String> {
    let mut play = Play::begin(directory, None)?;
    let _queue = play.print_queue()?;
    let mut watch = Watch::new(wanted.around, vec![directory.join("queue")])?;
    watch.look(&play, glance::FRESH)?;
    if wanted.skip.is_some() {
        visit::left_while_typing(&mut play, &mut watch, wanted.skip)?;
        return watch.judge();
    }
    if wanted.hoard {
        play.terminal.line("hoard")?;
    }
    // The first card: its commands are counted from the start of the ground.
    visit::while_the_card_is_read(&mut play, &mut watch)?;
    if !wanted.hoard {
        // Before anything is filed: what was filed is not asked again.
        visit::left_while_typing(&mut play, &mut watch, None)?;
    }
    visit::whole(&mut play, &mut watch)?;
    let (clock, after) = (play.terminal.line("clock")?, directory.join("after.png"));
    play.terminal.line(&format!("frame {}", after.display()))?;
    if wanted.hoard {
        return watch.judge();
    }
    visit::left_on_the_pin_page(&mut play, &mut watch)?;
    visit::gone_while_it_prints(&mut play, &mut watch)?;
    visit::cut_short_by_a_panic(&mut play, &mut watch)?;
    visit::with_another_pin(&mut play, &mut watch)?;
    play.another_terminal("unused")?;
    // Each device is a fault until it has been heard.
    play.gone("工作人员：")?;
    play.advance(&clock)?;
    let fresh = directory.join("fresh.png");
    play.terminal.line(&format!("frame {}", fresh.display()))?;
    same_picture(&fresh, &after)?;
    watch.judge()?;
    println!("found in the visit, nothing after it");
    Ok(())
}

/// The welcome page after a visit and that of a terminal that nobody ever used, at the same time of day.
pub(crate) fn same_picture(fresh: &Path, after: &Path) -> Result<(), String> {
    let (fresh, after) = (pixels(fresh)?, pixels(after)?);
    let differ = fresh.iter().zip(&after).filter(|(fresh, after)| fresh != after).count();
    if differ > 0 || fresh.len() != after.len() || fresh.is_empty() {
        return Err(format!("the welcome page is not that of a fresh terminal: {differ} of {} bytes", fresh.len()));
    }
    println!("welcome page: {} pixels, all as a fresh terminal's", fresh.len() / 3);
    Ok(())
}

fn pixels(file: &Path) -> Result<Vec<u8>, String> {
    let said = |why: &dyn std::fmt::Display| format!("{}: {why}", file.display());
    let opened = std::fs::File::open(file).map_err(|error| said(&error))?;
    let mut reader = png::Decoder::new(std::io::BufReader::new(opened)).read_info().map_err(|error| said(&error))?;
    let mut bytes = vec![0; reader.output_buffer_size().ok_or_else(|| said(&"too large"))?];
    reader.next_frame(&mut bytes).map_err(|error| said(&error))?;
    Ok(bytes)
}
