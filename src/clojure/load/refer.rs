//! Making the names of a required namespace known in the file that requires it.

use crate::clojure::analyse::namespace::Require;
use crate::clojure::form::Span;
use crate::clojure::library;
use crate::clojure::load::loaded::{File, Loaded};
use crate::clojure::machine::fault::ADVICE;
use crate::clojure::machine::names::Namespace;
use crate::clojure::machine::node::VarId;
use crate::clojure::source::Sources;
use crate::text::diagnostic::Diagnostic;

/// What is wrong, and where.
type Complaint = (Diagnostic, Span);

/// A name by which a file may call a variable, and where it says so.
type Referred = (String, VarId, Span);

/// Does what a file requires; whether nothing is wrong with it.
pub(super) fn refer(loaded: &mut Loaded, file: &File, require: &Require) -> bool {
    if require.macros && !library::is_builtin(&require.namespace, loaded.own_library) {
        let message =
            format!("macros of `{}` are not covered: it is a namespace of yours", require.namespace);
        let spot = Sources::spot(file.number, require.span);
        loaded.report(Diagnostic::error(message).help(ADVICE), Some(spot));
        return false;
    }
    let (referred, mut complaints) = referred(loaded, require);
    let here = loaded.names.namespaces.entry(file.header.name.clone()).or_default();
    bind(here, require, referred, &mut complaints);
    let sound = complaints.is_empty();
    for (diagnostic, span) in complaints {
        loaded.report(diagnostic, Some(Sources::spot(file.number, span)));
    }
    sound
}

/// What `:refer` names.
fn referred(loaded: &Loaded, require: &Require) -> (Vec<Referred>, Vec<Complaint>) {
    let (mut referred, mut complaints) = (Vec::new(), Vec::new());
    for (name, span) in &require.refers {
        match loaded.names.lookup(&require.namespace, name) {
            Some(var) if !loaded.names.vars[var].private => {
                let renamed = require.renames.iter().find(|(old, _)| old == name);
                referred.push((renamed.map_or(name, |(_, new)| new).clone(), var, *span));
            }
            _ => {
                let message = format!("`{name}` is not defined in `{}`", require.namespace);
                complaints.push((Diagnostic::error(message), *span));
            }
        }
    }
    (referred, complaints)
}

/// Adds what is required to what the namespace may name.
fn bind(here: &mut Namespace, require: &Require, referred: Vec<Referred>, complaints: &mut Vec<Complaint>) {
    let target = &require.namespace;
    here.required.insert(target.clone());
    if let Some(alias) = &require.alias
        && let Some(other) = here.aliases.insert(alias.clone(), target.clone())
        && other != *target
    {
        let message = format!("the alias `{alias}` stands for `{other}` too");
        complaints.push((Diagnostic::error(message), require.span));
    }
    for (name, var, span) in referred {
        if here.refers.insert(name.clone(), var).is_some_and(|other| other != var) {
            let message = format!("`{name}` is referred from two namespaces");
            complaints.push((Diagnostic::error(message), span));
        }
        here.excluded.insert(name);
    }
}
