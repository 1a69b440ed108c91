//! kube-scheduler: picks a node for each pod that has none.
