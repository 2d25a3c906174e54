//! Values and order.

use super::*;

#[test]
fn values_and_order_survive() {
    let geometry = Geometry::lab_2017(3);
    let values = initial_parameters(&geometry, 5);
    let parameters = Parameters::new(&geometry, &values, DType::F32, &Device::Cpu).unwrap();
    assert_eq!(parameters.to_flat().unwrap(), values);
    let drawn = Parameters::drawn(&LeNetConfig::lab_2017(3), 5, DType::F32, &Device::Cpu);
    assert_eq!(drawn.unwrap().to_flat().unwrap(), values);
    let names: Vec<_> = parameters.iter().map(|(name, _)| name.to_owned()).collect();
    let want: Vec<_> = geometry.parameters().into_iter().map(|p| p.name).collect();
    assert_eq!(names, want);
    let short = Parameters::new(&geometry, &values[1..], DType::F32, &Device::Cpu);
    assert!(short.unwrap_err().to_string().contains("the network has"));
}
