"""What things mean: values and rules without clock, input or output."""
