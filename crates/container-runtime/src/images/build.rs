//! Images that a person built: what their Dockerfile says of how they run.

use orrery_apimachinery::Str;

/// How an image was built.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recipe {
    /// The image that it was built upon, as `FROM` names it.
    pub base: Str,
    /// `ENTRYPOINT`.
    pub entrypoint: Vec<Str>,
    /// `CMD`.
    pub command: Vec<Str>,
    /// `ENV`, in order.
    pub env: Vec<(Str, Str)>,
    /// `EXPOSE`.
    pub ports: Vec<u16>,
    /// `WORKDIR`.
    pub directory: Str,
}

impl Recipe {
    /// Reads a Dockerfile. The error is docker's.
    pub fn read(text: &str) -> Result<Recipe, String> {
        let mut recipe = Recipe::default();
        let joined = text.replace("\\\r\n", " ").replace("\\\n", " ");
        for (number, line) in joined.lines().enumerate() {
            let line = line.trim();
            let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
            let rest = rest.trim();
            match &*word.to_ascii_uppercase() {
                "FROM" => {
                    let image = rest.split_whitespace().find(|w| !w.starts_with("--")).unwrap_or_default();
                    recipe = Recipe { base: image.into(), ..Recipe::default() };
                }
                "ENTRYPOINT" => recipe.entrypoint = words_of(rest),
                "CMD" => recipe.command = words_of(rest),
                "ENV" => recipe.env.extend(pairs_of(rest)),
                "WORKDIR" => recipe.directory = rest.into(),
                "EXPOSE" => {
                    let ports =
                        rest.split_whitespace().filter_map(|p| p.split('/').next()?.parse::<u16>().ok());
                    recipe.ports.extend(ports);
                }
                "" | "ADD" | "ARG" | "COPY" | "HEALTHCHECK" | "LABEL" | "MAINTAINER" | "ONBUILD" | "RUN"
                | "SHELL" | "STOPSIGNAL" | "USER" | "VOLUME" => {}
                _ if line.starts_with('#') => {}
                _ => {
                    return Err(format!(
                        "dockerfile parse error on line {}: unknown instruction: {word}",
                        number + 1
                    ));
                }
            }
        }
        match &*recipe.base {
            "" => Err("dockerfile parse error: no build stage in current context".into()),
            _ => Ok(recipe),
        }
    }
}

/// The words of a command: a JSON list, or a line for the shell.
fn words_of(text: &str) -> Vec<Str> {
    let list = text.strip_prefix('[').and_then(|inner| inner.trim_end().strip_suffix(']'));
    match list {
        Some(inner) => quoted(inner),
        None => ["/bin/sh", "-c", text].map(Str::from).into(),
    }
}

/// The texts in quotation marks within a JSON list.
fn quoted(text: &str) -> Vec<Str> {
    let (mut words, mut open, mut escaped) = (Vec::new(), None, false);
    for c in text.chars() {
        match (&mut open, c) {
            (None, '"') => open = Some(String::new()),
            (None, _) => {}
            (Some(word), _) if escaped => {
                word.push(if c == 'n' { '\n' } else { c });
                escaped = false;
            }
            (Some(_), '\\') => escaped = true,
            (Some(word), '"') => {
                words.push(word.as_str().into());
                open = None;
            }
            (Some(word), _) => word.push(c),
        }
    }
    words
}

/// `A=1 B="two words"`, or the old `A one value`.
fn pairs_of(text: &str) -> Vec<(Str, Str)> {
    let name_end = text.find([' ', '=']).unwrap_or(text.len());
    if !text[name_end..].starts_with('=') {
        return vec![(text[..name_end].into(), text[name_end..].trim().into())];
    }
    let (mut pairs, mut in_quotes, mut word) = (Vec::new(), false, String::new());
    for c in text.chars().chain([' ']) {
        match c {
            '"' => in_quotes = !in_quotes,
            ' ' if !in_quotes => {
                if let Some((name, value)) = word.split_once('=') {
                    pairs.push((name.into(), value.into()));
                }
                word.clear();
            }
            c => word.push(c),
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dockerfile_says_how_its_image_runs() {
        let text = "# app\nFROM golang:1.23 AS build\nRUN go build \\\n  -o /app\nENTRYPOINT [\"/bin/true\"]\n\
                    FROM --platform=linux/amd64 alpine:3.20\nWORKDIR /srv\nENV PORT=8080 NAME=\"a b\"\nENV OLD one value\n\
                    EXPOSE 8080/tcp 9090\nCOPY --from=build /app /app\nENTRYPOINT [\"/app\", \"--listen\"]\nCMD echo hi\n";
        let strings = |words: &[Str]| words.join("|");
        let recipe = Recipe::read(text).expect("it is a Dockerfile");
        assert_eq!(&*recipe.base, "alpine:3.20", "the last stage counts");
        assert_eq!(strings(&recipe.entrypoint), "/app|--listen");
        assert_eq!(strings(&recipe.command), "/bin/sh|-c|echo hi");
        assert_eq!(recipe.ports, [8080, 9090]);
        let env: Vec<String> = recipe.env.iter().map(|(n, v)| format!("{n}={v}")).collect();
        assert_eq!(env, ["PORT=8080", "NAME=a b", "OLD=one value"]);
        for (text, expected) in [
            ("FORM alpine", "dockerfile parse error on line 1: unknown instruction: FORM"),
            ("# nothing", "dockerfile parse error: no build stage in current context"),
        ] {
            assert_eq!(Recipe::read(text), Err(expected.to_owned()));
        }
    }
}
