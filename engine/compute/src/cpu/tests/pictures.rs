//! Convolution, depthwise convolution and pooling.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

#[test]
fn convolution_slides_a_kernel_over_a_padded_picture() {
    let mut noise = Noise(3);
    let cases = [
        // batch, height, width, in, out, kernel, stride, padding before, after
        [1, 1, 1, 1, 1, 1, 1, 0, 0],
        [2, 5, 7, 3, 9, 3, 1, 1, 1],
        [1, 8, 6, 5, 33, 3, 2, 1, 1],
        [3, 4, 4, 17, 20, 1, 1, 0, 0],
        [2, 9, 9, 4, 6, 5, 2, 2, 2],
        [1, 30, 30, 60, 5, 3, 1, 1, 1],
        [2, 8, 6, 3, 10, 3, 2, 0, 1],
        [1, 9, 10, 5, 4, 5, 2, 1, 2],
        [2, 3, 2, 4, 5, 1, 1, 0, 1],
    ];
    for (
        case,
        [
            batch,
            height,
            width,
            inputs,
            outputs,
            kernel,
            stride,
            padding,
            behind,
        ],
    ) in cases.into_iter().enumerate()
    {
        let stored = Stored::new(&mut noise, outputs, kernel * kernel * inputs, case % 3);
        let x = noise.values(batch * height * width * inputs);
        let bias = noise.values(outputs);
        let down = (height + padding + behind - kernel) / stride + 1;
        let across = (width + padding + behind - kernel) / stride + 1;
        let residual = noise.values(batch * down * across * outputs);
        let activation = match case % 2 {
            0 => Epilogue::Relu,
            _ => Epilogue::Relu6,
        };
        let mut expected = Vec::new();
        for (b, i, j, output) in indices([batch, down, across, outputs]) {
            let mut sum = f64::from(bias[output]) + f64::from(residual[expected.len()]);
            for (_, row, column, input) in indices([1, kernel, kernel, inputs]) {
                let (y, x_) = (i * stride + row, j * stride + column);
                if y < padding || x_ < padding || y - padding >= height || x_ - padding >= width {
                    continue;
                }
                let at = ((b * height + y - padding) * width + x_ - padding) * inputs + input;
                let weight = ((output * kernel + row) * kernel + column) * inputs + input;
                sum += f64::from(x[at]) * stored.exact[weight];
            }
            expected.push(epilogue(activation, sum));
        }
        for cpu in devices() {
            let bias = Some(cpu.tensor(&[outputs], &bias));
            let linear = Linear {
                weight: stored.matrix(&cpu),
                bias,
            };
            let conv = Conv2d {
                linear,
                kernel,
                stride,
                padding: [padding, behind],
            };
            let x = cpu.tensor(&[batch, height, width, inputs], &x);
            let residual = cpu.tensor(&[batch, down, across, outputs], &residual);
            let y = cpu.conv2d(&x, &conv, activation, Some(&residual));
            assert_eq!(cpu.shape(&y), [batch, down, across, outputs]);
            let what = format!("case {case}, {cpu:?}");
            assert_within(tolerance(case % 3), &values(&cpu, &y), &expected, &what);
        }
    }
}

/// The definition: `[batch, height, width, channels]` in f64.
#[allow(clippy::too_many_arguments)]
fn depthwise(
    [batch, height, width, channels]: [usize; 4],
    x: &[f32],
    weight: &[f32],
    bias: &[f32],
    kernel: usize,
    stride: usize,
    [before, after]: [usize; 2],
    activation: Epilogue,
) -> ([usize; 4], Vec<f64>) {
    let steps = |side: usize| (side + before + after - kernel) / stride + 1;
    let shape = [batch, steps(height), steps(width), channels];
    let values = indices(shape).map(|(b, i, j, channel)| {
        let mut sum = f64::from(bias[channel]);
        for (_, _, row, column) in indices([1, 1, kernel, kernel]) {
            let (y, x_) = (i * stride + row, j * stride + column);
            if y < before || x_ < before || y - before >= height || x_ - before >= width {
                continue;
            }
            let cell = (b * height + y - before) * width + x_ - before;
            let weight = weight[(row * kernel + column) * channels + channel];
            sum += f64::from(x[cell * channels + channel]) * f64::from(weight);
        }
        epilogue(activation, sum)
    });
    (shape, values.collect())
}

