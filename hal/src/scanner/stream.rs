//! Bytes of a scanner to texts of codes: by suffix or by silence, UTF-8 or GBK. Pure and total; time comes in as milliseconds.
//!
//! A wrong code is one error and harms none after it.

use encoding_rs::GB18030;
use zeroize::Zeroizing;

use crate::private::Private;

/// What ends a code. Silence ends it too, whatever is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suffix {
    /// 0D.
    Cr,
    /// 0A.
    Lf,
    /// 0D 0A.
    CrLf,
    /// Any of them; what is empty between two is no code.
    Any,
    /// Silence only.
    None,
}

/// How a code's text is coded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// GBK, read as GB18030.
    Gbk,
    /// UTF-8 where it is valid UTF-8, else GBK.
    Auto,
}

/// How to read the stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Config {
    /// What ends a code.
    pub suffix: Suffix,
    /// Silence that ends a code.
    pub idle_ms: u64,
    /// How text is coded.
    pub encoding: Encoding,
    /// Longest code; QR holds 2953 bytes.
    pub max_bytes: usize,
}

/// Why bytes are no code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadCode {
    /// Longer than allowed.
    #[error("too long")]
    Oversize,
    /// Not text of the set encoding.
    #[error("not text")]
    Undecodable,
    /// Control characters inside.
    #[error("control characters")]
    ControlBytes,
}

/// Collects the bytes of one code after the other.
pub struct Collector {
    config: Config,
    buffer: Zeroizing<Vec<u8>>,
    oversize: bool,
    last_ms: u64,
}

impl Collector {
    /// Nothing collected yet.
    #[must_use]
    pub fn new(config: Config) -> Self {
        // One byte of a longer suffix may stand behind the longest code.
        let buffer = Zeroizing::new(Vec::with_capacity(config.max_bytes + 1));
        Self { config, buffer, oversize: false, last_ms: 0 }
    }

    /// Takes in what came at `at_ms`; returns the codes that are now whole.
    pub fn feed(&mut self, bytes: &[u8], at_ms: u64) -> Vec<Result<Private<String>, BadCode>> {
        let mut codes: Vec<_> = self.idle(at_ms).into_iter().collect();
        self.last_ms = at_ms;
        for byte in bytes {
            codes.extend(self.take(*byte));
        }
        codes
    }

    /// Tells that nothing more has come until `at_ms`.
    pub fn idle(&mut self, at_ms: u64) -> Option<Result<Private<String>, BadCode>> {
        (at_ms.saturating_sub(self.last_ms) >= self.config.idle_ms).then(|| self.end()).flatten()
    }

    /// Whether silence would end something.
    #[must_use]
    pub fn is_collecting(&self) -> bool {
        self.oversize || !self.buffer.is_empty()
    }

    fn take(&mut self, byte: u8) -> Option<Result<Private<String>, BadCode>> {
        let ends = match (self.config.suffix, byte) {
            (Suffix::Cr | Suffix::Any, b'\r') | (Suffix::Lf | Suffix::Any, b'\n') => true,
            (Suffix::CrLf, b'\n') if self.buffer.last() == Some(&b'\r') => {
                self.buffer.pop();
                true
            }
            _ => false,
        };
        if ends {
            return self.end();
        }
        let room = self.config.max_bytes + usize::from(self.config.suffix == Suffix::CrLf && byte == b'\r');
        if self.oversize || self.buffer.len() >= room {
            // The last byte is kept to see a suffix of two.
            self.oversize = true;
            self.buffer.clear();
        }
        self.buffer.push(byte);
        None
    }

    fn end(&mut self) -> Option<Result<Private<String>, BadCode>> {
        let bytes = std::mem::replace(&mut self.buffer, Zeroizing::new(Vec::with_capacity(self.config.max_bytes + 1)));
        if std::mem::take(&mut self.oversize) {
            return Some(Err(BadCode::Oversize));
        }
        (!bytes.is_empty()).then(|| text(&bytes, self.config.encoding))
    }
}

fn text(bytes: &[u8], encoding: Encoding) -> Result<Private<String>, BadCode> {
    let utf8 = || std::str::from_utf8(bytes).ok().map(|text| text.trim_start_matches('\u{FEFF}').to_owned());
    let gbk = || GB18030.decode_without_bom_handling_and_without_replacement(bytes).map(std::borrow::Cow::into_owned);
    let text = match encoding {
        Encoding::Utf8 => utf8(),
        Encoding::Gbk => gbk(),
        Encoding::Auto => utf8().or_else(gbk),
    };
    let text = Private::new(text.ok_or(BadCode::Undecodable)?);
    if text.reveal().chars().any(char::is_control) { Err(BadCode::ControlBytes) } else { Ok(text) }
}
