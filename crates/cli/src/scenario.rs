//! Scenario files on disk.

use orrery_scenario::Scenario;
use std::path::Path;

/// Reads a scenario; the error names each line and column at which the file is wrong.
pub fn read(path: &Path) -> Result<Scenario, String> {
    let text = std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?;
    orrery_scenario::read(&text).map_err(|mistakes| {
        let line = |mistake: &orrery_manifest::Diagnostic| {
            let hint = mistake.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
            format!("{}:{}:{}: {}{hint}", path.display(), mistake.line, mistake.column, mistake.message)
        };
        mistakes.iter().map(line).collect::<Vec<_>>().join("\n")
    })
}
