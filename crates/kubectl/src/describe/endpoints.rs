//! Endpoints.

use super::Story;
use super::story::list;
use orrery_apimachinery::Value;

pub(super) fn describe(story: &mut Story, tree: &Value) {
    story.tell(
        tree,
        "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}\nLabels:\t{+metadata.labels}
Annotations:\t{*metadata.annotations}\nSubsets:",
    );
    for subset in list(&tree["subsets"]) {
        addresses(story, "Addresses", &subset["addresses"]);
        addresses(story, "NotReadyAddresses", &subset["notReadyAddresses"]);
        story.table(
            "  Ports:\n    Name\tPort\tProtocol\n    ----\t----\t--------",
            &subset["ports"],
            "    {name?<unset>}\t{port}\t{protocol}",
        );
        story.line(0, "");
    }
}

fn addresses(story: &mut Story, name: &str, addresses: &Value) {
    let ips: Vec<&str> = list(addresses).iter().filter_map(|address| address["ip"].as_str()).collect();
    story.field(1, name, if ips.is_empty() { "<none>".into() } else { ips.join(",") }.as_str());
}
