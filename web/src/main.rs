//! The page: a Yew application that draws the cluster and drives its time.

mod address;
mod app;
mod arriving;
mod assist;
mod begin;
mod components;
mod crash;
mod doing;
mod dom;
mod engine;
mod files;
mod futures;
mod gallery;
mod host;
mod i18n;
mod keeping;
mod keys;
mod opening;
mod outside;
mod pace;
mod reading;
mod runs;
mod session;
mod shelf;
mod shell;
mod store;
mod story;
mod ui;
mod walk;

fn main() {
    crash::guard();
    yew::Renderer::<app::App>::new().render();
}
