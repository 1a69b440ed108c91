//! Commands that change things: a session of command lines in, what each printed out.

mod access;
mod apply;
mod describe;
mod drain;
mod json;
mod jsonpath;
mod labels;

mod last_applied;
mod local;
mod look;
mod make;
mod overrides;
mod patch;
mod record;
mod refusals;
mod session;
mod set;
