//! Cuts texts and questions into what the index knows: of Chinese every two neighbours, of letters and digits whole words. Chinese has no
//! blanks between words, and a table of words never has the one that is asked for; two neighbours it always has.

/// A piece of what is asked for. A text must hold all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Two Chinese characters or more, one behind the other.
    Run(String),
    /// One Chinese character: no pair, so the texts themselves are looked through.
    Single(char),
    /// A word of letters and digits, in lower case; its end may be missing.
    Word(String),
}

impl Piece {
    /// As it was typed.
    pub fn text(&self) -> String {
        match self {
            Self::Run(text) | Self::Word(text) => text.clone(),
            Self::Single(one) => one.to_string(),
        }
    }
}

/// Longest question that is looked for, in characters; what is beyond is left out.
const QUESTION_MAX_CHARS: usize = 60;

/// What is asked for, cut at blanks and signs and where letters meet Chinese.
pub fn pieces(question: &str) -> Vec<Piece> {
    runs(question.chars().take(QUESTION_MAX_CHARS))
        .into_iter()
        .map(|run| match run.chars().collect::<Vec<_>>().as_slice() {
            [one] if !is_letter(*one) => Piece::Single(*one),
            [first, ..] if is_letter(*first) => Piece::Word(run),
            _ => Piece::Run(run),
        })
        .collect()
}

/// A text as the index keeps it: tokens with blanks between. Order is kept, so that neighbours in the text are neighbours there.
pub fn tokens(text: &str) -> String {
    let mut tokens = String::new();
    for run in runs(text.chars()) {
        if run.chars().next().is_some_and(is_letter) {
            add(&mut tokens, &run);
        } else {
            pairs(&run).for_each(|pair| add(&mut tokens, &pair));
        }
        // A token that nobody can ask for parts what is not neighbours in the text.
        add(&mut tokens, GAP);
    }
    tokens
}

const GAP: &str = "gapx7";

fn add(tokens: &mut String, token: &str) {
    if !tokens.is_empty() {
        tokens.push(' ');
    }
    tokens.push_str(token);
}

/// Every two neighbours.
pub fn pairs(run: &str) -> impl Iterator<Item = String> + '_ {
    run.chars().zip(run.chars().skip(1)).map(|(one, next)| [one, next].iter().collect())
}

/// Longest stretches of one kind: Chinese, or letters and digits in lower case. Signs and blanks part them and are gone: what
/// comes out holds nothing that means something to the index's own language.
fn runs(text: impl Iterator<Item = char>) -> Vec<String> {
    let mut runs: Vec<String> = Vec::new();
    let mut last = None;
    for c in text {
        let kind = c.is_alphanumeric().then(|| is_letter(c));
        if kind.is_some()
            && kind == last
            && let Some(run) = runs.last_mut()
        {
            run.extend(c.to_lowercase());
        } else if kind.is_some() {
            runs.push(c.to_lowercase().collect());
        }
        last = kind;
    }
    runs
}

/// Letters and digits of Europe, which are written with blanks between words.
const fn is_letter(c: char) -> bool {
    (c as u32) < 0x2E80
}

/// Characters before the first word found, and in all.
const BEFORE: usize = 12;
const SNIPPET: usize = 44;

/// Some characters around the first of these words; the beginning where none of the paragraphs holds one.
pub fn snippet<'a>(paragraphs: impl Iterator<Item = &'a str> + Clone, words: &[String]) -> String {
    let found = |text: &'a str| {
        let lower = text.to_lowercase();
        let at = words.iter().filter_map(|word| lower.find(word.as_str())).min()?;
        Some((text, lower.get(..at)?.chars().count()))
    };
    let first = paragraphs.clone().find_map(found).or_else(|| Some((paragraphs.into_iter().next()?, 0)));
    let Some((text, at)) = first else { return String::new() };
    let start = at.saturating_sub(BEFORE);
    let shown: String = text.chars().skip(start).take(SNIPPET).collect();
    let (before, after) = (if start > 0 { "…" } else { "" }, text.chars().count() > start + SNIPPET);
    format!("{before}{shown}{}", if after { "…" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_cut_where_nobody_would() {
        let own = str::to_owned;
        assert_eq!(pieces("养老 金"), [Piece::Run(own("养老")), Piece::Single('金')]);
        assert_eq!(
            pieces("12333电话Pension"),
            [Piece::Word(own("12333")), Piece::Run(own("电话")), Piece::Word(own("pension"))]
        );
        assert_eq!(pieces("\"*?!（）·  ："), []);
        assert_eq!(tokens("养老金，领取"), "养老 老金 gapx7 领取 gapx7");
    }

    #[test]
    fn a_snippet_begins_in_the_middle_of_nowhere() {
        let text = ["一二三四五六七八九十一二三四五六七八九十失业保险金", "甲"];
        let around = snippet(text.into_iter(), &["失业".to_owned()]);
        assert!(around.starts_with("…九十一二") && around.ends_with("失业保险金"), "{around}");
        assert_eq!(snippet(text.into_iter(), &["没有".to_owned()]), text[0]);
        assert_eq!(snippet([].into_iter(), &[]), "");
    }
}
