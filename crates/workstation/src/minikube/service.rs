//! `minikube service`, `minikube ip`, `minikube tunnel`: how the person's machine reaches Services (upstream:
//! `pkg/minikube/service/service.go`).

use crate::{Desk, Words};
use orrery_api::{LOAD_BALANCER, Node, Service};

/// The address of the first node.
fn address(desk: &Desk<'_>) -> Option<String> {
    let node = desk.station.api().list::<Node>().next()?;
    let own = node.status.addresses.iter().find(|address| &*address.type_ == "InternalIP")?;
    Some((*own.address).to_owned())
}

pub(crate) fn ip(desk: &mut Desk<'_>) -> Result<(), String> {
    let address = address(desk).ok_or("X Exiting due to GUEST_STATUS: there is no node")?;
    desk.say(&address);
    Ok(())
}

/// The ports of a Service as it shows them, and the addresses that lead to them from outside.
fn ports(service: &Service, address: &str) -> (Vec<String>, Vec<String>) {
    let (mut names, mut urls) = (Vec::new(), Vec::new());
    for port in service.spec.ports.iter().filter(|port| port.node_port != 0) {
        let name = port.name.as_deref().map_or(String::new(), |name| [name, "/"].concat());
        names.push(format!("{name}{}", port.port));
        urls.push(format!("http://{address}:{}", port.node_port));
    }
    (names, urls)
}

pub(crate) fn one(desk: &mut Desk<'_>, words: &Words<'_>, name: &str) -> Result<(), String> {
    let namespace = words.flag(&["-n", "--namespace"]).unwrap_or("default");
    let Some(service) = desk.station.api().get::<Service>(namespace, name).cloned() else {
        return Err(format!(
            "\nX Exiting due to SVC_NOT_FOUND: Service '{name}' was not found in '{namespace}' namespace.\nYou may select another namespace by using 'minikube service {name} -n <namespace>'. Or list out all the services using 'minikube service list'\n"
        ));
    };
    let (names, urls) = ports(&service, &address(desk).unwrap_or_default());
    if words.flag(&["--url"]).is_none() {
        let target = if names.is_empty() { "No node port".to_owned() } else { names.join("\n") };
        table(
            desk,
            &["NAMESPACE", "NAME", "TARGET PORT", "URL"],
            &[[namespace.into(), name.into(), target, urls.join("\n")].into()],
        );
    }
    if urls.is_empty() {
        desk.note(&format!("* service {namespace}/{name} has no node port"));
        return Ok(());
    }
    match words.flag(&["--url"]) {
        Some(_) => urls.iter().for_each(|url| desk.say(url)),
        None => desk.say(&format!("* Opening service {namespace}/{name} in default browser...")),
    }
    Ok(())
}

pub(crate) fn list(desk: &mut Desk<'_>, words: &Words<'_>) {
    let address = address(desk).unwrap_or_default();
    let wanted = words.flag(&["-n", "--namespace"]);
    let mut rows = Vec::new();
    for service in desk.station.api().list::<Service>() {
        let meta = &service.metadata;
        if wanted.is_some_and(|namespace| namespace != &*meta.namespace) {
            continue;
        }
        let (names, urls) = ports(service, &address);
        let target = if names.is_empty() { "No node port".to_owned() } else { names.join("\n") };
        rows.push(vec![meta.namespace.to_string(), meta.name.to_string(), target, urls.join("\n")]);
    }
    table(desk, &["NAMESPACE", "NAME", "TARGET PORT", "URL"], &rows);
}

/// Prints a table as minikube does; a cell may have several lines.
pub(crate) fn table(desk: &mut Desk<'_>, head: &[&str], rows: &[Vec<String>]) {
    let mut widths: Vec<usize> = head.iter().map(|cell| cell.len()).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.lines().map(|line| line.chars().count()).max().unwrap_or(0).max(*width);
        }
    }
    let rule: String = widths.iter().map(|width| ["|", &"-".repeat(width + 2)].concat()).collect();
    let rule = [&rule, "|"].concat();
    desk.say(&rule);
    let middle: String = head.iter().zip(&widths).map(|(cell, width)| format!("| {cell:^width$} ")).collect();
    desk.say(&[&middle, "|"].concat());
    desk.say(&rule);
    for row in rows {
        let lines = row.iter().map(|cell| cell.lines().count()).max().unwrap_or(0).max(1);
        for number in 0..lines {
            let cell = |cell: &String| cell.lines().nth(number).unwrap_or("").to_owned();
            let line: String =
                row.iter().zip(&widths).map(|(text, width)| format!("| {:<width$} ", cell(text))).collect();
            desk.say(&[&line, "|"].concat());
        }
    }
    desk.say(&rule);
}

/// The cloud beneath gives load balancers their addresses, and they are reached from outside as they are.
pub(crate) fn tunnel(desk: &mut Desk<'_>) {
    desk.say("* Tunnel successfully started\n");
    desk.say("* NOTE: Please do not close this terminal as this process must stay alive for the tunnel to be accessible ...\n");
    let api = desk.station.api();
    let wanted = |service: &&std::rc::Rc<Service>| service.spec.type_.as_deref() == Some(LOAD_BALANCER);
    let names: Vec<_> = api.list::<Service>().filter(wanted).map(|s| s.metadata.name.clone()).collect();
    for name in names {
        desk.say(&format!("* Starting tunnel for service {name}."));
    }
}
