//! Pages made by hand, as full as the terminal ever fills them: boards, summaries, outcomes, a later page of home. For
//! eyes (`hall pages`) and for the test of the glass; what the rules make of a visit is in [`crate::sim`].

use kiosk::session::{summary_rows_a_page, tiles_a_page};
use ui::model::{Board, Button, Choose, Entry, Home, Icon, Lang, Letters, Look, Pair, Shape, Summary, Tone};
use ui::words::Words;
use ui::{Intent, Page};

/// Their names.
pub const SPECIMENS: [&str; 13] = [
    "digits, asked",
    "digits, warned",
    "letters, asked",
    "letters, picking",
    "letters, warned",
    "summary",
    "summary, last",
    "outcome",
    "outcome, not done",
    "home, second page",
    "home, group warned",
    "questionnaire, fullest",
    "questionnaire, longest",
];

/// The page of that name; `None` where nothing was made by hand under it.
#[must_use]
pub fn page(name: &str, look: Look, shape: Shape) -> Option<Page> {
    let say = Say(look.lang);
    Some(match name {
        "digits, asked" => Page::Entry(identity_number(say)),
        "digits, warned" => Page::Entry(telephone(say)),
        "letters, asked" => Page::Entry(statement(say)),
        "letters, picking" => Page::Entry(picking(say)),
        "letters, warned" => Page::Entry(address(say)),
        "summary" => Page::Summary(summary(say, summary_rows_a_page(look, shape))),
        "summary, last" => Page::Summary(last_of_summary(say)),
        "outcome" => Page::Summary(outcome(say)),
        "outcome, not done" => Page::Summary(not_done(say)),
        "home, second page" => Page::Home(home(say, tiles_a_page(look, shape))),
        "home, group warned" => Page::Home(group(say, tiles_a_page(look, shape).min(3))),
        "questionnaire, fullest" => Page::Choose(questionnaire(say, true)),
        "questionnaire, longest" => Page::Choose(questionnaire(say, false)),
        _ => return None,
    })
}

/// Says it in the visitor's language.
#[derive(Clone, Copy)]
struct Say(Lang);

impl Say {
    fn of(self, zh: &str, en: &str) -> String {
        match self.0 {
            Lang::Zh => zh.to_owned(),
            Lang::En => en.to_owned(),
        }
    }

    fn button(self, zh: &str, en: &str, intent: Intent, icon: Icon) -> Button {
        Button { label: self.of(zh, en), intent: Some(intent), hint: String::new(), icon }
    }

    fn back(self) -> Option<Button> {
        Some(self.button("返回", "Back", Intent::Back, Icon::Back))
    }

    fn previous(self) -> Option<Button> {
        Some(self.button("上一页", "Previous", Intent::PreviousPage, Icon::None))
    }

    fn next(self) -> Option<Button> {
        Some(self.button("下一页", "Next", Intent::NextPage, Icon::None))
    }
}

fn greyed(button: Option<Button>) -> Option<Button> {
    button.map(|button| Button { intent: None, ..button })
}

fn key(label: &str, intent: Intent) -> Button {
    Button { label: label.to_owned(), intent: Some(intent), hint: String::new(), icon: Icon::None }
}

fn keys(letters: &str) -> Vec<Button> {
    letters.chars().map(|c| key(&c.to_string(), Intent::Type(c))).collect()
}

/// A page that only lacks its question and its board.
fn entry(say: Say, board: Board) -> Entry {
    Entry {
        topic: say.of("个人基本信息变更", "Change of personal data"),
        title: String::new(),
        hint: String::new(),
        text: String::new(),
        preedit: String::new(),
        warning: String::new(),
        board,
        erase: say.button("删除", "Erase", Intent::Erase, Icon::Erase),
        clear: say.button("清空", "Clear", Intent::Clear, Icon::None),
        confirm: say.button("下一步", "Go on", Intent::Confirm, Icon::None),
        back: say.back(),
    }
}

fn digits(left: Option<char>, right: Option<char>) -> Board {
    let extra = |c: Option<char>| c.map(|c| key(&c.to_string(), Intent::Type(c)));
    let mut all: Vec<_> = keys("123456789").into_iter().map(Some).collect();
    all.extend([extra(left), extra(Some('0')), extra(right)]);
    Board::Digits(all)
}

