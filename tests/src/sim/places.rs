//! Every place that a terminal can be in, and the way there: from another place, by the inputs that lead on in life.

use hal::sensors::Sensor;
use hal::{Code, Progress};
use kiosk::session::Device;
use ui::Intent::{self, Choose, Confirm, Help, Language, Leave};

use super::Deed::{self, AgencyBack, Broken, Contact, Done, Insert, Pass, Progress as News, Pull, Ready, Tap as Touch};
use super::What;

const PIN: [Deed; 5] = [
    Touch(Intent::Digit(1)),
    Touch(Intent::Digit(2)),
    Touch(Intent::Digit(3)),
    Touch(Intent::Digit(4)),
    Touch(Confirm),
];

/// A new PIN that may be one, and one that may not.
const NEW_PIN: [Deed; 7] = six([4, 8, 2, 9, 1, 5]);
const WEAK_PIN: [Deed; 7] = six([7, 7, 7, 7, 7, 7]);

const fn six([a, b, c, d, e, f]: [u8; 6]) -> [Deed; 7] {
    [
        Touch(Intent::Digit(a)),
        Touch(Intent::Digit(b)),
        Touch(Intent::Digit(c)),
        Touch(Intent::Digit(d)),
        Touch(Intent::Digit(e)),
        Touch(Intent::Digit(f)),
        Touch(Confirm),
    ]
}

/// Digits, then the key that goes on.
#[expect(clippy::indexing_slicing, reason = "done while this is compiled: a wrong place does not build")]
const fn digits<const KEYS: usize>(text: &[u8]) -> [Deed; KEYS] {
    let mut keys = [Touch(Confirm); KEYS];
    let mut at = 0;
    while at < text.len() {
        keys[at] = Touch(Intent::Digit(text[at] - b'0'));
        at += 1;
    }
    keys
}

const BLOCKED: Progress = Progress::Blocked(Code::ReceiptPaperOut);

