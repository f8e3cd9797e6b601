//! What came out on paper, read by programs that we did not write: `receipt-judge` (its parser is not ours) and poppler.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::ground::Ground;
use crate::people::home;

/// Files `STEM-1`, `STEM-2`, ... in a folder of the ground.
fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    let mut files: Vec<_> =
        entries.map(|entry| entry.path()).filter(|file| file.extension().is_some_and(|e| e == ending)).collect();
    files.sort();
    files
}

/// Every receipt, oldest first.
pub(crate) fn receipts(ground: &Ground) -> Vec<PathBuf> {
    files(&ground.path("receipts"), "bin")
}

/// Every document, oldest first.
pub(crate) fn documents(ground: &Ground) -> Vec<PathBuf> {
    files(&ground.path("pages/out"), "pdf")
}

/// A receipt's text and picture, by a judge that refuses commands it does not know.
///
/// # Errors
/// The judge is not built, or does not understand the receipt.
pub fn read_receipt(file: &Path, dots: u16, text: &Path, picture: &Path) -> Result<String, String> {
    let judge = home().join("judge/target/debug/receipt-judge");
    if !judge.is_file() {
        return Err(
            "receipt-judge is not built: cargo build --ignore-rust-version --manifest-path tests/judge/Cargo.toml"
                .to_owned(),
        );
    }
    run(Command::new(judge)
        .arg(file)
        .args(["--dots", &dots.to_string(), "--strict", "--text"])
        .arg(text)
        .arg("--picture")
        .arg(picture))?;
    std::fs::read_to_string(text).map_err(|error| format!("{}: {error}", text.display()))
}

/// A document's text by poppler.
pub(super) fn read_document(file: &Path) -> Result<String, String> {
    run(Command::new("pdftotext").arg("-layout").arg(file).arg("-"))
}

/// Whether every font of a document is embedded and subset, by poppler.
pub(super) fn fonts_are_embedded(file: &Path) -> Result<bool, String> {
    let table = run(Command::new("pdffonts").arg(file))?;
    let fonts: Vec<&str> = table.lines().skip(2).collect();
    // name, type, encoding, then emb sub uni: three words "yes".
    Ok(!fonts.is_empty() && fonts.iter().all(|font| font.matches(" yes").count() >= 3))
}

/// What the QR code on a document says, by poppler (which draws it) and zbar (which reads it).
pub(super) fn read_qr(file: &Path) -> Result<String, String> {
    let stem = file.with_extension("");
    run(Command::new("pdftoppm").args(["-r", "200", "-png", "-singlefile"]).arg(file).arg(&stem))?;
    let said = run(Command::new("zbarimg").args(["--quiet", "--raw"]).arg(stem.with_extension("png")))?;
    Ok(said.trim().to_owned())
}

/// Copies the last receipt (text and picture) and the last document into `folder`.
pub(super) fn keep(ground: &Ground, dots: u16, folder: &Path) -> Result<(), String> {
    if let Some(receipt) = receipts(ground).last() {
        read_receipt(receipt, dots, &folder.join("receipt.txt"), &folder.join("receipt.png"))?;
    }
    if let Some(document) = documents(ground).last() {
        std::fs::copy(document, folder.join("certificate.pdf")).map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn run(command: &mut Command) -> Result<String, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|error| format!("{name}: {error}"))?;
    if output.status.success() {
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    } else {
        Err(format!("{name}: {}", String::from_utf8_lossy(&output.stderr).trim()))
    }
}
