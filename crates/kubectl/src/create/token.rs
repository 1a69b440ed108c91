//! `kubectl create token`: nobody signs tokens here, and no request needs one.

use super::name;
use crate::command::Cx;
use crate::{Args, Failure};
use orrery_api::{Kind, Namespace, ServiceAccount};
use orrery_apimachinery::Status;

pub(crate) fn run(cx: &mut Cx<'_>, args: &Args) -> Result<(), Failure> {
    let (name, _) = name(args)?;
    for flag in ["bound-object-name", "bound-object-uid"] {
        if args.flag(flag).is_some() && args.flag("bound-object-kind").is_none() {
            let text = format!("--{flag} can only be set if --bound-object-kind is provided");
            return Err(Failure::usage(text));
        }
    }
    let namespace = args.namespace();
    let why = if cx.api().get::<Namespace>("", namespace).is_none() {
        Status::not_found(&Kind::Namespace.resource(), namespace).message
    } else if cx.api().get::<ServiceAccount>(namespace, name).is_none() {
        Status::not_found(&Kind::ServiceAccount.resource(), name).message
    } else {
        "nobody signs tokens here, and no request needs one".into()
    };
    Err(Failure::usage(format!("failed to create token: {why}")))
}
