//! Layers of configuration into one checked [`Site`]. The only file that names the layering crate, which remembers for
//! every key which layer it came from.

use std::fmt;
use std::path::{Path, PathBuf};

use contract::site::Site;
use figment::Figment;
use figment::error::Kind;
use figment::providers::{Format, Toml};

/// One thing that is wrong: file, key, value, and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The layer's file.
    pub file: String,
    /// Dotted key; empty where the file as a whole cannot be read.
    pub key: String,
    /// What stands there; empty where nothing does.
    pub value: String,
    /// What would be right.
    pub right: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.file)?;
        if !self.key.is_empty() {
            write!(f, " {}", self.key)?;
        }
        if !self.value.is_empty() {
            write!(f, " = {:?}", self.value)?;
        }
        write!(f, "\n    {}", self.right)
    }
}

/// Reads `files`, later ones over earlier ones, over the built-in defaults.
///
/// # Errors
/// Everything that is wrong, never only the first thing where more can be told.
pub fn load(files: &[PathBuf]) -> Result<Site, Vec<Fault>> {
    let mut merged = Figment::new();
    for file in files {
        readable(file)?;
        merged = merged.merge(Toml::file_exact(file));
    }
    let site: Site =
        merged.extract().map_err(|errors| errors.into_iter().map(|e| explain(e, files)).collect::<Vec<_>>())?;
    let faults: Vec<Fault> = site
        .check()
        .into_iter()
        .map(|finding| Fault {
            file: origin(&merged, &finding.key),
            key: finding.key,
            value: finding.value,
            right: format!("must be {}", finding.right),
        })
        .collect();
    if faults.is_empty() { Ok(site) } else { Err(faults) }
}

/// Which layer a key came from; for one within a list, where the list came from.
fn origin(merged: &Figment, key: &str) -> String {
    let names: Vec<&str> = key.split('.').take_while(|name| name.parse::<usize>().is_err()).collect();
    let found = merged.find_metadata(&names.join("."));
    let source = found.and_then(|metadata| metadata.source.as_ref());
    source.map_or_else(|| "built-in".to_owned(), ToString::to_string)
}

fn readable(file: &Path) -> Result<(), Vec<Fault>> {
    match std::fs::read_to_string(file) {
        Ok(_) => Ok(()),
        Err(error) => Err(vec![Fault {
            file: file.display().to_string(),
            key: String::new(),
            value: String::new(),
            right: format!("must be a readable text file ({error})"),
        }]),
    }
}

fn explain(error: figment::Error, files: &[PathBuf]) -> Fault {
    let source = error.metadata.as_ref().and_then(|metadata| metadata.source.as_ref()).map(ToString::to_string);
    let last = files.last().map_or_else(String::new, |file| file.display().to_string());
    let mut key = error.path.join(".");
    let (value, right) = match &error.kind {
        Kind::InvalidType(actual, expected) => (actual.to_string(), format!("must be {expected}")),
        Kind::InvalidValue(actual, expected) => (actual.to_string(), format!("must be {expected}")),
        Kind::UnknownField(field, known) => {
            if !key.ends_with(field.as_str()) {
                key = if key.is_empty() { field.clone() } else { format!("{key}.{field}") };
            }
            (String::new(), format!("no such key; known here: {}", known.join(", ")))
        }
        Kind::UnknownVariant(actual, known) => (actual.clone(), format!("must be one of: {}", known.join(", "))),
        Kind::MissingField(field) => {
            key = if key.is_empty() { field.to_string() } else { format!("{key}.{field}") };
            (String::new(), "is missing and has no default".to_owned())
        }
        other => (String::new(), other.to_string()),
    };
    Fault { file: source.unwrap_or(last), key, value, right }
}

/// The configuration's JSON Schema, as pretty JSON.
#[must_use]
pub fn schema() -> String {
    serde_json::to_string_pretty(&schemars::schema_for!(Site)).unwrap_or_default()
}
