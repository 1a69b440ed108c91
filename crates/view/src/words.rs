//! How wide text is, roughly: enough to cut and wrap labels without asking a browser.

/// How much wider bold letters are.
const BOLD: f64 = 1.14;

/// Width of `text` in a system sans at `size` pixels, on the generous side.
pub fn width(text: &str, size: f64) -> f64 {
    text.chars().map(|c| advance(c) * size).sum()
}

/// Width of `text` in the bold face at `size` pixels: as in DejaVu Sans, whose letters are wide.
pub fn bold_width(text: &str, size: f64) -> f64 {
    width(text, size * BOLD)
}

/// Bold `text` cut to `room` pixels, with an ellipsis when something had to go.
pub fn clip_bold(text: &str, size: f64, room: f64) -> String {
    clip(text, size * BOLD, room)
}

/// Width of `text` in a monospaced face at `size` pixels.
pub fn mono_width(text: &str, size: f64) -> f64 {
    text.chars().map(|c| if c.is_ascii() { 0.61 } else { 1.0 } * size).sum()
}

/// Share of the font size that one character takes.
fn advance(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | 't' | 'f' | 'r' | '.' | ',' | ':' | ';' | '\'' | '|' | ' ' | '(' | ')' | '/' => {
            0.36
        }
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 0.9,
        c if c.is_ascii_uppercase() => 0.7,
        c if c.is_ascii() => 0.58,
        '…' | '·' => 0.8,
        _ => 1.0,
    }
}

/// `text` cut to `room` pixels, with an ellipsis when something had to go.
pub fn clip(text: &str, size: f64, room: f64) -> String {
    if width(text, size) <= room {
        return text.to_owned();
    }
    let room = room - width("…", size);
    let mut used = 0.0;
    let kept: String = text
        .chars()
        .take_while(|c| {
            used += advance(*c) * size;
            used <= room
        })
        .collect();
    kept.trim_end().to_owned() + "…"
}

/// `text` broken at spaces into at most `lines` lines of `room` pixels; the last one is cut.
pub fn wrap(text: &str, size: f64, room: f64, lines: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let joined = out.last().map(|line| format!("{line} {word}"));
        match joined {
            Some(joined) if width(&joined, size) <= room || out.len() == lines => {
                *out.last_mut().expect("there is a line to join") = joined;
            }
            _ => out.push(word.to_owned()),
        }
    }
    out.iter().map(|line| clip(line, size, room)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_only_when_it_does_not_fit() {
        let rows = [
            ("a name that fits stays whole", "redis", 100.0, "redis"),
            ("a long name ends in an ellipsis", "a-very-long-name-of-a-pod", 60.0, "a-very-lo…"),
            ("Korean takes a full square a letter", "스토리지클래스", 48.0, "스토리지…"),
        ];
        for (name, text, room, want) in rows {
            assert_eq!(clip(text, 10.0, room), want, "{name}");
        }
    }

    #[test]
    fn wrapped_lines_fit_and_the_last_is_cut() {
        let text = "0/3 nodes are available: 3 Insufficient cpu. preemption: 0/3 nodes are available";
        let lines = wrap(text, 10.0, 160.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|l| width(l, 10.0) <= 160.0), "{lines:?}");
        assert!(lines[1].ends_with('…'));
    }
}
