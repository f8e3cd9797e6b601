//! The audit's chain: each line carries the digest of everything before it, so that a line that was changed, taken out or put elsewhere
//! shows, and where.
//!
//! This file is pure: lines in, digests and findings out. `journal::audit` keeps the lines; [`tool`] and [`status`] read them there for staff. A digest names its algorithm (`sha256:`, `sm3:`), and a chain
//! may change it from one line to the next. What the chain cannot show by itself is that its end was cut off, or that all of it was made
//! anew: for that, a head is kept elsewhere and compared ([`Verifier::new`]).

pub mod status;
pub mod tool;
pub mod vouch;

use std::fmt::Write as _;

use sha2::{Digest, Sha256};
use sm3::Sm3;

/// What stands before the first line.
pub const START: &str = "start";

/// With what a line is bound to those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Algorithm {
    /// SHA-256 (FIPS 180-4).
    #[default]
    Sha256,
    /// SM3 (GB/T 32905-2016).
    Sm3,
}

impl Algorithm {
    /// Every algorithm a verifier takes.
    pub const ALL: [Self; 2] = [Self::Sha256, Self::Sm3];

    /// As it stands before a digest.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha256 => "sha256",
            Self::Sm3 => "sm3",
        }
    }

    /// The algorithm that a digest names.
    fn of(digest: &str) -> Option<Self> {
        let (name, _) = digest.split_once(':')?;
        Self::ALL.into_iter().find(|algorithm| algorithm.as_str() == name)
    }

    /// The digest of a line after the one whose digest is `previous`: of both, with a line feed between them.
    #[must_use]
    pub fn link(self, previous: &str, text: &str) -> String {
        let bytes = [previous.as_bytes(), b"\n", text.as_bytes()].concat();
        let hash = match self {
            Self::Sha256 => Sha256::digest(bytes).to_vec(),
            Self::Sm3 => Sm3::digest(bytes).to_vec(),
        };
        hash.iter().fold(format!("{}:", self.as_str()), |mut text, byte| {
            let _never_fails = write!(text, "{byte:02x}");
            text
        })
    }
}

/// One line of the audit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Counts lines from 1, without a gap.
    pub sequence: i64,
    /// `seq=N` and what happened, as `NAME=TEXT` with blanks between.
    pub text: String,
    /// [`Algorithm::link`] of the line before and this text.
    pub digest: String,
}

impl Line {
    /// The line after `head`.
    #[must_use]
    pub fn after(head: &Head, algorithm: Algorithm, told: &str) -> Self {
        let sequence = head.sequence + 1;
        let text = format!("seq={sequence} {told}");
        let digest = algorithm.link(&head.digest, &text);
        Self { sequence, text, digest }
    }
}

/// What stands behind `name` in a line's text, if it has such a field: its own come before those of its event.
#[must_use]
pub fn field<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    text.split(' ').find_map(|told| told.strip_prefix(name)?.strip_prefix('='))
}

/// The first line of an export: what its lines follow.
#[must_use]
pub fn after_line(head: &Head) -> String {
    format!("after {} {}\n", head.sequence, head.digest)
}

/// A line of an export.
#[must_use]
pub fn exported_line(line: &Line) -> String {
    format!("{} {}\n", line.digest, line.text)
}

/// Where a chain ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its last line; 0 before the first.
    pub sequence: i64,
    /// That line's digest.
    pub digest: String,
}

impl Default for Head {
    fn default() -> Self {
        Self { sequence: 0, digest: START.to_owned() }
    }
}

