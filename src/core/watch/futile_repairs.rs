//! Drift that cannot be repaired: it is tried once, and not again for as long as
//! the app differs in the same way.
//!
//! Otherwise an app that PM2 never runs as defined would be replaced whenever
//! anything else in PM2 changes. Starting what does not run does no harm, and is
//! always tried again.

use std::collections::BTreeSet;

use crate::core::plan::{Action, Plan, Planned};

/// The apps that were replaced in vain, each with the fields that differed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FutileRepairs(BTreeSet<(String, Vec<String>)>);

impl FutileRepairs {
    /// Whether everything in the plan has been tried in vain. What no longer differs
    /// in that way is forgotten.
    pub(crate) fn covers(&mut self, plan: &Plan) -> bool {
        let acting: BTreeSet<_> =
            plan.actions.iter().filter(|planned| planned.action.acts()).map(key).collect();
        self.0.retain(|tried| acting.contains(tried));
        self.0 == acting
    }

    /// What was tried, and of which apps it was in vain.
    pub(crate) fn after(plan: &Plan, in_vain: &BTreeSet<String>) -> Self {
        let tried =
            plan.actions.iter().filter(|planned| planned.action.acts() && in_vain.contains(&planned.app));
        Self(tried.filter(|planned| !matches!(planned.action, Action::Start { .. })).map(key).collect())
    }
}

/// Its values may be other ones each time.
fn key(planned: &Planned) -> (String, Vec<String>) {
    (planned.app.clone(), planned.reasons.iter().map(|reason| reason.field.clone()).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Map;

    use super::FutileRepairs;
    use crate::core::definition::Definition;
    use crate::core::plan::{Action, LeaveReason, Plan, Planned};
    use crate::core::reason::{Cause, Reason};

    fn plan(actions: &[(&str, Action, &str)]) -> Plan {
        let planned = |(app, action, field): &(&str, Action, &str)| Planned {
            app: (*app).to_owned(),
            action: action.clone(),
            reasons: vec![Reason::field(Cause::Drift, *field, None, None)],
            place: None,
        };
        Plan { actions: actions.iter().map(planned).collect(), unchanged: Vec::new() }
    }

    #[test]
    fn what_was_replaced_in_vain_is_left_until_it_differs_otherwise() {
        let definition = || Definition::from_canonical(Map::new());
        let replace = || Action::Replace { definition: definition(), targets: Vec::new(), stopped: false };
        let start = || Action::Start { definition: definition() };
        let failed = || BTreeSet::from(["web".to_owned(), "job".to_owned()]);
        let drift = plan(&[("web", replace(), "env.PORT"), ("done", replace(), "args")]);
        assert!(!FutileRepairs::default().covers(&drift));
        let mut futile = FutileRepairs::after(&drift, &failed());
        assert!(!futile.covers(&drift), "what was put right has drifted again");
        let only =
            plan(&[("web", replace(), "env.PORT"), ("left", Action::Leave(LeaveReason::Foreign), "args")]);
        assert!(futile.covers(&only) && futile.covers(&only));
        assert!(!futile.clone().covers(&plan(&[("web", replace(), "args")])));
        assert!(futile.covers(&plan(&[])));
        assert!(!futile.covers(&only), "it was well in between");

        let missing = plan(&[("job", start(), "app")]);
        assert!(!FutileRepairs::after(&missing, &failed()).covers(&missing));
    }
}
