//! A card that is not active yet.

use serde_json::json;

use super::{Visit, code, contact};
use crate::calls::tests::Hall;
use crate::cases::effect;

/// Place in personas.toml, from 0.
const NOT_ACTIVE: usize = 5;

#[test]
fn a_card_that_is_not_active_opens_everything() {
    let hall = Hall::open();
    let who = hall.visit(NOT_ACTIVE);
    let (_, signed_in) = hall.sign_in(NOT_ACTIVE, &who.visit);
    assert_eq!((&signed_in["only"], &signed_in["only_because"]), (&json!(["F11"]), &json!("card_frozen")));
    assert_eq!(code(&hall.prefill(&who, "F02")), "card_frozen");
    assert_eq!(code(&hall.file(&who, "F02", 1, &contact("13800000098"))), "card_frozen");
    let case = hall.filed(&who, "F11", 2, &json!({}));
    assert_eq!(case["stage"], "delivered");
    // What was signed in then stays as it was; the next visit finds a good card.
    assert_eq!(code(&hall.prefill(&who, "F02")), "card_frozen");
    let visit = format!("{:032x}", 77);
    let (_, signed_in) = hall.sign_in(NOT_ACTIVE, &visit);
    assert_eq!((&signed_in["only"], &signed_in["only_because"]), (&json!([]), &json!(null)));
    let next = Visit { visit, session: signed_in["session"].clone() };
    assert_eq!(hall.prefill(&next, "F02").0, 200);
    assert_eq!(code(&hall.prefill(&next, "F11")), "not_eligible");
}

#[test]
fn a_restart_forgets_that_a_card_is_active() {
    let hall = Hall::open();
    let who = hall.visit(NOT_ACTIVE);
    hall.filed(&who, "F11", 1, &json!({}));
    let state = |hall: &Hall| -> String {
        let read = |db: &rusqlite::Connection| {
            db.query_row("SELECT state FROM cards WHERE number = 'X00000089'", [], |row| row.get(0))
        };
        hall.agency.store.transact::<_, rusqlite::Error>(read).unwrap()
    };
    assert_eq!(state(&hall), "normal");
    let set = |sql: &'static str| {
        hall.agency.store.transact::<_, rusqlite::Error>(|db| db.execute(sql, [])).unwrap();
    };
    set("UPDATE cards SET state = 'frozen' WHERE number = 'X00000089'");
    hall.agency.store.transact::<_, rusqlite::Error>(effect::lay_over).unwrap();
    assert_eq!(state(&hall), "normal");
    // A card that was reported lost since is not found again by an old case.
    set("UPDATE cards SET state = 'lost' WHERE number = 'X00000089'");
    hall.agency.store.transact::<_, rusqlite::Error>(effect::lay_over).unwrap();
    assert_eq!(state(&hall), "lost");
}
