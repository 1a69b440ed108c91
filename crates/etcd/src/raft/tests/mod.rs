//! Raft, by itself and in groups that lose messages, members and links.

mod group;
mod safety;
