//! `agency audit-lines`: what the auditor is given of a terminal's audit, sealed as it came. There is no key for it here.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

/// Why nothing is written.
#[derive(Debug, thiserror::Error)]
pub enum AuditLinesError {
    /// The database cannot be read.
    #[error("database: {0}")]
    Store(#[from] rusqlite::Error),
    /// A file cannot be written.
    #[error("{0}: {1}")]
    File(String, std::io::Error),
    /// Nothing has come from there.
    #[error("no lines of an audit have come from terminal {0}")]
    None(String),
}

/// Writes each parcel of `terminal` into a file of its own in `folder`, named so that their order is that of their lines:
/// `EPOCH-FIRST-LAST-END.age`, with eleven digits each. Returns the names in that order, a line each.
///
/// # Errors
/// See [`AuditLinesError`].
pub fn write(data: &Path, terminal: &str, folder: &Path) -> Result<String, AuditLinesError> {
    let db = Connection::open_with_flags(data.join("agency.db"), OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let failed = |file: &Path| {
        let file = file.display().to_string();
        move |error| AuditLinesError::File(file, error)
    };
    std::fs::create_dir_all(folder).map_err(failed(folder))?;
    let mut query = db.prepare("SELECT key, content FROM parcels WHERE kind = 'audit_lines' AND terminal = ?1")?;
    let mut names = Vec::new();
    for row in query.query_map([terminal], |row| Ok((row.get(0)?, row.get(1)?)))? {
        let (key, content): (String, Vec<u8>) = row?;
        let name = format!("{}.age", in_order(&key));
        let file = folder.join(&name);
        std::fs::write(&file, content).map_err(failed(&file))?;
        names.push(name);
    }
    names.sort();
    if names.is_empty() { Err(AuditLinesError::None(terminal.to_owned())) } else { Ok(names.join("\n")) }
}

/// The key with the numbers of its lines filled up with zeros. A key holds letters, digits and hyphens only: so it is a name of a file.
fn in_order(key: &str) -> String {
    let number = |(n, part): (usize, &str)| match n {
        1 | 2 => format!("{part:0>11}"),
        _ => part.to_owned(),
    };
    key.split('-').enumerate().map(number).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    #[test]
    fn line_1000_comes_before_line_999() {
        let keys = ["0badcafe-999-1009-aa", "0badcafe-1000-1100-aa"].map(super::in_order);
        assert!(keys[0] < keys[1], "{keys:?}");
    }
}
