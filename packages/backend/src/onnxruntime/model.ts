import { integer, message, text } from './protobuf';

const FLOAT = 1;
const ATTRIBUTE_INT = 2;

const attribute = (name: string, value: number): number[] =>
  message(5, text(1, name), integer(3, value), integer(20, ATTRIBUTE_INT));

/** A float32 matrix of any size. */
const matrix = (field: number, name: string): number[] =>
  message(
    field,
    text(1, name),
    message(
      2,
      message(
        1,
        integer(1, FLOAT),
        message(2, message(1, text(2, `${name}0`)), message(1, text(2, `${name}1`))),
      ),
    ),
  );

/** A serialised ONNX model (IR 8, operator set 17): y = op(a)·op(b), one Gemm. */
export function gemmModel(transposeA: boolean, transposeB: boolean): Uint8Array {
  const node = message(
    1,
    text(1, 'a'),
    text(1, 'b'),
    text(2, 'y'),
    text(4, 'Gemm'),
    attribute('transA', Number(transposeA)),
    attribute('transB', Number(transposeB)),
  );
  const graph = message(7, node, text(2, 'g'), matrix(11, 'a'), matrix(11, 'b'), matrix(12, 'y'));
  return Uint8Array.from([...integer(1, 8), ...message(8, integer(2, 17)), ...graph]);
}
