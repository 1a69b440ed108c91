//! The cluster: owns every component, delivers changes to those who watch, and runs them in virtual time.
//!
//! Nothing here knows of speed, pause or a screen: the caller says until when to run, and may stop
//! the run between any two events.

mod add_on;
mod backup;
mod bootstrap;
mod cloud;
mod cluster;
mod config;
mod deeds;
mod docker_host;
mod entry;
mod etcdctl;
mod fault;
mod homes;
mod load;
mod machine;
mod metrics_server;
mod network;
mod outages;
mod parts;
mod plane;
mod port_forward;
mod request;
mod room;
mod route;
mod run;
mod series;
mod session;
mod storage;
mod target;
mod topology;
mod tracer;
mod words;

pub use backup::Snapshot;
pub use cloud::Booting;
pub use cluster::{Cluster, ComponentId};
pub use config::Config;
pub use deeds::{Act, Deed, Fault};
pub use load::{Latency, Load, LoadStatus, PodShare};
pub use metrics_server::MetricsChain;
pub use orrery_add_ons::AddOn;
pub use orrery_client::node_group::NodeGroup;
pub use orrery_client::volume::Misfit;
pub use orrery_container_runtime::images::Image;
pub use orrery_container_runtime::registry::RegistryKind;
pub use orrery_controller_manager::{
    DeletionForecast, Fate, WhyNot, forecast_claim, forecast_volume, hpa, why_not,
};
pub use orrery_etcd::raft::{MemberStatus, Role};
pub use orrery_kube_proxy::{Chain, End, Failure, Hop, Journey, KubeProxy, Place};
pub use orrery_kubelet::{
    ContainerFacts, ContainerNow, ContainerSample, FileFacts, MountFacts, NodeConfig, ProbeFacts, Question,
    RuntimeProfile, Strain, VolumeFacts, VolumePlace,
};
pub use orrery_scheduler::framework::Settings as SchedulerSettings;
pub use orrery_scheduler::{Candidate, Decision, NodeVerdict, Preemption, Victim};
pub use outages::{Outage, Worker};
pub use plane::Unreachable;
pub use port_forward::PortForward;
pub use request::{Ask, Heard, Origin};
pub use run::{EVENTS_PER_LOOK, Outcome, Settle};
pub use series::{AutoscalerPoint, Line, LoadPoint, Series, WorkloadPoint};
pub use storage::{Storage, Whereabouts};
pub use topology::{PartId, Program, Topology};
