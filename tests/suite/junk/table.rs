//! The table: every parser of hal that takes bytes from outside, what it may hold, and good input for it; and last, what people type
//! and the agency sends.
//!
//! Good input is what the golden vectors have, so that damage reaches the inner rules and not only the outermost check.

use std::time::{Duration, Instant};

use hal::Control;
use hal::bridge::frame::{self, Frame, News, Outcome};
use hal::card::apdu::{self, Answer, Fci, File};
use hal::card::{reader_api, record};
use hal::id::{block, dialect_b, pcsc as id_pcsc, sdt};
use hal::pad::{keys, secure};
use hal::page::reason;
use hal::receipt::gb18030;
use hal::receipt::status::{self, Ear, Flags};
use hal::scanner::stream::{Collector, Config, Encoding, Suffix};
use hal::sensors::modbus::{Input, ModbusBoard, Wiring};
use hal::sensors::{Sensor, SensorBoard};
use hal::ups::nut;
use hal::wire::{Dial, Wire, WireError, stx};

use super::{Entry, Taken, noisy_card, typed};

/// Longest code that the collectors below allow.
const CODE_BYTES: usize = 64;
/// The same as text: two bytes of GBK are three of UTF-8.
const TEXT_BYTES: usize = CODE_BYTES * 3 / 2;
/// Longest data that the frame reader below allows.
const DATA_BYTES: usize = 128;

pub const fn row(name: &'static str, feed: fn(&[u8]) -> Taken, seeds: fn() -> Vec<Vec<u8>>) -> Entry {
    Entry { name, feed, seeds, holds_bytes: 0 }
}

const fn framer(
    name: &'static str,
    holds_bytes: usize,
    feed: fn(&[u8]) -> Taken,
    seeds: fn() -> Vec<Vec<u8>>,
) -> Entry {
    Entry { name, feed, seeds, holds_bytes }
}

/// Every parser. A new one is a new row.
pub const ENTRIES: &[Entry] = &[
    row(
        "card: answer and status word",
        |bytes| gives(Answer::new(bytes.to_vec()).map(|answer| answer.data.len())),
        cards,
    ),
    row("card: record of the issuer file", |bytes| reads(record::decode(File::Issuer, bytes)), cards),
    row("card: record of the holder file", |bytes| reads(record::decode(File::Holder, bytes)), cards),
    row("card: issuer", issuer, cards),
    row("card: holder", holder, cards),
    row("card: file control information", |bytes| reads(Fci::decode(bytes)), cards),
    row("card: historical bytes", |bytes| gives(apdu::historical(bytes).ok().map(<[u8]>::len)), cards),
    row("card: PIN", |bytes| gives(apdu::pin_block(&lossy(bytes)).ok().map(|block| block.len())), cards),
    row("card: procedures", |bytes| reads(noisy_card::play(seed_of(bytes))), cards),
    row("card: reader interface, text", |bytes| reads(reader_api::Basic::parse(&lossy(bytes))), basics),
    row("card: reader interface, codes", |bytes| reads(reader_api::code(number(bytes))), basics),
    framer("id: SDT frames", 7 + sdt::MAX_LENGTH, sdt_frames, ids),
    framer("bridge: frames", 7 + frame::MAX_BODY_BYTES, bridge_frames, frames),
    row("bridge: one frame", |bytes| gives(frame::parse(bytes).ok().map(|frame| body_bytes(&frame))), frames),
    row("bridge: state of a motorised reader", |bytes| reads(hal::bridge::card::state(bytes)), frames),
    row("bridge: answer of a security module", |bytes| reads(hal::bridge::psam::authority(bytes)), frames),
    row("id: SDT reply", |bytes| gives(sdt::Reply::parse(bytes).ok().map(|reply| reply.data.len())), ids),
    row("id: parts of a reply", parts, ids),
    row("id: module number", |bytes| gives(sdt::module_id(bytes).ok().map(|id| id.len())), ids),
    row("id: finger positions", |bytes| gives(Some(sdt::finger_positions(bytes).len())), ids),
    row("id: text block", |bytes| reads(block::decode(bytes)), ids),
    row("id: newest address", |bytes| gives(block::address(bytes).ok().map(|text| text.reveal().len())), ids),
    framer("id: frames of the other dialect", 1300, dialect_b_frames, ids),
    row("id: PC/SC answer", |bytes| reads(id_pcsc::read_answer(bytes)), pcsc_answers),
    framer("pad: frames", DATA_BYTES + 5, pad_frames, pads),
    row("pad: what a frame says", |bytes| reads(secure::read(bytes)), pads),
    row("pad: keys", |bytes| gives(Some(bytes.iter().filter_map(|byte| keys::decode(*byte)).count())), pads),
    framer("scanner: carriage return, UTF-8", TEXT_BYTES, |bytes| scan(bytes, Suffix::Cr, Encoding::Utf8), codes),
    framer("scanner: line feed, GBK", TEXT_BYTES, |bytes| scan(bytes, Suffix::Lf, Encoding::Gbk), codes),
    framer("scanner: both, either", TEXT_BYTES, |bytes| scan(bytes, Suffix::CrLf, Encoding::Auto), codes),
    framer("scanner: any, either", TEXT_BYTES, |bytes| scan(bytes, Suffix::Any, Encoding::Auto), codes),
    framer("scanner: silence, UTF-8", TEXT_BYTES, |bytes| scan(bytes, Suffix::None, Encoding::Utf8), codes),
    framer("scanner: silence, GBK", TEXT_BYTES, |bytes| scan(bytes, Suffix::None, Encoding::Gbk), codes),
    row("receipt: answer when asked", asked, statuses),
    row("receipt: status told by itself", |bytes| reads(status::parse_asb(bytes).map(Flags::status)), statuses),
    row("receipt: all that it says", overheard, statuses),
    row("receipt: characters", |bytes| gives(Some(gb18030::encode(&lossy(bytes)).len())), texts),
    row("receipt: cut of a model", cut, cuts),
    row("sensors: answers of the board", board, boards),
    row(
        "ups: answer of upsd",
        |bytes| gives(nut::value(bytes, "kiosk", "ups.status").ok().map(|value| value.len())),
        supplies,
    ),
    row("ups: state", |bytes| reads(nut::power(&lossy(bytes))), supplies),
    row("page: reasons", reasons, printers),
    row("page: sentence of a queue", |bytes| reads(reason::behind_a_queue(&lossy(bytes))), printers),
    row("typed: identity number", typed::identity, typed::numbers),
    row("typed: credit code", typed::credit_code, typed::numbers),
    row("typed: item and case numbers", typed::codes, typed::numbers),
    row("typed: days and months", typed::days, typed::numbers),
    row("typed: new PIN", typed::pin, typed::numbers),
    row("scanned: signed text of a document", typed::seal, typed::seals),
    row("typed: amount", typed::amount, typed::fields),
    row("typed: masks", typed::masks, typed::numbers),
    row("typed: every type of field", typed::every_type, typed::fields),
    row("typed: a form", typed::form, typed::fields),
    row("sent: a field of the catalogue", typed::definition, typed::definitions),
    row("sent: values", typed::received, typed::definitions),
];

