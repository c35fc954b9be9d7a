//! Which devices to try after a GPU failure.

use glance_protocol::{DeviceKind, ErrorKind};

/// A GPU that is lost again within this time is not opened a third time.
const SOON_MILLISECONDS: f64 = 5.0 * 60e3;

/// The devices to try, in order; none if the failure is to be reported. `asked` is the device that
/// the person chose, `since_loss` the milliseconds since the previous loss of the GPU.
pub fn devices(
    failure: ErrorKind,
    asked: Option<DeviceKind>,
    since_loss: Option<f64>,
) -> &'static [DeviceKind] {
    use DeviceKind::{Cpu, Gpu};
    let again = since_loss.is_none_or(|since| since > SOON_MILLISECONDS);
    match (failure, asked) {
        (ErrorKind::Lost, None) if again => &[Gpu, Cpu],
        (ErrorKind::Lost, Some(Gpu)) if again => &[Gpu],
        (ErrorKind::Lost | ErrorKind::Device, None) => &[Cpu],
        _ => &[],
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests {
    use super::*;
    use DeviceKind::{Cpu, Gpu};

    #[test]
    fn a_lost_gpu_is_opened_once_more_and_the_cpu_is_there_in_case() {
        assert_eq!(devices(ErrorKind::Lost, None, None), [Gpu, Cpu]);
        assert_eq!(devices(ErrorKind::Lost, None, Some(3.6e6)), [Gpu, Cpu]);
    }

    #[test]
    fn one_that_is_lost_again_soon_gives_way() {
        assert_eq!(devices(ErrorKind::Lost, None, Some(1e3)), [Cpu]);
        assert_eq!(devices(ErrorKind::Device, None, None), [Cpu]);
    }

    #[test]
    fn a_gpu_that_somebody_chose_is_not_taken_from_them() {
        assert_eq!(devices(ErrorKind::Lost, Some(Gpu), None), [Gpu]);
        assert!(devices(ErrorKind::Lost, Some(Gpu), Some(1e3)).is_empty());
        assert!(devices(ErrorKind::Device, Some(Gpu), None).is_empty());
    }

    #[test]
    fn what_is_no_fault_of_a_device_is_told() {
        for kind in [ErrorKind::Cancelled, ErrorKind::Picture, ErrorKind::Unknown] {
            assert!(devices(kind, None, None).is_empty());
        }
    }
}
