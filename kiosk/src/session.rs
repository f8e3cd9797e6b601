//! The one place where state changes. `step` is an ordinary function: no file, socket, thread, clock, randomness or logging
//! inside; the same inputs give the same states and effects, always.
//!
//! What is common to all stages (health, catalogue, the card, idle, the bottom bar) is handled first, in [`common`]; then one
//! file a scene. Called by `app` and by tests only.

mod acting;
mod cabinet;
mod card;
mod common;
mod context;
mod effect;
mod ending;
mod health;
mod input;
mod item;
mod keys;
mod look;
mod page;
mod pin;
mod slip;
mod state;

pub use context::{Effects, Refusal};
pub use effect::{Act, ActBody, ActId, ActKind, CardCommand, Effect};
pub(crate) use health::{Closed, closed};
pub use input::{ActEnd, ActFailure, Completion, Device, DeviceHealth, Input, Ticket};
pub(crate) use item::{answers, available, offered, open_field, slip_ready};
pub(crate) use look::{rows_a_page, shape};
pub use page::PageKey;
pub use state::{
    Acting, Cause, Checking, Doing, Evacuation, Farewell, Form, Gone, Health, Message, Notice, Over, Person, Pin,
    Reading, Scene, Serving, Shown, Stage, State, Terminal, Visit, VisitCard,
};

use crate::clock::Now;
use context::Context;

/// Lets `input` happen to `state` at `now`; returns what must be done in the world.
///
/// Exactly one of three things happens to an input: it is applied, it is refused with a reason, or (for a completion whose
/// ticket nobody holds any more) it is refused as stale.
pub fn step(state: &mut State, input: Input, now: Now) -> Effects {
    let key_before = state.page_key();
    let mut context = Context::new(&mut state.terminal, state.screen, now);
    // The stage is taken out so that each handler may consume it; whatever happens, one is put back.
    let stage = std::mem::replace(&mut state.stage, Stage::Welcome(None));
    state.stage = common::step(stage, input, &mut context);
    let effects = context.finish();
    if state.page_key() != key_before {
        state.screen.0 += 1;
    }
    effects
}

/// When the terminal next has something to do by itself, in elapsed milliseconds; there is no other tick.
#[must_use]
pub fn wake_at(state: &State) -> Option<u64> {
    common::deadlines(state).into_iter().flatten().min()
}
