//! How fast the reference agency is: 500 mixed requests a second over TLS from 50 terminals, the server on one core, beside its own
//! smallest call without load; and what a catalogue costs a terminal. Prints one run; asserts nothing.
//!
//! `cargo bench -p hall --bench agency`; with `--profile dev` it measures what CI builds. Needs `taskset` and two cores.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench may fail loudly")]

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use contract::catalogue::{Catalogue, check};
use contract::field::Value;
use contract::format::Period;
use contract::message::{
    ActReport, CaseName, FetchDocument, FileCase, FindCase, IssueDocument, Outcome, Prefill, Proof, Query, SignIn,
    content_digest,
};
use hall::ground::{TODAY, beside_us};
use hall::{line, people};
use kiosk::agency::client::Client;
use kiosk::agency::{Answer, Question};
use zeroizing_alloc::ZeroAlloc;

// As in the shipping program.
#[global_allocator]
static MEMORY: ZeroAlloc<std::alloc::System> = ZeroAlloc(std::alloc::System);

const TERMINALS: u32 = 50;
const A_SECOND: u32 = 500;
const RUN: Duration = Duration::from_secs(20);
/// Those whose card is good and who have records, from 1.
const PERSONAS: [usize; 6] = [1, 2, 3, 4, 9, 12];

/// What 20 requests in a row are; every terminal begins at another place.
const MIX: [Kind; 20] = {
    use Kind::{Case, Catalogue, Certificate, Contributions, Enrolment, Fetch, File, Known, Progress, Report, SignIn};
    [
        Contributions,
        SignIn,
        Contributions,
        Enrolment,
        Known,
        Contributions,
        Catalogue,
        Certificate,
        Fetch,
        Report,
        Contributions,
        SignIn,
        Progress,
        Contributions,
        Known,
        File,
        Case,
        Enrolment,
        Catalogue,
        Contributions,
    ]
};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    SignIn,
    Contributions,
    Enrolment,
    Progress,
    Catalogue,
    Known,
    File,
    Case,
    Certificate,
    Fetch,
    Report,
}

impl Kind {
    const fn says(self) -> &'static str {
        match self {
            Self::SignIn => "sign-in",
            Self::Contributions => "query Q02, a year of months",
            Self::Enrolment => "query Q01",
            Self::Progress => "query Q09, own cases",
            Self::Catalogue => "catalogue, not changed (304)",
            Self::Known => "prefill F16",
            Self::File => "file F16, a new case each",
            Self::Case => "find a case by its key",
            Self::Certificate => "issue P01 (one new a terminal, then reprints)",
            Self::Fetch => "fetch its PDF",
            Self::Report => "report an act",
        }
    }
}

fn main() {
    catalogue();
    let directory = std::env::temp_dir().join("hall-bench-agency");
    let _from_last_time = std::fs::remove_dir_all(&directory);
    let mut agency = Agency::start(&directory);
    // The server has core 0 for itself; whoever asks takes the other one.
    let own = Command::new("taskset").args(["-pc", "1", &std::process::id().to_string()]).output().unwrap();
    assert!(own.status.success(), "two cores are needed");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(load(&agency, &directory));
    let _gone = agency.child.kill();
    let _waited = agency.child.wait();
}

/// The whole catalogue from its bytes to a judged value, beside reading the same bytes as any JSON.
fn catalogue() {
    let bytes = serde_json::to_vec(&*OFFER).unwrap();
    let median = |doing: &dyn Fn()| {
        let mut times: Vec<_> = (0..200).map(|_| time(doing)).collect();
        times.sort_unstable();
        (ms(times[100]), ms(times[198]))
    };
    let (plain, _) = median(&|| drop(serde_json::from_slice::<serde_json::Value>(&bytes).unwrap()));
    let (read, slow) = median(&|| {
        let catalogue: Catalogue = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(check(&catalogue), []);
    });
    println!(
        "catalogue of {} kB, parsed and checked: median {read:.2} ms, p99 {slow:.2} ms; aim 5 ms",
        bytes.len() / 1024
    );
    println!("as any JSON: median {plain:.2} ms; ratio {:.2} x\n", read / plain);
}

struct Agency {
    child: Child,
    url: String,
}

