//! Looks for patterns in other processes' memory and in files. Knows no visits.
//!
//! Memory is every mapping that can be read: heap, stacks, anonymous and file mappings, the program itself. Left out are the kernel's
//! `[vvar]` and `[vsyscall]`, which hold no process's data. Files are all below a folder, whatever they are called.
//! Must never look at its own process, which holds the patterns; and an error is never "nothing found".

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::Path;

use super::patterns::{MIN_BYTES, Pattern, Secret};

/// Read at once.
const CHUNK_BYTES: usize = 1 << 20;
/// What is kept on either side of a find.
const AROUND_BYTES: usize = 96;

/// A find. Says where, never what.
#[derive(Clone, Debug)]
pub struct Hit {
    /// What was found.
    pub secret: Secret,
    /// In which encoding.
    pub encoding: String,
    /// Mapping and address, or file and offset.
    pub at: String,
    /// The bytes around it, for whoever has to find out where it comes from.
    pub around: Vec<u8>,
}

/// What was looked through, and what was found there.
#[derive(Default)]
pub struct Scanned {
    /// How much.
    pub bytes: u64,
    /// In order of address.
    pub hits: Vec<Hit>,
}

impl Scanned {
    /// Puts two together.
    pub(super) fn add(&mut self, more: Self) {
        self.bytes += more.bytes;
        self.hits.extend(more.hits);
    }
}

/// Patterns, sorted by how they begin.
pub struct Finder {
    patterns: Vec<Pattern>,
    /// For each pair of bytes, which patterns begin with it.
    begins: Vec<Vec<usize>>,
    longest_bytes: usize,
}

impl Finder {
    /// A finder of these.
    #[must_use]
    pub fn new(patterns: Vec<Pattern>) -> Self {
        let mut finder = Self { patterns: Vec::new(), begins: vec![Vec::new(); 1 << 16], longest_bytes: MIN_BYTES };
        patterns.into_iter().for_each(|pattern| finder.add(pattern));
        finder
    }

    /// From here on looks for this, too.
    pub fn add(&mut self, pattern: Pattern) {
        if let [first, second, ..] = *pattern.bytes.as_slice()
            && let Some(these) = self.begins.get_mut(pair(first, second))
        {
            these.push(self.patterns.len());
        }
        self.longest_bytes = self.longest_bytes.max(pattern.bytes.len());
        self.patterns.push(pattern);
    }

    /// Calls with the place of each find that begins before `end`.
    fn each(&self, bytes: &[u8], end: usize, mut found: impl FnMut(usize, &Pattern)) {
        for (at, two) in bytes.windows(2).enumerate().take(end) {
            let [first, second] = *two else { continue };
            for n in self.begins.get(pair(first, second)).into_iter().flatten() {
                if let Some(pattern) = self.patterns.get(*n)
                    && bytes.get(at..).is_some_and(|rest| rest.starts_with(&pattern.bytes))
                {
                    found(at, pattern);
                }
            }
        }
    }

    /// Everything that can be read of this process.
    ///
    /// # Errors
    /// It is this process, it has gone, or a mapping cannot be read.
    pub fn memory(&self, process: u32) -> Result<Scanned, String> {
        let own = process == std::process::id();
        let said = |why: &dyn std::fmt::Display| format!("memory of process {process}: {why}");
        if own {
            return Err(said(&"it is the one that looks"));
        }
        let maps = std::fs::read_to_string(format!("/proc/{process}/maps")).map_err(|error| said(&error))?;
        let memory = File::open(format!("/proc/{process}/mem")).map_err(|error| said(&error))?;
        let mut all = Scanned::default();
        for mapping in maps.lines().filter_map(Mapping::parse) {
            let place = |at: u64| format!("{} {at:#x}", mapping.name);
            let scanned = self.stretch(&memory, mapping.from, mapping.to, place);
            all.add(scanned.map_err(|error| said(&format!("{}: {error}", mapping.name)))?);
        }
        Ok(all)
    }

    /// A file, or every file below a folder; what is gone meanwhile holds nothing.
    ///
    /// # Errors
    /// One cannot be read.
    pub fn files(&self, path: &Path) -> Result<Scanned, String> {
        let said = |error: &io::Error| format!("{}: {error}", path.display());
        let kind = match path.symlink_metadata() {
            Ok(about) => about.file_type(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Scanned::default()),
            Err(error) => return Err(said(&error)),
        };
        if kind.is_dir() {
            let mut all = Scanned::default();
            for entry in path.read_dir().map_err(|error| said(&error))? {
                all.add(self.files(&entry.map_err(|error| said(&error))?.path())?);
            }
            return Ok(all);
        }
        // Sockets and links hold no bytes of their own.
        if !kind.is_file() {
            return Ok(Scanned::default());
        }
        let file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Scanned::default()),
            Err(error) => return Err(said(&error)),
        };
        let size = file.metadata().map_err(|error| said(&error))?.len();
        self.stretch(&file, 0, size, |at| format!("{}:{at}", path.display())).map_err(|error| said(&error))
    }

    /// Reads piece by piece; the pieces overlap, so that nothing is cut in two.
    fn stretch(&self, file: &File, from: u64, to: u64, place: impl Fn(u64) -> String) -> io::Result<Scanned> {
        let mut scanned = Scanned { bytes: to - from, hits: Vec::new() };
        let overlap = self.longest_bytes - 1;
        let mut piece = vec![0; CHUNK_BYTES + overlap];
        let mut at = from;
        while at < to {
            let wanted = usize::try_from(to - at).unwrap_or(usize::MAX).min(piece.len());
            let read = read_at(file, piece.get_mut(..wanted).unwrap_or_default(), at)?;
            let bytes = piece.get(..read).unwrap_or_default();
            self.each(bytes, CHUNK_BYTES, |offset, pattern| {
                let around = offset.saturating_sub(AROUND_BYTES)..offset + pattern.bytes.len() + AROUND_BYTES;
                scanned.hits.push(Hit {
                    secret: pattern.secret,
                    encoding: pattern.encoding.clone(),
                    at: place(at + offset as u64),
                    around: bytes.get(around.start..around.end.min(read)).unwrap_or_default().to_vec(),
                });
            });
            if read < wanted {
                break; // A file that was cut off meanwhile.
            }
            at += CHUNK_BYTES as u64;
        }
        Ok(scanned)
    }
}

