//! How somebody wants to see, and the kind of panel they see it on.

/// A language the words exist in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub enum Lang {
    /// 简体中文.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::Zh, Self::En];

    /// The tag under which messages to the agency name it.
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh",
            Self::En => "en",
        }
    }
}

/// Text size: 1.0, 1.3 and 1.6 times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub enum Size {
    /// Content 36 px.
    #[default]
    Standard,
    /// 1.3 times.
    Large,
    /// 1.6 times.
    Extra,
}

impl Size {
    /// Every size.
    pub const ALL: [Self; 3] = [Self::Standard, Self::Large, Self::Extra];

    /// The next larger up to `largest`; after that, the standard.
    #[must_use]
    pub const fn next(self, largest: Self) -> Self {
        match (self, largest) {
            (Self::Standard, Self::Large | Self::Extra) => Self::Large,
            (Self::Large, Self::Extra) => Self::Extra,
            _ => Self::Standard,
        }
    }
}

/// How the panel stands, in logical pixels of 0.248 mm. Decides where things are, never how large they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default, PartialOrd, Ord)]
pub enum Shape {
    /// Higher than wide; 1080 x 1920 is the reference.
    #[default]
    Upright,
    /// Wider than high; 1920 x 1080.
    Wide,
    /// Wider than high and under 900 high; 1280 x 800. Fewer rows, and no text of 1.6 times: it would not fit.
    WideLow,
}

impl Shape {
    /// Every shape.
    pub const ALL: [Self; 3] = [Self::Upright, Self::Wide, Self::WideLow];

    /// The largest text that every page has room for.
    #[must_use]
    pub const fn largest(self) -> Size {
        match self {
            Self::Upright | Self::Wide => Size::Extra,
            Self::WideLow => Size::Large,
        }
    }
}

/// How this visitor wants to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Look {
    /// Language of all words.
    pub lang: Lang,
    /// Text size.
    pub size: Size,
    /// Black ground, white text, yellow accent; no motion.
    pub contrast: bool,
    /// Every button within 240 mm of the lower edge.
    pub low_reach: bool,
}
