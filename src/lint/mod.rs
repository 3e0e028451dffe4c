//! The linter: rules are functions from parsed inputs to findings, one file to
//! a rule, listed once in [`rules::RULES`]. Each says what it reads, so that
//! only that is read. Pure: whoever calls it reads the files.

pub(crate) mod check;
pub(crate) mod inputs;
pub(crate) mod rule;
pub(crate) mod rules;
mod silence;

#[cfg(test)]
mod examples;
#[cfg(test)]
mod page;
#[cfg(test)]
mod testing;
