//! VAE Playground.
