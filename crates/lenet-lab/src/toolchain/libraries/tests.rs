//! Functions among the bindings.

use super::*;

#[test]
fn declared_functions_are_found() {
    let source = r#"
        pub unsafe fn cuInit(Flags: c_uint) -> CUresult {
            type _F = unsafe extern "C" fn(c_uint) -> CUresult;
            extern "C" {
                fn cuInit(Flags: c_uint) -> CUresult;
                fn cuMemAlloc_v2(p: *mut u64) -> CUresult;
                fn culib();
                fn custom<T>(x: T);
    "#;
    let found: Vec<_> = functions(source, "cu").into_iter().collect();
    assert_eq!(found, ["cuInit", "cuMemAlloc_v2"]);
}
