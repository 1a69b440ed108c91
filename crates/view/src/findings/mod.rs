//! What does not fit together between the objects that a person wrote, and with what is in the cluster: a Service that
//! selects nothing, a ConfigMap that is nowhere. Upstream accepts all of it and says nothing; the pods show it later.

mod paths;
mod references;
mod routes;
mod selectors;
mod world;

use orrery_apiserver::ApiServer;
use orrery_manifest::{Diagnostic, Located};
use paths::each;
use world::{Thing, World};

/// A finding about one of the objects.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Which of the objects it is about.
    pub object: usize,
    /// What was found, at the line in the object's file.
    pub diagnostic: Diagnostic,
}

/// A sentence and what to write instead, at the path of a field.
struct Remark {
    path: String,
    message: String,
    hint: String,
}

impl Remark {
    fn new(path: impl Into<String>, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Remark { path: path.into(), message: message.into(), hint: hint.into() }
    }
}

/// Everything that does not fit, in the order of the objects.
pub fn findings(written: &[&Located], api: &ApiServer) -> Vec<Finding> {
    let world = World::new(written, api);
    let mut found = Vec::new();
    for (object, (located, thing)) in written.iter().zip(&world.written).enumerate() {
        for remark in remarks(&world, thing) {
            let range = located.document.positions.of(&remark.path).value;
            let diagnostic =
                Diagnostic::warning(range, remark.message).at_path(remark.path).with_hint(remark.hint);
            found.push(Finding { object, diagnostic });
        }
    }
    found
}

fn remarks(world: &World<'_>, thing: &Thing) -> Vec<Remark> {
    let mut remarks = references::remarks(world, thing);
    remarks.extend(selectors::remarks(world, thing));
    remarks.extend(routes::remarks(world, thing));
    remarks
}
