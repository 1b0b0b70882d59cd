//! Which tenants have been suspended or archived since the run began.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use system_db::{Registry, TenantState};

/// Asking takes this part of the time at most: an answer is used for as many times as long as it
/// took.
const SHARE: u32 = 20;
/// No answer is used for longer than this, except the last one of a registry that fails.
const AGE_MAX: Duration = Duration::from_secs(1);

/// What the registry says about tenants that take no part in runs, asked again and again.
pub(crate) struct WithdrawnTenants {
    registry: Registry,
    answer: Mutex<Answer>,
}

struct Answer {
    /// The tenants that take no part, by id.
    states: HashMap<i64, TenantState>,
    good_until: Instant,
}

impl WithdrawnTenants {
    pub(crate) fn new(registry: Registry) -> Self {
        let answer = Answer { states: HashMap::new(), good_until: Instant::now() };
        Self { registry, answer: Mutex::new(answer) }
    }

    /// The state of that tenant, if it takes no part in runs any more. A registry that fails does
    /// not stop the run: what it said last counts.
    pub(crate) fn state(&self, tenant_id: i64) -> Option<TenantState> {
        let mut answer = self.answer.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = Instant::now();
        if asked >= answer.good_until {
            let said = self.registry.withdrawn();
            // A registry that fails may have kept us waiting; it is not asked for every tenant.
            let pause = asked.elapsed() * SHARE;
            let pause = if said.is_ok() { pause.min(AGE_MAX) } else { pause };
            answer.good_until = Instant::now() + pause;
            if let Ok(states) = said {
                answer.states = states;
            }
        }
        answer.states.get(&tenant_id).copied()
    }
}
