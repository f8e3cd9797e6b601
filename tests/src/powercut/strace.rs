//! Lines of `strace -f -yy -xx` as calls: which process asked what, with which bytes, and when it began and ended.
//!
//! Pure. With several threads a call's line may be cut in two, and others' calls stand between: such a call began where its first half stands
//! and counts as done where its second half does.

use std::collections::HashMap;

/// A call that has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The calls that had ended when this one began.
    pub began: usize,
    /// Name of the system call.
    pub name: String,
    /// What the file descriptor in front leads to: a path, or the two ends of a socket. Empty where there is none.
    pub on: String,
    /// Every text or buffer handed over, in order; what strace cut off is missing.
    pub bytes: Vec<Vec<u8>>,
    /// Whether strace has cut something off.
    pub is_cut_off: bool,
    /// The plain words of the call: flags, counts, offsets.
    pub words: Vec<String>,
    /// What it returned; `None` for an error.
    pub returned: Option<u64>,
    /// What the returned file descriptor leads to.
    pub opened: String,
    /// strace answered instead of the kernel: nothing was done.
    pub is_injected: bool,
}

/// All calls of a log, in the order in which they ended.
///
/// # Errors
/// A line that is none of strace's.
pub fn calls(log: &str) -> Result<Vec<Call>, String> {
    let mut calls = Vec::new();
    let mut halves: HashMap<&str, (usize, &str)> = HashMap::new();
    for line in log.lines() {
        let (process, rest) = line.split_once(char::is_whitespace).ok_or_else(|| format!("no call: {line}"))?;
        let rest = rest.trim_start();
        // The end of a process, a signal, or a call in which strace has let go of it.
        if rest.starts_with("+++") || rest.starts_with("---") || rest.ends_with("<detached ...>") {
            continue;
        }
        if let Some(head) = rest.strip_suffix("<unfinished ...>") {
            halves.insert(process, (calls.len(), head));
            continue;
        }
        if let Some(resumed) = rest.strip_prefix("<... ") {
            let tail = resumed.split_once(" resumed>").map(|(_, tail)| tail);
            let (Some((began, head)), Some(tail)) = (halves.remove(process), tail) else {
                return Err(format!("the second half of no call: {line}"));
            };
            calls.extend(call(&format!("{head}{tail}"), began)?);
        } else {
            calls.extend(call(rest, calls.len())?);
        }
    }
    Ok(calls)
}

/// Nothing for a call whose process died in it: it never ended.
fn call(text: &str, began: usize) -> Result<Option<Call>, String> {
    let odd = || format!("not a call: {}", text.chars().take(200).collect::<String>());
    let (name, rest) = text.split_once('(').ok_or_else(odd)?;
    let (arguments, result) = rest.rsplit_once(" = ").ok_or_else(odd)?;
    if result.starts_with('?') {
        return Ok(None);
    }
    let parts = parts(arguments.trim_end().strip_suffix(')').ok_or_else(odd)?).ok_or_else(odd)?;
    let number: String = result.chars().take_while(char::is_ascii_digit).collect();
    Ok(Some(Call {
        began,
        name: name.to_owned(),
        on: parts.paths.into_iter().next().unwrap_or_default(),
        bytes: parts.bytes,
        is_cut_off: parts.is_cut_off,
        words: parts.words,
        returned: number.parse().ok(),
        opened: result
            .split_once('<')
            .and_then(|(_, path)| path.rsplit_once('>'))
            .map_or_else(String::new, |(path, _)| text_of(path)),
        is_injected: result.contains("(INJECTED)"),
    }))
}

#[derive(Default)]
struct Parts {
    paths: Vec<String>,
    bytes: Vec<Vec<u8>>,
    is_cut_off: bool,
    words: Vec<String>,
}

