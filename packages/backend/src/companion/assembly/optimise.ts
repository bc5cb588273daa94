// One step of an optimiser over one parameter: reads value, gradient and slots once, writes the
// new value to `out` (never in place: others may hold the old one) and the slots in place.

/** AdamW (Loshchilov & Hutter 2019): decay is taken off the value, not mixed into the gradient. */
export function adamStep(
  value: usize, gradient: usize, m: usize, v: usize, out: usize, n: u32,
  gradientScale: f32, beta1: f64, beta2: f64, stepSize: f32, rootCorrection: f32, epsilon: f32, keep: f32,
): void {
  const scale = f32x4.splat(gradientScale);
  const b1 = f32x4.splat(<f32>beta1), c1 = f32x4.splat(<f32>(1.0 - beta1));
  const b2 = f32x4.splat(<f32>beta2), c2 = f32x4.splat(<f32>(1.0 - beta2));
  const lr = f32x4.splat(stepSize), root = f32x4.splat(rootCorrection);
  const eps = f32x4.splat(epsilon), rest = f32x4.splat(keep);
  const whole = value + ((n & ~3) << 2);
  const end = value + (n << 2);
  while (value < end) {
    const four = value < whole;
    const g = f32x4.mul(four ? v128.load(gradient) : v128.load32_zero(gradient), scale);
    const x = four ? v128.load(value) : v128.load32_zero(value);
    const m0 = four ? v128.load(m) : v128.load32_zero(m);
    const v0 = four ? v128.load(v) : v128.load32_zero(v);
    const m1 = f32x4.add(f32x4.mul(m0, b1), f32x4.mul(g, c1));
    const v1 = f32x4.add(f32x4.mul(v0, b2), f32x4.mul(f32x4.mul(g, g), c2));
    const by = f32x4.add(f32x4.mul(f32x4.sqrt(v1), root), eps);
    const y = f32x4.sub(f32x4.mul(x, rest), f32x4.div(f32x4.mul(m1, lr), by));
    if (four) {
      v128.store(m, m1);
      v128.store(v, v1);
      v128.store(out, y);
    } else {
      store<f32>(m, f32x4.extract_lane(m1, 0));
      store<f32>(v, f32x4.extract_lane(v1, 0));
      store<f32>(out, f32x4.extract_lane(y, 0));
    }
    const step: u32 = four ? 16 : 4;
    value += step;
    gradient += step;
    m += step;
    v += step;
    out += step;
  }
}

/** SGD with momentum (Sutskever et al. 2013): velocity = momentum·velocity + gradient. */
export function sgdStep(
  value: usize, gradient: usize, velocity: usize, out: usize, n: u32,
  gradientScale: f32, momentum: f32, nesterov: bool, learningRate: f32, keep: f32,
): void {
  for (let i: u32 = 0; i < n; i++) {
    const at = i << 2;
    const g = load<f32>(gradient + at) * gradientScale;
    let move = g;
    if (momentum != 0) {
      const v = load<f32>(velocity + at) * momentum + g;
      store<f32>(velocity + at, v);
      move = nesterov ? g + momentum * v : v;
    }
    store<f32>(out + at, load<f32>(value + at) * keep - learningRate * move);
  }
}

/** RMSProp (Hinton 2012): the gradient over the root of its running mean square. */
export function rmspropStep(
  value: usize, gradient: usize, square: usize, out: usize, n: u32,
  gradientScale: f32, decay: f64, learningRate: f32, epsilon: f32, keep: f32,
): void {
  const rest: f32 = <f32>(1.0 - decay);
  for (let i: u32 = 0; i < n; i++) {
    const at = i << 2;
    const g = load<f32>(gradient + at) * gradientScale;
    const s = load<f32>(square + at) * <f32>decay + rest * (g * g);
    store<f32>(square + at, s);
    store<f32>(out + at, load<f32>(value + at) * keep - (learningRate * g) / (sqrt<f32>(s) + epsilon));
  }
}
