//! The parts of the page, one file each.

mod actions;
mod console;
mod dialog;
pub mod editor;
mod event_list;
pub mod gallery;
pub mod header;
pub mod help;
mod icon;
pub mod inspector;
pub mod legend;
pub mod log;
pub mod not_simulated;
mod overview;
pub mod picture;
pub mod pod;
pub mod scheduling;
pub mod share;
pub mod sheets;
mod strip;
mod timeline;
pub mod transport;
mod workload;