impl Agency {
    fn start(directory: &Path) -> Self {
        for n in 0..TERMINALS {
            agency::certs::make(&directory.join("certs"), &terminal(n)).unwrap();
        }
        let mut command = Command::new("taskset");
        command.args(["-c", "0"]).arg(beside_us("agency").unwrap()).args(["serve", "--today", TODAY]);
        command.arg("--data").arg(directory.join("data")).arg("--certs").arg(directory.join("certs"));
        command.arg("--personas").arg(people::file());
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines().next().unwrap().unwrap();
        Self { child, url: said.strip_prefix("listening on ").unwrap().to_owned() }
    }
}

fn terminal(n: u32) -> String {
    format!("t-{n:04}")
}

/// One terminal with one visit.
struct Visitor {
    client: Client,
    terminal: String,
    visit: String,
    person: agency::persona::Persona,
    session: String,
    acts: u32,
}

impl Visitor {
    async fn come(n: u32, agency: &Agency, certs: &Path) -> Self {
        let terminal = terminal(n);
        let client = Client::new(&line::credentials(&agency.url, certs, &terminal).unwrap()).unwrap();
        let person = people::person(PERSONAS[n as usize % PERSONAS.len()]).unwrap();
        let mut visitor =
            Self { client, terminal, visit: format!("{n:032x}"), person, session: String::new(), acts: 0 };
        // What a visit has before it asks: a session, the catalogue, a case, a document.
        for kind in [Kind::SignIn, Kind::Catalogue, Kind::File, Kind::Certificate] {
            assert!(visitor.ask(kind).await, "{}", kind.says());
        }
        visitor
    }

    /// Asks once; false where the answer was none.
    async fn ask(&mut self, kind: Kind) -> bool {
        let question = self.question(kind);
        match self.client.ask(&question).await {
            Ok(Answer::SignedIn(signed_in)) => {
                self.session = signed_in.session;
                true
            }
            Ok(_) => true,
            Err(_) => false,
        }
    }

    fn act(&self, n: u32) -> String {
        format!("{}-5f3a9c21-{n}", self.terminal)
    }

    fn question(&mut self, kind: Kind) -> Question {
        let (visit, session, language) = (self.visit.clone(), self.session.clone(), "zh".to_owned());
        let query = |item: &str, inputs| {
            let item_version = version(item);
            let (visit, session, language) = (visit.clone(), session.clone(), language.clone());
            Question::Query(Query { visit, session, item: item.to_owned(), item_version, inputs, language })
        };
        match kind {
            Kind::SignIn => Question::SignIn(SignIn {
                visit,
                terminal: self.terminal.clone(),
                proof: Proof::CardPin {
                    card_id: self.person.card_id.clone(),
                    id_number: self.person.id_number.clone(),
                    name: self.person.name.clone(),
                },
            }),
            Kind::Contributions => query("Q02", BTreeMap::from([pension(), months("202401", "202610")])),
            Kind::Enrolment => query("Q01", BTreeMap::new()),
            Kind::Progress => query("Q09", BTreeMap::new()),
            Kind::Catalogue => Question::Catalogue,
            Kind::Known => Question::Prefill(Prefill {
                visit,
                session,
                item: "F16".to_owned(),
                item_version: version("F16"),
                language,
            }),
            Kind::File => {
                self.acts += 1;
                Question::File(self.act(100 + self.acts), dispute(visit, session, language))
            }
            Kind::Case => {
                let name = CaseName::Key(self.act(100 + self.acts));
                Question::Find(FindCase { visit, session, name, id_last4: String::new(), language })
            }
            Kind::Certificate => Question::Issue(IssueDocument {
                visit,
                session,
                act: self.act(1),
                item: "P01".to_owned(),
                item_version: version("P01"),
                inputs: BTreeMap::from([months("202401", "202610")]),
            }),
            Kind::Fetch => Question::Fetch(FetchDocument { visit, session, act: self.act(1) }),
            Kind::Report => Question::Report(ActReport {
                act: self.act(1),
                visit,
                item: "P01".to_owned(),
                kind: "certificate".to_owned(),
                outcome: Outcome::Printed,
            }),
        }
    }
}

/// Read once: reading it from its tables takes longer than any call.
/// Of an item as it is offered now.
fn version(item: &str) -> u32 {
    OFFER.item(item).unwrap().version
}

static OFFER: LazyLock<Catalogue> = LazyLock::new(|| agency::catalogue::read().unwrap());

fn dispute(visit: String, session: String, language: String) -> FileCase {
    let catalogue = &*OFFER;
    let item = catalogue.item("F16").unwrap();
    let text = |id: &str, value: &str| (id.to_owned(), Value::Text(value.to_owned()));
    FileCase {
        visit,
        session,
        catalogue: catalogue.version.clone(),
        item: item.id.clone(),
        item_version: item.version,
        inputs: BTreeMap::from([
            pension(),
            months("202401", "202610"),
            text("field", "base"),
            text("statement", "基数与工资不符"),
        ]),
        consent: content_digest(item.consent.zh.as_bytes()),
        language,
    }
}

