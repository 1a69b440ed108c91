//! The parts of the page, one file each.

mod dialog;
pub mod editor;
pub mod event_list;
pub mod gallery;
pub mod header;
pub mod help;
mod icon;
pub mod inspector;
pub mod legend;
mod overview;
pub mod picture;
pub mod pod;
pub mod share;
pub mod sheets;
mod timeline;
pub mod transport;
