//! Drives a page printer over IPP, straight to the printer, so that no spool keeps a document; or through a CUPS queue. The only
//! file that names the IPP crate.
//!
//! A queue hides its printer: without it a job stays "processing" and only a sentence tells. The queue must keep no document after
//! its job, and the job's end just long enough to be asked for (`deploy/cups/cupsd.conf`). It answers for itself only: that it
//! holds no job does not say that its printer holds none.
//!
//! A job is made with Print-Job, then asked for until it has ended; while the printer waits for paper, time does not count
//! against the deadline. `send` returns `Ok` for refusals too, so every answer's status code is looked at.

use std::time::{Duration, Instant};

use ipp::operation::{GetJobs, IppOperation};
use ipp::prelude::*;

use super::reason::{self, Job, blocking};
use super::{Identity, PageError, PagePrinter, Printed, Status};
use crate::control::{Control, Progress};
use crate::fault::Code;
use crate::wire::steady::pause;

/// Between two looks at a job, because IPP notifies nobody: short beside a page's seconds, long beside a request's milliseconds.
const LOOK: Duration = Duration::from_millis(250);
/// One request; a printer that has fallen asleep answers within this. Whoever asks may have less time.
const REQUEST: Duration = Duration::from_secs(5);
/// By so much a socket's own time-out may end too early.
const TICK: Duration = Duration::from_millis(20);
/// How long a cancelled job may take to end.
const CANCEL_WAIT: Duration = Duration::from_secs(10);
/// How often a question about a running job may fail before the printer counts as gone.
const MISSES: u32 = 3;
const PRINTER: DelimiterTag = DelimiterTag::PrinterAttributes;
/// Both sides, turned over the long edge, as a reader of a sheet expects.
const BOTH_SIDES: &str = "two-sided-long-edge";
/// Stands as owner on the printer's panel; names no person.
const USER: &str = "kiosk";

/// A page printer.
pub struct IppPrinter {
    uri: String,
    two_sided: bool,
    /// Whether a job of that name is ours.
    ours: IsOurs,
}

/// Knows our own jobs by their names.
type IsOurs = Box<dyn Fn(&str) -> bool + Send>;

/// What went wrong with one request.
enum Fail {
    Unreachable,
    /// It says no, before it has done anything.
    Refused,
    /// Nonsense, or an error in the middle of it: a printer that prints while it receives may have begun.
    Garbled,
}

impl IppPrinter {
    /// The printer at `ipp://host:port/path`; prints on both sides where asked to and it can.
    #[must_use]
    pub fn new(uri: &str, two_sided: bool) -> Self {
        Self { uri: uri.to_owned(), two_sided, ours: Box::new(|_| true) }
    }

    /// The same, shared with others: a job of another name is none of ours, and is left alone.
    #[must_use]
    pub fn shared(self, ours: impl Fn(&str) -> bool + Send + 'static) -> Self {
        Self { ours: Box::new(ours), ..self }
    }

    fn uri(&self) -> Result<Uri, Fail> {
        self.uri.parse().map_err(|_| Fail::Unreachable)
    }

    fn ask(&self, operation: impl Into<IppRequestResponse>, deadline: Instant) -> Result<IppRequestResponse, Fail> {
        let time = deadline.saturating_duration_since(Instant::now()).min(REQUEST);
        if time.is_zero() {
            return Err(Fail::Unreachable);
        }
        let until = Instant::now() + time.saturating_sub(TICK);
        let client = IppClient::builder(self.uri()?).request_timeout(time).build();
        let answer = client.send(operation).map_err(|error| match error {
            // Cut off because its time was up, an answer cannot be read either; that is silence, and no nonsense.
            IppError::ParseError(_) if Instant::now() < until => Fail::Garbled,
            _ => Fail::Unreachable,
        })?;
        match answer.header().status_code() {
            status if status.is_success() => Ok(answer),
            status if is_before_any_work(status) => Err(Fail::Refused),
            _ => Err(Fail::Garbled),
        }
    }

