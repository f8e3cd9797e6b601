//! The command line of the reference agency. Only reads arguments and prints; what it does stands in the library.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use agency::seal::Algorithm;
use agency::{FONT_FILE, Server, Settings, StandIn, Upstream, stand_in};
use clap::{Parser, Subcommand};
use contract::format::Date;

/// The reference agency: answers a kiosk over HTTPS with invented people, for tests and demonstrations.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the contract. Prints `listening on https://127.0.0.1:PORT` when ready.
    Serve(Serve),
    /// Make development certificates: ca.pem, server.pem, ID.pem and their keys; what is there already stays.
    ///
    /// DIR/wrong/ gets the same from an unrelated authority, to be refused by everybody.
    Certs {
        /// Where to write them.
        dir: PathBuf,
        /// Terminal id: name of the client certificate's files and its common name.
        #[arg(long, value_name = "ID")]
        terminal: String,
    },
    /// Print the keys with which documents are signed, as they stand in a terminal's configuration (`[[agency.document_keys]]`, TOML): with
    /// them a terminal checks a document while it cannot ask. One block a key that DIR holds; nothing secret.
    DocumentKeys {
        /// Where the agency's database and its keys are kept.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
    /// Print the OpenAPI document of the contract.
    Openapi,
    /// Print the catalogue of services, as a terminal gets it.
    Catalogue,
    /// Stand in for an old core system that speaks fixed fields. Prints `listening on 127.0.0.1:PORT` when ready.
    Legacy(Legacy),
    /// Print how often questionnaires were handed out and came back, and how often each option was chosen: CSV, a line a set, version,
    /// question, option, terminal and day.
    Questionnaire {
        /// Where the agency's database is kept.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
    },
    /// Print how cases were evaluated: CSV, a line an item, terminal and day of filing.
    Evaluations {
        /// Where the agency's database is kept.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Only the bad ones (差评), a line each, to be followed up.
        #[arg(long)]
        bad: bool,
    },
    /// Print what somebody had typed at a terminal when their time was over, by the number that they were shown: JSON.
    Draft {
        /// Where the agency's database is kept.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Where the key for opening is kept.
        #[arg(long, value_name = "DIR")]
        certs: PathBuf,
        /// At which terminal.
        #[arg(long, value_name = "ID")]
        terminal: String,
        /// Eight digits, with a blank between them or without.
        number: String,
    },
    /// Write what terminals have sealed to the auditor into a folder, a file a parcel, in the order of its lines; nothing of it can be opened here.
    AuditLines {
        /// Where the agency's database is kept.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Of which terminal.
        #[arg(long, value_name = "ID")]
        terminal: String,
        /// Where to write them; made if it is not there.
        #[arg(long, value_name = "DIR")]
        into: PathBuf,
    },
    /// Be the telephone of an invented person: print the code of their electronic card, or the newest message that reached a number.
    Phone {
        /// Where the agency's database is kept.
        #[arg(long, value_name = "DIR")]
        data: PathBuf,
        /// Place in the table of invented people, from 1: a fresh code of the electronic card, good for a minute.
        #[arg(long, value_name = "N", conflicts_with = "messages", required_unless_present = "messages")]
        card: Option<usize>,
        /// Telephone number: its newest message.
        #[arg(long, value_name = "NUMBER")]
        messages: Option<String>,
    },
}

#[derive(clap::Args)]
struct Serve {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Where the database is kept. People and records are filled anew at each start; documents, cases, acts and audit stay.
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// What `agency certs` wrote.
    #[arg(long, value_name = "DIR")]
    certs: PathBuf,
    /// The table of invented people.
    #[arg(long, value_name = "FILE")]
    personas: PathBuf,
    /// Take this for today instead of the system's date (UTC+8), as 2026-11-23.
    #[arg(long, value_name = "DATE", value_parser = date)]
    today: Option<Date>,
    /// Font of the documents: a collection whose third face is Simplified Chinese.
    #[arg(long, value_name = "FILE", default_value = FONT_FILE)]
    font: PathBuf,
    /// With what documents are signed: `ed25519`, or `sm2-standin`, which is SM2 in software.
    #[arg(long, value_name = "ALGORITHM", default_value = "ed25519", value_parser = algorithm)]
    seal: Algorithm,
    /// What goes wrong on purpose; read anew at each request, may be missing.
    ///
    /// One mishap a line, `WHAT [NUMBER] PATH`; the first line with the path of the call counts; `#` begins a comment:
    ///
    ///   delay_ms 3000 /v1/query   done at once, answered late
    ///   hang /v1/query            done, never answered
    ///   status 503 /v1/query      not done, bare status
    ///   junk /v1/query            done, answered with bytes that are no JSON and no PDF
    ///   huge /v1/query            done, answered with 10 MB
    ///   crumbs_ms 5 /v1/query     done, the answer comes in pieces of one byte, each after that time
    ///   foreign /v1/query         done, the answer says that it is to another request
    ///   damaged /v1/query         done, what comes before the answer is a TLS record that fits no key
    ///   wrong-subject /v1/query   done, the answer is bound to another person
    ///   unbearable 13304390 /v1/parcels   not done, bare status, where that is a text in the request; others are done
    ///
    ///   silent card               the system of a provider does not answer: hrss, medical, tax, card, evaluation
    ///
    /// The same file moves the clock and does what officials do:
    ///
    ///   today 2026-12-10          taken for today; cases go on as the days do
    ///   withdraw uir              this policy text is no longer in force
    ///   changed F18               this item is other than whoever files now was shown
    ///   case 26070019 correction  brings the case of this pick-up code to a stage, once: correction, refused,
    ///                             accepted, in_review, approved, rejected, delivered; the last line of a case counts
    #[arg(long, value_name = "FILE", verbatim_doc_comment)]
    mishaps: Option<PathBuf>,
    /// Items that nobody compiled in, with what is answered to them; laid over the built-in catalogue (tests/made-up/catalogue.toml).
    #[arg(long, value_name = "FILE")]
    catalogue: Option<PathBuf>,
    /// Answer Q01, Q02 and Q03 from an old core system at this address (no name: looking one up has no deadline).
    #[arg(long, value_name = "ADDRESS", requires = "province")]
    legacy: Option<SocketAddr>,
    /// How that system speaks (tests/agency/legacy/*.toml); again for each file that holds on other days.
    #[arg(long, value_name = "FILE", requires = "legacy")]
    province: Vec<PathBuf>,
}

