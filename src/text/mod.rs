//! Text and the places in it: what readers, rules and reports share. Pure, and
//! knows neither ClojureScript nor PM2.

pub(crate) mod conflict;
pub(crate) mod diagnostic;
pub(crate) mod lines;
pub(crate) mod markdown;
pub(crate) mod name_list;
pub(crate) mod nearest;
pub(crate) mod paths;
