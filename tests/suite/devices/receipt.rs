//! Receipt printer on a serial port and on a plain device node, asked and telling by itself. (TCP: the journeys.)

use std::path::Path;

use hal::receipt::driver::EscPosPrinter;
use hal::receipt::model::{self, Model, Tells};
use hal::receipt::{Line, Paper, Receipt, ReceiptError, ReceiptPrinter, Status};
use hal::wire::Dial;
use hal::wire::node::NodeDial;
use hal::{Code, Progress};
use hall::emulate::receipt::ReceiptEmulator;

use super::{Bench, Watcher, dial, tell, within};

struct Pair {
    emulator: ReceiptEmulator,
    printer: EscPosPrinter,
    bench: Bench,
}

#[derive(Clone, Copy, Debug)]
enum Over {
    Serial,
    Node,
}

fn pair(name: &str, over: Over, model: &Model) -> Pair {
    let bench = Bench::new(&format!("receipt-{name}-{over:?}-{}", model.name));
    let path = bench.path("port");
    let mut emulator = ReceiptEmulator::plug(&path, &bench.path("paper")).unwrap();
    if model.tells == Tells::ByItself {
        tell(&mut emulator, "by itself");
    }
    let dial: Box<dyn Dial> = match over {
        Over::Serial => dial(&path),
        Over::Node => Box::new(NodeDial { path }),
    };
    let printer = EscPosPrinter::new(dial, model.clone(), bench.path("no font"));
    Pair { emulator, printer, bench }
}

/// Every way of reaching a printer that tells.
fn each(name: &str, check: impl Fn(Pair)) {
    for (over, model) in [(Over::Serial, "generic-80"), (Over::Serial, "asb-80"), (Over::Node, "generic-58")] {
        check(pair(name, over, model::find(model).unwrap()));
    }
}

fn receipt() -> Receipt {
    Receipt {
        lines: vec![Line::Title("缴费凭条".to_owned()), Line::Text("姓名 林知远".to_owned())], columns: vec![]
    }
}

fn print(pair: &mut Pair) -> Result<(), ReceiptError> {
    pair.printer.print(&receipt(), &within(5000))
}

fn papers(pair: &Pair) -> Vec<Vec<u8>> {
    read_papers(&pair.bench)
}

fn read_papers(bench: &Bench) -> Vec<Vec<u8>> {
    let Ok(folder) = std::fs::read_dir(bench.path("paper")) else { return Vec::new() };
    folder.map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
}

/// Before the first byte: told, nothing printed, and well again when the cause is gone.
fn refused(name: &str, cause: &str, cure: &str, status: Status) {
    each(name, |mut pair| {
        // One that tells by itself must have been heard while it was well: stopped, it obeys no command.
        assert_eq!(pair.printer.status(&within(3000)), Ok(Status::Ready));
        tell(&mut pair.emulator, cause);
        assert_eq!(print(&mut pair), Err(ReceiptError::NotReady(status)), "{}", pair.bench.0.display());
        assert!(papers(&pair).is_empty());
        tell(&mut pair.emulator, cure);
        assert_eq!(print(&mut pair), Ok(()));
        assert_eq!(papers(&pair).len(), 1);
    });
}

#[test]
fn a_receipt_is_printed_on_every_wire() {
    each("good", |mut pair| {
        assert_eq!(print(&mut pair), Ok(()));
        let [paper] = &papers(&pair)[..] else { panic!("not one paper") };
        let name = hal::receipt::gb18030::encode("林知远");
        assert!(paper.windows(name.len()).any(|window| window == name));
    });
}

#[test]
fn cover_open() {
    refused("cover", "cover open", "cover close", Status::CoverOpen);
}

#[test]
fn cutter_stuck() {
    refused("cutter", "cutter jam", "cutter clear", Status::Cutter);
}

#[test]
fn an_error_that_goes_away() {
    refused("recoverable", "error recoverable", "error clear", Status::Recoverable);
}

