//! The terminal's line to a real agency over TLS, without a terminal.

use std::path::{Path, PathBuf};

use agency::seal::Algorithm;
use agency::{FONT_FILE, Server, Settings, certs};
use contract::catalogue::Catalogue;
use contract::format::Date;
use contract::message::{CaseName, FindCase};
use contract::problem::ProblemCode;
use hall::{line, people};
use kiosk::agency::client::{Client, Credentials};
use kiosk::agency::{AgencyError, Answer, OutOfDate, Question};

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
fn an_answer_that_is_damaged_on_its_way_counts_as_not_done() {
    let directory = std::env::temp_dir().join(format!("agency-damaged-{}", std::process::id()));
    certs::make(&directory, TERMINAL).unwrap();
    let mishaps = directory.join("mishaps");
    let server = server(&directory, mishaps.clone());
    let credentials = line::credentials(&format!("https://{}", server.address()), &directory, TERMINAL).unwrap();
    std::fs::write(&mishaps, "damaged /v1/catalogue\n").unwrap();
    let damaged = catalogue(&credentials).unwrap_err();
    assert_eq!(damaged, AgencyError::Lost);
    assert!(!damaged.is_certain(), "what was asked for counts as not done");
    drop(server);
    std::fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn a_certificate_that_is_refused_leaves_open_what_was_done() {
    let directory = std::env::temp_dir().join(format!("agency-refuses-{}", std::process::id()));
    certs::make(&directory, TERMINAL).unwrap();
    certs::make_expired(&directory, TERMINAL, Date::new(2025, 6, 1).unwrap()).unwrap();
    let server = server(&directory, directory.join("mishaps"));
    // We know the agency; it does not know us.
    std::fs::copy(directory.join("ca.pem"), directory.join("wrong/ca.pem")).unwrap();
    for (own, why) in [("expired", AgencyError::OutOfDate(OutOfDate::Own)), ("wrong", AgencyError::Untrusted)] {
        let (url, folder) = (format!("https://{}", server.address()), directory.join(own));
        let credentials = line::credentials(&url, &folder, TERMINAL).unwrap();
        let refused = catalogue(&credentials).unwrap_err();
        assert_eq!(refused, why, "{own}");
        assert!(refused.is_certain(), "{own}: what the agency has not read may have been done");
    }
    drop(server);
    std::fs::remove_dir_all(&directory).unwrap();
}

#[test]
fn a_gateway_that_says_no_to_our_certificate_in_html_keeps_the_renewed_one_unread() {
    let directory = std::env::temp_dir().join(format!("agency-gateway-{}", std::process::id()));
    certs::make(&directory, TERMINAL).unwrap();
    let mishaps = directory.join("mishaps");
    let server = server(&directory, mishaps.clone());
    let credentials = line::credentials(&format!("https://{}", server.address()), &directory, TERMINAL).unwrap();
    for (says, looks) in [(400, true), (503, false)] {
        std::fs::write(&mishaps, format!("status {says} /v1/catalogue\n")).unwrap();
        let error = catalogue(&credentials).unwrap_err();
        assert_eq!(error.may_be_mistrust(), looks, "{says}: {error:?}");
    }
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
