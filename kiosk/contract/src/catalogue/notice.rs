//! What the law wants to be made public of a service item (公示要素, domain 1.3; GB/T 27768 clause 7.1), and since when it holds.

use serde::{Deserialize, Serialize};

use super::Text;
use crate::format::Date;

/// A rule that an item, a material or a refusal rests on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Basis {
    /// Law, regulation or document ("社会保险法").
    pub law: String,
    /// Article or number within it ("第七十四条"); empty where the whole is meant.
    #[serde(default)]
    pub article: String,
}

/// Something the citizen has to bring. Each needs a rule (社会保险经办条例, art. 31: no proof may be demanded without one).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Material {
    /// What it is.
    pub name: Text,
    /// Why it may be demanded.
    pub basis: Basis,
}

/// How long it may take, in working days; 0 is at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// 法定时限.
    pub by_law_working_days: u16,
    /// 承诺时限; never longer.
    pub by_promise_working_days: u16,
}

/// Whom to ask, and to whom to complain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Channels {
    /// 咨询查询途径.
    pub enquiry: Text,
    /// 监督投诉渠道.
    pub complaint: Text,
}

/// Where a text stands in its life (GB/T 27768 clause 6.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Being written.
    Draft,
    /// In force.
    Valid,
    /// No longer: never shown, searched or spoken.
    Withdrawn,
}

/// Who let it into force, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Approval {
    /// Where it stands.
    pub status: Status,
    /// Who approved it: an office or a role, never a private person.
    pub approver: String,
    /// First day, ISO.
    pub effective_from: Date,
    /// Last day, ISO; open where nobody has set one.
    #[serde(default)]
    pub effective_to: Option<Date>,
    /// Day of the last change, ISO.
    pub updated: Date,
}

impl Approval {
    /// Whether it holds on that day.
    #[must_use]
    pub fn in_force(&self, today: Date) -> bool {
        self.status == Status::Valid
            && self.effective_from <= today
            && self.effective_to.is_none_or(|last_day| today <= last_day)
    }
}

/// 行使层级: which level of the administration does it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum AgencyLevel {
    National,
    Province,
    City,
    County,
    Town,
    Village,
}

/// What is made public of an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// 事项简述.
    pub summary: Text,
    /// 服务对象: who may use it.
    pub who: Text,
    /// 设定依据.
    pub bases: Vec<Basis>,
    /// 受理条件.
    #[serde(default)]
    pub conditions: Vec<Text>,
    /// 办理材料.
    #[serde(default)]
    pub materials: Vec<Material>,
    /// 办理时限.
    #[serde(default)]
    pub limits: Limits,
    /// 收费依据及标准.
    pub fee: Text,
    /// 结果送达.
    pub delivery: Text,
    /// 咨询查询途径 and 监督投诉渠道.
    pub channels: Channels,
    /// 行使层级.
    pub agency_level: AgencyLevel,
    /// 区划代码 of the agency, six digits.
    pub region: String,
    /// Since when it holds.
    pub approval: Approval,
}
