//! A shell, as far as people write scripts into manifests: what POSIX says, and what busybox's ash and bash add.

use orrery_apimachinery::{Str, StrMap};

/// What a shell process knows: a subshell gets a clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shell {
    /// Its variables.
    pub variables: StrMap,
    /// The names of those that programs inherit.
    pub exported: StrMap,
    /// The working directory.
    pub directory: Str,
    /// `$?`.
    pub status: i32,
}

impl Shell {
    /// The value of a variable.
    pub fn get(&self, name: &str) -> Option<&Str> {
        self.variables.get(name)
    }

    /// Sets a variable.
    pub fn set(&mut self, name: &str, value: impl Into<Str>) {
        self.variables.insert(name, value);
    }

    /// Sets a variable that programs inherit.
    pub fn export(&mut self, name: &str, value: impl Into<Str>) {
        self.variables.insert(name, value);
        self.exported.insert(name, "");
    }
}
