//! The threads `scanner`, `id` and `staff`: each owns the device before which somebody holds something, waits when it is asked to, and looks
//! after the device while nobody does. What was presented before it was asked for is never read: that is the driver's promise.

use std::io;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use contract::site::Site;
use hal::id::{IdError, IdReader};
use hal::scanner::serial::SerialScanner;
use hal::scanner::{ScanError, Scanner as _};
use hal::staff::{Challenge, StaffError, StaffReader};
use hal::{Cancel, Class, Code, Control};

use super::StartError;
use super::inbox::Inbox;
use super::told::Told;
use crate::devices;
use crate::session::{Completion, Device, Input, Ticket};

/// A visit waits for one thing at a time; the one before may still be ending.
const ROOM: usize = 2;
/// How long a device may take to say that it works.
const STATUS: Duration = Duration::from_secs(2);

/// `ask`: what the device is to do with what comes, where there is something to say.
struct Order<Q> {
    ticket: Ticket,
    cancel: Cancel,
    ask: Q,
}

/// The ways to the threads; a device that is not configured has none.
pub(super) struct Windows {
    scanner: Option<SyncSender<Order<()>>>,
    id: Option<SyncSender<Order<()>>>,
    staff: Option<SyncSender<Order<Challenge>>>,
}

impl Windows {
    /// Waits for a code.
    pub(super) fn scan(&self, ticket: Ticket, cancel: Cancel) -> Option<Input> {
        let refused = submit(self.scanner.as_ref(), Order { ticket, cancel, ask: () });
        refused.then(|| Input::Done(ticket, Completion::Scanned(Err(ScanError::Busy))))
    }

    /// Waits for a document.
    pub(super) fn read_document(&self, ticket: Ticket, cancel: Cancel) -> Option<Input> {
        let refused = submit(self.id.as_ref(), Order { ticket, cancel, ask: () });
        refused.then(|| Input::Done(ticket, Completion::DocumentRead(Err(IdError::Busy))))
    }

    /// Waits for a staff card and has it sign.
    pub(super) fn witness(&self, ticket: Ticket, ask: Challenge, cancel: Cancel) -> Option<Input> {
        let refused = submit(self.staff.as_ref(), Order { ticket, cancel, ask });
        refused.then(|| Input::Done(ticket, Completion::StaffSigned(Err(StaffError::Busy))))
    }
}

fn submit<Q>(orders: Option<&SyncSender<Order<Q>>>, order: Order<Q>) -> bool {
    orders.is_none_or(|orders| orders.try_send(order).is_err())
}

pub(super) fn start(site: &Site, inbox: &Inbox) -> Result<Windows, StartError> {
    let wait = Duration::from_millis(site.limits.present_ms);
    let again = Duration::from_millis(site.limits.window_poll_ms);
    let mut windows = Windows { scanner: None, id: None, staff: None };
    if let Some(config) = &site.devices.scanner {
        let scanner = devices::scanner(config)?;
        windows.scanner = Some(spawn("scanner", scanner, Device::Scanner, (wait, again), inbox)?);
    }
    if let Some(config) = &site.devices.id {
        let reader = devices::id_reader(config);
        windows.id = Some(spawn("id", reader, Device::Id, (wait, again), inbox)?);
    }
    if let Some(config) = &site.devices.staff {
        let reader = devices::staff(config);
        windows.staff = Some(spawn("staff", reader, Device::Staff, (wait, again), inbox)?);
    }
    Ok(windows)
}

fn spawn<D: Window + 'static>(
    name: &str,
    device: D,
    which: Device,
    (wait, again): (Duration, Duration),
    inbox: &Inbox,
) -> io::Result<SyncSender<Order<D::Ask>>> {
    let (orders, received) = sync_channel(ROOM);
    let (told, inbox) = (Told::new(inbox, which), inbox.clone());
    std::thread::Builder::new()
        .name(name.to_owned())
        .spawn(move || serve(device, &received, told, &inbox, (wait, again)))?;
    Ok(orders)
}

fn serve<D: Window>(
    mut device: D,
    orders: &Receiver<Order<D::Ask>>,
    mut told: Told,
    inbox: &Inbox,
    (wait, again): (Duration, Duration),
) {
    told.tell(device.look(&Control::within(STATUS)));
    loop {
        match orders.recv_timeout(again) {
            Ok(Order { ticket, cancel, ask }) => {
                let progress = |news| inbox.send(Input::Progress(ticket, news));
                let control = Control { deadline: Instant::now() + wait, cancel, progress: &progress };
                let (completion, code) = device.wait(&ask, &control);
                // What a person did or left undone says nothing of the device.
                told.tell(code.filter(|code| code.class() != Class::User).map_or(Ok(()), Err));
                inbox.send(Input::Done(ticket, completion));
            }
            Err(RecvTimeoutError::Timeout) => told.tell(device.look(&Control::within(STATUS))),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// What each of these devices does here.
trait Window: Send {
    /// What it is told beside "wait".
    type Ask: Send + 'static;
    /// Whether it works.
    fn look(&mut self, control: &Control<'_>) -> Result<(), Code>;
    /// Waits for what is presented; also why it did not come.
    fn wait(&mut self, ask: &Self::Ask, control: &Control<'_>) -> (Completion, Option<Code>);
}

impl Window for SerialScanner {
    type Ask = ();

    fn look(&mut self, control: &Control<'_>) -> Result<(), Code> {
        self.status(control).map_err(ScanError::code)
    }

    fn wait(&mut self, (): &(), control: &Control<'_>) -> (Completion, Option<Code>) {
        let result = self.scan(control);
        let code = result.as_ref().err().map(|error| error.code());
        (Completion::Scanned(result), code)
    }
}

impl Window for Box<dyn IdReader> {
    type Ask = ();

    fn look(&mut self, control: &Control<'_>) -> Result<(), Code> {
        self.status(control).map(drop).map_err(IdError::code)
    }

    fn wait(&mut self, (): &(), control: &Control<'_>) -> (Completion, Option<Code>) {
        let result = self.await_document(control);
        let code = result.as_ref().err().map(|error| error.code());
        (Completion::DocumentRead(result), code)
    }
}

impl Window for Box<dyn StaffReader> {
    type Ask = Challenge;

    fn look(&mut self, control: &Control<'_>) -> Result<(), Code> {
        self.status(control).map_err(StaffError::code)
    }

    fn wait(&mut self, ask: &Challenge, control: &Control<'_>) -> (Completion, Option<Code>) {
        let result = self.await_signature(ask, control);
        let code = result.as_ref().err().map(|error| error.code());
        (Completion::StaffSigned(result), code)
    }
}
