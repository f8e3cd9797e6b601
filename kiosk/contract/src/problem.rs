//! The closed list of reasons why the agency says no. Words are looked up by [`ProblemCode::as_str`].

use serde::{Deserialize, Serialize};

use crate::message::Defect;

/// Why not. What a newer agency may add reads as `Other`, which has words of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ProblemCode {
    /// No such person is insured here.
    PersonUnknown,
    /// The card was reported lost.
    CardLost,
    /// The card's social function is not activated or suspended (封存).
    CardFrozen,
    /// The card has expired.
    CardExpired,
    /// The person has no records of that kind in that period.
    NoRecords,
    /// Not at a terminal: a window, with these materials.
    NotHere,
    /// The period is not one that can be asked for.
    PeriodInvalid,
    /// The item has changed since the terminal read the catalogue.
    ItemChanged,
    /// Too much to do; try again shortly.
    Busy,
    /// The sign-in is over.
    SignedOut,
    /// The item does not take what was presented, or nothing was.
    EvidenceNeeded,
    /// The electronic card's code is over, or none of this agency's.
    ECardInvalid,
    /// The one-time code is wrong, over, or was tried too often.
    CodeWrong,
    /// Too many one-time codes were asked for.
    TooManyCodes,
    /// No telephone is in the register to which a code could go.
    NoPhone,
    /// The item wants a member of staff to have seen the person, within the last minutes.
    WitnessNeeded,
    /// The card before the staff reader is none of this agency's, is withdrawn, or belongs to whom it should witness.
    WitnessRefused,
    /// No authority of that number lets the one act for the other (授权委托书).
    MandateUnknown,
    /// No document of that verification code was issued here.
    DocumentUnknown,
    /// The act id was used for something else.
    ActConflict,
    /// No such act.
    ActUnknown,
    /// The person does not meet the item's conditions.
    NotEligible,
    /// What is asked for holds already: enrolled, registered, activated, released.
    AlreadyDone,
    /// Contributions of that period have been declared already.
    AlreadyDeclared,
    /// A certification is not due yet.
    NotDue,
    /// There is no closed year yet for which a statement could be made.
    NoClosedYear,
    /// The person's pension has not been assessed.
    NoAssessment,
    /// The record belongs to the institutions' scheme and is kept at a window.
    CivilService,
    /// Contributions are owed, and the document may not be issued before they are paid.
    Arrears,
    /// The bank account is not in the person's own name.
    AccountNotOwn,
    /// The data are being corrected.
    UnderCorrection,
    /// Outside service hours.
    Closed,
    /// The system of this item's provider does not answer; other items go on.
    ProviderDown,
    /// No such case.
    CaseUnknown,
    /// The case is decided or withdrawn: it can no longer be withdrawn or corrected.
    CaseClosed,
    /// Somebody has evaluated the case already.
    AlreadyEvaluated,
    /// The idempotency key was used with another body or by another person.
    KeyReused,
    /// The text is not in force, or no longer: it must not be shown.
    TextWithdrawn,
    /// Answers do not pass their fields' checks; the problem lists every one.
    InputInvalid,
    /// The request does not follow this contract.
    BadRequest,
    /// Something this terminal has no words for.
    #[serde(other)]
    Other,
}

impl ProblemCode {
    /// Every code, in this order.
    pub const ALL: [Self; 41] = [
        Self::PersonUnknown,
        Self::CardLost,
        Self::CardFrozen,
        Self::CardExpired,
        Self::NoRecords,
        Self::NotHere,
        Self::PeriodInvalid,
        Self::ItemChanged,
        Self::Busy,
        Self::SignedOut,
        Self::EvidenceNeeded,
        Self::ECardInvalid,
        Self::CodeWrong,
        Self::TooManyCodes,
        Self::NoPhone,
        Self::WitnessNeeded,
        Self::WitnessRefused,
        Self::MandateUnknown,
        Self::DocumentUnknown,
        Self::ActConflict,
        Self::ActUnknown,
        Self::NotEligible,
        Self::AlreadyDone,
        Self::AlreadyDeclared,
        Self::NotDue,
        Self::NoClosedYear,
        Self::NoAssessment,
        Self::CivilService,
        Self::Arrears,
        Self::AccountNotOwn,
        Self::UnderCorrection,
        Self::Closed,
        Self::ProviderDown,
        Self::CaseUnknown,
        Self::CaseClosed,
        Self::AlreadyEvaluated,
        Self::KeyReused,
        Self::TextWithdrawn,
        Self::InputInvalid,
        Self::BadRequest,
        Self::Other,
    ];

    /// The code of this name.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|code| code.as_str() == text)
    }

    /// The code as it stands in messages and word tables.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PersonUnknown => "person_unknown",
            Self::CardLost => "card_lost",
            Self::CardFrozen => "card_frozen",
            Self::CardExpired => "card_expired",
            Self::NoRecords => "no_records",
            Self::NotHere => "not_here",
            Self::PeriodInvalid => "period_invalid",
            Self::ItemChanged => "item_changed",
            Self::Busy => "busy",
            Self::SignedOut => "signed_out",
            Self::EvidenceNeeded => "evidence_needed",
            Self::ECardInvalid => "e_card_invalid",
            Self::CodeWrong => "code_wrong",
            Self::TooManyCodes => "too_many_codes",
            Self::NoPhone => "no_phone",
            Self::WitnessNeeded => "witness_needed",
            Self::WitnessRefused => "witness_refused",
            Self::MandateUnknown => "mandate_unknown",
            Self::DocumentUnknown => "document_unknown",
            Self::ActConflict => "act_conflict",
            Self::ActUnknown => "act_unknown",
            Self::NotEligible => "not_eligible",
            Self::AlreadyDone => "already_done",
            Self::AlreadyDeclared => "already_declared",
            Self::NotDue => "not_due",
            Self::NoClosedYear => "no_closed_year",
            Self::NoAssessment => "no_assessment",
            Self::CivilService => "civil_service",
            Self::Arrears => "arrears",
            Self::AccountNotOwn => "account_not_own",
            Self::UnderCorrection => "under_correction",
            Self::Closed => "closed",
            Self::ProviderDown => "provider_down",
            Self::CaseUnknown => "case_unknown",
            Self::CaseClosed => "case_closed",
            Self::AlreadyEvaluated => "already_evaluated",
            Self::KeyReused => "key_reused",
            Self::TextWithdrawn => "text_withdrawn",
            Self::InputInvalid => "input_invalid",
            Self::BadRequest => "bad_request",
            Self::Other => "other",
        }
    }
}

/// Where to go on: a first-class result, not an error text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Route {
    /// Which window, in words ("3 号窗口").
    pub window: String,
    /// When it is open, in words that are true at that hour ("工作日 9:00 至 17:00").
    pub hours: String,
    /// What to bring along.
    pub materials: Vec<String>,
}

/// The body of every answer with status 4xx or 5xx.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// Why not.
    pub code: ProblemCode,
    /// Where to go on, if a person can do something about it.
    #[serde(default)]
    pub route: Option<Route>,
    /// Everything that stands in the way, at once.
    #[serde(default)]
    pub defects: Vec<Defect>,
}
