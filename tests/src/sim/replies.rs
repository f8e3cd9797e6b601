//! What devices and the agency would answer, made up: good answers about this visit's person, and the ones that are not.

mod public;

use std::sync::{Arc, LazyLock};

use contract::catalogue::{Catalogue, Choice, Evidence, Item, Kind, Level, Text};
use contract::field::{Field, FieldType, Value};
use contract::format::Period;
use contract::message::{
    AnswersKept, Binding, Case, CaseStage, Cell, CellKind, CodeSent, Column, Defect, Figure, Named, News, Outcome,
    Prefilled, QueryResult, Row, SignedIn, Step, StepState, Table, WitnessChallenge, Witnessed, WorkingDays,
    subject_digest,
};
use contract::problem::{Problem, ProblemCode};
use contract::site::Site;
use hal::card::{Algorithm, Authority, Begun, Holder, Issuer, SpecVersion, Tries, Verified};
use hal::id::{Document, Field as DocumentField};
use hal::scanner::ScanError;
use hal::staff::{Algorithm as StaffAlgorithm, Signed, StaffError};
use hal::{Code, Private};
use kiosk::agency::AgencyError;
use kiosk::input_method::{Composition, InputMethodError};
use kiosk::session::{ActEnd, ActFailure, Completion, Scene, Serving, Stage, Visit};

use super::seals::{self, seal};
use super::{Sim, What};

const NAME: &str = "林知远";
const ID_NUMBER: &str = "190001196705120015";
/// Whom the person may act for.
const PRINCIPAL: &str = "190001197410080022";
/// 办件编号 of whatever is filed.
const CASE: &str = "1134182300329195864002014005002202611230001";

impl Sim {
    /// The agency's answer to a sign-in of this visit.
    #[must_use]
    pub fn signed_in(&self) -> SignedIn {
        let person = Named { name: NAME.to_owned(), id_number: ID_NUMBER.to_owned() };
        let (session, catalogue) = ("session".to_owned(), catalogue().version);
        SignedIn {
            binding: self.binding(),
            session,
            catalogue,
            person: Some(person),
            only: Vec::new(),
            only_because: None,
            news: vec![News {
                item: "P01".to_owned(),
                text: text("2025 年度个人权益记录单可以打印了。", "Your 2025 statement can be printed."),
            }],
        }
    }

    /// The same by an agency that has a newer catalogue.
    fn signed_in_anew(&self) -> SignedIn {
        SignedIn { catalogue: newer_catalogue().version, ..self.signed_in() }
    }

    /// The agency knows that this visit's person may act for somebody.
    fn mandated(&self) -> SignedIn {
        let (binding, only) = (self.binding_to(PRINCIPAL), vec!["P01".to_owned()]);
        SignedIn { binding, person: None, only, ..self.signed_in() }
    }

    /// Records of this visit's person.
    #[must_use]
    pub fn records(&self) -> QueryResult {
        records(self.binding_of_whom())
    }

    /// What is known of this visit's person, and of nobody nothing; one answer is of yesterday's form and must be asked again.
    fn prefilled(&self) -> Prefilled {
        let binding = self.binding_of_whom();
        let known = [("phone", "13800000001"), ("gone", "1")].into_iter().filter(|_| binding == self.binding());
        let values = known.map(|(id, text)| (id.to_owned(), Value::Text(text.to_owned()))).collect();
        Prefilled { binding, values }
    }

    /// The case that this visit's person has filed.
    fn case(&self) -> Case {
        let step = |name: &str, state| Step { name: name.to_owned(), state, on: String::new() };
        Case {
            binding: self.binding(),
            case: CASE.to_owned(),
            pick_up: "26070019".to_owned(),
            item: "X01".to_owned(),
            key: self.key(),
            stage: CaseStage::Submitted,
            steps: vec![step("提交申请", StepState::Done), step("受理", StepState::Now)],
            filed: "2026-11-23".to_owned(),
            due_by_law: "2026-12-07".to_owned(),
            due_by_promise: "2026-11-30".to_owned(),
            figures: Vec::new(),
            next: vec!["受理后会发短信告知。".to_owned()],
            defects: Vec::new(),
            route: None,
            pointer: String::new(),
        }
    }

