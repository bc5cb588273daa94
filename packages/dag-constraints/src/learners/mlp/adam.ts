/** Kingma & Ba 2015, in place and in float64. */
export class Adam {
  readonly #first: Float64Array;
  readonly #second: Float64Array;
  readonly #beta1: number;
  readonly #beta2: number;
  #power1 = 1;
  #power2 = 1;

  constructor(length: number, beta1 = 0.9, beta2 = 0.999) {
    this.#first = new Float64Array(length);
    this.#second = new Float64Array(length);
    this.#beta1 = beta1;
    this.#beta2 = beta2;
  }

  /** One step of `theta` against `gradient`; a variable whose gradient has always been 0 stays. */
  step(theta: Float64Array, gradient: Float64Array, rate: number): void {
    const b1 = this.#beta1;
    const b2 = this.#beta2;
    const first = this.#first;
    const second = this.#second;
    this.#power1 *= b1;
    this.#power2 *= b2;
    const scale = rate / (1 - this.#power1);
    const unbias = 1 / (1 - this.#power2);
    for (let i = 0; i < theta.length; i++) {
      const g = gradient[i]!;
      const m = b1 * first[i]! + (1 - b1) * g;
      const v = b2 * second[i]! + (1 - b2) * g * g;
      first[i] = m;
      second[i] = v;
      theta[i]! -= (scale * m) / (Math.sqrt(v * unbias) + 1e-8);
    }
  }
}
