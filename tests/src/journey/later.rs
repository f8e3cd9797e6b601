//! What goes later: sealed on the terminal's disk while the agency cannot be reached, delivered once and once only, and readable only with
//! the agency's key. That is looked at with programs that are not ours: `age` opens, `tar` unpacks.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use kiosk::audit::{Algorithm, Broken, Head, Line, tool};
use serde_json::Value;

use super::good::expect;
use super::{Ending, Journey, Play, filing, item, witness};
use crate::people::{Persona, person};
use crate::until::until;
use crate::wipe::patterns::{Secret, of_text};
use crate::wipe::scan::Finder;

/// Every such journey, and how each must end.
pub(super) fn journeys() -> Vec<Journey> {
    let nothing = || Ending { pages: "", journal: &[], documents: 0, receipts: 0, sheets: 0 };
    vec![
        Journey {
            name: "complaint-without-the-agency",
            tells: "a complaint while nobody can be reached: sealed, over a power cut, and filed once when the agency is back",
            play: complaint,
            ending: Ending { pages: "welcome", journal: &[("case", "F18", "filed")], ..nothing() },
        },
        Journey {
            name: "opinion-without-the-agency",
            tells: "the line breaks while somebody says how satisfied they are: it is kept, and counts once",
            play: opinion,
            ending: Ending {
                pages: "welcome reading pin checking home fetching review checking witness checking review filing filed rating rated thanks-later \
                        home farewell welcome",
                journal: &[("case", "F01", "filed")],
                ..nothing()
            },
        },
        Journey {
            name: "time-is-over",
            tells: "the time of a visit ends while somebody types: it is sealed under a number, with which a window opens it",
            play: time_is_over,
            ending: Ending { pages: "welcome home fetching form farewell welcome", ..nothing() },
        },
        Journey {
            name: "head-of-the-audit",
            tells: "the newest line of the audit reaches the agency, signed; a chain that was made anew since is found out with it",
            play: head,
            ending: Ending { pages: "welcome", ..nothing() },
        },
        Journey {
            name: "records-of-a-case",
            tells: "form, consent, evidence, case and log of a filing reach the agency in one sealed archive; the terminal cannot open it",
            play: records,
            ending: Ending {
                pages: "welcome reading pin checking home fetching review checking witness checking review filing filed farewell welcome",
                journal: &[("case", "F01", "filed")],
                ..nothing()
            },
        },
    ]
}

/// What is written, and its letters. Long enough to be found in every encoding.
pub(super) const WORDS: &str = "万事如意";
const LETTERS: &str = "wanshiruyi";

/// A complaint while nobody can be reached; whoever said it has gone.
pub(super) fn complain(play: &mut Play) -> Result<(), String> {
    play.ground("agency down")?;
    item::begin(play)?;
    let _on_the_first_page = play.tap("下一页");
    play.open("转移与异议")?;
    play.tap("转移与异议")?;
    item::open(play, "投诉建议")?;
    for answer in ["投诉", &format!("pinyin {LETTERS} {WORDS}"), "下一步", "跳过", "同意并提交"] {
        item::act(play, answer)?;
    }
    play.page("queued")?;
    play.must_show("已加密保存")?;
    play.tap("返回首页")?;
    play.page("home")?;
    play.must_show("暂时连不上经办系统")?;
    play.leave_without_card()?;
    sealed(play, WORDS)
}

fn complaint(play: &mut Play) -> Result<(), String> {
    complain(play)?;
    play.cut_power_offline()?;
    play.ground("agency up")?;
    play.advance("agency_retry")?;
    play.open("请插入社会保障卡")?;
    delivered(play, "case")?;
    filing::settled(play, "filed")?;
    let cases = witness::rows(play, "agency/agency.db", "SELECT item, key, NULL FROM cases")?;
    let acts = witness::rows(play, "terminal/journal.sqlite", "SELECT item, act, told FROM acts")?;
    let ([(_, key, _)], [(_, act, told)]) = (&cases[..], &acts[..]) else {
        return Err(format!("{} cases of {} acts", cases.len(), acts.len()));
    };
    expect(key == act, "another case is filed")?;
    expect(told == "queued", "the citizen was told something else")?;
    delivered(play, "archive")?;
    let (archive, _) = archive(play)?;
    let log = unpacked(&archive, "log.txt")?;
    let begun = format!("event=act_begun act={act} ");
    expect(String::from_utf8_lossy(&log).contains(&begun), "the records of what went later have no log")
}

