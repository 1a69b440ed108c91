//! What a StatefulSet does, told by its pods, its claims, its status and its events.
