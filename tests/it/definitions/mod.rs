//! From the definitions as people write them to what PM2 is given: the compilers,
//! the forms of an entry, and what is refused.

mod canonical_form;
mod compile;
mod named_environments;
mod plain_entries;
mod shadow_cljs;
mod shared_definitions;
mod validation;
