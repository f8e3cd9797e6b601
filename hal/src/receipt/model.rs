//! Printer models as rows: a new model is a row here or in the site's configuration, never an `if`.

use std::borrow::Cow;

use super::gb18030::Charset;

/// How a model says what it is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tells {
    /// Not at all, or its network adapter drops what it says: whether it printed can never be known, nor whether it still holds a job.
    Nothing,
    /// When asked: DLE EOT at any moment, GS r in print order.
    WhenAsked,
    /// By itself, four bytes at every change (GS a), and GS r in print order; it knows no DLE EOT.
    ByItself,
}

/// What differs between models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    /// As configured.
    pub name: Cow<'static, str>,
    /// Printable dots across; ASCII cells are 12 dots wide, kanji cells 24.
    pub width_dots: u16,
    /// Characters its ROM holds.
    pub charset: Charset,
    /// How it says what it is doing.
    pub tells: Tells,
    /// The command that cuts; empty where it has no cutter.
    pub cut: Cow<'static, [u8]>,
}

impl Model {
    /// ASCII cells across.
    #[must_use]
    pub const fn cells(&self) -> usize {
        (self.width_dots / 12) as usize
    }

    const fn row(name: &'static str, width_dots: u16, charset: Charset, tells: Tells, cut: &'static [u8]) -> Self {
        Self { name: Cow::Borrowed(name), width_dots, charset, tells, cut: Cow::Borrowed(cut) }
    }
}

/// GS V 65 0: feeds to the knife and cuts.
pub const CUT: [u8; 4] = [0x1D, 0x56, 0x41, 0x00];
/// ESC m: partial cut of older models.
const CUT_OLD: [u8; 2] = [0x1B, 0x6D];
const NO_CUTTER: [u8; 0] = [];

/// Every model we know: width in dots, characters, status, cut.
pub static ALL: [Model; 5] = [
    Model::row("generic-80", 576, Charset::Gb18030, Tells::WhenAsked, &CUT),
    Model::row("generic-58", 384, Charset::Gbk, Tells::WhenAsked, &NO_CUTTER),
    Model::row("asb-80", 576, Charset::Gb18030, Tells::ByItself, &CUT),
    Model::row("kiosk-58", 384, Charset::Gb18030, Tells::ByItself, &CUT_OLD),
    Model::row("mute-80", 576, Charset::Gb2312, Tells::Nothing, &CUT),
];

/// The model of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Model> {
    ALL.iter().find(|model| model.name == name)
}
