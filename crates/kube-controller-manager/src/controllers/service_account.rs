//! Gives every namespace its `default` service account and the ConfigMap with the root certificate
//! (upstream: `pkg/controller/serviceaccount`, `pkg/controller/certificates/rootcacertpublisher`).

use crate::{Action, Controller, Wake};
use orrery_api::{ConfigMap, Kind, Namespace, ServiceAccount};
use orrery_apimachinery::{ObjectMeta, StatusResult, StrMap};
use orrery_client::{ApiServer, Change, Context, Key};

const ROOT_CA: &str = "kube-root-ca.crt";

/// The controller; it remembers nothing.
#[derive(Clone, Debug, Default)]
pub struct ServiceAccountController;

impl Controller for ServiceAccountController {
    const NAME: &'static str = "serviceaccount-controller";

    fn observe(&mut self, change: &Change, _api: &ApiServer, wake: &mut Wake) {
        let meta = change.value.metadata();
        match change.value.kind() {
            Kind::Namespace => wake.key(Key::new(Kind::Namespace, "", meta.name.clone())),
            Kind::ServiceAccount if &*meta.name == "default" => {
                wake.key(Key::new(Kind::Namespace, "", meta.namespace.clone()))
            }
            Kind::ConfigMap if &*meta.name == ROOT_CA => {
                wake.key(Key::new(Kind::Namespace, "", meta.namespace.clone()))
            }
            _ => {}
        }
    }

    fn sync(&mut self, key: &Key, cx: &mut Context<'_>) -> StatusResult<Action> {
        let active = cx.get::<Namespace>("", &key.name).is_some_and(|n| !n.metadata.terminating());
        if !active {
            return Ok(Action::AwaitChange);
        }
        let meta = |name: &str| ObjectMeta::named(key.name.clone(), name);
        if cx.get::<ConfigMap>(&key.name, ROOT_CA).is_none() {
            let mut map = ConfigMap { metadata: meta(ROOT_CA), ..Default::default() };
            map.metadata.annotations.insert(
                "kubernetes.io/description",
                "Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.",
            );
            map.data =
                StrMap::from_iter([("ca.crt", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")]);
            cx.create(map)?;
        }
        if cx.get::<ServiceAccount>(&key.name, "default").is_none() {
            cx.create(ServiceAccount { metadata: meta("default"), ..Default::default() })?;
        }
        Ok(Action::AwaitChange)
    }
}
