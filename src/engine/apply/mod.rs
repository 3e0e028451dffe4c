//! Carries out a plan, one app at a time, so that an app is down for its own
//! stop and start only, and sees that what was started stays up.
//!
//! Of three or more replaces the first has to come through before the others
//! are begun. What fails is put back to its old definition, if that ran well.

pub mod actor;
pub mod health_watch;
pub mod recorder;
mod rollout;
mod unproven;

use crate::core::failure::Failure;
use crate::core::plan::{Action, Plan, Planned};
use crate::core::pm2::health::LEAST_PROOF;
use crate::core::sync::event::Event;
use crate::engine::Listener;
use crate::engine::apply::recorder::{Acted, Scene, Show};
use crate::engine::apply::rollout::Stage;
use crate::engine::apply::unproven::look_again;

/// From so many replaces on the first is tried alone.
const CANARY_FROM: usize = 3;

/// Carries out `plan`, and tells what becomes of each app when that is certain.
pub fn act(scene: Scene<'_>, plan: &Plan, tell: Listener<'_>) -> Result<Acted, Failure> {
    let mut acted = Acted::default();
    let mut show = Show { acted: &mut acted, waits: scene.wait, kept: Vec::new(), tell };
    if plan.acts() {
        perform(scene, plan, &mut show)?;
    } else {
        plan.actions.iter().for_each(|planned| show.left(planned));
        show.kept();
    }
    look_again(scene, plan, &mut show);
    acted.interrupted = scene.workspace.interrupt.is_requested();
    Ok(acted)
}

/// Carries out a plan that does something.
fn perform(scene: Scene<'_>, plan: &Plan, show: &mut Show<'_, '_>) -> Result<(), Failure> {
    let mut stage = Stage::open(scene)?;
    let replaces = plan.actions.iter().filter(|planned| is_running_replace(planned)).count();
    let mut canary = scene.wait && replaces >= CANARY_FROM;
    let mut spoilt: Option<&str> = None;
    for planned in &plan.actions {
        let is_replace = is_running_replace(planned);
        match spoilt.filter(|_| is_replace) {
            _ if !planned.action.acts() => show.left(planned),
            _ if scene.workspace.interrupt.is_requested() => {
                show.unbegun(planned, "not begun, as it was interrupted");
            }
            Some(first) => {
                let why = format!("not begun, since `{first}` failed; `pm2sync sync` goes on");
                show.unbegun(planned, &why);
            }
            None => {
                stage.perform(planned, show);
                if is_replace && canary {
                    canary = false;
                    stage.prove(Some(LEAST_PROOF), show);
                    spoilt = show.has_failed(&planned.app).then_some(planned.app.as_str());
                }
            }
        }
    }
    show.kept();
    stage.prove(None, show);
    let Some(running) = stage.look_back() else { return Ok(()) };
    let mut is_whole = true;
    for (app, planned) in in_place(plan, show.acted).into_iter().filter(|(app, _)| running.get(app).is_none())
    {
        is_whole = false;
        show.lost(app, planned);
    }
    let gone = plan.actions.iter().filter(|planned| matches!(planned.action, Action::Remove { .. }));
    let saved = is_whole.then(|| stage.save(&running, &gone.map(|planned| planned.app.as_str()).collect()));
    if let Some(why) = saved.flatten() {
        (show.tell)(Event::NotSaved(why));
    }
    Ok(())
}

/// Every app that is as desired by now, or is ours and was so before, with what
/// was done for it. PM2 lists none of them where it died meanwhile.
fn in_place<'p>(plan: &'p Plan, acted: &Acted) -> Vec<(&'p str, Option<&'p Planned>)> {
    let is_done = |planned: &&Planned| {
        let mut outcomes = acted.outcomes.iter();
        planned.action.definition().is_some()
            && outcomes.any(|outcome| outcome.app == planned.app && outcome.is_as_wanted())
    };
    let done = plan.actions.iter().filter(is_done).map(|planned| (planned.app.as_str(), Some(planned)));
    let unchanged = plan.unchanged.iter().filter(|same| same.owned);
    done.chain(unchanged.map(|same| (same.app.as_str(), None))).collect()
}

/// Whether it replaces an app that is up: a stopped one is only put in place.
fn is_running_replace(planned: &Planned) -> bool {
    matches!(planned.action, Action::Replace { stopped: false, .. })
}