    /// Names the act that is waited for, as the agency does; where none is, the first that there was.
    fn key(&self) -> String {
        let act = self.waits_for().and_then(|ticket| self.act_of(ticket));
        act.map_or_else(|| "t-0301-0badcafe-1".to_owned(), |id| id.text.clone())
    }

    /// Of the person, where the item that is waited for asks who they are; else of nobody.
    fn binding_of_whom(&self) -> Binding {
        let scene = match &self.state.stage {
            Stage::Serving(Serving { visit, scene }) => Some(visit.paused.as_deref().unwrap_or(scene)),
            Stage::Gone(gone) => gone.visit.paused.as_deref(),
            Stage::Welcome(_) | Stage::Farewell(_) | Stage::Evacuation(_) => None,
        };
        let open = matches!(scene, Some(Scene::Fetching { form, .. }) if form.item.is_of_nobody());
        if !open {
            return self.binding();
        }
        let visit = self.visit().map(|visit| visit.open_token.clone()).unwrap_or_default();
        Binding { subject: subject_digest(&visit, ""), visit }
    }

    /// Of whom the visit is about.
    fn binding(&self) -> Binding {
        let acts = self.visit().is_some_and(|visit| visit.principal.is_some());
        self.binding_to(if acts { PRINCIPAL } else { ID_NUMBER })
    }

    fn binding_to(&self, id_number: &str) -> Binding {
        let visit = self.visit().map(|visit| visit.token.clone()).unwrap_or_default();
        Binding { subject: subject_digest(&visit, id_number), visit }
    }

    /// Whose results these are.
    const fn visit(&self) -> Option<&Visit> {
        match &self.state.stage {
            Stage::Serving(serving) => Some(&serving.visit),
            Stage::Gone(gone) => Some(&gone.visit),
            Stage::Welcome(_) | Stage::Farewell(_) | Stage::Evacuation(_) => None,
        }
    }

