//! Emulators alone: `hall emulate` answers every line, and `help` keeps nothing back.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use hall::people::home;
use hall::until::until;

/// A running `hall emulate`.
struct Alone {
    child: Child,
    folder: PathBuf,
}

impl Alone {
    fn start(class: &str, name: &str, arguments: &[&str]) -> Self {
        let folder = std::env::temp_dir().join(format!("hall-alone-{name}-{}", std::process::id()));
        let program = hall::ground::beside_us("hall").unwrap();
        let child = Command::new(program)
            .args(["emulate", class, "--dir"])
            .arg(&folder)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self { child, folder }
    }

    /// Says all lines, ends the input; what was answered, line by line.
    fn say(mut self, lines: &[&str]) -> Vec<String> {
        self.child.stdin.take().unwrap().write_all((lines.join("\n") + "\n").as_bytes()).unwrap();
        let answers = BufReader::new(self.child.stdout.take().unwrap()).lines().map(Result::unwrap).collect();
        assert!(self.child.wait().unwrap().success());
        answers
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        // Already dead is as good.
        let _dead = self.child.kill().and_then(|()| self.child.wait());
        let _gone = std::fs::remove_dir_all(&self.folder);
    }
}

#[test]
fn a_line_gets_no_answer() {
    let answers = Alone::start("scanner", "lines", &[]).say(&["show CODE-1", "", "unplug", "dance", "help", "status"]);
    let [ready, shown, unplugged, refused, help, status] = &answers[..] else { panic!("{answers:?}") };
    assert!(ready.starts_with("ready: ") && ready.contains("/port"), "where is it? {ready}");
    assert!(shown.starts_with("ok plugged, a code is shown"), "{shown}");
    assert!(unplugged.starts_with("ok unplugged"), "{unplugged}");
    assert!(refused.starts_with("err not understood"), "{refused}");
    assert!(help.contains("show TEXT") && help.ends_with("quit"), "{help}");
    assert!(status.starts_with("ok unplugged"), "{status}");
}

#[test]
fn lines_behind_quit_are_obeyed() {
    let answers = Alone::start("number-pad", "quit", &[]).say(&["status", "quit", "status"]);
    assert_eq!(answers.len(), 2, "{answers:?}");
}

#[test]
fn a_conversation_on_the_socket_ends_the_device() {
    let folder = std::env::temp_dir().join(format!("hall-alone-talk-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let socket = folder.join("socket");
    let mut alone = Alone::start("sensors", "talk-device", &["--socket", &socket.display().to_string()]);
    let talk = |line: &str| {
        let mut stream = until("the socket", Duration::from_secs(20), || UnixStream::connect(&socket).ok()).unwrap();
        writeln!(stream, "{line}").unwrap();
        let mut answer = String::new();
        BufReader::new(stream).read_line(&mut answer).unwrap();
        answer
    };
    assert!(talk("close 3").contains("closed: 3"));
    assert!(talk("status").contains("closed: 3"), "the next conversation meets another device");
    assert_eq!(talk("quit"), "");
    assert!(alone.child.wait().unwrap().success());
    assert!(!socket.exists(), "its socket lies around");
    std::fs::remove_dir_all(&folder).unwrap();
}

/// The words that begin each line an emulator's source obeys: `["lay", n]` is `lay`.
fn obeyed(source: &str) -> Vec<String> {
    let arms = source.lines().filter_map(|line| line.split_once("=>")).map(|(pattern, _)| pattern.trim());
    let words = arms.flat_map(|pattern| match (pattern.find("[\""), pattern.find("[what @")) {
        (None, None) if pattern.starts_with('"') => vec![pattern],
        (Some(at), _) | (None, Some(at)) => {
            let inside = pattern[at..].trim_start_matches('[');
            // `["refill" | "clear"] | ["cover", "close"]` are two.
            inside.split("] | [").flat_map(|one| one.split(']')).take(2).collect()
        }
        _ => Vec::new(),
    });
    words.flat_map(heads).collect()
}

/// All literal beginnings of one pattern: `what @ ("close" | "open"), input` is `close` and `open`.
fn heads(pattern: &str) -> Vec<String> {
    let mut heads = vec![String::new()];
    for part in pattern.split(',') {
        let literals: Vec<&str> = part.split('"').skip(1).step_by(2).collect();
        if literals.is_empty() {
            break;
        }
        let longer = |head: &String| literals.iter().map(|word| format!("{head} {word}")).collect::<Vec<_>>();
        heads = heads.iter().flat_map(longer).collect();
    }
    heads.retain(|head| !head.is_empty());
    heads.iter().map(|head| head.trim().to_owned()).collect()
}

/// The items of an emulator's help, as its source has them.
fn helped(source: &str) -> Option<Vec<String>> {
    let text = source.split_once("fn help(&self) -> &'static str {")?.1.split_once("\n    }")?.0;
    let text: String = text.split('"').skip(1).step_by(2).collect();
    let text = text.replace("\\\n", " ");
    let items = text.split(" | ").flat_map(|item| item.split(';'));
    let plain =
        |item: &str| item.trim().trim_start_matches("wire: ").trim_start_matches("on a serial line: ").to_owned();
    Some(items.map(|item| plain(item).split_whitespace().collect::<Vec<_>>().join(" ")).collect())
}

/// Whether the words of one begin with the words of the other.
fn begins(longer: &str, shorter: &str) -> bool {
    longer == shorter || longer.starts_with(&format!("{shorter} "))
}

#[test]
fn help_keeps_a_line_back_or_promises_one() {
    let folder = home().join("src/emulate");
    let wire = obeyed(&std::fs::read_to_string(folder.join("line.rs")).unwrap());
    let mut emulators = 0;
    for file in std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).filter(|path| path.is_file()) {
        let source = std::fs::read_to_string(&file).unwrap();
        let Some(items) = helped(&source) else { continue };
        let mut known = obeyed(&source);
        if known.is_empty() {
            // Its lines are obeyed by a program in C, whose own answers tell.
            continue;
        }
        if source.contains(".obey(&words)") {
            known.extend(wire.clone());
        }
        emulators += 1;
        for line in &known {
            assert!(items.iter().any(|item| begins(item, line)), "{}: help has no {line}: {items:?}", file.display());
        }
        for item in &items {
            assert!(known.iter().any(|line| begins(item, line)), "{}: nothing obeys {item}: {known:?}", file.display());
        }
    }
    assert!(emulators >= 8, "the emulators were not found");
}
