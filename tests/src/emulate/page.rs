//! A page printer: the real `ippeveprinter` with a command of ours behind it, which reports the faults that a file names.
//!
//! What was printed to the end stands in `out/page-N.pdf`, the name of its job in `jobs/page-N`; which sides of the sheet the last job
//! asked for, in `sides`.

use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::{Emulator, number};
use crate::until::until;

/// A4, PDF, toner that is measured and a waste box that is not (-2: unknown); lines as ippeveprinter's `-a` file wants them.
const ATTRIBUTES: &str = "\
ATTR keyword media-ready iso_a4_210x297mm
ATTR keyword media-default iso_a4_210x297mm
ATTR keyword media-supported iso_a4_210x297mm
ATTR mimeMediaType document-format-default application/pdf
ATTR mimeMediaType document-format-supported application/octet-stream,application/pdf
ATTR resolution printer-resolution-default 600dpi
ATTR resolution printer-resolution-supported 600dpi
ATTR keyword sides-supported one-sided,two-sided-long-edge
ATTR keyword sides-default one-sided
ATTR text printer-firmware-string-version 1.2
ATTR keyword marker-types toner,waste-toner
ATTR name marker-names Black,Waste
ATTR integer marker-levels 62,-2
";

/// Runs for each job: reads the fault file, reports what it says, waits while a fault stands. Its standard error is how
/// ippeveprinter learns of states.
const COMMAND: &str = r#"#!/bin/sh
here=$(dirname "$0")
echo "$IPP_SIDES" > "$here/sides"
reported=
while read -r fault < "$here/fault" && [ -n "$fault" ]; do
    case "$fault" in
        jam) echo "STATE: +media-jam-error" >&2; exit 1;;
        abort) exit 1;;
        # At work for as long as it stands there, and complains of nothing.
        dawdle) fault=;;
    esac
    if [ "$fault" != "$reported" ]; then
        [ -n "$reported" ] && echo "STATE: -$reported" >&2
        [ -n "$fault" ] && echo "STATE: +$fault" >&2
        reported=$fault
    fi
    sleep 0.05
done
[ -n "$reported" ] && echo "STATE: -$reported" >&2
read -r slow < "$here/slow" && [ -n "$slow" ] && sleep "$slow"
count=$(ls "$here/out" | wc -l)
echo "$IPP_JOB_NAME" > "$here/jobs/page-$((count + 1))"
cp "$1" "$here/out/page-$((count + 1)).pdf"
echo "ATTR: job-impressions-completed=1" >&2
exit 0
"#;

/// The printer.
pub struct PageEmulator {
    directory: PathBuf,
    port: u16,
    running: Option<Child>,
    /// Takes photographs only, as a printer that somebody put in place of the right one.
    pictures_only: bool,
}

impl PageEmulator {
    /// Starts the printer on `port` of this machine; its files go below `directory`, its paper into `directory/out`.
    ///
    /// # Errors
    /// ippeveprinter is missing or does not come up.
    pub fn start(port: u16, directory: &Path) -> Result<Self, String> {
        for folder in ["out", "jobs", "spool"] {
            std::fs::create_dir_all(directory.join(folder)).map_err(|error| error.to_string())?;
        }
        let mut printer = Self { directory: directory.to_owned(), port, running: None, pictures_only: false };
        printer.write("a4.conf", ATTRIBUTES)?;
        printer.write("command", COMMAND)?;
        printer.write("fault", "")?;
        printer.write("slow", "")?;
        std::fs::set_permissions(directory.join("command"), std::os::unix::fs::PermissionsExt::from_mode(0o755))
            .map_err(|error| error.to_string())?;
        printer.appear()?;
        Ok(printer)
    }

    fn write(&self, name: &str, text: &str) -> Result<(), String> {
        // Replaced as a whole: the command reads it at any moment.
        let (new, file) = (self.directory.join(format!("{name}.new")), self.directory.join(name));
        std::fs::write(&new, text).and_then(|()| std::fs::rename(&new, &file)).map_err(|error| error.to_string())
    }

    fn appear(&mut self) -> Result<(), String> {
        if self.running.is_some() {
            return Ok(());
        }
        let file = |name: &str| self.directory.join(name).display().to_string();
        let log = std::fs::File::create(self.directory.join("ippeveprinter.log")).map_err(|error| error.to_string())?;
        let child = Command::new("ippeveprinter")
            .args(["-r", "off", "-n", "localhost", "-p", &self.port.to_string(), "-k", "-v"])
            .args(["-d", &file("spool"), "-c", &file("command")])
            // It takes no list of formats beside a file of attributes.
            .args(if self.pictures_only {
                ["-f".to_owned(), "image/jpeg".to_owned()]
            } else {
                ["-a".to_owned(), file("a4.conf")]
            })
            .arg("kiosk-a4")
            .stdin(Stdio::null())
            .stdout(log.try_clone().map_err(|error| error.to_string())?)
            .stderr(log)
            .spawn()
            .map_err(|error| format!("ippeveprinter (package cups-ipp-utils): {error}"))?;
        self.running = Some(child);
        let port = self.port;
        until("ippeveprinter to listen", Duration::from_secs(20), || TcpStream::connect(("127.0.0.1", port)).ok())
            .map(drop)
    }

    fn vanish(&mut self) {
        if let Some(mut child) = self.running.take() {
            // Already dead is as good.
            let _dead = child.kill().and_then(|()| child.wait());
        }
    }
}

impl Drop for PageEmulator {
    fn drop(&mut self) {
        self.vanish();
    }
}

impl Emulator for PageEmulator {
    fn line(&mut self, line: &str) -> Result<String, String> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["paper", "out"] => self.write("fault", "media-empty-error\n")?,
            ["cover", "open"] => self.write("fault", "cover-open-error\n")?,
            ["jam", "held"] => self.write("fault", "media-jam-error\n")?,
            ["jam"] => self.write("fault", "jam\n")?,
            ["abort"] => self.write("fault", "abort\n")?,
            ["dawdle"] => self.write("fault", "dawdle\n")?,
            ["refill" | "clear"] | ["cover", "close"] => self.write("fault", "")?,
            ["slow", ms] => {
                let ms: u32 = number(Some(ms), "milliseconds")?;
                self.write("slow", &format!("{}.{:03}\n", ms / 1000, ms % 1000))?;
            }
            ["format", what @ ("pictures" | "documents")] => {
                self.vanish();
                self.pictures_only = *what == "pictures";
                self.appear()?;
            }
            ["vanish"] => self.vanish(),
            ["return"] => self.appear()?,
            ["status"] => {}
            _ => return Err(format!("not understood; {}", self.help())),
        }
        let fault = std::fs::read_to_string(self.directory.join("fault")).unwrap_or_default();
        let pages = std::fs::read_dir(self.directory.join("out")).map_or(0, Iterator::count);
        let sides = std::fs::read_to_string(self.directory.join("sides")).unwrap_or_default();
        let there = if self.running.is_some() { "online" } else { "gone" };
        Ok(format!(
            "{there}, fault: {}, {pages} documents printed, last on {}",
            if fault.is_empty() { "none" } else { fault.trim() },
            if sides.trim().is_empty() { "sides not asked for" } else { sides.trim() }
        ))
    }

    fn help(&self) -> &'static str {
        "paper out | refill | cover open | cover close | jam | jam held (prints on after clear) | abort | \
         dawdle (at work until clear, without a word) | clear | slow MS | format pictures | format documents | \
         vanish | return | status"
    }
}
