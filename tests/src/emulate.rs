//! Devices that speak their own protocols over the real wires and take plain text lines, so that a person, a test and the
//! demo's panel can all make them fail in the ways the real ones do.

pub mod alone;
pub mod bridge;
pub mod card;
pub mod card_file;
pub mod id_reader;
pub mod line;
pub mod pad;
pub mod page;
pub mod queue;
pub mod receipt;
pub mod scanner;
pub mod sensors;
pub mod staff;
pub mod ups;

/// An emulated device.
pub trait Emulator: Send {
    /// Obeys one line; answers with what is now so.
    ///
    /// # Errors
    /// What is wrong with the line, or why it cannot be obeyed.
    fn line(&mut self, line: &str) -> Result<String, String>;

    /// The lines it knows, with ` | ` between them; what is to be filled in stands in capitals.
    fn help(&self) -> &'static str;
}

/// A number in a line.
fn number<T: std::str::FromStr>(text: Option<&str>, what: &str) -> Result<T, String> {
    text.ok_or_else(|| format!("{what} is missing"))?.parse().map_err(|_| format!("{what} must be a number"))
}