/// What is wrong with a chain, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// Lines are not there.
    #[error("line {from} to {to} missing")]
    Missing {
        /// The first that is not there.
        from: i64,
        /// The last.
        to: i64,
    },
    /// A line stands where another should.
    #[error("line {sequence} holds the text of another line")]
    Misplaced {
        /// Where.
        sequence: i64,
    },
    /// A line does not follow from the one before.
    #[error("line {sequence} was changed, or the digest of the line before it")]
    Changed {
        /// Which.
        sequence: i64,
    },
    /// A digest names no algorithm that is taken.
    #[error("line {sequence} has a digest of a kind that is not taken")]
    Algorithm {
        /// Which.
        sequence: i64,
    },
    /// The line whose digest was kept elsewhere is not among these, so that nothing can be said of it.
    #[error("line {sequence}, whose digest was kept elsewhere, is not among these")]
    NotMet {
        /// Which.
        sequence: i64,
    },
    /// The beginning is not there, and no line says that it was pruned after an export.
    #[error(
        "lines up to {sequence} are gone, and no line says that they were pruned here after an export: the beginning was cut off"
    )]
    CutOff {
        /// The last that is not there.
        sequence: i64,
    },
    /// Lines are marked as exported, and no line says by whose word.
    #[error("lines up to {sequence} are marked as exported, and no line says who has acknowledged that")]
    Unacknowledged {
        /// The last of them.
        sequence: i64,
    },
    /// In an export of several parts, one does not follow from the one before.
    #[error("a part begins after line {sequence} and does not follow the one before it")]
    Part {
        /// What it says that it follows.
        sequence: i64,
    },
    /// Line and digest that were kept elsewhere are not in the chain.
    #[error("line {sequence} is not the one whose digest was kept elsewhere")]
    Other {
        /// Which.
        sequence: i64,
    },
}

/// Follows a chain line by line and keeps every finding; after one, it goes on from what stands there, so that later ones are found, too.
#[derive(Debug)]
pub struct Verifier {
    head: Head,
    /// Not met yet.
    kept: Option<Head>,
    findings: Vec<Broken>,
}

impl Verifier {
    /// Begins after `head`; `kept` is a head of the same chain that was kept elsewhere.
    #[must_use]
    pub fn new(head: Head, kept: Option<Head>) -> Self {
        let mut verifier = Self { head, kept, findings: Vec::new() };
        verifier.meet();
        verifier
    }

    /// Compares the line now reached with the one that was kept elsewhere, if it is that.
    fn meet(&mut self) {
        let sequence = self.head.sequence;
        if let Some(kept) = self.kept.take_if(|kept| kept.sequence == sequence)
            && kept.digest != self.head.digest
        {
            self.findings.push(Broken::Other { sequence });
        }
    }

    /// Looks at the next line.
    pub fn take(&mut self, line: &Line) {
        let sequence = line.sequence;
        let expected = self.head.sequence + 1;
        if sequence > expected {
            self.findings.push(Broken::Missing { from: expected, to: sequence - 1 });
        } else if sequence < expected || !line.text.starts_with(&format!("seq={sequence} ")) {
            self.findings.push(Broken::Misplaced { sequence });
        } else {
            self.findings.extend(self.unlinked(line));
        }
        self.head = Head { sequence, digest: line.digest.clone() };
        self.meet();
    }

    /// Another part of an export, which says that it follows `head`.
    pub fn part(&mut self, head: Head) {
        if head != self.head {
            self.findings.push(Broken::Part { sequence: head.sequence });
            self.head = head;
        }
    }

