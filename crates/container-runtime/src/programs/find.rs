//! `find`: walks through directories, prints what is as asked for, or deletes it.

use super::{Call, Found, Outcome, Program, Reach};
use crate::files::Kind;
use crate::shell::matches;

pub(super) const PROGRAMS: &[Program] =
    &[Program { name: "find", found: Found::Everywhere, reach: Reach::Files, run: find }];

/// What is looked for, and what is done with it.
struct Wish {
    depth: std::ops::RangeInclusive<usize>,
    kind: Option<Kind>,
    name: Option<String>,
    delete: bool,
}

/// The places to look at, and the wish; an option that is not known is an error.
fn parse(call: &Call) -> Result<(Vec<String>, Wish), String> {
    let mut wish = Wish { depth: 0..=usize::MAX, kind: None, name: None, delete: false };
    let mut paths = Vec::new();
    let mut words = call.args[1..].iter();
    while let Some(word) = words.next() {
        if !word.starts_with('-') {
            paths.push(word.to_string());
            continue;
        }
        let mut value = || words.next().map(ToString::to_string).unwrap_or_default();
        match &**word {
            "-mindepth" => wish.depth = value().parse().unwrap_or(0)..=*wish.depth.end(),
            "-maxdepth" => wish.depth = *wish.depth.start()..=value().parse().unwrap_or(usize::MAX),
            "-type" => wish.kind = Some(if value() == "d" { Kind::Directory } else { Kind::File }),
            "-name" => wish.name = Some(value()),
            "-delete" => wish.delete = true,
            "-print" => {}
            other => return Err(["unrecognized: ", other].concat()),
        }
    }
    if paths.is_empty() {
        paths.push(".".into());
    }
    Ok((paths, wish))
}

fn find(call: &mut Call) -> Outcome {
    let (paths, wish) = match parse(call) {
        Ok(parsed) => parsed,
        Err(why) => {
            call.fail(1, &[&why]);
            return Outcome::Exit(1);
        }
    };
    let mut code = 0;
    for path in paths {
        if call.container.kind(&call.path(&path), call.world).is_none() {
            call.fail(1, &[&path, ": No such file or directory"]);
            code = 1;
        } else if !visit(call, &path, 0, &wish) {
            code = 1;
        }
    }
    Outcome::Exit(code)
}

/// Looks at `path` and what is below it; whether all that was to be deleted could be. What is deleted is what is below
/// first.
fn visit(call: &mut Call, path: &str, depth: usize, wish: &Wish) -> bool {
    let whole = call.path(path);
    let kind = call.container.kind(&whole, call.world);
    let name = path.rsplit('/').next().unwrap_or(path);
    let wanted = wish.depth.contains(&depth)
        && wish.kind.is_none_or(|wanted| Some(wanted) == kind)
        && wish.name.as_ref().is_none_or(|pattern| matches(pattern, name));
    if wanted && !wish.delete {
        call.out.push_str(&[path, "\n"].concat());
    }
    let mut done = true;
    if kind == Some(Kind::Directory) && depth < *wish.depth.end() {
        for name in call.container.list(&whole, call.world).unwrap_or_default() {
            done &= visit(call, &[path.trim_end_matches('/'), "/", &name].concat(), depth + 1, wish);
        }
    }
    if wanted && wish.delete && !call.container.remove(&whole, call.world) {
        call.fail(1, &["cannot delete '", path, "': Read-only file system"]);
        done = false;
    }
    done
}
