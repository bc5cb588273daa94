import fc from 'fast-check';
import { writeSafetensors } from '@causal/nn';
import { crc32c } from './crc32c';
import { CheckpointError, decodeCheckpoint, encodeCheckpoint } from './encode';

const checkpoint = {
  tensors: { '"crc32c":"': { dtype: 'float32', shape: [2], data: Float32Array.of(1, -2) } },
  state: { step: 3, text: '"crc32c":"00000000"', loss: 0.1, list: [null, true] },
} as const;

describe('crc32c', () => {
  it('gives the published values (RFC 3720, B.4)', () => {
    expect(crc32c(new TextEncoder().encode('123456789'))).toBe(0xe3069283);
    expect(crc32c(new Uint8Array(32))).toBe(0x8a9136aa);
    expect(crc32c(new Uint8Array(32).fill(255))).toBe(0x62a8ab43);
    expect(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i))).toBe(0x46dd794e);
    expect(crc32c(new Uint8Array(0))).toBe(0);
  });
});

describe('encodeCheckpoint, decodeCheckpoint', () => {
  it('give back tensors and state', () => {
    const back = decodeCheckpoint(encodeCheckpoint(checkpoint));
    expect(back.state).toEqual(checkpoint.state);
    expect(back.tensors['"crc32c":"']!.data).toEqual(Float32Array.of(1, -2));
    fc.assert(
      fc.property(fc.jsonValue(), (state) => {
        const kept: unknown = JSON.parse(JSON.stringify(state));
        expect(decodeCheckpoint(encodeCheckpoint({ tensors: {}, state })).state).toEqual(kept);
      }),
    );
  });

  it('refuse a file in which any one byte was changed, and any cut of it', () => {
    const whole = encodeCheckpoint(checkpoint);
    for (let at = 0; at < whole.length; at++) {
      const broken = whole.slice();
      broken[at]! ^= 1 + (at % 255);
      expect(() => decodeCheckpoint(broken)).toThrow(CheckpointError);
      expect(() => decodeCheckpoint(whole.subarray(0, at))).toThrow(CheckpointError);
    }
  });

  it('leave the bytes alone, also those of a Buffer', () => {
    const file = Buffer.from(encodeCheckpoint(checkpoint));
    decodeCheckpoint(file);
    expect(new Uint8Array(file)).toEqual(encodeCheckpoint(checkpoint));
  });

  it('refuse other safetensors files, and a state that JSON would change', () => {
    expect(() => decodeCheckpoint(writeSafetensors({}))).toThrow(/Not a checkpoint/);
    expect(() => encodeCheckpoint({ tensors: {}, state: { loss: NaN } })).toThrow(/"loss" is NaN/);
  });
});