    /// Whether anything is wrong so far.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        !self.findings.is_empty()
    }

    fn unlinked(&self, line: &Line) -> Option<Broken> {
        let sequence = line.sequence;
        match Algorithm::of(&line.digest) {
            None => Some(Broken::Algorithm { sequence }),
            Some(with) if with.link(&self.head.digest, &line.text) != line.digest => Some(Broken::Changed { sequence }),
            Some(_) => None,
        }
    }

    /// Where the chain ends, and everything that is wrong with it.
    #[must_use]
    pub fn end(mut self) -> (Head, Vec<Broken>) {
        let last = self.head.sequence;
        self.findings.extend(self.kept.map(|Head { sequence, .. }| match sequence {
            sequence if sequence > last => Broken::Missing { from: last + 1, to: sequence },
            sequence => Broken::NotMet { sequence },
        }));
        (self.head, self.findings)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn chain(length: i64, with: fn(i64) -> Algorithm) -> Vec<Line> {
        let mut head = Head::default();
        let next = |n: i64| {
            let line = Line::after(&head, with(n), &format!("event=happened number={n}"));
            head = Head { sequence: line.sequence, digest: line.digest.clone() };
            line
        };
        (1..=length).map(next).collect()
    }

    fn plain(length: i64) -> Vec<Line> {
        chain(length, |_| Algorithm::Sha256)
    }

    fn findings(lines: &[Line], kept: Option<Head>) -> Vec<Broken> {
        let mut verifier = Verifier::new(Head::default(), kept);
        lines.iter().for_each(|line| verifier.take(line));
        verifier.end().1
    }

    #[test]
    fn a_line_is_changed() {
        let mut lines = plain(5);
        lines[2].text = lines[2].text.replace("happened", "never_was");
        assert_eq!(findings(&lines, None), [Broken::Changed { sequence: 3 }]);
        // With a digest to match, the next line gives it away.
        lines[2].digest = Algorithm::Sha256.link(&lines[1].digest.clone(), &lines[2].text.clone());
        assert_eq!(findings(&lines, None), [Broken::Changed { sequence: 4 }]);
    }

    #[test]
    fn a_line_is_taken_out_or_put_elsewhere() {
        let mut lines = plain(5);
        lines.remove(1);
        assert_eq!(findings(&lines, None), [Broken::Missing { from: 2, to: 2 }]);
        let mut lines = plain(5);
        let (text, digest) = (lines[1].text.clone(), lines[1].digest.clone());
        (lines[1].text, lines[1].digest) = (lines[2].text.clone(), lines[2].digest.clone());
        (lines[2].text, lines[2].digest) = (text, digest);
        let told = findings(&lines, None);
        assert_eq!(told[..2], [Broken::Misplaced { sequence: 2 }, Broken::Misplaced { sequence: 3 }]);
    }

    #[test]
    fn the_end_is_cut_off_or_all_is_made_anew() {
        let lines = plain(5);
        let kept = Head { sequence: 5, digest: lines[4].digest.clone() };
        assert!(findings(&lines, Some(kept.clone())).is_empty());
        assert_eq!(findings(&lines[..3], Some(kept.clone())), [Broken::Missing { from: 4, to: 5 }]);
        let anew = chain(6, |_| Algorithm::Sm3);
        assert_eq!(findings(&anew, Some(kept)), [Broken::Other { sequence: 5 }]);
        // A part that begins later than the head that was kept says nothing about it, and says so.
        let tail = |kept: &Line| {
            let head = |line: &Line| Head { sequence: line.sequence, digest: line.digest.clone() };
            let mut verifier = Verifier::new(head(&lines[2]), Some(head(kept)));
            lines[3..].iter().for_each(|line| verifier.take(line));
            verifier.end().1
        };
        assert_eq!(tail(&lines[1]), [Broken::NotMet { sequence: 2 }]);
        assert_eq!(tail(&Line { sequence: 3, ..lines[0].clone() }), [Broken::Other { sequence: 3 }]);
        assert!(tail(&lines[2]).is_empty());
    }

    #[test]
    fn an_algorithm_changes_on_the_way() {
        let mut lines = chain(6, |n| Algorithm::ALL[usize::from(n > 3)]);
        assert!(findings(&lines, None).is_empty());
        lines[4].digest = lines[4].digest.replace("sm3:", "md5:");
        assert_eq!(findings(&lines, None)[0], Broken::Algorithm { sequence: 5 });
        lines[4].digest = lines[4].digest.replace("md5:", "sha256:");
        assert_eq!(findings(&lines, None)[0], Broken::Changed { sequence: 5 });
    }
}
