//! Autoscalers: what a metric wants, what becomes of it, and whole lives.

mod bounds;
mod calculator;
mod limits;
mod lives;
