//! The typed kinds of Kubernetes 1.32: their fields, defaults, validation and printer columns.
//!
//! A kind is one file and one line in [`registry`].

pub mod affinity;
pub mod bytes;
pub mod cluster_role;
pub mod cluster_role_binding;
pub mod condition;
pub mod config_map;
pub mod container;
pub mod container_status;
pub mod controller_revision;
pub mod cron_job;
pub mod cron_schedule;
pub mod csi_driver;
pub mod csi_node;
pub mod daemon_set;
pub mod custom;
pub mod custom_resource_definition;
mod defaults;
pub mod deployment;
pub mod endpoint_slice;
pub mod endpoints;
pub mod env;
pub mod event;
pub mod horizontal_pod_autoscaler;
pub mod horizontal_pod_autoscaler_v1;
pub mod image;
pub mod ingress;
pub mod ingress_class;
pub mod job;
pub mod job_policies;
pub mod lease;
pub mod limit_range;
pub mod metric_status;
pub mod metrics;
pub mod merge_schema;
pub mod namespace;
pub mod network_policy;
pub mod node;
mod node_matching;
mod parts;
pub mod persistent_volume;
pub mod persistent_volume_claim;
pub mod persistent_volume_plugins;
pub mod pod;
pub mod pod_disruption_budget;
pub mod pod_spec;
pub mod pod_status;
pub mod pod_template;
pub mod printers;
pub mod priority_class;
pub mod probe;
pub mod reference;
pub mod registry;
pub mod replica_set;
pub mod replication_controller;
pub mod resource_quota;
pub mod resources;
pub mod role;
pub mod role_binding;
mod rules;
pub mod runtime_class;
pub mod secret;
pub mod security_context;
pub mod service;
pub mod service_account;
pub mod stateful_set;
pub mod storage_class;
pub mod template_hash;
mod time_zones;
mod validation;
pub mod volume;
pub mod volume_attachment;
pub mod volume_plugins;
mod warnings;

pub use affinity::*;
pub use bytes::Bytes;
pub use cluster_role::*;
pub use cluster_role_binding::*;
pub use condition::Condition;
pub use config_map::*;
pub use container::*;
pub use container_status::*;
pub use controller_revision::*;
pub use cron_job::{CronJob, CronJobSpec, CronJobStatus, JobTemplateSpec};
pub use cron_schedule::CronSchedule;
pub use csi_driver::*;
pub use csi_node::*;
pub use daemon_set::*;
pub use custom::{CustomKind, CustomObject};
pub use custom_resource_definition::*;
pub use deployment::*;
pub use endpoint_slice::{Endpoint, EndpointConditions, EndpointHints, EndpointSlice, ForZone};
pub use endpoints::*;
pub use env::*;
pub use event::*;
pub use ingress::*;
pub use ingress_class::*;
pub use horizontal_pod_autoscaler::{
    CrossVersionObjectReference, HPAScalingPolicy, HPAScalingRules, HorizontalPodAutoscaler,
    HorizontalPodAutoscalerBehavior, HorizontalPodAutoscalerCondition, HorizontalPodAutoscalerSpec,
    HorizontalPodAutoscalerStatus,
};
pub use job::{Job, JobCondition, JobSpec, JobStatus, UncountedTerminatedPods};
pub use job_policies::*;
pub use lease::*;
pub use limit_range::{LimitRange, LimitRangeItem, LimitRangeSpec};
pub use metric_status::*;
pub use metrics::{
    ContainerResourceMetricSource, ExternalMetricSource, MetricIdentifier, MetricSpec, MetricTarget,
    ObjectMetricSource, PodsMetricSource, ResourceMetricSource,
};
pub use namespace::*;
pub use network_policy::*;
pub use node::*;
pub use persistent_volume::*;
pub use persistent_volume_claim::*;
pub use pod::*;
pub use pod_disruption_budget::{
    PodDisruptionBudget, PodDisruptionBudgetSpec, PodDisruptionBudgetStatus,
};
pub use pod_spec::*;
pub use pod_status::*;
pub use pod_template::*;
pub use priority_class::*;
pub use probe::*;
pub use reference::*;
pub use registry::{Kind, Object, Resource};
pub use replica_set::*;
pub use replication_controller::*;
pub use resource_quota::{ResourceQuota, ResourceQuotaSpec, ResourceQuotaStatus, ScopeSelector, ScopedResourceSelectorRequirement};
pub use resources::ResourceList;
pub use role::*;
pub use role_binding::*;
pub use rules::FieldError;
pub use runtime_class::*;
pub use secret::*;
pub use security_context::*;
pub use service::*;
pub use service_account::*;
pub use stateful_set::*;
pub use storage_class::*;
pub use validation::names::{config_key, env_name, label_value};
pub use volume::*;
pub use volume_attachment::*;
