//! The closed list of scenarios: data only. A new one is a row here, made into a file by `hall record --emulated NAME --out FILE`.

use super::Scenario;
use super::When::{Came, Dialled, Ended, Says, Sent, Silent, Told};

/// Long enough for any deed that ends by itself.
const PATIENCE_MS: u64 = 20_000;

/// A scenario before its lines are added.
const fn of(name: &'static str, driver: &'static str, tells: &'static str) -> Scenario {
    Scenario { name, driver, tells, patience_ms: PATIENCE_MS, before: &[], then: &[] }
}

/// Three looks of the resident-ID reader have found nothing: what is laid down now counts.
const LOOKED: super::When = Sent(3);
/// The scanner has acknowledged that its light is on.
const LIT: super::When = Came(1);
/// The pad waits for a PIN.
const ASKED: super::When = Says("a pin is asked for");
/// The receipt stands still because there is no paper.
const HUNGRY: super::When = Told("blocked receipt.paper_out");

/// All scenarios, class by class; one that ends as everybody wishes is called good.
pub const ALL: &[Scenario] = &[
    Scenario {
        then: &[(LOOKED, "lay 1 moved")],
        ..of("id-reader/good", "sdt", "A document is laid down; its chip holds a newer address.")
    },
    Scenario {
        before: &["dialect b"],
        then: &[(LOOKED, "lay 2")],
        ..of("id-reader/good-dialect-b", "b", "A document is read in the other dialect.")
    },
    Scenario {
        before: &["damage 2"],
        then: &[(Sent(6), "lay 1")],
        ..of("id-reader/wrong-checksum", "sdt", "Two replies have a wrong check, then all is well.")
    },
    Scenario {
        before: &["noise AA00AAAAFF"],
        then: &[(LOOKED, "lay 1")],
        ..of("id-reader/noise", "sdt", "Noise that looks like half a header comes before the first reply.")
    },
    Scenario { before: &["mute"], ..of("id-reader/mute", "sdt", "The module never answers.") },
    Scenario {
        before: &["lift mid-read"],
        then: &[(LOOKED, "lay 1")],
        ..of("id-reader/lifted", "sdt", "The document is lifted between selecting and reading.")
    },
    Scenario {
        before: &["unplug mid-frame"],
        ..of("id-reader/unplugged", "sdt", "The reader is pulled in the middle of its first reply.")
    },
    Scenario {
        before: &["lay 2"],
        then: &[(Told("blocked id.left_behind"), "lift"), (Told("resumed"), "lay 1")],
        ..of("id-reader/left-behind", "sdt", "The last citizen's document still lies there; it is taken away.")
    },
    Scenario {
        before: &["model gm65"],
        then: &[(LIT, "show SSC-0001")],
        ..of("scanner/good", "gm65", "A code is shown to a scanner that is switched on by command.")
    },
    Scenario {
        then: &[(Silent(2), "show SSC-0001")],
        ..of("scanner/good-plain", "plain", "A code is shown to a scanner that always scans.")
    },
    Scenario {
        before: &["model gm65", "split 3", "slow 5"],
        // Pieces are never counted: two may be read as one.
        then: &[(Silent(2), "show SSC-0001")],
        ..of("scanner/split-and-slow", "gm65", "Everything comes in pieces of three bytes, slowly.")
    },
    Scenario {
        before: &["model gm65", "suffix none"],
        then: &[(LIT, "show SSC-0001")],
        ..of("scanner/no-suffix", "gm65", "The code has no suffix: silence ends it.")
    },
    Scenario {
        before: &["model gm65"],
        then: &[(LIT, "show hex 8081FFFF"), (Told("blocked scanner.unreadable"), "show SSC-0001")],
        ..of("scanner/unreadable", "gm65", "A code that is no text is shown, then a good one.")
    },
    Scenario {
        before: &["model gm65"],
        then: &[(LIT, "unplug")],
        ..of("scanner/unplugged", "gm65", "The scanner is pulled while it waits for a code.")
    },
    of("receipt-printer/good", "generic-80", "A receipt is printed."),
    Scenario {
        before: &["by itself"],
        ..of("receipt-printer/good-asb", "asb-80", "A receipt is printed by a printer that tells its status by itself.")
    },
    Scenario {
        before: &["paper out after 10"],
        then: &[(HUNGRY, "refill")],
        ..of("receipt-printer/paper-out", "generic-80", "Paper ends in the middle and is refilled.")
    },
    Scenario {
        before: &["by itself", "paper out after 10"],
        then: &[(HUNGRY, "refill")],
        ..of("receipt-printer/paper-out-asb", "asb-80", "The same with a printer that tells its status by itself.")
    },
    Scenario {
        before: &["cover open"],
        ..of("receipt-printer/cover-open", "generic-80", "The cover is open before the first byte.")
    },
    Scenario {
        before: &["answer never"],
        // One round of questions: more would be another number of them each time.
        patience_ms: 250,
        ..of("receipt-printer/never-answers", "generic-80", "The printer takes the job and never says that it is done.")
    },
    Scenario {
        before: &["paper out after 10"],
        then: &[(HUNGRY, "unplug")],
        ..of("receipt-printer/vanishes", "generic-80", "The printer is pulled while it waits for paper.")
    },
    Scenario {
        then: &[(Dialled, "type 19"), (Dialled, "correct"), (Dialled, "next"), (Dialled, "confirm")],
        ..of("number-pad/good", "plain", "Keys of a plain pad; it has no PIN entry.")
    },
    Scenario {
        before: &["kind encrypting"],
        then: &[(Dialled, "type 2"), (Dialled, "confirm"), (ASKED, "type 190415"), (ASKED, "confirm")],
        ..of("number-pad/good-encrypting", "encrypting", "A PIN is typed and comes as a block.")
    },
    Scenario {
        before: &["kind encrypting", "tamper"],
        then: &[(Dialled, "confirm")],
        ..of("number-pad/tampered", "encrypting", "The pad has been opened by force.")
    },
    Scenario {
        before: &["kind encrypting", "forged"],
        then: &[(Dialled, "confirm"), (ASKED, "type 1")],
        ..of("number-pad/nonsense", "encrypting", "A forged pad tells a digit while a PIN is typed.")
    },
    Scenario {
        before: &["kind encrypting"],
        then: &[(Dialled, "confirm"), (ASKED, "type 19"), (ASKED, "cancel")],
        ..of("number-pad/declined", "encrypting", "The person presses cancel in the middle of the PIN.")
    },
    Scenario {
        before: &["kind encrypting"],
        then: &[(Dialled, "confirm"), (ASKED, "type 19"), (ASKED, "unplug")],
        ..of("number-pad/unplugged", "encrypting", "The pad is pulled in the middle of the PIN.")
    },
    Scenario {
        before: &["close 3"],
        then: &[(Sent(3), "close 0"), (Ended(1), "open 0")],
        ..of("sensors/good", "modbus", "The door is opened and closed.")
    },
    Scenario {
        before: &["close 3"],
        then: &[(Sent(3), "bounce 0 5"), (Ended(1), "open 0")],
        ..of("sensors/door-bounces", "modbus", "The door's contact bounces for five looks before it stays open.")
    },
    Scenario {
        before: &["close 3", "damage 2"],
        then: &[(Sent(5), "open 3"), (Ended(1), "close 3")],
        ..of("sensors/wrong-checksum", "modbus", "Two answers have a wrong check; then the fire alarm comes and goes.")
    },
    Scenario { before: &["mute"], ..of("sensors/mute", "modbus", "The board never answers.") },
    Scenario {
        before: &["close 3"],
        then: &[(Sent(3), "unplug")],
        ..of("sensors/unplugged", "modbus", "The board is pulled between two looks.")
    },
    Scenario { before: &["await OL"], ..of("ups/good", "nut", "Mains power.") },
    Scenario { before: &["battery", "await OB"], ..of("ups/battery", "nut", "Mains is lost; the battery carries.") },
    Scenario {
        before: &["battery low", "await LB"],
        ..of("ups/battery-low", "nut", "Mains is lost and the battery is nearly empty.")
    },
    Scenario {
        before: &["freeze", "await DATA-STALE"],
        ..of("ups/stale", "nut", "The service has not heard of the supply for too long.")
    },
    Scenario {
        before: &["unplug", "await DRIVER-NOT-CONNECTED"],
        ..of("ups/unplugged", "nut", "The service does not reach the supply.")
    },
    Scenario { before: &["service down"], ..of("ups/no-service", "nut", "The service is down.") },
    Scenario {
        before: &["insert 2"],
        ..of("card/good-2.0", "ssc", "A card of specification 2.0: free to read, and the right PIN.")
    },
    Scenario {
        before: &["insert 1"],
        ..of("card/good-3.00", "ssc", "A card of specification 3.00: wants the authority first; the right PIN.")
    },
    Scenario {
        before: &["pull mid-apdu after 6", "insert 2"],
        ..of("card/pulled", "ssc", "The card is pulled in the middle of its seventh command.")
    },
    Scenario { before: &["insert 2", "pin 000000"], ..of("card/wrong-pin", "ssc", "The PIN is not the card's.") },
    Scenario { before: &["insert foreign"], ..of("card/foreign", "ssc", "A card of another kind.") },
    Scenario { before: &["junk", "insert 2"], ..of("card/junk", "ssc", "The card answers bytes of no meaning.") },
    Scenario {
        before: &["insert mute"],
        ..of("card/mute", "ssc", "Something in the reader gives no answer to reset.")
    },
];
