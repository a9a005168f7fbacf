//! The system's clock. The core never reads it: whoever calls the core passes the time.

use std::time::{SystemTime, UNIX_EPOCH};

/// Seconds since the epoch.
pub fn system() -> f64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or_else(|before| -before.duration().as_secs_f64(), |since| since.as_secs_f64())
}
