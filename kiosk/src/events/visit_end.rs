//! Why a visit ended: a closed list.

use hal::Code;

/// Why a visit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VisitEnd {
    /// The citizen said so.
    Left,
    /// The card was taken before anybody was identified.
    CardTaken,
    /// The card did not come back within the grace.
    CardNotBack,
    /// Another card was inserted.
    OtherCard,
    /// Somebody else's credential was presented.
    OtherPerson,
    /// Nobody answered the warning.
    Idle,
    /// It took longer than a visit may.
    TooLong,
    /// The building's fire alarm.
    FireAlarm,
    /// Power or cabinet forbid to go on.
    Suspended(Code),
}

impl VisitEnd {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::CardTaken => "card_taken",
            Self::CardNotBack => "card_not_back",
            Self::OtherCard => "other_card",
            Self::OtherPerson => "other_person",
            Self::Idle => "idle",
            Self::TooLong => "too_long",
            Self::FireAlarm => "fire_alarm",
            Self::Suspended(code) => code.as_str(),
        }
    }

    /// What its person should be told about it, if they did not end it themselves.
    #[must_use]
    pub const fn code(self) -> Option<Code> {
        match self {
            Self::Suspended(code) => Some(code),
            _ => None,
        }
    }
}
