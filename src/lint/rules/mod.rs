//! The one table of rules. A file of this folder that is not in it fails a test.

mod absolute_path;
mod artifact_stale;
mod conflict_marks;
mod does_not_compile;
mod duplicate_app;
mod env_overrides_option;
mod generated_committed;
mod generated_not_ignored;
mod instances_without_mode;
mod legacy_file;
mod legacy_reference;
mod missing_path;
mod name_collision;
mod name_refused;
mod namespace_mismatch;
mod not_required;
mod null_option;
mod option_type;
mod path_case;
mod secret_literal;
mod syntax;
mod unknown_option;
mod unset_variable;
mod unused_allow;

use crate::lint::rule::Rule;

// Whose findings follow from those of other rules: then only the cause is said.
pub(super) use crate::lint::rules::conflict_marks::RULE as CONFLICT_MARKS;
pub(super) use crate::lint::rules::does_not_compile::RULE as DOES_NOT_COMPILE;
pub(super) use crate::lint::rules::duplicate_app::RULE as DUPLICATE_APP;
pub(super) use crate::lint::rules::syntax::RULE as SYNTAX;

/// Every rule, in the order of the docs.
pub(crate) static RULES: &[&Rule] = &[
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
    &unused_allow::RULE,
];
