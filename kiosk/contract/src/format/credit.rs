//! Unified social credit codes (统一社会信用代码, GB 32100): who an employer or an agency is.

/// A checked code: department 1, class 1, region 6, organisation 9, check 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CreditCode(String);

/// Why a text is no credit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreditError {
    /// Not 18 characters.
    Length,
    /// A character outside the alphabet (lower case and I, O, S, V, Z are), or a region that is not digits.
    Charset,
    /// The check character is wrong.
    Check,
}

/// The standard leaves out what could be taken for a digit or for another letter; a character's place is its value.
const ALPHABET: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

impl CreditCode {
    /// Reads a code. Lower case is refused: the standard knows none, and whoever copies a code copies capitals.
    ///
    /// # Errors
    /// The first thing that is wrong. The region's digits are looked at last: a slip there is a failed check, as anywhere.
    pub fn parse(text: &str) -> Result<Self, CreditError> {
        let text = text.trim();
        if text.chars().count() != 18 {
            return Err(CreditError::Length);
        }
        let values: Vec<usize> = text.chars().map_while(|c| ALPHABET.find(c)).collect();
        let (Some((check, body)), 18) = (values.split_last(), values.len()) else { return Err(CreditError::Charset) };
        if check_value(body) != *check {
            return Err(CreditError::Check);
        }
        let code = Self(text.to_owned());
        if code.region().bytes().all(|byte| byte.is_ascii_digit()) { Ok(code) } else { Err(CreditError::Charset) }
    }

    /// As it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// 登记管理部门代码.
    #[must_use]
    pub fn department(&self) -> &str {
        self.part(0, 1)
    }

    /// 机构类别代码.
    #[must_use]
    pub fn class(&self) -> &str {
        self.part(1, 2)
    }

    /// 登记管理机关行政区划码, GB/T 2260.
    #[must_use]
    pub fn region(&self) -> &str {
        self.part(2, 8)
    }

    /// 主体标识码: the organisation code, GB 11714.
    #[must_use]
    pub fn organisation(&self) -> &str {
        self.part(8, 17)
    }

    /// 校验码.
    #[must_use]
    pub fn check(&self) -> &str {
        self.part(17, 18)
    }

    fn part(&self, from: usize, to: usize) -> &str {
        self.0.get(from..to).unwrap_or_default()
    }
}

/// The check character's value: weights are the powers of three modulo 31.
fn check_value(body: &[usize]) -> usize {
    let (sum, _) = body.iter().fold((0, 1), |(sum, weight), value| (sum + value * weight, weight * 3 % 31));
    (31 - sum % 31) % 31
}
