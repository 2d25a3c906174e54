//! Flush-to-zero for numbers below 2⁻¹²⁶, which cost a CPU 35 to 70 times a normal operation.
//!
//! A network that settles makes many of them (gradients and moments that fade), and none is
//! large enough to move a weight of any size that matters. Where it can be seen: parameters or
//! gradients below 1.2e-38 read as 0 inside a call.

use std::marker::PhantomData;

/// While it lives, this thread's vector unit takes and gives 0 for denormal numbers; dropping it
/// restores what was set before. Only code of this crate runs in between.
pub(crate) struct FlushDenormals {
    before: Control,
    /// The setting is the thread's own: the guard may not move to another.
    _thread: PhantomData<*const ()>,
}

impl FlushDenormals {
    pub(crate) fn new() -> Self {
        let before = read();
        write(before | FLUSH);
        Self {
            before,
            _thread: PhantomData,
        }
    }
}

impl Drop for FlushDenormals {
    fn drop(&mut self) {
        write(self.before);
    }
}

#[cfg(target_arch = "x86_64")]
type Control = u32;
/// MXCSR: results (bit 15) and operands (bit 6).
#[cfg(target_arch = "x86_64")]
const FLUSH: Control = 1 << 15 | 1 << 6;

#[cfg(target_arch = "x86_64")]
fn read() -> Control {
    let mut control: Control = 0;
    // SAFETY: every x86-64 has MXCSR; the instruction writes four bytes to a live u32.
    unsafe { std::arch::asm!("stmxcsr [{}]", in(reg) &raw mut control, options(nostack)) };
    control
}

#[cfg(target_arch = "x86_64")]
fn write(control: Control) {
    // SAFETY: the value was read from MXCSR, with only two documented bits changed. The compiler
    // may fold constants without them, which is harmless: no kernel has constants that small.
    unsafe { std::arch::asm!("ldmxcsr [{}]", in(reg) &raw const control, options(nostack)) };
}

#[cfg(target_arch = "aarch64")]
type Control = u64;
/// FPCR: flush to zero.
#[cfg(target_arch = "aarch64")]
const FLUSH: Control = 1 << 24;

#[cfg(target_arch = "aarch64")]
fn read() -> Control {
    let control: Control;
    // SAFETY: FPCR is readable by user code on every AArch64 with floating point.
    unsafe { std::arch::asm!("mrs {}, fpcr", out(reg) control, options(nomem, nostack)) };
    control
}

#[cfg(target_arch = "aarch64")]
fn write(control: Control) {
    // SAFETY: the value was read from FPCR, with only the documented bit changed.
    unsafe { std::arch::asm!("msr fpcr, {}", in(reg) control, options(nostack)) };
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
type Control = u32;
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
const FLUSH: Control = 0;

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn read() -> Control {
    0
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn write(_: Control) {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::hint::black_box;

    #[test]
    fn denormals_are_zero_only_while_the_guard_lives() {
        let product = || black_box(1e-30_f32) * black_box(1e-10_f32);
        assert!(product() > 0.0);
        if FLUSH != 0 {
            let guard = FlushDenormals::new();
            let flushed = product();
            drop(guard);
            assert_eq!(flushed, 0.0);
        }
        assert!(product() > 0.0);
    }
}