    /// The completion of that name, as good for this visit.
    #[must_use]
    pub fn completion(&self, what: What) -> Completion {
        match what {
            What::Read => Completion::CardBegun(Ok(Begun::Read(issuer("A1"), holder()))),
            What::OtherCard => Completion::CardBegun(Ok(Begun::Read(issuer("B2"), holder()))),
            What::Challenged => Completion::CardBegun(Ok(Begun::Challenged(issuer("A1"), [1; 8]))),
            What::Expired => Completion::CardBegun(Ok(Begun::Read(expired(), holder()))),
            What::Authority => Completion::Authority(Ok(authority())),
            What::Finished => Completion::CardFinished(Ok(holder())),
            What::Tries(left) => Completion::Tries(Ok(Tries::Left(left))),
            What::TriesUntold => Completion::Tries(Ok(Tries::NotTold)),
            What::Right => Completion::Verified(Ok(Verified::Right)),
            What::Wrong(left) => Completion::Verified(Ok(Verified::Wrong(Tries::Left(left)))),
            What::WrongUntold => Completion::Verified(Ok(Verified::Wrong(Tries::NotTold))),
            What::Locked => Completion::Verified(Ok(Verified::Locked)),
            What::SignedIn => Completion::SignedIn(Ok(self.signed_in())),
            What::SignedInAnew => Completion::SignedIn(Ok(self.signed_in_anew())),
            What::Scanned => Completion::Scanned(Ok(Private::from("EC0011223344556677"))),
            What::SealScanned => scanned("signed"),
            What::OldSealScanned => scanned("expired"),
            What::FutureSealScanned => scanned("from the future"),
            What::WrongSealScanned => scanned("a forged date"),
            What::UnknownSealScanned => scanned("another agency's key"),
            What::NothingShown => Completion::Scanned(Err(ScanError::NothingShown)),
            What::DocumentRead => Completion::DocumentRead(Ok(document())),
            What::CodeSent => {
                let phone = "138****0001".to_owned();
                Completion::CodeSent(Ok(CodeSent { binding: self.binding(), phone, digits: 6 }))
            }
            What::CodeWrong => {
                let problem = Problem { code: ProblemCode::CodeWrong, route: None, defects: Vec::new() };
                Completion::SignedIn(Err(AgencyError::Refused(problem)))
            }
            What::Evaluated => public::evaluated(CASE.to_owned(), None),
            What::Sampled => public::evaluated(CASE.to_owned(), public::sheet()),
            What::NotEvaluated => Completion::Evaluated(Err(AgencyError::Unreachable)),
            What::AnswersKept => Completion::AnswersKept(Ok(AnswersKept { id: "service".to_owned() })),
            What::Posted => Completion::Posted(true),
            What::NotPosted => Completion::Posted(false),
            What::Asked => Completion::WitnessChallenge(Ok(WitnessChallenge {
                binding: self.binding(),
                challenge: "00112233445566778899aabbccddeeff".to_owned(),
            })),
            What::StaffSigned => {
                let (staff, algorithm) = ("A017".to_owned(), StaffAlgorithm::Ed25519);
                Completion::StaffSigned(Ok(Signed { staff, algorithm, signature: [5; 64] }))
            }
            What::StaffForeign => Completion::StaffSigned(Err(StaffError::Foreign)),
            What::Witnessed => {
                Completion::Witnessed(Ok(Witnessed { binding: self.binding(), staff: "A017".to_owned() }))
            }
            What::WitnessRefused => {
                let problem = Problem { code: ProblemCode::WitnessRefused, route: None, defects: Vec::new() };
                Completion::Witnessed(Err(AgencyError::Refused(problem)))
            }
            What::Mandated => Completion::SignedIn(Ok(self.mandated())),
            What::Only => Completion::SignedIn(Ok(SignedIn {
                only: vec!["X02".to_owned()],
                only_because: Some(ProblemCode::CardFrozen),
                ..self.signed_in()
            })),
            What::Records => Completion::Queried(Ok(self.records())),
            What::Pairs => Completion::Queried(Ok(pairs(self.records()))),
            What::Texts => Completion::Queried(Ok(texts(self.records()))),
            What::Prefilled => Completion::Prefilled(Ok(self.prefilled())),
            What::Composed => {
                Completion::Composed(Ok(composed("zhi'yuan", &["知远", "志愿", "支援", "职员", "之源", "智源"])))
            }
            What::Chosen => {
                Completion::Composed(Ok(Composition { commit: Some("知远".to_owned()), ..Composition::default() }))
            }
            What::Found => public::found("保"),
            What::NothingFound => public::found("龘"),
            What::Text => public::text(),
            What::Bulletin => public::bulletin(),
            What::Left => Completion::Acted(public::left(self.key(), end(Outcome::Filed))),
            What::NoEngine => Completion::Composed(Err(InputMethodError::Missing("librime".to_owned()))),
            What::Filed => Completion::Acted(ActEnd { case: Some(Box::new(self.case())), ..end(Outcome::Filed) }),
            What::Queued => acted(Outcome::Queued),
            What::NotFiled => Completion::Acted(end(Outcome::NotFiled)),
            What::FileWrong => failed(Outcome::NotFiled, ActFailure::Agency(AgencyError::Refused(wrong()))),
            What::FileUnknown => failed(Outcome::Unknown, ActFailure::Agency(AgencyError::Timeout)),
            What::Kept => Completion::CardKept(Ok(1)),
            What::Catalogue => Completion::Catalogue(Ok(Arc::new(catalogue()))),
            What::NewCatalogue => Completion::Catalogue(Ok(Arc::new(newer_catalogue()))),
            What::NoCatalogue => Completion::Catalogue(Err(AgencyError::Unreachable)),
            What::Calendar => Completion::Calendar(Ok(Box::new(working_days()))),
            What::NoCalendar => Completion::Calendar(Err(AgencyError::Broken)),
            What::CardGone => Completion::CardBegun(Err(hal::card::CardError::Gone)),
            What::Unreachable => Completion::Queried(Err(AgencyError::Unreachable)),
            What::Printed => acted(Outcome::Printed),
            What::NotPrinted => acted(Outcome::NotPrinted),
            What::Unknown => acted(Outcome::Unknown),
            What::Changed => acted(Outcome::Changed),
            What::WrongOld(left) => failed(Outcome::NotChanged, ActFailure::WrongPin(Tries::Left(left))),
            What::WrongOldUntold => failed(Outcome::NotChanged, ActFailure::WrongPin(Tries::NotTold)),
            What::NotChanged => acted(Outcome::NotChanged),
            What::PinUnknown => failed(Outcome::Unknown, ActFailure::Device(Code::CardTimeout)),
        }
    }
}

