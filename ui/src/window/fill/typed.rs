//! What is typed, the pairs that are read through, and texts.

use super::{Taps, list, text, texts, tone};
use crate::model::{Board, Entry, Letters, LineStyle, Pair, Reading, Summary};
use crate::window::generated::{EntryData, LettersData, Line, LineKind, PairData, ReadingData, SummaryData};
use crate::window::qr;

pub(super) fn entry(page: &Entry, taps: &mut Taps) -> EntryData {
    let mut data = EntryData {
        topic: text(&page.topic),
        title: text(&page.title),
        hint: text(&page.hint),
        text: text(&page.text),
        preedit: text(&page.preedit),
        warning: text(&page.warning),
        erase: taps.button(&page.erase),
        clear: taps.button(&page.clear),
        confirm: taps.button(&page.confirm),
        back: taps.maybe(page.back.as_ref()),
        ..EntryData::default()
    };
    match &page.board {
        Board::Digits(keys) => data.digits = list(keys.iter().map(|key| taps.maybe(key.as_ref()))),
        Board::Letters(board) => (data.typewriter, data.letters) = (true, letters(board, taps)),
    }
    data
}

fn letters(board: &Letters, taps: &mut Taps) -> LettersData {
    LettersData {
        rows: list(board.rows.iter().map(|row| taps.buttons(row))),
        candidates: taps.buttons(&board.candidates),
        previous: taps.maybe(board.previous.as_ref()),
        next: taps.maybe(board.next.as_ref()),
        boards: taps.buttons(&board.boards),
    }
}

pub(super) fn summary(page: &Summary, taps: &mut Taps) -> SummaryData {
    SummaryData {
        tone: tone(page.tone),
        topic: text(&page.topic),
        title: text(&page.title),
        changeable: page.rows.iter().any(|pair| pair.change.is_some()),
        rows: list(page.rows.iter().map(|row| pair(row, taps))),
        lines: texts(&page.lines),
        qr: qr::picture(&page.qr),
        qr_text: text(&page.qr),
        position: text(&page.position),
        previous: taps.maybe(page.previous.as_ref()),
        next: taps.maybe(page.next.as_ref()),
        primary: taps.maybe(page.primary.as_ref()),
        secondary: taps.maybe(page.secondary.as_ref()),
        back: taps.maybe(page.back.as_ref()),
        code: text(&page.code),
    }
}

fn pair(pair: &Pair, taps: &mut Taps) -> PairData {
    PairData {
        label: text(&pair.label),
        value: text(&pair.value),
        strong: pair.strong,
        change: taps.maybe(pair.change.as_ref()),
    }
}

pub(super) fn reading(page: &Reading, taps: &mut Taps) -> ReadingData {
    let line = |(style, line): &(LineStyle, String)| Line {
        kind: match style {
            LineStyle::Title => LineKind::Title,
            LineStyle::Label => LineKind::Label,
            LineStyle::Body => LineKind::Body,
            LineStyle::Aside => LineKind::Aside,
        },
        text: text(line),
    };
    ReadingData {
        topic: text(&page.topic),
        lines: list(page.lines.iter().map(line)),
        position: text(&page.position),
        previous: taps.maybe(page.previous.as_ref()),
        next: taps.maybe(page.next.as_ref()),
        back: taps.maybe(page.back.as_ref()),
    }
}
