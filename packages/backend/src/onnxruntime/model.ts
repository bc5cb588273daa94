import { integer, message, text } from './protobuf';

const FLOAT = 1;
const ATTRIBUTE_INT = 2;

type Bytes = number[];

const whole = (name: string, value: number): Bytes =>
  message(5, text(1, name), integer(3, value), integer(20, ATTRIBUTE_INT));

const node = (operator: string, inputs: readonly string[], ...attributes: Bytes[]): Bytes =>
  message(
    1,
    ...inputs.map((name) => text(1, name)),
    text(2, 'y'),
    text(4, operator),
    ...attributes,
  );

/** A float32 tensor of so many axes, of any size. */
const tensor = (field: number, name: string, axes: number): Bytes => {
  const sizes = Array.from({ length: axes }, (_, i) => message(1, text(2, `${name}${i}`)));
  return message(
    field,
    text(1, name),
    message(2, message(1, integer(1, FLOAT), message(2, ...sizes))),
  );
};

/** A serialised ONNX model (IR 8, operator set 17) of one node from `inputs` to y, all of so many axes. */
function model(inputs: readonly string[], axes: number, only: Bytes): Uint8Array {
  const graph = message(
    7,
    only,
    text(2, 'g'),
    ...inputs.map((name) => tensor(11, name, axes)),
    tensor(12, 'y', axes),
  );
  return Uint8Array.from([...integer(1, 8), ...message(8, integer(2, 17)), ...graph]);
}

/** y = op(a)·op(b). */
export const gemmModel = (transposeA: boolean, transposeB: boolean): Uint8Array =>
  model(
    ['a', 'b'],
    2,
    node(
      'Gemm',
      ['a', 'b'],
      whole('transA', Number(transposeA)),
      whole('transB', Number(transposeB)),
    ),
  );

/** y = f(x) for each number of a vector. */
export const mapModel = (operator: string): Uint8Array => model(['x'], 1, node(operator, ['x']));
