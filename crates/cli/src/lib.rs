//! `orrery`: the same engine as in the page, without a browser.

pub mod apply;
pub mod bench;
mod files;
pub mod kubectl;
pub mod link;
pub mod replay;
pub mod run;
pub mod scenario;
pub mod test;
pub mod why;
