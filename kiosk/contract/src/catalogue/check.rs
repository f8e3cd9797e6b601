//! Whether a catalogue may be used. Every finding at once, each naming item, field, what is wrong and what would be right; the kiosk, the
//! agency and `kiosk check-catalogue` ask the same. Pure.

use std::collections::BTreeSet;
use std::fmt;

use super::{Basis, Catalogue, EvaluationForm, Evidence, Info, Item, Kind, Level, Notice, Text};
use crate::field::{Field, FieldType, Reference};

/// More items than this are not one hall's (a flood, or a mistake).
const ITEMS_MAX: usize = 500;
/// A form of more questions than this belongs to a window.
const INPUTS_MAX: usize = 12;
/// More reasons than this do not fit a page.
const REASONS_MAX: usize = 6;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Id of the item or group; empty where it is about the catalogue.
    pub item: String,
    /// Path of the field within it ("notice.bases", "inputs.period").
    pub field: String,
    /// What is wrong.
    pub wrong: String,
    /// What would be right.
    pub fix: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let item = if self.item.is_empty() { "catalogue" } else { &self.item };
        write!(f, "{item}: {}: {}; {}", self.field, self.wrong, self.fix)
    }
}

/// Everything that is wrong with a catalogue; empty where it may be used.
#[must_use]
pub fn check(catalogue: &Catalogue) -> Vec<Finding> {
    let mut findings = Findings::default();
    findings.text("version", &catalogue.version, "name a version that changes with every change");
    findings.unless(catalogue.items.len() <= ITEMS_MAX, "items", "too many", "500 at most");
    catalogue.evaluation.iter().for_each(|form| reasons(form, &mut findings));
    groups(catalogue, &mut findings);
    let mut known = BTreeSet::new();
    for item in &catalogue.items {
        findings.about = item.id.clone();
        findings.unless(is_id(&item.id), "id", "is no id", "one to eight letters and digits");
        findings.unless(known.insert(&item.id), "id", "is there twice", "give each item an id of its own");
        let grouped = catalogue.groups.iter().any(|group| group.id == item.group);
        findings.unless(grouped, "group", "no such group", "name the id of a group of this catalogue");
        of_item(item, &mut findings);
    }
    findings.list
}

fn reasons(form: &EvaluationForm, findings: &mut Findings) {
    findings.unless(form.version > 0, "evaluation.version", "is 0", "count from 1, up with every change");
    let count = form.reasons.len();
    findings.unless((1..=REASONS_MAX).contains(&count), "evaluation.reasons", "none or too many", "one to six");
    let mut known = BTreeSet::new();
    for reason in &form.reasons {
        let path = format!("evaluation.reasons.{}", reason.value);
        findings.unless(known.insert(&reason.value), &path, "is there twice", "give each reason a value of its own");
        let fix =
            "a value of 1 to 32 of a-z, 0-9 and _; 1 to 8 characters (English 16), of more than four reasons 5 (11)";
        findings.unless(reason.fits_a_button(count), &path, "does not fit a button", fix);
    }
}

fn groups(catalogue: &Catalogue, findings: &mut Findings) {
    let mut known = BTreeSet::new();
    for group in &catalogue.groups {
        findings.about.clone_from(&group.id);
        findings.unless(is_key(&group.id), "id", "is no id", "1 to 32 of a-z, 0-9 and _");
        findings.unless(known.insert(&group.id), "id", "is there twice", "give each group an id of its own");
        findings.words("name", &group.name);
    }
}

