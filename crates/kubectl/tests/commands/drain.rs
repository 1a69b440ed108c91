//! `kubectl drain`, `cordon` and `uncordon`. Nothing works by itself here: a pod that is evicted stays.

use crate::session::check;
use expect_test::expect;

const CLUSTER: &str = "
apiVersion: v1
kind: Node
metadata: {name: node-1}
---
apiVersion: v1
kind: Node
metadata: {name: node-2}
---
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: logs}
spec:
  selector: {matchLabels: {app: logs}}
  template:
    metadata: {labels: {app: logs}}
    spec: {containers: [{name: c, image: logs}]}
---
apiVersion: v1
kind: Pod
metadata:
  name: logs-x
  ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: logs, uid: u1, controller: true}]
spec: {nodeName: node-1, containers: [{name: c, image: logs}]}
---
apiVersion: v1
kind: Pod
metadata:
  name: lost-x
  ownerReferences: [{apiVersion: apps/v1, kind: DaemonSet, name: gone, uid: u2, controller: true}]
spec: {nodeName: node-1, containers: [{name: c, image: logs}]}
---
apiVersion: v1
kind: Pod
metadata: {name: alone, labels: {app: alone}}
spec: {nodeName: node-1, containers: [{name: c, image: c}], volumes: [{name: v, emptyDir: {}}]}
---
apiVersion: v1
kind: Pod
metadata: {name: bare}
spec: {nodeName: node-1, containers: [{name: c, image: c}]}
";

#[test]
fn a_node_is_drained_only_of_pods_that_may_go() {
    check(
        &[
            ("apply -f -", CLUSTER),
            ("drain", ""),
            ("drain node-1 -l a=b", ""),
            ("drain ghost", ""),
            ("drain pod/bare", ""),
            ("drain node-2 --dry-run=client", ""),
            ("drain node-2", ""),
            ("drain node-1", ""),
            ("drain node-1 --force --ignore-daemonsets --delete-emptydir-data --dry-run=server", ""),
            ("drain node-1 --force --ignore-daemonsets --delete-emptydir-data --dry-run=client", ""),
            (
                "drain node-1 --force --ignore-daemonsets --delete-emptydir-data --pod-selector=app=alone --timeout=90s",
                "",
            ),
            (
                "drain node-1 --force --ignore-daemonsets --delete-emptydir-data --disable-eviction --grace-period=0 --timeout=5s",
                "",
            ),
            ("drain node-1 --force --ignore-daemonsets --skip-wait-for-delete-timeout=20", ""),
            ("uncordon node-1 node-2", ""),
            ("uncordon node-1 --dry-run=server", ""),
            ("cordon node-1 ghost", ""),
        ],
        expect![[r#"
            $ apply -f -
            node/node-1 created
            node/node-2 created
            daemonset.apps/logs created
            pod/logs-x created
            pod/lost-x created
            pod/alone created
            pod/bare created
            $ drain
            stderr: error: USAGE: drain NODE [flags]
            stderr: See 'kubectl drain -h' for help and examples
            exit code 1
            $ drain node-1 -l a=b
            stderr: error: cannot specify both a node name and a --selector option
            stderr: See 'kubectl drain -h' for help and examples
            exit code 1
            $ drain ghost
            stderr: Error from server (NotFound): nodes "ghost" not found
            exit code 1
            $ drain pod/bare
            stderr: error: expected resource of type node, got "/v1, Resource=pods"
            exit code 1
            $ drain node-2 --dry-run=client
            node/node-2 cordoned (dry run)
            node/node-2 drained (dry run)
            $ drain node-2
            node/node-2 cordoned
            node/node-2 drained
            $ drain node-1
            node/node-1 cordoned
            stderr: error: unable to drain node "node-1" due to error: [cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): default/logs-x, cannot delete Pods with local storage (use --delete-emptydir-data to override): default/alone, cannot delete cannot delete Pods that declare no controller (use --force to override): default/bare, cannot delete daemonsets.apps "gone" not found: default/lost-x], continuing command...
            stderr: There are pending nodes to be drained:
            stderr:  node-1
            stderr: cannot delete DaemonSet-managed Pods (use --ignore-daemonsets to ignore): default/logs-x
            stderr: cannot delete Pods with local storage (use --delete-emptydir-data to override): default/alone
            stderr: cannot delete cannot delete Pods that declare no controller (use --force to override): default/bare
            stderr: cannot delete daemonsets.apps "gone" not found: default/lost-x
            exit code 1
            $ drain node-1 --force --ignore-daemonsets --delete-emptydir-data --dry-run=server
            node/node-1 already cordoned (server dry run)
            stderr: Warning: deleting Pods that declare no controller: default/alone, default/bare; ignoring DaemonSet-managed Pods: default/logs-x
            evicting pod default/alone (server dry run)
            evicting pod default/bare (server dry run)
            evicting pod default/lost-x (server dry run)
            node/node-1 drained (server dry run)
            $ drain node-1 --force --ignore-daemonsets --delete-emptydir-data --dry-run=client
            node/node-1 already cordoned (dry run)
            stderr: Warning: deleting Pods that declare no controller: default/alone, default/bare; ignoring DaemonSet-managed Pods: default/logs-x
            evicting pod default/alone (dry run)
            evicting pod default/bare (dry run)
            evicting pod default/lost-x (dry run)
            node/node-1 drained (dry run)
            $ drain node-1 --force --ignore-daemonsets --delete-emptydir-data --pod-selector=app=alone --timeout=90s
            node/node-1 already cordoned
            stderr: Warning: deleting Pods that declare no controller: default/alone
            evicting pod default/alone
            stderr: There are pending pods in node "node-1" when an error occurred: error when waiting for pod "alone" in namespace "default" to terminate: context deadline exceeded
            stderr: pod/alone
            stderr: error: unable to drain node "node-1" due to error: error when waiting for pod "alone" in namespace "default" to terminate: context deadline exceeded, continuing command...
            stderr: There are pending nodes to be drained:
            stderr:  node-1
            stderr: error when waiting for pod "alone" in namespace "default" to terminate: context deadline exceeded
            exit code 1
            $ drain node-1 --force --ignore-daemonsets --delete-emptydir-data --disable-eviction --grace-period=0 --timeout=5s
            node/node-1 already cordoned
            stderr: Warning: deleting Pods that declare no controller: default/alone, default/bare; ignoring DaemonSet-managed Pods: default/logs-x
            pod/alone deleted
            pod/bare deleted
            pod/lost-x deleted
            node/node-1 drained
            $ drain node-1 --force --ignore-daemonsets --skip-wait-for-delete-timeout=20
            node/node-1 already cordoned
            stderr: Warning: ignoring DaemonSet-managed Pods: default/logs-x
            node/node-1 drained
            $ uncordon node-1 node-2
            node/node-1 uncordoned
            node/node-2 uncordoned
            $ uncordon node-1 --dry-run=server
            node/node-1 already uncordoned (server dry run)
            $ cordon node-1 ghost
            stderr: Error from server (NotFound): nodes "ghost" not found
            exit code 1
        "#]],
    );
}