fn identity_number(say: Say) -> Entry {
    Entry {
        title: say.of("请输入代办人的身份证号码", "Identity number of the person you act for"),
        hint: say.of("18 位，最后一位可能是 X", "18 characters, the last may be an X"),
        text: "190101 19500101 001X".to_owned(),
        ..entry(say, digits(None, Some('X')))
    }
}

fn telephone(say: Say) -> Entry {
    Entry {
        title: say.of("请输入新的联系电话", "Your new telephone number"),
        hint: say.of("11 位手机号，例如 190 0000 0000", "A mobile number has 11 digits, such as 190 0000 0000"),
        text: "190 1234 567".to_owned(),
        warning: say.of(
            "手机号应为 11 位，您输入了 10 位。例如 190 0000 0000",
            "A mobile number has 11 digits, this one has 10. Example: 190 0000 0000",
        ),
        ..entry(say, digits(None, None))
    }
}

/// The switches; the present one leads nowhere.
fn boards(present: u16) -> Vec<Button> {
    let all = ["拼音", "abc", "123"].into_iter().zip(0..);
    let switch =
        |(label, n)| Button { intent: (n != present).then_some(Intent::Board(n)), ..key(label, Intent::Board(n)) };
    all.map(switch).collect()
}

fn pinyin(say: Say) -> Letters {
    let mut last = keys("，。");
    last.insert(1, say.button("空格", "Space", Intent::Type(' '), Icon::None));
    let rows = vec![keys("qwertyuiop"), keys("asdfghjkl"), keys("zxcvbnm"), last];
    Letters { rows, boards: boards(0), ..Letters::default() }
}

fn statement(say: Say) -> Entry {
    Entry {
        title: say.of("请说明申请原因", "Why do you apply?"),
        hint: say.of("一两句话即可，例如：工作单位变更", "One or two sentences, such as: my employer has changed"),
        ..entry(say, Board::Letters(pinyin(say)))
    }
}

fn picking(say: Say) -> Entry {
    let candidates = ["幸福", "性", "姓", "兴隆花园", "幸福小区", "星"].into_iter().zip(0..);
    let board = Letters {
        candidates: candidates.map(|(text, n)| key(text, Intent::Candidate(n))).collect(),
        previous: greyed(say.previous()),
        next: say.next(),
        ..pinyin(say)
    };
    Entry {
        title: say.of("请输入通信地址", "Your postal address"),
        hint: say.of("写到门牌号，例如：示范区示范路 1 号", "Down to the house number, such as: 1 Shifan Road"),
        text: "示范省示范市示范区人民东路一百二十八号新城花园小区北区三号楼二单元五〇二室转物业服务中心，".to_owned(),
        preedit: "xing'fu".to_owned(),
        ..entry(say, Board::Letters(board))
    }
}

fn address(say: Say) -> Entry {
    let rows = vec![keys("1234567890"), keys("qwertyuiop"), keys("asdfghjkl@"), keys("zxcvbnm.-_")];
    Entry {
        title: say.of("请输入电子邮箱", "Your e-mail address"),
        hint: say.of("例如 name@example.cn", "Such as name@example.cn"),
        text: "a.rather.long.name.with.many.words-and.more@mail.of.an.example.cn".to_owned(),
        warning: say.of(
            "邮箱地址应有一个 @ 和一个点，例如 name@example.cn",
            "An address has one @ and a point behind it, such as name@example.cn",
        ),
        ..entry(say, Board::Letters(Letters { rows, boards: boards(1), ..Letters::default() }))
    }
}

/// Label and value in both languages.
const PAIRS: [[&str; 4]; 8] = [
    ["姓名", "*知远", "Name", "*知远"],
    ["联系电话", "190 0000 0000", "Telephone", "190 0000 0000"],
    [
        "通信地址",
        "示范市示范区人民东路 128 号新城花园 3 号楼 502 室",
        "Postal address",
        "Room 502, Building 3, 128 Renmin East Road, Shifan",
    ],
    ["邮政编码", "190001", "Postcode", "190001"],
    ["申请日期", "2026年11月25日", "Date", "25 November 2026"],
    ["险种", "城镇职工基本养老保险", "Insurance", "Employees' basic pension insurance"],
    ["领取方式", "现场自取", "Delivery", "Collect it at the hall"],
    ["银行卡", "示范银行 尾号 0001", "Bank card", "Shifan Bank, ends in 0001"],
];

