"""The shared kernel: ports that two services need, with the adapters that fulfil them."""