    fn attributes(&self, wanted: &[&str], deadline: Instant) -> Result<IppRequestResponse, Fail> {
        let operation = IppOperationBuilder::get_printer_attributes(self.uri()?)
            .attributes(wanted)
            .build()
            .map_err(|_| Fail::Garbled)?;
        self.ask(operation, deadline)
    }

    fn printer(&self, deadline: Instant) -> Result<(i32, Vec<String>), Fail> {
        let answer = self.attributes(&["printer-state", "printer-state-reasons", "printer-state-message"], deadline)?;
        let state = number(&answer, PRINTER, "printer-state").ok_or(Fail::Garbled)?;
        let message = texts(&answer, PRINTER, "printer-state-message").concat();
        // A queue that does not reach its printer repeats what it heard last: an old lack of paper would hide the new one.
        let reasons = match reason::behind_a_queue(&message) {
            Some(reason) => vec![reason.to_owned()],
            None => keywords(&answer, PRINTER, "printer-state-reasons"),
        };
        Ok((state, reasons))
    }

    fn send(&self, job_name: &str, pdf: &[u8], deadline: Instant) -> Result<i32, Fail> {
        let payload = IppPayload::new(std::io::Cursor::new(pdf.to_vec()));
        let sides = self.two_sided && self.sides(deadline)?;
        let mut operation = IppOperationBuilder::print_job(self.uri()?, payload)
            .user_name(USER)
            .job_title(job_name)
            .document_format("application/pdf");
        if sides {
            let sides = IppValue::Keyword(BOTH_SIDES.try_into().map_err(|_| Fail::Garbled)?);
            operation = operation.attribute(IppAttribute::with_name("sides", sides).map_err(|_| Fail::Garbled)?);
        }
        let operation = operation.build().map_err(|_| Fail::Garbled)?;
        let answer = self.ask(operation, deadline)?;
        number(&answer, DelimiterTag::JobAttributes, "job-id").ok_or(Fail::Garbled)
    }

    /// Whether it prints on both sides.
    fn sides(&self, deadline: Instant) -> Result<bool, Fail> {
        let answer = self.attributes(&["sides-supported"], deadline)?;
        Ok(keywords(&answer, PRINTER, "sides-supported").iter().any(|sides| sides == BOTH_SIDES))
    }

    fn describe(&self, deadline: Instant) -> Result<Identity, Fail> {
        const WANTED: &[&str] = &[
            "printer-make-and-model",
            "printer-firmware-string-version",
            "printer-serial-number",
            "media-ready",
            "marker-names",
            "marker-levels",
            "sides-supported",
        ];
        let answer = self.attributes(WANTED, deadline)?;
        let first = |name: &str| texts(&answer, PRINTER, name).into_iter().find(|text| !text.is_empty());
        let names = texts(&answer, PRINTER, "marker-names");
        let levels = numbers(&answer, PRINTER, "marker-levels");
        // Negative levels mean "unknown" (-2) and "there is some" (-3).
        let level =
            |at: usize| levels.get(at).and_then(|level| u8::try_from(*level).ok()).filter(|level| *level <= 100);
        Ok(Identity {
            model: first("printer-make-and-model"),
            firmware: first("printer-firmware-string-version"),
            serial: first("printer-serial-number"),
            media_ready: keywords(&answer, PRINTER, "media-ready"),
            supplies: names.into_iter().enumerate().map(|(at, name)| (name, level(at))).collect(),
            two_sided: keywords(&answer, PRINTER, "sides-supported").iter().any(|sides| sides == BOTH_SIDES),
        })
    }

    /// How far a job is. Get-Job-Attributes without `requested-attributes` means all of them (RFC 8011 4.3.4.1).
    fn job(&self, id: i32, deadline: Instant) -> Result<Job, Fail> {
        let operation = IppOperationBuilder::get_job_attributes(self.uri()?, id)
            .user_name(USER)
            .build()
            .map_err(|_| Fail::Garbled)?;
        let answer = self.ask(operation, deadline)?;
        answer.attributes().groups_of(DelimiterTag::JobAttributes).find_map(state_of).ok_or(Fail::Garbled)
    }

