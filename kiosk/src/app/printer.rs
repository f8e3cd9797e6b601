//! One thread a printer: prints what the clerk hands it, asks between jobs how the printer is, and keeps a printer that may
//! still hold somebody's job out of service until it says that it holds none. At each start every printer may.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use contract::format::from_hex;
use contract::site::Site;
use hal::page::ipp::IppPrinter;
use hal::page::{PagePrinter, Status as PageStatus};
use hal::receipt::driver::EscPosPrinter;
use hal::receipt::model::Tells;
use hal::receipt::{Paper, Receipt, ReceiptPrinter, Status as ReceiptStatus};
use hal::{Cancel, Code, Control, Progress};

use super::StartError;
use super::inbox::Inbox;
use super::told::Told;
use crate::devices;
use crate::events::{self, Event};
use crate::session::{ActKind, Device, DeviceHealth};

/// What a printer's thread may take beyond a job's deadline: to cancel it, and to look how the printer is.
const GRACE: Duration = Duration::from_secs(30);

/// Why a job is not known to be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    /// What is wrong.
    pub code: Code,
    /// Whether paper may have come out.
    pub paper: Paper,
}

/// What a printer thread needs of a printer, whatever its class. `J` is what it prints.
trait Printer<J>: Send {
    fn health(&mut self, control: &Control<'_>) -> DeviceHealth;
    /// On failure also whether the printer may still print the job by itself.
    fn print(&mut self, job: &J, control: &Control<'_>) -> Result<(), (Failure, bool)>;
    fn clear(&mut self, control: &Control<'_>) -> bool;
    /// Whether it says that it has printed the job of that name; `None` where it cannot be asked.
    fn has_printed(&mut self, _job_name: &str, _control: &Control<'_>) -> Option<bool> {
        Some(false)
    }
    /// What to say while it may hold a job.
    fn held() -> Code
    where
        Self: Sized;
    /// What to say while it works for somebody else.
    fn busy() -> Code
    where
        Self: Sized;
}

/// A document for the page printer.
pub(super) struct Document {
    /// Names the job on the printer's panel: the act id.
    pub job_name: String,
    /// The bytes.
    pub pdf: Vec<u8>,
}

struct Receipts(EscPosPrinter);

impl Printer<Receipt> for Receipts {
    fn health(&mut self, control: &Control<'_>) -> DeviceHealth {
        match self.0.status(control) {
            Ok(ReceiptStatus::PaperLow) => Ok(()),
            Ok(status) => status.code().map_or(Ok(()), Err),
            Err(error) => Err(error.code()),
        }
    }

    fn print(&mut self, job: &Receipt, control: &Control<'_>) -> Result<(), (Failure, bool)> {
        let failed = |error: hal::receipt::ReceiptError| {
            (Failure { code: error.code(), paper: error.paper() }, error.may_hold_job())
        };
        self.0.print(job, control).map_err(failed)
    }

    fn clear(&mut self, control: &Control<'_>) -> bool {
        self.0.clear(control).is_ok()
    }

    fn held() -> Code {
        Code::ReceiptHoldsJob
    }

    fn busy() -> Code {
        Code::ReceiptBusy
    }
}

struct Pages(IppPrinter);

impl Printer<Document> for Pages {
    fn health(&mut self, control: &Control<'_>) -> DeviceHealth {
        match self.0.status(control) {
            Ok(PageStatus::Ready(_)) => Ok(()),
            Ok(PageStatus::Stopped(code)) => Err(code),
            Err(error) => Err(error.code()),
        }
    }

    fn print(&mut self, job: &Document, control: &Control<'_>) -> Result<(), (Failure, bool)> {
        let failed =
            |error: hal::page::PageError| (Failure { code: error.code(), paper: error.paper() }, error.may_hold_job());
        let printed = self.0.print(&job.job_name, &job.pdf, control).map_err(failed)?;
        if let Some(code) = printed.finding {
            events::write(&Event::Fault { code });
        }
        Ok(())
    }

    fn clear(&mut self, control: &Control<'_>) -> bool {
        self.0.clear(control).is_ok()
    }

    fn has_printed(&mut self, job_name: &str, control: &Control<'_>) -> Option<bool> {
        self.0.has_printed(job_name, control).ok()
    }

    fn held() -> Code {
        Code::PageHoldsJob
    }

    fn busy() -> Code {
        Code::PageBusy
    }
}

/// A job on its way to a printer's thread.
struct Order<J> {
    job: J,
    cancel: Cancel,
    progress: Box<dyn Fn(Progress) + Send>,
    end: SyncSender<Result<(), Failure>>,
}

/// What a printer's thread is asked.
enum Request<J> {
    Print(Order<J>),
    /// Has a job of this name been printed?
    HasPrinted(String, SyncSender<Option<bool>>),
}

/// The way to one printer's thread; for the clerk only.
pub(super) struct Port<J> {
    requests: SyncSender<Request<J>>,
    busy: Code,
    held: Code,
    /// How long the clerk waits at most: for a visit in which somebody goes for paper, and for the job.
    patience: Duration,
    /// How long for an answer that prints nothing.
    answers: Duration,
    /// Whether it was well when it was last looked at.
    well: Arc<AtomicBool>,
    /// Whether somebody has waited for it in vain since then.
    stuck: Arc<AtomicBool>,
}

impl<J> Port<J> {
    /// Prints and waits for the end. The printer's own deadline bounds the wait; while it waits for paper, the visit's end
    /// does, through `cancel`. A driver that keeps neither is left alone: nobody knows then what came out. Until it has been looked at
    /// again, nobody else waits for it.
    pub(super) fn print(
        &self,
        job: J,
        cancel: Cancel,
        progress: impl Fn(Progress) + Send + 'static,
    ) -> Result<(), Failure> {
        let busy = Failure { code: self.busy, paper: Paper::None };
        if self.stuck.load(Ordering::Acquire) {
            return Err(Failure { code: self.held, paper: Paper::None });
        }
        let (end, ended) = sync_channel(1);
        let order = Order { job, cancel: cancel.clone(), progress: Box::new(progress), end };
        self.requests.try_send(Request::Print(order)).map_err(|_| busy)?;
        self.wait(&ended, self.patience).unwrap_or_else(|| {
            // Should it come back one day, it prints for nobody.
            cancel.cancel();
            Err(Failure { code: self.held, paper: Paper::Perhaps })
        })
    }

    /// An answer, if it comes in time.
    fn wait<T>(&self, answer: &Receiver<T>, patience: Duration) -> Option<T> {
        let answer = answer.recv_timeout(patience).ok();
        if answer.is_none() {
            self.well.store(false, Ordering::Release);
            self.stuck.store(true, Ordering::Release);
        }
        answer
    }

    /// Whether the printer says that it has printed the job of that name. Its own deadline bounds the wait.
    /// `None` where it cannot be asked: one that is dark is not waited for.
    pub(super) fn has_printed(&self, job_name: &str) -> Option<bool> {
        if !self.well.load(Ordering::Acquire) {
            return None;
        }
        let (answer, answered) = sync_channel(1);
        self.requests.try_send(Request::HasPrinted(job_name.to_owned(), answer)).ok()?;
        self.wait(&answered, self.answers)?
    }
}

/// The printers of this site.
pub(super) struct Printers {
    pub receipt: Option<Port<Receipt>>,
    pub page: Option<Port<Document>>,
}

/// Each begins as one that may hold a job and serves nobody before it says that it holds none, as no paper outlives its visit: what it kept of
/// somebody who has left was known to the last run only, and the journal's row of it may be settled long since. `interrupted`: kinds of act
/// in the middle of which the last run ended.
pub(super) fn start(site: &Site, interrupted: &[ActKind], inbox: &Inbox) -> Result<Printers, StartError> {
    let limits = &site.limits;
    let pace = |job_ms: u64| Pace {
        poll: Duration::from_millis(limits.printer_poll_ms),
        job: Duration::from_millis(job_ms),
        visit: Duration::from_millis(limits.visit_max_ms),
    };
    let receipt = match &site.devices.receipt {
        Some(config) => {
            let printer = Receipts(devices::receipt(config)?);
            let holds_job = may_hold_slip(printer.0.capabilities().tells, interrupted);
            let told = Told::new(inbox, Device::Receipt);
            Some(spawn("receipt", printer, pace(limits.receipt_job_ms), told, holds_job)?)
        }
        None => None,
    };
    let page = match &site.devices.page {
        Some(config) => {
            let printer = Pages(devices::page(config).shared(of_terminal(&site.terminal.id)));
            Some(spawn("page", printer, pace(limits.page_job_ms), Told::new(inbox, Device::Page), true)?)
        }
        None => None,
    };
    Ok(Printers { receipt, page })
}

/// Whether a receipt printer begins as one that may hold a slip. One that tells nothing never says that it holds none: it stays closed until
/// the next start, so it is only where a slip was on its way.
fn may_hold_slip(tells: Tells, interrupted: &[ActKind]) -> bool {
    tells != Tells::Nothing || interrupted.contains(&ActKind::Slip)
}

/// Whether a job is named after an act of this terminal: its id, eight hexadecimal digits, a number. Another's id may begin like this one's.
fn of_terminal(id: &str) -> impl Fn(&str) -> bool + Send + 'static + use<> {
    let head = format!("{id}-");
    move |name| {
        let act = name.strip_prefix(&head).and_then(|rest| rest.split_once('-'));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|digit| digit.is_ascii_digit());
        act.is_some_and(|(epoch, number)| from_hex::<4>(epoch).is_some() && digits(number))
    }
}

/// How often to look, how long to wait.
#[derive(Clone, Copy)]
struct Pace {
    poll: Duration,
    job: Duration,
    visit: Duration,
}

fn spawn<J: Send + 'static, P: Printer<J> + 'static>(
    name: &str,
    printer: P,
    pace: Pace,
    told: Told,
    holds_job: bool,
) -> io::Result<Port<J>> {
    // One order at a time: the clerk waits for each. A second one is told that the printer is busy.
    let (requests, receiver) = sync_channel(1);
    let [well, stuck] = [(); 2].map(|()| Arc::new(AtomicBool::new(false)));
    let work = Work { printer, pace, told, holds_job, well: well.clone(), stuck: stuck.clone() };
    std::thread::Builder::new().name(name.to_owned()).spawn(move || work.run(&receiver))?;
    let answers = pace.job + GRACE;
    Ok(Port { requests, busy: P::busy(), held: P::held(), patience: pace.visit + answers, answers, well, stuck })
}

struct Work<P> {
    printer: P,
    pace: Pace,
    told: Told,
    holds_job: bool,
    well: Arc<AtomicBool>,
    stuck: Arc<AtomicBool>,
}

impl<P> Work<P> {
    fn run<J>(mut self, requests: &Receiver<Request<J>>)
    where
        P: Printer<J>,
    {
        loop {
            self.look();
            match requests.recv_timeout(self.pace.poll) {
                Ok(Request::Print(order)) => self.print(order),
                Ok(Request::HasPrinted(name, answer)) => {
                    // The clerk waits for it, or the program ends.
                    let control = Control::within(self.pace.job);
                    let _ending = answer.send(self.printer.has_printed(&name, &control));
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// How is it? A printer that may hold somebody's job is asked to forget it first.
    fn look<J>(&mut self)
    where
        P: Printer<J>,
    {
        let control = Control::within(self.pace.job);
        if self.holds_job && self.printer.clear(&control) {
            self.holds_job = false;
        }
        let health = match self.printer.health(&control) {
            Ok(()) if self.holds_job => Err(P::held()),
            health => health,
        };
        self.stuck.store(false, Ordering::Release);
        self.well.store(health.is_ok(), Ordering::Release);
        self.told.tell(health);
    }

    fn print<J>(&mut self, order: Order<J>)
    where
        P: Printer<J>,
    {
        let Order { job, cancel, progress, end } = order;
        let result = if self.holds_job {
            Err(Failure { code: P::held(), paper: Paper::None })
        } else {
            let control = Control { deadline: Instant::now() + self.pace.job, cancel, progress: &*progress };
            self.printer.print(&job, &control).map_err(|(failure, may_hold_job)| {
                self.holds_job = may_hold_job;
                failure
            })
        };
        // Nobody else may print before this printer has been looked at again: the clerk learns the end only then.
        if result.is_err() {
            self.look();
        }
        // The clerk waits for it, or the program ends.
        let _ending = end.send(result);
    }
}

#[cfg(test)]
impl<J> Port<J> {
    /// Its printer was well when it was last looked at, and does not come back from what it is asked while the second half lives.
    pub(super) fn stuck(patience: Duration) -> (Self, impl Sized) {
        let (requests, nobody) = sync_channel(1);
        let [well, stuck] = [true, false].map(|is| Arc::new(AtomicBool::new(is)));
        let (busy, held) = (Code::PageBusy, Code::PageHoldsJob);
        (Self { requests, busy, held, patience, answers: patience, well, stuck }, nobody)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::inbox::{Message, Queue, inbox};

    /// Longer than anything here takes on a machine with two busy cores.
    const GUARD: Duration = Duration::from_secs(20);
    /// What a test has to wait for in vain.
    const SHORT: Duration = Duration::from_millis(100);

    /// Is well, and comes back from what it is asked only when it is let.
    struct Stuck(Receiver<()>);

    impl Printer<()> for Stuck {
        fn health(&mut self, _: &Control<'_>) -> DeviceHealth {
            Ok(())
        }

        fn print(&mut self, (): &(), _: &Control<'_>) -> Result<(), (Failure, bool)> {
            let _let_go = self.0.recv();
            Ok(())
        }

        fn clear(&mut self, _: &Control<'_>) -> bool {
            true
        }

        fn has_printed(&mut self, _: &str, _: &Control<'_>) -> Option<bool> {
            let _let_go = self.0.recv();
            Some(true)
        }

        fn held() -> Code {
            Code::PageHoldsJob
        }

        fn busy() -> Code {
            Code::PageBusy
        }
    }

    /// The way to a printer that has been found well, and what lets it go on.
    fn stuck() -> (Port<()>, SyncSender<()>, Queue) {
        let (inbox, queue) = inbox();
        let (let_go, waits) = sync_channel(1);
        let pace = Pace { poll: SHORT, job: GUARD, visit: Duration::ZERO };
        let port = spawn("stuck", Stuck(waits), pace, Told::new(&inbox, Device::Page), false).unwrap();
        let Ok(Message::Input(_)) = queue.next(Some(GUARD)) else { panic!("nobody looks at it") };
        (Port { patience: SHORT, answers: SHORT, ..port }, let_go, queue)
    }

    fn print(port: &Port<()>, cancel: &Cancel) -> Result<(), Failure> {
        port.print((), cancel.clone(), |_| {})
    }

    #[test]
    fn a_printer_that_does_not_come_back_is_waited_for_twice_or_without_end() {
        let (port, let_go, _queue) = stuck();
        let (first, next) = (Cancel::default(), Cancel::default());
        let held = |paper| Err(Failure { code: Code::PageHoldsJob, paper });
        assert_eq!(print(&port, &first), held(Paper::Perhaps));
        assert!(first.is_cancelled(), "it may print one day, for nobody");
        // From here on every wait would be a long one.
        let port = Port { patience: GUARD, answers: GUARD, ..port };
        assert_eq!(port.has_printed("t-0301-0badcafe-1"), None);
        assert_eq!(print(&port, &next), held(Paper::None));
        assert!(!next.is_cancelled());
        let_go.send(()).unwrap();
        let end = Instant::now() + GUARD;
        while !port.well.load(Ordering::Acquire) {
            assert!(Instant::now() < end, "it has come back, and counts as stuck for ever");
            std::thread::yield_now();
        }
        let_go.send(()).unwrap();
        assert_eq!(print(&port, &next), Ok(()));
    }

    #[test]
    fn a_printer_that_does_not_say_what_it_has_printed_gets_the_next_job() {
        let (port, _let_go, _queue) = stuck();
        assert_eq!(port.has_printed("t-0301-0badcafe-1"), None);
        assert!(!port.well.load(Ordering::Acquire), "it is asked again, and waited for");
        let port = Port { patience: GUARD, ..port };
        let refused = Failure { code: Code::PageHoldsJob, paper: Paper::None };
        assert_eq!(print(&port, &Cancel::default()), Err(refused));
    }

    #[test]
    fn the_job_of_a_terminal_whose_id_begins_alike_is_cancelled() {
        let ours = of_terminal("hall-1");
        assert!(ours("hall-1-0badcafe-12"));
        for other in ["hall-1-2-0badcafe-12", "hall-10-0badcafe-12", "hall-1-0badcafe-", "hall-1-0badcafe", "letter"] {
            assert!(!ours(other), "{other}");
        }
    }

    #[test]
    fn a_start_forgets_a_slip_or_closes_a_mute_printer_for_ever() {
        for tells in [Tells::WhenAsked, Tells::ByItself] {
            assert!(may_hold_slip(tells, &[]), "{tells:?}: what the last run left in it is forgotten");
        }
        assert!(!may_hold_slip(Tells::Nothing, &[ActKind::Certificate]), "it can never say that it holds none");
        assert!(may_hold_slip(Tells::Nothing, &[ActKind::Slip]), "a slip was on its way");
    }
}
