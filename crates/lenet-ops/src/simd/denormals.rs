//! Flush-to-zero for numbers below 2⁻¹²⁶, which take a CPU 35 to 70 times as long as others.
//!
//! A network that settles produces many of them, since gradients and moments fade, and none is large
//! enough to move a weight that matters. The visible effect: parameters or gradients below 1.2e-38
//! read as 0 inside a call.

use std::marker::PhantomData;

/// While it lives, this thread's vector unit reads and writes denormal numbers as 0. Dropping it
/// restores the earlier setting. Only code of this crate runs in between.
pub(crate) struct FlushDenormals {
    before: Control,
    /// The setting belongs to the thread, so the guard must not move to another.
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
pub(super) const FLUSH: Control = 1 << 15 | 1 << 6;

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
pub(super) const FLUSH: Control = 1 << 24;

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
pub(super) const FLUSH: Control = 0;

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn read() -> Control {
    0
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn write(_: Control) {}
