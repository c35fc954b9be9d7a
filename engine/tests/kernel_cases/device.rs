//! What the device does around its kernels: reuse of buffers, limits, errors.

use glance_engine::compute::gpu::{Gpu, GpuTensor, KernelStrategy};
use glance_engine::compute::{Compute, ComputeError, Epilogue, Linear, MatrixData, MatrixValues};
use glance_engine::device::Benchmark;
use glance_engine::{
    Activation, ClipConfig, EfficientnetLiteConfig, ModifiedResnetConfig, Speeds, TextConfig,
    VisionConfig, VisionTransformerConfig,
};

/// Uploads never overwrite a buffer that recorded commands still read, even if buffers are reused
/// meanwhile. One forward pass may be longer than one command buffer.
pub async fn many_dispatches_and_uploads(gpu: &Gpu) {
    let identity = [1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0];
    let data = MatrixData {
        rows: 2,
        columns: 2,
        values: MatrixValues::F32(&identity),
    };
    let weight = gpu.matrix(data).expect("a small matrix fits");
    let linear = Linear { weight, bias: None };
    let mut sum = gpu.tensor(&[1, 2], &[0.0, 0.0]);
    for step in 1..=700u32 {
        let one = gpu.tensor(&[1, 2], &[step as f32, 1.0]);
        sum = gpu.linear(&one, &linear, Epilogue::None, Some(&sum));
    }
    let sum = gpu.read(&sum).await.expect("small operations run");
    assert_eq!(sum, [245_350.0, 700.0]);
}

/// Two batches may be submitted before the first is read. Each has its own values and its own error, in
/// whatever order they are read.
pub async fn batches_in_flight(gpu: &Gpu) {
    let unit = |x: f32| gpu.submit(&gpu.l2_normalize(&gpu.tensor(&[1, 2], &[x, 4.0])));
    let near = |found: Result<Vec<f32>, ComputeError>, x: f32| {
        let found = found.expect("a small operation runs");
        assert!((found[0] - x).abs() < 1e-6, "{found:?}, expected {x}");
    };
    let before = gpu.counts();
    let [first, second] = [unit(3.0), unit(-3.0)];
    let submitted = gpu.counts().since(before);
    assert_eq!((submitted.submissions, submitted.waits), (2, 0));
    near(second.await, -0.6);
    near(first.await, 0.6);
    assert_eq!(gpu.counts().since(before).waits, 2);

    let [fails, next] = [gpu.submit(&too_large(gpu)), unit(3.0)];
    assert!(matches!(fails.await, Err(ComputeError::OutOfMemory)));
    near(next.await, 0.6);
    // A batch that nobody reads leaves no error behind.
    drop(gpu.submit(&too_large(gpu)));
    near(unit(-3.0).await, -0.6);
}

/// A tensor beyond the device's limits.
fn too_large(gpu: &Gpu) -> GpuTensor {
    const ROWS: usize = 1 << 20;
    let values = vec![1i8; ROWS * 4];
    let scales = vec![1.0; ROWS];
    let values = MatrixValues::Int8 {
        values: &values,
        scales: &scales,
    };
    let weight = gpu
        .matrix(MatrixData {
            rows: ROWS,
            columns: 4,
            values,
        })
        .expect("4 MiB fit");
    let linear = Linear { weight, bias: None };
    let x = gpu.tensor(&[20_000, 4], &vec![1.0; 80_000]);
    gpu.linear(&x, &linear, Epilogue::None, None)
}