fn scanned(case: &str) -> Completion {
    Completion::Scanned(Ok(Private::new(seal(case))))
}

fn document() -> Document {
    let fields = [(DocumentField::Name, NAME), (DocumentField::Number, ID_NUMBER)];
    Document {
        kind: hal::id::Kind::Resident,
        fields: fields.into_iter().map(|(field, text)| (field, Private::from(text))).collect(),
        birth: Private::new(hal::Day { year: 1967, month: 5, day: 12 }),
        photo: None,
    }
}

/// Windows and telephone of this year, as the reference agency has them.
#[expect(clippy::panic, reason = "the simulation's own text; a test must end loudly where it is wrong")]
fn working_days() -> WorkingDays {
    static READ: LazyLock<Option<WorkingDays>> =
        LazyLock::new(|| agency::rules::read().ok().and_then(|rules| rules.calendar.year(2026).ok()));
    READ.clone().unwrap_or_else(|| panic!("the agency's calendar cannot be read"))
}

/// It ended so, for this reason.
fn failed(outcome: Outcome, failure: ActFailure) -> Completion {
    Completion::Acted(ActEnd { failure: Some(failure), ..end(outcome) })
}

fn acted(outcome: Outcome) -> Completion {
    Completion::Acted(end(outcome))
}

fn end(outcome: Outcome) -> ActEnd {
    let failure = match outcome {
        Outcome::Printed | Outcome::Filed | Outcome::Changed | Outcome::Queued => None,
        Outcome::NotFiled => Some(ActFailure::Agency(AgencyError::Unreachable)),
        Outcome::NotChanged => Some(ActFailure::Device(Code::CardBusy)),
        Outcome::NotPrinted | Outcome::Unknown => Some(ActFailure::Device(Code::ReceiptPaperOut)),
    };
    ActEnd { outcome, failure, papers: u32::from(outcome == Outcome::Printed), case: None, question: None }
}

/// Two answers that the agency does not take.
fn wrong() -> Problem {
    let defect = |field: &str, text: &str, remedy: &str| Defect {
        field: field.to_owned(),
        text: text.to_owned(),
        basis: "社会保险法 第五十七条".to_owned(),
        remedy: remedy.to_owned(),
    };
    let phone = defect("phone", "手机号没有变化", "请填写新的手机号");
    let amount = defect("amount", "金额低于本月下限", "2026-11 为 7,546.00 至 37,731.00 元");
    Problem { code: ProblemCode::InputInvalid, route: None, defects: vec![phone, amount] }
}

fn composed(preedit: &str, candidates: &[&str]) -> Composition {
    Composition {
        preedit: preedit.to_owned(),
        candidates: candidates.iter().map(|&text| text.to_owned()).collect(),
        more: true,
        ..Composition::default()
    }
}

