//! `kubectl diff -f`: what `apply` would change.

mod unified;

use crate::apply::{apply_on_server, merged, prune};
use crate::command::{Cx, DryRun};
use crate::create::usage;
use crate::manifest::{self, Manifest};
use crate::printer::shown;
use crate::{Args, Failure};
use orrery_api::Object;
use orrery_apimachinery::Value;
use orrery_apiserver::Key;
use orrery_manifest::to_yaml;

/// Where the two versions would lie.
const LIVE: &str = "/tmp/LIVE-1000000000";
const MERGED: &str = "/tmp/MERGED-1000000000";

/// The command; an exit code of one says that there are differences, so that of a failure is greater.
pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    differences(cx, args).map_err(|failure| Failure { code: failure.code.max(2), ..failure })
}

fn differences(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    if !args.words.is_empty() {
        let words = args.words.join(" ");
        return Err(usage(args, &format!("Unexpected args: [{words}]")));
    }
    if args.all("filename").is_empty() {
        return Err(Failure::usage("must specify one of -f and -k"));
    }
    if args.on("force-conflicts") && !args.on("server-side") {
        return Err(Failure::usage("--force-conflicts only works with --server-side"));
    }
    cx.dry_run = DryRun::Server;
    let kinds = prune::kinds(cx.api(), args)?;
    let manifests = manifest::read(cx, args)?;
    let mut texts = Vec::new();
    for manifest in &manifests {
        texts.push(compare(cx, args, manifest)?);
    }
    if args.on("prune") {
        let visited: Vec<Object> = manifests.iter().filter_map(|it| cx.get(&it.key).ok()).collect();
        for object in prune::left_over(cx.api(), args, &kinds, &visited)? {
            let text = to_yaml(&shown(cx.api(), &object, args));
            texts.push(told(cx, &Key::of(&object), [text, String::new()]));
        }
    }
    for text in texts {
        if !text.is_empty() {
            cx.output.stdout.push_str(&text);
            cx.output.code = 1;
        }
    }
    Ok(())
}

/// The difference that applying one manifest would make.
fn compare(cx: &mut Cx<'_>, args: &Args, manifest: &Manifest) -> Result<String, Failure> {
    let live = cx.get(&manifest.key).ok();
    let merged = match args.on("server-side") {
        true => apply_on_server(cx, args, manifest)?,
        false => merged(cx, manifest, live.as_ref())?,
    };
    let mut trees = [
        live.as_ref().map_or(Value::Null, |live| shown(cx.api(), live, args)),
        shown(cx.api(), &merged, args),
    ];
    if manifest.key.kind.name() == "Secret" {
        mask(&mut trees);
    }
    let texts = trees.map(|tree| if tree.is_null() { String::new() } else { to_yaml(&tree) });
    Ok(told(cx, &manifest.key, texts))
}

/// How two texts of an object differ, as `diff` prints it; nothing when they do not.
fn told(cx: &Cx<'_>, key: &Key, texts: [String; 2]) -> String {
    let hunks = unified::hunks(&texts[0], &texts[1]);
    if hunks.is_empty() {
        return hunks;
    }
    let (name, now) = (file_name(key), cx.api().micro_date(cx.session.now()).to_string());
    let date = now.replace('T', " ").replace('Z', "000 +0000");
    format!(
        "diff -u -N {LIVE}/{name} {MERGED}/{name}\n--- {LIVE}/{name}\t{date}\n+++ {MERGED}/{name}\t{date}\n{hunks}"
    )
}

/// `apps.v1.Deployment.default.web`.
fn file_name(key: &Key) -> String {
    let group = match key.kind.group() {
        "" => String::new(),
        group => format!("{group}."),
    };
    format!("{group}{}.{}.{}.{}", key.kind.version(), key.kind.name(), key.namespace, key.name)
}

/// Secrets are not shown, only whether they change.
fn mask([before, after]: &mut [Value; 2]) {
    let old = before["data"].as_object().cloned().unwrap_or_default();
    let new = after["data"].as_object().cloned().unwrap_or_default();
    for (tree, own, other, changed) in
        [(before, &old, &new, "*** (before)"), (after, &new, &old, "*** (after)")]
    {
        for (key, value) in own {
            let differs = other.get(key).is_some_and(|twin| twin != value);
            tree["data"][key] = if differs { changed } else { "***" }.into();
        }
    }
}
