//! What a change of the definitions would do where the old ones are applied:
//! the plan between two desired sets, with no PM2 and no machine to ask.

use crate::core::definition::desired::Desired;
use crate::core::plan::{Action, EMPTY, KEEP, LeaveReason, NAMELESS, Plan, Planned, Unchanged};
use crate::core::reason::{Cause, Reason, differences};
use crate::core::settings::Removed;

/// What has to be done to come from `base`, as if it ran, to `head`. `removed`
/// is the policy that `head` has for apps whose definition is gone.
pub(crate) fn compare(base: &Desired, head: &Desired, removed: Removed) -> Plan {
    let mut plan = Plan::default();
    for (name, before) in base.apps.iter().map(|app| (app.definition.name(), app)) {
        if !head.speaks_of(name) {
            let (action, reasons) = removal(head, removed);
            plan.actions.push(Planned { app: name.to_owned(), action, reasons, place: before.place.clone() });
        }
    }
    let mut starts = Vec::new();
    for app in &head.apps {
        let name = app.definition.name();
        let definition = app.definition.clone();
        let planned =
            |action, reasons| Planned { app: name.to_owned(), action, reasons, place: app.place.clone() };
        let Some(before) = base.get(name) else {
            let why = if base.speaks_of(name) { "it could not be applied before" } else { "it is new" };
            let reasons = vec![Reason::app(Cause::Missing, why)];
            starts.push(planned(Action::Start { definition }, reasons));
            continue;
        };
        let reasons = differences(&before.definition, &app.definition);
        if reasons.is_empty() {
            plan.unchanged.push(Unchanged { app: name.to_owned(), owned: true });
        } else {
            let action = Action::Replace { definition, targets: Vec::new(), stopped: false };
            plan.actions.push(planned(action, reasons));
        }
    }
    plan.actions.extend(starts);
    for (name, errors) in head.invalid.iter().chain(&head.nameless) {
        let reasons = errors.iter().map(|error| Reason::app(Cause::Invalid, error.message.clone())).collect();
        let place = errors.iter().find_map(|error| error.place.clone());
        plan.actions.push(Planned {
            app: name.clone(),
            action: Action::Leave(LeaveReason::Invalid),
            reasons,
            place,
        });
    }
    plan
}

/// What becomes of an app whose definition is gone.
fn removal(head: &Desired, removed: Removed) -> (Action, Vec<Reason>) {
    let mut reasons = vec![Reason::app(Cause::Removed, "its definition is gone")];
    let targets = Vec::new();
    let kept = if !head.nameless.is_empty() {
        Some(NAMELESS)
    } else if head.is_empty() {
        Some(EMPTY)
    } else {
        (removed == Removed::Keep).then_some(KEEP)
    };
    if let Some(why) = kept {
        reasons.push(Reason::app(Cause::Policy, why));
        return (Action::Leave(LeaveReason::Kept), reasons);
    }
    let action = match removed {
        Removed::Stop => Action::Stop { targets },
        Removed::Ask => Action::Leave(LeaveReason::Asked),
        Removed::Delete | Removed::Keep => Action::Remove { targets },
    };
    (action, reasons)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::{Value, json};

    use super::compare;
    use crate::core::definition::desired::Desired;
    use crate::core::plan::Plan;
    use crate::core::reason::words::InOneLine;
    use crate::core::settings::Removed;

    fn desired(exports: &Value) -> Desired {
        Desired::of(exports, &BTreeMap::new(), None).unwrap()
    }

    fn lines(plan: &Plan) -> Vec<String> {
        let line = |planned: &crate::core::plan::Planned| {
            format!("{} {}: {}", planned.action.verb().word(), planned.app, InOneLine(&planned.reasons))
        };
        plan.actions.iter().map(line).collect()
    }

    #[test]
    fn each_app_is_started_replaced_removed_or_left_alone() {
        let base = desired(&json!({"apps": [
            {"name": "same", "script": "a.js", "kill_timeout": "5"},
            {"name": "changed", "script": "a.js", "env": {"PORT": 1}},
            {"name": "gone", "script": "a.js"},
            {"name": "broken", "script": "a.js", "kill_timeout": "2s"},
        ]}));
        let head = desired(&json!({"apps": [
            {"name": "new", "script": "a.js"},
            {"name": "changed", "script": "a.js", "env": {"PORT": 2}},
            {"name": "same", "script": "a.js", "killTimeout": 5},
            {"name": "broken", "script": "a.js"},
            {"name": "worse", "script": "a.js", "kill_timeout": "2s"},
        ]}));
        let plan = compare(&base, &head, Removed::Delete);
        let lines = lines(&plan);
        assert_eq!(
            &lines[..4],
            [
                "remove gone: its definition is gone",
                "replace changed: env.PORT changed",
                "start new: it is new",
                "start broken: it could not be applied before",
            ]
        );
        assert!(lines[4].starts_with("leave worse: "), "{}", lines[4]);
        assert_eq!(plan.unchanged.len(), 1);
    }

    #[test]
    fn the_policy_and_the_guards_decide_over_what_is_gone() {
        let base = desired(&json!([{"name": "gone", "script": "a.js"}, {"name": "same", "script": "a.js"}]));
        let head = desired(&json!([{"name": "same", "script": "a.js"}]));
        let verb = |removed| compare(&base, &head, removed).actions[0].action.verb().word();
        assert_eq!(
            [Removed::Delete, Removed::Stop, Removed::Keep, Removed::Ask].map(verb),
            ["remove", "stop", "leave", "leave"]
        );
        let nameless = desired(&json!([{"name": "same", "script": "a.js"}, {"script": 5}]));
        assert_eq!(compare(&base, &nameless, Removed::Delete).actions[0].action.verb().word(), "leave");
        let empty = compare(&base, &desired(&json!([])), Removed::Delete);
        assert_eq!(
            empty.actions.iter().map(|planned| planned.action.verb().word()).collect::<Vec<_>>(),
            ["leave"; 2]
        );
    }

    #[test]
    fn a_set_differs_from_itself_in_nothing() {
        let set = desired(&json!([{"name": "a", "script": "a.js"}, {"name": "b", "script": "b.js"}]));
        let plan = compare(&set, &set, Removed::Delete);
        assert!(plan.actions.is_empty() && plan.unchanged.len() == 2);
    }
}
