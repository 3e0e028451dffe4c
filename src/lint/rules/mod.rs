//! The one table of rules.

pub mod absolute_path;
pub mod artifact_stale;
pub mod conflict_marks;
pub mod does_not_compile;
pub mod duplicate_app;
pub mod env_overrides_option;
pub mod generated_committed;
pub mod generated_not_ignored;
pub mod instances_without_mode;
pub mod legacy_file;
pub mod legacy_reference;
pub mod missing_path;
pub mod name_collision;
pub mod name_refused;
pub mod namespace_mismatch;
pub mod not_required;
pub mod null_option;
pub mod option_type;
pub mod path_case;
pub mod secret_literal;
pub mod syntax;
pub mod unknown_option;
pub mod unset_variable;

use crate::lint::{Rule, allow};

/// Every rule, in the order of the docs.
pub static RULES: &[&Rule] = &[
    &generated_committed::RULE,
    &generated_not_ignored::RULE,
    &legacy_reference::RULE,
    &legacy_file::RULE,
    &path_case::RULE,
    &conflict_marks::RULE,
    &syntax::RULE,
    &does_not_compile::RULE,
    &unknown_option::RULE,
    &option_type::RULE,
    &null_option::RULE,
    &instances_without_mode::RULE,
    &duplicate_app::RULE,
    &name_refused::RULE,
    &name_collision::RULE,
    &env_overrides_option::RULE,
    &not_required::RULE,
    &namespace_mismatch::RULE,
    &missing_path::RULE,
    &absolute_path::RULE,
    &secret_literal::RULE,
    &unset_variable::RULE,
    &artifact_stale::RULE,
    &allow::RULE,
];

/// The rule that is spelled most like `id`.
pub fn nearest(id: &str) -> Option<&'static str> {
    let distances = RULES.iter().map(|rule| (strsim::damerau_levenshtein(rule.id, id), rule.id));
    distances.filter(|&(distance, id)| distance <= 1 + id.len() / 3).min().map(|(_, id)| id)
}