    fn cancel(&self, id: i32, deadline: Instant) -> Result<(), Fail> {
        let operation =
            IppOperationBuilder::cancel_job(self.uri()?, id).user_name(USER).build().map_err(|_| Fail::Garbled)?;
        self.ask(operation, deadline).map(drop)
    }

    /// Ids of our jobs that it still holds, and of those that it does not name. Get-Jobs without `which-jobs` means those that have not ended
    /// (RFC 8011 4.2.6).
    fn held(&self, deadline: Instant) -> Result<Vec<i32>, Fail> {
        let answer = self.jobs(None, &["job-id", "job-name"], deadline)?;
        let jobs = answer.attributes().groups_of(DelimiterTag::JobAttributes);
        let ours = jobs.filter(|job| {
            job.get("job-name").and_then(|name| name_of(name.value())).is_none_or(|name| (self.ours)(&name))
        });
        Ok(ours.filter_map(|job| as_number(job.get("job-id")?.value())).collect())
    }

    /// Get-Jobs, with `which-jobs` where it is given.
    fn jobs(&self, which: Option<&str>, wanted: &[&str], deadline: Instant) -> Result<IppRequestResponse, Fail> {
        let operation = GetJobs::new(self.uri()?, Some(USER)).map_err(|_| Fail::Garbled)?;
        let mut request = operation.into_ipp_request();
        let keyword = |word: &str| word.try_into().map(IppValue::Keyword).map_err(|_| Fail::Garbled);
        let wanted = wanted.iter().map(|word| keyword(word)).collect::<Result<_, _>>()?;
        let which = which.map(keyword).transpose()?.map(|which| ("which-jobs", which));
        for (name, value) in which.into_iter().chain([("requested-attributes", IppValue::Array(wanted))]) {
            let attribute = IppAttribute::with_name(name, value).map_err(|_| Fail::Garbled)?;
            request.attributes_mut().add(DelimiterTag::OperationAttributes, attribute);
        }
        self.ask(request, deadline)
    }

    /// States of the jobs of that name that have ended, as far as it remembers (Get-Jobs with `which-jobs`, RFC 8011 4.2.6).
    fn ended(&self, job_name: &str, deadline: Instant) -> Result<Vec<Job>, Fail> {
        let answer = self.jobs(Some("completed"), &["job-name", "job-state", "job-state-reasons"], deadline)?;
        let of_that_name = answer.attributes().groups_of(DelimiterTag::JobAttributes).filter(|group| {
            group.get("job-name").and_then(|name| name_of(name.value())).is_some_and(|name| name == job_name)
        });
        Ok(of_that_name.filter_map(state_of).collect())
    }

    /// Follows a job to its end. `before` it began, the printer spoke of that.
    fn follow(&self, id: i32, before: Option<Code>, control: &Control<'_>) -> Result<Printed, PageError> {
        let mut deadline = control.deadline;
        let mut blocked: Option<Code> = None;
        let mut finding = None;
        let mut misses = 0;
        let mut old_jam = before == Some(Code::PageJam);
        loop {
            let looked_at = Instant::now();
            match self.job(id, soon()) {
                Ok(Job::Completed) => return Ok(Printed { finding }),
                Ok(Job::Aborted) => return Err(PageError::Aborted(self.why_aborted())),
                Ok(Job::Cancelled) => return Err(PageError::CancelledCleared),
                Ok(Job::Unsure) => return Err(PageError::NoAnswer),
                Ok(Job::Running) => misses = 0,
                Err(_) => misses += 1,
            }
            if misses >= MISSES {
                return Err(PageError::NoAnswer);
            }
            if control.cancel.is_cancelled() {
                return Err(self.abandon(id));
            }
            let complaint = self.printer(soon()).map(|(_, reasons)| blocking(&reasons));
            let waits_for = match complaint {
                Ok(None) if misses == 0 => None,
                Ok(Some(code)) => Some(code),
                // It has not said that it goes on.
                Ok(None) | Err(_) => blocked,
            };
            match (blocked, waits_for) {
                (None, Some(code)) => (control.progress)(Progress::Blocked(code)),
                (Some(_), None) => (control.progress)(Progress::Resumed),
                _ => {}
            }
            blocked = waits_for;
            // A printer that still speaks of a jam from before the job has nothing of this job in it.
            old_jam &= blocked == Some(Code::PageJam);
            if blocked == Some(Code::PageJam) && !old_jam {
                // Printers begin a jammed job again by themselves; what had come out is still there.
                finding = Some(Code::PageReprinted);
            }
            pause(LOOK);
            // A printer that has vanished behind its queue waits for nobody in the hall, and time stands still only for one that speaks.
            if matches!(complaint, Ok(Some(code)) if code != Code::PageOffline) {
                deadline += looked_at.elapsed();
            } else if Instant::now() >= deadline {
                return Err(PageError::NoAnswer);
            }
        }
    }

