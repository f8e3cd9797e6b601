//! Printer models as rows: a new model is a row, never an `if`.

use super::gb18030::Charset;

/// What differs between models.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Model {
    /// As configured.
    pub name: &'static str,
    /// Printable dots across; ASCII cells are 12 dots wide, kanji cells 24.
    pub width_dots: u16,
    /// Characters its ROM holds.
    pub charset: Charset,
    /// Whether it answers status requests.
    pub tells_status: bool,
    /// Whether it cuts.
    pub cuts: bool,
}

impl Model {
    /// ASCII cells across.
    #[must_use]
    pub const fn cells(&self) -> usize {
        (self.width_dots / 12) as usize
    }
}

/// Every model we know.
pub const ALL: &[Model] = &[
    Model { name: "generic-80", width_dots: 576, charset: Charset::Gb18030, tells_status: true, cuts: true },
    Model { name: "generic-58", width_dots: 384, charset: Charset::Gbk, tells_status: true, cuts: false },
    Model { name: "mute-80", width_dots: 576, charset: Charset::Gb2312, tells_status: false, cuts: true },
];

/// The model of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Model> {
    ALL.iter().find(|model| model.name == name)
}
