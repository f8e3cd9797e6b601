//! Texts that are read page by page: what stands in them, broken into lines and pages. Pure; `step` counts the pages and `view` shows them.
//!
//! A page is as long as the glass allows, and nothing scrolls. Where one is in a text is kept as a count of characters, so that larger
//! letters show the same sentence and not the same page.

use contract::catalogue::{Item, Level};
use contract::format::Date;
use contract::message::{BulletinEntry, Content, PolicyText};
use contract::site::{Panel, Site};
use ui::model::{LineStyle, Shape, Size};
use ui::words::Words;
use ui::{Intent, Lang, Look, measure};

use crate::hours;
use crate::session::{shape, turned};

/// A paragraph before it is broken into lines.
pub(crate) struct Block {
    style: LineStyle,
    text: String,
}

/// One line.
pub(crate) struct Line {
    /// How it is set.
    pub style: LineStyle,
    /// Empty where it parts.
    pub text: String,
    /// Characters of the whole text before it.
    at: usize,
}

/// A text in pages.
pub(crate) struct Pages {
    lines: Vec<Line>,
    /// First line of each page.
    starts: Vec<usize>,
}

/// How much one page holds.
#[derive(Clone, Copy, Debug)]
struct Room {
    ems: f32,
    lines: usize,
}

impl Pages {
    /// Breaks a text for this panel and this visitor's eyes.
    pub(crate) fn of(blocks: &[Block], look: Look, panel: &Panel) -> Self {
        let room = room(look, panel);
        let lines = broken(blocks, room.ems);
        let starts = starts(&lines, room.lines.max(2));
        Self { lines, starts }
    }

    /// How many pages there are; one at least.
    pub(crate) const fn count(&self) -> usize {
        self.starts.len()
    }

    /// The page on which the character at `mark` stands.
    pub(crate) fn page_at(&self, mark: usize) -> usize {
        let first = |start: &usize| self.lines.get(*start).map_or(0, |line| line.at);
        self.starts.iter().rposition(|start| first(start) <= mark).unwrap_or(0)
    }

    /// The lines of a page.
    pub(crate) fn lines(&self, page: usize) -> impl Iterator<Item = &Line> {
        let start = self.starts.get(page).copied().unwrap_or(0);
        let end = self.starts.get(page + 1).copied().unwrap_or(self.lines.len());
        self.lines.iter().skip(start).take(end - start)
    }

    /// The mark of the page before or after; `None` where there is none, or the intent turns no pages.
    pub(crate) fn turned(&self, mark: usize, intent: Intent) -> Option<usize> {
        let page = turned(self.page_at(mark), self.count(), 1, intent)?;
        self.lines.get(self.starts.get(page).copied()?).map(|line| line.at)
    }
}

/// What the pages of a text leave to it (ui/slint/pages/reading.slint), in logical pixels.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a panel is some thousand pixels, and a page some ten lines"
)]
fn room(look: Look, panel: &Panel) -> Room {
    let scale = match look.size {
        Size::Standard => 1.0,
        Size::Large => 1.3,
        Size::Extra => 1.6,
    };
    let (width, height) = panel.logical();
    // Beside the text: margins, bar or rail, paddings. Above and below: the topic, the buttons, the gaps between.
    let (beside, around) = match shape(panel) {
        Shape::Upright => (96.0 + 72.0, 379.0 + 96.0 + 130.0 + 3.0 * 16.0 + 48.0),
        Shape::Wide => (96.0 + 320.0 + 72.0, 96.0 + 130.0 + 2.0 * 16.0 + 48.0),
        Shape::WideLow => (48.0 + 236.0 + 48.0, 48.0 + 130.0 + 2.0 * 8.0 + 24.0),
    };
    let lines = (height - around - 44.0 * scale) / (54.0 * scale);
    Room { ems: ((width - beside) / (36.0 * scale)) as f32, lines: lines as usize }
}

fn broken(blocks: &[Block], ems: f32) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut at = 0;
    for block in blocks {
        for text in measure::lines(&block.text, ems) {
            let long = text.chars().count();
            lines.push(Line { style: block.style, text, at });
            // An empty line counts, too: two pages must not begin at the same place.
            at += long.max(1);
        }
    }
    lines
}

