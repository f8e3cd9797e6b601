//! The journeys, good ones first: what each does stands in `good` and `mishap`, how each must end stands here.

use super::{
    Ending, Journey, books, broken, cabinet, card_pin, disk, filing, good, identity, later, line, mail, mishap,
    offline, opinion, retention,
};

const NOTHING: Ending = Ending { pages: "", journal: &[], documents: 0, receipts: 0, sheets: 0 };

/// Every journey.
#[must_use]
pub fn all() -> Vec<Journey> {
    let groups = [
        without_mishap(),
        with_pins(),
        with_cards(),
        identity::journeys(),
        with_the_receipt_printer(),
        with_the_page_printer(),
        with_the_cabinet(),
        with_the_agency(),
        with_filings(),
        card_pin::journeys(),
        opinion::journeys(),
        broken::journeys(),
        later::journeys(),
        mail::journeys(),
        offline::journeys(),
        disk::journeys(),
        line::journeys(),
        retention::journeys(),
        books::journeys(),
    ];
    groups.into_iter().flatten().collect()
}

fn without_mishap() -> Vec<Journey> {
    vec![
        Journey {
            name: "contributions-slip",
            tells: "card, PIN, 缴费明细, table, slip without amounts, take slip, take card",
            play: good::contributions_slip,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table slip-choice printing printed farewell welcome",
                journal: &[("slip", "Q02", "printed")],
                receipts: 1,
                ..NOTHING
            },
        },
        Journey {
            name: "contributions-slip-amounts",
            tells: "the same with amounts on the slip, for somebody whose name has a rare character",
            play: good::contributions_slip_amounts,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table slip-choice printing printed farewell welcome",
                journal: &[("slip", "Q02", "printed")],
                receipts: 1,
                ..NOTHING
            },
        },
        Journey {
            name: "narrow-printer",
            tells: "58 mm paper and a ROM without the rare character: the name is drawn as a picture",
            play: good::narrow_printer,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table slip-choice printing printed farewell welcome",
                journal: &[("slip", "Q02", "printed")],
                receipts: 1,
                ..NOTHING
            },
        },
        Journey {
            name: "insurance-certificate",
            tells: "参保证明: the agency issues, the page printer prints, only its word makes it printed",
            play: good::insurance_certificate,
            ending: Ending {
                pages: "welcome reading pin checking home form printing printed farewell welcome",
                journal: &[("certificate", "P01", "printed")],
                documents: 1,
                sheets: 1,
                ..NOTHING
            },
        },
        Journey {
            name: "english-large-text",
            tells: "a visit in English at the largest size; the next person finds Chinese at the standard size",
            play: good::english_large_text,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table farewell welcome",
                ..NOTHING
            },
        },
        Journey {
            name: "vendor-bridges",
            tells: "motorised reader and security module behind vendor bridges: the agency's module where the terminal's fails; a mute card comes back",
            play: good::vendor_bridges,
            ending: Ending {
                pages: "welcome reading pin checking home farewell welcome reading pin checking home farewell welcome \
                        card-fault welcome",
                ..NOTHING
            },
        },
        Journey {
            name: "forgotten-card",
            tells: "a card that nobody takes from a motorised reader is kept in its bin and counted; the staff read it",
            play: good::forgotten_card,
            ending: Ending { pages: "welcome reading pin checking home farewell welcome", ..NOTHING },
        },
    ]
}

fn with_pins() -> Vec<Journey> {
    vec![
        Journey {
            name: "wrong-pin",
            tells: "tries are read from the card and shown; at one left the kiosk stops and never spends it",
            play: mishap::wrong_pin,
            ending: Ending {
                pages: "welcome reading pin checking pin checking last-try welcome reading last-try welcome",
                ..NOTHING
            },
        },
        Journey {
            name: "wrong-pin-untold",
            tells: "a card that will not tell its tries gets one attempt an insertion, and the page says so",
            play: mishap::wrong_pin_untold,
            ending: Ending {
                pages: "welcome reading pin checking wrong-pin-untold welcome reading pin checking home farewell welcome",
                ..NOTHING
            },
        },
        Journey {
            name: "pin-locked",
            tells: "a locked card is sent to the window before anything is typed",
            play: mishap::pin_locked,
            ending: Ending { pages: "welcome reading pin-locked welcome", ..NOTHING },
        },
    ]
}

