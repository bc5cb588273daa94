import { readFileSync } from 'node:fs';
import { setupEngine } from '@causal/backend';
import * as D from '@causal/divergences';
import * as tf from '@tensorflow/tfjs';
const engine = process.argv[2] as any;
await setupEngine({ engine });
const cases = JSON.parse(readFileSync('/tmp/divw/adv.json', 'utf8'));
const A = D as any;
const rel = (a: ArrayLike<number>, e: number[]) => { let s = 0, w = 0; for (let i = 0; i < e.length; i++) { s = Math.max(s, Math.abs(e[i])); const d = Math.abs(a[i] - e[i]); w = Math.max(w, Number.isNaN(d) ? Infinity : d); } return w / (s || 1); };
const T = (a: any) => tf.tensor(a, undefined, 'float32');
const worst: Record<string, [number, number, number]> = {}; let bad = 0;
const before0 = tf.memory().numTensors;
for (const c of cases) {
  const ins = c.inputs.map(T); const before = tf.memory().numTensors;
  const mk = ([n, o]: any) => A[n](...(n === 'linear' ? [] : [o]));
  const opt = () => { const o = { ...(c.options ?? {}) }; if (c.kernel) o.kernel = mk(c.kernel); if (c.kernels) o.kernel = c.kernels.map(mk); if (c.projections) o.projections = T(c.projections); return o; };
  let v = NaN, ev = 0, eg = 0;
  if (c.fn === 'prior') {
    const p = A[c.which + 'Prior'](c.opt); const l = p.logDensity(ins[0]); ev = rel(l.dataSync(), c.list); l.dispose();
  } else if (c.fn === 'bandwidthOf') { const t = A.bandwidthOf(ins, c.options); ev = rel(t.dataSync(), [c.value]); t.dispose();
  } else if (c.fn === 'hsicTest') { const r = await A.hsicTest(...ins, c.options); v = r.pValue; ev = Math.max(rel([r.pValue], [c.value]), rel([r.statistic], [c.stat]));
  } else {
    const o = opt();
    const f = (...a: any[]) => c.fn === 'dhsic' ? A.dhsic(a, o) : c.options === null ? A[c.fn](...a) : A[c.fn](...a, o);
    const t = f(...ins); v = t.dataSync()[0]; t.dispose(); ev = rel([v], [c.value]);
    const { value, grads } = tf.valueAndGrads(f as any)(ins);
    ev = Math.max(ev, rel(value.dataSync(), [c.value]));
    (grads as tf.Tensor[]).forEach((g, i) => { eg = Math.max(eg, rel(g.dataSync(), c.grads[i])); });
    tf.dispose([value, grads]); tf.dispose(o.projections);
  }
  const leak = tf.memory().numTensors - before;
  const w = (worst[c.fn] ??= [0, 0, 0]); w[0] = Math.max(w[0], ev / c.tol * 1e-5); w[1] = Math.max(w[1], eg); w[2]++;
  if (ev > c.tol || eg > (c.gtol ?? 1) || leak) { bad++; console.log('BAD', c.fn, JSON.stringify(c.options), JSON.stringify(c.kernel ?? c.kernels ?? ''), c.inputs.map((a: any) => `${a.length}x${a[0].length ?? ''}`).join(), 'value', c.value, v, 'ev', ev.toExponential(1), 'eg', eg.toExponential(1), 'leak', leak); }
  tf.dispose(ins);
}
console.log(engine, cases.length, 'cases', bad, 'bad'); console.table(worst); console.log('leak', tf.memory().numTensors - before0);
