//! The parts of the page, one file each.

mod actions;
mod behaviour;
mod console;
mod countdown;
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
mod logs;
pub mod not_simulated;
pub mod opened;
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
