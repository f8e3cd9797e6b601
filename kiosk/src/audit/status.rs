//! `kiosk audit status`: what is kept of the audit, how far it is exported, how much room there is for what is not, and what somebody should do
//! next. And the one place that says when room is short.

use std::path::Path;

use contract::format::Date;
use contract::site::Site;

use super::tool::ToolError;
use super::{Head, Line, field};
use crate::clock::Now;
use crate::journal::Journal;
use crate::journal::export::Posted;
use crate::journal::retention::Marks;

/// From here on somebody is told, in percent of what may wait for an export: a busy hall has three months left then.
const SHORT_PERCENT: u64 = 70;

/// Room for lines that nobody has exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// There is enough.
    Enough,
    /// Somebody should export soon.
    Short,
    /// There is none: what would add to them is closed.
    None,
}

impl Room {
    /// With so many lines of at most so many. Lines that are exported take no room.
    #[must_use]
    pub fn of(unexported_lines: u64, most_lines: u64) -> Self {
        if unexported_lines >= most_lines {
            Self::None
        } else if unexported_lines.saturating_mul(100) >= most_lines.saturating_mul(SHORT_PERCENT) {
            Self::Short
        } else {
            Self::Enough
        }
    }
}

/// How to export by hand.
const BY_HAND: &str = "kiosk audit export --unexported > FILE; on another machine deploy/verify-audit FILE, and keep it there; then kiosk audit \
                       acknowledge SEQUENCE:DIGEST --staff NUMBER, with the head that was printed";

/// How it stands.
#[derive(Debug)]
pub struct Status {
    marks: Marks,
    first: Option<Line>,
    first_unexported: Option<Line>,
    last: Option<Line>,
    posted: Option<Posted>,
    /// Before which line pruning stands still.
    stuck: Option<i64>,
    /// Whether the auditor's key is configured.
    posts: bool,
    most_lines: u64,
    keep_days: u64,
}

/// Looks, beside a running terminal.
///
/// # Errors
/// [`ToolError::Journal`].
pub fn look(site: &Site, now: Now) -> Result<Status, ToolError> {
    let journal = Journal::look(Path::new(&site.storage.directory))?;
    let moment = journal.moment()?;
    let marks = moment.marks()?;
    let after = |head: &Head| moment.line(head.sequence + 1);
    Ok(Status {
        first: after(&marks.base)?,
        first_unexported: after(if marks.exported.sequence > marks.base.sequence {
            &marks.exported
        } else {
            &marks.base
        })?,
        last: moment.line(marks.head.sequence)?,
        stuck: moment.stands_still(site.limits.audit_keep_days, now)?,
        marks,
        posted: journal.posted_lines()?,
        posts: site.audit.is_some(),
        most_lines: site.limits.audit_unexported_lines_max,
        keep_days: site.limits.audit_keep_days,
    })
}

impl Status {
    /// Whether somebody must do something.
    #[must_use]
    pub fn needs_somebody(&self) -> bool {
        self.room() != Room::Enough || self.refused() || self.stuck.is_some()
    }

    fn room(&self) -> Room {
        Room::of(self.marks.unexported(), self.most_lines)
    }

    fn refused(&self) -> bool {
        self.posted.as_ref().is_some_and(|posted| !posted.on_its_way)
    }

    /// A line each: what, and how it is.
    #[must_use]
    pub fn told(&self) -> Vec<(&'static str, String)> {
        let Marks { base, exported, .. } = &self.marks;
        let up_to = |head: &Head| match head.sequence {
            0 => "nothing yet".to_owned(),
            sequence => format!("up to {sequence}:{}", head.digest),
        };
        let kept = match (&self.first, &self.last) {
            (Some(first), Some(last)) => format!("lines {} to {}", dated(first), dated(last)),
            _ => "nothing".to_owned(),
        };
        let since = self.first_unexported.as_ref().map(|line| format!(", since line {}", dated(line)));
        let stuck = self.stuck.map(|line| {
            format!("; no further than line {line}: the chain does not hold there, kiosk audit verify says how")
        });
        let posts = "set: lines are sealed to it and posted through the agency";
        vec![
            ("kept", kept),
            (
                "pruned",
                format!("{}; lines stay {} days at least{}", up_to(base), self.keep_days, stuck.unwrap_or_default()),
            ),
            ("exported", up_to(exported)),
            (
                "not exported",
                format!("{} of {} lines{}", self.marks.unexported(), self.most_lines, since.unwrap_or_default()),
            ),
            ("auditor's key", if self.posts { posts } else { "none: lines are exported by hand" }.to_owned()),
            ("on its way", self.on_its_way()),
            ("next", self.next()),
        ]
    }

    fn on_its_way(&self) -> String {
        self.posted.as_ref().map_or_else(
            || "nothing".to_owned(),
            |Posted { first, last, on_its_way, .. }| {
                let how = if *on_its_way { "" } else { ": refused, see kiosk journal outbox" };
                format!("lines {first} to {}{how}", last.sequence)
            },
        )
    }

    fn next(&self) -> String {
        let how = match self.posts {
            true => format!("look why the agency takes no parcels (kiosk journal outbox), or by hand: {BY_HAND}"),
            false => BY_HAND.to_owned(),
        };
        match (self.room(), self.refused()) {
            (Room::None, _) => format!(
                "at once: what shows records or adds an act is closed here, and opens by itself as soon as lines are exported. {how}"
            ),
            (Room::Short, _) => format!("soon, before it is full and services are closed: {how}"),
            (Room::Enough, true) => {
                "find out why the agency refuses the lines (kiosk journal outbox); they go again tomorrow".to_owned()
            }
            (Room::Enough, false) if self.stuck.is_some() => {
                "find out what was changed here: kiosk audit verify; what stands before it is in the exports".to_owned()
            }
            (Room::Enough, false) if self.posts => "nothing: the terminal posts its lines every day".to_owned(),
            (Room::Enough, false) => format!("nothing yet; when you export: {BY_HAND}"),
        }
    }
}

/// A line's number, and its day where it tells one.
fn dated(line: &Line) -> String {
    let day: Option<Date> = field(&line.text, "unix_ms")
        .and_then(|ms| ms.parse().ok())
        .map(|unix_ms| Now { elapsed_ms: 0, unix_ms }.date());
    day.map_or_else(|| line.sequence.to_string(), |day| format!("{} ({day})", line.sequence))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_told_before_it_is_full() {
        let rooms = [0, 699, 700, 999, 1000, 5000].map(|lines| Room::of(lines, 1000));
        assert_eq!(rooms, [Room::Enough, Room::Enough, Room::Short, Room::Short, Room::None, Room::None]);
    }
}