fn of_item(item: &Item, findings: &mut Findings) {
    findings.words("name", &item.name);
    findings.unless(item.version > 0, "version", "is 0", "count from 1, up with every change");
    proof(item, findings);
    notice(&item.notice, findings);
    let filing = item.kind == Kind::Filing;
    findings.unless(filing != item.consent.zh.is_empty(), "consent", consent_wrong(filing), CONSENT);
    let gives = matches!(item.kind, Kind::Query | Kind::Filing) || item.info == Some(Info::Search);
    findings.unless(
        gives || !item.slip,
        "slip",
        "it gives none",
        "leave it out; queries, filings and searches have slips",
    );
    findings.unless(
        filing || !item.new_pin,
        "new_pin",
        "nothing is filed afterwards",
        "leave it out; it is for filings",
    );
    let seen = !item.witness || (filing && item.evidence.contains(&Evidence::Witness));
    findings.unless(
        seen,
        "witness",
        "nobody can be one",
        "leave it out, or make it a filing whose evidence has witness",
    );
    let vouched = filing || !item.evidence.contains(&Evidence::Witness);
    findings.unless(vouched, "evidence", "a witness is for filings", "leave witness out");
    let mandate =
        item.kind != Kind::Mandate || MANDATE.iter().all(|id| item.inputs.iter().any(|field| field.id == *id));
    findings.unless(mandate, "inputs", "do not name person and authority", "fields id_number, name and mandate");
    findings.unless(
        !item.by_agent || !(item.is_of_nobody() || item.witness || item.sets_pin()),
        "by_agent",
        "nobody can do it for another",
        "leave it out where nobody signs in, where the person has to be seen, or where the card gets a PIN",
    );
    findings.unless(
        !item.may_wait || (filing && item.is_of_nobody()),
        "may_wait",
        "somebody waits for the answer",
        "leave it out; it is for filings that ask nobody who they are",
    );
    let on_the_card = !item.sets_pin() || item.evidence == [Evidence::CardPin];
    findings.unless(on_the_card, "evidence", "a PIN is changed on the card", "name card_pin alone");
    let asks = item.kind != Kind::CardPin || item.inputs.is_empty();
    findings.unless(asks, "inputs", "nothing but the PIN is asked", "leave them out");
    if let Some(elsewhere) = &item.elsewhere {
        findings.words("elsewhere.window", &elsewhere.window);
        elsewhere.materials.iter().for_each(|material| findings.words("elsewhere.materials", material));
    }
    inputs(&item.inputs, findings);
    info(item, findings);
    let fix = "leave it out; it is for queries that ask nobody who they are, with one field that takes sealed";
    let signed = !item.offline_check || is_a_check(item);
    findings.unless(signed, "offline_check", "there is no signature to be checked", fix);
}

/// Whether what it asks for carries its own proof: anybody may scan the signed text of a document, and nothing else is asked.
fn is_a_check(item: &Item) -> bool {
    let sealed = |field: &Field| match &field.kind {
        FieldType::Reference { accepts } => accepts.contains(&Reference::Sealed) && !field.optional,
        _ => false,
    };
    item.kind == Kind::Query && item.is_of_nobody() && matches!(item.inputs.as_slice(), [field] if sealed(field))
}

/// What is public is shown to everybody, and only a search asks something: for the words.
fn info(item: &Item, findings: &mut Findings) {
    let public = item.kind == Kind::Info;
    let fix = "an item of kind info says guide, search or bulletin, and no other does";
    findings.unless(public == item.info.is_some(), "info", "does not fit the kind", fix);
    if !public {
        return;
    }
    findings.unless(item.level == Level::L0, "level", "asks who it is", "what is public is L0");
    let asks_words = matches!(item.inputs.as_slice(), [Field { kind: FieldType::Text { .. }, optional: false, .. }]);
    let right = if item.info == Some(Info::Search) { asks_words } else { item.inputs.is_empty() };
    findings.unless(right, "inputs", "do not fit what is shown", "a search has one text that must be given, else none");
}

/// What names the person concerned and the authority to act for them.
const MANDATE: [&str; 3] = ["id_number", "name", "mandate"];

const CONSENT: &str = "a filing says to what the citizen agrees, and nothing else does";

const fn consent_wrong(filing: bool) -> &'static str {
    if filing { "is missing" } else { "is no filing" }
}

