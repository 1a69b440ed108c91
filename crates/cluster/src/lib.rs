//! cluster: owns every component.