/// The one archive that the agency has, opened; and its act.
fn archive(play: &Play) -> Result<(Vec<u8>, String), String> {
    let parcel = "SELECT hex(content), key, NULL FROM parcels WHERE kind = 'archive'";
    let parcels = witness::rows(play, "agency/agency.db", parcel)?;
    let (content, act, _) = parcels.first().ok_or("no records have come")?;
    let sealed = crate::emulate::line::bytes(content).ok_or("no hexadecimal")?;
    let opened = through(Command::new("age").args(["-d", "-i"]).arg(play.ground.path("certs/seal.key")), &sealed)?;
    Ok((opened, act.clone()))
}

fn unpacked(archive: &[u8], file: &str) -> Result<Vec<u8>, String> {
    through(Command::new("tar").args(["-x", "-O", "-f", "-", file]), archive)
}

fn opinion(play: &mut Play) -> Result<(), String> {
    filing::file(play)?;
    play.page("filed")?;
    play.tap("首页")?;
    play.page("rating")?;
    play.ground("agency down")?;
    play.tap("基本满意")?;
    play.page("thanks-later")?;
    play.tap("返回首页")?;
    play.page("home")?;
    play.leave()?;
    play.ground("agency up")?;
    delivered(play, "evaluation")?;
    let said = "SELECT day, text, NULL FROM evaluations";
    expect(witness::rows(play, "agency/agency.db", said)?.len() == 1, "it does not count, or counts twice")
}

fn records(play: &mut Play) -> Result<(), String> {
    // The first attempts fail; nothing is passed over for that.
    play.ground("agency mishap status 503 /v1/parcels")?;
    filing::file(play)?;
    play.page("filed")?;
    play.leave()?;
    play.ground("agency mishap")?;
    delivered(play, "archive")?;
    let (archive, act) = archive(play)?;
    let unpack = |file: &str| unpacked(&archive, file);
    let manifest: Value = serde_json::from_slice(&unpack("manifest.json")?).map_err(|why| why.to_string())?;
    let files = at(&manifest, "files").as_array().cloned().unwrap_or_default();
    expect(
        at(&manifest, "act") == act.as_str() && at(&manifest, "complete") == true && files.len() == 6,
        "the manifest is not whole",
    )?;
    for file in &files {
        let name = at(file, "name").as_str().unwrap_or_default();
        let digest = through(&mut Command::new("sha256sum"), &unpack(name)?)?;
        let said = at(file, "digest").as_str().unwrap_or_default().trim_start_matches("sha256:").to_owned();
        expect(
            !said.is_empty() && digest.starts_with(said.as_bytes()),
            &format!("{name} is not what the manifest says"),
        )?;
    }
    let text = |file: &str| unpack(file).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    expect(text("log.txt")?.contains(&format!("event=act_begun act={act} ")), "the log does not know the act")?;
    // What was presented, as the agency was sent it: the digest of each can be made anew from its request.
    let evidence: Value = serde_json::from_str(&text("evidence.json")?).map_err(|why| why.to_string())?;
    let proofs = evidence.as_array().cloned().unwrap_or_default();
    let kinds: Vec<_> = proofs.iter().map(|proof| at(proof, "kind").as_str().unwrap_or_default()).collect();
    expect(kinds == ["card_pin", "witness"], &format!("the evidence is {kinds:?}"))?;
    let digests: Vec<_> = proofs.iter().map(|proof| at(proof, "digest").as_str().unwrap_or_default()).collect();
    expect(digests.first() == Some(&of_the_card(10)?.as_str()), &format!("{digests:?} are not of the card"))?;
    expect(digests.iter().all(|digest| digest.len() == 71), &format!("{digests:?} are no digests"))?;
    expect(!text("consent.json")?.contains("\"words\":\"\""), "the consent has no words")
}

