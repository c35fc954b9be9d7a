//! Linear layers from given weights.

use burn::module::Param;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor, TensorData};

/// A linear layer with this weight `[bias.len(), columns]` and bias.
pub fn linear(columns: usize, weight: &[f32], bias: &[f32], device: &Device) -> Linear {
    let out = bias.len();
    let weight = TensorData::new(weight.to_vec(), [out, columns]);
    let mut layer = LinearConfig::new(columns, out).init(device);
    layer.weight = Param::from_tensor(Tensor::<2>::from_data(weight, device).transpose());
    layer.bias = Some(Param::from_data(bias, device));
    layer
}