/// Where pages begin: none with an empty line, and none ends with words that belong to the next line.
fn starts(lines: &[Line], a_page: usize) -> Vec<usize> {
    let mut starts = vec![0];
    let mut start = 0;
    while start + a_page < lines.len() {
        let mut next = start + a_page;
        let is = |n: usize, style| lines.get(n).is_some_and(|line| line.style == style && !line.text.is_empty());
        while next > start + 1 && is(next - 1, LineStyle::Label) {
            next -= 1;
        }
        while next < lines.len() && lines.get(next).is_some_and(|line| line.text.is_empty()) {
            next += 1;
        }
        if next >= lines.len() {
            break;
        }
        starts.push(next);
        start = next;
    }
    starts
}

fn block(style: LineStyle, text: impl Into<String>) -> Block {
    Block { style, text: text.into() }
}

fn gap() -> Block {
    block(LineStyle::Body, "")
}

/// A day in the visitor's way.
pub(crate) fn day(date: Date, lang: Lang) -> String {
    match lang {
        Lang::Zh => date.long_zh(),
        Lang::En => date.to_string(),
    }
}

/// A paragraph: in Chinese its first line stands in by two characters.
fn paragraph(text: &str, lang: Lang) -> Block {
    let indent = if lang == Lang::Zh && !text.is_ascii() { "\u{3000}\u{3000}" } else { "" };
    block(LineStyle::Body, format!("{indent}{text}"))
}

/// A policy text: title, what it is and since when it holds, its paragraphs, where the whole can be read.
pub(crate) fn text(text: &PolicyText, lang: Lang, words: &Words) -> Vec<Block> {
    let aside = |name: &str, value: &str| {
        (!value.is_empty()).then(|| block(LineStyle::Aside, words.fill(&format!("info.{name}"), &[("value", value)])))
    };
    let kind = words.fill(&format!("info.kind.{}", text.kind.as_str()), &[]);
    let head = [
        Some(block(LineStyle::Title, text.title.clone())),
        aside("text_kind", &kind),
        aside("text_number", &text.number),
        aside("text_issuer", &text.issuer),
        aside("text_issued", &day(text.issued, lang)),
        aside("text_effective", &day(text.effective, lang)),
        Some(gap()),
    ];
    let body = text.paragraphs.iter().map(|words| paragraph(words, lang));
    let foot = [gap(), block(LineStyle::Aside, text.source.clone())];
    head.into_iter().flatten().chain(body).chain(foot).collect()
}

/// An entry of the bulletin that is no table.
pub(crate) fn entry(entry: &BulletinEntry, lang: Lang, words: &Words) -> Vec<Block> {
    let published = words.fill("info.published", &[("value", &day(entry.published, lang))]);
    let paragraphs: &[String] = match &entry.content {
        Content::Text { paragraphs } => paragraphs,
        Content::Table(_) => &[],
    };
    let head = [block(LineStyle::Title, entry.title.clone()), block(LineStyle::Aside, published), gap()];
    let foot = [gap(), block(LineStyle::Aside, entry.source.clone())];
    head.into_iter().chain(paragraphs.iter().map(|words| paragraph(words, lang))).chain(foot).collect()
}

/// What is made public of an item (公示要素, domain 1.3): every element under its name.
pub(crate) fn notice(item: &Item, site: &Site, lang: Lang, words: &Words) -> Vec<Block> {
    let tag = lang.tag();
    let notice = &item.notice;
    let mut blocks = vec![block(LineStyle::Title, item.name.in_language(tag))];
    let mut add = |name: &str, lines: Vec<String>| {
        if lines.is_empty() {
            return;
        }
        blocks.push(block(LineStyle::Label, words.get(&format!("info.notice.{name}"))));
        blocks.extend(lines.into_iter().map(|line| block(LineStyle::Body, line)));
    };
    let own = |text: &contract::catalogue::Text| vec![text.in_language(tag).to_owned()];
    let basis = |basis: &contract::catalogue::Basis| {
        words.fill("info.notice.basis_of", &[("law", &basis.law), ("article", &basis.article)]).trim().to_owned()
    };
    add("summary", own(&notice.summary));
    add("who", own(&notice.who));
    add("conditions", notice.conditions.iter().map(|text| text.in_language(tag).to_owned()).collect());
    let materials = notice.materials.iter().map(|material| {
        let name = material.name.in_language(tag);
        words.fill("info.notice.material", &[("name", name), ("basis", &basis(&material.basis))])
    });
    let materials: Vec<String> = materials.collect();
    add("materials", if materials.is_empty() { vec![words.get("info.notice.nothing").to_owned()] } else { materials });
    add("way", vec![way(item, lang, words)]);
    add("limits", vec![limits(item, words)]);
    add("delivery", own(&notice.delivery));
    add("fee", own(&notice.fee));
    add(
        "place",
        vec![
            words.fill("info.notice.place_of", &[("hall", &site.terminal.hall), ("phone", &site.terminal.help_phone)]),
        ],
    );
    add("enquiry", own(&notice.channels.enquiry));
    add("complaint", own(&notice.channels.complaint));
    add("bases", notice.bases.iter().map(basis).collect());
    let since =
        [("from", &day(notice.approval.effective_from, lang)), ("updated", &day(notice.approval.updated, lang))];
    let since = since.map(|(name, value)| (name, value.as_str()));
    add("since", vec![words.fill("info.notice.since_of", &since), notice.approval.approver.clone()]);
    blocks
}