/// Digest of a card that has accepted its PIN, as its sign-in told the agency.
fn of_the_card(n: usize) -> Result<String, String> {
    let Persona { card_id, id_number, name, .. } = person(n)?;
    let sent = format!(r#"{{"evidence":"card_pin","card_id":"{card_id}","id_number":"{id_number}","name":"{name}"}}"#);
    let digest = through(&mut Command::new("sha256sum"), sent.as_bytes())?;
    Ok(format!("sha256:{}", String::from_utf8_lossy(&digest).split(' ').next().unwrap_or_default()))
}

fn time_is_over(play: &mut Play) -> Result<(), String> {
    let number = runs_out_of_time(play)?;
    delivered(play, "draft")?;
    expect(at_the_window(play, &number)?.contains(WORDS), "the window finds something else")?;
    expect(at_the_window(play, "0000 0000").is_err(), "a number that nobody has opens something")
}

/// What a window opens under this number.
pub(super) fn at_the_window(play: &Play, number: &str) -> Result<String, String> {
    let [data, certs] = ["agency", "certs"].map(|name| play.ground.path(name));
    agency::draft::open(&data, &certs, "t-0301", number).map_err(|why| why.to_string())
}

/// Somebody types until their time is over, and goes; the number under which it waits.
pub(super) fn runs_out_of_time(play: &mut Play) -> Result<String, String> {
    item::begin(play)?;
    play.open("转移与异议")?;
    play.tap("转移与异议")?;
    item::open(play, "投诉建议")?;
    for answer in ["投诉", &format!("pinyin {LETTERS} {WORDS}"), "下一步"] {
        item::act(play, answer)?;
    }
    play.advance("visit_max")?;
    play.page("farewell")?;
    // Not before it is on the disk.
    play.open("编号 ")?;
    let labels = play.terminal.line("labels")?;
    let number = labels.split("编号 ").nth(1).and_then(|rest| rest.get(..9)).ok_or("no number is shown")?.to_owned();
    play.advance("notice")?;
    play.page("welcome")?;
    sealed(play, WORDS)?;
    Ok(number)
}

fn head(play: &mut Play) -> Result<(), String> {
    delivered(play, "audit_head")?;
    let parcel = "SELECT content, algorithm, NULL FROM (SELECT CAST(content AS TEXT) AS content, algorithm FROM parcels WHERE kind = 'audit_head')";
    let parcels = witness::rows(play, "agency/agency.db", parcel)?;
    let (content, algorithm, _) = parcels.first().ok_or("no head has come")?;
    expect(algorithm == "ecdsa-p256-sha256", &format!("signed with {algorithm}"))?;
    let head: Value = serde_json::from_str(content).map_err(|why| why.to_string())?;
    let said = |field: &str| at(&head, field).as_str().unwrap_or_default().to_owned();
    let file = |name: &str, bytes: &[u8]| {
        let path = play.ground.path(name);
        std::fs::write(&path, bytes).map(|()| path).map_err(|error| error.to_string())
    };
    let certificate = play.ground.path("certs/t-0301.pem");
    let public = through(Command::new("openssl").args(["x509", "-pubkey", "-noout", "-in"]).arg(certificate), b"")?;
    let signature = through(Command::new("openssl").args(["base64", "-d", "-A"]), said("signature").as_bytes())?;
    let (public, signature) = (file("terminal.pub", &public)?, file("head.sig", &signature)?);
    let mut verify = Command::new("openssl");
    verify.args(["dgst", "-sha256", "-verify"]).arg(public).arg("-signature").arg(signature);
    through(&mut verify, said("text").as_bytes())?;
    let kept = said("text").rsplit_once("head=").map(|(_, head)| head.to_owned()).unwrap_or_default();
    let kept = tool::head(&kept).map_err(|why| why.to_string())?;
    let folder = play.ground.path("terminal");
    let look = |kept: Option<Head>| tool::verify(&folder, kept).map(|(_, wrong)| wrong).map_err(|why| why.to_string());
    expect(look(Some(kept.clone()))?.is_empty(), "the chain does not meet its own head")?;
    play.terminal.kill();
    made_anew(play)?;
    expect(look(None)?.is_empty(), "the chain that was made anew does not hold by itself")?;
    let other = Broken::Other { sequence: kept.sequence };
    let found = look(Some(kept))?;
    expect(found == [other], &format!("of a chain that was made anew the head finds {found:?}"))?;
    play.cut_power()
}

/// Somebody who can write the file changes the first line, and makes all digests anew.
fn made_anew(play: &Play) -> Result<(), String> {
    let lines = witness::rows(play, "terminal/journal.sqlite", "SELECT text, NULL, NULL FROM audit ORDER BY sequence")?;
    let mut head = Head::default();
    let mut sql = String::from("BEGIN;");
    for (n, (text, ..)) in lines.iter().enumerate() {
        let (_, told) = text.split_once(' ').ok_or("a line without a number")?;
        let told = if n == 0 { format!("{told} never=was") } else { told.to_owned() };
        let Line { sequence, text, digest } = Line::after(&head, Algorithm::default(), &told);
        sql += &format!("UPDATE audit SET text = '{text}', digest = '{digest}' WHERE sequence = {sequence};");
        head = Head { sequence, digest };
    }
    witness::rewrite(&play.ground.path("terminal/journal.sqlite"), &(sql + "COMMIT;"))
}

/// A field of a JSON object; null where it has none.
fn at<'a>(object: &'a Value, field: &str) -> &'a Value {
    object.get(field).unwrap_or(&Value::Null)
}

