//! What goes wrong on demand: one middleware before all calls that reads the mishap file anew at each request. The lines are
//! explained in `agency serve --help`. A line that is not understood breaks every call, lest a test pass by a slip of the pen.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use contract::message::subject_digest;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mishap {
    Delay(u64),
    Hang,
    Status(u16),
    Junk,
    Huge,
    WrongSubject,
}

/// The mishap of this call, if there is one.
fn find(lines: &str, path: &str) -> Result<Option<Mishap>, usize> {
    let mut found = None;
    for (number, line) in (1..).zip(lines.lines()) {
        let words: Vec<&str> = line.split_whitespace().take_while(|word| !word.starts_with('#')).collect();
        let (mishap, at) = match words.as_slice() {
            [] => continue,
            ["delay_ms", ms, at] => (ms.parse().ok().map(Mishap::Delay), at),
            ["status", code, at] => (code.parse().ok().filter(|c| (400..=599).contains(c)).map(Mishap::Status), at),
            ["hang", at] => (Some(Mishap::Hang), at),
            ["junk", at] => (Some(Mishap::Junk), at),
            ["huge", at] => (Some(Mishap::Huge), at),
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
        Some(mishap) => spoil(mishap, next.run(request).await).await,
    }
}

async fn spoil(mishap: Mishap, answer: Response) -> Response {
    match mishap {
        Mishap::Delay(ms) => {
            tokio::time::sleep(Duration::from_millis(ms)).await;
            answer
        }
        Mishap::Hang => std::future::pending().await,
        Mishap::Junk => Body::from(b"\x00\xff{\"half\": ".to_vec()).into_response(),
        Mishap::Huge => Body::from(vec![b' '; 10_000_000]).into_response(),
        Mishap::WrongSubject => rebind(answer).await,
        Mishap::Status(_) => answer,
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
        for wrong in ["junk", "hangs /v1/query", "status 200 /v1/query", "delay_ms x /v1/query", "junk v1/query"] {
            assert_eq!(find(wrong, "/v1/query"), Err(1), "{wrong}");
        }
    }
}
