//! The one place where state changes. `step` is an ordinary function: no file, socket, thread, clock, randomness or logging
//! inside; the same inputs give the same states and effects, always.
//!
//! What is common to all stages (health, catalogue, the card, idle, the bottom bar) is handled first, in [`common`]; then one
//! file a scene. Called by `app` and by tests only.

mod acting;
mod cabinet;
mod card;
mod card_pin;
mod common;
mod context;
mod effect;
mod ending;
mod enough;
mod evidence;
mod form;
mod funnel;
mod health;
mod home;
mod identify;
mod info;
mod info_tap;
mod input;
mod item;
mod keys;
mod look;
mod message;
mod offline;
mod page;
mod pin;
mod questionnaire;
mod rate;
mod review;
mod scan;
mod sign_in;
mod slip;
mod state;
mod table;
mod terminal;
mod typed;
mod visit;
mod witness;

pub(crate) use card_pin::is_open as pin_is_open;
pub use card_pin::{CardPin, Entry as PinEntry, Step as PinStep, Which as WhichPin, Wrong as WrongPin};
pub use context::{Effects, Refusal};
pub use effect::{Act, ActBody, ActId, ActKind, Boundary, CardCommand, ChangePin, Effect, Filing, Post};
pub use enough::Brought;
pub(crate) use enough::{Enough, HOUR_MS, of_nobody};
pub use evidence::{Presented, ProofShown};
pub(crate) use form::{Answered, CODE_KEYS, answered, may_skip, open_field};
pub use funnel::FunnelStep;
pub(crate) use health::{Closed, closed};
pub(crate) use home::{Tile, Unavailable, a_page as home_a_page, available, may_begin, offered, tiles};
pub use identify::{Asking, At, Identify, Told, Typing, Wanted};
pub(crate) use identify::{accepts, ways};
pub use info::{Found, Info, InfoPage, Published};
pub(crate) use info::{guide_tiles, words as info_words};
pub use input::{ActEnd, ActFailure, Completion, Device, DeviceHealth, Input, Ticket};
pub(crate) use look::{page_start, rows_a_page, shape, turned};
pub use look::{summary_rows_a_page, tiles_a_page};
pub use offline::{Checked, SealFound};
pub(crate) use offline::{Next, ROWS as SEAL_ROWS, instead as offline_instead, next as offline_next};
pub use page::{PageKey, PageName};
pub use questionnaire::Filling;
pub use rate::{Rated, Rating, Way};
pub(crate) use review::seen_ms;
pub use scan::Scanning;
pub(crate) use slip::ready as slip_ready;
pub use state::{
    Acting, Cause, Checking, Doing, Draft, Evacuation, Farewell, Filed, Form, Gone, Home, LaidDown, Message, Notice,
    Pin, Reading, Review, Scene, Serving, Shown, Stage, State,
};
pub(crate) use table::{entries, extent, is_pairs};
pub use terminal::{Health, Remembered, Terminal};
pub use typed::{Board, Typed};
pub use visit::{Over, Person, Principal, Seen, Visit, VisitCard};
pub use witness::{Witness, WitnessAt};

use crate::clock::Now;
use context::Context;

/// Lets `input` happen to `state` at `now`; returns what must be done in the world.
///
/// Exactly one of three things happens to an input: it is applied, it is refused with a reason, or (for a completion whose
/// ticket nobody holds any more) it is refused as stale.
pub fn step(state: &mut State, input: Input, now: Now) -> Effects {
    let key_before = state.page_key();
    let busy_before = funnel::busy_with(&state.stage);
    let mut context = Context::new(&mut state.terminal, state.screen, now);
    // The stage is taken out so that each handler may consume it; whatever happens, one is put back.
    let stage = std::mem::replace(&mut state.stage, Stage::Welcome(None));
    state.stage = common::step(stage, input, &mut context);
    tell(&mut state.stage, &mut context);
    // Midnight comes without an input of its own.
    if !context.refused() {
        health::look_at_offer(&mut context);
    }
    let mut effects = context.finish();
    funnel::count(busy_before, &state.stage, &mut effects, now);
    if state.page_key() != key_before {
        state.screen.0 += 1;
    }
    effects
}

/// The page that says how an act ended is in front of its person: not behind a card that has left, and not before who comes back has shown
/// who they are.
fn tell(stage: &mut Stage, cx: &mut Context<'_>) {
    if let Stage::Serving(Serving { visit, .. }) = stage
        && visit.paused.is_none()
        && let Some((act, outcome)) = visit.to_tell.take()
    {
        cx.push(Effect::Told { act, outcome });
    }
}

/// When the terminal next has something to do by itself, in elapsed milliseconds; there is no other tick.
#[must_use]
pub fn wake_at(state: &State) -> Option<u64> {
    common::deadlines(state).into_iter().flatten().min()
}
