//! The cells of a table, each played by a program of its own (`hall COMMAND... CELL...`) in namespaces of its own, two at a time. Knows nothing
//! of what a cell plays.

use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Plays every cell; what each said in the end, or what was wrong with it, in the order of the cells.
#[must_use]
pub fn play<const N: usize>(command: &[&str], cells: &[[&str; N]]) -> Vec<Result<String, String>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut rows = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::AcqRel);
            let Some(cell) = cells.get(at) else { return rows };
            rows.push((at, apart(command, cell)));
        }
    };
    let mut rows = std::thread::scope(|scope| {
        let other = scope.spawn(work);
        let mut rows = work();
        rows.extend(other.join().unwrap_or_default());
        rows
    });
    rows.sort_by_key(|(at, _)| *at);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// One cell in a program of its own.
fn apart(command: &[&str], cell: &[&str]) -> Result<String, String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let output = Command::new(program).args(command).args(cell).output().map_err(|error| error.to_string())?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    } else {
        Err(String::from_utf8_lossy(&output.stderr).trim().replace('\n', " "))
    }
}