fn with_cards() -> Vec<Journey> {
    vec![
        Journey {
            name: "card-pulled",
            tells: "pulled on each page and put back: content hides at once, the PIN is asked anew, the page comes back",
            play: mishap::card_pulled,
            ending: Ending {
                pages: "welcome reading pin welcome \
                        reading pin checking home gone reading pin checking home \
                        form gone reading pin checking form fetching table gone reading pin checking table \
                        slip-choice gone reading pin checking slip-choice printing printed gone reading pin checking printed \
                        gone farewell welcome",
                journal: &[("slip", "Q02", "printed")],
                receipts: 1,
                ..NOTHING
            },
        },
        Journey {
            name: "card-pulled-while-printing",
            tells: "the slip comes out, the page stays hidden, the visit ends when the card does not come back",
            play: mishap::card_pulled_while_printing,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table slip-choice printing gone farewell welcome",
                journal: &[("slip", "Q02", "printed")],
                receipts: 1,
                ..NOTHING
            },
        },
        Journey {
            name: "quick-swap",
            tells: "another card within the grace is a new visit, never the old one",
            play: mishap::quick_swap,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table gone reading pin checking home farewell welcome",
                ..NOTHING
            },
        },
        Journey {
            name: "idle-citizen",
            tells: "warning, more time, warning, farewell; the screen forgets",
            play: mishap::idle_citizen,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table farewell welcome",
                ..NOTHING
            },
        },
        Journey {
            name: "reader-daemon-restarts",
            tells: "pcscd dies and comes back: content hides, the same card and PIN resume the visit",
            play: mishap::reader_daemon_restarts,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table gone reading pin checking table farewell welcome",
                ..NOTHING
            },
        },
        Journey {
            name: "reader-daemon-hangs",
            tells: "pcscd hangs without dying while it checks a PIN: the citizen is told, the terminal closes and opens again",
            play: mishap::reader_daemon_hangs,
            ending: Ending {
                pages: "welcome reading pin checking welcome reading pin checking home farewell welcome",
                ..NOTHING
            },
        },
        Journey {
            name: "cards-that-cannot-be-served",
            tells: "lost, expired, unknown, foreign, garbled and mute cards: each has its own page and a way on",
            play: mishap::cards_that_cannot_be_served,
            ending: Ending {
                pages: "welcome reading pin checking problem welcome reading card-expired welcome \
                        reading pin checking problem welcome reading card-fault welcome reading card-fault welcome \
                        reading card-fault welcome card-fault reading pin welcome",
                ..NOTHING
            },
        },
    ]
}

fn with_the_receipt_printer() -> Vec<Journey> {
    vec![
        Journey {
            name: "receipt-paper-out-refilled",
            tells: "paper ends in the middle of a slip; a refill lets it go on while its owner waits",
            play: mishap::receipt_paper_out_refilled,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table slip-choice printing printed farewell welcome",
                journal: &[("slip", "Q02", "printed")],
                receipts: 1,
                ..NOTHING
            },
        },
        Journey {
            name: "receipt-paper-out-abandoned",
            tells: "paper ends and the owner leaves: the rest is never printed, the next person is told the truth",
            play: mishap::receipt_paper_out_abandoned,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table slip-choice printing farewell welcome \
                        reading pin checking home form fetching table slip-choice printing printed farewell welcome",
                journal: &[("slip", "Q02", "unknown"), ("slip", "Q02", "printed")],
                receipts: 2,
                ..NOTHING
            },
        },
        Journey {
            name: "receipt-never-answers",
            tells: "the printer takes the slip and says nothing: nobody claims that it was printed",
            play: mishap::receipt_never_answers,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table slip-choice printing print-unknown farewell welcome",
                journal: &[("slip", "Q02", "unknown")],
                receipts: 1,
                ..NOTHING
            },
        },
        Journey {
            name: "power-cut-while-printing",
            tells: "the terminal dies with a slip on its way: after the start the journal says unknown, never printed, and the agency hears it",
            play: mishap::power_cut_while_printing,
            ending: Ending { pages: "welcome", journal: &[("slip", "Q02", "unknown")], receipts: 1, ..NOTHING },
        },
        Journey {
            name: "receipt-answers-falsely",
            tells: "the printer says done while its paper is out: it is not believed",
            play: mishap::receipt_answers_falsely,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table slip-choice printing print-unknown farewell welcome",
                journal: &[("slip", "Q02", "unknown")],
                receipts: 1,
                ..NOTHING
            },
        },
        Journey {
            name: "receipt-answers-junk",
            tells: "the receipt printer talks nonsense: it closes, everything else goes on",
            play: mishap::receipt_answers_junk,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table farewell welcome",
                ..NOTHING
            },
        },
    ]
}

