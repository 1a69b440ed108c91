//! `-o`: how objects are printed.

use crate::command::Cx;
use crate::json::pretty;
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
    Json,
    Template(Template),
}

impl Format {
    pub(crate) fn parse(args: &Args) -> Result<Format, Failure> {
        let output = args.flag("output").unwrap_or_default();
        let template = args.flag("template").unwrap_or_default();
        let (name, template) = output.split_once('=').unwrap_or((output, template));
        match name {
            "" => Ok(Format::Human { wide: false }),
            "wide" => Ok(Format::Human { wide: true }),
            "name" => Ok(Format::Name),
            "yaml" => Ok(Format::Yaml),
            "json" => Ok(Format::Json),
            "jsonpath" | "jsonpath-as-json" => {
                let template = Template::parse(template, name == "jsonpath-as-json");
                template.map(Format::Template).map_err(Failure::usage)
            }
            _ => Err(Failure::usage(format!(
                "unable to match a printer suitable for the output format \"{output}\", allowed formats are: json,jsonpath,jsonpath-as-json,name,wide,yaml"
            ))),
        }
    }
}

/// Prints a tree in a format that is not for people.
pub(crate) fn print_tree(cx: &mut Cx<'_>, format: &Format, tree: &Value) -> Result<(), Failure> {
    match format {
        Format::Json => cx.say(pretty(tree)),
        Format::Template(template) => cx.output.stdout += &template.print(tree).map_err(Failure::usage)?,
        _ => cx.output.stdout += &to_yaml(tree),
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
    match Format::parse(args)? {
        Format::Human { .. } => cx.say(format!("{name} {operation}{}", cx.dry_run.suffix())),
        Format::Name => cx.say(name),
        format => print_tree(cx, &format, &shown(cx.api(), object, args))?,
    }
    Ok(())
}
