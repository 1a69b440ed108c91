//! `-o`: how objects are printed.

use crate::command::Cx;
use crate::custom_columns::Columns;
use crate::gotemplate::GoTemplate;
use crate::json::{pretty, pretty_typed};
use crate::jsonpath::Template;
use crate::{Args, Failure, target};
use orrery_api::Object;
use orrery_apimachinery::Value;
use orrery_apiserver::{ApiServer, Key};
use orrery_manifest::to_yaml;

/// How objects are to be printed.
pub(crate) enum Format {
    /// As people read them: a table, or what was done with them.
    Human {
        wide: bool,
    },
    Name,
    Yaml,
    Json {
        /// Whether the object is one of Go's types, and no map.
        typed: bool,
    },
    Template(Template),
    GoTemplate(GoTemplate),
    Columns(Columns),
}

/// What commands can print that print objects, and what `get` can print besides.
const ALLOWED: &str = "go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,yaml";
const ALLOWED_OF_GET: &str = "custom-columns,custom-columns-file,go-template,go-template-file,json,jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml";

/// The commands whose objects are of Go's types (upstream: builders `WithScheme`, and clients of one kind); those of all
/// others are maps. A blank stands for what follows.
const TYPED: [&str; 11] = [
    "auth ",
    "autoscale",
    "cluster-info ",
    "config ",
    "create ",
    "events",
    "expose",
    "rollout ",
    "run",
    "set ",
    "taint",
];

impl Format {
    /// JSON as the command prints it.
    pub(crate) fn json(args: &Args) -> Format {
        let command = args.command;
        let is = |typed: &str| command == typed || (typed.ends_with(' ') && command.starts_with(typed));
        Format::Json { typed: TYPED.iter().any(|typed| is(typed)) }
    }

    pub(crate) fn parse(cx: &Cx<'_>, args: &Args) -> Result<Format, Failure> {
        let (output, template) = (args.flag("output").unwrap_or_default(), args.flag("template"));
        let (name, given) = match output.split_once('=') {
            Some((name, given)) => (name, Some(given)),
            None if output.is_empty() && template.is_some() => ("go-template", template),
            None => (output, template),
        };
        let getting = args.command == "get";
        match name {
            "" => Ok(Format::Human { wide: false }),
            "name" => Ok(Format::Name),
            "yaml" => Ok(Format::Yaml),
            "json" => Ok(Format::json(args)),
            "wide" if getting => Ok(Format::Human { wide: true }),
            "custom-columns" if getting => {
                Columns::parse(given.unwrap_or_default(), args.on("no-headers")).map(Format::Columns)
            }
            "custom-columns-file" if getting => {
                let text = template_file(cx, given.unwrap_or_default())?;
                Columns::parse_file(&text).map(Format::Columns)
            }
            "go-template" | "go-template-file" | "template" | "templatefile" => {
                let text = template_of(cx, name, given)?;
                let missing_is_error = args.flag("allow-missing-template-keys").is_some()
                    && !args.on("allow-missing-template-keys");
                let template = GoTemplate::parse(&text, missing_is_error);
                template.map(Format::GoTemplate).map_err(Failure::usage)
            }
            "jsonpath" | "jsonpath-as-json" | "jsonpath-file" => {
                let text = template_of(cx, name, given)?;
                let template = Template::parse(&text, name == "jsonpath-as-json");
                template.map(Format::Template).map_err(Failure::usage)
            }
            _ => {
                let allowed = if getting { ALLOWED_OF_GET } else { ALLOWED };
                Err(Failure::usage(format!(
                    "unable to match a printer suitable for the output format \"{output}\", allowed formats are: {allowed}"
                )))
            }
        }
    }
}

/// The template that is given, or that the given file holds.
fn template_of(cx: &Cx<'_>, name: &str, given: Option<&str>) -> Result<String, Failure> {
    let missing = || Failure::usage("template format specified but no template given");
    let given = given.filter(|given| !given.is_empty()).ok_or_else(missing)?;
    if name.ends_with("file") { template_file(cx, given) } else { Ok(given.into()) }
}

fn template_file(cx: &Cx<'_>, file: &str) -> Result<String, Failure> {
    let missing =
        || Failure::usage(format!("error reading --template {file}, open {file}: no such file or directory"));
    cx.files.read(file).ok_or_else(missing)
}

/// Prints a tree in a format that is not for people.
pub(crate) fn print_tree(cx: &mut Cx<'_>, format: &Format, tree: &Value) -> Result<(), Failure> {
    match format {
        Format::Json { typed: false } => cx.say(pretty(tree)),
        Format::Json { typed: true } => cx.say(pretty_typed(tree)),
        Format::Template(template) => cx.output.stdout += &template.print(tree).map_err(Failure::usage)?,
        Format::GoTemplate(template) => match template.print(tree) {
            Ok(text) => cx.output.stdout += &text,
            Err((printed, error)) => {
                cx.output.stdout += &printed;
                return Err(Failure::usage(error));
            }
        },
        Format::Columns(columns) => {
            let items = tree["items"].as_array().filter(|_| tree["kind"] == "List");
            let objects = items.map_or_else(|| vec![tree], |items| items.iter().collect());
            cx.output.stdout += &columns.print(&objects)?;
        }
        _ => {
            if cx.documents > 0 {
                cx.say("---");
            }
            cx.documents += 1;
            cx.output.stdout += &to_yaml(tree);
        }
    }
    Ok(())
}

/// The object without its managed fields, which kubectl keeps to itself unless it is asked for them.
pub(crate) fn shown(api: &ApiServer, object: &Object, args: &Args) -> Value {
    let object = api.served(object);
    if args.on("show-managed-fields") { api.with_managers(&object).to_value() } else { object.to_value() }
}

/// Says what was done with an object, or prints the object as `-o` asks.
pub(crate) fn done(cx: &mut Cx<'_>, args: &Args, object: &Object, operation: &str) -> Result<(), Failure> {
    let name = target::display(&Key::of(object));
    match Format::parse(cx, args)? {
        Format::Human { .. } => cx.say(format!("{name} {operation}{}", cx.dry_run.suffix())),
        Format::Name => cx.say(name),
        format => print_tree(cx, &format, &shown(cx.api(), object, args))?,
    }
    Ok(())
}
