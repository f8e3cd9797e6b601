//! The hall for a visitor: the kiosk in a window beside a panel of buttons, or, without a display, two journeys with pictures.

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::response::Html;
use axum::routing::{get, post};

use crate::ground::{Ground, beside_us};

const PANEL: &str = "127.0.0.1:8800";
const PAGE: &str = include_str!("demo/panel.html");
const PARTS: &str = "\
real:     pcscd with the vpcd driver, ippeveprinter, HTTPS with client certificates, SQLite, the kiosk itself
emulated: the card (behind vpcd), the receipt printer (on TCP), the agency (a reference server), all people";

/// Plays the first two journeys; pictures and paper go to `target/demo/<journey>`.
///
/// # Errors
/// A journey fails.
pub fn headless() -> Result<(), String> {
    println!("{PARTS}");
    for name in ["contributions-slip", "insurance-certificate"] {
        let folder = Path::new("target/demo").join(name);
        let _from_last_time = std::fs::remove_dir_all(&folder);
        println!("\n{name} -> {}", folder.display());
        let hall = std::env::current_exe().map_err(|error| error.to_string())?;
        let status = Command::new(hall).args(["journey", name, "--frames"]).arg(&folder).status();
        let status = status.map_err(|error| error.to_string())?;
        if !status.success() {
            return Err(format!("{name} failed"));
        }
        for file in files(&folder)? {
            println!("  {file}");
        }
    }
    Ok(())
}

fn files(folder: &Path) -> Result<Vec<String>, String> {
    let entries = std::fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut files: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path().display().to_string()).collect();
    files.sort();
    Ok(files)
}

/// Opens the kiosk in a window and serves the panel until the window is closed.
///
/// # Errors
/// Something does not come up.
pub fn window() -> Result<(), String> {
    println!("{PARTS}");
    let directory = std::env::temp_dir().join("hall-demo");
    let _from_last_time = std::fs::remove_dir_all(&directory);
    let mut ground = Ground::start(&directory)?;
    ground.line("cabinet plug")?;
    let site = directory.join("site.toml");
    // Half the reference panel's size fits on a desk; everything keeps its proportions.
    let text = format!(
        "{}\n[panel]\nbackend = \"winit\"\nwidth_px = 540\nheight_px = 960\nmm_per_px = 0.496\n",
        ground.site_toml()
    );
    std::fs::write(&site, text).map_err(|error| error.to_string())?;
    let ground = Arc::new(Mutex::new(ground));
    let shared = ground.clone();
    std::thread::spawn(move || serve(shared));
    println!("panel:    http://{PANEL}  (cards, paper, plugs)\nclose the kiosk's window to end");
    let mut kiosk = Command::new(beside_us("kiosk")?);
    let status = kiosk.arg("run").arg("--site").arg(&site).status();
    let status = status.map_err(|error| error.to_string())?;
    drop(ground);
    if status.success() { Ok(()) } else { Err(format!("the kiosk ended with {status}")) }
}

type Shared = Arc<Mutex<Ground>>;

fn serve(ground: Shared) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return eprintln!("panel: {error}"),
    };
    let served = runtime.block_on(async {
        let routes = Router::new().route("/", get(async || Html(PAGE))).route("/line", post(line)).with_state(ground);
        axum::serve(tokio::net::TcpListener::bind(PANEL).await?, routes).await
    });
    if let Err(error) = served {
        eprintln!("panel: {PANEL}: {error}");
    }
}

/// One line for the ground; one button at a time is enough for one pair of hands.
async fn line(State(ground): State<Shared>, line: String) -> String {
    let said = ground.lock().unwrap_or_else(PoisonError::into_inner).line(&line);
    said.unwrap_or_else(|why| format!("no: {why}"))
}