/// It gave something of a fixed size, or refused.
pub fn reads<T>(_: T) -> Taken {
    Taken::default()
}

pub fn gives(bytes: Option<usize>) -> Taken {
    Taken { given_bytes: bytes.unwrap_or_default(), held_bytes: 0 }
}

pub fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn number(bytes: &[u8]) -> i32 {
    bytes.iter().fold(0, |number: i32, byte| number.wrapping_mul(256).wrapping_add(i32::from(*byte)))
}

/// FNV-1a: other bytes, other noise.
pub fn seed_of(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .take(64)
        .fold(0xCBF2_9CE4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3))
}

fn record_of(tag: u8, length: u8) -> Vec<u8> {
    [vec![tag, length], vec![b'1'; usize::from(length)]].concat()
}

fn issuer(bytes: &[u8]) -> Taken {
    let whole = record::issuer(&[record_of(0x01, 16), bytes.to_vec()], &Fci::default(), &[]);
    let alone = record::issuer(&[bytes.to_vec()], &Fci::default(), bytes);
    gives([whole, alone].into_iter().flatten().map(|issuer| issuer.historical.reveal().len()).max())
}

fn holder(bytes: &[u8]) -> Taken {
    let named = record::holder(&[bytes.to_vec(), record_of(0x08, 18), record_of(0x4E, 20)]);
    let numbered = record::holder(&[record_of(0x09, 30), bytes.to_vec()]);
    gives(named.and(numbered).ok().map(|_| 0))
}

/// Cut into pieces of all lengths from the first byte on.
fn pieces(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let step = bytes.first().map_or(1, |byte| usize::from(*byte) + 1);
    bytes.chunks(step)
}

fn sdt_frames(bytes: &[u8]) -> Taken {
    let mut framer = sdt::Framer::default();
    let replies = pieces(bytes).flat_map(|piece| framer.feed(piece)).map(|reply| reply.data.len()).sum();
    Taken { given_bytes: replies, held_bytes: framer.pending_bytes() }
}

