//! The reference agency: a real HTTPS server over SQLite that keeps the contract in crate `contract` and serves the invented
//! people of tests/personas.toml. The binary `agency` and the hall start it; nothing that ships links it.
//!
//! | Room | What stands in it |
//! |---|---|
//! | [`persona`] | reads the table of invented people |
//! | [`certs`] | development certificates |
//! | [`hsm`] | the invented security module: how a card is answered |
//! | [`openapi`] | the contract, as a published document |
//! | [`rules`] | what somebody is owed, owes or may do, as pure functions of dated figures |
//! | `calls` | one file a call; every call is one transaction and one audit line |
//! | `cases` | what was filed, how far it is, and what came of it |
//! | `legacy` | an old core system that answers some items, and a stand-in for one |
//! | [`made_up`] | items of a file that nobody compiled in |
//! | `store`, `seed` | the tables, and the records the people start with |
//! | `records` | what is answered to a query, a file an item family |
//! | [`staff`], `mandates` | who may be a witness, who may act for whom |
//! | [`phone`] | people's telephones: codes of electronic cards, messages |
//! | `papers`, `pdf` | what stands on each document; the one layout of all of them |
//! | [`seal`] | what is signed into the QR code of a document, and how it is checked |
//! | `windows` | where a person goes on, and when somebody is there |
//! | [`opener`], [`draft`] | what terminals have sealed, and what of it a window opens |
//! | [`audit_lines`] | what terminals have sealed to their auditor, handed on as it came |
//! | [`opinion`], [`report`] | what people are asked of the service; counts of what they said |
//! | [`texts`] | policy texts, their index, and the bulletin |
//! | [`tls`] | both sides of TLS, from what `agency certs` wrote |
//! | `mishap` | what goes wrong on demand; moves the clock and steers cases |
//! | `wire` | what lies below TLS, for what goes wrong there |
//!
//! Must never: hold a real person's data, or be mistaken for a model of how to keep keys.

pub mod audit_lines;
mod calls;
mod cases;
pub mod catalogue;
pub mod certs;
mod clock;
pub mod draft;
pub mod hsm;
mod language;
mod legacy;
pub mod made_up;
mod mandates;
mod mishap;
pub mod openapi;
pub mod opener;
pub mod opinion;
mod papers;
mod pdf;
pub mod persona;
pub mod phone;
mod random;
mod records;
pub mod report;
pub mod rules;
pub mod seal;
mod seed;
mod server;
pub mod staff;
mod store;
pub mod texts;
pub mod tls;
mod windows;
mod wire;

pub use legacy::Upstream;
pub use legacy::stand_in::{self, StandIn};
pub use server::{Failure, Server, Settings};

/// Where Debian keeps the font of the documents (package fonts-noto-cjk).
pub const FONT_FILE: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
