//! A slip of records, line by line. Money stands on it only if the citizen asked for it; the name is masked; it says that it
//! proves nothing.

use contract::catalogue::Item;
use contract::format::mask_name;
use contract::message::{Cell, CellKind, QuestionKept, Table};
use contract::site::Site;
use hal::Private;
use hal::receipt::{ColumnWidth, Line, Receipt};
use ui::words::Words;

use super::effect::ActId;
use super::enough;
use super::state::{Filed, Shown};
use super::terminal::Terminal;
use super::visit::Visit;
use crate::cells;
use crate::clock::Now;

/// Whether a slip of this item can be printed now.
pub(crate) fn ready(item: &Item, visit: &Visit, terminal: &Terminal) -> bool {
    item.slip && terminal.health.receipt == Some(Ok(())) && !enough::papers(visit, terminal)
}

pub(super) fn compose(visit: &Visit, shown: &Shown, amounts: bool, id: &ActId, site: &Site, now: Now) -> Receipt {
    let words = Words::of(visit.look.lang);
    let table = &*shown.table;
    let mut lines = head("slip.title", &shown.form.item, visit, site, now);
    lines.extend([pair(words, "slip.scope", &table.scope), Line::Rule]);
    let (rows, columns) = if amounts { full_rows(table, site, words) } else { marked_rows(table, site, words) };
    lines.extend(figures(table, amounts, site, words));
    lines.push(Line::Rule);
    lines.extend(rows);
    if !amounts {
        lines.push(Line::Text(words.get("slip.amounts_hidden").to_owned()));
    }
    lines.extend([Line::Rule, Line::Text(table.as_of.clone())]);
    lines.extend(foot(id, site, words));
    Receipt { lines, columns }
}

/// The proof of a filing: what names the case, until when it will be decided, what to do next and where; a code for the telephone and a QR
/// code for a window, so that nobody types 43 characters.
pub(super) fn of_case(visit: &Visit, filed: &Filed, id: &ActId, site: &Site, now: Now) -> Receipt {
    let words = Words::of(visit.look.lang);
    let case = &*filed.case;
    let mut lines = head("slip.case_title", &filed.item, visit, site, now);
    lines.extend([pair(words, "filed.pick_up", &case.pick_up), pair(words, "filed.case", &case.case)]);
    let due = [("filed.due_by_promise", &case.due_by_promise), ("filed.due_by_law", &case.due_by_law)];
    lines.extend(due.into_iter().filter(|(_, day)| !day.is_empty()).map(|(key, day)| pair(words, key, day)));
    lines.push(Line::Rule);
    lines.extend(bounded(case.next.iter(), site, words, |sentence| vec![Line::Text(sentence.clone())]));
    lines.extend(case.route.iter().map(|route| Line::Text(cells::route(route, words))));
    lines.extend([
        Line::Qr(case.case.clone()),
        Line::Rule,
        Line::Text(filed.item.notice.channels.complaint.in_language(visit.look.lang.tag()).to_owned()),
    ]);
    lines.extend(foot(id, site, words));
    Receipt { lines, columns: Vec::new() }
}

/// What names a question that was left, and when it is answered; nobody's name.
pub(super) fn of_question(
    visit: &Visit,
    item: &Item,
    kept: &QuestionKept,
    id: &ActId,
    site: &Site,
    now: Now,
) -> Receipt {
    let words = Words::of(visit.look.lang);
    let mut lines = head("slip.question_title", item, visit, site, now);
    lines.extend([
        pair(words, "info.left.number", &kept.number),
        pair(words, "info.left.answered_by", &kept.answered_by.to_string()),
        Line::Rule,
        Line::Text(words.get("info.left.next_slip").to_owned()),
        Line::Qr(kept.number.clone()),
    ]);
    lines.extend(foot(id, site, words));
    Receipt { lines, columns: Vec::new() }
}

