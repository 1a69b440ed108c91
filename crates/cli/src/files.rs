//! Files of the file system, for `-f`, and the table of fields, for `explain`.

use orrery_kubectl::Files;
use orrery_schema::Schema;

/// The file system.
pub struct Disk;

impl Files for Disk {
    fn read(&self, name: &str) -> Option<String> {
        match name {
            "-" => std::io::read_to_string(std::io::stdin()).ok(),
            // Simulated clusters are not among those of the person's own configuration.
            orrery_kubectl::KUBECONFIG => None,
            path => std::fs::read_to_string(path).ok(),
        }
    }

    fn schema(&self) -> Option<&Schema> {
        Some(Schema::compiled_in())
    }

    fn help(&self) -> Option<&str> {
        Some(orrery_kubectl::HELP)
    }
}
