//! What is typed: digits and letters go into the text at once, letters of the pinyin board through the input method. One key is on its way
//! at a time; what fingers press meanwhile waits its turn. Called by `form` only.

use std::collections::VecDeque;

use contract::field::FieldError;
use ui::Intent;

use super::context::{Context, Refusal};
use super::effect::Effect;
use super::input::Ticket;
use super::visit::Visit;
use crate::input_method::{Composition, InputMethodError, Key, Script};

/// The longest statement that a field may ask for.
const TEXT_MAX_CHARS: usize = 500;
/// What ten fingers press while an engine starts.
const WAITING_MAX: usize = 16;

/// A keyboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Board {
    /// Letters become Chinese.
    #[default]
    Pinyin,
    /// Strokes become Chinese: for rare characters, and for whoever never learnt pinyin.
    Stroke,
    /// Letters stay letters.
    Latin,
    /// Digits and signs.
    Signs,
}

impl Board {
    /// In the order of their switches.
    pub(crate) const ALL: [Self; 4] = [Self::Pinyin, Self::Stroke, Self::Latin, Self::Signs];

    /// How the input method writes on it; `None` where every key is its own text.
    const fn script(self) -> Option<Script> {
        match self {
            Self::Pinyin => Some(Script::Pinyin),
            Self::Stroke => Some(Script::Stroke),
            Self::Latin | Self::Signs => None,
        }
    }
}

/// What is being typed.
#[derive(Clone, Default)]
pub struct Typed {
    /// So far.
    pub text: String,
    /// Why it was not accepted; gone with the next key.
    pub wrong: Option<FieldError>,
    /// The keyboard that is shown, where it is typed in letters.
    pub board: Board,
    /// What the input method composes and offers.
    pub composing: Composition,
    /// Whether there is no input method: Chinese cannot be typed here now.
    pub no_pinyin: bool,
    /// The key that the input method has not answered yet.
    pub ticket: Option<Ticket>,
    waiting: VecDeque<Key>,
    /// The engine, which lives as long as the visit, writes for this text from now on; what it composed for another is let go.
    begun: bool,
}

impl Typed {
    /// A text that stands there already.
    pub(super) fn with(text: String) -> Self {
        Self { text, ..Self::default() }
    }

    /// One character, as it is.
    pub(super) fn push(&mut self, key: char, cx: &mut Context<'_>) {
        if self.text.chars().count() >= TEXT_MAX_CHARS {
            return cx.refuse(Refusal::NotOffered);
        }
        self.text.push(key);
        self.wrong = None;
    }

    /// The keys of every board.
    pub(super) fn edit(&mut self, intent: Intent, cx: &mut Context<'_>) {
        match intent {
            Intent::Erase if self.text.pop().is_some() => self.wrong = None,
            Intent::Clear if !self.text.is_empty() => {
                *self = Self { board: self.board, no_pinyin: self.no_pinyin, begun: self.begun, ..Self::default() }
            }
            _ => cx.refuse(Refusal::NotOffered),
        }
    }

    /// A key of a keyboard, or one that only a keyboard has.
    pub(super) fn letter(&mut self, visit: &Visit, intent: Intent, cx: &mut Context<'_>) {
        let composed = self.is_composing();
        let choices = self.composing.candidates.len();
        match intent {
            Intent::Type(key) if self.board.script().is_some() && key.is_ascii_lowercase() => {
                self.press(visit, Key::Char(key), cx);
            }
            Intent::Type(key) if !(key.is_control() || composed && self.board.script().is_some()) => self.push(key, cx),
            Intent::Candidate(n) if usize::from(n) < choices => {
                self.press(visit, Key::Candidate(u8::try_from(n).unwrap_or(u8::MAX)), cx);
            }
            Intent::NextPage if self.composing.more => self.press(visit, Key::NextPage, cx),
            Intent::PreviousPage if self.composing.page > 0 => self.press(visit, Key::PreviousPage, cx),
            Intent::Erase if composed => self.press(visit, Key::Delete, cx),
            Intent::Clear if composed => self.press(visit, Key::Reset, cx),
            Intent::Board(n) => match Board::ALL.get(usize::from(n)) {
                Some(board) if *board != self.board => {
                    self.board = *board;
                    // Letters that are no text yet are let go.
                    match board.script() {
                        Some(script) => self.press(visit, Key::Script(script), cx),
                        None if composed => self.press(visit, Key::Reset, cx),
                        None => {}
                    }
                }
                _ => cx.refuse(Refusal::NotOffered),
            },
            other => self.edit(other, cx),
        }
    }

    /// Whether letters stand there that are no text yet, or will.
    pub(crate) fn is_composing(&self) -> bool {
        self.ticket.is_some() || !self.composing.preedit.is_empty()
    }

    /// Whether no more keys can wait: the engine is far behind, and what is pressed now would be lost.
    pub(crate) fn is_behind(&self) -> bool {
        self.ticket.is_some() && self.waiting.len() >= WAITING_MAX
    }

    /// The first candidate, for a hand that goes on without choosing.
    pub(super) fn take_first(&mut self, visit: &Visit, cx: &mut Context<'_>) {
        self.press(visit, Key::Confirm, cx);
    }

    fn press(&mut self, visit: &Visit, key: Key, cx: &mut Context<'_>) {
        let first = !std::mem::replace(&mut self.begun, true);
        if first
            && !matches!(key, Key::Script(_))
            && let Some(script) = self.board.script()
        {
            self.enqueue(visit, Key::Script(script), cx);
        }
        self.enqueue(visit, key, cx);
    }

    fn enqueue(&mut self, visit: &Visit, key: Key, cx: &mut Context<'_>) {
        self.wrong = None;
        match self.ticket {
            None => self.ticket = Some(send(visit, key, cx)),
            Some(_) if self.waiting.len() < WAITING_MAX => self.waiting.push_back(key),
            Some(_) => cx.refuse(Refusal::NotOffered),
        }
    }

    /// The input method has answered its key; the next one that waits is sent.
    pub(super) fn composed(
        &mut self,
        visit: &Visit,
        result: Result<Composition, InputMethodError>,
        cx: &mut Context<'_>,
    ) {
        self.ticket = None;
        match result {
            Ok(mut composition) => {
                if composition.erase {
                    self.text.pop();
                }
                for key in composition.commit.take().unwrap_or_default().chars() {
                    if self.text.chars().count() < TEXT_MAX_CHARS {
                        self.text.push(key);
                    }
                }
                self.composing = composition;
            }
            Err(error) => {
                self.composing = Composition::default();
                self.waiting.clear();
                // One that was too busy is the one of before, with what it wrote then.
                self.begun = false;
                self.no_pinyin = matches!(error, InputMethodError::Missing(_) | InputMethodError::Refused);
                // A new engine begins with pinyin.
                self.board = if self.no_pinyin { Board::Latin } else { Board::Pinyin };
            }
        }
        self.ticket = self.waiting.pop_front().map(|key| send(visit, key, cx));
    }
}

fn send(visit: &Visit, key: Key, cx: &mut Context<'_>) -> Ticket {
    let ticket = cx.ticket(visit.number);
    cx.push(Effect::Press(ticket, key));
    ticket
}
