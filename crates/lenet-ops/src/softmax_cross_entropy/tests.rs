//! Tests of the op.
