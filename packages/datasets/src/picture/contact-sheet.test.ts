import { useEngine } from '@causal/testing';
import * as tf from '@tensorflow/tfjs';
import { PNG } from 'pngjs';
import { contactSheet } from './contact-sheet';

useEngine();

describe('contactSheet', () => {
  it('puts every pixel where it belongs, readable by another decoder', () => {
    const colour = tf.tensor4d(
      Array.from({ length: 3 * 2 * 2 * 3 }, (_, i) => i / 35),
      [3, 2, 2, 3],
    );
    const sheet = PNG.sync.read(
      Buffer.from(contactSheet(colour, { columns: 2, gap: 1, scale: 3 })),
    );
    expect([sheet.width, sheet.height]).toEqual([2 * 7 + 1, 2 * 7 + 1]);
    const at = (x: number, y: number): number[] => [
      ...sheet.data.subarray((y * 15 + x) * 4, (y * 15 + x) * 4 + 3),
    ];
    expect(at(0, 0)).toEqual([204, 204, 204]);
    const byte = (i: number): number => Math.floor((i / 35) * 255 + 0.5);
    // Second picture, second row, first column: values 18 to 20.
    expect(at(8, 4)).toEqual([byte(18), byte(19), byte(20)]);
    expect(at(10, 6)).toEqual([byte(18), byte(19), byte(20)]);
    // Third picture begins the second row; after it there is the grey between pictures.
    expect(at(1, 8)).toEqual([byte(24), byte(25), byte(26)]);
    expect(at(12, 12)).toEqual([204, 204, 204]);
    colour.dispose();
  });

  it('takes grey pictures and several tensors, holds values to [0, 1], refuses the rest', () => {
    const grey = tf.tensor4d([-1, 0.5, 2, 1], [1, 2, 2, 1]);
    const sheet = PNG.sync.read(Buffer.from(contactSheet([grey, grey], { gap: 0, columns: 1 })));
    expect([...sheet.data.filter((_, i) => i % 4 === 1)]).toEqual([
      0, 128, 255, 255, 0, 128, 255, 255,
    ]);
    const other = tf.zeros([1, 3, 2, 1]) as tf.Tensor4D;
    expect(() => contactSheet([grey, other])).toThrow('[n, 2, 2, 1 or 3] alike, got [1, 3, 2, 1]');
    expect(() => contactSheet([])).toThrow('no pictures');
    expect(() => contactSheet(grey, { colums: 2 } as object)).toThrow('did you mean `columns`');
    tf.dispose([grey, other]);
  });
});