/// Whose slip, of what, where and when; the name is masked.
fn head(title: &str, item: &Item, visit: &Visit, site: &Site, now: Now) -> Vec<Line> {
    let words = Words::of(visit.look.lang);
    let place = format!("{} {}", site.terminal.hall, words.fill("slip.terminal", &[("number", &site.terminal.number)]));
    let mut lines = vec![
        Line::Title(words.get(title).to_owned()),
        Line::Centred(place),
        Line::Rule,
        pair(words, "slip.item", item.name.in_language(visit.look.lang.tag())),
    ];
    // A complaint without a name has none on its receipt.
    let key = if visit.principal.is_some() { "slip.principal" } else { "slip.person" };
    let name = |name: &Private<String>| Line::Name(words.get(key).to_owned(), mask_name(name.reveal()));
    lines.extend(visit.concerned(item).map(name));
    lines.push(pair(words, "slip.time", &Now::moment(now.unix_ms)));
    lines
}

fn foot(id: &ActId, site: &Site, words: &Words) -> [Line; 3] {
    [
        pair(words, "slip.number", &id.text),
        Line::Centred(words.get("slip.disclaimer").to_owned()),
        Line::Centred(words.fill("slip.check", &[("phone", &site.terminal.help_phone)])),
    ]
}

fn pair(words: &Words, key: &str, value: &str) -> Line {
    Line::Pair(words.get(key).to_owned(), value.to_owned())
}

/// As many as a slip may have; where more came, a line says how many are missing: what stands above them counts all.
fn bounded<'a, T: 'a>(
    all: impl Iterator<Item = &'a T>,
    site: &Site,
    words: &Words,
    lines: impl Fn(&T) -> Vec<Line>,
) -> Vec<Line> {
    let limit = usize::try_from(site.limits.slip_rows_max).unwrap_or(usize::MAX);
    let mut all = all.fuse();
    let mut printed: Vec<Line> = all.by_ref().take(limit).flat_map(lines).collect();
    let left = all.count();
    if left > 0 {
        printed.push(Line::Text(words.fill("slip.not_printed", &[("count", &left.to_string())])));
    }
    printed
}

/// Totals with their scope; those of money only with the amounts.
fn figures(table: &Table, amounts: bool, site: &Site, words: &Words) -> Vec<Line> {
    let shown = table.figures.iter().filter(|figure| amounts || !is_money(&figure.value));
    bounded(shown, site, words, |figure| vec![Line::Pair(figure.label.clone(), cells::text(&figure.value))])
}

const fn is_money(cell: &Cell) -> bool {
    matches!(cell, Cell::Fen(_))
}

fn full_rows(table: &Table, site: &Site, words: &Words) -> (Vec<Line>, Vec<ColumnWidth>) {
    let columns = table
        .columns
        .iter()
        .map(|column| ColumnWidth { parts: cells::parts(column.kind), right: cells::is_right(column.kind) })
        .collect();
    let mut lines = vec![Line::Row(table.columns.iter().map(|column| column.label.clone()).collect())];
    lines.extend(bounded(table.rows.iter(), site, words, |row| {
        let mark = (!row.mark.is_empty()).then(|| Line::Text(format!("  ^ {}", row.mark)));
        std::iter::once(Line::Row(row.cells.iter().map(cells::text).collect())).chain(mark).collect()
    }));
    (lines, columns)
}

/// Without amounts only what is out of the ordinary is worth paper: the month and its mark.
fn marked_rows(table: &Table, site: &Site, words: &Words) -> (Vec<Line>, Vec<ColumnWidth>) {
    let month = table.columns.iter().position(|column| column.kind == CellKind::Period).unwrap_or(0);
    let marked = table.rows.iter().filter(|row| !row.mark.is_empty());
    let lines = bounded(marked, site, words, |row| {
        vec![Line::Pair(row.cells.get(month).map_or_else(String::new, cells::text), row.mark.clone())]
    });
    (lines, Vec::new())
}