/// Of what the reference agency offers, one item to ask, one to print, one that anybody may ask and what is public; and two made-up ones, one
/// to file and one for the card's PIN: so few that home shows them all.
///
/// # Panics
/// Its own catalogue cannot be read.
#[must_use]
pub fn catalogue() -> Catalogue {
    // A storm asks a hundred thousand times.
    static READ: LazyLock<Catalogue> = LazyLock::new(made_up);
    READ.clone()
}

/// The same as the agency has changed it.
fn newer_catalogue() -> Catalogue {
    let mut catalogue = catalogue();
    catalogue.version.push_str("-2");
    catalogue.items.iter_mut().for_each(|item| item.version += 1);
    catalogue
}

/// With a complaint and acting for somebody else in the place of the last two items.
pub(super) fn acting_catalogue() -> Catalogue {
    static READ: LazyLock<Catalogue> = LazyLock::new(|| {
        let (mut catalogue, all) = (catalogue(), agency::catalogue::read().unwrap_or_default());
        catalogue.items.retain(|item| !["I04", "V01"].contains(&item.id.as_str()));
        catalogue.items.extend(["F18", "D01"].into_iter().filter_map(|id| all.item(id).cloned()));
        catalogue
    });
    READ.clone()
}

fn made_up() -> Catalogue {
    let mut catalogue = agency::catalogue::read().unwrap_or_default();
    let public: Vec<Item> = catalogue.items.iter().filter(|item| item.kind == Kind::Info).cloned().collect();
    catalogue.items.retain(|item| ["Q02", "P01"].contains(&item.id.as_str()));
    let filing = catalogue.items.first().cloned().map(|item| Item {
        id: "X01".to_owned(),
        name: text("示例申请", "Example"),
        hint: text("当场办结", "Done at once"),
        kind: Kind::Filing,
        level: Level::L3,
        // A card or its electronic twin does by itself; whoever comes with an identity card needs a witness.
        evidence: vec![Evidence::CardPin, Evidence::ECard, Evidence::Witness],
        slip: false,
        consent: text("以上内容属实。", "All of this is true."),
        inputs: vec![
            field("phone", "联系电话", FieldType::Phone { landline: false }),
            field("reason", "原因", FieldType::Choice { options: vec![choice("1", "新办"), choice("2", "变更")] }),
            field("amount", "金额", FieldType::Amount { min_fen: 100, max_fen: 1_000_000, step_fen: 1 }),
            field("name", "姓名", FieldType::ChineseName { min_chars: 2, max_chars: 20 }),
        ],
        ..item
    });
    let verify = agency::catalogue::read().ok().and_then(|catalogue| catalogue.item("V01").cloned());
    let card_pin = filing.clone().map(|item| Item {
        id: "X02".to_owned(),
        name: text("示例改密", "Example PIN change"),
        kind: Kind::CardPin,
        level: Level::L2,
        evidence: vec![Evidence::CardPin],
        consent: Text::default(),
        inputs: Vec::new(),
        protected: true,
        ..item
    });
    catalogue.items.extend([filing, card_pin].into_iter().flatten());
    catalogue.items.extend(public);
    catalogue.items.extend(verify);
    catalogue
}

fn text(zh: &str, en: &str) -> Text {
    Text { zh: zh.to_owned(), en: en.to_owned() }
}

fn choice(value: &str, label: &str) -> Choice {
    Choice { value: value.to_owned(), label: text(label, "") }
}

fn field(id: &str, label: &str, kind: FieldType) -> Field {
    Field { id: id.to_owned(), label: text(label, ""), kind, optional: false, hint: None, prefill: None, ldt: None }
}