/// Name, the place it is reached from (empty: a terminal that has just started), and what leads on from there.
// tidy: table
pub const PLACES: &[(&str, &str, &[Deed])] = &[
    ("starting", "", &[]),
    ("welcome", "", &[Ready]),
    ("welcome, touched", "welcome", &[Touch(Language)]),
    ("welcome, display", "welcome", &[Touch(Intent::Display)]),
    (
        "welcome, much broken",
        "welcome",
        &[
            Broken(Device::Receipt, Code::ReceiptPaperOut),
            Broken(Device::Page, Code::PageJam),
            Broken(Device::Ups, Code::UpsOnBattery),
            Broken(Device::Sensors, Code::SensorsOffline),
            Contact(Sensor::Door, true),
        ],
    ),
    ("welcome, books open", "welcome", &[Broken(Device::Books, Code::StoreUnresolved)]),
    ("welcome, outbox full", "welcome", &[Broken(Device::Outbox, Code::StoreOutboxFull)]),
    ("welcome, called", "welcome", &[Contact(Sensor::CallButton, true)]),
    ("tampered", "welcome", &[Contact(Sensor::Tamper, true)]),
    ("tampered, card", "tampered", &[Insert]),
    ("battery low", "welcome", &[Broken(Device::Ups, Code::UpsBatteryLow)]),
    ("evacuation", "welcome", &[Contact(Sensor::FireAlarm, true)]),
    ("evacuation, card in", "welcome", &[Insert, Contact(Sensor::FireAlarm, true)]),
    ("reading: begin", "welcome", &[Insert]),
    ("reading: authority", "reading: begin", &[Done(What::Challenged)]),
    ("reading: finish", "reading: authority", &[Done(What::Authority)]),
    ("reading: tries", "reading: begin", &[Done(What::Read)]),
    ("pin", "reading: tries", &[Done(What::Tries(3))]),
    ("pin, typed", "pin", &[PIN[0], PIN[1], PIN[2], PIN[3]]),
    ("checking: card", "pin, typed", &[PIN[4]]),
    ("checking: agency", "checking: card", &[Done(What::Right)]),
    ("last try", "reading: tries", &[Done(What::Tries(1))]),
    ("home", "checking: agency", &[Done(What::SignedIn)]),
    ("home, help", "home", &[Touch(Help)]),
    ("home, warned", "home", &[Pass(60_000)]),
    ("home, agency down", "fetching", &[Done(What::Unreachable), Touch(Confirm)]),
    ("home, outbox full", "home", &[Broken(Device::Outbox, Code::StoreOutboxFull)]),
    ("form: insurance", "home", &[Touch(Choose(0))]),
    ("form: period", "form: insurance", &[Touch(Choose(0))]),
    ("fetching", "form: period", &[Touch(Choose(0))]),
    ("table", "fetching", &[Done(What::Records)]),
    ("pairs", "fetching", &[Done(What::Pairs)]),
    ("texts", "fetching", &[Done(What::Texts)]),
    ("slip choice", "table", &[Touch(Confirm)]),
    (
        "form: digits",
        "home",
        &[
            Touch(Choose(2)),
            Done(What::Prefilled),
            Touch(Choose(0)),
            Touch(Intent::Digit(5)),
            Touch(Intent::Type('.')),
            Touch(Intent::Digit(5)),
        ],
    ),
    (
        "form: digits, wrong",
        "home",
        &[Touch(Choose(2)), Done(What::Prefilled), Touch(Choose(0)), Touch(Intent::Type('.')), Touch(Confirm)],
    ),
    (
        "form: letters",
        "home",
        &[Touch(Choose(2)), Done(What::Prefilled), Touch(Choose(0)), Touch(Intent::Digit(5)), Touch(Confirm)],
    ),
    ("form: composing", "form: letters", &[Touch(Intent::Type('z')), Done(What::Composed)]),
    ("form: key on its way", "form: letters", &[Touch(Intent::Type('z'))]),
    ("form: no engine", "form: key on its way", &[Done(What::NoEngine)]),
    ("review", "form: key on its way", &[Done(What::Chosen), Touch(Confirm)]),
    (
        "review, PIN once more",
        "review",
        &[
            Pass(60_000),
            Touch(Intent::MoreTime),
            Pass(60_000),
            Touch(Intent::MoreTime),
            Pass(60_000),
            Touch(Intent::MoreTime),
            Touch(Confirm),
            Done(What::Tries(3)),
        ],
    ),
    ("guest", "welcome", &[Touch(Intent::Begin)]),
    ("identify", "guest", &[Touch(Choose(0))]),
    ("e-card", "identify", &[Touch(Choose(0))]),
    ("e-card, told", "e-card", &[Done(What::NothingShown)]),
    ("e-card, asking", "e-card", &[Done(What::Scanned)]),
    ("form, by e-card", "e-card, asking", &[Done(What::SignedIn)]),
    ("home, by e-card", "form, by e-card", &[Touch(Intent::Back)]),
    ("document", "identify", &[Touch(Choose(1))]),
    ("document, left behind", "document", &[News(Progress::Blocked(Code::IdLeftBehind))]),
    ("sending code", "document", &[Done(What::DocumentRead)]),
    ("one-time code", "sending code", &[Done(What::CodeSent), Touch(Intent::Digit(4))]),
    ("one-time code, full", "one-time code", &[PIN[0], PIN[1], PIN[2], PIN[3], Touch(Intent::Digit(7))]),
    ("one-time code, asking", "one-time code, full", &[Touch(Confirm)]),
    ("one-time code, wrong", "one-time code, asking", &[Done(What::CodeWrong)]),
    ("form, by document", "one-time code, asking", &[Done(What::SignedIn)]),
    ("farewell, document", "form, by document", &[Touch(Leave)]),
    ("identify, card in", "identify", &[Insert]),
    (
        "review, e-card",
        "home, by e-card",
        &[
            Touch(Choose(2)),
            Done(What::Prefilled),
            Touch(Choose(0)),
            Touch(Intent::Digit(5)),
            Touch(Confirm),
            Touch(Intent::Type('z')),
            Done(What::Chosen),
            Touch(Confirm),
        ],
    ),
    (
        "review, e-card once more",
        "review, e-card",
        &[
            Pass(60_000),
            Touch(Intent::MoreTime),
            Pass(60_000),
            Touch(Intent::MoreTime),
            Pass(60_000),
            Touch(Intent::MoreTime),
            Touch(Confirm),
        ],
    ),
    ("identify, for a filing", "guest", &[Touch(Choose(2))]),
    (
        "review, by document",
        "identify, for a filing",
        &[
            Touch(Choose(1)),
            Done(What::DocumentRead),
            Done(What::CodeSent),
            PIN[0],
            PIN[1],
            PIN[2],
            PIN[3],
            PIN[0],
            PIN[1],
            Touch(Confirm),
            Done(What::SignedIn),
            Done(What::Prefilled),
            Touch(Choose(0)),
            Touch(Intent::Digit(5)),
            Touch(Confirm),
            Touch(Intent::Type('z')),
            Done(What::Chosen),
            Touch(Confirm),
        ],
    ),
    ("witness: asking", "review, by document", &[Touch(Confirm)]),
    ("witness", "witness: asking", &[Done(What::Asked)]),
    ("witness, left behind", "witness", &[News(Progress::Blocked(Code::StaffLeftBehind))]),
    ("witness: vouching", "witness", &[Done(What::StaffSigned)]),
    ("witness: foreign", "witness", &[Done(What::StaffForeign)]),
    ("witness: refused", "witness: vouching", &[Done(What::WitnessRefused)]),
    ("review, witnessed", "witness: vouching", &[Done(What::Witnessed)]),
    (
        "home, may act",
        "",
        &[
            Deed::ReadyToAct,
            Insert,
            Done(What::Read),
            Done(What::Tries(3)),
            PIN[0],
            PIN[1],
            PIN[2],
            PIN[3],
            PIN[4],
            Done(What::Right),
            Done(What::SignedIn),
        ],
    ),
    ("mandate: number", "home, may act", &[Touch(Choose(7))]),
    ("mandate: of whom", "mandate: number", &digits::<11>(b"2026110001")),
    ("mandate: name", "mandate: of whom", &digits::<19>(b"190001197410080022")),
    ("mandate: asking", "mandate: name", &[Touch(Intent::Type('z')), Done(What::Chosen), Touch(Confirm)]),
    ("mismatch", "mandate: asking", &[Done(What::SignedIn)]),
    ("acts for somebody", "mandate: asking", &[Done(What::Mandated)]),
    ("home, acting", "acts for somebody", &[Touch(Confirm)]),
    ("scanning", "guest", &[Touch(Choose(7))]),
    ("form: code", "scanning", &[Touch(Intent::Back), Touch(Intent::Type('A')), Touch(Intent::Type('7'))]),
    ("scanned nonsense", "scanning", &[Done(What::Scanned)]),
    ("code only", "scanned nonsense", &[Done(What::Unreachable)]),
    ("scanning, offline", "code only", &[Touch(Confirm)]),
    ("no seal", "scanning, offline", &[Done(What::Scanned)]),
    ("seal signed", "scanning, offline", &[Done(What::SealScanned)]),
    ("seal signed, agency back", "seal signed", &[AgencyBack]),
    ("seal of an old document", "scanning, offline", &[Done(What::OldSealScanned)]),
    ("seal from the future", "scanning, offline", &[Done(What::FutureSealScanned)]),
    ("seal wrong", "scanning, offline", &[Done(What::WrongSealScanned)]),
    ("seal of an unknown key", "scanning, offline", &[Done(What::UnknownSealScanned)]),
    ("filing", "review", &[Touch(Confirm)]),
    ("filed", "filing", &[Done(What::Filed)]),
    ("rating", "filed", &[Touch(Intent::Back)]),
    ("rated", "rating", &[Touch(Choose(1))]),
    ("thanks", "rated", &[Done(What::Evaluated)]),
    ("reason", "rating", &[Touch(Choose(3))]),
    ("rated, with a reason", "reason", &[Touch(Choose(0))]),
    ("questionnaire", "rated", &[Done(What::Sampled)]),
    ("questionnaire, last", "questionnaire", &[Touch(Choose(0)), Touch(Intent::NextPage), Touch(Choose(1))]),
    ("questionnaire, sent", "questionnaire, last", &[Touch(Intent::NextPage)]),
    ("thanks for answers", "questionnaire, sent", &[Done(What::AnswersKept)]),
    ("thanks later", "rated", &[Done(What::NotEvaluated)]),
    ("queued", "filing", &[Done(What::Queued)]),
    ("not filed", "filing", &[Done(What::NotFiled)]),
    ("filing, unknown", "filing", &[Done(What::FileUnknown)]),
    ("review, to mend", "filing", &[Done(What::FileWrong)]),
    ("guide", "home", &[Touch(Choose(4))]),
    ("guide, group", "guide", &[Touch(Choose(0))]),
    ("guide, item", "guide, group", &[Touch(Choose(0))]),
    ("guide, item, next page", "guide, item", &[Touch(Intent::NextPage)]),
    ("search", "home", &[Touch(Choose(5))]),
    ("searching", "search", &[Touch(Intent::Type('z')), Done(What::Chosen), Touch(Confirm)]),
    ("found", "searching", &[Done(What::Found)]),
    ("nothing found", "searching", &[Done(What::NothingFound)]),
    ("opening a text", "found", &[Touch(Choose(0))]),
    ("text", "opening a text", &[Done(What::Text)]),
    ("text, next page", "text", &[Touch(Intent::NextPage)]),
    ("leaving a question", "nothing found", &[Touch(Choose(1))]),
    ("question left", "leaving a question", &[Done(What::Left)]),
    ("question, unknown", "leaving a question", &[Done(What::FileUnknown)]),
    ("asking for the bulletin", "home", &[Touch(Choose(6))]),
    ("bulletin", "asking for the bulletin", &[Done(What::Bulletin)]),
    ("bulletin, text", "bulletin", &[Touch(Choose(0))]),
    ("bulletin, table", "bulletin", &[Touch(Choose(1))]),
    ("caution", "home", &[Touch(Choose(3))]),
    ("fraud", "caution", &[Touch(Choose(1))]),
    ("home, only", "checking: agency", &[Done(What::Only)]),
    ("card PIN: facts", "caution", &[Touch(Choose(0))]),
    ("card PIN: tries", "card PIN: facts", &[Touch(Confirm)]),
    ("card PIN: old", "card PIN: tries", &[Done(What::Tries(3))]),
    ("card PIN: new", "card PIN: old", &PIN),
    ("card PIN: weak", "card PIN: new", &WEAK_PIN),
    ("card PIN: again", "card PIN: new", &NEW_PIN),
    ("card PIN: differs", "card PIN: again", &WEAK_PIN),
    ("card PIN: changing", "card PIN: again", &NEW_PIN),
    ("card PIN: old, wrong", "card PIN: changing", &[Done(What::WrongOld(2))]),
    ("card PIN: changed", "card PIN: changing", &[Done(What::Changed)]),
    ("card PIN: not changed", "card PIN: changing", &[Done(What::NotChanged)]),
    ("card PIN: unknown", "card PIN: changing", &[Done(What::PinUnknown)]),
    ("gone, card PIN unknown", "card PIN: unknown", &[Pull]),
    ("back, card PIN unknown", "gone, card PIN unknown", &[Insert, Done(What::Read), Done(What::Tries(3))]),
    ("card PIN: settled", "back, card PIN unknown", &[PIN[0], PIN[1], PIN[2], PIN[3], PIN[4], Done(What::Right)]),
    ("printing", "home", &[Touch(Choose(1)), Touch(Choose(0))]),
    ("printing, blocked", "printing", &[News(BLOCKED)]),
    ("printed", "printing", &[Done(What::Printed)]),
    ("not printed", "printing", &[Done(What::NotPrinted)]),
    ("printed or not", "printing", &[Done(What::Unknown)]),
    ("gone, from home", "home", &[Pull]),
    ("gone, while printing", "printing", &[Pull]),
    ("back, reading", "gone, from home", &[Insert]),
    ("back, PIN", "back, reading", &[Done(What::Read), Done(What::Tries(3))]),
    ("farewell, card in", "home", &[Touch(Leave)]),
    ("farewell, card being kept", "farewell, card in", &[Pass(30_000)]),
    ("welcome, card kept", "farewell, card being kept", &[Pull, Done(What::Kept)]),
    ("farewell, battery low", "home", &[Broken(Device::Ups, Code::UpsBatteryLow), Pass(0)]),
    ("farewell, paper", "printed", &[Touch(Leave), Pull]),
];

/// All that leads to a place, from the start; nothing for a name that is not in the table.
#[must_use]
pub fn way(place: &str) -> Vec<Deed> {
    let Some((_, from, on)) = PLACES.iter().find(|(name, ..)| *name == place) else { return Vec::new() };
    let mut deeds = way(from);
    deeds.extend_from_slice(on);
    deeds
}