fn pension() -> (String, Value) {
    ("insurance".to_owned(), Value::Text("110".to_owned()))
}

fn months(from: &str, to: &str) -> (String, Value) {
    let month = |text| Period::parse(text).unwrap();
    ("period".to_owned(), Value::MonthRange { from: month(from), to: month(to) })
}

/// What one terminal has seen: what was asked, how long after its time the answer was there, and whether it was one.
type Seen = Vec<(Kind, Duration, bool)>;

async fn load(agency: &Agency, directory: &Path) {
    let certs = directory.join("certs");
    let mut visitors = Vec::new();
    for n in 0..TERMINALS {
        visitors.push(Visitor::come(n, agency, &certs).await);
    }
    let mut alone = Vec::new();
    for _ in 0..200 {
        let began = Instant::now();
        assert!(visitors[0].ask(Kind::Catalogue).await);
        alone.push(began.elapsed());
    }
    alone.sort_unstable();
    let baseline = (ms(alone[100]), ms(alone[198]));
    let began = tokio::time::Instant::now() + Duration::from_millis(100);
    let busy = cpu_s(&agency.child);
    let work = (0..).zip(visitors).map(|(n, visitor)| tokio::spawn(keep_asking(n, visitor, began))).collect::<Vec<_>>();
    let mut seen = Seen::new();
    for terminal in work {
        seen.extend(terminal.await.unwrap());
    }
    report(&seen, began.elapsed(), baseline);
    let busy = (cpu_s(&agency.child) - busy) / began.elapsed().as_secs_f64();
    println!("the server's core was used by it for {:.0} % of the time", busy * 100.0);
}

/// What a process has computed so far, from /proc: clock ticks of 10 ms.
fn cpu_s(process: &Child) -> f64 {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", process.id())).unwrap();
    let after_name = stat.rsplit(") ").next().unwrap();
    let ticks = after_name.split(' ').skip(11).take(2).map(|ticks| ticks.parse::<f64>().unwrap());
    ticks.sum::<f64>() / 100.0
}

/// Asks at fixed times, however late the last answer was: waiting for a slow server must not spare it. Each time is counted from when the
/// question was due.
async fn keep_asking(n: u32, mut visitor: Visitor, began: tokio::time::Instant) -> Seen {
    let every = Duration::from_secs(1) * TERMINALS / A_SECOND;
    let mut due = tokio::time::interval_at(began + every * n / TERMINALS, every);
    let mut seen = Seen::new();
    for kind in MIX.into_iter().cycle().skip(n as usize * 7 % MIX.len()) {
        let at = due.tick().await;
        if at >= began + RUN {
            break;
        }
        let good = visitor.ask(kind).await;
        seen.push((kind, at.elapsed(), good));
    }
    seen
}

fn report(seen: &Seen, took: Duration, (baseline, baseline_p99): (f64, f64)) {
    println!("{:<50} {:>7} {:>11} {:>11}", "what", "count", "median", "p99");
    let mut by_kind: BTreeMap<Kind, Vec<Duration>> = BTreeMap::new();
    for (kind, time, _) in seen {
        by_kind.entry(*kind).or_default().push(*time);
    }
    for (kind, times) in by_kind {
        line_of(kind.says(), times);
    }
    let p50 = line_of("all", seen.iter().map(|(_, time, _)| *time).collect());
    let bad = seen.iter().filter(|(_, _, good)| !good).count();
    let rate = seen.len() as f64 / took.as_secs_f64();
    println!(
        "\n{TERMINALS} connections over TLS, {rate:.0} requests a second (wanted {A_SECOND}), {bad} without answer; aim: p99 50 ms"
    );
    println!("smallest call (catalogue, 304) without load: median {baseline:.2} ms, p99 {baseline_p99:.2} ms");
    println!("median of the mix under load beside it: {:.2} x", p50 / baseline);
}

/// Prints a row; gives its median.
fn line_of(what: &str, mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    let at = |part: usize| ms(times[(times.len() - 1) * part / 100]);
    println!("{what:<50} {:>7} {:>8.2} ms {:>8.2} ms", times.len(), at(50), at(99));
    at(50)
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn time(doing: impl Fn()) -> Duration {
    let began = Instant::now();
    doing();
    began.elapsed()
}
