//! What goes wrong on demand: one middleware before all calls that reads the mishap file anew at each request. The lines are
//! explained in `agency serve --help`. A line that is not understood breaks every call, lest a test pass by a slip of the pen.
//! The same file moves the clock and steers cases: [`Orders`], which the calls themselves obey.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_LENGTH;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use contract::catalogue::Provider;
use contract::format::Date;
use contract::message::{CaseStage, REQUEST_ID, subject_digest};
use http_body::Frame;

use crate::wire::Wire;

#[derive(Clone, Debug, PartialEq, Eq)]
enum Mishap {
    Delay(u64),
    Hang,
    Status(u16),
    Junk,
    Huge,
    WrongSubject,
    /// The answer to another request, as its id says.
    Foreign,
    /// In pieces of one byte, each after so many milliseconds.
    Crumbs(u64),
    /// Damaged on its way, where TLS notices it.
    Damaged,
    /// Breaks at requests in which this stands, and at no other.
    Unbearable(String),
}

/// What officials do in a real agency: a case, by its pick-up code, and the stage it is brought to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    pub pick_up: String,
    pub stage: CaseStage,
}

impl Order {
    /// What only a citizen does is no order.
    fn parse(pick_up: &str, stage: &str) -> Option<Self> {
        let code = pick_up.len() == 8 && pick_up.bytes().all(|byte| byte.is_ascii_digit());
        let stage = CaseStage::parse(stage).filter(|_| code)?;
        let by_citizen = matches!(stage, CaseStage::Submitted | CaseStage::Withdrawn);
        (!by_citizen).then(|| Self { pick_up: pick_up.to_owned(), stage })
    }
}

/// What the file says beside mishaps.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Orders {
    /// Taken for today instead of the clock's day.
    pub today: Option<Date>,
    /// The last one of each case.
    pub cases: Vec<Order>,
    /// Whose systems do not answer.
    pub silent: Vec<Provider>,
    /// Ids of policy texts that are withdrawn.
    pub withdrawn: Vec<String>,
    /// Ids of items that are other than whoever files now was shown.
    pub changed: Vec<String>,
}

/// The orders in the file, read anew at each call. A line that is not understood is no order; [`apply`] has refused the call before.
pub fn orders(file: Option<&Path>) -> Orders {
    let lines = file.and_then(|file| std::fs::read_to_string(file).ok()).unwrap_or_default();
    let mut orders = Orders::default();
    for line in lines.lines() {
        match words(line).as_slice() {
            ["today", day] => orders.today = Date::parse_iso(day),
            ["silent", provider] => orders.silent.extend(Provider::parse(provider)),
            ["withdraw", text] => orders.withdrawn.push((*text).to_owned()),
            ["changed", item] => orders.changed.push((*item).to_owned()),
            ["case", pick_up, stage] => {
                let Some(order) = Order::parse(pick_up, stage) else { continue };
                orders.cases.retain(|earlier| earlier.pick_up != order.pick_up);
                orders.cases.push(order);
            }
            _ => {}
        }
    }
    orders
}

/// The words of a line, up to a comment.
fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().take_while(|word| !word.starts_with('#')).collect()
}

/// The mishap of this call, if there is one.
fn find(lines: &str, path: &str) -> Result<Option<Mishap>, usize> {
    let mut found = None;
    for (number, line) in (1..).zip(lines.lines()) {
        let words = words(line);
        let (mishap, at) = match words.as_slice() {
            [] => continue,
            ["today", day] if Date::parse_iso(day).is_some() => continue,
            ["silent", provider] if Provider::parse(provider).is_some() => continue,
            ["withdraw" | "changed", _] => continue,
            ["case", pick_up, stage] if Order::parse(pick_up, stage).is_some() => continue,
            ["delay_ms", ms, at] => (ms.parse().ok().map(Mishap::Delay), at),
            ["status", code, at] => (code.parse().ok().filter(|c| (400..=599).contains(c)).map(Mishap::Status), at),
            ["hang", at] => (Some(Mishap::Hang), at),
            ["junk", at] => (Some(Mishap::Junk), at),
            ["huge", at] => (Some(Mishap::Huge), at),
            ["crumbs_ms", ms, at] => (ms.parse().ok().map(Mishap::Crumbs), at),
            ["foreign", at] => (Some(Mishap::Foreign), at),
            ["damaged", at] => (Some(Mishap::Damaged), at),
            ["unbearable", text, at] => (Some(Mishap::Unbearable((*text).to_owned())), at),
            ["wrong-subject", at] => (Some(Mishap::WrongSubject), at),
            _ => return Err(number),
        };
        let mishap = mishap.filter(|_| at.starts_with("/v1/")).ok_or(number)?;
        if *at == path && found.is_none() {
            found = Some(mishap);
        }
    }
    Ok(found)
}

