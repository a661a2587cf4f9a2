//! What is said while a stack is built and started.

use redline_stack::StackEvent;

use crate::live::Live;

/// Lasting events are lines; passing ones are shown where the last one stood.
pub(crate) fn show(live: &Live, event: &StackEvent) {
    match event {
        StackEvent::Building { .. }
        | StackEvent::Waiting { .. }
        | StackEvent::Started { .. }
        | StackEvent::Share { .. }
        | StackEvent::Verified { .. } => {
            live.phase(&event.to_string());
        }
        StackEvent::ImageReused { .. } => {}
        StackEvent::Base { .. }
        | StackEvent::Built { .. }
        | StackEvent::Network { .. }
        | StackEvent::Ready { .. }
        | StackEvent::Warning(_) => live.say(&format!("  {event}")),
    }
}
