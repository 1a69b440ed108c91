//! VerticalPodAutoscalers: containers request what they are seen to need (upstream: `kubernetes/autoscaler`,
//! `vertical-pod-autoscaler`): a recommender watches, an updater evicts pods that request too much or too little, and an
//! admission webhook changes what their successors request.
//!
//! The kind is a CustomResourceDefinition, as for real; nothing happens before somebody applies it.

mod admission;
mod api;
mod estimator;
mod histogram;
mod recommender;
#[cfg(test)]
mod tests;
mod updater;

pub use admission::admit;
pub use api::namespaces;
pub use recommender::VpaRecommender;
pub use updater::VpaUpdater;