/// Lets the call through, or lets it go wrong.
pub async fn apply(State(file): State<Arc<PathBuf>>, request: Request, next: Next) -> Response {
    let lines = std::fs::read_to_string(file.as_path()).unwrap_or_default();
    let mishap = match find(&lines, request.uri().path()) {
        Ok(mishap) => mishap,
        Err(number) => {
            eprintln!("agency: mishap file, line {number}: not understood");
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        }
    };
    match mishap {
        None => next.run(request).await,
        Some(Mishap::Status(code)) => {
            StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response()
        }
        Some(Mishap::Unbearable(text)) => {
            let (parts, body) = request.into_parts();
            let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
            if holds(&bytes, &text) {
                return StatusCode::INTERNAL_SERVER_ERROR.into_response();
            }
            next.run(Request::from_parts(parts, Body::from(bytes))).await
        }
        Some(mishap) => {
            let wire = request.extensions().get::<Wire>().cloned();
            spoil(mishap, wire, next.run(request).await).await
        }
    }
}

/// Whether this is the whole of a text in a JSON body: an act's id begins like that of another.
fn holds(body: &[u8], text: &str) -> bool {
    let quoted = format!("\"{text}\"");
    body.windows(quoted.len()).any(|at| at == quoted.as_bytes())
}

async fn spoil(mishap: Mishap, wire: Option<Wire>, answer: Response) -> Response {
    match mishap {
        Mishap::Delay(ms) => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            answer
        }
        Mishap::Hang => std::future::pending().await,
        Mishap::Junk => Body::from(b"\x00\xff{\"half\": ".to_vec()).into_response(),
        Mishap::Huge => Body::from(vec![b' '; 10_000_000]).into_response(),
        Mishap::WrongSubject => rebind(answer).await,
        Mishap::Foreign => ([(REQUEST_ID, "0".repeat(32))], answer).into_response(),
        Mishap::Crumbs(ms) => crumbs(answer, ms).await,
        Mishap::Damaged => {
            if let Some(wire) = wire {
                wire.damage();
            }
            answer
        }
        Mishap::Status(_) | Mishap::Unbearable(_) => answer,
    }
}

/// Every byte by itself.
async fn crumbs(answer: Response, pause_ms: u64) -> Response {
    let (mut parts, body) = answer.into_parts();
    let left = to_bytes(body, usize::MAX).await.unwrap_or_default();
    // With a length said before, the pieces would not be chunks.
    parts.headers.remove(CONTENT_LENGTH);
    let pause = Duration::from_millis(pause_ms);
    (parts, Body::new(Crumbs { left, pause, next: Box::pin(tokio::time::sleep(pause)) })).into_response()
}

struct Crumbs {
    left: Bytes,
    pause: Duration,
    next: Pin<Box<tokio::time::Sleep>>,
}

impl http_body::Body for Crumbs {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if self.left.is_empty() {
            return Poll::Ready(None);
        }
        // The clock ticks in milliseconds: without a pause nothing waits for it.
        if !self.pause.is_zero() {
            std::task::ready!(self.next.as_mut().poll(cx));
            let again = tokio::time::Instant::now() + self.pause;
            self.next.as_mut().reset(again);
        }
        Poll::Ready(Some(Ok(Frame::data(self.left.split_to(1)))))
    }
}

/// Binds an answer to somebody else of the same visit.
async fn rebind(answer: Response) -> Response {
    let (parts, body) = answer.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let Ok(mut json) = serde_json::from_slice::<serde_json::Value>(&bytes) else {
        return (parts.status, bytes).into_response();
    };
    if let Some(binding) = json.get_mut("binding").and_then(serde_json::Value::as_object_mut) {
        let visit = binding.get("visit").and_then(|visit| visit.as_str()).unwrap_or_default().to_owned();
        binding.insert("subject".to_owned(), subject_digest(&visit, "190000000000000000").into());
    }
    (parts.status, axum::Json(json)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_mishap_passes_for_none() {
        let lines = "# test\n\ndelay_ms 3000 /v1/query # slow\nstatus 503 /v1/query\nhang /v1/acts\n";
        assert_eq!(find(lines, "/v1/query"), Ok(Some(Mishap::Delay(3000))));
        assert_eq!(find(lines, "/v1/acts"), Ok(Some(Mishap::Hang)));
        assert_eq!(find(lines, "/v1/sign-in"), Ok(None));
        let twice = "damaged /v1/cases\ndamaged /v1/cases/find";
        assert!(["/v1/cases", "/v1/cases/find"].iter().all(|at| find(twice, at) == Ok(Some(Mishap::Damaged))));
        let one = find("unbearable t-0301-0badcafe-3 /v1/acts", "/v1/acts");
        assert_eq!(one, Ok(Some(Mishap::Unbearable("t-0301-0badcafe-3".to_owned()))));
        let body = |act: &str| format!("{{\"act\":\"{act}\"}}").into_bytes();
        assert!(holds(&body("t-0301-0badcafe-3"), "t-0301-0badcafe-3"));
        assert!(!holds(&body("t-0301-0badcafe-30"), "t-0301-0badcafe-3"));
        assert_eq!(find("today 2026-12-01\ncase 26070019 correction", "/v1/query"), Ok(None));
        for wrong in ["today 2026-13-01", "case 26070019 withdrawn", "case 2607001 refused", "case 26070019 mended"] {
            assert_eq!(find(wrong, "/v1/query"), Err(1), "{wrong}");
        }
        for wrong in ["junk", "hangs /v1/query", "status 200 /v1/query", "delay_ms x /v1/query", "junk v1/query"] {
            assert_eq!(find(wrong, "/v1/query"), Err(1), "{wrong}");
        }
    }
}
