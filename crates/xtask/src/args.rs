//! Command line flags, read without a library: there are five of them.

use crate::shell::Result;

/// Takes `--name` out of `words`; true if it was there.
pub fn flag(words: &mut Vec<String>, name: &str) -> bool {
    match words.iter().position(|word| word == name) {
        Some(at) => {
            words.remove(at);
            true
        }
        None => false,
    }
}

/// Takes `--name value` or `--name=value` out of `words`.
pub fn value(words: &mut Vec<String>, name: &str) -> Result<Option<String>> {
    let joined = format!("{name}=");
    let Some(at) = words.iter().position(|word| word == name || word.starts_with(&joined)) else {
        return Ok(None);
    };
    let word = words.remove(at);
    if let Some(value) = word.strip_prefix(&joined) {
        return Ok(Some(value.to_owned()));
    }
    if at == words.len() {
        return Err(format!("{name} needs a value"));
    }
    Ok(Some(words.remove(at)))
}

/// Complains if anything is left over.
pub fn none(words: &[String]) -> Result<()> {
    match words.first() {
        Some(word) => Err(format!("do not know `{word}`; `cargo xtask help` lists what there is")),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<String> {
        line.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn a_value_may_follow_or_be_joined_and_what_is_left_over_is_an_error() {
        let mut given = words("--port 9000 --host=0.0.0.0 --release extra");
        assert_eq!(value(&mut given, "--port"), Ok(Some("9000".to_owned())));
        assert_eq!(value(&mut given, "--host"), Ok(Some("0.0.0.0".to_owned())));
        assert!(flag(&mut given, "--release"));
        assert!(!flag(&mut given, "--release"));
        assert_eq!(value(&mut given, "--port"), Ok(None));
        assert!(none(&given).is_err());
        assert!(none(&[]).is_ok());
    }

    #[test]
    fn a_flag_without_its_value_is_an_error() {
        assert!(value(&mut words("--release --port"), "--port").is_err());
    }
}
