//! One thread a printer: prints what the clerk hands it, asks between jobs how the printer is, and keeps a printer that may
//! still hold somebody's job out of service until it says that it holds none.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use contract::site::Site;
use hal::page::ipp::IppPrinter;
use hal::page::{PagePrinter, Status as PageStatus};
use hal::receipt::driver::EscPosPrinter;
use hal::receipt::{Paper, Receipt, ReceiptPrinter, Status as ReceiptStatus};
use hal::{Cancel, Code, Control, Progress};

use super::StartError;
use super::inbox::Inbox;
use crate::devices;
use crate::events::{self, Event};
use crate::session::{Device, DeviceHealth, Input};

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
    /// What to say while it may hold a job.
    fn held(&self) -> Code;
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

    fn held(&self) -> Code {
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

    fn held(&self) -> Code {
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

/// The way to one printer's thread; for the clerk only.
pub(super) struct Port<J> {
    orders: SyncSender<Order<J>>,
    busy: Code,
}

impl<J> Port<J> {
    /// Prints and waits for the end. The printer's own deadline bounds the wait; while it waits for paper, the visit's end
    /// does, through `cancel`.
    pub(super) fn print(
        &self,
        job: J,
        cancel: Cancel,
        progress: impl Fn(Progress) + Send + 'static,
    ) -> Result<(), Failure> {
        let busy = Failure { code: self.busy, paper: Paper::None };
        let (end, ended) = sync_channel(1);
        let order = Order { job, cancel, progress: Box::new(progress), end };
        self.orders.try_send(order).map_err(|_| busy)?;
        // The thread answers every order; it can only be gone while the program ends.
        ended.recv().unwrap_or(Err(Failure { code: self.busy, paper: Paper::Perhaps }))
    }
}

/// The printers of this site.
pub(super) struct Printers {
    pub receipt: Option<Port<Receipt>>,
    pub page: Option<Port<Document>>,
}

pub(super) fn start(site: &Site, inbox: &Inbox) -> Result<Printers, StartError> {
    let limits = &site.limits;
    let pace =
        |job_ms: u64| Pace { poll: Duration::from_millis(limits.printer_poll_ms), job: Duration::from_millis(job_ms) };
    let receipt = match &site.devices.receipt {
        Some(config) => {
            let printer = Receipts(devices::receipt(config)?);
            Some(spawn("receipt", printer, pace(limits.receipt_job_ms), inbox.clone(), Device::Receipt)?)
        }
        None => None,
    };
    let page = match &site.devices.page {
        Some(config) => {
            let printer = Pages(devices::page(config));
            Some(spawn("page", printer, pace(limits.page_job_ms), inbox.clone(), Device::Page)?)
        }
        None => None,
    };
    Ok(Printers { receipt, page })
}

/// How often to look, how long to wait.
#[derive(Clone, Copy)]
struct Pace {
    poll: Duration,
    job: Duration,
}

fn spawn<J: Send + 'static, P: Printer<J> + 'static>(
    name: &str,
    printer: P,
    pace: Pace,
    inbox: Inbox,
    device: Device,
) -> io::Result<Port<J>> {
    // One order at a time: the clerk waits for each. A second one is told that the printer is busy.
    let (orders, receiver) = sync_channel(1);
    let work = Work { printer, pace, inbox, device, told: None, holds_job: false };
    std::thread::Builder::new().name(name.to_owned()).spawn(move || work.run(&receiver))?;
    Ok(Port { orders, busy: P::busy() })
}

struct Work<P> {
    printer: P,
    pace: Pace,
    inbox: Inbox,
    device: Device,
    told: Option<DeviceHealth>,
    holds_job: bool,
}

impl<P> Work<P> {
    fn run<J>(mut self, orders: &Receiver<Order<J>>)
    where
        P: Printer<J>,
    {
        loop {
            self.look();
            match orders.recv_timeout(self.pace.poll) {
                Ok(order) => self.print(order),
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
            Ok(()) if self.holds_job => Err(self.printer.held()),
            health => health,
        };
        if self.told != Some(health) {
            self.told = Some(health);
            self.inbox.send(Input::Health(self.device, health));
        }
    }

    fn print<J>(&mut self, order: Order<J>)
    where
        P: Printer<J>,
    {
        let Order { job, cancel, progress, end } = order;
        let result = if self.holds_job {
            Err(Failure { code: self.printer.held(), paper: Paper::None })
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
