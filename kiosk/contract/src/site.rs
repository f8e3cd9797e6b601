//! The terminal's configuration: every key, its unit, its default and its reason.
//!
//! Layers merge into one document before it is read (built-in < site < global < group < terminal); [`Site::check`] then
//! judges it as a whole. An unknown key is an error: a misspelt limit must never be silently without effect.

pub mod audit;
pub mod devices;
mod document_keys;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use audit::Audit;
pub use devices::Devices;
pub use document_keys::DocumentKey;

use crate::format::holds_number;

/// The whole configuration of one terminal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// Who this terminal is and where it stands.
    pub terminal: Terminal,
    /// The agency's service.
    pub agency: Agency,
    /// Which devices there are and how they are reached.
    pub devices: Devices,
    /// The screen.
    #[serde(default)]
    pub panel: Panel,
    /// Where the terminal keeps its journal.
    pub storage: Storage,
    /// Who reads its audit; left out where that is exported by hand.
    pub audit: Option<Audit>,
    /// Time-outs, counts and sizes.
    #[serde(default)]
    pub limits: Limits,
}

/// Who this terminal is and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Terminal {
    /// Lower-case letters, digits and hyphens, at most ten digits in a row; the common name of its certificate, and the head of every act id.
    pub id: String,
    /// The hall, as citizens know it.
    pub hall: String,
    /// The terminal's number in the hall, as painted on it.
    pub number: String,
    /// Where a person helps ("大厅 1 号服务台").
    pub help_desk: String,
    /// Which telephone helps.
    #[serde(default = "Terminal::help_phone")]
    pub help_phone: String,
}

impl Terminal {
    fn help_phone() -> String {
        "12333".to_owned()
    }
}

/// The agency's service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Agency {
    /// `https://host:port`, nothing behind it.
    pub url: String,
    /// PEM file with the authority that signs the agency's certificate; no other authority is trusted.
    pub ca_file: String,
    /// PEM file with this terminal's certificate.
    pub certificate_file: String,
    /// PEM file with this terminal's key.
    pub key_file: String,
    /// The agency's public key, `age1...` as `age-keygen` prints it: what is personal and must outlive a visit is sealed to it.
    pub seal_to: String,
    /// Keys whose signatures under documents are accepted while the agency cannot be asked; several while one takes over from another. Where
    /// there are none, nothing is checked without the agency.
    #[serde(default)]
    pub document_keys: Vec<DocumentKey>,
}

/// The screen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Panel {
    /// `linuxkms` on the device, `winit` on a desk, `auto`: winit where a display server is found.
    pub backend: Backend,
    /// Width in the panel's own pixels, as it stands.
    #[schemars(range(min = 320, max = 8192))]
    pub width_px: u32,
    /// Height in the panel's own pixels, as it stands.
    #[schemars(range(min = 320, max = 8192))]
    pub height_px: u32,
    /// Width of the panel in millimetres over its width in pixels. Letters and buttons are as large on every panel.
    #[schemars(range(min = 0.1, max = 1.0))]
    pub mm_per_px: f64,
}

impl Default for Panel {
    fn default() -> Self {
        Self { backend: Backend::Auto, width_px: 1080, height_px: 1920, mm_per_px: Self::LOGICAL_MM }
    }
}

impl Panel {
    /// One logical pixel, in which every page is measured: that of a 21.5 inch panel of 1080 x 1920.
    pub const LOGICAL_MM: f64 = 0.248;
    /// What the pages need at least: width and height in logical pixels, standing and lying.
    const LEAST: [(f64, f64); 2] = [(1080.0, 1780.0), (1280.0, 800.0)];

    /// Panel pixels a logical pixel.
    #[must_use]
    pub fn scale(&self) -> f64 {
        Self::LOGICAL_MM / self.mm_per_px
    }

    /// Width and height in logical pixels.
    #[must_use]
    pub fn logical(&self) -> (f64, f64) {
        (f64::from(self.width_px) / self.scale(), f64::from(self.height_px) / self.scale())
    }

    fn check(&self, mut wrong: impl FnMut(&str, &str, &str)) {
        for (key, value) in [("panel.width_px", self.width_px), ("panel.height_px", self.height_px)] {
            if !(320..=8192).contains(&value) {
                wrong(key, &value.to_string(), "a number from 320 to 8192");
            }
        }
        if !(0.1..=1.0).contains(&self.mm_per_px) {
            return wrong("panel.mm_per_px", &self.mm_per_px.to_string(), "millimetres a pixel, from 0.1 to 1.0");
        }
        let (width, height) = self.logical();
        // A millimetre of tolerance: nobody measures a panel more exactly.
        let fits = |(w, h): (f64, f64)| width > w - 4.0 && height > h - 4.0;
        if !Self::LEAST.into_iter().any(fits) {
            let is = format!("{:.0} x {:.0} mm", width * Self::LOGICAL_MM, height * Self::LOGICAL_MM);
            wrong("panel", &is, "at least 268 x 442 mm standing or 318 x 199 mm lying; is panel.mm_per_px right?");
        }
    }
}