/// Where and with what it is done.
fn way(item: &Item, lang: Lang, words: &Words) -> String {
    match (&item.elsewhere, item.level) {
        (Some(there), _) => hours::elsewhere(there, words.get("hours.ask").to_owned(), lang, words),
        (None, Level::L0) => words.get("info.notice.way_open").to_owned(),
        (None, _) => words.get("info.notice.way_card").to_owned(),
    }
}

fn limits(item: &Item, words: &Words) -> String {
    let limits = item.notice.limits;
    let (law, promise) = (limits.by_law_working_days.to_string(), limits.by_promise_working_days.to_string());
    let name = match (limits.by_law_working_days, limits.by_promise_working_days) {
        (0, _) => "info.notice.at_once",
        (_, 0) => "info.notice.promised_at_once",
        _ => "info.notice.limits_of",
    };
    words.fill(name, &[("law", &law), ("promise", &promise)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pages(blocks: &[Block], size: Size) -> Pages {
        Pages::of(blocks, Look { size, ..Look::default() }, &Panel::default())
    }

    #[test]
    fn a_sentence_is_lost_between_two_pages_or_with_larger_letters() {
        let long = |n: usize| block(LineStyle::Body, format!("第{n}段：").repeat(40));
        let blocks: Vec<Block> = (0..30).flat_map(|n| [block(LineStyle::Label, format!("名{n}")), long(n)]).collect();
        let whole: String = blocks.iter().map(|block| block.text.as_str()).collect();
        for size in Size::ALL {
            let pages = pages(&blocks, size);
            assert!(pages.count() > 3);
            let all = (0..pages.count()).flat_map(|page| pages.lines(page));
            assert_eq!(all.map(|line| line.text.as_str()).collect::<String>(), whole);
            for page in 0..pages.count() - 1 {
                let last = pages.lines(page).last();
                assert!(last.is_some_and(|line| line.style != LineStyle::Label), "a name stands alone at the foot");
            }
        }
        let mut mark = 0;
        let standard = pages(&blocks, Size::Standard);
        while let Some(next) = standard.turned(mark, Intent::NextPage) {
            assert!(next > mark);
            mark = next;
        }
        assert_eq!(standard.page_at(mark), standard.count() - 1);
        let larger = pages(&blocks, Size::Extra);
        let page = larger.page_at(mark);
        let seen: Vec<usize> = larger.lines(page).map(|line| line.at).collect();
        assert!(seen.first() <= Some(&mark) && larger.turned(mark, Intent::PreviousPage).is_some());
        assert_eq!(standard.turned(0, Intent::PreviousPage), None);
    }

    #[test]
    fn a_page_begins_with_an_empty_line() {
        let blocks: Vec<Block> =
            (0..120).map(|n| if n % 3 == 2 { gap() } else { block(LineStyle::Body, "一") }).collect();
        let pages = pages(&blocks, Size::Standard);
        for page in 0..pages.count() {
            assert!(pages.lines(page).next().is_some_and(|line| !line.text.is_empty()), "page {page}");
        }
        assert_eq!(Pages::of(&[], Look::default(), &Panel::default()).count(), 1);
    }
}
