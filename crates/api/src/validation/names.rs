//! Which texts make names, labels and keys (upstream: `k8s.io/apimachinery/pkg/util/validation`).
//! Every function gives the reasons why a text does not; none when it does.

use std::borrow::Cow;

/// A rule for names. With `prefix` the name will get a suffix, and may end in a hyphen.
pub(crate) type NameRule = fn(name: &str, prefix: bool) -> Vec<String>;

const LABEL: &str = "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const SUBDOMAIN: &str = "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_1035: &str = "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const NAME_PART: &str = "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const QUALIFIED: &str = "a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')";
const LABEL_VALUE: &str = "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const CONFIG_KEY: &str = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

const WILDCARD: &str = "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character (e.g. '*.example.com', regex used for validation is '\\*\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/// The longest label of a domain name.
const LABEL_LENGTH: usize = 63;
/// The longest domain name.
const SUBDOMAIN_LENGTH: usize = 253;

fn too_long(text: &str, most: usize, reasons: &mut Vec<String>) {
    if text.len() > most {
        reasons.push(format!("must be no more than {most} characters"));
    }
}

fn is_lower(c: u8) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

/// Whether `text` is made of `inner` bytes and has `edge` bytes at both ends: all of them are ASCII.
fn shaped(text: &str, edge: impl Fn(u8) -> bool, inner: impl Fn(u8) -> bool) -> bool {
    let text = text.as_bytes();
    let (first, last) = (text.first(), text.last());
    first.is_some_and(|c| edge(*c)) && last.is_some_and(|c| edge(*c)) && text.iter().all(|c| inner(*c))
}

fn label_shaped(text: &str) -> bool {
    shaped(text, is_lower, |c| is_lower(c) || c == b'-')
}

fn word_shaped(text: &str) -> bool {
    shaped(
        text,
        |c| c.is_ascii_alphanumeric(),
        |c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.'),
    )
}

/// A name that will get a suffix stands for one that ends well (upstream: `maskTrailingDash`).
fn masked(name: &str, prefix: bool) -> Cow<'_, str> {
    match name.strip_suffix('-') {
        Some(rest) if prefix && !rest.is_empty() => format!("{}a", &rest[..rest.len() - 1]).into(),
        _ => name.into(),
    }
}

/// A label of a domain name.
pub(crate) fn dns_label(name: &str, prefix: bool) -> Vec<String> {
    let (name, mut reasons) = (masked(name, prefix), Vec::new());
    too_long(&name, LABEL_LENGTH, &mut reasons);
    if !label_shaped(&name) {
        reasons.push(LABEL.into());
    }
    reasons
}

/// A domain name.
pub(crate) fn dns_subdomain(name: &str, prefix: bool) -> Vec<String> {
    let (name, mut reasons) = (masked(name, prefix), Vec::new());
    too_long(&name, SUBDOMAIN_LENGTH, &mut reasons);
    if !name.split('.').all(label_shaped) {
        reasons.push(SUBDOMAIN.into());
    }
    reasons
}

/// All domain names right below one.
pub(crate) fn wildcard(name: &str) -> Vec<String> {
    let mut reasons = Vec::new();
    too_long(name, SUBDOMAIN_LENGTH, &mut reasons);
    if !name.strip_prefix("*.").is_some_and(|rest| rest.split('.').all(label_shaped)) {
        reasons.push(WILDCARD.into());
    }
    reasons
}

/// A name that may be almost anything, as roles have.
pub(crate) fn path_segment(name: &str, _prefix: bool) -> Vec<String> {
    if matches!(name, "." | "..") {
        return vec![format!("may not be '{name}'")];
    }
    let forbidden = ["/", "%"].into_iter().filter(|part| name.contains(part));
    forbidden.map(|part| format!("may not contain '{part}'")).collect()
}

/// A label of a domain name that starts with a letter, as services have.
pub(crate) fn dns_1035_label(name: &str, prefix: bool) -> Vec<String> {
    let (name, mut reasons) = (masked(name, prefix), Vec::new());
    too_long(&name, LABEL_LENGTH, &mut reasons);
    if !(label_shaped(&name) && name.starts_with(|c: char| c.is_ascii_lowercase())) {
        reasons.push(LABEL_1035.into());
    }
    reasons
}

/// The key of a label or of an annotation.
pub fn qualified_name(key: &str) -> Vec<String> {
    let parts: Vec<&str> = key.split('/').collect();
    let (prefix, name) = match parts[..] {
        [name] => (None, name),
        [prefix, name] => (Some(prefix), name),
        _ => return vec![QUALIFIED.into()],
    };
    let mut reasons = Vec::new();
    match prefix {
        Some("") => reasons.push("prefix part must be non-empty".into()),
        Some(prefix) => {
            reasons.extend(dns_subdomain(prefix, false).into_iter().map(|r| format!("prefix part {r}")));
        }
        None => {}
    }
    if name.is_empty() {
        reasons.push("name part must be non-empty".into());
    } else if name.len() > LABEL_LENGTH {
        reasons.push(format!("name part must be no more than {LABEL_LENGTH} characters"));
    }
    if !word_shaped(name) {
        reasons.push(NAME_PART.into());
    }
    reasons
}

/// The value of a label.
pub fn label_value(value: &str) -> Vec<String> {
    let mut reasons = Vec::new();
    too_long(value, LABEL_LENGTH, &mut reasons);
    if !value.is_empty() && !word_shaped(value) {
        reasons.push(LABEL_VALUE.into());
    }
    reasons
}

/// A key of a ConfigMap or Secret.
pub fn config_key(key: &str) -> Vec<String> {
    let mut reasons = Vec::new();
    too_long(key, SUBDOMAIN_LENGTH, &mut reasons);
    let known = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    if key.is_empty() || !key.chars().all(known) {
        reasons.push(CONFIG_KEY.into());
    }
    match key {
        "." => reasons.push("must not be '.'".into()),
        ".." => reasons.push("must not be '..'".into()),
        _ if key.starts_with("..") => reasons.push("must not start with '..'".into()),
        _ => {}
    }
    reasons
}

/// The name of a port, such as `http`.
pub(crate) fn port_name(name: &str) -> Vec<String> {
    let mut reasons = Vec::new();
    too_long(name, 15, &mut reasons);
    if !name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-') {
        reasons.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)".into());
    }
    if !name.contains(|c: char| c.is_ascii_lowercase()) {
        reasons.push("must contain at least one letter (a-z)".into());
    }
    if name.contains("--") {
        reasons.push("must not contain consecutive hyphens".into());
    }
    if name.starts_with('-') || name.ends_with('-') {
        reasons.push("must not begin or end with a hyphen".into());
    }
    reasons
}

/// The number of a port.
pub(crate) fn port_number(port: i32) -> Vec<String> {
    if (1..=65535).contains(&port) { vec![] } else { vec!["must be between 1 and 65535, inclusive".into()] }
}

/// The name of an environment variable (upstream: `IsRelaxedEnvVarName`, the rule since 1.32).
pub fn env_name(name: &str) -> Vec<String> {
    if name.is_empty() {
        return vec!["environment variable name must be non-empty".into()];
    }
    let printable = |c: char| (' '..='~').contains(&c) && c != '=';
    if name.chars().all(printable) {
        return vec![];
    }
    vec![
        "a valid environment variable name must consist only of printable ASCII characters other than '='"
            .into(),
    ]
}
