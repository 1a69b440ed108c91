//! `cargo xtask time-zones`: the table of `crates/api/src/time_zones.txt`, from the machine's own time zone files.
//!
//! A compiled zone ends in the rule that holds from its last listed change on, as POSIX writes it. That is all that is
//! kept: a simulated cluster lives now and not in the past.

use crate::shell::{Result, root, say};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const SOURCE: &str = "/usr/share/zoneinfo";
const TABLE: &str = "crates/api/src/time_zones.txt";
/// No zones of the database: other ways to count seconds, and this machine's own choice.
const OTHERS: [&str; 4] = ["localtime", "posix", "posixrules", "right"];

/// Names by area, by rule.
type Table = BTreeMap<String, BTreeMap<String, Vec<String>>>;

/// Writes the table.
pub fn write() -> Result<()> {
    let mut table = Table::new();
    read(Path::new(SOURCE), "/", &mut table)?;
    let mut text = String::new();
    let mut count = 0;
    for (rule, areas) in &table {
        text += &format!("{rule}\n");
        for (area, names) in areas {
            text += &format!(" {area} {}\n", names.join(" "));
            count += names.len();
        }
    }
    if count == 0 {
        return Err(format!("no time zones in {SOURCE}"));
    }
    say(&format!("{count} time zones of {} rules", table.len()));
    fs::write(root().join(TABLE), text).map_err(|e| format!("{TABLE}: {e}"))
}

/// Reads a folder, whose zones are of `area`.
fn read(folder: &Path, area: &str, table: &mut Table) -> Result<()> {
    let failed = |e: std::io::Error| format!("{}: {e}", folder.display());
    let mut entries =
        fs::read_dir(folder).map_err(failed)?.collect::<std::io::Result<Vec<_>>>().map_err(failed)?;
    entries.sort_by_key(|entry| entry.file_name());
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        if OTHERS.contains(&&*name) {
            continue;
        }
        if entry.path().is_dir() {
            let below = if area == "/" { format!("{name}/") } else { format!("{area}{name}/") };
            read(&entry.path(), &below, table)?;
        } else if let Some(rule) = rule(&fs::read(entry.path()).map_err(failed)?) {
            table.entry(rule).or_default().entry(area.to_owned()).or_default().push(name);
        }
    }
    Ok(())
}

/// The last rule of a compiled zone in numbers: `EST5EDT,M3.2.0,M11.1.0` is `-300 -240 3.2.0.120 11.1.0.120`. These are
/// minutes ahead of UTC, in winter and in summer; and of each change the month, the week, the weekday and the minute.
fn rule(file: &[u8]) -> Option<String> {
    let text = file.starts_with(b"TZif").then(|| file.trim_ascii_end().rsplit(|b| *b == b'\n').next())??;
    let mut parts = std::str::from_utf8(text).ok()?.split(',');
    let (standard, rest) = ahead(parts.next()?)?;
    let (Some(start), Some(end)) = (parts.next(), parts.next()) else { return Some(standard.to_string()) };
    let summer = ahead(rest).map_or(standard + 60, |(told, _)| told);
    Some(format!("{standard} {summer} {} {}", change(start)?, change(end)?))
}

/// The minutes ahead of UTC behind the name of a time, and what follows them. POSIX counts what is behind.
fn ahead(text: &str) -> Option<(i32, &str)> {
    let text = match text.strip_prefix('<') {
        Some(quoted) => quoted.split_once('>')?.1,
        None => text.trim_start_matches(|c: char| c.is_ascii_alphabetic()),
    };
    let end = text.find(|c: char| !matches!(c, '0'..='9' | ':' | '-' | '+')).unwrap_or(text.len());
    let (time, rest) = text.split_at(end);
    Some((-minutes(time)?, rest))
}

/// `M3.2.0/1:30` as `3.2.0.90`; at two o'clock if nothing else is said.
fn change(text: &str) -> Option<String> {
    let (day, time) = text.strip_prefix('M')?.split_once('/').unwrap_or((&text[1..], "2"));
    Some(format!("{day}.{}", minutes(time)?))
}

/// The minutes of `-9:30`.
fn minutes(time: &str) -> Option<i32> {
    let (hours, minutes) = time.split_once(':').unwrap_or((time, "0"));
    let minutes =
        60 * hours.trim_start_matches(['-', '+']).parse::<i32>().ok()? + minutes.parse::<i32>().ok()?;
    Some(if time.starts_with('-') { -minutes } else { minutes })
}
