//! What must not stand on the screen while it is typed: a citizen's ID number, in front of a technician whose terminal scrolls back.

use std::io::{self, IsTerminal as _, Read as _, Write as _};

use hal::Private;
use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcsetattr};

/// A number that stands in no list of processes and in no history of commands, nor on the screen.
pub(super) fn id_number() -> io::Result<Private<String>> {
    // Before the prompt: whoever sees it may type.
    let hidden = if io::stdin().is_terminal() { Some(Hidden::begin()?) } else { None };
    let mut screen = io::stderr();
    let _typed_all_the_same = write!(screen, "ID number: ").and_then(|()| screen.flush());
    let interrupt = hidden.as_ref().map(Hidden::interrupt);
    let mut line = Private::new(String::new());
    for byte in io::stdin().lock().bytes() {
        match byte? {
            b'\n' => break,
            byte if Some(byte) == interrupt => return Err(io::Error::other("nothing was asked for")),
            // An ID number is ASCII; anything else finds nobody.
            byte => line.reveal_mut().push(char::from(byte)),
        }
    }
    let kept = line.reveal().trim_end().len();
    line.reveal_mut().truncate(kept);
    Ok(line)
}

/// As long as it lives, nothing that is typed comes back.
struct Hidden(Termios);

impl Hidden {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut modes = before.clone();
        // As getpass(3) does: no key may end or stop the program while nothing comes back, for nobody would undo that. Ctrl-C ends the line.
        modes.local_modes.remove(LocalModes::ECHO | LocalModes::ECHONL | LocalModes::ISIG);
        modes.special_codes[SpecialCodeIndex::VEOL2] = before.special_codes[SpecialCodeIndex::VINTR];
        // What was typed before has been seen, and is thrown away.
        tcsetattr(io::stdin(), OptionalActions::Flush, &modes)?;
        Ok(Self(before))
    }

    /// The key that gives up, as the terminal has it; none is 0.
    fn interrupt(&self) -> u8 {
        self.0.special_codes[SpecialCodeIndex::VINTR]
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        // A terminal that is gone shows nothing.
        let _gone = tcsetattr(io::stdin(), OptionalActions::Now, &self.0);
        // The one that was typed did not come back, either.
        let _gone = writeln!(io::stderr());
    }
}
