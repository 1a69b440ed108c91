//! An EndpointSlice.

use super::Story;
use super::story::{joined, list};
use orrery_apimachinery::Value;

pub(super) fn describe(story: &mut Story, tree: &Value) {
    story.tell(
        tree,
        "Name:\t{metadata.name}\nNamespace:\t{metadata.namespace}\nLabels:\t{+metadata.labels}
Annotations:\t{*metadata.annotations}\nAddressType:\t{addressType}",
    );
    if list(&tree["ports"]).is_empty() {
        story.line(0, "Ports: <unset>");
    }
    story.table(
        "Ports:\n  Name\tPort\tProtocol\n  ----\t----\t--------",
        &tree["ports"],
        "  {name?<unset>}\t{port?<unset>}\t{protocol}",
    );
    let endpoints = list(&tree["endpoints"]);
    story.line(0, if endpoints.is_empty() { "Endpoints: <none>" } else { "Endpoints:" });
    for endpoint in endpoints {
        let addresses = joined(&endpoint["addresses"], ", ");
        story.field(1, "- Addresses", if addresses.is_empty() { "<none>" } else { &addresses });
        story.tell(
            endpoint,
            "    Conditions:\n      Ready:\t{conditions.ready?<unset>}\n    Hostname:\t{hostname?<unset>}
?    TargetRef:\t{targetRef.kind}/{targetRef.name}\n    NodeName:\t{nodeName?<unset>}\n    Zone:\t{zone?<unset>}",
        );
    }
}
