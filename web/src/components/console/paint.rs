//! Colours of what was printed: states and heads of tables by what they mean, errors as such. The words stay as they are.

use yew::prelude::*;

use crate::session::Piece;

/// Beyond so many lines nothing is coloured.
const MOST_LINES: usize = 400;

/// What a word means that stands in a column.
fn meaning(word: &str) -> Option<&'static str> {
    Some(match word {
        "Running" | "Ready" | "Completed" | "Complete" | "Succeeded" | "Bound" | "Active" | "Healthy"
        | "created" | "True" => "good",
        "Pending" | "ContainerCreating" | "Terminating" | "PodInitializing" | "Unknown" | "Released"
        | "Warning" | "SchedulingDisabled" => "wait",
        "CrashLoopBackOff"
        | "Error"
        | "Failed"
        | "ImagePullBackOff"
        | "ErrImagePull"
        | "OOMKilled"
        | "Evicted"
        | "NotReady"
        | "Lost"
        | "CreateContainerConfigError"
        | "InvalidImageName"
        | "BackOff"
        | "FailedScheduling"
        | "Unhealthy"
        | "DeadlineExceeded" => "bad",
        word if word.starts_with("Init:") => {
            if word.contains("Err") || word.contains("Back") {
                "bad"
            } else {
                "wait"
            }
        }
        word if word.contains(',') => {
            word.split(',').filter_map(meaning).max_by_key(|class| *class == "wait")?
        }
        _ => return None,
    })
}

/// Whether a line is the head of a table.
fn is_head(line: &str) -> bool {
    let plain = |c: char| c.is_ascii_uppercase() || " -()/%".contains(c);
    line.len() > 3 && line.trim_end().chars().all(plain) && line.contains("  ")
}

fn line_of(line: &str) -> Html {
    if is_head(line) {
        return html! { <span class="titles">{line.to_owned()}</span> };
    }
    let mut parts: Vec<Html> = Vec::new();
    let (mut plain, mut rest) = (0, 0);
    for word in line.split(' ') {
        let at = rest;
        rest += word.len() + 1;
        if let Some(class) = meaning(word.trim_end()) {
            parts.push(html! { {line[plain..at].to_owned()} });
            parts.push(html! { <span {class}>{word.to_owned()}</span> });
            plain = at + word.len();
        }
    }
    parts.push(html! { {line[plain..].to_owned()} });
    parts.into_iter().collect()
}

/// What a line on standard error is: what went wrong, what had better be known, or what is red only when the command failed.
fn told(line: &str) -> &'static str {
    let begins = |with: &[&str]| with.iter().any(|with| line.starts_with(with));
    match line {
        _ if begins(&["Warning: ", "warning: ", "Flag --"]) => "wait",
        _ if begins(&["error", "Error"]) => "error",
        _ => "said",
    }
}

/// What was printed, with its colours.
pub fn paint(answer: &[Piece]) -> Html {
    let lines: usize = answer.iter().map(|(_, text)| text.matches('\n').count()).sum();
    let piece = |(error, text): &Piece| match (error, lines > MOST_LINES) {
        (true, true) => html! { <span class="said">{text.to_string()}</span> },
        (true, false) => text
            .split_inclusive('\n')
            .map(|line| html! { <span class={told(line)}>{line.to_owned()}</span> })
            .collect(),
        (false, true) => html! { {text.to_string()} },
        (false, false) => text.split_inclusive('\n').map(line_of).collect(),
    };
    // The last line feed would be an empty line.
    let mut pieces: Vec<Piece> = answer.to_vec();
    if let Some((_, last)) = pieces.last_mut() {
        *last = last.trim_end_matches('\n').into();
    }
    pieces.iter().map(piece).collect()
}

#[cfg(test)]
mod tests {
    use super::{is_head, meaning, told};

    #[test]
    fn standard_error_is_not_all_an_error() {
        for (line, class) in [
            ("Warning: Immediate deletion does not wait for confirmation\n", "wait"),
            ("Flag --record has been deprecated\n", "wait"),
            ("Error from server (NotFound): pods \"web\" not found\n", "error"),
            ("error: timed out waiting for the condition\n", "error"),
            ("No resources found in default namespace.\n", "said"),
            ("Defaulted container \"a\" out of: a, b\n", "said"),
        ] {
            assert_eq!(told(line), class, "{line}");
        }
    }

    #[test]
    fn words_of_a_table_are_coloured_by_what_they_mean() {
        for (word, class) in [
            ("Running", Some("good")),
            ("CrashLoopBackOff", Some("bad")),
            ("Init:0/1", Some("wait")),
            ("Init:CrashLoopBackOff", Some("bad")),
            ("Ready,SchedulingDisabled", Some("wait")),
            ("running", None),
            ("web-1", None),
        ] {
            assert_eq!(meaning(word), class, "{word}");
        }
        assert!(
            is_head("NAME   READY   STATUS   RESTARTS   AGE\n")
                && !is_head("web    1/1     Running  0   4s\n")
        );
    }
}