fn dialect_b_frames(bytes: &[u8]) -> Taken {
    let mut framer = dialect_b::Framer::default();
    let replies =
        pieces(bytes).flat_map(|piece| framer.feed(piece)).map(|reply| reply.text.len() + reply.photo.len()).sum();
    Taken { given_bytes: replies, held_bytes: framer.pending_bytes() }
}

fn pad_frames(bytes: &[u8]) -> Taken {
    let mut framer = stx::Framer::new(DATA_BYTES);
    let frames = pieces(bytes).flat_map(|piece| framer.feed(piece)).map(|data| data.len()).sum();
    Taken { given_bytes: frames, held_bytes: framer.pending_bytes() }
}

/// A bridge that has said junk is closed, and its next connection begins anew.
fn bridge_frames(bytes: &[u8]) -> Taken {
    let mut framer = frame::Framer::default();
    let frames = pieces(bytes).flat_map(|piece| framer.feed(piece).unwrap_or_default());
    let given_bytes = frames.map(|frame| body_bytes(&frame)).sum();
    Taken { given_bytes, held_bytes: framer.pending_bytes() }
}

fn body_bytes(frame: &Frame) -> usize {
    match frame {
        Frame::Command { arguments, .. } => arguments.len(),
        Frame::Completion { data, .. } | Frame::Event { data } => data.len(),
        Frame::Welcome { name, .. } => name.len(),
        Frame::Hello { .. } | Frame::Cancel { .. } | Frame::Progress { .. } => 0,
    }
}

/// One of each kind that comes from a bridge, and what two classes put into them.
fn frames() -> Vec<Vec<u8>> {
    let data = |bytes: &[u8]| frame::Bytes::new(bytes.to_vec());
    let state = [0x01, 0, 0, 0, 2, 0, 7];
    let said = [
        Frame::Welcome { version: frame::VERSION, class: 1, name: "示例 M-1".to_owned() },
        Frame::Completion { id: 7, outcome: Outcome::Done, data: data(&[0x0A; 17]) },
        Frame::Completion { id: 8, outcome: Outcome::Busy, data: data(&[]) },
        Frame::Progress { id: 7, news: News::Accepted },
        Frame::Event { data: data(&state) },
    ];
    said.iter().map(|frame| frame::encode(frame).to_vec()).chain([state.to_vec(), vec![0x0A; 17]]).collect()
}

fn parts(bytes: &[u8]) -> Taken {
    let all = [false, true].into_iter().filter_map(|fingerprint| sdt::parts(bytes, fingerprint).ok());
    // Whoever cuts by them must find them.
    gives(
        all.map(|parts| [parts.text, parts.photo, parts.fingerprint].map(|part| bytes[part].len()).iter().sum()).max(),
    )
}

fn scan(bytes: &[u8], suffix: Suffix, encoding: Encoding) -> Taken {
    let mut collector = Collector::new(Config { suffix, idle_ms: 5, encoding, max_bytes: CODE_BYTES });
    let mut given_bytes = 0;
    for (at_ms, piece) in (0..).zip(pieces(bytes)) {
        given_bytes += collector.feed(piece, at_ms).iter().flatten().map(|code| code.reveal().len()).sum::<usize>();
    }
    let last = collector.idle(u64::MAX);
    assert!(!collector.is_collecting(), "silence ends no code");
    Taken { given_bytes, held_bytes: last.and_then(Result::ok).map_or(0, |code| code.reveal().len()) }
}

fn asked(bytes: &[u8]) -> Taken {
    for byte in bytes {
        let _ = (status::is_dle_eot(*byte), status::is_gs_r(*byte), status::begins_asb(*byte));
    }
    reads((0..=5).map(|n| status::parse_dle_eot(n, bytes).map(Flags::status)).collect::<Vec<_>>())
}

fn overheard(bytes: &[u8]) -> Taken {
    let mut ear = Ear::default();
    gives(Some(bytes.iter().filter_map(|byte| ear.hear(*byte)).count()))
}

fn cut(bytes: &[u8]) -> Taken {
    let row = contract::site::devices::ReceiptRow {
        width_dots: 384,
        characters: contract::site::devices::Characters::Gbk,
        tells: contract::site::devices::Tells::Nothing,
        cut: lossy(bytes),
    };
    gives(row.cut_bytes().map(|cut| cut.len()))
}

fn reasons(bytes: &[u8]) -> Taken {
    let reasons: Vec<String> = lossy(bytes).split(',').map(ToOwned::to_owned).collect();
    reads((reason::status(number(bytes), &reasons), reason::job(number(bytes), &reasons)))
}

/// A board's line: silent until it is asked, then it says its junk.
struct Junk {
    left: Vec<u8>,
    asked: bool,
}

