//! Carries out a plan: drives the rollout, which decides what is next and what
//! follows a failure, and performs each of its steps.

pub(crate) mod actor;
pub(crate) mod health_watch;
mod performer;
pub(crate) mod recorder;
mod unproven;

use std::collections::BTreeMap;

use crate::core::failure::Failure;
use crate::core::plan::Plan;
use crate::core::plan::fallback::fallbacks;
use crate::core::plan::rollout::{Rollout, Step};
use crate::core::settings::OnFailure;
use crate::engine::Listener;
use crate::engine::apply::performer::{AppResult, Performer};
use crate::engine::apply::recorder::{Acted, Recorder, Scene};
use crate::engine::apply::unproven::look_again;

/// Carries out `plan`, and reports the outcome of each app when it is certain.
pub(crate) fn act<'p>(scene: Scene<'p>, plan: &'p Plan, tell: Listener<'_>) -> Result<Acted, Failure> {
    let mut acted = Acted::default();
    let mut recorder = Recorder::new(&mut acted, scene.wait, tell);
    let performer = if plan.acts() { Some(Performer::connect(scene)?) } else { None };
    roll_out(scene, plan, performer, &mut recorder);
    look_again(scene, plan, &mut recorder);
    acted.interrupted = scene.workspace.interrupt.is_requested();
    Ok(acted)
}

/// Performs the steps of the rollout until none is left. Without a
/// performer the plan leaves everything.
fn roll_out<'p>(
    scene: Scene<'p>,
    plan: &'p Plan,
    mut performer: Option<Performer<'p, 'p>>,
    recorder: &mut Recorder<'_, '_>,
) {
    let old = match scene.workspace.settings.apply.on_failure {
        OnFailure::Rollback => fallbacks(plan, scene.running, scene.workspace.root()),
        OnFailure::Keep => BTreeMap::new(),
    };
    let mut rollout = Rollout::new(plan, scene.wait, old);
    loop {
        if scene.workspace.interrupt.is_requested() {
            rollout.interrupt();
        }
        let results = match (rollout.next(), performer.as_mut()) {
            (Step::Leave(planned, why), _) => {
                let ended = rollout.left(planned, why);
                recorder.left(planned, why, ended);
                continue;
            }
            (Step::Do(planned), Some(performer)) => vec![performer.perform(planned, recorder)],
            (Step::Prove { apps, until }, Some(performer)) => {
                recorder.tell_kept();
                performer.prove(&apps, until, recorder)
            }
            (Step::PutBack(planned, old), Some(performer)) => {
                vec![performer.put_back(planned, old, recorder)]
            }
            (Step::Recheck(apps), Some(performer)) => {
                recorder.tell_kept();
                let gone = performer.recheck(&apps, plan, recorder);
                for app in &gone {
                    recorder.lost(app, rollout.planned(app));
                }
                rollout.rechecked(&gone);
                continue;
            }
            (Step::Finished, _) | (_, None) => return recorder.tell_kept(),
        };
        for AppResult { app, result, message, log } in results {
            let Some(planned) = rollout.planned(app) else { continue };
            match (rollout.record(planned, result), performer.as_mut()) {
                (Some(ended), _) => recorder.ended(planned, ended, message, log),
                (None, Some(performer)) => performer.keep_failure(app, message, log),
                (None, None) => {}
            }
        }
    }
}
