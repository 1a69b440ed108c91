mod group;
mod safety;
