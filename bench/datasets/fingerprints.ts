import { faces, flow, type GeneratedDataset, pendulum } from '@causal/datasets';
import { createRng } from '@causal/random';

/** Number of pictures of each data set that go into its fingerprint. */
const IMAGES = 128;

/** FNV-1a over bytes, 32 bits. */
function fnv(bytes: Uint8Array, hash = 0x811c9dc5): number {
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return hash >>> 0;
}

function fingerprint(data: GeneratedDataset): string {
  const rows = Array.from({ length: IMAGES }, (_, row) => row);
  const { images, labels } = data.batch('train', rows);
  const pixels = Uint8Array.from(images.dataSync(), (v) => Math.round(v * 255));
  const exact = Float64Array.from(rows.flatMap((row) => [...data.labels('train')[row]!]));
  images.dispose();
  labels.dispose();
  return `${fnv(pixels).toString(16)} ${fnv(new Uint8Array(exact.buffer)).toString(16)}`;
}

/** Hashes of the drawn data sets' pixels and labels and of a million normals, wherever this runs. */
export function fingerprints(): Record<string, string> {
  const normals = createRng(1).fillNormal(new Float64Array(2 ** 20));
  return {
    normals: fnv(new Uint8Array(normals.buffer)).toString(16),
    pendulum: fingerprint(pendulum({ continuous: true, varyBackground: true, varyBall: true })),
    pendulumReleased: fingerprint(pendulum({ framing: 'released', size: 96 })),
    flow: fingerprint(flow({ continuous: true })),
    flowReleased: fingerprint(flow({ framing: 'released', size: 96 })),
    facesSmile: fingerprint(faces({ labelNoise: 0.1 })),
    facesBeard: fingerprint(faces({ concepts: 'beard' })),
    facesBinary: fingerprint(faces({ concepts: 'beard', labels: 'binary' })),
  };
}
