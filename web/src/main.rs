//! The page: a Yew application that draws the cluster and drives its time.

mod address;
mod app;
mod assist;
mod components;
mod crash;
mod doing;
mod dom;
mod engine;
mod files;
mod gallery;
mod i18n;
mod keys;
mod reading;
mod session;
mod shell;
mod store;
mod story;
mod ui;

fn main() {
    crash::guard();
    yew::Renderer::<app::App>::new().render();
}
