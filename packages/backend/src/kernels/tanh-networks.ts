import * as tf from '@tensorflow/tfjs';
import { addressOf, Scratch, type WasmBackend } from '../wasm-backend';
import type { KernelDefinition } from './registry';

/** Room of each backend for packed operands and for one picture's gradients. */
const rooms = new WeakMap<WasmBackend, { readonly packed: Scratch; readonly tile: Scratch }>();

function roomOf(backend: WasmBackend): { readonly packed: Scratch; readonly tile: Scratch } {
  let room = rooms.get(backend);
  if (!room)
    rooms.set(backend, (room = { packed: new Scratch(backend), tile: new Scratch(backend) }));
  return room;
}

type Named<K extends string> = Record<K, tf.TensorInfo>;

/**
 * f networks tanh–tanh–linear side by side on the same features, see `fieldNetworks` of
 * `@causal/models`. Inputs φ [n·P, i], shift [f, n, h], w1 [f, i, h], w2 [f, h, h], b2 [f, 1, h],
 * w3 [f, h, m], h a multiple of four; outputs y [f, n·P, m] and both hidden layers [f, n·P, h].
 */
export const tanhNetworks: KernelDefinition<tf.TensorInfo[]> = {
  name: 'TanhNetworks',
  run({ inputs, backend, hot }) {
    const { phi, shift, w1, w2, b2, w3 } = inputs as Named<
      'phi' | 'shift' | 'w1' | 'w2' | 'b2' | 'w3'
    >;
    const [f, n, width] = shift.shape as [number, number, number];
    const [rows, features] = phi.shape as [number, number];
    const outputs = w3.shape[2]!;
    const y = backend.makeOutput([f, rows, outputs], 'float32');
    const first = backend.makeOutput([f, rows, width], 'float32');
    const second = backend.makeOutput([f, rows, width], 'float32');
    const at = (t: tf.TensorInfo): number => addressOf(backend, t);
    const { companion } = hot;
    const scratch = roomOf(backend).packed.atLeast(companion.gemmScratchBytes());
    for (let i = 0; i < f; i++) {
      companion.tanhNetworks(
        at(phi),
        at(shift) + 4 * i * n * width,
        at(w1) + 4 * i * features * width,
        at(w2) + 4 * i * width * width,
        at(b2) + 4 * i * width,
        at(w3) + 4 * i * width * outputs,
        at(first) + 4 * i * rows * width,
        at(second) + 4 * i * rows * width,
        at(y) + 4 * i * rows * outputs,
        n,
        rows / n,
        features,
        width,
        outputs,
        scratch,
      );
    }
    return [y, first, second];
  },
};

/** Gradients of {@link tanhNetworks} by φ, shift, w1, w2, b2 and w3; attribute n, the pictures. */
export const tanhNetworksGrad: KernelDefinition<tf.TensorInfo[]> = {
  name: 'TanhNetworksGrad',
  run({ inputs, attrs, backend, hot }) {
    const { phi, w1, w2, w3, first, second, dy } = inputs as Named<
      'phi' | 'w1' | 'w2' | 'w3' | 'first' | 'second' | 'dy'
    >;
    const n = attrs['n'] as number;
    const [f, rows, width] = first.shape as [number, number, number];
    const features = phi.shape[1]!;
    const outputs = w3.shape[2]!;
    const shapes = [phi.shape, [f, n, width], w1.shape, w2.shape, [f, 1, width], w3.shape];
    const made = shapes.map((shape) => backend.makeOutput([...shape], 'float32'));
    const at = (t: tf.TensorInfo): number => addressOf(backend, t);
    const { companion } = hot;
    for (const t of made) companion.zeroFill(at(t), tf.util.sizeFromShape(t.shape));
    const { packed, tile } = roomOf(backend);
    const scratch = packed.atLeast(companion.gemmScratchBytes());
    const room = tile.atLeast((8 * rows * width) / n);
    const [toPhi, toShift, toW1, toW2, toB2, toW3] = made.map(at) as [
      number,
      number,
      number,
      number,
      number,
      number,
    ];
    for (let i = 0; i < f; i++) {
      companion.tanhNetworksGradient(
        at(phi),
        at(w1) + 4 * i * features * width,
        at(w2) + 4 * i * width * width,
        at(w3) + 4 * i * width * outputs,
        at(first) + 4 * i * rows * width,
        at(second) + 4 * i * rows * width,
        at(dy) + 4 * i * rows * outputs,
        toPhi,
        toShift + 4 * i * n * width,
        toW1 + 4 * i * features * width,
        toW2 + 4 * i * width * width,
        toB2 + 4 * i * width,
        toW3 + 4 * i * width * outputs,
        n,
        rows / n,
        features,
        width,
        outputs,
        room,
        scratch,
      );
    }
    return made;
  },
};
