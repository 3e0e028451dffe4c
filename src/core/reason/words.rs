//! Reasons as text: one line for all of them, and their hidden values for
//! `plan --show-env`.

use std::fmt;

use serde_json::Value;

use crate::core::reason::{Change, Reason};
use crate::core::settings::secret::Secret;

/// Reasons in one line: `instances 1 → 2; env.PORT, args changed; env.OLD removed`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct InOneLine<'a>(pub &'a [Reason]);

impl fmt::Display for InOneLine<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut groups: Vec<String> = Vec::new();
        for reason in self.0 {
            groups.extend(reason.message.as_ref().map(|message| match &reason.place {
                Some(place) => format!("{message} ({place})"),
                None => message.clone(),
            }));
            if let (Some(from), Some(to)) = (&reason.from, &reason.to) {
                groups.push(format!("{} {} → {}", reason.field, plain(from), plain(to)));
            }
        }
        for (change, verb) in
            [(Change::Changed, "changed"), (Change::Added, "added"), (Change::Removed, "removed")]
        {
            let alike = |reason: &&Reason| {
                let shown = reason.from.is_some() && reason.to.is_some();
                reason.change == Some(change) && !shown
            };
            let fields: Vec<&str> = self.0.iter().filter(alike).map(|reason| reason.field.as_str()).collect();
            if !fields.is_empty() {
                groups.push(format!("{} {verb}", fields.join(", ")));
            }
        }
        f.write_str(&groups.join("; "))
    }
}

/// The hidden values of a reason, for `plan --show-env`:
/// `env.PORT: 4001 → 4002`.
pub(crate) fn revealed(reason: &Reason) -> Option<String> {
    let either = |hidden: &Option<Secret>, shown: &Option<Value>| {
        hidden.as_ref().map(Secret::reveal).or_else(|| shown.as_ref().map(plain))
    };
    let (from, to) = (&reason.hidden.from, &reason.hidden.to);
    if from.is_none() && to.is_none() {
        return None;
    }
    let old = either(from, &reason.from);
    let new = either(to, &reason.to);
    Some(match (old, new) {
        (Some(old), Some(new)) => format!("{}: {old} → {new}", reason.field),
        (None, Some(new)) => format!("{}: {new}", reason.field),
        (Some(old), None) => format!("{}: {old}, removed", reason.field),
        (None, None) => return None,
    })
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
