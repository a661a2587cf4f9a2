//! What many searches came to, against the truth.

/// One estimate: by how much it is off, relative to the truth; whether its interval holds the truth; half the
/// interval's width relative to the estimate.
#[derive(Debug, Clone, Copy)]
pub struct Guess {
    pub off: f64,
    pub covered: bool,
    pub half: f64,
}

/// Both capacities over many searches, and the seconds of test time.
#[derive(Default, Clone)]
pub struct Tally {
    pub saturation: Vec<Guess>,
    pub sustainable: Vec<Guess>,
    pub by_curve: Vec<Guess>,
    /// The saturation throughput as it was seen after 30 s.
    pub early: Vec<Guess>,
    /// Seconds that went into it.
    pub overdriven: Vec<f64>,
    pub time: Vec<f64>,
    pub other: Vec<String>,
}

impl Tally {
    pub fn add(&mut self, more: &Self) {
        self.saturation.extend(&more.saturation);
        self.sustainable.extend(&more.sustainable);
        self.by_curve.extend(&more.by_curve);
        self.early.extend(&more.early);
        self.overdriven.extend(&more.overdriven);
        self.time.extend(&more.time);
        self.other.extend(more.other.iter().cloned());
    }
    /// One line.
    pub fn told(&self, x: f64, y: f64) -> String {
        format!(
            "X in {:.0}%: {:3.0} cov {:3.0} ±{:4.1} x{:.1} [{}] {:3.0} s, after 30 s: {:3.0} | L in {:.0}%: {:3.0} cov {:3.0} ±{:4.1} x{:.1} [{}] (curve cov {:3.0} ±{:4.1}) {:3.0} s{}",
            100.0 * x,
            100.0 * within(&self.saturation, x),
            100.0 * covered(&self.saturation),
            100.0 * half(&self.saturation),
            needed(&self.saturation),
            spread(&self.saturation),
            most(&self.overdriven),
            100.0 * within(&self.early, x),
            100.0 * y,
            100.0 * within(&self.sustainable, y),
            100.0 * covered(&self.sustainable),
            100.0 * half(&self.sustainable),
            needed(&self.sustainable),
            spread(&self.sustainable),
            100.0 * covered(&self.by_curve),
            100.0 * half(&self.by_curve),
            most(&self.time),
            self.other.iter().map(|o| format!("\n    {o}")).collect::<String>(),
        )
    }
}

/// The share that is off by `limit` at most.
pub fn within(of: &[Guess], limit: f64) -> f64 {
    of.iter().filter(|g| g.off.abs() <= limit).count() as f64 / of.len().max(1) as f64
}

/// The share whose interval holds the truth.
pub fn covered(of: &[Guess]) -> f64 {
    of.iter().filter(|g| g.covered).count() as f64 / of.len().max(1) as f64
}

fn half(of: &[Guess]) -> f64 {
    of.iter().map(|g| g.half).sum::<f64>() / of.len().max(1) as f64
}

/// By how much the half-widths would have to be multiplied to hold the truth in 95 %.
fn needed(of: &[Guess]) -> f64 {
    let mut all: Vec<f64> = of.iter().map(|g| g.off.abs() / g.half.max(1e-9)).collect();
    all.sort_by(f64::total_cmp);
    all.get((0.95 * all.len() as f64) as usize).copied().unwrap_or_default()
}

/// The largest.
pub fn most(of: &[f64]) -> f64 {
    of.iter().copied().fold(0.0, f64::max)
}

/// Lowest, 5 %, median, 95 %, highest, in percent.
fn spread(of: &[Guess]) -> String {
    let mut off: Vec<f64> = of.iter().map(|g| 100.0 * g.off).collect();
    off.sort_by(f64::total_cmp);
    let at = |q: f64| off.get((off.len().max(1) as f64 * q) as usize).or(off.last()).copied().unwrap_or_default();
    format!("{:+.1} {:+.1} {:+.1} {:+.1} {:+.1}", at(0.0), at(0.05), at(0.5), at(0.95), at(1.0))
}
