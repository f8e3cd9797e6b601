//! The terminal's line to a real agency over TLS, without a terminal.

use std::path::{Path, PathBuf};

use agency::seal::Algorithm;
use agency::{FONT_FILE, Server, Settings, certs};
use contract::catalogue::Catalogue;
use contract::message::{CaseName, FindCase};
use contract::problem::ProblemCode;
use hall::{line, people};
use kiosk::agency::client::{Client, Credentials};
use kiosk::agency::{AgencyError, Answer, Question};

const TERMINAL: &str = "t-0301";

fn server(directory: &Path, mishaps: PathBuf) -> Server {
    let (data, personas, font) = (directory.join("data"), people::file(), FONT_FILE.into());
    let (listen, seal) = ("127.0.0.1:0".parse().unwrap(), Algorithm::default());
    let settings = Settings {
        listen,
        data,
        certs: directory.into(),
        personas,
        today: None,
        font,
        mishaps: Some(mishaps),
        catalogue: None,
        seal,
        legacy: None,
    };
    Server::start(settings).unwrap()
}

/// Asked by a visit of its own, as every visit has its own client.
fn catalogue(credentials: &Credentials) -> Result<Catalogue, AgencyError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let client = Client::new(credentials).unwrap();
    match runtime.block_on(client.ask(&Question::Catalogue))? {
        Answer::Catalogue(catalogue) => Ok(catalogue),
        _ => panic!("another answer"),
    }
}

#[test]
fn a_refusal_of_another_question_is_told_as_ours() {
    let directory = std::env::temp_dir().join(format!("agency-foreign-{}", std::process::id()));
    certs::make(&directory, TERMINAL).unwrap();
    let mishaps = directory.join("mishaps");
    let server = server(&directory, mishaps.clone());
    let credentials = line::credentials(&format!("https://{}", server.address()), &directory, TERMINAL).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let find = FindCase {
        visit: "0".repeat(32),
        session: String::new(),
        name: CaseName::Key(format!("{TERMINAL}-0d15ea5e-1")),
        id_last4: String::new(),
        language: "zh".to_owned(),
    };
    let asked = || {
        let client = Client::new(&credentials).unwrap();
        runtime.block_on(client.ask(&Question::Find(find.clone()))).err()
    };
    let unknown = asked().unwrap();
    assert_eq!(unknown.problem(), Some(ProblemCode::CaseUnknown));
    assert!(unknown.is_certain());
    std::fs::write(&mishaps, "foreign /v1/cases/find\n").unwrap();
    let foreign = asked().unwrap();
    assert_eq!(foreign, AgencyError::Garbled);
    assert!(!foreign.is_certain(), "what was asked for counts as not done");
    drop(server);
    std::fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn a_catalogue_that_is_still_in_force_is_lost() {
    let directory = std::env::temp_dir().join(format!("agency-line-{}", std::process::id()));
    certs::make(&directory, TERMINAL).unwrap();
    let mishaps = directory.join("mishaps");
    let server = server(&directory, mishaps.clone());
    let credentials = line::credentials(&format!("https://{}", server.address()), &directory, TERMINAL).unwrap();
    let first = catalogue(&credentials).unwrap();
    assert_eq!(first, agency::catalogue::read().unwrap());
    // "Not changed" is an answer without a catalogue in it.
    assert!(catalogue(&credentials).unwrap() == first);
    std::fs::write(&mishaps, "junk /v1/catalogue\n").unwrap();
    assert_eq!(catalogue(&credentials).unwrap_err(), AgencyError::Garbled);
    std::fs::write(&mishaps, "").unwrap();
    assert!(catalogue(&credentials).unwrap() == first);
    drop(server);
    std::fs::remove_dir_all(&directory).unwrap();
}
