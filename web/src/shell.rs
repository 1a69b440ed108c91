//! Words of a command line, as a shell splits them.

/// The words of a line, with quotes taken off; a leading `kubectl` is understood and dropped.
pub fn kubectl_words(line: &str) -> Vec<String> {
    let mut words = words(line);
    if words.first().is_some_and(|w| w == "kubectl" || w == "k") {
        words.remove(0);
    }
    words
}

fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut signs = line.chars();
    while let Some(sign) = signs.next() {
        match (quote, sign) {
            (Some(open), sign) if sign == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(sign);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().extend(signs.next()),
            (None, sign) if sign.is_whitespace() => words.extend(word.take()),
            (_, sign) => word.get_or_insert_default().push(sign),
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_split_as_a_shell_does() {
        let rows: [(&str, &str, &[&str]); 6] = [
            ("words stand between blanks", "get  pods -A", &["get", "pods", "-A"]),
            ("kubectl itself is understood", "kubectl get no", &["get", "no"]),
            ("and so is its short name", "k get no", &["get", "no"]),
            ("quotes hold blanks", "label pod a 'x=b c'", &["label", "pod", "a", "x=b c"]),
            ("quotes may be empty", "a \"\"", &["a", ""]),
            ("a quote that is not closed ends with the line", "a 'b c", &["a", "b c"]),
        ];
        for (name, line, want) in rows {
            assert_eq!(kubectl_words(line), want, "{name}");
        }
    }
}
