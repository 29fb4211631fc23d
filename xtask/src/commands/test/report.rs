//! Runs steps one after another and says how long each took and how it all ended.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::steps::Step;

/// Runs steps up to the first that fails, then prints the summary either way.
pub fn run<'steps>(steps: impl Iterator<Item = &'steps Step>) -> Result<()> {
    let start = Instant::now();
    let mut passed = Vec::new();
    let mut steps = steps;
    let failure = steps.find_map(|step| {
        println!("\n── {}: {}", step.name, step.purpose);
        let start = Instant::now();
        let result = (step.run)();
        let took = seconds(start.elapsed());
        let verdict = if result.is_ok() { "passed" } else { "FAILED" };
        println!("── {} {verdict} in {took}", step.name);
        match result {
            Ok(()) => passed.push(format!("{} {took}", step.name)),
            Err(error) => return Some((step.name, error)),
        }
        None
    });
    let not_run: Vec<_> = steps.map(|step| step.name).collect();

    println!("\n{}", passed.join(", "));
    if let Some((name, _)) = &failure {
        println!("FAILED: {name}; not run: {}", or_none(&not_run));
    }
    let failed = usize::from(failure.is_some());
    let took = seconds(start.elapsed());
    println!("Steps: {} passed, {failed} failed, in {took}", passed.len());
    failure.map_or(Ok(()), |(name, error)| {
        Err(error).with_context(|| format!("`cargo xtask test --only {name}` repeats what failed"))
    })
}

fn or_none(names: &[&str]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn seconds(time: Duration) -> String {
    let seconds = time.as_secs();
    if seconds < 60 {
        format!("{:.1} s", time.as_secs_f64())
    } else {
        format!("{} min {:02} s", seconds / 60, seconds % 60)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use anyhow::bail;

    use super::*;

    #[test]
    fn the_first_failure_ends_the_run_and_is_its_error() {
        static LATER: AtomicU32 = AtomicU32::new(0);
        let steps = [
            Step { name: "good", purpose: "", run: || Ok(()) },
            Step { name: "bad", purpose: "", run: || bail!("it rained") },
            Step {
                name: "later",
                purpose: "",
                run: || {
                    LATER.fetch_add(1, Ordering::Relaxed);
                    Ok(())
                },
            },
        ];
        let error = format!("{:#}", run(steps.iter()).unwrap_err());
        assert!(error.contains("--only bad") && error.contains("it rained"), "{error}");
        assert_eq!(LATER.load(Ordering::Relaxed), 0);
        assert!(run(steps[..1].iter()).is_ok());
    }

    #[test]
    fn times_are_readable() {
        assert_eq!(seconds(Duration::from_millis(1_250)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }
}