/// Arguments taken apart: `<...>` behind a number is a path, `"..."` are bytes, the rest are words. `None` where a quote does not end.
fn parts(mut rest: &str) -> Option<Parts> {
    let mut parts = Parts::default();
    while let Some(at) = rest.find(['"', '<']) {
        let (plain, from) = rest.split_at_checked(at)?;
        words(plain, &mut parts.words);
        let is_path = from.starts_with('<');
        let inner = from.get(1..)?;
        // In a socket's two ends there is an arrow.
        let end = if is_path { end_of_path(inner)? } else { inner.find('"')? };
        let text = inner.get(..end)?;
        rest = inner.get(end + 1..)?;
        if is_path {
            parts.paths.push(text_of(text));
        } else {
            parts.bytes.push(unescaped(text));
            parts.is_cut_off |= rest.starts_with("...");
        }
    }
    words(rest, &mut parts.words);
    Some(parts)
}

fn end_of_path(inner: &str) -> Option<usize> {
    inner.match_indices('>').map(|(at, _)| at).find(|at| !inner.get(..*at).unwrap_or_default().ends_with('-'))
}

fn words(plain: &str, into: &mut Vec<String>) {
    into.extend(plain.split([',', ' ']).filter(|word| !word.is_empty()).map(str::to_owned));
}

fn text_of(escaped: &str) -> String {
    String::from_utf8_lossy(&unescaped(escaped)).into_owned()
}

/// `\x2f` is a byte; what is not escaped stands for itself.
fn unescaped(text: &str) -> Vec<u8> {
    let mut pieces = text.split("\\x");
    let mut bytes: Vec<u8> = pieces.next().unwrap_or_default().bytes().collect();
    for piece in pieces {
        let (digits, plain) = piece.split_at_checked(2).unwrap_or((piece, ""));
        bytes.extend(u8::from_str_radix(digits, 16));
        bytes.extend(plain.bytes());
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_cut_in_two_by_another_thread() {
        let log = "7     fdatasync(4<\\x2f\\x77> <unfinished ...>\n\
                   8     pwrite64(5<\\x2f\\x77>, \"\\x61\\x00\", 2, 4096) = 2\n\
                   7     <... fdatasync resumed>) = 0\n\
                   7     fdatasync(4<\\x2f\\x77>) = 0 (INJECTED)\n\
                   9     sendto(7<TCP:[127.0.0.1:1->127.0.0.1:2]>, \"\\x61\"..., 5, 0, NULL, 0) = 5\n\
                   9     write(7<\\x2f\\x61>, \"\\x61\", 1 <unfinished ...>\n\
                   9     <... write resumed>) = ?\n\
                   8     write(2<\\x2f>, \"\\x0a\", 1 <detached ...>\n\
                   9     +++ killed by SIGKILL +++\n";
        let calls = calls(log).unwrap();
        let short: Vec<_> =
            calls.iter().map(|call| (call.name.as_str(), call.on.as_str(), call.began, call.is_injected)).collect();
        let socket = "TCP:[127.0.0.1:1->127.0.0.1:2]";
        assert_eq!(
            short,
            [
                ("pwrite64", "/w", 0, false),
                ("fdatasync", "/w", 0, false),
                ("fdatasync", "/w", 2, true),
                ("sendto", socket, 3, false)
            ]
        );
        assert_eq!((&calls[0].bytes, calls[0].words.last().unwrap().as_str()), (&vec![b"a\0".to_vec()], "4096"));
        assert!(calls[3].is_cut_off && !calls[0].is_cut_off);
    }

    #[test]
    fn a_file_is_opened_or_is_not_there() {
        let log = "7 openat(AT_FDCWD<\\x2f>, \"\\x2f\\x77\", O_RDWR|O_CREAT, 0644) = 3<\\x2f\\x77>\n\
                   7 openat(AT_FDCWD<\\x2f>, \"\\x2f\\x78\", O_RDONLY) = -1 ENOENT (No such file or directory)\n";
        let calls = calls(log).unwrap();
        assert_eq!((calls[0].returned, calls[0].opened.as_str()), (Some(3), "/w"));
        assert_eq!((calls[1].returned, calls[1].opened.as_str()), (None, ""));
    }
}