#[test]
fn an_error_that_stays() {
    refused("unrecoverable", "error unrecoverable", "error clear", Status::Unrecoverable);
}

#[test]
fn paper_near_its_end() {
    each("low", |mut pair| {
        tell(&mut pair.emulator, "paper low");
        assert_eq!(pair.printer.status(&within(3000)), Ok(Status::PaperLow));
        assert_eq!(print(&mut pair), Ok(()), "there is still paper");
    });
}

#[test]
fn paper_ends_in_the_middle_and_is_refilled() {
    each("refilled", |pair| {
        let Pair { mut emulator, mut printer, bench } = pair;
        tell(&mut emulator, "paper out after 10");
        let watcher = Watcher::default();
        let ended = watcher.run(
            20_000,
            |control| printer.print(&receipt(), control),
            |watcher| {
                watcher
                    .until("the paper to be missed", |w| w.said().contains(&Progress::Blocked(Code::ReceiptPaperOut)))
                    .unwrap();
                tell(&mut emulator, "refill");
            },
        );
        assert_eq!(ended, Ok(()));
        assert_eq!(papers(&Pair { emulator, printer, bench }).len(), 1, "printed twice");
    });
}

#[test]
fn receipt_printer_unplugged() {
    each("unplugged", |mut pair| {
        tell(&mut pair.emulator, "unplug");
        assert_eq!(print(&mut pair), Err(ReceiptError::Unreachable));
        tell(&mut pair.emulator, "plug");
        assert_eq!(print(&mut pair), Ok(()), "it does not come back by itself");
    });
}

#[test]
fn printer_pulled_while_it_prints() {
    each("pulled", |pair| {
        let Pair { mut emulator, mut printer, bench } = pair;
        tell(&mut emulator, "paper out after 10");
        let watcher = Watcher::default();
        let ended = watcher.run(
            20_000,
            |control| printer.print(&receipt(), control),
            |watcher| {
                watcher
                    .until("the job to hang", |w| w.said().contains(&Progress::Blocked(Code::ReceiptPaperOut)))
                    .unwrap();
                tell(&mut emulator, "unplug");
            },
        );
        // What lay in its buffer may still come out: nobody can know, and the driver does not send it again.
        let error = ended.unwrap_err();
        assert_eq!((error, error.paper(), error.may_hold_job()), (ReceiptError::NoAnswer, Paper::Perhaps, true));
        tell(&mut emulator, "plug");
        tell(&mut emulator, "refill");
        let pair = Pair { emulator, printer, bench };
        assert!(papers(&pair).len() <= 1, "an unplugged printer printed twice");
    });
}

#[test]
fn a_mute_model_prints() {
    let mut pair = pair("mute", Over::Serial, model::find("mute-80").unwrap());
    tell(&mut pair.emulator, "mute");
    assert_eq!(pair.printer.capabilities().tells, Tells::Nothing);
    let error = print(&mut pair).unwrap_err();
    assert_eq!(
        (error, error.paper()),
        (ReceiptError::NoAnswer, Paper::Perhaps),
        "it cannot be known, and that is said"
    );
    hall::until::until("the paper", std::time::Duration::from_secs(5), || (papers(&pair).len() == 1).then_some(()))
        .unwrap();
}

#[test]
fn the_printers_status_lies() {
    // It says that all is well, takes the job and has no paper: without its answer in print order nothing is believed.
    each("lies", |mut pair| {
        tell(&mut pair.emulator, "status lies");
        assert_eq!(pair.printer.status(&within(3000)), Ok(Status::Ready));
        tell(&mut pair.emulator, "paper out");
        assert_eq!(pair.printer.status(&within(3000)), Ok(Status::Ready), "it does not lie");
        let ended = pair.printer.print(&receipt(), &within(600));
        assert_eq!(ended, Err(ReceiptError::NoAnswer));
        assert!(papers(&pair).is_empty());
    });
}

