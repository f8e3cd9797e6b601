//! What an IPP printer says about itself, pure: reasons to fault codes, states to closed enums.
//!
//! Reasons are matched by prefix: real printers and ippeveprinter choose the suffix (-report, -warning, -error) as they like.
//! A `-report` never stops anything. Source: PWG 5100.9 and RFC 8011 5.4.12.

use super::Status;
use crate::fault::Code;

/// Most severe first: what to say when a printer says several things.
const REASONS: &[(&str, Code)] = &[
    ("media-jam", Code::PageJam),
    ("cover-open", Code::PageCoverOpen),
    ("door-open", Code::PageCoverOpen),
    ("interlock-open", Code::PageCoverOpen),
    ("media-empty", Code::PagePaperOut),
    ("media-needed", Code::PagePaperOut),
    ("input-tray-missing", Code::PagePaperOut),
    ("toner-empty", Code::PageTonerOut),
    ("marker-supply-empty", Code::PageTonerOut),
    ("marker-waste-full", Code::PageTonerOut),
    ("paused", Code::PageStopped),
    ("moving-to-paused", Code::PageStopped),
    ("shutdown", Code::PageStopped),
    ("stopped-partly", Code::PageStopped),
    ("offline", Code::PageOffline),
    ("connecting-to-device", Code::PageOffline),
    ("timed-out", Code::PageOffline),
    ("media-low", Code::PagePaperLow),
];

/// Printer states of RFC 8011 5.4.11.
const IDLE: i32 = 3;
const STOPPED: i32 = 5;

/// How the printer is. What blocks it blocks though it says "processing": ippeveprinter does so without paper. A warning of an idle
/// printer does not: a CUPS queue repeats the last one until it prints again, and would stay closed for ever.
#[must_use]
pub fn status(state: i32, reasons: &[String]) -> Status {
    let counts = |reason: &&String| state != IDLE || !reason.ends_with("-warning");
    match blocking(&reasons.iter().filter(counts).cloned().collect::<Vec<_>>()) {
        Some(code) => Status::Stopped(code),
        None if state == STOPPED => Status::Stopped(Code::PageStopped),
        None => Status::Ready(mentioned(reasons)),
    }
}

/// The most severe reason that stops printing, if any.
#[must_use]
pub fn blocking(reasons: &[String]) -> Option<Code> {
    let serious: Vec<&String> = reasons.iter().filter(|reason| !reason.ends_with("-report")).collect();
    first(&serious).filter(|code| *code != Code::PagePaperLow)
}

/// The most severe reason of all, whether it stops printing or not.
#[must_use]
pub fn mentioned(reasons: &[String]) -> Option<Code> {
    first(&reasons.iter().collect::<Vec<_>>())
}

fn first(reasons: &[&String]) -> Option<Code> {
    REASONS.iter().find(|(prefix, _)| reasons.iter().any(|reason| reason.starts_with(prefix))).map(|(_, code)| *code)
}

/// A CUPS queue whose printer has vanished says so in a sentence only; the reason that it should have given.
#[must_use]
pub fn behind_a_queue(message: &str) -> Option<&'static str> {
    message.contains("may not exist or is unavailable").then_some("offline-error")
}

/// How far a job is (RFC 8011 5.3.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    /// Pending, held, processing or stopped: not ended.
    Running,
    /// 7.
    Cancelled,
    /// 8.
    Aborted,
    /// 9.
    Completed,
    /// 9, and it does not say that it came out.
    Unsure,
}

/// The job's state from its number and its reasons.
#[must_use]
pub fn job(state: i32, reasons: &[String]) -> Option<Job> {
    match state {
        3..=6 => Some(Job::Running),
        7 => Some(Job::Cancelled),
        8 => Some(Job::Aborted),
        9 if came_out(reasons) => Some(Job::Completed),
        9 => Some(Job::Unsure),
        _ => None,
    }
}

/// Whether a completed job came out as far as its printer knows: it may only have handed it on to a device that tells nothing back,
/// or not have got all of it onto paper (RFC 8011 5.3.8).
fn came_out(reasons: &[String]) -> bool {
    !reasons.iter().any(|reason| reason == "queued-in-device" || reason == "job-completed-with-errors")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(reasons: &[&str]) -> Vec<String> {
        reasons.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_report_of_an_old_jam_closes_the_printer() {
        assert_eq!(status(3, &said(&["media-jam-report"])), Status::Ready(Some(Code::PageJam)));
        assert_eq!(status(3, &said(&["media-jam-error"])), Status::Stopped(Code::PageJam));
    }

    #[test]
    fn paper_out_hides_behind_another_suffix_or_reason() {
        for reason in ["media-empty", "media-empty-warning", "media-empty-error", "media-needed"] {
            assert_eq!(
                status(4, &said(&["media-low-report", reason])),
                Status::Stopped(Code::PagePaperOut),
                "{reason}"
            );
        }
        assert_eq!(status(4, &said(&["media-empty-warning", "media-jam-warning"])), Status::Stopped(Code::PageJam));
    }

    #[test]
    fn a_queue_stays_closed_after_the_paper_is_refilled() {
        assert_eq!(status(3, &said(&["media-empty-warning"])), Status::Ready(Some(Code::PagePaperOut)));
        assert_eq!(status(3, &said(&["media-empty-error"])), Status::Stopped(Code::PagePaperOut));
    }

    #[test]
    fn low_paper_or_an_unknown_reason_closes_the_printer() {
        assert_eq!(status(3, &said(&["media-low-warning"])), Status::Ready(Some(Code::PagePaperLow)));
        assert_eq!(status(3, &said(&["none"])), Status::Ready(None));
        assert_eq!(status(4, &said(&["fuser-over-temp-report"])), Status::Ready(None));
        assert_eq!(status(5, &said(&[])), Status::Stopped(Code::PageStopped));
    }

    #[test]
    fn a_job_that_was_only_handed_on_counts_as_printed() {
        for reason in ["queued-in-device", "job-completed-with-errors"] {
            assert_eq!(job(9, &said(&["none", reason])), Some(Job::Unsure), "{reason}");
            assert_eq!(job(5, &said(&[reason])), Some(Job::Running), "{reason}");
        }
        for reasons in [said(&[]), said(&["none"]), said(&["job-completed-successfully"])] {
            assert_eq!(job(9, &reasons), Some(Job::Completed), "{reasons:?}");
        }
    }
}