#[test]
fn depthwise_convolution_slides_a_kernel_over_each_channel() {
    let mut noise = Noise(5);
    let paddings = |kernel: usize| {
        [
            [kernel / 2; 2],
            [kernel / 2 - 1, kernel / 2],
            [0, kernel - 1],
        ]
    };
    let mut case = 0;
    for [height, width] in [[1, 1], [5, 7], [14, 14], [3, 2]] {
        for channels in [1, 3, 8, 17, 96] {
            for (kernel, stride) in [3, 5, 7].into_iter().flat_map(|k| [(k, 1), (k, 2)]) {
                case += 1;
                let padding = match height.min(width) {
                    1 | 2 => [kernel / 2; 2],
                    _ => paddings(kernel)[case % 3],
                };
                let batch = if case % 2 == 0 { 1 } else { 3 };
                let activation = [Epilogue::None, Epilogue::Relu6, Epilogue::Relu][case % 3];
                let shape = [batch, height, width, channels];
                let x = noise.values(shape.iter().product());
                let weight = noise.values(kernel * kernel * channels);
                let bias = match case % 5 {
                    0 => vec![0.0; channels],
                    _ => noise.values(channels),
                };
                let (out, expected) = depthwise(
                    shape, &x, &weight, &bias, kernel, stride, padding, activation,
                );
                for cpu in devices() {
                    let conv = DepthwiseConv2d {
                        weight: cpu.tensor(&[kernel * kernel, channels], &weight),
                        bias: (case % 5 > 0).then(|| cpu.tensor(&[channels], &bias)),
                        kernel,
                        stride,
                        padding,
                    };
                    let x = cpu.tensor(&shape, &x);
                    let y = cpu.depthwise_conv2d(&x, &conv, activation);
                    let what = format!("{kernel}/{stride} {padding:?} of {shape:?}, {cpu:?}");
                    assert_eq!(cpu.shape(&y), out, "{what}");
                    assert_close(&values(&cpu, &y), &expected, &what);
                    // The first picture alone gives the same bits.
                    let alone = [1, height, width, channels];
                    let first = &values(&cpu, &x)[..alone.iter().product()];
                    let first = cpu.depthwise_conv2d(&cpu.tensor(&alone, first), &conv, activation);
                    let first = values(&cpu, &first);
                    assert_eq!(first, values(&cpu, &y)[..first.len()], "{what}");
                }
            }
        }
    }
}

#[test]
fn pooling_is_the_mean_of_whole_windows() {
    let mut noise = Noise(4);
    for [batch, height, width, channels, size] in
        [[2, 6, 4, 19, 2], [1, 7, 5, 3, 2], [2, 3, 3, 8, 3]]
    {
        let x = noise.values(batch * height * width * channels);
        let expected: Vec<f64> = indices([batch, height / size, width / size, channels])
            .map(|(b, i, j, c)| {
                let cells = indices([1, size, size, 1]);
                let sum: f64 = cells
                    .map(|(_, di, dj, _)| {
                        let at = (b * height + i * size + di) * width + j * size + dj;
                        f64::from(x[at * channels + c])
                    })
                    .sum();
                sum / (size * size) as f64
            })
            .collect();
        for cpu in devices() {
            let y = cpu.average_pool2d(&cpu.tensor(&[batch, height, width, channels], &x), size);
            assert_eq!(
                cpu.shape(&y),
                [batch, height / size, width / size, channels]
            );
            assert_close(&values(&cpu, &y), &expected, "pool");
        }
    }
}