#[derive(clap::Args)]
struct Legacy {
    /// Address to listen on; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// How it speaks (tests/agency/legacy/*.toml).
    #[arg(long, value_name = "FILE")]
    province: PathBuf,
    /// The table of invented people.
    #[arg(long, value_name = "FILE")]
    personas: PathBuf,
    /// Take this for today instead of the system's date (UTC+8), as 2026-11-23.
    #[arg(long, value_name = "DATE", value_parser = date)]
    today: Option<Date>,
    /// What goes wrong on purpose; read anew at each request, may be missing.
    ///
    /// One mishap a line, `WHAT TRADE`; the first line of the trade (enrolment, months, account) counts; `#` begins a comment:
    ///
    ///   silent months   nothing comes
    ///   drip months     a byte comes now and then
    ///   cut months      half of the answer comes, then the connection ends
    ///   junk months     an answer of bytes that are no record
    ///   noise months    bytes that are no frame
    ///   other months    about another person
    ///   stale months    the answer to the question before
    ///   code months     a code that no table lists
    ///   short months    one record fewer than it counts
    ///   again months    the first records again, whichever were asked for
    #[arg(long, value_name = "FILE", verbatim_doc_comment)]
    mishaps: Option<PathBuf>,
}

fn date(text: &str) -> Result<Date, String> {
    Date::parse_iso(text).ok_or_else(|| "not a day as yyyy-mm-dd".to_owned())
}

fn algorithm(text: &str) -> Result<Algorithm, String> {
    Algorithm::parse(text).ok_or_else(|| "neither ed25519 nor sm2-standin".to_owned())
}

fn main() -> ExitCode {
    let outcome = match Arguments::parse().command {
        Command::Serve(arguments) => serve(arguments),
        Command::Certs { dir, terminal } => agency::certs::make(&dir, &terminal).map_err(|failure| failure.to_string()),
        Command::DocumentKeys { data } => print(agency::seal::document_keys(&data)),
        Command::Openapi => {
            println!("{}", agency::openapi::document());
            Ok(())
        }
        Command::Catalogue => catalogue(),
        Command::Legacy(arguments) => legacy(arguments),
        Command::Questionnaire { data } => print(agency::report::questionnaires(&data)),
        Command::Evaluations { data, bad: true } => print(agency::report::bad_evaluations(&data)),
        Command::Evaluations { data, bad: false } => evaluations(&data),
        Command::Draft { data, certs, terminal, number } => {
            print(agency::draft::open(&data, &certs, &terminal, &number))
        }
        Command::AuditLines { data, terminal, into } => print(agency::audit_lines::write(&data, &terminal, &into)),
        Command::Phone { data, card, messages } => phone(&data, card, messages.as_deref()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("agency: {why}");
            ExitCode::FAILURE
        }
    }
}

fn catalogue() -> Result<(), String> {
    let catalogue = agency::catalogue::read().map_err(|why| why.to_string())?;
    println!("{}", serde_json::to_string_pretty(&catalogue).map_err(|why| why.to_string())?);
    Ok(())
}

fn evaluations(data: &Path) -> Result<(), String> {
    let catalogue = agency::catalogue::read().map_err(|why| why.to_string())?;
    print(agency::report::evaluations(data, &catalogue))
}

fn print<E: std::fmt::Display>(report: Result<String, E>) -> Result<(), String> {
    println!("{}", report.map_err(|why| why.to_string())?);
    Ok(())
}

fn phone(data: &Path, card: Option<usize>, number: Option<&str>) -> Result<(), String> {
    let shown = match (card, number) {
        (Some(n), _) => agency::phone::e_card(data, n).map(Some),
        (None, number) => agency::phone::message(data, number.unwrap_or_default()),
    };
    println!("{}", shown.map_err(|why| why.to_string())?.ok_or("no message has reached this number")?);
    Ok(())
}

fn serve(arguments: Serve) -> Result<(), String> {
    let Serve { listen, data, certs, personas, today, font, seal, mishaps, catalogue, legacy, province } = arguments;
    let legacy = legacy.map(|address| Upstream { address, provinces: province });
    let settings = Settings { listen, data, certs, personas, today, font, mishaps, catalogue, seal, legacy };
    let server = Server::start(settings).map_err(|failure| failure.to_string())?;
    println!("listening on https://{}", server.address());
    std::io::stdout().flush().map_err(|error| error.to_string())?;
    server.wait();
    Ok(())
}

fn legacy(arguments: Legacy) -> Result<(), String> {
    let Legacy { listen, province, personas, today, mishaps } = arguments;
    let settings = stand_in::Settings { listen, province, personas, today, mishaps };
    let service = StandIn::start(settings).map_err(|failure| failure.to_string())?;
    println!("listening on {}", service.address());
    std::io::stdout().flush().map_err(|error| error.to_string())?;
    service.wait();
    Ok(())
}
