//! The program `receipt-judge`: what a receipt says and what it looks like, read by a parser that is not ours.

mod decode;
mod draw;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;

/// Reads ESC/POS bytes; writes what stands on the paper as text and as a picture at printer dots.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The bytes a printer was sent.
    input: PathBuf,
    /// Printable dots across.
    #[arg(long, default_value_t = 576)]
    dots: usize,
    /// Write the text here.
    #[arg(long)]
    text: PathBuf,
    /// Write the picture here (PNG).
    #[arg(long)]
    picture: PathBuf,
    /// Font for the picture: a collection whose third face is Simplified Chinese.
    #[arg(long, default_value = "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc")]
    font: PathBuf,
    /// Refuse receipts with commands that neither the parser nor the Chinese mode knows.
    #[arg(long)]
    strict: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("receipt-judge: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let file = |path: &PathBuf, error: std::io::Error| format!("{}: {error}", path.display());
    let bytes = std::fs::read(&arguments.input).map_err(|error| file(&arguments.input, error))?;
    let receipt = decode::decode(&bytes);
    if arguments.strict && !receipt.unknown.is_empty() {
        return Err(format!("unknown commands: {}", receipt.unknown.join(", ")));
    }
    std::fs::write(&arguments.text, receipt.text()).map_err(|error| file(&arguments.text, error))?;
    let font = std::fs::read(&arguments.font).map_err(|error| file(&arguments.font, error))?;
    let picture = draw::draw(&receipt, arguments.dots, font)?;
    draw::write_png(&arguments.picture, &picture).map_err(|error| format!("{}: {error}", arguments.picture.display()))
}