fn pair(say: Say, [label_zh, value_zh, label_en, value_en]: [&str; 4]) -> Pair {
    Pair { label: say.of(label_zh, label_en), value: say.of(value_zh, value_en), strong: false, change: None }
}

/// Every pair but the name, which the card tells, can be changed.
fn changeable(say: Say, (n, texts): (u16, [&str; 4])) -> Pair {
    let label = say.of(&format!("修改{}", texts[0]), &format!("Change {}", texts[2].to_lowercase()));
    let change = Button { hint: say.of("修改", "Change"), ..key(&label, Intent::Choose(n)) };
    Pair { change: (n > 0).then_some(change), ..pair(say, texts) }
}

fn summary(say: Say, rows: usize) -> Summary {
    Summary {
        tone: Tone::Info,
        topic: say.of("个人基本信息变更", "Change of personal data"),
        title: say.of("请核对后提交", "Check, then submit"),
        rows: (0..).zip(PAIRS).take(rows).map(|row| changeable(say, row)).collect(),
        lines: vec![
            say.of(
                "提交即表示您确认以上内容真实，并同意经办机构核验。",
                "By submitting you state that this is true and may be checked.",
            ),
            say.of("提交后 10 个工作日内办结。", "It will be settled within 10 working days."),
        ],
        qr: String::new(),
        position: say.of("第 1 页，共 2 页", "Page 1 of 2"),
        previous: greyed(say.previous()),
        next: say.next(),
        primary: Some(say.button("确认提交", "Submit", Intent::Confirm, Icon::Ok)),
        secondary: None,
        back: say.back(),
        code: String::new(),
    }
}

/// Little to read: the last page of it.
fn last_of_summary(say: Say) -> Summary {
    Summary {
        rows: (0..).zip(PAIRS).skip(6).map(|row| changeable(say, row)).collect(),
        position: say.of("第 2 页，共 2 页", "Page 2 of 2"),
        previous: say.previous(),
        next: greyed(say.next()),
        ..summary(say, 0)
    }
}

fn outcome(say: Say) -> Summary {
    let code = Pair { strong: true, ..pair(say, ["取件码", "58 3027", "Pick-up code", "58 3027"]) };
    let rows = [
        ["办理事项", "个人基本信息变更", "Service", "Change of personal data"],
        ["办结期限", "2026年12月9日前", "Settled by", "9 December 2026"],
    ];
    Summary {
        tone: Tone::Ok,
        title: say.of("已提交，等待审核", "Submitted, to be checked"),
        rows: std::iter::once(code).chain(rows.map(|row| pair(say, row))).collect(),
        lines: vec![
            say.of(
                "用手机扫描二维码可查看进度，或拨打 12333。",
                "Scan the code with a telephone to follow it, or call 12333.",
            ),
            say.of(
                "请在 12 月 9 日后带身份证到 3 号窗口领取。",
                "Collect it at window 3 after 9 December, with your identity card.",
            ),
        ],
        qr: "https://agency.example.invalid/cases/SF-20261125-000017?check=7K2M9QX4".to_owned(),
        position: String::new(),
        previous: None,
        next: None,
        primary: Some(say.button("打印回执", "Print receipt", Intent::Confirm, Icon::Printer)),
        secondary: Some(say.button("不打印，继续办事", "Go on without", Intent::Choose(0), Icon::None)),
        back: None,
        code: say.of("办件编号 SF-20261125-000017", "Case SF-20261125-000017"),
        ..summary(say, 0)
    }
}

fn not_done(say: Say) -> Summary {
    Summary {
        tone: Tone::Stop,
        title: say.of("没有提交：本月已申报过", "Not submitted: declared already this month"),
        rows: PAIRS.into_iter().take(2).map(|row| pair(say, row)).collect(),
        lines: vec![
            say.of("您的资料没有改变，也没有打印任何材料。", "Your data have not changed, and nothing was printed."),
            say.of("下月 1 日起可以再次申报。", "You can declare again from the first of next month."),
        ],
        qr: String::new(),
        primary: Some(say.button("返回首页", "Back to start", Intent::Confirm, Icon::Home)),
        secondary: None,
        back: say.back(),
        ..outcome(say)
    }
}

