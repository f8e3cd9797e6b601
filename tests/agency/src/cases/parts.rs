//! Who else had a part in a case: a member of staff who saw the person, somebody who acted for them. Kept with the case and told to its
//! owner.

use contract::catalogue::Text;
use contract::format::mask_name;
use contract::message::{Cell, Figure};
use rusqlite::{Connection, Error, OptionalExtension, params};

use crate::language::Language;
use crate::store;

/// Who had a part.
pub struct Parts {
    /// 工号 of the witness.
    pub witness: Option<String>,
    /// Who acted, by place in the register, and the number of the authority.
    pub agent: Option<(i64, String)>,
}

impl Parts {
    /// Writes them down.
    pub fn keep(&self, db: &Connection, case: i64) -> Result<(), Error> {
        let agent = self.agent.as_ref().map(|(person, mandate)| format!("{person} {mandate}"));
        let parts = [("witness", self.witness.clone()), ("agent", agent)];
        for (part, who) in parts.into_iter().filter_map(|(part, who)| who.map(|who| (part, who))) {
            let sql = "INSERT INTO case_parts (of_case, part, who) VALUES (?1, ?2, ?3)";
            db.execute(sql, params![case, part, who])?;
        }
        Ok(())
    }

    /// Those of this case.
    pub fn of(db: &Connection, case: i64) -> Result<Self, Error> {
        let part = |part: &str| {
            let sql = "SELECT who FROM case_parts WHERE of_case = ?1 AND part = ?2";
            db.query_row(sql, params![case, part], |row| row.get::<_, String>(0)).optional()
        };
        let agent = part("agent")?.and_then(|who| {
            let (person, mandate) = who.split_once(' ')?;
            Some((person.parse().ok()?, mandate.to_owned()))
        });
        Ok(Self { witness: part("witness")?, agent })
    }

    /// As the case's owner reads them; the agent's name is masked.
    pub fn told(&self, db: &Connection, language: Language) -> Result<Vec<Figure>, Error> {
        let figure = |zh: &str, en: &str, value: String| Figure {
            label: Text { zh: zh.to_owned(), en: en.to_owned() }.in_language(language.tag()).to_owned(),
            value: Cell::Text(value),
        };
        let witness = self.witness.as_ref().map(|staff| figure("见证人工号", "Witness, staff number", staff.clone()));
        let agent = match &self.agent {
            Some((person, mandate)) => {
                let name = store::person_by_place(db, *person)?.map(|person| mask_name(&person.name));
                Some(figure("代办人", "Acted by", format!("{}（{mandate}）", name.unwrap_or_default())))
            }
            None => None,
        };
        Ok(witness.into_iter().chain(agent).collect())
    }
}