impl Dial for Junk {
    fn dial(&mut self, _: Instant) -> Result<Box<dyn Wire>, WireError> {
        Ok(Box::new(Self { left: std::mem::take(&mut self.left), asked: false }))
    }
}

impl Wire for Junk {
    fn send(&mut self, _: &[u8], _: Instant) -> Result<(), WireError> {
        self.asked = true;
        Ok(())
    }

    fn read(&mut self, into: &mut [u8], _: Instant) -> Result<usize, WireError> {
        if !std::mem::take(&mut self.asked) || self.left.is_empty() {
            return Err(WireError::Timeout);
        }
        let count = into.len().min(self.left.len());
        into[..count].copy_from_slice(&self.left[..count]);
        self.left.drain(..count);
        Ok(count)
    }
}

fn board(bytes: &[u8]) -> Taken {
    let inputs = vec![Input { address: 11, sensor: Sensor::Door, normally_closed: false }];
    let dial = Box::new(Junk { left: bytes.to_vec(), asked: false });
    let mut board = ModbusBoard::new(dial, Wiring { unit: 1, inputs, outputs: Vec::new() });
    gives(board.changes(&Control::within(Duration::ZERO)).ok().map(|changes| changes.len()))
}

/// A file of vectors.
pub fn file_of(file: &str) -> serde_json::Value {
    let text = std::fs::read_to_string(hall::people::home().join("vectors").join(file)).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// Every string of a file of golden vectors that reads as hexadecimal bytes.
fn vectors(file: &str) -> Vec<Vec<u8>> {
    let mut found = Vec::new();
    collect(&file_of(file), &mut found);
    assert!(found.len() > 10, "{file} holds no bytes");
    found
}

fn collect(value: &serde_json::Value, found: &mut Vec<Vec<u8>>) {
    match value {
        serde_json::Value::String(text) => found.extend(bytes_of(text)),
        serde_json::Value::Array(values) => values.iter().for_each(|value| collect(value, found)),
        serde_json::Value::Object(fields) => fields.values().for_each(|value| collect(value, found)),
        _ => {}
    }
}

fn bytes_of(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        text.chars().map(|c| c.to_digit(16).and_then(|digit| u8::try_from(digit).ok())).collect::<Option<_>>()?;
    (digits.len() >= 4 && digits.len().is_multiple_of(2))
        .then(|| digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

fn cards() -> Vec<Vec<u8>> {
    vectors("ssc_card.json")
}

fn ids() -> Vec<Vec<u8>> {
    vectors("sdt.json")
}

fn codes() -> Vec<Vec<u8>> {
    vectors("scanner.json")
}

fn statuses() -> Vec<Vec<u8>> {
    vectors("escpos.json")
}

fn pcsc_answers() -> Vec<Vec<u8>> {
    let blocks = ids().into_iter().filter(|bytes| bytes.len() == block::BLOCK_BYTES);
    blocks.map(|block| [&[0x00; 4], block.as_slice(), &[0x90, 0x00]].concat()).collect()
}

fn pads() -> Vec<Vec<u8>> {
    let data: [&[u8]; 6] =
        [b"S\x00", b"P\x06", &[b'B', 4, 1, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7], b"C", b"K1", b"1\r"];
    data.iter().map(|data| stx::frame(data)).chain(data.iter().map(|data| data.to_vec())).collect()
}

fn texts() -> Vec<Vec<u8>> {
    ["缴费凭条", "￥ 1,024.00", "𠮷㐀䶮"].map(|text| text.as_bytes().to_vec()).into()
}

fn cuts() -> Vec<Vec<u8>> {
    ["1D564100", "1b6d", ""].map(|text| text.as_bytes().to_vec()).into()
}

/// Twelve inputs of unit 1, with its check; and a refusal.
fn boards() -> Vec<Vec<u8>> {
    vec![vec![0x01, 0x02, 0x02, 0x00, 0x08, 0xB8, 0x7E], vec![0x01, 0x82, 0x02, 0xC1, 0x61]]
}

fn supplies() -> Vec<Vec<u8>> {
    ["VAR kiosk ups.status \"OL CHRG\"\n", "ERR DATA-STALE\n", "OB DISCHRG LB"]
        .map(|text| text.as_bytes().to_vec())
        .into()
}

fn printers() -> Vec<Vec<u8>> {
    ["media-empty-warning,media-jam-report", "The printer may not exist or is unavailable at this time."]
        .map(|text| text.as_bytes().to_vec())
        .into()
}

fn basics() -> Vec<Vec<u8>> {
    vec!["199900|||11111111111111111111111111111111|某|00|3.00|20200101|20300101|||".as_bytes().to_vec()]
}