/// As many options, and each text as long, as a terminal takes from an agency ([`contract::message::Questionnaire::flaw`]).
fn questionnaire(say: Say, six: bool) -> Choose {
    let words = Words::of(say.0);
    let many = [
        ("工作人员办", "Hall staff."),
        ("家人朋友办", "My family.."),
        ("自己慢慢办", "On my own.."),
        ("问了人再办", "I had asked"),
        ("去窗口再办", "At a window"),
        ("不愿意再说", "Not to say."),
    ];
    let long = [
        ("工作人员帮着办的", "Staff helped all"),
        ("家人朋友帮着办的", "Family or friend"),
        ("自己办但问了别人", "On my own, asked"),
        ("没办完又去了窗口", "Later, at window"),
    ];
    let options = if six { &many[..] } else { &long };
    let chosen = |(n, (zh, en)): (u16, &(&str, &str))| {
        let (zh, en) = (format!("{} {zh}", n + 1), format!("{} {en}", n + 1));
        say.button(&zh, &en, Intent::Choose(n), Icon::None)
    };
    Choose {
        topic: words.fill("questionnaire.topic", &[("number", "5"), ("count", "5")]),
        title: say.of("今天办事过程感觉怎么样", "How was it all, for you?"),
        hint: String::new(),
        choices: (0..).zip(options).map(chosen).collect(),
        back: Some(key(words.get("questionnaire.leave"), Intent::Back)),
        skip: Some(key(words.get("questionnaire.skip"), Intent::NextPage)),
    }
}

/// Name and second line in both languages.
const TILES: [[&str; 4]; 8] = [
    [
        "城乡居民养老保险参保登记",
        "第一次参保的居民",
        "Residents' pension: enrolment",
        "For residents who enrol for the first time",
    ],
    ["个人基本信息变更", "电话、地址、邮编", "Change of personal data", "Telephone, address, postcode"],
    ["养老保险关系转移接续", "换城市工作后", "Transfer of pension insurance", "After moving to work elsewhere"],
    [
        "灵活就业人员缴费申报",
        "本月申报，次月扣款",
        "Contributions of the self-employed",
        "Declared now, paid next month",
    ],
    ["待遇资格认证", "每年一次", "Proof of entitlement", "Once a year"],
    ["失业保险金申领", "凭终止劳动合同证明", "Unemployment benefit", "With proof that the contract ended"],
    ["工伤待遇查询", "按案件查看", "Work-injury benefits", "Case by case"],
    ["社保缴费证明打印", "A4 一张，带验证码", "Certificate of contributions", "One A4 sheet with a code"],
];

fn home(say: Say, tiles: usize) -> Home {
    let icons = [Icon::Certificate, Icon::List, Icon::Building, Icon::Savings, Icon::Shield, Icon::Calendar];
    let tile = |((n, icon), [name_zh, hint_zh, name_en, hint_en]): ((u16, Icon), [&str; 4])| Button {
        hint: say.of(hint_zh, hint_en),
        ..say.button(name_zh, name_en, Intent::Choose(n), icon)
    };
    Home {
        greeting: say.of("*知远，您好", "Hello, *知远"),
        title: say.of("请选择要办的事", "What would you like to do?"),
        tiles: (0..).zip(icons.into_iter().cycle()).zip(TILES).take(tiles).map(tile).collect(),
        notices: Vec::new(),
        position: say.of("第 2 页，共 3 页", "Page 2 of 3"),
        previous: say.previous(),
        next: say.next(),
        back: say.back(),
    }
}

/// A group on one page, while two printers do not work.
fn group(say: Say, tiles: usize) -> Home {
    Home {
        notices: vec![
            say.of("凭条打印机缺纸，不能打印凭条。", "The receipt printer is out of paper."),
            say.of("A4 打印机卡纸，不能打印证明。", "The page printer is jammed, no certificates now."),
        ],
        position: String::new(),
        previous: None,
        next: None,
        ..home(say, tiles)
    }
}