/// A result beyond the device's limits is an error when it is read, and the device keeps working.
pub async fn too_large_is_an_error_and_passes(gpu: &Gpu) {
    let large = too_large(gpu);
    let next = gpu.l2_normalize(&large);
    assert!(matches!(
        gpu.read(&next).await,
        Err(ComputeError::OutOfMemory)
    ));

    let row = gpu.tensor(&[1, 2], &[3.0, 4.0]);
    let unit = gpu
        .read(&gpu.l2_normalize(&row))
        .await
        .expect("the fault is told and gone");
    assert!((unit[0] - 0.6).abs() < 1e-6 && (unit[1] - 0.8).abs() < 1e-6);
    // Tensors of the failed operation hold nothing, and reading them is an error.
    assert!(matches!(
        gpu.read(&large).await,
        Err(ComputeError::OutOfMemory)
    ));
    let again = gpu.l2_normalize(&large);
    assert!(matches!(
        gpu.read(&again).await,
        Err(ComputeError::OutOfMemory)
    ));
    gpu.wait_for_uploads().await.expect("every fault is told");
}

pub async fn too_wide_a_head_is_an_error_and_passes(gpu: &Gpu) {
    let qkv = gpu.tensor(&[1, 1, 3 * 132], &[0.0; 3 * 132]);
    let mixed = gpu.attention(&qkv, 1, false);
    assert!(matches!(
        gpu.read(&mixed).await,
        Err(ComputeError::Refused(_))
    ));
    let mixed = gpu.attention(&qkv, 3, false);
    assert_eq!(
        gpu.read(&mixed).await.expect("a head of 44 fits"),
        [0.0; 132]
    );
}

pub async fn empty_tensors(gpu: &Gpu) {
    let none = gpu.tensor(&[0, 8], &[]);
    let none = gpu.l2_normalize(&none);
    assert_eq!(gpu.read(&none).await.expect("nothing to do"), [0.0f32; 0]);
    let none = gpu.select_rows(&gpu.tensor(&[0, 3, 8], &[]), &gpu.rows(&[]));
    assert_eq!(gpu.read(&none).await.expect("nothing to do"), [0.0f32; 0]);
}

/// Every architecture can be benchmarked on both devices.
pub async fn benchmarks_of_networks(gpu: &Gpu) {
    let transformer = VisionConfig::VisionTransformer(VisionTransformerConfig {
        image_size: 64,
        patch_size: 16,
        width: 64,
        layers: 3,
        heads: 2,
        mlp_width: 128,
    });
    let resnet = VisionConfig::ModifiedResnet(ModifiedResnetConfig {
        image_size: 64,
        width: 8,
        layers: [1, 2, 1, 1],
        heads: 4,
    });
    let efficientnet = VisionConfig::EfficientnetLite(EfficientnetLiteConfig::lite0(64));
    for vision in [transformer, resnet, efficientnet] {
        let config = ClipConfig {
            vision,
            text: TextConfig {
                context_length: 8,
                vocabulary_size: 64,
                width: 32,
                layers: 1,
                heads: 2,
                mlp_width: 64,
            },
            projection: 32,
            activation: Activation::QuickGelu,
        };
        let usual = gpu.strategy();
        let benchmark = Benchmark::run(gpu, &config).await;
        let Benchmark { speeds, strategy } = benchmark.expect("a small network runs");
        assert_eq!(gpu.strategy(), strategy);
        // The benchmark never replaces `Register` and never chooses it.
        assert_eq!(
            strategy == KernelStrategy::Register,
            usual == KernelStrategy::Register
        );
        let Speeds { cpu, gpu } = speeds;
        for time in [cpu, gpu] {
            assert!(time.is_finite() && time >= 0.0, "{time} ms for {config:?}");
        }
    }
}

/// A warm-up accepts any shapes, and later work runs as usual.
pub async fn warm_up_computes_nothing(gpu: &Gpu) {
    gpu.warm_up(|gpu| {
        let x = gpu.tensor(&[1 << 20, 1 << 20], &[]);
        gpu.l2_normalize(&x);
    });
    gpu.wait_for_uploads().await.expect("nothing ran");
    let unit = gpu.l2_normalize(&gpu.tensor(&[1, 2], &[3.0, 4.0]));
    let unit = gpu.read(&unit).await.expect("a small operation runs");
    assert!((unit[0] - 0.6).abs() < 1e-6 && (unit[1] - 0.8).abs() < 1e-6);
}
