//! The names of a case: 办件编号 (domain 1.4: item 31, day 8, serial 4) and the eight digits that people say and type. Must never hand out
//! a pick-up code that can be worked out from another.

use contract::catalogue::Item;
use rusqlite::{Connection, params};

use super::Ask;
use crate::calls::Refusal;
use crate::random;

/// 统一社会信用代码 of this invented agency; its check digit is right.
const AGENCY: &str = "1119000119A0B0C13M";

/// 公共服务, the type that follows the agency in 事项编码.
const TYPE: char = '7';

/// Draws before an agency with that many open cases is taken for broken: with a million of them, one draw in a hundred is taken.
const DRAWS_MAX: u32 = 32;

/// The number of the next case of this item today.
pub fn next(ask: &Ask<'_>) -> Result<String, Refusal> {
    let day = ask.today;
    let head = format!("{}{:04}{:02}{:02}", item_code(ask.item), day.year(), day.month(), day.day());
    let sql = "SELECT count(*) FROM cases WHERE substr(number, 1, 39) = ?1";
    let before: u32 = ask.db.query_row(sql, [&head], |row| row.get(0))?;
    let serial = before + 1;
    if serial > 9999 {
        return Err(Refusal::Broken("more cases of one item than a day has numbers".to_owned()));
    }
    Ok(format!("{head}{serial:04}"))
}

/// 事项编码 without its implementation digits. Where the national list gives none, a base of our own that begins with 999, which no class has.
fn item_code(item: &Item) -> String {
    if let Some(code) = item.code.get(..31) {
        return code.to_owned();
    }
    let own: String = item.id.chars().filter(char::is_ascii_digit).collect();
    format!("{AGENCY}{TYPE}999{own:0>9}")
}

/// Eight random digits that no open case has.
pub fn pick_up(db: &Connection) -> Result<String, Refusal> {
    for _ in 0..DRAWS_MAX {
        let drawn = u64::from_be_bytes(random::bytes()?) % 100_000_000;
        let code = format!("{drawn:08}");
        let sql = "SELECT count(*) FROM cases WHERE pick_up = ?1
                   AND stage NOT IN ('refused', 'rejected', 'delivered', 'withdrawn')";
        let taken: i64 = db.query_row(sql, params![code], |row| row.get(0))?;
        if taken == 0 {
            return Ok(code);
        }
    }
    Err(Refusal::Broken("no pick-up code is free".to_owned()))
}
