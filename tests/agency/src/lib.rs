//! The reference agency: a real HTTPS server over SQLite that keeps the contract in crate `contract` and serves the invented
//! people of tests/personas.toml. The binary `agency` and the hall start it; nothing that ships links it.
//!
//! | Room | What stands in it |
//! |---|---|
//! | [`persona`] | reads the table of invented people |
//! | [`certs`] | development certificates |
//! | [`hsm`] | the invented security module: how a card is answered |
//! | [`openapi`] | the contract, as a published document |
//! | `calls` | one file a call; every call is one transaction and one audit line |
//! | `store`, `seed` | the tables, and the records the people start with |
//! | `pdf` | the certificate |
//! | `mishap` | what goes wrong on demand |
//!
//! Must never: hold a real person's data, or be mistaken for a model of how to keep keys.

mod calls;
pub mod catalogue;
pub mod certs;
mod clock;
pub mod hsm;
mod mishap;
pub mod openapi;
mod pdf;
pub mod persona;
mod random;
mod seed;
mod server;
mod store;
mod tls;

pub use server::{Failure, Server, Settings};

/// Where Debian keeps the font of the certificate (package fonts-noto-cjk).
pub const FONT_FILE: &str = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc";