/// How the screen is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// A window where there is a display server, the bare screen where there is none.
    Auto,
    /// A window.
    Winit,
    /// The bare screen.
    LinuxKms,
}

/// Where the terminal keeps what must survive a power cut.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Storage {
    /// Folder of the journal; only the terminal's user may read it.
    pub directory: String,
    /// Folder in memory for what lives as long as a visit (the input engine's own); only the terminal's user may read it.
    #[serde(default = "Storage::scratch")]
    pub scratch: String,
}

impl Storage {
    fn scratch() -> String {
        "/run/kiosk".to_owned()
    }
}

/// One line a limit: name with its unit, default, smallest and largest sensible value, reason. The only such table.
macro_rules! limits {
    ($($name:ident = $default:literal, $min:literal..=$max:literal, $reason:literal;)+) => {
        /// Time-outs, counts and sizes. Every name ends in its unit.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct Limits { $(#[doc = $reason] #[schemars(range(min = $min, max = $max))] pub $name: u64,)+ }

        impl Default for Limits {
            fn default() -> Self {
                Self { $($name: $default,)+ }
            }
        }

        impl Limits {
            /// Name, value, smallest, largest and reason of every limit.
            #[must_use]
            pub fn table(&self) -> Vec<(&'static str, u64, u64, u64, &'static str)> {
                vec![$((stringify!($name), self.$name, $min, $max, $reason),)+]
            }
        }
    };
}

limits! {
    idle_warning_ms = 60_000, 10_000..=600_000, "Quiet time before the warning: ten times what one tap takes (domain 6.2), and a passer-by must not find an open visit.";
    idle_end_ms = 30_000, 10_000..=120_000, "Time to answer the warning: an elderly hand needs to find the button (domain 6.2: 20 to 30 s).";
    visit_max_ms = 900_000, 120_000..=3_600_000, "A visit may not hold the queue for more than a quarter of an hour (domain 6.2).";
    proof_fresh_ms = 120_000, 0..=600_000, "How long the card's yes to the PIN serves for what changes money or rights; older, the PIN is asked once more (domain 1.5, L3).";
    card_grace_ms = 15_000, 3_000..=60_000, "How long a pulled card may be put back and the visit goes on.";
    farewell_ms = 8_000, 2_000..=60_000, "The last page: long enough to read two lines, short enough that the next person does not meet it.";
    card_forgotten_ms = 30_000, 10_000..=300_000, "When a motorised reader takes in a card that nobody took: the next person must not find it, and slow hands need their time.";
    notice_ms = 60_000, 10_000..=300_000, "How long a message about a failed card stays without a touch; error pages stand longer than success.";
    card_call_ms = 10_000, 1_000..=60_000, "A whole card read takes under a second; ten times that means the card is dead.";
    agency_call_ms = 15_000, 1_000..=60_000, "People wait about ten seconds; after that they want to be told.";
    receipt_job_ms = 30_000, 1_000..=300_000, "A long slip prints in five seconds; time spent waiting for paper is not counted.";
    page_job_ms = 90_000, 1_000..=600_000, "A cold laser printer needs half a minute for its first sheet; time spent waiting for paper is not counted.";
    printer_poll_ms = 10_000, 1_000..=300_000, "How stale a printer's state may be while nobody prints: one question in ten seconds costs nothing.";
    ups_poll_ms = 2_000, 500..=60_000, "A battery that is nearly empty leaves some thirty seconds: what runs must end in them.";
    present_ms = 60_000, 10_000..=300_000, "How long a code or a document is waited for: a telephone has to be found, unlocked and opened.";
    provider_retry_ms = 60_000, 5_000..=600_000, "How long the items of a provider that did not answer are not offered: nobody should type in vain.";
    evaluation_ms = 10_000, 5_000..=60_000, "How long the question after a case stays: it is voluntary and may not hold the queue.";
    window_poll_ms = 10_000, 1_000..=300_000, "How stale the state of scanner and ID reader may be while nobody uses them.";
    agency_retry_ms = 5_000, 1_000..=300_000, "How soon an agency that could not be reached is asked again; each further time twice as late.";
    agency_retry_max_ms = 120_000, 1_000..=3_600_000, "Ten thousand terminals that ask every five seconds keep an agency down; in two minutes nobody has given up.";
    clock_off_max_ms = 300_000, 60_000..=86_400_000, "How far the terminal's clock may be from the agency's: five minutes on a slip mislead nobody, and a slow line takes seconds.";
    daily_spread_ms = 7_200_000, 0..=43_200_000, "After midnight, or a start, each terminal sends the day's head and lines at a moment of its own within so long: ten thousand at once are more than an agency can take.";
    outbox_parcels_max = 500, 1..=10_000, "Parcels that wait for the agency: a week of a busy hall without it. Full, what would need a place in it is closed.";
    audit_keep_days = 200, 184..=3_650, "Days for which a line of the audit stays here, exported or not: six months by law (CSL art. 21(3)), and a fortnight for whoever asks late.";
    audit_unexported_lines_max = 1_000_000, 1_000..=10_000_000, "Lines that nobody has exported: 240 megabytes, most of a year of a busy hall. Full, what would add an act or show records is closed.";
    audit_post_lines = 2_000, 10..=100_000, "With so many that are not exported, the auditor's are posted before the day is over: half a busy day, so that a stolen disk takes little along.";
    pin_idle_ms = 90_000, 30_000..=300_000, "Quiet time on a page that holds a PIN, with the warning: a hand that fumbles needs it, a PIN must not lie there longer (domain 6.2).";
    visit_cases_max = 10, 1..=100, "Cases in one visit: a family's are five; more is a script, or somebody else's turn.";
    day_cases_max = 300, 10..=10_000, "Cases on one day: ten hours of two minutes each; more, and something files by itself.";
    hour_open_cases_max = 12, 1..=1_000, "Cases and questions in the name of nobody, within an hour: one in five minutes is a hall in uproar, more is a flood.";
    visit_papers_max = 20, 1..=200, "Slips and sheets in one visit: a roll must last a morning (domain 5.2).";
    pin_digits_min = 4, 4..=6, "Old cards carry PINs of four digits; the six-digit policy is for new PINs only.";
    pin_digits_max = 16, 6..=16, "Eight bytes of BCD are what VERIFY takes.";
    slip_rows_max = 36, 1..=60, "Thirty-six months is the longest period a page of records may cover (domain 1.7).";
    document_max_bytes = 8_388_608, 65_536..=67_108_864, "A sealed certificate is some hundred kilobytes; more is not a certificate.";
    reply_max_bytes = 262_144, 16_384..=4_194_304, "Thirty-six rows are under ten kilobytes; more is not an answer.";
}

