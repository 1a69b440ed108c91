//! `kubectl set image`.

use crate::command::{Cx, outcome};
use crate::pairs::{self, Pairs};
use crate::trouble::Trouble;
use crate::{Args, Failure};
use orrery_apimachinery::Value;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (resources, words) = pairs::split(&args.words, "image")?;
    let images = Pairs::parse(words, "image")?.set;
    let objects = super::objects(cx, args, resources)?;
    if images.is_empty() {
        return Err(Failure::usage("at least one image update is required"));
    }
    if images.len() > 1 && images.iter().any(|(name, _)| name == "*") {
        return Err(Failure::usage(
            "all containers are already specified by *, but saw more than one container_name=container_image pairs",
        ));
    }
    let mut troubles = Vec::new();
    for object in objects {
        let mut tree = object.to_value();
        let spec = match super::pod_spec(object.kind(), &mut tree) {
            Ok(spec) => spec,
            Err(words) => {
                troubles.push(super::about(&object, &words));
                continue;
            }
        };
        for (name, image) in &images {
            let containers = super::containers(spec, name);
            if containers.is_empty() {
                troubles.push(Trouble::Text(format!("error: unable to find container named {name:?}")));
            }
            for container in containers {
                container["image"] = Value::from(image.as_str());
            }
        }
        let words = ["failed to patch image update to pod template:", "image updated"];
        troubles.extend(super::change(cx, args, &object, &tree, words)?);
    }
    outcome(troubles)
}
