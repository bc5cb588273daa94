/** What is measured, for every engine and PyTorch alike. */
export const work = {
  threads: 2,
  /** Images of 96×96: channels, side and latent numbers of the code, images of a step. */
  autoencoder: { channels: [3, 32, 64, 64], code: 12, latent: 16, batch: 64 },
  /** 4×4, stride 2, 64 → 64 channels. */
  convolution: { batch: 64, size: 48, channels: 64, kernel: 4, stride: 2 },
  /** Side of the matrices. */
  matMul: 1024,
  /** Parameters of Adam's step. */
  adam: 16_777_216,
  /** The Fourier features of spec/08's decoder. */
  elementwise: [24_576, 72] as [number, number],
  normals: 24_576 * 72,
  repeats: { autoencoder: 5, convolution: 5, matMul: 7, adam: 4, elementwise: 7 },
};

export type Work = typeof work;

/** Milliseconds of each repetition, by case. */
export type Times = Record<string, number[]>;

export const PRODUCTS = {
  AB: [false, false],
  AᵀB: [true, false],
  ABᵀ: [false, true],
  AᵀBᵀ: [true, true],
} as const;

export const FUNCTIONS = ['sin', 'cos', 'tanh', 'exp'] as const;
