//! One visit with one act of each kind, to its good end: for whoever looks at what an act leaves behind.

use kiosk::session::ActKind;

use super::{Play, good, item};

/// Plays a visit whose only act is one of this kind.
///
/// # Errors
/// What went otherwise than it should, or no item has a row with that act alone.
pub fn play(kind: ActKind, play: &mut Play) -> Result<(), String> {
    match kind {
        // A slip is printed beside something else; no item is for slips alone.
        ActKind::Slip => good::contributions_slip(play),
        ActKind::Certificate | ActKind::Case | ActKind::CardPin | ActKind::Question => {
            let alone = |row: &item::Row| row.is_good() && row.first.is_none() && row.only_act() == Some(kind.as_str());
            let row = item::rows()?.into_iter().find(alone);
            item::play(play, &row.ok_or_else(|| format!("no row has one act of kind {}", kind.as_str()))?)
        }
    }
}
