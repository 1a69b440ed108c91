//! Commands that change things: a session of command lines in, what each printed out.

mod apply;
mod drain;
mod jsonpath;
mod labels;
mod look;
mod make;
mod patch;
mod session;
mod set;
