//! Plain view models in the words of the screen. `scene` reads a cluster and says what there is to draw;
//! `layout` says where. Nothing here knows a browser, and no type of the engine leaves this crate.
pub mod layout;
pub mod scene;
pub mod words;