#[expect(clippy::panic, reason = "the simulation's own text; a test must end loudly where it is wrong")]
pub(super) fn site() -> Site {
    let text = r#"{
        "terminal": { "id": "t-0301", "hall": "示范区社会保险服务大厅", "number": "3", "help_desk": "大厅 1 号服务台" },
        "agency": { "url": "https://localhost", "ca_file": "a", "certificate_file": "b", "key_file": "c",
                    "seal_to": "age1tvtja49h2pt0alqafeg074hgnmhj7ehjx002slv7d2srgzcdxqfse0y9x0" },
        "devices": {
            "card": { "bridge": "/run/kiosk-bridge/card/bridge.sock" }, "receipt": { "address": "localhost:9100" },
            "page": { "uri": "ipp://localhost:631/ipp/print" }, "pad": { "port": "/dev/kiosk/pad" },
            "id": { "port": "/dev/kiosk/id" }, "staff": { "reader": "Staff" }, "scanner": { "port": "/dev/kiosk/scanner" },
            "sensors": { "port": "/dev/kiosk/sensors" }, "lights": {}, "ups": { "name": "ups" }
        },
        "storage": { "directory": "d" }
    }"#;
    match serde_json::from_str::<Site>(text) {
        Ok(mut site) => {
            site.agency.document_keys = seals::keys();
            site
        }
        Err(error) => panic!("the simulation's own configuration: {error}"),
    }
}

fn issuer(serial: &str) -> Issuer {
    Issuer {
        card_id: Private::from(format!("190001D156000005000000{serial}A1000001").as_str()),
        region: "190001".to_owned(),
        class: Some('3'),
        spec: SpecVersion { major: 2, minor: 0 },
        issued: None,
        expires: Some(hal::Day { year: 2031, month: 3, day: 7 }),
        card_number: None,
        historical: Private::from("00814A44468660190001000019"),
        algorithm: Algorithm::Sm4,
    }
}

/// Another card, which holds no longer.
fn expired() -> Issuer {
    Issuer { expires: Some(hal::Day { year: 2026, month: 3, day: 7 }), ..issuer("C3") }
}

fn holder() -> Holder {
    Holder { id_number: Private::from(ID_NUMBER), name: Private::from(NAME) }
}

fn authority() -> Authority {
    Authority { key_id: 10, result: [1; 8], raw: [2; 8] }
}

/// The same as pairs, each with its formula and its source.
fn pairs(records: QueryResult) -> QueryResult {
    let text = |text: &str| Cell::Text(text.to_owned());
    let value = text("3,265.32\nJ = C × (1 + i) ÷ 2 × n ÷ 12 × 1%\n国发〔2005〕38号");
    let row = Row { cells: vec![text("基础养老金"), value], mark: String::new() };
    let column = || Column { label: String::new(), kind: CellKind::Text };
    let table = Table { columns: vec![column(), column()], rows: vec![row; 12], ..records.table };
    QueryResult { table, ..records }
}

/// The same with long texts in its columns.
fn texts(records: QueryResult) -> QueryResult {
    let cell = |text: &str| Cell::Text(text.to_owned());
    let columns = ["险种", "参保状态", "首次参保", "承诺办结", "单位"];
    let column = |label: &str| Column { label: label.to_owned(), kind: CellKind::Text };
    let cells = ["城镇职工基本养老保险", "参保缴费", "2001-11", "2026-11-26", "示范区恒远机械制造有限公司"];
    let row = Row { cells: cells.into_iter().map(cell).collect(), mark: "补缴".to_owned() };
    let table = Table { columns: columns.into_iter().map(column).collect(), rows: vec![row; 12], ..records.table };
    QueryResult { table, ..records }
}

fn records(binding: Binding) -> QueryResult {
    let month = |n: u16| Period::new(2026, 10).and_then(|last| last.minus_months(n)).unwrap_or_default();
    let row = |n: u16| Row { cells: vec![Cell::Period(month(n)), Cell::Fen(823_000)], mark: String::new() };
    let column = |label: &str, kind| Column { label: label.to_owned(), kind };
    let table = Table {
        scope: "城镇职工基本养老保险".to_owned(),
        figures: vec![Figure { label: "期内缴费月数".to_owned(), value: Cell::Months(36) }],
        columns: vec![column("缴费月份", CellKind::Period), column("缴费基数", CellKind::Fen)],
        rows: (0..36).map(row).collect(),
        as_of: "数据截至 2026年10月31日".to_owned(),
    };
    QueryResult { binding, table }
}
