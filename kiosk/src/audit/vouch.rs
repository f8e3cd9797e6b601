//! What the kept chain itself says of the marks that stand beside it. A mark alone is worth nothing: whoever cuts off the beginning writes one,
//! too. But no line goes before an export of it was acknowledged, and both are told by lines that come later and are still there.
//!
//! Pure. Whoever makes all of the chain anew deceives this as well; for that, a head is kept elsewhere (`super`).

use super::{Broken, Head, Line, field};

/// Looks for the lines that the marks rest on.
#[derive(Debug)]
pub struct Vouchers {
    base: Head,
    exported: Head,
    /// Up to where the lines so far say that an export was acknowledged.
    acknowledged: i64,
    base_told: bool,
    exported_told: bool,
}

impl Vouchers {
    /// For a chain that goes on from `base`, of which `exported` says how far it is kept elsewhere.
    #[must_use]
    pub fn new(base: Head, exported: Head) -> Self {
        let start = Head::default();
        let (base_told, exported_told) = (base == start, exported == start);
        Self { base, exported, acknowledged: 0, base_told, exported_told }
    }

    /// Looks at the next line, as it stands there: whether it was changed, the chain's own verifier finds out.
    pub fn take(&mut self, line: &Line) {
        let event = field(&line.text, "event");
        let told = || {
            let sequence = field(&line.text, "up_to")?.parse().ok()?;
            Some(Head { sequence, digest: field(&line.text, "digest")?.to_owned() })
        };
        match (event, told()) {
            (Some("audit_acknowledged"), Some(head)) => {
                self.acknowledged = self.acknowledged.max(head.sequence);
                self.exported_told |= head == self.exported;
            }
            (Some("audit_pruned"), Some(head)) => {
                self.base_told |= head == self.base && self.acknowledged >= head.sequence;
            }
            _ => {}
        }
    }

    /// What nothing vouches for.
    pub fn end(self) -> impl Iterator<Item = Broken> {
        let cut_off = (!self.base_told).then_some(Broken::CutOff { sequence: self.base.sequence });
        let claimed = Broken::Unacknowledged { sequence: self.exported.sequence };
        cut_off.into_iter().chain((!self.exported_told).then_some(claimed))
    }
}
