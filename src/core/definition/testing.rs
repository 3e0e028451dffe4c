//! Apps and definitions for tests, out of their options alone.

use serde_json::{Map, Value};

use crate::core::definition::Definition;
use crate::core::definition::canonical::canonical;
use crate::core::definition::raw_app::RawApp;

/// An app with these options, written at no place.
pub(crate) fn raw(options: &Value) -> RawApp {
    raw_of(options.as_object().unwrap())
}

/// The same, out of a map.
pub(crate) fn raw_of(options: &Map<String, Value>) -> RawApp {
    RawApp { options: options.clone(), ..RawApp::default() }
}

/// The canonical definition of an app with these options.
pub(crate) fn definition(options: &Value) -> Definition {
    canonical(&raw(options)).0
}
