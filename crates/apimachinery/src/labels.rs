//! Selectors written as text: `app=web,tier!=db,env in (a, b),!legacy` (upstream: `k8s.io/apimachinery/pkg/labels`).

use crate::{LabelSelector, LabelSelectorRequirement, Str, StrMap};

/// Whether an equality selector such as a Service's picks `labels`; an empty one picks nothing.
pub fn equality_matches(selector: &StrMap, labels: &StrMap) -> bool {
    !selector.is_empty() && selector.iter().all(|(k, v)| labels.get(k) == Some(v))
}

/// Reads the text form of a selector. The error names the part that could not be read.
pub fn parse(text: &str) -> Result<LabelSelector, String> {
    let mut selector = LabelSelector::default();
    for part in split_outside_parentheses(text) {
        let part = part.trim();
        if !part.is_empty() {
            selector.match_expressions.push(requirement(part)?);
        }
    }
    Ok(selector)
}

fn split_outside_parentheses(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0, 0);
    for (i, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..i]);
                start = i + 1;
            }
            _ => {}
        }
    }
    parts.push(&text[start..]);
    parts
}

fn requirement(part: &str) -> Result<LabelSelectorRequirement, String> {
    let make = |key: &str, operator: &str, values: Vec<Str>| {
        Ok(LabelSelectorRequirement { key: key.trim().into(), operator: operator.into(), values })
    };
    if let Some(list) = part.strip_suffix(')') {
        let (head, list) = list.split_once('(').ok_or_else(|| unreadable(part))?;
        let values = list.split(',').map(|v| v.trim().into()).collect();
        let mut words = head.split_whitespace();
        return match (words.next(), words.next(), words.next()) {
            (Some(key), Some("in"), None) => make(key, "In", values),
            (Some(key), Some("notin"), None) => make(key, "NotIn", values),
            _ => Err(unreadable(part)),
        };
    }
    for (sign, operator) in [("!=", "NotIn"), ("==", "In"), ("=", "In")] {
        if let Some((key, value)) = part.split_once(sign) {
            return make(key, operator, vec![value.trim().into()]);
        }
    }
    match part.strip_prefix('!') {
        Some(key) => make(key, "DoesNotExist", vec![]),
        None if part.contains(char::is_whitespace) => Err(unreadable(part)),
        None => make(part, "Exists", vec![]),
    }
}

fn unreadable(part: &str) -> String {
    format!("unable to parse requirement: {part}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_selectors_pick_what_upstream_picks() {
        let labels: StrMap = [("app", "web"), ("tier", "front")].into_iter().collect();
        for (row, text, picked) in [
            ("equality", "app=web", true),
            ("double equality", "app==web", true),
            ("inequality of an absent key holds", "zone!=a", true),
            ("inequality of a present value fails", "app!=web", false),
            ("all parts must hold", "app=web,tier=back", false),
            ("a set with a comma in it", "tier in (back, front),app", true),
            ("notin", "tier notin (front)", false),
            ("absence", "!zone", true),
            ("absence of what is there", "!app", false),
        ] {
            assert_eq!(parse(text).expect(row).matches(&labels), picked, "{row}: {text}");
        }
        assert!(parse("app in web").is_err());
    }
}