fn read_at(file: &File, buffer: &mut [u8], from: u64) -> io::Result<usize> {
    let mut read = 0;
    while let Some(rest) = buffer.get_mut(read..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, from + read as u64)? {
            0 => break,
            count => read += count,
        }
    }
    Ok(read)
}

const fn pair(first: u8, second: u8) -> usize {
    (first as usize) << 8 | second as usize
}

/// A line of `/proc/PID/maps`.
struct Mapping {
    from: u64,
    to: u64,
    name: String,
}

impl Mapping {
    /// `None` where it cannot be read or holds nobody's data.
    fn parse(line: &str) -> Option<Self> {
        let mut parts = line.split_whitespace();
        let (from, to) = parts.next()?.split_once('-')?;
        let readable = parts.next()?.starts_with('r');
        let name = parts.nth(3).unwrap_or("anonymous").to_owned();
        let kernels = name.starts_with("[vvar") || name == "[vsyscall]";
        let number = |text| u64::from_str_radix(text, 16).ok();
        (readable && !kernels).then_some(Self { from: number(from)?, to: number(to)?, name })
    }
}

/// This process, then all that descend from it.
///
/// # Errors
/// `/proc` cannot be read.
pub fn family(process: u32) -> Result<Vec<u32>, String> {
    let mut all = vec![process];
    let parents = parents().map_err(|error| format!("/proc: {error}"))?;
    let mut at = 0;
    while let Some(parent) = all.get(at).copied() {
        all.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(child, _)| *child));
        at += 1;
    }
    Ok(all)
}

/// The processes whose program has this name.
///
/// # Errors
/// `/proc` cannot be read.
pub fn named(program: &str) -> Result<Vec<u32>, String> {
    let all = parents().map_err(|error| format!("/proc: {error}"))?.into_iter().map(|(process, _)| process);
    let name = |process: &u32| std::fs::read_to_string(format!("/proc/{process}/comm")).unwrap_or_default();
    Ok(all.filter(|process| name(process).trim() == program).collect())
}

/// Each process and its parent.
fn parents() -> io::Result<Vec<(u32, u32)>> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(process) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        // One that has ended meanwhile has no parent.
        let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
        // The name in brackets may hold blanks: what comes after it is state, then parent.
        let parent = stat.rsplit_once(')').and_then(|(_, rest)| rest.split_whitespace().nth(1)?.parse().ok());
        all.extend(parent.map(|parent| (process, parent)));
    }
    Ok(all)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::super::patterns::of_bytes;
    use super::*;

    #[test]
    fn a_find_is_cut_in_two_or_counted_twice() {
        let file = std::env::temp_dir().join(format!("hall-wipe-cut-{}", std::process::id()));
        let finder = Finder::new(vec![of_bytes(Secret::Pin, b"twelve bytes"), of_bytes(Secret::Name, b"seven b")]);
        for at in [0, CHUNK_BYTES - 6, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 4, 2 * CHUNK_BYTES - 3] {
            let mut bytes = vec![b't'; 2 * CHUNK_BYTES + 9];
            bytes[at..at + 7].copy_from_slice(b"seven b");
            std::fs::write(&file, &bytes).unwrap();
            let found: Vec<_> = finder.files(&file).unwrap().hits.into_iter().map(|hit| hit.at).collect();
            assert_eq!(found, [format!("{}:{at}", file.display())]);
        }
        std::fs::remove_file(file).unwrap();
    }

    #[test]
    fn a_mapping_is_left_out() {
        let name = |line: &str| Mapping::parse(line).map(|mapping| (mapping.from, mapping.to, mapping.name));
        let stack = "7ffd1000-7ffd3000 rw-p 00000000 00:00 0                          [stack]";
        assert_eq!(name(stack), Some((0x7ffd_1000, 0x7ffd_3000, "[stack]".to_owned())));
        let unnamed = "7f0000000000-7f0000001000 rw-p 00000000 00:00 0 ";
        assert_eq!(name(unnamed), Some((0x7f00_0000_0000, 0x7f00_0000_1000, "anonymous".to_owned())));
        assert!(name("7fff0000-7fff4000 r--p 00000000 00:00 0    [vvar]").is_none());
        assert!(name("7f00-7f01 ---p 00000000 00:00 0 ").is_none());
    }

    #[test]
    fn it_finds_itself() {
        assert!(Finder::new(Vec::new()).memory(std::process::id()).is_err());
    }
}
