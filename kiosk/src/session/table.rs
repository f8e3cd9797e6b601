//! Records on the glass: pages, and the choice of slip. A message's own button, too.

use contract::message::{Cell, Figure, Table};
use contract::site::Panel;
use ui::{Intent, Look};

use super::context::{Context, Refusal};
use super::look::{shape, summary_rows_a_page, turned};
use super::state::{Notice, Scene, Serving, Shown, Stage};
use super::visit::Visit;
use super::{acting, ending, rate, slip};
use crate::columns::Columns;
use crate::events::VisitEnd;

/// Whether it is drawn as no table: pairs of what and which, which may be long.
pub(crate) fn is_pairs(table: &Table) -> bool {
    table.columns.len() == 2 && table.columns.iter().all(|column| column.label.is_empty())
}

/// The entries of a result that is no table, but for those that a figure above them says already.
pub(crate) fn entries(table: &Table) -> impl Iterator<Item = (&Cell, &Cell)> {
    let pairs = table.rows.iter().filter_map(|row| match row.cells.as_slice() {
        [label, value] => Some((label, value)),
        _ => None,
    });
    let told = |label: &Cell, value: &Cell| {
        let same = |figure: &Figure| *label == Cell::Text(figure.label.clone()) && *value == figure.value;
        table.figures.iter().any(same)
    };
    pairs.filter(move |(label, value)| !told(label, value))
}

/// Entries of a table in all and on one page; pairs begin with the figures.
pub(crate) fn extent(table: &Table, look: Look, panel: &Panel) -> (usize, usize) {
    if is_pairs(table) {
        let shape = shape(panel);
        let long = |cell: &Cell| matches!(cell, Cell::Text(text) if text.contains('\n'));
        let a_page = summary_rows_a_page(look, shape);
        // Entries of several lines take the room of two.
        let a_page = if table.rows.iter().flat_map(|row| &row.cells).any(long) { a_page.div_ceil(2) } else { a_page };
        (table.figures.len() + entries(table).count(), a_page)
    } else {
        (table.rows.len(), Columns::of(table, look, panel).rows_a_page(look, panel))
    }
}

pub(super) fn tap(visit: &Visit, mut shown: Shown, intent: Intent, cx: &mut Context<'_>) -> Scene {
    let (count, a_page) = extent(&shown.table, visit.look, &cx.terminal.site.panel);
    match intent {
        Intent::Confirm if slip::ready(&shown.form.item, visit, cx.terminal) => return Scene::SlipChoice(shown),
        Intent::Back => return Scene::Home(shown.form.home),
        _ => match turned(shown.first_row, count, a_page, intent) {
            Some(first) => shown.first_row = first,
            None => cx.refuse(Refusal::NotOffered),
        },
    }
    Scene::Table(shown)
}

/// Without amounts is the first answer, with amounts the second: money goes on paper only if asked for.
pub(super) fn slip_tap(visit: &Visit, shown: Shown, intent: Intent, cx: &mut Context<'_>) -> Scene {
    let amounts = match intent {
        Intent::Choose(0) => false,
        Intent::Choose(1) => true,
        Intent::Back => return Scene::Table(shown),
        _ => {
            cx.refuse(Refusal::NotOffered);
            return Scene::SlipChoice(shown);
        }
    };
    if !slip::ready(&shown.form.item, visit, cx.terminal) {
        cx.refuse(Refusal::NotOffered);
        return Scene::SlipChoice(shown);
    }
    let site = cx.terminal.site.clone();
    let id = cx.terminal.peek_act_id();
    let receipt = slip::compose(visit, &shown, amounts, &id, &site, cx.now);
    acting::slip(visit, &shown.form.item.id, receipt, cx)
}

/// A message is read: home for who is signed in, else the end.
pub(super) fn notice_tap(mut visit: Box<Visit>, notice: Notice, intent: Intent, cx: &mut Context<'_>) -> Stage {
    match intent {
        Intent::Confirm if notice.leads_home() => {
            let scene = rate::then_home(&mut visit, cx);
            Stage::Serving(Serving { visit, scene })
        }
        Intent::Confirm => ending::end(visit, None, VisitEnd::Left, cx),
        _ => {
            cx.refuse(Refusal::NotOffered);
            Stage::Serving(Serving { visit, scene: Scene::Notice(notice) })
        }
    }
}
