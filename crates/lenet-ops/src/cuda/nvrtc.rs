//! NVRTC, CUDA's compiler as a library.

use std::ffi::{CStr, CString, c_char, c_int};
use std::ptr;

use candle_core::cuda_backend::cudarc::nvrtc::sys::{
    nvrtcCompileProgram, nvrtcCreateProgram, nvrtcDestroyProgram, nvrtcGetCUBIN, nvrtcGetCUBINSize,
    nvrtcGetErrorString, nvrtcGetNumSupportedArchs, nvrtcGetPTX, nvrtcGetPTXSize,
    nvrtcGetProgramLog, nvrtcGetProgramLogSize, nvrtcGetSupportedArchs, nvrtcProgram, nvrtcResult,
    nvrtcVersion,
};

use crate::error::OpsError;

/// What a program is compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Target {
    /// Code of one compute capability, 10 · major + minor.
    Binary(u32),
    /// PTX, which newer GPUs compile for themselves.
    Text(u32),
}

impl Target {
    /// The compiler's option.
    pub(super) fn option(self) -> String {
        match self {
            Self::Binary(number) => format!("--gpu-architecture=sm_{number}"),
            Self::Text(number) => format!("--gpu-architecture=compute_{number}"),
        }
    }

    /// The best that a compiler for `supported` can do for a GPU.
    pub(super) fn choose(compute_capability: [u32; 2], supported: &[u32]) -> Option<Self> {
        let number = 10 * compute_capability[0] + compute_capability[1];
        if supported.contains(&number) {
            return Some(Self::Binary(number));
        }
        let older = supported.iter().filter(|other| **other < number);
        older.max().copied().map(Self::Text)
    }
}

/// The compiler's version, major and minor.
///
/// # Errors
/// The library is not there.
pub(super) fn version() -> Result<[i32; 2], OpsError> {
    let [mut major, mut minor] = [0; 2];
    // SAFETY: the pointers are those of live numbers, which the call writes.
    check(unsafe { nvrtcVersion(&raw mut major, &raw mut minor) })?;
    Ok([major, minor])
}

/// Compute capabilities that it compiles for, each 10 · major + minor.
///
/// # Errors
/// The library is not there.
pub(super) fn supported() -> Result<Vec<u32>, OpsError> {
    let mut count: c_int = 0;
    // SAFETY: the pointer is that of a live number, which the call writes.
    check(unsafe { nvrtcGetNumSupportedArchs(&raw mut count) })?;
    let mut numbers: Vec<c_int> = vec![0; usize::try_from(count).unwrap_or(0)];
    // SAFETY: the call writes as many numbers as the one above says, for which there is room.
    check(unsafe { nvrtcGetSupportedArchs(numbers.as_mut_ptr()) })?;
    Ok(numbers.into_iter().map(c_int::unsigned_abs).collect())
}

/// Compiles `source`, which its messages call `name`.
///
/// # Errors
/// The library is not there; it refuses the source.
pub(super) fn compile(
    name: &str,
    source: &str,
    target: Target,
    options: &[&str],
) -> Result<Vec<u8>, OpsError> {
    let program = Program::new(name, source)?;
    let architecture = target.option();
    let options = options.iter().copied().chain([architecture.as_str()]);
    let options: Vec<CString> = options.map(c_string).collect();
    let pointers: Vec<*const c_char> = options.iter().map(|text| text.as_ptr()).collect();
    let count = c_int::try_from(pointers.len()).unwrap_or(0);
    // SAFETY: the program is live, as are the strings whose addresses are given.
    let result = unsafe { nvrtcCompileProgram(program.0, count, pointers.as_ptr()) };
    if result != nvrtcResult::NVRTC_SUCCESS {
        let log = program.output(nvrtcGetProgramLogSize, nvrtcGetProgramLog)?;
        let log = String::from_utf8_lossy(&log);
        return Err(OpsError::Compile {
            file: name.to_owned(),
            log: format!("{} {}", reason(result), log.trim_end_matches(['\0', '\n'])),
        });
    }
    match target {
        Target::Binary(_) => program.output(nvrtcGetCUBINSize, nvrtcGetCUBIN),
        Target::Text(_) => program.output(nvrtcGetPTXSize, nvrtcGetPTX),
    }
}

struct Program(nvrtcProgram);

type SizeOf = unsafe fn(nvrtcProgram, *mut usize) -> nvrtcResult;
type Write = unsafe fn(nvrtcProgram, *mut c_char) -> nvrtcResult;

impl Program {
    fn new(name: &str, source: &str) -> Result<Self, OpsError> {
        let [name, source] = [name, source].map(c_string);
        let mut program: nvrtcProgram = ptr::null_mut();
        // SAFETY: both strings end in a zero byte and live through the call, which copies them;
        // there are no headers to point to.
        check(unsafe {
            nvrtcCreateProgram(
                &raw mut program,
                source.as_ptr(),
                name.as_ptr(),
                0,
                ptr::null(),
                ptr::null(),
            )
        })?;
        Ok(Self(program))
    }

    /// One of the outputs, whose size the library tells first.
    fn output(&self, size: SizeOf, write: Write) -> Result<Vec<u8>, OpsError> {
        let mut bytes = 0;
        // SAFETY: the program is live; the call writes the number.
        check(unsafe { size(self.0, &raw mut bytes) })?;
        let mut output = vec![0; bytes];
        // SAFETY: the call writes as many bytes as the one above says, for which there is room.
        check(unsafe { write(self.0, output.as_mut_ptr().cast()) })?;
        Ok(output)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // SAFETY: the program is live and not used again. It is gone whatever the answer.
        let _ = unsafe { nvrtcDestroyProgram(&raw mut self.0) };
    }
}

/// No source or option of ours holds a zero byte; a text that did would end there.
fn c_string(text: &str) -> CString {
    let text = text.split('\0').next().unwrap_or_default();
    CString::new(text).unwrap_or_default()
}

fn reason(result: nvrtcResult) -> String {
    // SAFETY: the call answers with a text that is never freed.
    let text = unsafe { CStr::from_ptr(nvrtcGetErrorString(result)) };
    format!("{} ({})", text.to_string_lossy(), result as u32)
}

fn check(result: nvrtcResult) -> Result<(), OpsError> {
    if result == nvrtcResult::NVRTC_SUCCESS {
        return Ok(());
    }
    Err(OpsError::NoCompiler {
        reason: reason(result),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gpu_newer_than_the_compiler_gets_text() {
        let supported = [75, 80, 86, 90, 100];
        let choose = |major, minor| Target::choose([major, minor], &supported);
        assert_eq!(choose(9, 0), Some(Target::Binary(90)));
        assert_eq!(choose(7, 5), Some(Target::Binary(75)));
        assert_eq!(choose(8, 9), Some(Target::Text(86)));
        assert_eq!(choose(12, 0), Some(Target::Text(100)));
        assert_eq!(choose(7, 0), None);
        assert_eq!(Target::Binary(90).option(), "--gpu-architecture=sm_90");
        assert_eq!(Target::Text(86).option(), "--gpu-architecture=compute_86");
    }
}
