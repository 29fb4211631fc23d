//! Rust's two halves of the step `python` of `cargo xtask test`: models for Python to open, and
//! the models that Python wrote. `python/tests/` has the other two, `exchange.py` there the files.
//!
//! Beside each model `NAME.safetensors` lies what it comes to, `NAME.expected`: the pixels decoded
//! at some latent points and the posteriors of some images.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use vae_playground::config::{PIXELS, Preset, Reconstruction, TrainConfig};
use vae_playground::data::Images;
use vae_playground::engine::TrainState;
use vae_playground::engine::cpu::CpuEngine;
use vae_playground::explore::TrainedModel;
use vae_playground::params::Layout;
use vae_playground::training::{TrainingRun, first_weights};
use vae_playground::weights::{Precision, WeightsFile};

/// Two sums of the same float32 products in different orders; a pixel is nominally 0 to 1.
const TOLERANCE: f32 = 1e-5;
/// Where in the plane the two are compared: the prior's middle and beyond its edges.
const POINTS: [f32; 12] = [0.0, 0.0, 0.4, -1.1, -2.0, 0.3, 1.7, 2.2, -0.01, 3.0, -3.0, -3.0];
const PICTURES: usize = 20;

#[test]
#[ignore = "half of the step `python`: cargo xtask test --only python"]
fn writes_models_for_python() {
    let folder = exchange().join("rust");
    fs::create_dir_all(&folder).expect("a folder to write to");
    let chunk = inflated("www/data/mnist/train-01.bin.gz");
    let mut images = Images::default();
    images.add_chunk(&chunk, "train-01").expect("a chunk");
    let mut pictures = vec![0.0; PICTURES * PIXELS];
    images.gather(0..PICTURES, &mut pictures);
    let mut models: Vec<_> = Preset::ALL.iter().map(|&preset| shipped(preset)).collect();
    models.push(("bernoulli", trained(&chunk)));
    for (name, file) in models {
        for (precision, suffix) in
            [(Precision::Float32, "float32"), (Precision::Float16, "float16")]
        {
            let bytes = file.to_bytes(precision);
            let model = WeightsFile::from_bytes(&bytes).expect("what was just written");
            let path = folder.join(format!("{name}-{suffix}.safetensors"));
            fs::write(&path, bytes).expect("room for a model");
            write_expected(&path.with_extension("expected"), &model.into(), &pictures);
        }
    }
}

#[test]
#[ignore = "half of the step `python`: cargo xtask test --only python"]
fn opens_the_models_that_python_wrote() {
    for writer in ["numpy", "torch"] {
        let folder = exchange().join(writer);
        let files = fs::read_dir(&folder).unwrap_or_else(|error| {
            panic!("{}: {error}; python/tests/ writes it", folder.display())
        });
        let files = files.map(|file| file.expect("a name").path());
        let mut models: Vec<_> =
            files.filter(|path| path.extension().is_some_and(|end| end == "safetensors")).collect();
        models.sort();
        assert_eq!(models.len(), 2, "{writer}: a float32 and a float16 one");
        models.iter().for_each(|path| opens_as_python_meant_it(path));
    }
}

fn opens_as_python_meant_it(path: &Path) {
    let place = path.display().to_string();
    let file = WeightsFile::from_bytes(&fs::read(path).expect(&place)).expect(&place);
    assert!(file.metadata.iter().any(|(key, _)| key == "metrics"), "{place}: its metrics");
    let model = TrainedModel::from(file);
    let expected = fs::read(path.with_extension("expected")).expect(&place);
    let expected = SafeTensors::deserialize(&expected).expect(&place);
    let theirs = |name: &str| values(&expected, name);
    let posterior = model.encode(&theirs("images"));
    for (name, ours) in [
        ("pixels", model.decode(&theirs("z"))),
        ("mean", posterior.mean),
        ("log_var", posterior.log_var),
    ] {
        close(&format!("{place}, {name}"), &ours, &theirs(name));
    }
}

fn close(place: &str, ours: &[f32], theirs: &[f32]) {
    assert_eq!(ours.len(), theirs.len(), "{place}: how many");
    for (index, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        let difference = (ours - theirs).abs();
        assert!(
            difference <= TOLERANCE * theirs.abs().max(1.0),
            "{place}[{index}]: ours {ours}, Python's {theirs}, differ by {difference:.1e} \
             where {TOLERANCE:.0e} is allowed: another order of summing float32"
        );
    }
}

/// A preset's model as the page ships it.
fn shipped(preset: Preset) -> (&'static str, WeightsFile) {
    let file = inflated(&format!("www/weights/{}.safetensors.gz", preset.name()));
    (preset.name(), WeightsFile::from_bytes(&file).expect("a model that ships"))
}

/// A model of an odd width, all 24 bits of its weights in use, as someone exports it who has
/// changed every setting and trained for a moment.
fn trained(chunk: &[u8]) -> WeightsFile {
    let config = TrainConfig {
        preset: None,
        reconstruction: Reconstruction::Bernoulli,
        beta: 0.25,
        learning_rate: 2e-3,
        batch_size: 100,
        hidden: 37,
        seed: 4_294_967_295,
        ..TrainConfig::default()
    };
    let engine =
        CpuEngine::new(Layout::new(config.hidden), TrainState::fresh(first_weights(&config)));
    let mut run = TrainingRun::new(config.clone(), engine);
    run.expect_chunks(vec![chunk.len() / (1 + PIXELS)]);
    run.add_chunk(chunk, "train-01").expect("a chunk");
    assert_eq!(run.run(40), 40);
    let values = pollster::block_on(run.weights()).expect("an engine that runs");
    WeightsFile { config, values, metadata: vec![("note".to_owned(), "\"字\"".to_owned())] }
}

fn write_expected(path: &Path, model: &TrainedModel, pictures: &[f32]) {
    let posterior = model.encode(pictures);
    let pixels = model.decode(&POINTS);
    let tensors = [
        ("z", &POINTS[..], 2),
        ("pixels", &pixels, PIXELS),
        ("images", pictures, PIXELS),
        ("mean", &posterior.mean, 2),
        ("log_var", &posterior.log_var, 2),
    ];
    let tensors = tensors.map(|(name, values, width)| {
        let bytes: Vec<u8> = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        (name, vec![values.len() / width, width], bytes)
    });
    let views = tensors.iter().map(|(name, shape, bytes)| {
        (*name, TensorView::new(Dtype::F32, shape.clone(), bytes).expect("its own shape"))
    });
    let bytes = safetensors::serialize(views, None).expect("five tensors");
    fs::write(path, bytes).expect("room for its pixels");
}

fn values(file: &SafeTensors<'_>, name: &str) -> Vec<f32> {
    let tensor = file.tensor(name).expect(name);
    assert_eq!(tensor.dtype(), Dtype::F32, "{name}");
    tensor.data().as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The folder that both languages read and write, given by the step.
fn exchange() -> PathBuf {
    std::env::var_os("EXCHANGE")
        .expect("EXCHANGE, as cargo xtask test --only python sets it")
        .into()
}

fn inflated(file: &str) -> Vec<u8> {
    let bytes = fs::read(root().join(file)).expect(file);
    let mut inflated = Vec::new();
    GzDecoder::new(bytes.as_slice()).read_to_end(&mut inflated).expect(file);
    inflated
}