/// A limit that no configuration moves: so many PIN tries are left on a card. With the last one a slip of the finger locks it, and only a window
/// unlocks it, for whoever comes with their ID (domain 1.6). A card that does not tell its tries gets one attempt an insertion.
pub const PIN_TRIES_KEPT: u8 = 1;

/// One thing that is wrong with a configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Dotted key.
    pub key: String,
    /// What stands there.
    pub value: String,
    /// What would be right.
    pub right: String,
}

impl Site {
    /// Everything that is wrong with it, whole; empty when it may be used. Looks at nothing outside.
    #[must_use]
    pub fn check(&self) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut expect = |ok: bool, key: &str, value: &str, right: &str| {
            if !ok {
                findings.push(Finding { key: key.to_owned(), value: value.to_owned(), right: right.to_owned() });
            }
        };
        let id = &self.terminal.id;
        let right = "1 to 32 lower-case letters, digits or hyphens, at most ten digits in a row";
        expect(is_terminal_id(id), "terminal.id", id, right);
        for (key, value) in [
            ("terminal.hall", &self.terminal.hall),
            ("terminal.number", &self.terminal.number),
            ("terminal.help_desk", &self.terminal.help_desk),
            ("storage.directory", &self.storage.directory),
            ("storage.scratch", &self.storage.scratch),
        ] {
            expect(!value.trim().is_empty(), key, value, "a text that is not empty");
        }
        let host = self.agency.url.strip_prefix("https://").unwrap_or_default();
        expect(
            is_authority(host),
            "agency.url",
            &self.agency.url,
            "https://host or https://host:port, nothing behind it",
        );
        let seal_to = &self.agency.seal_to;
        expect(
            is_recipient(seal_to),
            "agency.seal_to",
            seal_to,
            "age1 and 58 letters and digits, as age-keygen prints it",
        );
        document_keys::check(&self.agency.document_keys, |key, value, right| expect(false, key, value, right));
        self.devices.check(|key, value, right| expect(false, key, value, right));
        for (name, value, min, max, _) in self.limits.table() {
            let right = format!("a number from {min} to {max}{}", audit::reason(name));
            expect((min..=max).contains(&value), &format!("limits.{name}"), &value.to_string(), &right);
        }
        self.panel.check(|key, value, right| expect(false, key, value, right));
        if let Some(Finding { key, value, right }) = audit::check(self) {
            expect(false, &key, &value, &right);
        }
        let pins_ok = self.limits.pin_digits_min <= self.limits.pin_digits_max;
        expect(
            pins_ok,
            "limits.pin_digits_min",
            &self.limits.pin_digits_min.to_string(),
            "not above limits.pin_digits_max",
        );
        findings
    }
}

/// Whether this may be the id of a terminal: it stands in every act id, and with that in the audit, where nothing may that looks like somebody's
/// number.
#[must_use]
pub fn is_terminal_id(id: &str) -> bool {
    let signs = id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    (1..=32).contains(&id.len()) && signs && !holds_number(id)
}

/// By its looks; the sum in it is checked when it is used.
fn is_recipient(text: &str) -> bool {
    let letters = text.strip_prefix("age1").unwrap_or_default();
    letters.len() == 58 && letters.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

fn is_authority(text: &str) -> bool {
    !text.is_empty() && !text.contains(['/', '?', '#', '@', ' ']) && (!text.contains(':') || has_port(text))
}

fn has_port(text: &str) -> bool {
    text.rsplit_once(':')
        .is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok_and(|port| port != 0))
}
