//! From TOML to a [`Model`]: the file's shape, and messages that name the key.

use std::{collections::BTreeMap, fmt::Display, str::FromStr};

use redline_model::{Rate, Seconds};
use serde::{Deserialize, Deserializer, de::Error as _};

use crate::{Bucket, Demand, Distribution, Model, ModelError, Pool, WhenEmpty, Work};

const LONGEST: Seconds = Seconds(60.0);
const MOST_SLOTS: u32 = 100_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    description: String,
    model: Tables,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    cpus: u32,
    accept: Option<AcceptTable>,
    web: Option<PoolTable>,
    application: Option<PoolTable>,
    database: Option<PoolTable>,
    lock: Option<DemandTable>,
    bucket: Option<BucketTable>,
    #[serde(default)]
    weights: BTreeMap<String, f64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AcceptTable {
    concurrency: u32,
}

/// Serde's `flatten` and `deny_unknown_fields` do not go together, so the demand's keys stand here again.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct PoolTable {
    concurrency: u32,
    #[serde(deserialize_with = "text")]
    demand: Seconds,
    distribution: Spread,
    cv: Option<f64>,
    work: Work,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DemandTable {
    #[serde(deserialize_with = "text")]
    demand: Seconds,
    distribution: Spread,
    cv: Option<f64>,
    work: Work,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Spread {
    Constant,
    Exponential,
    Lognormal,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct BucketTable {
    #[serde(deserialize_with = "text")]
    rate: Rate,
    burst: f64,
    when_empty: WhenEmpty,
}

fn text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
}

/// Reads and checks the model `name` from `text`; `file` is for messages.
pub(crate) fn model(name: &str, file: &str, text: &str) -> Result<Model, ModelError> {
    let written: File = toml::from_str(text).map_err(|error| {
        let line = error.span().and_then(|span| text.get(..span.start)).map(|before| before.matches('\n').count());
        let key = line.map_or("the file".into(), |line| {
            format!("line {}: {}", line + 1, text.lines().nth(line).unwrap_or_default().trim())
        });
        ModelError::wrong(file, key, error.message().lines().collect::<Vec<_>>().join(" "))
    })?;
    let Tables { cpus, accept, web, application, database, lock, bucket, weights } = written.model;
    let check = Check { file };
    check.between("model.cpus", cpus, 1, 1024)?;
    if let Some(accept) = &accept {
        check.between("model.accept.concurrency", accept.concurrency, 1, MOST_SLOTS)?;
    }
    let model = Model {
        name: name.into(),
        description: written.description,
        cpus,
        accept: accept.map(|a| a.concurrency),
        web: check.pool("web", web)?,
        application: check.pool("application", application)?,
        database: check.pool("database", database)?,
        lock: lock.map(|l| check.demand("lock", l.demand, l.distribution, l.cv, l.work)).transpose()?,
        bucket: bucket.map(|b| check.bucket(&b)).transpose()?,
        weights: check.weights(weights)?,
    };
    if model.web.is_none()
        && model.application.is_none()
        && model.database.is_none()
        && model.lock.is_none()
        && model.bucket.is_none()
    {
        let problem = "nothing limits it; give it a [model.web], [model.application], [model.database], [model.lock] or [model.bucket] table";
        return Err(ModelError::wrong(file, "model", problem));
    }
    Ok(model)
}

struct Check<'a> {
    file: &'a str,
}

impl Check<'_> {
    fn wrong(&self, key: &str, problem: String) -> ModelError {
        ModelError::wrong(self.file, key, problem)
    }
    fn between(&self, key: &str, value: u32, low: u32, high: u32) -> Result<(), ModelError> {
        if (low..=high).contains(&value) {
            return Ok(());
        }
        Err(self.wrong(key, format!("{value} is out of range: it may be from {low} to {high}")))
    }
    fn pool(&self, table: &str, pool: Option<PoolTable>) -> Result<Option<Pool>, ModelError> {
        let Some(pool) = pool else { return Ok(None) };
        self.between(&format!("model.{table}.concurrency"), pool.concurrency, 1, MOST_SLOTS)?;
        let demand = self.demand(table, pool.demand, pool.distribution, pool.cv, pool.work)?;
        Ok(Some(Pool { slots: pool.concurrency, demand }))
    }
    fn demand(
        &self,
        table: &str,
        mean: Seconds,
        spread: Spread,
        cv: Option<f64>,
        work: Work,
    ) -> Result<Demand, ModelError> {
        if !(mean.0 > 0.0 && mean <= LONGEST) {
            return Err(self.wrong(
                &format!("model.{table}.demand"),
                format!("{mean} is out of range: it may be up to {LONGEST}"),
            ));
        }
        let key = format!("model.{table}.cv");
        let distribution = match (spread, cv) {
            (Spread::Constant, None) => Distribution::Constant,
            (Spread::Exponential, None) => Distribution::Exponential,
            (Spread::Lognormal, Some(cv)) if cv > 0.0 && cv <= 10.0 => Distribution::Lognormal(cv),
            (Spread::Lognormal, Some(cv)) => {
                return Err(self.wrong(&key, format!("{cv} is out of range: it may be above 0 and up to 10")));
            }
            (Spread::Lognormal, None) => {
                return Err(self.wrong(&key, "a lognormal distribution needs it; write cv = 1.0".into()));
            }
            (Spread::Constant | Spread::Exponential, Some(_)) => {
                return Err(self.wrong(&key, "only a lognormal distribution has it; leave it out".into()));
            }
        };
        Ok(Demand { mean, distribution, work })
    }
    fn bucket(&self, bucket: &BucketTable) -> Result<Bucket, ModelError> {
        if !(1.0..=1e6).contains(&bucket.burst) {
            let problem = format!("{} is out of range: it may be from 1 to 1000000 tokens", bucket.burst);
            return Err(self.wrong("model.bucket.burst", problem));
        }
        Ok(Bucket { rate: bucket.rate, burst: bucket.burst, when_empty: bucket.when_empty })
    }
    fn weights(&self, weights: BTreeMap<String, f64>) -> Result<BTreeMap<String, f64>, ModelError> {
        for (kind, weight) in &weights {
            let key = format!("model.weights.{kind}");
            if !Model::kinds().contains(&kind.as_str()) {
                let problem = format!("there is no such page; there are {}", Model::kinds().join(", "));
                return Err(self.wrong(&key, problem));
            }
            if !(0.0..=1000.0).contains(weight) {
                return Err(self.wrong(&key, format!("{weight} is out of range: it may be from 0 to 1000")));
            }
        }
        Ok(weights)
    }
}
