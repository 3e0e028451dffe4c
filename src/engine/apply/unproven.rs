//! Looks again at what an earlier sync has started and not seen stay up, since
//! it was cut off: such an app runs with its definition, so that no plan has
//! anything to do with it. What ran before is gone, label and all, and there is
//! nothing to roll back to.

use std::time::Instant;

use crate::core::definition::Definition;
use crate::core::definition::label::Label;
use crate::core::plan::Ended;
use crate::core::plan::{LeaveReason, Plan};
use crate::core::pm2::health::{self, Health};
use crate::core::pm2::running::{Owner, RunningApp};
use crate::core::reason::{Cause, Reason};
use crate::core::sync::event::Event;
use crate::engine::apply::health_watch::{Logs, Proof, Verdict, pause};
use crate::engine::apply::recorder::{Found, Recorder, Scene};
use crate::engine::pm2::running;

/// An app that has yet to prove itself.
struct Begun<'a> {
    definition: &'a Definition,
    before: &'a RunningApp,
    logs: Logs,
}

/// Waits until each has proved itself or failed, if someone waits, and tells of
/// those that have not. What is healthy or at rest already takes no time.
pub(in crate::engine) fn look_again(scene: Scene<'_>, plan: &Plan, recorder: &mut Recorder<'_, '_>) {
    let Scene { workspace, home, .. } = scene;
    let (since, limit) = (Instant::now(), workspace.settings.apply.health_timeout.0);
    let mut unproven = Vec::new();
    let begun = plan.unchanged.iter().map(|same| &same.app).filter(|app| scene.begun.contains(*app));
    // What has just been missed is no longer there to be looked at.
    let begun: Vec<&String> = begun.filter(|app| !recorder.knows(app)).collect();
    for app in begun {
        let Some(before) = scene.running.get(app) else { continue };
        let Owner::Us(Label { definition, .. }) = before.owner(workspace.root()) else {
            // Someone has put their own in its place.
            recorder.proved(app);
            continue;
        };
        let stood = health::standing(definition, before, health::proof(definition), scene.running.seen());
        if stood == Health::Healthy {
            recorder.proved(app);
        } else if scene.wait {
            unproven.push(Begun { definition, before, logs: Logs::before(home, app, scene.running) });
        }
    }
    while !unproven.is_empty() {
        let running = running(workspace, home);
        unproven.retain(|Begun { definition, before, logs }| {
            let proof = Proof { definition, before: Some(before), early: None, since, limit };
            let app = definition.name();
            let (result, message) = match proof.verdict(&running, &workspace.interrupt) {
                Verdict::Wait => return true,
                Verdict::Healthy | Verdict::Passed => {
                    recorder.proved(app);
                    return false;
                }
                Verdict::Failed(why) => {
                    let advice = LeaveReason::Errored.advice(app).unwrap_or_default();
                    (Ended::Unhealthy, format!("{why}; {advice}").into())
                }
                Verdict::NotProven(why) => (Ended::NotProven, why.into()),
                Verdict::Lost(why) => (Ended::Left, why),
            };
            let there = running.as_ref().ok().and_then(|running| running.get(app));
            let log = there.filter(|_| result == Ended::Unhealthy).and_then(|app| logs.of(app));
            let why = Reason::app(Cause::Unproven, "a sync that started it did not see it stay up");
            recorder.found(Found { app, why, result, message, log });
            false
        });
        if !unproven.is_empty() {
            let apps = unproven.iter().map(|one| one.definition.name().to_owned()).collect();
            recorder.tell(Event::Proving { apps, elapsed: since.elapsed() });
            pause();
        }
    }
}
