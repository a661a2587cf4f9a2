//! What the user sees while it runs: one live block on a terminal, else one plain line every 5 s.
//! Everything goes to stderr.

use std::{
    io::IsTerminal as _,
    sync::Mutex,
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use redline_model::{OutcomeCounts, ProbeReading, Rate, Sample, Seconds, Tick};

use crate::dashboard::Board;

const PLAIN_EVERY: Duration = Duration::from_secs(5);

/// The display of one run.
pub(crate) struct Live {
    bar: Option<ProgressBar>,
    state: Mutex<State>,
    board: Option<Board>,
}

struct State {
    started: Instant,
    expected: Option<Seconds>,
    phase: String,
    load: String,
    busy: Vec<(String, f64)>,
    spoken: Instant,
    latest_host: Option<f64>,
}

impl Live {
    /// A live block where stderr is a terminal, plain lines elsewhere.
    pub(crate) fn start(board: Option<Board>) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new_spinner();
            bar.set_draw_target(ProgressDrawTarget::stderr());
            // A template without colour, so that NO_COLOR needs no special case.
            if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        let now = Instant::now();
        let state = State {
            started: now,
            expected: None,
            phase: String::new(),
            load: String::new(),
            busy: Vec::new(),
            spoken: now,
            latest_host: None,
        };
        Self { bar, state: Mutex::new(state), board }
    }

    /// The page that shows the run while it goes on, where one was asked for.
    pub(crate) fn board(&self) -> Option<&Board> {
        self.board.as_ref()
    }

    /// A line that stays.
    pub(crate) fn say(&self, line: &str) {
        if let Some(board) = &self.board {
            board.say(line);
        }
        match &self.bar {
            Some(bar) => bar.suspend(|| eprintln!("{line}")),
            None => eprintln!("{line}"),
        }
    }

    /// How long the whole is expected to take, from now.
    pub(crate) fn expect(&self, expected: Seconds) {
        self.with(|s| {
            let elapsed = s.started.elapsed().as_secs_f64();
            s.expected = Some(Seconds(elapsed) + expected);
            if let Some(board) = &self.board {
                board.expect(Seconds(elapsed) + expected);
            }
        });
    }

    /// That the whole takes so much longer than was expected.
    pub(crate) fn longer(&self, by: Seconds) {
        self.with(|s| {
            let Some(expected) = s.expected.map(|expected| expected + by) else { return };
            s.expected = Some(expected);
            if let Some(board) = &self.board {
                board.expect(expected);
            }
        });
    }

    /// What is being done now.
    pub(crate) fn phase(&self, phase: &str) {
        if let Some(board) = &self.board {
            board.phase(phase);
        }
        let phase = phase.to_owned();
        self.with(|s| {
            s.phase = phase;
            s.load.clear();
        });
        self.draw();
        self.speak();
    }

    /// What a worker reported of the last second.
    pub(crate) fn tick(&self, tick: &Tick) {
        let line = describe(tick);
        if let Some(board) = &self.board {
            board.tick(tick, &line);
        }
        self.with(|s| s.load = line);
        self.draw();
        self.speak();
    }

    /// What a probe read.
    pub(crate) fn sample(&self, sample: &Sample) {
        if let Some(board) = &self.board {
            board.sample(sample);
        }
        self.with(|s| {
            if let ProbeReading::Host(host) = &sample.reading {
                s.latest_host = Some(host.server_cpus_busy.0);
            }
            if let Some(cpu) = sample.cpu {
                let busy = if sample.span.0 > 0.0 { cpu.used.0 / sample.span.0 } else { 0.0 };
                match s.busy.iter_mut().find(|(name, _)| *name == sample.component) {
                    Some((_, value)) => *value = busy,
                    None => s.busy.push((sample.component.clone(), busy)),
                }
            }
        });
    }

    /// Takes the block away; what was said stays.
    pub(crate) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }

    fn with(&self, change: impl FnOnce(&mut State)) {
        // A poisoned display is still a display.
        change(&mut self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    }

    fn draw(&self) {
        if let Some(bar) = &self.bar {
            let mut text = String::new();
            self.with(|s| text = s.block());
            bar.set_message(cut(&text, usize::from(console::Term::stderr().size().1)));
        }
    }

    /// Without a terminal: one plain line now and then.
    fn speak(&self) {
        if self.bar.is_some() {
            return;
        }
        let mut line = None;
        self.with(|s| {
            if s.spoken.elapsed() >= PLAIN_EVERY {
                s.spoken = Instant::now();
                line = Some(s.block().replace('\n', " · "));
            }
        });
        if let Some(line) = line {
            eprintln!("{line}");
        }
    }
}

impl State {
    fn block(&self) -> String {
        let elapsed = Seconds(self.started.elapsed().as_secs_f64().round());
        let clock = match self.expected {
            Some(expected) => format!("{elapsed} of about {}", Seconds(expected.0.round())),
            None => elapsed.to_string(),
        };
        let mut lines = vec![format!("{clock}  {}", self.phase)];
        if !self.load.is_empty() {
            lines.push(format!("  {}", self.load));
        }
        if !self.busy.is_empty() {
            let busy: Vec<String> = self.busy.iter().map(|(name, b)| format!("{name} {:.0} %", b * 100.0)).collect();
            let host = self.latest_host.map(|h| format!(" (all of the servers' CPUs {:.0} %)", h * 100.0));
            lines.push(format!("  busy: {}{}", busy.join(", "), host.unwrap_or_default()));
        }
        lines.join("\n")
    }
}

/// Each line cut to the window: a block that wraps cannot be redrawn in place.
fn cut(block: &str, width: usize) -> String {
    let lines: Vec<_> = block.lines().map(|l| console::truncate_str(l, width.saturating_sub(3), "…")).collect();
    lines.join("\n")
}

fn describe(tick: &Tick) -> String {
    let span = Seconds::from(tick.to.since(tick.from));
    let mut response = redline_model::Latencies::default();
    tick.steps.iter().for_each(|s| response.merge(&s.response));
    let ended = tick.sessions.finished + tick.sessions.failed;
    let cpu = if span.0 > 0.0 { tick.generator.cpu.0 / span.0 / f64::from(tick.generator.cpus.max(1)) } else { 0.0 };
    format!(
        "offered {} sessions, completed {}, {} requests · p50 {} p95 {} p99 {} · {} in flight · {} · generator lag p99 {}, CPU {:.0} %",
        Rate::over(tick.arrivals.planned, span),
        Rate::over(ended, span),
        Rate::over(tick.requests.outcomes.responses(), span),
        response.quantile(0.5),
        response.quantile(0.95),
        response.quantile(0.99),
        tick.sessions.in_flight,
        errors(&tick.requests.outcomes),
        tick.lag.quantile(0.99),
        cpu * 100.0,
    )
}

fn errors(outcomes: &OutcomeCounts) -> String {
    let classes: Vec<String> =
        outcomes.0.iter().filter(|(o, n)| o.is_error() && **n > 0).map(|(o, n)| format!("{n} {o}")).collect();
    if classes.is_empty() { "no errors".into() } else { classes.join(", ") }
}