fn with_the_page_printer() -> Vec<Journey> {
    vec![
        Journey {
            name: "page-paper-out-refilled",
            tells: "the page printer waits for paper; a refill lets the certificate come out",
            play: mishap::page_paper_out_refilled,
            ending: Ending {
                pages: "welcome reading pin checking home form printing printed farewell welcome",
                journal: &[("certificate", "P01", "printed")],
                documents: 1,
                sheets: 1,
                ..NOTHING
            },
        },
        Journey {
            name: "page-paper-out-abandoned",
            tells: "the page printer waits for paper, the owner leaves, the printer keeps the job: it serves nobody until that is out",
            play: mishap::page_paper_out_abandoned,
            ending: Ending {
                pages: "welcome reading pin checking home form printing farewell welcome",
                journal: &[("certificate", "P01", "unknown")],
                documents: 1,
                sheets: 1,
                ..NOTHING
            },
        },
        Journey {
            name: "page-holds-over-starts",
            tells: "the printer keeps the sheet of somebody who has left, the program panics, the power goes: it serves nobody until that is out",
            play: mishap::page_holds_over_starts,
            ending: Ending {
                pages: "welcome reading pin checking home farewell welcome \
                        reading pin checking home form printing printed farewell welcome",
                journal: &[("certificate", "P01", "unknown"), ("certificate", "P01", "printed")],
                documents: 2,
                sheets: 2,
                ..NOTHING
            },
        },
        Journey {
            name: "page-jam",
            tells: "the page printer gives the job up: the page says so and sends to the staff",
            play: mishap::page_jam,
            ending: Ending {
                pages: "welcome reading pin checking home form printing print-unknown home farewell welcome",
                journal: &[("certificate", "P01", "unknown")],
                documents: 1,
                ..NOTHING
            },
        },
    ]
}

fn with_the_cabinet() -> Vec<Journey> {
    vec![
        Journey {
            name: "guidance-light",
            tells: "the slot shines for who comes near, then each page lets its own place shine and no other",
            play: cabinet::guidance_light,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table slip-choice printing printed farewell welcome",
                journal: &[("slip", "Q02", "printed")],
                receipts: 1,
                ..NOTHING
            },
        },
        Journey {
            name: "number-pad",
            tells: "PIN, menus and leaving with tactile keys alone; a pad that is pulled comes back by itself",
            play: cabinet::number_pad,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table farewell welcome",
                ..NOTHING
            },
        },
        Journey {
            name: "fire-alarm",
            tells: "the alarm ends the visit, asks for the card in two languages and goes when the alarm goes",
            play: cabinet::fire_alarm,
            ending: Ending { pages: "welcome reading pin checking home evacuation welcome", ..NOTHING },
        },
        Journey {
            name: "fire-alarm-while-printing",
            tells: "the alarm while a slip waits for paper: cancelled, never printed later, and nobody claims to know",
            play: cabinet::fire_alarm_while_printing,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching table slip-choice printing evacuation farewell welcome",
                journal: &[("slip", "Q02", "unknown")],
                receipts: 1,
                ..NOTHING
            },
        },
        Journey {
            name: "mains-lost",
            tells: "on battery people are told to hurry; with the battery low the visit ends, and the page says why",
            play: cabinet::mains_lost,
            ending: Ending {
                pages: "welcome reading pin checking home farewell welcome out-of-service welcome",
                ..NOTHING
            },
        },
        Journey {
            name: "cabinet-tampered-with",
            tells: "an open door ends nothing, the call button helps, a forced cabinet ends the visit and closes the terminal",
            play: cabinet::cabinet_tampered_with,
            ending: Ending { pages: "welcome reading pin checking home farewell welcome", ..NOTHING },
        },
    ]
}