    /// Why a job was given up: what the printer complains of, even if it only reports it.
    fn why_aborted(&self) -> Code {
        let reasons = self.printer(soon()).map(|(_, reasons)| reasons).unwrap_or_default();
        match reason::status(0, &reasons) {
            Status::Stopped(code) | Status::Ready(Some(code)) => code,
            Status::Ready(None) => Code::PageAborted,
        }
    }

    /// Cancels a job and waits until the printer says that it has ended.
    fn abandon(&self, id: i32) -> PageError {
        let until = Instant::now() + CANCEL_WAIT;
        // A refusal may mean that it has just ended; the job's own state decides.
        let _decided_below = self.cancel(id, until);
        while Instant::now() < until {
            match self.job(id, until) {
                Ok(Job::Cancelled | Job::Aborted | Job::Completed) => return PageError::CancelledCleared,
                Ok(Job::Unsure) => break,
                Ok(Job::Running) | Err(_) => pause(LOOK),
            }
        }
        PageError::CancelledHeld
    }
}

impl PagePrinter for IppPrinter {
    fn status(&mut self, control: &Control<'_>) -> Result<Status, PageError> {
        match self.printer(control.deadline) {
            Ok((state, reasons)) => Ok(reason::status(state, &reasons)),
            Err(Fail::Unreachable) => Err(PageError::Unreachable),
            Err(Fail::Refused | Fail::Garbled) => Err(PageError::Garbled),
        }
    }

    fn identity(&mut self, control: &Control<'_>) -> Result<Identity, PageError> {
        self.describe(control.deadline).map_err(|fail| match fail {
            Fail::Unreachable => PageError::Unreachable,
            Fail::Refused | Fail::Garbled => PageError::Garbled,
        })
    }

    fn print(&mut self, job_name: &str, pdf: &[u8], control: &Control<'_>) -> Result<Printed, PageError> {
        if control.cancel.is_cancelled() {
            return Err(PageError::CancelledUnsent);
        }
        // A printer that cannot be reached now has certainly not got the job; one that vanishes while it is sent may have.
        let before = match self.printer(control.deadline) {
            Err(Fail::Unreachable) => return Err(PageError::Unreachable),
            Err(Fail::Refused | Fail::Garbled) => None,
            Ok((_, reasons)) => reason::mentioned(&reasons),
        };
        let id = self.send(job_name, pdf, control.deadline).map_err(|fail| match fail {
            Fail::Unreachable => PageError::NoAnswer,
            Fail::Refused => PageError::Refused,
            Fail::Garbled => PageError::Garbled,
        })?;
        (control.progress)(Progress::Accepted);
        self.follow(id, before, control)
    }