/// A query of somebody's records with nothing to prove who it is, or a way to prove it that may not be the only one.
fn proof(item: &Item, findings: &mut Findings) {
    let open = item.level == Level::L0;
    let fix = "L0 takes none, every other level at least one";
    findings.unless(open == item.is_of_nobody(), "evidence", "does not fit the level", fix);
    let face = item.evidence.contains(&Evidence::Face);
    findings.unless(!face, "evidence", "face is off in this release", "name card_pin, e_card, id_code or witness");
}

fn notice(notice: &Notice, findings: &mut Findings) {
    findings.words("notice.summary", &notice.summary);
    findings.words("notice.who", &notice.who);
    findings.words("notice.fee", &notice.fee);
    findings.words("notice.delivery", &notice.delivery);
    findings.words("notice.channels.enquiry", &notice.channels.enquiry);
    findings.words("notice.channels.complaint", &notice.channels.complaint);
    findings.unless(!notice.bases.is_empty(), "notice.bases", "is empty", "name the law that the item rests on");
    notice.bases.iter().for_each(|basis| findings.basis("notice.bases", basis));
    for material in &notice.materials {
        findings.words("notice.materials.name", &material.name);
        findings.basis("notice.materials.basis", &material.basis);
    }
    let limits = notice.limits;
    let kept = limits.by_promise_working_days <= limits.by_law_working_days;
    findings.unless(kept, "notice.limits", "promises more time than the law gives", "promise as many days or fewer");
    let region = notice.region.len() == 6 && notice.region.bytes().all(|digit| digit.is_ascii_digit());
    findings.unless(region, "notice.region", "is no region", "six digits (GB/T 2260)");
    let approval = &notice.approval;
    findings.text("notice.approval.approver", &approval.approver, "name the office that approved it");
    let ordered = approval.effective_to.is_none_or(|last_day| approval.effective_from <= last_day);
    findings.unless(ordered, "notice.approval.effective_to", "ends before it begins", "a day after effective_from");
}

fn inputs(fields: &[Field], findings: &mut Findings) {
    findings.unless(fields.len() <= INPUTS_MAX, "inputs", "too many", "12 at most: more belong to a window");
    let mut known = BTreeSet::new();
    for field in fields {
        let path = format!("inputs.{}", field.id);
        findings.unless(is_key(&field.id), &path, "is no id", "1 to 32 of a-z, 0-9 and _");
        findings.unless(known.insert(&field.id), &path, "is there twice", "give each field an id of its own");
        findings.words(&format!("{path}.label"), &field.label);
        let answerable = !(field.optional && field.kind.is_chosen());
        findings.unless(
            answerable,
            &path,
            "cannot be left out",
            "offer an answer that says so, and let it not be optional",
        );
        if let Some((wrong, fix)) = field.kind.flaw() {
            findings.add(&path, wrong, fix);
        }
    }
}

fn is_id(text: &str) -> bool {
    (1..=8).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Whether a text can be an id within something.
pub(crate) fn is_key(text: &str) -> bool {
    let key = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    (1..=32).contains(&text.len()) && text.bytes().all(key)
}

#[derive(Default)]
struct Findings {
    /// What the next finding is about.
    about: String,
    list: Vec<Finding>,
}

impl Findings {
    fn add(&mut self, field: &str, wrong: &str, fix: &str) {
        let own = str::to_owned;
        self.list.push(Finding { item: self.about.clone(), field: own(field), wrong: own(wrong), fix: own(fix) });
    }

    fn unless(&mut self, right: bool, field: &str, wrong: &str, fix: &str) {
        if !right {
            self.add(field, wrong, fix);
        }
    }

    fn text(&mut self, field: &str, text: &str, fix: &str) {
        self.unless(!text.trim().is_empty(), field, "is empty", fix);
    }

    /// The Chinese text must be there; English may wait for a translator.
    fn words(&mut self, field: &str, text: &Text) {
        self.text(&format!("{field}.zh"), &text.zh, "write the Chinese text");
    }

    fn basis(&mut self, field: &str, basis: &Basis) {
        self.text(field, &basis.law, "name the law or document; without one nothing may be demanded");
    }
}
