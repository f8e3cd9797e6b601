//! Identity numbers: GB 11643 (18 digits), HK/Macao/Taiwan residence permits, foreigners' permanent residence cards of 2017 (15)
//! and 2023 (18), and the 15-digit citizen number that only archives still hold.

use super::date::Date;

/// What kind of document a number belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdKind {
    /// Resident identity card.
    Citizen18,
    /// Residence permit of Hong Kong, Macao (81, 82) and Taiwan (83) residents.
    HmtPermit18,
    /// Foreigner's permanent residence card, 2023: leading 9.
    ForeignPr18,
    /// Foreigner's permanent residence card, 2017: three letters, twelve digits.
    ForeignPr15,
    /// Citizen number before 1999.
    Archive15,
}

/// Why a text is no identity number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdError {
    /// Neither 15 nor 18 characters.
    Length,
    /// A character that cannot stand there.
    Charset,
    /// No such birth date.
    Date,
    /// Born after today.
    Future,
    /// The check digit is wrong.
    Check,
    /// A 15-digit number identifies nobody any more.
    ArchiveOnly,
}

/// A checked identity number.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// The kind.
    pub kind: IdKind,
    /// As it is stored: X in upper case.
    pub normalized: String,
    /// Birth date, where the number tells.
    pub birth: Option<Date>,
    /// Whether the holder is male, where the number tells (GB 11643: odd sequence).
    pub male: Option<bool>,
}

impl Identity {
    /// Reads a number as a person may type it or a chip may hold it. `archive` also lets 15-digit numbers pass.
    ///
    /// # Errors
    /// The first thing that is wrong, in the order of [`IdError`].
    pub fn parse(text: &str, today: Date, archive: bool) -> Result<Self, IdError> {
        let normalized = text.trim().to_ascii_uppercase();
        match normalized.chars().count() {
            18 => Self::eighteen(normalized, today),
            15 if normalized.starts_with(|c: char| c.is_ascii_alphabetic()) => Self::foreign15(normalized),
            15 => Self::archive15(normalized, today, archive),
            _ => Err(IdError::Length),
        }
    }

    /// GB/T 2260 code of the place of registration, abolished ones as they are. Foreigners have none.
    #[must_use]
    pub fn region(&self) -> Option<&str> {
        self.normalized.get(..6).filter(|_| !matches!(self.kind, IdKind::ForeignPr18 | IdKind::ForeignPr15))
    }

    /// Of a 2023 permanent residence card: first two digits of the province that issued it, and the numeric nationality
    /// (GB/T 2659).
    #[must_use]
    pub fn province_and_nationality(&self) -> Option<(&str, &str)> {
        let places = self.normalized.get(1..3).zip(self.normalized.get(3..6));
        places.filter(|_| self.kind == IdKind::ForeignPr18)
    }

    /// The 18 digits that a 15-digit number became in 1999. For finding old files only: it never signs anybody in, because two
    /// people may have held the same 15 digits, and only the police can say who this is.
    #[must_use]
    pub fn upgraded(&self) -> Option<String> {
        let (region, rest) = self.normalized.split_at_checked(6).filter(|_| self.kind == IdKind::Archive15)?;
        let body = format!("{region}19{rest}");
        check_digit(&body).map(|check| format!("{body}{check}"))
    }

    fn eighteen(number: String, today: Date) -> Result<Self, IdError> {
        let (body, check) = number.split_at_checked(17).ok_or(IdError::Charset)?;
        if !body.bytes().all(|byte| byte.is_ascii_digit())
            || !check.bytes().all(|byte| byte.is_ascii_digit() || byte == b'X')
        {
            return Err(IdError::Charset);
        }
        let kind = match body.as_bytes() {
            [b'9', ..] => IdKind::ForeignPr18,
            [b'8', b'1'..=b'3', b'0', b'0', b'0', b'0', ..] => IdKind::HmtPermit18,
            [b'1'..=b'8', ..] => IdKind::Citizen18,
            _ => return Err(IdError::Charset),
        };
        let birth = born(body.get(6..14), today)?;
        if check_digit(body) != check.chars().next() {
            return Err(IdError::Check);
        }
        // The permanent residence card's source gives no rule for the sex.
        let male = (kind != IdKind::ForeignPr18).then(|| odd(body.as_bytes().get(16)));
        Ok(Self { kind, birth: Some(birth), male, normalized: number })
    }

    fn foreign15(number: String) -> Result<Self, IdError> {
        let (letters, digits) = number.split_at_checked(3).ok_or(IdError::Charset)?;
        if !letters.bytes().all(|byte| byte.is_ascii_uppercase()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(IdError::Charset);
        }
        Ok(Self { kind: IdKind::ForeignPr15, birth: None, male: None, normalized: number })
    }

    fn archive15(number: String, today: Date, archive: bool) -> Result<Self, IdError> {
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(IdError::Charset);
        }
        if !archive {
            return Err(IdError::ArchiveOnly);
        }
        let birth = born(number.get(6..12).map(|short| format!("19{short}")).as_deref(), today)?;
        let male = Some(odd(number.as_bytes().get(14)));
        Ok(Self { kind: IdKind::Archive15, birth: Some(birth), male, normalized: number })
    }
}

fn born(compact: Option<&str>, today: Date) -> Result<Date, IdError> {
    let birth = compact.and_then(Date::parse_compact).filter(|date| date.year() >= 1800).ok_or(IdError::Date)?;
    if birth > today { Err(IdError::Future) } else { Ok(birth) }
}

fn odd(digit: Option<&u8>) -> bool {
    digit.is_some_and(|digit| digit % 2 == 1)
}

/// MOD 11-2 over the first 17 digits (GB 11643).
fn check_digit(body: &str) -> Option<char> {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let sum: u32 = body.chars().zip(WEIGHTS).filter_map(|(digit, weight)| digit.to_digit(10).map(|d| d * weight)).sum();
    "10X98765432".chars().nth(usize::try_from(sum % 11).ok()?)
}