    fn has_printed(&mut self, job_name: &str, control: &Control<'_>) -> Result<bool, PageError> {
        match self.ended(job_name, control.deadline) {
            Ok(jobs) => Ok(jobs.iter().any(|job| matches!(job, Job::Completed))),
            Err(Fail::Unreachable) => Err(PageError::Unreachable),
            Err(Fail::Refused | Fail::Garbled) => Err(PageError::Garbled),
        }
    }

    fn clear(&mut self, control: &Control<'_>) -> Result<(), PageError> {
        for id in self.held(control.deadline).map_err(|_| PageError::CancelledHeld)? {
            // Refusals are seen in the list that is read again below.
            let _seen_below = self.cancel(id, control.deadline);
        }
        match self.held(control.deadline) {
            Ok(left) if left.is_empty() => Ok(()),
            _ => Err(PageError::CancelledHeld),
        }
    }
}

/// Whether a printer says this instead of doing what it was asked (RFC 8011 appendix B). The others may come while a document is read, or
/// printed: time-out, errors in its data, of the device and of the printer itself, a job that is cancelled.
const fn is_before_any_work(status: StatusCode) -> bool {
    let in_the_middle = matches!(
        status,
        StatusCode::ClientErrorTimeout
            | StatusCode::ClientErrorCompressionError
            | StatusCode::ClientErrorDocumentFormatError
            | StatusCode::ServerErrorInternalError
            | StatusCode::ServerErrorDeviceError
            | StatusCode::ServerErrorTemporaryError
            | StatusCode::ServerErrorJobCanceled
            | StatusCode::UnknownStatusCode
    );
    !in_the_middle
}

/// A look at a job that runs: the job's own deadline stands still while the printer waits for paper.
fn soon() -> Instant {
    Instant::now() + REQUEST
}

fn value<'a>(answer: &'a IppRequestResponse, group: DelimiterTag, name: &str) -> Option<&'a IppValue> {
    answer.attributes().groups_of(group).find_map(|group| group.get(name)).map(IppAttribute::value)
}

fn number(answer: &IppRequestResponse, group: DelimiterTag, name: &str) -> Option<i32> {
    value(answer, group, name).and_then(as_number)
}

const fn as_number(value: &IppValue) -> Option<i32> {
    match value {
        IppValue::Integer(number) | IppValue::Enum(number) => Some(*number),
        _ => None,
    }
}

/// How far the job of this group is.
fn state_of(group: &IppAttributeGroup) -> Option<Job> {
    let state = group.get("job-state").map(IppAttribute::value).and_then(as_number)?;
    reason::job(state, &words(group.get("job-state-reasons").map(IppAttribute::value)))
}

/// A name, whether it says of what language it is or not.
fn name_of(value: &IppValue) -> Option<String> {
    match value {
        IppValue::NameWithoutLanguage(name) | IppValue::NameWithLanguage { name, .. } => Some(name.to_string()),
        _ => None,
    }
}

/// A single value is a scalar, several are an array.
fn each<T>(value: Option<&IppValue>, read: fn(&IppValue) -> Option<T>) -> Vec<T> {
    match value {
        Some(IppValue::Array(values)) => values.iter().filter_map(read).collect(),
        Some(one) => read(one).into_iter().collect(),
        None => Vec::new(),
    }
}

fn numbers(answer: &IppRequestResponse, group: DelimiterTag, name: &str) -> Vec<i32> {
    each(value(answer, group, name), as_number)
}

fn keywords(answer: &IppRequestResponse, group: DelimiterTag, name: &str) -> Vec<String> {
    words(value(answer, group, name))
}

fn words(value: Option<&IppValue>) -> Vec<String> {
    each(value, |value| match value {
        IppValue::Keyword(word) => Some(word.as_str().to_owned()),
        _ => None,
    })
}

fn texts(answer: &IppRequestResponse, group: DelimiterTag, name: &str) -> Vec<String> {
    each(value(answer, group, name), |value| match value {
        IppValue::TextWithoutLanguage(text) => Some(text.to_string()),
        IppValue::NameWithoutLanguage(name) => Some(name.to_string()),
        _ => None,
    })
}
