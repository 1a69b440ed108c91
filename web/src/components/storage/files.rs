//! The files on a volume: path, size, and the beginning of what is in them.

use orrery_cluster::FileFacts;
use yew::prelude::*;

use crate::i18n::Words;

/// So many files are listed, and so many characters of each are shown.
const MOST: usize = 40;
const SHOWN: usize = 600;

/// The files, each to be opened.
pub fn files(files: &[FileFacts], w: &Words) -> Html {
    let more = files.len().saturating_sub(MOST);
    html! {
        <ul class="files">
            { for files.iter().take(MOST).map(|file| {
                let text: String = file.text.chars().take(SHOWN).collect();
                html! {
                    <li key={file.path.to_string()}><details>
                        <summary><code>{&*file.path}</code><small>{bytes(file.size)}</small></summary>
                        <pre>{text}</pre>
                    </details></li>
                }
            }) }
            if files.is_empty() { <li class="muted">{w.keeps.empty}</li> }
            if more > 0 { <li class="muted">{(w.keeps.more)(more)}</li> }
        </ul>
    }
}

/// A number of bytes, short.
pub fn bytes(n: u64) -> String {
    match n {
        0..1024 => format!("{n} B"),
        1024..1_048_576 => format!("{:.1} KiB", n as f64 / 1024.0),
        1_048_576..1_073_741_824 => format!("{:.1} MiB", n as f64 / 1_048_576.0),
        _ => format!("{:.1} GiB", n as f64 / 1_073_741_824.0),
    }
}