#[test]
fn a_status_that_is_lost_on_the_way() {
    let mut pair = pair("silent", Over::Serial, model::find("generic-80").unwrap());
    tell(&mut pair.emulator, "mute");
    assert_eq!(
        print(&mut pair),
        Err(ReceiptError::Unreachable),
        "not one byte of a job to a printer that does not answer"
    );
    assert!(papers(&pair).is_empty());
}

#[test]
fn the_citizen_leaves_before_the_first_byte() {
    let mut pair = pair("leaves", Over::Serial, model::find("generic-80").unwrap());
    let watcher = Watcher::default();
    watcher.cancel.cancel();
    let ended = watcher.run(3000, |control| pair.printer.print(&receipt(), control), |_| {});
    assert_eq!(ended, Err(ReceiptError::CancelledUnsent));
    assert!(papers(&pair).is_empty());
}

/// A site's configuration with a printer of a model that no table knows, and nothing else changed.
fn site(bench: &Bench, port: &Path, row: &str) -> contract::site::devices::Receipt {
    let shipped = std::fs::read_to_string(hall::people::home().join("../deploy/site.toml")).unwrap();
    let (before, rest) = shipped.split_once("[devices.receipt]").unwrap();
    let (_, after) = rest.split_once("[devices.page]").unwrap();
    let own = format!(
        "[devices.receipt]\nport = {port:?}\nmodel = \"ours\"\n[devices.receipt.row]\n{row}\n[devices.page]{after}"
    );
    let file = bench.path("site.toml");
    std::fs::write(&file, format!("{before}{own}")).unwrap();
    kiosk::config::load(&[file]).unwrap().devices.receipt.unwrap()
}

/// What stands on the paper, by a judge that is not ours, line by line.
fn judged(bench: &Bench, dots: u16) -> Vec<String> {
    let [paper] =
        &std::fs::read_dir(bench.path("paper")).unwrap().map(|file| file.unwrap().path()).collect::<Vec<_>>()[..]
    else {
        panic!("not one paper")
    };
    let text =
        hall::journey::paper::read_receipt(paper, dots, &bench.path("text"), &bench.path("picture.png")).unwrap();
    text.lines().map(ToOwned::to_owned).collect()
}

/// One of 58 mm and one of 80 mm.
#[test]
fn a_new_model_needs_code() {
    let narrow = "width_dots = 384\ncharacters = \"gb2312\"\ntells = \"by_itself\"\ncut = \"1B69\"";
    let wide = "width_dots = 576\ncharacters = \"gb18030\"\ntells = \"when_asked\"\ncut = \"1D564200\"";
    for (row, dots, cut) in [(narrow, 384, &[0x1B, 0x69][..]), (wide, 576, &[0x1D, 0x56, 0x42, 0x00])] {
        let bench = Bench::new(&format!("receipt-own-{dots}"));
        let port = bench.path("port");
        let mut emulator = ReceiptEmulator::plug(&port, &bench.path("paper")).unwrap();
        if row == narrow {
            tell(&mut emulator, "by itself");
        }
        let mut printer = kiosk::devices::receipt(&site(&bench, &port, row)).unwrap();
        let pair = Line::Pair("缴费合计".to_owned(), "1,024.00".to_owned());
        let receipt = Receipt { lines: vec![Line::Title("凭条".to_owned()), pair, Line::Rule], columns: vec![] };
        assert_eq!(printer.print(&receipt, &within(5000)), Ok(()), "{dots} dots");
        let cells = usize::from(dots) / 12;
        let lines = judged(&bench, dots);
        let has = |wanted: &str| lines.iter().any(|line| line.trim_end() == wanted);
        assert!(has(&format!("缴费合计{}1,024.00", " ".repeat(cells - 16))), "{dots} dots: {lines:?}");
        assert!(has(&"-".repeat(cells)), "{dots} dots: {lines:?}");
        let [bytes] = &read_papers(&bench)[..] else { panic!("not one paper") };
        assert!(bytes.ends_with(cut), "it was not cut as its row says");
    }
}