/// Nothing of it can be read on the terminal's disk, in whatever encoding and file, while it waits there.
fn sealed(play: &Play, words: &str) -> Result<(), String> {
    let found = Finder::new(of_text(Secret::Letters, words)).files(&play.ground.path("terminal"))?.hits;
    let first = found.first().map(|hit| format!("{} {}", hit.encoding, hit.at)).unwrap_or_default();
    expect(found.is_empty(), &format!("what somebody wrote lies open on the disk: {first}"))
}

/// The agency has a parcel of that kind, and the terminal has forgotten it.
pub(super) fn delivered(play: &Play, kind: &str) -> Result<(), String> {
    let at_agency = format!("SELECT key, refused, NULL FROM parcels WHERE kind = '{kind}'");
    let here = format!("SELECT key, state, NULL FROM outbox WHERE kind = '{kind}'");
    let kept = until(&format!("a parcel ({kind})"), Duration::from_secs(30), || {
        let kept = witness::rows(play, "agency/agency.db", &at_agency).ok().filter(|rows| !rows.is_empty())?;
        witness::rows(play, "terminal/journal.sqlite", &here).ok().filter(Vec::is_empty).map(|_| kept)
    })?;
    // Midnight may fall into a journey: then there is a head of each day.
    let once = kept.len() == 1 || kind == "audit_head";
    expect(once && kept.iter().all(|(_, refused, _)| refused.is_empty()), &format!("the agency has {kept:?}"))
}

/// What a program makes of some bytes.
fn through(command: &mut Command, bytes: &[u8]) -> Result<Vec<u8>, String> {
    let name = Path::new(command.get_program()).display().to_string();
    let started = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn();
    let mut child = started.map_err(|error| format!("{name}: {error}"))?;
    let mut stdin = child.stdin.take().ok_or("no input")?;
    let bytes = bytes.to_vec();
    // It may answer before it has read everything, or stop reading.
    let feed = std::thread::spawn(move || stdin.write_all(&bytes));
    let output = child.wait_with_output().map_err(|error| format!("{name}: {error}"))?;
    let _stopped_reading = feed.join();
    if output.status.success() { Ok(output.stdout) } else { Err(format!("{name} does not take it")) }
}