fn with_filings() -> Vec<Journey> {
    vec![
        Journey {
            name: "filing-reply-lost",
            tells: "the agency files and never answers: the terminal asks by the act id and shows the case, filed once",
            play: filing::filing_reply_lost,
            ending: Ending {
                pages: "welcome reading pin checking home fetching review checking witness checking review filing filed farewell welcome",
                journal: &[("case", "F01", "filed")],
                ..NOTHING
            },
        },
        Journey {
            name: "filing-reply-damaged",
            tells: "the agency files, and what it says is damaged on the way: result awaited, not \"not filed\"; after the visit it is found, filed once",
            play: filing::filing_reply_damaged,
            ending: Ending {
                pages: "welcome reading pin checking home fetching review checking witness checking review filing file-unknown farewell welcome",
                journal: &[("case", "F01", "filed")],
                ..NOTHING
            },
        },
        Journey {
            name: "filing-not-taken",
            tells: "the agency breaks before it files: result awaited, never filed again; after the visit it is known as not filed",
            play: filing::filing_not_taken,
            ending: Ending {
                pages: "welcome reading pin checking home fetching review checking witness checking review filing file-unknown farewell welcome",
                journal: &[("case", "F01", "not_filed")],
                ..NOTHING
            },
        },
        Journey {
            name: "power-cut-while-filing",
            tells: "power goes while the agency files: the terminal asks when it is back, and files nothing",
            play: filing::power_cut_while_filing,
            ending: Ending { pages: "welcome", journal: &[("case", "F01", "filed")], ..NOTHING },
        },
        Journey {
            name: "killed-to-file-without-end",
            tells: "somebody files as often as an hour may have and switches the terminal off and on: it knows what it has brought",
            play: filing::killed_to_file_without_end,
            ending: Ending { pages: "welcome home welcome", journal: &[("case", "F18", "filed")], ..NOTHING },
        },
    ]
}

fn with_the_agency() -> Vec<Journey> {
    vec![
        Journey {
            name: "agency-unreachable-before",
            tells: "the agency is down: the sign-in says so, the welcome page closes, and it opens by itself",
            play: mishap::agency_unreachable_before,
            ending: Ending { pages: "welcome reading pin checking agency-fault farewell welcome", ..NOTHING },
        },
        Journey {
            name: "agency-unreachable-during",
            tells: "the agency goes down behind the home page: nothing is shown, and what needs it is not offered any more",
            play: mishap::agency_unreachable_during,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching agency-fault home farewell welcome",
                ..NOTHING
            },
        },
        Journey {
            name: "agency-answers-about-another",
            tells: "an answer that is bound to another person is thrown away",
            play: mishap::agency_answers_about_another,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching mismatch farewell welcome",
                ..NOTHING
            },
        },
        Journey {
            name: "agency-is-somebody-else",
            tells: "another server answers at the agency's address: nothing is sent to it, the page says so",
            play: mishap::agency_is_somebody_else,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching agency-fault farewell welcome",
                ..NOTHING
            },
        },
        Journey {
            name: "provider-silent",
            tells: "the card system does not answer: its items rest with the reason, the others go on",
            play: mishap::provider_silent,
            ending: Ending {
                pages: "welcome reading pin checking home fetching problem home fetching table home fetching table farewell welcome",
                ..NOTHING
            },
        },
        Journey {
            name: "agency-answers-junk",
            tells: "junk and ten megabytes instead of records: a page that says so, no panic",
            play: mishap::agency_answers_junk,
            ending: Ending {
                pages: "welcome reading pin checking home form fetching agency-fault home form fetching agency-fault farewell welcome",
                ..NOTHING
            },
        },
    ]
}
