//! Remakes what the page shows before anything is trained.

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::{Compression, GzBuilder};
use vae_playground::config::{Preset, TrainConfig};
use vae_playground::explore::{Codes, TrainedModel};
use vae_playground::weights::{Precision, WeightsFile};

use crate::run::{self, Data, Trained};

/// Significant bits that the shipped weights keep. A float16 has 11; the last ones are noise
/// to the model and incompressible to gzip. At 6 the files are a quarter smaller
/// and no test figure moves by 1 % (`pretrain` prints them before and after).
const SIGNIFICANT_BITS: u32 = 6;
/// Codes that ship with each model: enough to show every digit's region at first sight; all
/// 10,000 are computed once the reader trains.
const SHIPPED_CODES: usize = 5_000;

/// Trains every preset for its 50 epochs and writes `weights/` in the site's folder `site`.
pub fn pretrain(site: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let data = Data::load(&site.join("data/mnist"))?;
    fs::create_dir_all(site.join("weights"))?;
    for &preset in Preset::ALL {
        println!("{}", preset.name());
        let config = TrainConfig::preset(preset);
        let trained = run::on_cpu(config, &data, |epoch| println!("{}", epoch.line(false)))?;
        println!("trained  {}", trained.line(false));
        let shipped = shorten(trained, &data);
        println!("shipped  {}", shipped.line(false));
        write(site, preset, &shipped, &data)?;
    }
    Ok(())
}

/// The same model with shorter weights, measured again.
fn shorten(trained: Trained, data: &Data) -> Trained {
    let file = trained.model.to_file(Vec::new());
    let values = file.values.iter().map(|&value| round(value)).collect();
    let model = TrainedModel::from(WeightsFile { values, ..file });
    Trained { test: model.evaluate(&data.test), model, ..trained }
}

/// `value` to [`SIGNIFICANT_BITS`] bits, to nearest.
fn round(value: f32) -> f32 {
    let dropped = f32::MANTISSA_DIGITS - SIGNIFICANT_BITS;
    let half = 1 << (dropped - 1);
    f32::from_bits((value.to_bits() + half) & !((1 << dropped) - 1))
}

fn write(
    site: &Path,
    preset: Preset,
    trained: &Trained,
    data: &Data,
) -> Result<(), Box<dyn std::error::Error>> {
    let folder = site.join("weights");
    let weights = trained.to_file().to_bytes(Precision::Float16);
    let seed = trained.model.config().seed;
    let codes = trained.model.codes(&data.test, 0, SHIPPED_CODES, seed);
    let codes = Codes::new(codes, data.test.labels().to_vec()).to_packed();
    for (name, bytes) in [("safetensors.gz", weights), ("codes.bin.gz", codes)] {
        let path = folder.join(format!("{}.{name}", preset.name()));
        // No time stamp: the same weights are the same file.
        let mut gzip = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
        gzip.write_all(&bytes)?;
        let gzip = gzip.finish()?;
        println!("{}: {} bytes, {} gzipped", path.display(), bytes.len(), gzip.len());
        fs::write(path, gzip)?;
    }
    Ok(())
}
