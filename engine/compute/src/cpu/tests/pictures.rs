//! Convolution and pooling.

#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

#[test]
fn convolution_slides_a_kernel_over_a_padded_picture() {
    let mut noise = Noise(3);
    let cases = [
        // batch, height, width, in, out, kernel, stride, padding
        [1, 1, 1, 1, 1, 1, 1, 0],
        [2, 5, 7, 3, 9, 3, 1, 1],
        [1, 8, 6, 5, 33, 3, 2, 1],
        [3, 4, 4, 17, 20, 1, 1, 0],
        [2, 9, 9, 4, 6, 5, 2, 2],
        [1, 30, 30, 60, 5, 3, 1, 1],
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
        ],
    ) in cases.into_iter().enumerate()
    {
        let stored = Stored::new(&mut noise, outputs, kernel * kernel * inputs, case % 3);
        let x = noise.values(batch * height * width * inputs);
        let bias = noise.values(outputs);
        let down = (height + 2 * padding - kernel) / stride + 1;
        let across = (width + 2 * padding - kernel) / stride + 1;
        let residual = noise.values(batch * down * across * outputs);
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
            expected.push(epilogue(Epilogue::Relu, sum));
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
                padding,
            };
            let x = cpu.tensor(&[batch, height, width, inputs], &x);
            let residual = cpu.tensor(&[batch, down, across, outputs], &residual);
            let y = cpu.conv2d(&x, &conv, Epilogue::Relu, Some(&residual));
            assert_eq!(cpu.shape(&y), [batch, down, across, outputs]);
            let what = format!("case {case}, {cpu:?}");
            assert_within(tolerance(case % 3), &values(&cpu, &y), &expected, &what);
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
