import * as tf from '@tensorflow/tfjs';
import { COMPARE } from '../companion/companion';
import { addressOf } from '../wasm-backend';
import { runStock, type KernelCall, type KernelDefinition } from './registry';

/** The same memory under another name; the stock kernels copy it. */
function share({ backend }: KernelCall, x: tf.TensorInfo): tf.TensorInfo {
  backend.incRef(x.dataId);
  return { dataId: x.dataId, shape: x.shape, dtype: x.dtype };
}

export const identity: KernelDefinition = {
  name: 'Identity',
  run(call, stock) {
    const x = call.inputs['x']!;
    return x.dtype === 'string' ? runStock('Identity', call, stock) : share(call, x);
  },
};

/** Changes of type; to bool, every number but 0 is true (the stock kernel takes the lowest byte). */
export const cast: KernelDefinition = {
  name: 'Cast',
  run(call, stock) {
    const { inputs, attrs, backend, hot } = call;
    const x = inputs['x']!;
    const dtype = attrs['dtype'] as tf.DataType;
    if (x.dtype === dtype && dtype !== 'string') return share(call, x);
    const kinds = `${x.dtype} ${dtype}`;
    const n = tf.util.sizeFromShape(x.shape);
    if (kinds === 'int32 bool') {
      const floats = cast.run({ ...call, attrs: { dtype: 'float32' } }, stock);
      const y = cast.run({ ...call, inputs: { x: floats } }, stock);
      backend.disposeData(floats.dataId);
      return y;
    }
    if (!/^(bool|int32|float32) (bool|int32|float32)$/.test(kinds)) {
      return runStock('Cast', call, stock);
    }
    const y = backend.makeOutput(x.shape, dtype);
    const [from, to] = [addressOf(backend, x), addressOf(backend, y)];
    if (kinds === 'bool float32') hot.companion.boolToFloat(from, to, n);
    else if (kinds === 'bool int32') hot.companion.boolToInt(from, to, n);
    else if (kinds === 'int32 float32') hot.companion.intToFloat(from, to, n);
    else if (kinds === 'float32 int32') hot.companion.floatToInt(from, to, n);
    else {
      const zero = backend.makeOutput([], 'float32');
      const at = addressOf(backend, zero);
      hot.companion.zeroFill(at, 1);
      hot.companion.compare(COMPARE.NotEqual, from, 1, at, 0, to, n);
      backend.disposeData(zero.dataId);
    }
    return y;
  },
};
