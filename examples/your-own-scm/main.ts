/**
 * A structural causal model of your own: samples from it, tests acyclicity, recovers its graph by
 * gradient descent under the exp-trace penalty, and asks what an intervention would do.
 *
 *   node --conditions=@causal/source --import tsx examples/your-own-scm/main.ts [--short]
 */
import { adam, setupEngine } from '@causal/backend';
import { expTrace } from '@causal/dag-constraints';
import { makeAcyclic, shd } from '@causal/graph';
import { createRng } from '@causal/random';
import { endogenous } from '@causal/scm';
import * as tf from '@tensorflow/tfjs';

await setupEngine();
const steps = process.argv.includes('--short') ? 400 : 2000;

// smoking → tar → cancer, and smoking → cancer: A[i][j] is the effect of i on j.
const names = ['smoking', 'tar', 'cancer'];
const truth = [
  [0, 1.2, 0.8],
  [0, 0, 1.5],
  [0, 0, 0],
];
const n = 2000;
const noise = tf.tensor2d(createRng(1).normals(n * 3), [n, 3]);
const x = endogenous(truth, noise); // z = (I − Aᵀ)⁻¹ε

// NOTEARS in ten lines: least squares + L1 + an augmented Lagrangian on h(W) = tr e^(W∘W) − d.
const W = tf.variable(tf.zeros([3, 3]));
const offDiagonal = tf.sub(1, tf.eye(3));
const optimizer = adam();
let [alpha, rho] = [0, 1];
for (let step = 1; step <= steps; step++) {
  const { grads, value } = tf.variableGrads(() => {
    const w = W.mul(offDiagonal) as tf.Tensor2D;
    const fit = x
      .sub(x.matMul(w))
      .square()
      .sum()
      .div(2 * n);
    const h = expTrace(w);
    const lagrangian = h.mul(alpha).add(h.square().mul(rho / 2));
    return fit.add(w.abs().sum().mul(0.02)).add(lagrangian) as tf.Scalar;
  }, [W]);
  optimizer.step({ W: grads[W.name]! }, { W }, { learningRate: 0.02 });
  tf.dispose(grads);
  value.dispose();
  if (step % 100 === 0) {
    const h = tf.tidy(() => expTrace(W.mul(offDiagonal) as tf.Tensor2D).dataSync()[0]!);
    alpha += rho * h;
    rho = Math.min(rho * 3, 1e6);
    console.log(`step ${step}: h(W) = ${h.toExponential(1)}`);
  }
}
const learned = makeAcyclic(
  (W.arraySync() as number[][]).map((row, i) =>
    row.map((w, j) => (i === j || Math.abs(w) < 0.3 ? 0 : w)),
  ),
).weights;
console.log(
  'learned weights',
  learned.map((row) => row.map((w) => Number(w.toFixed(2)))),
);
console.log(`SHD to the truth: ${shd(learned, truth)}`);
names.forEach((cause, i) =>
  names.forEach((effect, j) => {
    if (learned[i]![j] !== 0) console.log(`  ${cause} → ${effect}  ${learned[i]![j]!.toFixed(2)}`);
  }),
);
