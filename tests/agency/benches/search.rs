//! How fast texts are found among 5,000, beside a plain scan of the same texts in the same run; asserts nothing. The agency's promise is
//! 20 ms.
//!
//! `cargo bench -p agency`

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, reason = "a bench may fail loudly")]

use std::time::{Duration, Instant};

use agency::texts::Kept;
use agency::texts::search::Library;
use contract::catalogue::{Approval, Status, Text};
use contract::format::Date;
use contract::message::TextKind;
use rusqlite::Connection;

const TEXTS: usize = 5_000;
const ROUNDS: usize = 50;

/// What texts of this trade are made of.
const WORDS: [&str; 40] = [
    "养老",
    "医疗",
    "工伤",
    "失业",
    "生育",
    "保险",
    "缴费",
    "基数",
    "比例",
    "待遇",
    "领取",
    "资格",
    "认证",
    "登记",
    "变更",
    "转移",
    "接续",
    "账户",
    "个人",
    "单位",
    "职工",
    "居民",
    "灵活",
    "就业",
    "退休",
    "年龄",
    "年限",
    "补缴",
    "欠费",
    "办理",
    "材料",
    "时限",
    "窗口",
    "终端",
    "查询",
    "打印",
    "证明",
    "密码",
    "挂失",
    "社保卡",
];

/// The same texts every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn sentence(&mut self, words: usize) -> String {
        (0..words).map(|_| WORDS[self.roll(WORDS.len())]).collect()
    }
}

fn text(zh: String) -> Text {
    Text { zh, en: String::new() }
}

fn texts() -> Vec<Kept> {
    let mut dice = Dice(5);
    let day = Date::new(2026, 1, 1).unwrap();
    let make = |n: usize| Kept {
        id: format!("t{n}"),
        title: text(dice.sentence(8)),
        kind: TextKind::Document,
        number: format!("示例〔2026〕{n}号"),
        issuer: text("示例市".to_owned()),
        issued: day,
        effective: day,
        source: text("样例".to_owned()),
        paragraphs: (0..6).map(|_| text(dice.sentence(40))).collect(),
        approval: Approval {
            status: Status::Valid,
            approver: "样例".to_owned(),
            effective_from: day,
            effective_to: None,
            updated: day,
        },
    };
    (0..TEXTS).map(make).collect()
}

/// Middle and last but one in a hundred.
fn times(mut doing: impl FnMut()) -> [Duration; 2] {
    let mut times: Vec<Duration> = (0..ROUNDS)
        .map(|_| {
            let began = Instant::now();
            doing();
            began.elapsed()
        })
        .collect();
    times.sort_unstable();
    [times[ROUNDS / 2], times[(ROUNDS - 1) * 99 / 100]]
}

fn main() {
    let texts = texts();
    let plain = Connection::open_in_memory().unwrap();
    plain.execute_batch("CREATE TABLE texts (title TEXT, body TEXT)").unwrap();
    for text in &texts {
        let body: String = text.paragraphs.iter().map(|paragraph| paragraph.zh.as_str()).collect();
        plain.execute("INSERT INTO texts VALUES (?1, ?2)", [&text.title.zh, &body]).unwrap();
    }
    let began = Instant::now();
    let library = Library::of(texts).unwrap();
    println!("{TEXTS} texts, index built in {} ms", began.elapsed().as_millis());
    println!("{:<24} {:>10} {:>10} {:>12} {:>8}", "words", "median", "p99", "plain LIKE", "ratio");
    let today = Date::new(2026, 11, 23).unwrap();
    for words in ["失业", "养老保险", "失业 领取 材料", "卡", "社保卡挂失办理窗口", "4711", "比特币"]
    {
        let [median, p99] = times(|| {
            std::hint::black_box(library.search(words, today, &[], "zh").unwrap());
        });
        let [scan, _] = times(|| {
            let pieces: Vec<String> = words.split(' ').map(|piece| format!("%{piece}%")).collect();
            let sql: Vec<String> = (1..=pieces.len()).map(|n| format!("(title LIKE ?{n} OR body LIKE ?{n})")).collect();
            let sql = format!("SELECT count(*) FROM texts WHERE {}", sql.join(" AND "));
            let count: i64 = plain.query_row(&sql, rusqlite::params_from_iter(&pieces), |row| row.get(0)).unwrap();
            std::hint::black_box(count);
        });
        let ms = |time: Duration| time.as_secs_f64() * 1e3;
        println!(
            "{words:<24} {:>7.2} ms {:>7.2} ms {:>9.2} ms {:>6.2} x",
            ms(median),
            ms(p99),
            ms(scan),
            ms(median) / ms(scan).max(1e-6)
        );
    }
}
